"""A switchboard for the web's stories: the real floor, fed by facts, and wishes that go nowhere but into a list.

In:  facts as the telephone would bring them. Out: the same News as the real one; `asked`, what people wished.
Never: a wish that changes the floor by itself; that is the telephone's part, so the story plays it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from callcenter.core import facts
from callcenter.core.apply import apply
from callcenter.core.call import Call
from callcenter.core.catalogue import Newest, always
from callcenter.core.errors import CallCenterError
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor, Gap
from callcenter.core.forward import allow
from callcenter.core.position import Pause
from callcenter.core.seen import GapClosed, PositionSeen
from callcenter.core.wishes import Wish
from callcenter.web.board import Board, News

NIGHT = datetime(2026, 11, 21, 18, 12, 7, tzinfo=UTC)  # 01.12.07 in Cirebon

NOBODY = always()


@dataclass(frozen=True)
class Line:
    phase: str = "up"
    since: datetime = NIGHT
    why: CallCenterError | None = None


class FakeBoard:
    """What the web sees of a switchboard."""

    def __init__(self, catalogue: Newest = NOBODY, keep: Callable[[Fact, tuple[Call, ...]], None] | None = None):
        self.floor = Floor()
        self.line = Line()
        self.tickets: dict[str, str] = {}
        self.asked: list[Wish] = []
        self.wrong: CallCenterError | None = None
        self._catalogue = catalogue
        self._keep = keep
        self._ears: list[Callable[[News], None]] = []

    def listen(self, listener: Callable[[News], None]) -> Callable[[], None]:
        self._ears.append(listener)
        return lambda: self._ears.remove(listener)

    def taken(self, call: str, agency: str, turn: int, by: str) -> None:
        self.hear(facts.ForwardTaken(call, NIGHT, agency, turn, by))

    async def wish(self, wish: Wish) -> None:
        refused = allow(self.floor, wish, self._catalogue().agencies, now=NIGHT)
        if self.wrong or refused:
            raise self.wrong or refused  # type: ignore[misc]
        self.asked.append(wish)

    def hear(self, *news: Fact) -> None:
        """This happened on the telephone."""
        for fact in news:
            self.floor, changed = apply(self.floor, fact)
            if self._keep:
                self._keep(fact, changed)
            self.tell(changed)

    def gap(self, gap: Gap) -> None:
        """A time in which nobody listened is over; the journal keeps it, as it keeps the real switchboard's."""
        self.floor = replace(self.floor, gaps=(*self.floor.gaps, gap))
        if self._keep:
            self._keep(GapClosed(gap.until, gap.since, gap.found, gap.unknown, gap.cut), ())
        self.tell()

    def committed(self, numbers: Mapping[str, str]) -> None:
        self.tickets.update(numbers)
        self.tell((), numbers)

    def set_line(self, phase: str, why: CallCenterError | None = None) -> None:
        self.line = replace(self.line, phase=phase, why=why)
        self.tell()

    def tell(self, changed: tuple[Call, ...] = (), tickets: Mapping[str, str] | None = None) -> None:
        for ear in list(self._ears):
            ear(News(self.floor, changed, tickets or {}))


def _fits(board: FakeBoard) -> Board:
    """mypy holds the fake to the Protocol here."""
    return board


class Telephone:
    """The cast: what happens on the telephone, in the words of the room."""

    def __init__(self, board: FakeBoard, at: Callable[[], datetime]) -> None:
        self.board, self.at = board, at

    def ready(self, *positions: str) -> None:
        """These phones are registered and free."""
        for position in positions:
            self.board.hear(PositionSeen(position, self.at(), "IDLE", False, True))

    def pauses(self, position: str, code: str = "", until: datetime | None = None) -> None:
        """Asterisk's queue has that phone paused, or ready again where there is no code."""
        why = Pause(code, self.at(), until) if code else None
        self.board.hear(PositionSeen(position, self.at(), None, bool(code), True, pause=why))

    def dials(
        self, call: str, number: str | None, *, name: str | None = None, before_s: float = 0, **more: object
    ) -> str:
        """Somebody dials 112 and stands in the queue."""
        at = self.at() - timedelta(seconds=before_s)
        described = facts.CallDescribed(
            call,
            at,
            number,
            "pai",
            name,
            recording=f"2026/11/21/{call}.wav",
            **more,  # type: ignore[arg-type]
        )
        self.board.hear(facts.CallArrived(call, at, number, name), described, facts.CallQueued(call, at))
        self.board.hear(facts.RecordingStarted(call, at))
        return call

    def rings(self, call: str, *positions: str) -> None:
        for position in positions:
            self.board.hear(facts.PhoneCalled(call, self.at(), position, f"{position}-{call}"))
            self.board.hear(PositionSeen(position, self.at(), "RINGING"))

    def answers(self, call: str, position: str, *others: str) -> None:
        """She picks up; the other phones stop ringing."""
        self.board.hear(facts.CallAnswered(call, self.at(), position, f"{position}-{call}"))
        self.board.hear(PositionSeen(position, self.at(), "IN_USE"))
        for other in others:
            self.board.hear(PositionSeen(other, self.at(), "IDLE"))

    def is_called(self, call: str, agency: str, *, number: str = "113", by: str = "siti", line: int = 1) -> str:
        """Asterisk dials an agency's line, and it rings."""
        leg = f"fwd-{agency}-{line}-1-{call}"
        at = self.at()
        self.board.hear(facts.AttemptQueued(call, at, leg, agency, line, 1, number, by))
        self.board.hear(facts.AttemptDialled(call, at, leg, agency, line, 1), facts.LegRinging(leg, at))
        return leg

    def lifts(self, leg: str) -> None:
        self.board.hear(facts.LegAnswered(leg, self.at()))

    def accepts(self, call: str, leg: str) -> None:
        """The key is pressed there, and all three are in the room."""
        room = "".join(c for c in call if c.isdigit())
        self.board.hear(facts.AttemptAccepted(leg, self.at(), "key"), facts.RoomJoined(leg, self.at(), room))

    def hangs_up(self, leg: str, cause: int = 16) -> None:
        self.board.hear(facts.LegEnded(leg, self.at(), cause))
