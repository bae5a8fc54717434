"""What the handlers hold: every part of the web, made once in app.py and found under one key.

In:  the parts. Out: `parts(request)`.
Never: a global. Two apps in one process share nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

from callcenter.core.catalogue import Catalogue
from callcenter.settings import Settings
from callcenter.storage import (
    Cards,
    Database,
    Directory,
    Figures,
    History,
    Holds,
    People,
    Phrases,
    Places,
    Recordings,
    Reports,
    SavedFilters,
    Second,
    Shifts,
    SignIns,
    Tickets,
)
from callcenter.web.api.polls import Polls
from callcenter.web.board import Board, Journal
from callcenter.web.proof import Lights, Proofs
from callcenter.web.recordings.plays import Plays
from callcenter.web.security import Tokens
from callcenter.web.sessions import Sessions

if TYPE_CHECKING:
    from callcenter.web.agency.side import AgencySide
    from callcenter.web.callers.room import Callers
    from callcenter.web.live import Hub
    from callcenter.web.need import Concerned
    from callcenter.web.painter import Painter
    from callcenter.web.screen.desk import Desk
    from callcenter.web.screen.shelf import Shelf
    from callcenter.web.wall.board import WallBoard


@dataclass(frozen=True)
class Parts:
    """Everything that a handler may use."""

    settings: Settings
    directory: Directory
    tokens: Tokens
    board: Board
    tickets: Tickets
    places: Places
    cards: Cards
    phrases: Phrases
    shifts: Shifts
    history: History
    figures: Figures
    reports: Reports
    saved: SavedFilters
    people: People
    second: Second
    sign_ins: SignIns
    sessions: Sessions
    database: Database
    journal: Journal
    clock: Callable[[], datetime]
    proofs: Proofs
    lights: Lights
    plays: Plays
    polls: Polls
    recordings: Recordings
    holds: Holds
    phones: Mapping[str, str]  # position -> password of its phone in the page
    painter: "Painter"
    desk: "Desk"
    shelf: "Shelf"
    callers: "Callers"
    agencies: "AgencySide"
    hub: "Hub"
    wall: "WallBoard"
    concerned: "Concerned"

    def catalogue(self) -> Catalogue:
        """Agencies and categories of this moment."""
        return self.directory()


PARTS = web.AppKey("parts", Parts)


def parts(request: web.Request) -> Parts:
    return request.config_dict[PARTS]


def category_of(app: web.Application, call: str) -> str:
    """What that call is about, as far as somebody has its ticket on the screen."""
    ticket = app[PARTS].desk.about(call).ticket
    return ticket.category if ticket else ""
