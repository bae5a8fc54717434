"""`replay FILE`: a recorded AMI stream through the very same code, and the story it tells.

In:  JSON lines, a JSON array, or the raw AMI text of Asterisk, of this or of another system, packed or not.
Out: each call with outcome, times, phones and attempts, as text for people or JSON for machines.
Never: the machine's clock. A recording without moments gives times that read n/a; a message that cannot be read is
counted and told, and the story goes on.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO

from callcenter.asterisk.ends import Ends
from callcenter.asterisk.foreign import IN_QUEUE, OUT_OF_QUEUE, TELLING, Foreign, begins, technology
from callcenter.asterisk.headers import seconds
from callcenter.asterisk.inbox import House, at, read
from callcenter.asterisk.recording import CUT, is_json, messages_in
from callcenter.asterisk.recording import messages_of as messages_of
from callcenter.asterisk.wire import Fields, text
from callcenter.core.apply import apply
from callcenter.core.call import Call
from callcenter.core.errors import BadInput
from callcenter.core.facts import UNKNOWN_MOMENT, Fact
from callcenter.core.floor import Floor
from callcenter.core.rung import LiftedBehind, Rung
from callcenter.core.seen import FloorSeen
from callcenter.told import ANY_QUEUE, EVERYBODY, OURS, lines, record

CLOCK_STEP = 2.0  # seconds: Asterisk tells whole ones
OF_LEGS = frozenset({"Newchannel", "Newstate", "Hangup", "HangupRequest", "DialBegin", "BridgeEnter"})
HELPERS = {
    "Pickup": ("Uniqueid", "Channel"),
    "ChanSpyStart": ("SpyerUniqueid", "SpyerChannel"),
    "AgentLogin": ("Uniqueid", "Channel"),
    "Agentlogin": ("Uniqueid", "Channel"),
    "UnParkedCall": ("RetrieverUniqueid",),
}
"""Who comes in for somebody else's call, and under which header."""
JITTER = 0.001  # seconds by which Asterisk's own threads tell the same moment differently


@dataclass
class Story:
    """What a recording tells."""

    calls: dict[str, Call] = field(default_factory=dict)
    waited_in: dict[str, list[str]] = field(default_factory=dict)  # the queues of each call, in order
    left_at: dict[str, datetime] = field(default_factory=dict)  # the queue, the last time
    rung: Rung = field(default_factory=Rung)
    queues: set[str] = field(default_factory=set)  # in which somebody waited
    scope: str = OURS  # which calls are told
    messages: int = 0
    unreadable: list[str] = field(default_factory=list)


@dataclass
class Survey:
    """What kind of system a recording is of: read before the story is told."""

    queues: set[str] = field(default_factory=set)
    entries: set[tuple[str, str]] = field(default_factory=set)  # where those came in who waited later
    telling: set[str] = field(default_factory=set)  # technologies whose legs say that the far side hangs up
    own: bool = False  # somebody came in by an entry of our own dialplan
    legs: bool = False  # what single legs do is in it, and so their ends, as far as it goes
    helpers: set[str] = field(default_factory=set)  # legs that came in to pick up, to listen, to be an agent
    later: int = 0  # messages that tell of a later moment than the one before
    earlier: int = 0
    _began: dict[str, tuple[str, str]] = field(default_factory=dict)
    _last: float = 0.0

    def look(self, messages: Iterable[Fields], house: House) -> "Survey":
        for f in messages:
            event, leg = text(f, "Event"), text(f, "Uniqueid")
            self.legs |= event in OF_LEGS
            if event == "Newchannel":
                self._began[leg] = begins(f)
                self.own |= house.is_entry(*begins(f), text(f, "Channel"))
            elif event in IN_QUEUE or event in OUT_OF_QUEUE:
                self.queues.add(text(f, "Queue"))
                self.entries |= {self._began[leg]} if leg in self._began and house.ours(f) else set()
            elif event in ("HangupRequest", "SoftHangupRequest"):
                asked = {technology(text(f, "Channel"))} if event == "HangupRequest" else set()
                self.telling |= asked | TELLING
            elif event == "Hangup":
                self._began.pop(leg, None)
            elif event in HELPERS:
                self.helpers |= {text(f, name) for name in HELPERS[event]} - {""}
            self._order(float(seconds(text(f, "Timestamp")) or 0) if event else 0)
        return self

    def _order(self, moment: float) -> None:
        if moment:
            self.later += moment > self._last
            self.earlier += moment < self._last - JITTER
            self._last = moment


@dataclass
class Player:
    """Every message through inbox and floor, in order."""

    house: House
    foreign: Foreign | None = None
    ends: Ends | None = None
    story: Story = field(default_factory=Story)
    floor: Floor = field(default_factory=Floor)
    now: datetime = UNKNOWN_MOMENT
    boots: int = 0
    uptime: float | None = None  # at the last login
    since: datetime | None = None  # the first moment that was told after it
    stopped: bool = False  # Asterisk said that it stops

    def hear(self, message: Fields) -> None:
        self.story.messages += 1
        event = text(message, "Event")
        try:
            self._hear(event, message)
        except KeyError as missing:
            self._unreadable(event, f"no {missing.args[0]}")
        except (ValueError, OverflowError, OSError) as wrong:
            self._unreadable(event, str(wrong))

    def _hear(self, event: str, message: Fields) -> None:
        if not message:
            raise ValueError("not an AMI message")
        if not event:
            return  # an answer to somebody's question: its moment says nothing of the events around it
        for each in self.foreign.modern(message) if self.foreign is not None else (message,):
            self._told(text(each, "Event"), each)

    def _told(self, event: str, message: Fields) -> None:
        if CUT in message and text(message, "Uniqueid") not in {*self.floor.legs, *self.floor.calls}:
            raise ValueError("the recording ends in the middle of it")
        if event == "FullyBooted":
            self._booted(message)
        self.now = at(message, self.now)
        if self.since is None and text(message, "Timestamp"):
            self.since = self.now
        self.stopped |= event == "Shutdown"
        if event in IN_QUEUE or event in OUT_OF_QUEUE:
            self._queue(event, message)
        for fact in self.foreign.facts(message, self.now, self.floor) if self.foreign is not None else ():
            self._apply(fact)
        for fact in self.ends.hear(message, self.now) if self.ends is not None else ():
            self._apply(fact)
        if self.foreign is not None and self.foreign.misleads(message, self.floor):
            return
        fact_of = read(self.house, message, self.now)
        if fact_of is not None:
            self._apply(fact_of)

    def finish(self) -> Story:
        """The recording ends here."""
        for fact in self.ends.rest() if self.ends is not None else ():
            self._apply(fact)
        return self.story

    def _apply(self, fact: Fact | LiftedBehind) -> None:
        self.story.rung.hear(fact)
        if not isinstance(fact, LiftedBehind):
            self.floor, changed = apply(self.floor, fact)
            self.story.calls.update((call.id, call) for call in changed)

    def _queue(self, event: str, message: Fields) -> None:
        queue, leg = text(message, "Queue"), text(message, "Uniqueid")
        if leg in self.floor.gone:
            return
        if event in OUT_OF_QUEUE:
            self.story.left_at[leg] = self.now
        self.story.queues.add(queue)
        waited = self.story.waited_in.setdefault(leg, [])
        if self.house.ours(message) and waited[-1:] != [queue]:
            waited.append(queue)

    def _booted(self, message: Fields) -> None:
        """A login. Where Asterisk has restarted since the last one, the calls of before are gone."""
        up = float(text(message, "Uptime")) if text(message, "Uptime") else None
        heard = (self.now - self.since).total_seconds() if self.since is not None else 0.0
        younger = up is not None and self.uptime is not None and up < self.uptime + heard - CLOCK_STEP
        if younger or self.stopped:
            self.boots += 1
            self.floor = replace(self.floor, boot=str(self.boots))
            self._apply(FloorSeen(self.now, str(self.boots + 1)))
        self.uptime, self.stopped, self.since = up, False, None
        self.now = UNKNOWN_MOMENT  # a new session, whose messages may carry no moments

    def _unreadable(self, event: str, why: str) -> None:
        self.story.unreadable.append(f"message {self.story.messages} ({event[:40] or '?'}): {why}")


def tell(messages: Iterable[Fields], house: House, foreign: Foreign | None = None, ends: Ends | None = None) -> Story:
    """The story of these messages."""
    player = Player(house, foreign, ends)
    for message in messages:
        player.hear(message)
    return player.finish()


def replayed(file: IO[bytes], house: House, *, any_queue: bool, numbers: Iterable[str], zone: tzinfo = UTC) -> Story:
    """The story of an open recording. `any_queue`: where nobody waited in ours, it is of another system; `numbers`
    are those that somebody there dials for help."""
    survey = Survey().look(messages_in(file, zone), house)
    if any_queue and not survey.own and not any(map(house.has_queue, survey.queues)):
        house = replace(house, queue="*")
        survey = Survey().look(messages_in(file, zone), house)
    foreign = None
    if not survey.own or numbers:
        direct = not survey.queues and not numbers and house.queue == "*"
        telling = frozenset(survey.telling)
        foreign = Foreign(house, frozenset(survey.entries), house.numbers, direct, telling, survey.own)
        foreign.helpers = frozenset(survey.helpers)
    ends = None if survey.legs else Ends()
    story = tell(_in_order(messages_in(file, zone), survey, is_json(file)), house, foreign, ends)
    story.scope = EVERYBODY if foreign and foreign.direct else ANY_QUEUE if house.queue == "*" else OURS
    return story


def _in_order(messages: Iterable[Fields], survey: Survey, sortable: bool) -> Iterable[Fields]:
    """As they happened. Asterisk's own stream is; what another tool collected may be not, or be the newest first."""
    if not sortable or not survey.earlier:
        return messages
    kept = list(messages)
    if survey.earlier > survey.later:
        kept.reverse()
    last, moments = 0.0, []
    for message in kept:
        last = float(text(message, "Timestamp") or last)
        moments.append(last)
    return [kept[n] for n in sorted(range(len(kept)), key=moments.__getitem__)]


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The recording, so that it can be read twice. Raises BadInput where it cannot be read."""
    try:
        with path.open("rb") as file:
            if file.seekable():
                yield file
                return
            with tempfile.TemporaryFile() as copy:  # a pipe
                shutil.copyfileobj(file, copy)
                yield copy
    except OSError as wrong:
        raise BadInput("{path} cannot be read: {wrong}.", path=path, wrong=wrong.strerror) from wrong


def main(
    path: Path,
    house: House,
    *,
    as_json: bool = False,
    region: str = "ID",
    zone: tzinfo = UTC,
    any_queue: bool = False,
    numbers: Iterable[str] = (),
) -> int:
    """Print the story of that recording; 0 when it is one. Raises BadInput where it is none, or cannot be read."""
    with opened(path) as file:
        story = replayed(file, house, any_queue=any_queue, numbers=numbers, zone=zone)
    if story.messages and len(story.unreadable) == story.messages:
        raise BadInput(
            "{path} holds no AMI messages: neither Asterisk's text nor JSON with one message in each object.", path=path
        )
    if as_json:
        json.dump(record(story, region), sys.stdout, indent=1)
        print()
    else:
        for line in lines(story, zone):
            print(line)
    return 0
