"""A forward: one agency's share of one call, from the order to reach it to what became of it.

In:  our own orders (asked, stopped), and the attempts that belong to it.
Out: the share with its status as the domain names it.
Never: an acceptance taken back; an attempt (one try of one line) mixed up with the forward that it serves.

The three answers that come later (EN_ROUTE, ON_SCENE, HANDLED) are told by the agency to the storage, not by the
telephone: a call knows TRYING, ACCEPTED, UNREACHED and CANCELLED.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from callcenter.core.attempt import Attempt


class Mode(StrEnum):
    """How caller, call taker and agency come together."""

    WARM = "WARM"  # the call taker introduces the caller, then leaves
    CONFERENCE = "CONFERENCE"  # she stays
    RELAY = "RELAY"  # she speaks to the agency without the caller
    BLIND = "BLIND"  # she leaves by herself when the agency accepts; only where the settings allow it
    MESSAGE = "MESSAGE"  # nobody is called


class Status(StrEnum):
    """How the forward stands."""

    TRYING = "TRYING"
    ACCEPTED = "ACCEPTED"
    EN_ROUTE = "EN_ROUTE"
    ON_SCENE = "ON_SCENE"
    HANDLED = "HANDLED"
    UNREACHED = "UNREACHED"
    CANCELLED = "CANCELLED"


WORD = "word"


@dataclass(frozen=True, slots=True)
class Share:
    """One agency's share of one call."""

    agency: str
    turn: int  # 1 is this agency's first forward on this call; part of its attempts' ids
    mode: Mode = Mode.WARM
    by: str = ""  # who pressed; for an escalation who pressed the first one
    asked_at: datetime | None = None
    status: Status = Status.TRYING
    escalated_from: str = ""  # key of the forward that reached nobody
    accepted_at: datetime | None = None
    accepted_by: str = ""  # key, desk, word: said elsewhere than on the telephone
    ended_at: datetime | None = None  # when it was given up: UNREACHED or CANCELLED
    stopped_by: str = ""  # who cancelled it; empty: the telephone

    @property
    def key(self) -> str:
        """Names it within its call. Agencies' codes have no dash."""
        return f"{self.agency}-{self.turn}"

    @property
    def trying(self) -> bool:
        """The agency is still being reached."""
        return self.status is Status.TRYING

    def owns(self, attempt: Attempt) -> bool:
        """That attempt was made for this forward."""
        return (attempt.agency, attempt.turn) == (self.agency, self.turn)


def told(share: Share, attempt: Attempt) -> Share:
    """What an attempt tells of its forward. An acceptance counts also when the forward was just given up."""
    share = replace(share, by=share.by or attempt.by, asked_at=share.asked_at or attempt.dialled_at)
    if attempt.accepted_at is None or share.accepted_at is not None:
        return share
    accepted = {"accepted_at": attempt.accepted_at, "accepted_by": attempt.accepted_by}
    return replace(share, status=Status.ACCEPTED, ended_at=None, stopped_by="", **accepted)  # type: ignore[arg-type]


def stopped(share: Share, status: Status, at: datetime, by: str = "") -> Share:
    """The forward is given up. One that is accepted, or over, stays as it is."""
    if not share.trying:
        return share
    return replace(share, status=status, ended_at=at, stopped_by=by)


def alone(share: Share) -> Share:
    """The caller is gone: who still reaches the agency speaks to it without him."""
    return replace(share, mode=Mode.RELAY) if share.trying and share.mode is not Mode.MESSAGE else share


def nobody_left(share: Share, at: datetime | None) -> Share:
    """Everybody is gone: a forward that was still tried is over."""
    return replace(share, status=Status.CANCELLED, ended_at=at) if share.trying else share


def taken(share: Share, at: datetime) -> Share:
    """The agency said elsewhere that it comes: no further line, no other agency; a phone that rings there rings on."""
    return replace(share, status=Status.ACCEPTED, accepted_at=at, accepted_by=WORD, ended_at=None, stopped_by="")
