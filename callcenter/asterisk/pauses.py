"""A position's pause in Asterisk's queue, which keeps it over our own restart. Pure.

In:  a wish with its phones; the reason of a paused member as Asterisk tells it. Out: QueuePause actions; a Pause.
Never: the queue in which paused phones ring too: that one knows no pauses but the rest of a second phone.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from callcenter.asterisk.conf import PAGE
from callcenter.asterisk.order import Order
from callcenter.core.desk_wishes import BeReady, TakePause
from callcenter.core.position import Pause

SUFFIX = {"sip": "", "page": PAGE}
REASON = re.compile(r"(?P<code>[A-Z][A-Z0-9_]{0,20})[.](?P<since>\d{9,11})(?:[.](?P<until>\d{9,11}))?")
"""BREAK.1790000000, WRAP_UP.1790000000.1790000030: with its moments, since Asterisk tells none of its own reliably."""


def orders(wish: TakePause | BeReady, queue: str) -> Iterator[Order]:
    """One for each phone."""
    pausing = isinstance(wish, TakePause)
    said = {"Reason": pack(wish)} if isinstance(wish, TakePause) else {}
    for phone in wish.phones:
        who = {"Queue": queue, "Interface": f"PJSIP/{wish.position}{SUFFIX[phone]}"}
        yield Order("QueuePause", {**who, "Paused": "true" if pausing else "false", **said})


def pack(wish: TakePause) -> str:
    """The reason as Asterisk keeps it, whole seconds; the end is rounded up."""
    until = f".{-int(-wish.until.timestamp() // 1)}" if wish.until else ""
    return f"{wish.reason}.{int(wish.at.timestamp())}{until}"


def unpack(reason: str) -> Pause | None:
    """What we said; None: somebody else paused that phone."""
    found = REASON.fullmatch(reason)
    if found is None:
        return None
    until = datetime.fromtimestamp(int(found["until"]), UTC) if found["until"] else None
    return Pause(found["code"], datetime.fromtimestamp(int(found["since"]), UTC), until)
