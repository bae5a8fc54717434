"""One AMI action, and the two that every module of orders needs. Pure.

In:  a leg's id. Out: actions. Never: a leg addressed by its channel's name: names restart with Asterisk.
"""

from dataclasses import dataclass

from callcenter.asterisk.wire import Given


@dataclass(frozen=True, slots=True)
class Order:
    """One AMI action."""

    action: str
    headers: Given


def redirect(leg: str, context: str, room: str) -> Order:
    """That leg goes on there; only our own modules of orders name contexts."""
    return Order("Redirect", {"Channel": leg, "Context": context, "Exten": room, "Priority": "1"})


def hang_up(leg: str, cause: int = 16) -> Order:
    return Order("Hangup", {"Channel": leg, "Cause": str(cause)})
