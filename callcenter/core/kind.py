"""What kind of call it is: somebody dialled 112, or we dial somebody.

In:  an id. Out: a kind. Never: a call of ours counted as an arrival.
"""

import re
from enum import StrEnum


class Kind(StrEnum):
    """Arrivals are counted and have a ticket each; the others hang on the ticket of an arrival."""

    ARRIVAL = "ARRIVAL"
    CALLBACK = "CALLBACK"  # we call the caller back
    RELAY = "RELAY"  # we call agencies about a call that is over: there is no caller


MADE = re.compile(r"back-(\d{10})\.(\d+)")
"""Ids of calls that we make. Their count begins at 9000001, so that their digits name no arrival's room."""

FIRST = 9_000_001


def made_id(second: int, count: int) -> str:
    """The id of the so-many-th call that we make, in that second since 1970."""
    return f"back-{second}.{FIRST + count}"


def kind_of(call: str) -> Kind:
    """What the id alone tells: a relay is told apart by the fact that made it."""
    return Kind.CALLBACK if MADE.fullmatch(call) else Kind.ARRIVAL
