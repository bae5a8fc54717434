"""Builds the web from its parts, and serves it.

In:  settings, secrets, the switchboard's face, storage. Out: an aiohttp application; `serve` runs it until cancelled.
Never: a part that dies alone: painter of live parts, reader of papers and server live in one TaskGroup.
"""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from aiohttp import web

from callcenter.core.errors import BadInput
from callcenter.settings import Settings
from callcenter.storage import (
    Cards,
    Database,
    Directory,
    Figures,
    History,
    Holds,
    Need,
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
from callcenter.web.agency.live import regions as agency_regions
from callcenter.web.agency.routes import ROUTES as AGENCY
from callcenter.web.agency.side import AgencySide
from callcenter.web.api.polls import Polls
from callcenter.web.api.routes import ROUTES as API
from callcenter.web.board import Board, Journal, News
from callcenter.web.callers.room import Callers, Stores
from callcenter.web.callers.routes import ROUTES as CALLERS
from callcenter.web.cards.routes import ROUTES as CARDS
from callcenter.web.complaints.routes import ROUTES as COMPLAINTS
from callcenter.web.directory.routes import ROUTES as DIRECTORY
from callcenter.web.entry.routes import ROUTES as ENTRY
from callcenter.web.errors import catch
from callcenter.web.figures.routes import ROUTES as FIGURES
from callcenter.web.i18n import read_languages
from callcenter.web.live import Hub
from callcenter.web.me.routes import ROUTES as ME
from callcenter.web.need import Concerned
from callcenter.web.packing import pack
from callcenter.web.painter import Painter
from callcenter.web.parts import PARTS, Parts
from callcenter.web.people.routes import ROUTES as PEOPLE
from callcenter.web.phrases.routes import ROUTES as PHRASES
from callcenter.web.places.routes import ROUTES as PLACES
from callcenter.web.proof import Lights, Proofs
from callcenter.web.quality.routes import ROUTES as QUALITY
from callcenter.web.recordings.plays import Plays
from callcenter.web.recordings.routes import ROUTES as RECORDINGS
from callcenter.web.screen.desk import Desk
from callcenter.web.screen.live import regions
from callcenter.web.screen.routes import ROUTES as SCREEN
from callcenter.web.screen.shelf import Shelf
from callcenter.web.security import Tokens, guard, put_headers
from callcenter.web.sessions import Sessions
from callcenter.web.shift.routes import ROUTES as SHIFT
from callcenter.web.static_files import StaticFiles, read_static
from callcenter.web.subject.routes import ROUTES as SUBJECT
from callcenter.web.supervisor.routes import ROUTES as SUPERVISOR
from callcenter.web.wall.board import WallBoard
from callcenter.web.wall.board import regions as wall_regions
from callcenter.web.wall.routes import ROUTES as WALL

LARGEST_FORM = 2 * 1024 * 1024
SHUTDOWN_S = 3.0
NOTHING_PROVED = Proofs()


class Secrets(Protocol):
    """What the web needs of the secrets."""

    @property
    def session(self) -> str: ...
    @property
    def messages(self) -> str: ...
    def page_phone(self, position: str) -> str: ...


def make_app(
    *,
    settings: Settings,
    secrets: Secrets,
    directory: Directory,
    board: Board,
    tickets: Tickets,
    history: History,
    callers: Stores,
    people: People,
    database: Database,
    journal: Journal,
    clock: Callable[[], datetime],
    proofs: Proofs = NOTHING_PROVED,
) -> web.Application:
    """The application. Nothing runs in it by itself: `serve`, or a test, runs `run_parts` beside it."""
    files, hub = read_static(), Hub(clock)
    shelf, figures = Shelf(history, hub.stir), Figures(database, zone=settings.zone, clock=clock)
    places = Places(database, clock)
    painter = Painter(settings, directory, read_languages(city=settings.locales), files, lambda: places.book)
    agencies = AgencySide(database, painter, secrets, clock=clock)
    desk = Desk(history, people, board, agencies.too(hub.stir), shelf=shelf, tickets=tickets)
    room = Callers(callers, hub.stir, clock=clock, settings=settings, call_of=desk.call)
    here = Parts(
        settings=settings, directory=directory, tokens=Tokens(secrets.session.encode()), board=board,
        tickets=tickets, places=places, cards=Cards(database, clock),
        phrases=Phrases(database, clock), shifts=Shifts(database, clock), history=history, figures=figures,
        reports=Reports(database, clock=clock), saved=SavedFilters(database, clock), people=people,
        second=Second(database, secret=secrets.session, clock=clock), sign_ins=SignIns(database, clock),
        sessions=Sessions(people, clock), database=database, journal=journal, clock=clock,
        proofs=proofs, lights=Lights(proofs.self_test), plays=Plays(), polls=Polls(),
        recordings=Recordings(database, settings.recordings, clock=clock), holds=Holds(database, clock=clock),
        painter=painter,
        phones={each: secrets.page_phone(each) for each in settings.positions},
        desk=desk, shelf=shelf, callers=room, agencies=agencies, hub=hub,
        concerned=Concerned(_need(settings, database, clock), desk, hub.stir),
        wall=WallBoard(board, desk, room, proofs, figures, database, settings=settings, clock=clock),
    )  # fmt: skip
    _show(here)
    return _open_doors(here, files)


def _need(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Need:
    return Need(database, categories=settings.restricted_categories, roles=settings.restricted_roles, clock=clock)


def _show(here: Parts) -> None:
    """What is live on which pages."""
    here.hub.show(regions(lambda: here))
    here.agencies.hub.show(agency_regions(lambda: here))
    here.wall.hub.show(wall_regions(lambda: here))


def _open_doors(here: Parts, files: StaticFiles) -> web.Application:
    app = web.Application(middlewares=[pack, catch, guard], client_max_size=LARGEST_FORM)
    app[PARTS] = here
    ours = (
        SCREEN,
        SUPERVISOR,
        RECORDINGS,
        FIGURES,
        CALLERS,
        AGENCY,
        COMPLAINTS,
        DIRECTORY,
        ME,
        PEOPLE,
        SUBJECT,
        PLACES,
        CARDS,
        PHRASES,
        SHIFT,
        WALL,
        QUALITY,
    )
    app.add_routes([*ENTRY, *(route for routes in ours for route in routes), *API])
    app.router.add_get(files.prefix + "/{file:.+}", files.serve, name="static")
    app.on_response_prepare.append(put_headers)
    app.on_shutdown.append(_close_pages)
    return app


async def _close_pages(app: web.Application) -> None:
    """Streams left open would make the shutdown take a minute."""
    here = app[PARTS]
    await asyncio.gather(here.hub.close(), here.agencies.close(), here.wall.hub.close())


async def run_parts(app: web.Application) -> None:
    """What lives beside the server: the live picture and the papers. Until cancelled."""
    here = app[PARTS]

    def hear(news: News) -> None:
        here.desk.hear(news)
        here.shelf.hear(news)
        here.callers.hear(news)
        here.agencies.hear(news)
        here.lights.look()
        here.hub.stir()
        here.wall.hub.stir()

    unlisten = here.board.listen(hear)
    here.desk.watch(here.callers.known.stir)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(here.hub.run(), name="live")
            tasks.create_task(here.desk.run(), name="papers")
            tasks.create_task(here.shelf.run(), name="shelves")
            tasks.create_task(here.callers.run(), name="callers")
            tasks.create_task(here.agencies.run(here.desk.ask), name="agencies")
            tasks.create_task(here.figures.run(), name="figures")
            tasks.create_task(here.places.load_or_keep(), name="places")
            tasks.create_task(here.cards.load_or_keep(), name="cards")
            tasks.create_task(here.phrases.load_or_keep(), name="phrases")
            tasks.create_task(here.wall.run(), name="wall")
    finally:
        unlisten()


async def serve(app: web.Application, settings: Settings) -> None:
    """The server, until cancelled. BadInput when the port is taken or the certificate cannot be used."""
    runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.web_host, settings.web_port, ssl_context=_certificate(settings))
        try:
            await site.start()
        except OSError as wrong:
            raise BadInput(
                "The screens cannot listen on {host}:{port} ({why}). Set web_host or web_port.",
                host=settings.web_host,
                port=settings.web_port,
                why=wrong.strerror or str(wrong),
            ) from wrong
        await run_parts(app)
    finally:
        await runner.cleanup()


def _certificate(settings: Settings) -> ssl.SSLContext | None:
    if not settings.tls:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.tls_folder / "server.crt", settings.tls_folder / "server.key")
    except (OSError, ssl.SSLError) as wrong:
        raise BadInput(
            "The certificate in {folder} cannot be used ({why}). Make it again with ./run lan.",
            folder=settings.tls_folder,
            why=wrong,
        ) from wrong
    return context
