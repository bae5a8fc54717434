"""What the web sees of the switchboard, and nothing more.

In:  nothing. Out: the switchboard's News and LineState, and the Protocol that it fits, as does the tests' board.
Never: anything of the telephone. A wish goes in, a floor comes out.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from callcenter.core.errors import CallCenterError
from callcenter.core.floor import Floor
from callcenter.core.wishes import Wish
from callcenter.switchboard import LineState, News

__all__ = ["UP", "Board", "Journal", "LineState", "News"]

UP = "up"


class Board(Protocol):
    """The switchboard's face."""

    @property
    def floor(self) -> Floor: ...
    @property
    def line(self) -> LineState: ...
    @property
    def tickets(self) -> Mapping[str, str]:
        """Call id -> ticket number, once committed: the floor's calls and the last ended ones."""
        ...

    def listen(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Calls the listener at once, in order, with everything that happens; it must not block. Returns the end."""
        ...

    def committed(self, numbers: Mapping[str, str]) -> None:
        """These calls belong to these tickets now; every listener is told."""
        ...

    def taken(self, call: str, agency: str, turn: int, by: str) -> None:
        """The agency said elsewhere than on the telephone that it comes. Again: nothing."""
        ...

    async def wish(self, wish: Wish) -> None:
        """Raises Refused, LineDown or Unconfirmed. Returns when Asterisk took it, not when it happened."""
        ...


class JournalState(Protocol):
    """Whether what happened is safe."""

    @property
    def phase(self) -> str: ...
    @property
    def waiting(self) -> int: ...
    @property
    def trouble(self) -> CallCenterError | None: ...
    @property
    def quarantined(self) -> int: ...


class Journal(Protocol):
    @property
    def state(self) -> JournalState: ...
