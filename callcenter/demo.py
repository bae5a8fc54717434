"""`./run demo`: a citizen with a voice dials 112 on the running server, a phone answers, and we tell what happened.

In:  the settings of the running server.
Out: a real call by SIP with sound on both sides; a report; 0 when it was answered and has a ticket, else 1 and a
     sentence that says what is wrong and what to do.
Never: leaves anything behind but the call itself: phones, folder and token end with it, also on Ctrl-C.
"""

import argparse
import fcntl
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from callcenter import demo_sound as sound
from callcenter.core.errors import CallCenterError
from callcenter.demo_outside import CALLER, Outside, outside
from callcenter.demo_report import Heard, listen, recording_file, report
from callcenter.demo_server import Server, clock, server_with_token
from callcenter.keys import read_secrets
from callcenter.settings import Settings

T = TypeVar("T")
Json = dict[str, Any]

HERS = "102"  # the position of the scripted phone, where nobody else has it
CALLER_SAYS = "Tolong, ada kebakaran di Pasar Kanoman. Api sudah besar, dan masih ada orang di dalam."
SHE_SAYS = "Satu satu dua Cirebon. Apa keadaan darurat Anda?"
SIGN_IN_S, ARRIVE_S, ANSWER_S, PERSON_S, END_S, FILE_S = 12.0, 8.0, 15.0, 45.0, 30.0, 5.0

WHY = {
    "17": "every phone was busy",
    "19": "no phone answered",
    "20": "nobody answers SIP at {server}. Is CALLCENTER_SIP_PORT the one that ./run has?",
    "21": "the server refused the caller (403): any_phone_networks in settings.toml must have 127.0.0.0/8 for the demo",
    "42": "too many calls from this machine within a minute (any_phone_rate). Wait a minute and try again",
}
"""What the end of the caller's call means, by its cause."""


def main(settings: Settings, _: argparse.Namespace) -> int:
    """The whole demonstration."""
    signal.signal(signal.SIGTERM, _leave)  # so that everything that we started ends then too
    try:
        with (
            tempfile.TemporaryDirectory(prefix="112-demo-") as folder,
            one_at_a_time(settings.home),
            server_with_token(settings) as server,
        ):
            return demonstrate(settings, server, Path(folder))
    except CallCenterError as wrong:
        print(f"demo: {wrong}", file=sys.stderr)
        return 1


def _leave(*_: object) -> None:
    raise SystemExit(143)


@contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """Two at once would ring each other's phone and take each other's call for their own."""
    try:
        folder = os.open(home, os.O_RDONLY)
    except OSError:  # no room: told by the next one
        yield
        return
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another demo runs on this server: this one waits for it")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def demonstrate(settings: Settings, server: Server, folder: Path) -> int:
    scene = sound.scene(folder, SHE_SAYS, CALLER_SAYS)
    say("both sides have a voice" if scene.voices else f"both sides beep; {sound.SPEECH} would give them a voice")
    position = place(settings, server)
    password = read_secrets(settings).phones.get(position, "")
    where = f"{'127.0.0.1' if settings.sip_host in ('0.0.0.0', '::') else settings.sip_host}:{settings.sip_port}"  # noqa: S104
    with outside(settings.asterisk_prefix, folder, where, position, password) as world:
        if position:
            sign_in(world, position, where)
        call = place_call(server, world, where, ANSWER_S if position else PERSON_S)
    ours = call["answered_by"] == position
    file = recording_file(settings, call)
    heard = until(lambda: whole(listen(file, scene, ours)), FILE_S) or listen(file, scene, ours)
    print(*report(settings, call, heard), sep="\n", flush=True)
    return verdict(call, heard)


def place(settings: Settings, server: Server) -> str:
    """A position without a phone, 102 first; "" when every one has a phone."""
    taken = server.phones()
    free = [each for each in sorted(settings.positions, key=lambda each: (each != HERS, each)) if each not in taken]
    if HERS in settings.positions and HERS in taken:
        say(f"position {HERS} has a phone already" + (f"; the demo's phone takes {free[0]}" if free else ""))
    others = ", ".join(sorted(taken))
    if not free:
        say(f"every position has a phone ({others}): please answer on one of them within {PERSON_S:.0f} s")
        return ""
    if others:
        say(f"the phones at {others} will ring too; whoever answers first has the call")
    return free[0]


def sign_in(world: Outside, position: str, where: str) -> None:
    if until(lambda: world.signed_in() or world.rejected(), SIGN_IN_S) and world.signed_in():
        say(f"a phone signed in at position {position}")
        return
    if world.rejected():
        raise CallCenterError(
            "The server refused the phone of position {position}: it has another password, or phone_networks in "
            "settings.toml lacks 127.0.0.0/8. Give the demo the CALLCENTER_HOME that ./run has.",
            position=position,
        )
    raise CallCenterError(
        "Nobody answers SIP at {where}. Is CALLCENTER_SIP_PORT the one that ./run has? ./run doctor tells more.",
        where=where,
    )


def place_call(server: Server, world: Outside, where: str, answer_s: float) -> Json:
    """From the first digit to the last word; the call as the server tells it at the end."""
    began = clock()
    world.dial()
    say(f"{CALLER} dials 112")

    def seen() -> Json | None:
        fail_if_refused(world, where)
        return server.newest_call(CALLER, began)

    call = until(seen, ARRIVE_S)
    if call is None:
        raise CallCenterError("The caller dialled, but the server saw no call. ./run doctor looks for the reason.")
    name: str = call["id"]
    call = until(lambda: ticketed(server.call(name)), ARRIVE_S) or server.call(name)
    say(f"the call has arrived, ticket {call['ticket'] or 'not there yet'}")

    def picked_up() -> Json | None:
        fail_if_refused(world, where)
        return answered_or_over(server.call(name))

    answered = until(picked_up, answer_s)
    if not answered or not answered["answered_at"]:
        raise CallCenterError("Nobody answered in {s:.0f} s. ./run doctor looks at phones and queue.", s=answer_s)
    say(f"position {answered['answered_by']} answered; both sides speak")
    ended = until(lambda: over(server.call(name)), END_S)
    if not ended:
        raise CallCenterError("The caller hung up, but the server still shows the call. See ./run doctor.")
    say("the caller hung up")
    return ended


def fail_if_refused(world: Outside, where: str) -> None:
    failure = world.failure()
    if failure:
        status, _, cause = failure.partition(" ")
        why = WHY.get(cause, f"it ended with {status}, cause {cause or 'unknown'}; ./run doctor looks for the reason")
        raise CallCenterError("The call was not answered: {why}.", why=why.format(server=where))


def ticketed(call: Json) -> Json | None:
    return call if call["ticket"] else None


def answered_or_over(call: Json) -> Json | None:
    return call if call["answered_at"] or call["ended_at"] else None


def over(call: Json) -> Json | None:
    return call if call["ended_at"] else None


def whole(heard: Heard) -> Heard | None:
    """The file is finished a moment after the call: Asterisk writes its last part then."""
    return heard if heard.caller and heard.call_taker is not False else None


def verdict(call: Json, heard: Heard) -> int:
    """What counts: answered, and with a ticket. Missing sound is told as well."""
    if call["outcome"] != "ANSWERED" or not call["ticket"]:
        print("demo: the call has no ticket. Look at log/service.log in the data folder.", file=sys.stderr)
        return 1
    if not heard.caller or heard.call_taker is False:
        print("demo: not both sides are in the recording. ./run doctor looks for the reason.", file=sys.stderr)
    return 0


def until(question: Callable[[], T | None], deadline_s: float) -> T | None:
    """Its first true answer, or None when the time is over."""
    end = time.monotonic() + deadline_s
    while not (answer := question()):
        if time.monotonic() > end:
            return None
        time.sleep(0.2)
    return answer


def say(sentence: str) -> None:
    print("*", sentence, flush=True)
