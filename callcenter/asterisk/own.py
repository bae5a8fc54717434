"""Legs that we make beside a call, and what Asterisk tells of them and of the caller's keys. Pure.

In:  the fields of one message. Out: facts; ids of legs, which say all by themselves whose they are.
Never: a leg of ours taken for a caller's.
"""

import re
from datetime import datetime
from urllib.parse import unquote

from callcenter.asterisk.conf import PAGE
from callcenter.asterisk.wire import Fields, originated_leg, text
from callcenter.core import desk_facts
from callcenter.core.facts import Fact
from callcenter.core.kind import MADE
from callcenter.core.listener import Mode
from callcenter.core.silent import Step

DESK_LEG = re.compile(r"desk-(?P<position>\d+)-(?P<turn>\d+)-(?P<call>.+)")
"""A position's phone that was rung by our order: a colleague's, or her own for a call that we make."""

EAR_LEG = re.compile(r"ear-(?P<position>\d+)-(?P<turn>\d+)-(?P<call>.+)")
"""A supervisor's phone that was rung so that she hears a call (listen.conf)."""

MODES = {"ear-listen": Mode.LISTEN, "ear-whisper": Mode.WHISPER, "ear-join": Mode.JOIN}
"""The dialplan contexts in which such a leg is."""

VOICE_LEG = re.compile(r"voice-(?P<turn>\d+)-(?P<call>[^;]+)(?P<half>;2)?")
"""A voice, or keys, that come into the room by a Local channel: two halves."""

STEPS = {
    "prompt-1": Step.PROMPT_1,
    "listen-1": Step.LISTEN_1,
    "prompt-2": Step.PROMPT_2,
    "listen-2": Step.LISTEN_2,
    "done": Step.DONE,
}


def is_own(leg: str) -> bool:
    """Made by us, for a call."""
    return any(kind.fullmatch(leg) for kind in (DESK_LEG, EAR_LEG, VOICE_LEG, MADE))


def started(leg: str, at: datetime) -> Fact | None:
    """What it means that this leg of ours began."""
    desk = DESK_LEG.fullmatch(leg)
    if desk:
        return desk_facts.DeskPhoneCalled(desk["call"], at, leg, desk["position"])
    ear = EAR_LEG.fullmatch(leg)
    if ear:
        return desk_facts.ListenerCalled(ear["call"], at, leg, ear["position"])
    return desk_facts.CalleeDialled(leg, at) if MADE.fullmatch(leg) else None


def refused(f: Fields, at: datetime) -> Fact | None:
    """An order to ring that failed, for the case that there never was a leg."""
    leg = originated_leg(f)
    if text(f, "Response") != "Failure" or not is_own(leg):
        return None
    return desk_facts.LegRefused(leg, at)


def told(f: Fields, at: datetime) -> Fact | None:
    """A user event of control.conf, or of listen.conf."""
    kind, call = text(f, "UserEvent"), text(f, "Call")
    if kind == "Held":
        return desk_facts.CallHeld(call, at)
    if kind == "Silent":
        return desk_facts.SilentStep(call, at, STEPS[text(f, "Step")], text(f, "Leg"))
    if kind == "ByPhone":
        to, line = text(f, "To"), int(text(f, "Line") or 1)
        return desk_facts.PhoneDialled(text(f, "Leg"), at, to, line, call, text(f, "Position"), text(f, "Recording"))
    if kind == "Ear":
        who, mode = text(f, "Position").removesuffix(PAGE), MODES[text(f, "In")]
        return desk_facts.ListenerTurned(call, at, text(f, "Leg"), who, mode.value, unquote(text(f, "By")))
    if kind == "DeskCall":
        what = (text(f, "Kind"), text(f, "Position").removesuffix(PAGE), text(f, "Leg"))
        about, by = unquote(text(f, "About")), unquote(text(f, "By"))
        return desk_facts.DeskCallMade(call, at, *what, unquote(text(f, "Number")), about, by)
    return None


def key(f: Fields, at: datetime) -> Fact | None:
    """A key on somebody's telephone; not what Asterisk sends on to the others."""
    if text(f, "Direction") != "Received" or not text(f, "Uniqueid"):
        return None
    return desk_facts.KeyPressed(text(f, "Uniqueid"), at, text(f, "Digit")[:1])


def attended(f: Fields, at: datetime) -> Fact | None:
    """A transfer after a word with the other side. None where a whole conference was moved: there is no one caller.

    Out of a room its application is the target, on either side: then the leg that she was there with stands for it.
    Asterisk does not always tell that the other side joined the room.
    """
    caller, far = text(f, "TransfereeUniqueid"), text(f, "TransferTargetUniqueid")
    if text(f, "DestApp") == "ConfBridge":
        sides = {"Second": caller, "Orig": far}
        caller, far = next(
            ((leg, text(f, f"{side}TransfererUniqueid")) for side, leg in sides.items() if leg), ("", "")
        )
    if text(f, "Result") != "Success" or not caller or not far:
        return None
    whose = text(f, "TransferTargetChannel").split("/", 1)[-1].rpartition("-")[0].split("@", 1)[0].removesuffix(PAGE)
    return desk_facts.CallTransferred(caller, at, text(f, "OrigTransfererUniqueid"), whose, True, far)
