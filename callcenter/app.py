"""Builds the parts and starts them together. The only file that knows everyone.

In:  settings and secrets. Out: a service that lives until it is told to stop.
Never: a rule. Parts live and die together: when one dies the process ends, the supervisor starts it again, and the
first thing that it does is to ask Asterisk what is going on.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from callcenter.account import Accountant, house
from callcenter.alarms import Alarms
from callcenter.asterisk.control import Road
from callcenter.asterisk.exchange import Exchange, Known
from callcenter.asterisk.records import Records
from callcenter.audit import Heads
from callcenter.callers import CallerParts
from callcenter.chains import Chains
from callcenter.core.alarms import Alarm
from callcenter.core.call import Call
from callcenter.core.errors import CallCenterError, StoreDown
from callcenter.core.facts import Fact
from callcenter.core.phone import areas, read
from callcenter.core.reconcile import read_from
from callcenter.desks import Desks
from callcenter.emptied import Emptied
from callcenter.keys import Secrets, read_secrets
from callcenter.old_records import OldRecords
from callcenter.reach import own_disk
from callcenter.recordings import RecordingParts
from callcenter.seed import first_book
from callcenter.selftest import SelfTest
from callcenter.settings import Settings
from callcenter.spare import spare_the_loaded
from callcenter.storage import Database, Directory, Entry, History, Journal, People, Tickets
from callcenter.switchboard import Switchboard
from callcenter.watch import Watch
from callcenter.web.app import make_app, serve
from callcenter.web.parts import PARTS, category_of
from callcenter.web.proof import Proofs
from callcenter.web.webhook import Webhook

log = logging.getLogger(__name__)

TIDY_EVERY_S = 5.0


def clock() -> datetime:
    """The one clock of the service."""
    return datetime.now(UTC)


class Service:
    """The parts, wired."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        reads = partial(read, region=settings.region, language=settings.language, pseudo=settings.no_sim_numbers)
        self.ended_calls, self.unsure = list[str](), set[str]()
        self.database = Database(settings.database_url)
        self.directory = self._open_directory(settings)
        self.journal = Journal(
            self.database,
            settings.spool,
            zone=settings.zone,
            read_number=reads,
            clock=clock,
            committed=lambda numbers: self.board.committed(numbers),
            done=self._done,
        )
        self.settings = settings
        self.history = History(self.database, read_number=reads, clock=clock)
        self._open_telephone(secrets)
        self.tickets = Tickets(self.database, catalogue=self.directory, clock=clock)
        self.people = People(self.database, clock=clock, required=settings.two_factor_roles)
        self._open_alarms()
        self.callers = CallerParts(
            settings,
            self.database,
            reads,
            clock=clock,
            alarm=self.alarms.set,
            put_flags=self.exchange.put_flags,
            line_up=lambda: self.exchange.state.why is None,
        )
        self._open_books()
        self._open_web(secrets)

    def _open_telephone(self, secrets: Secrets) -> None:
        settings = self.settings
        zone, modes = settings.zone, settings.forward_modes
        self.board = Switchboard(catalogue=self.directory, keep=self._keep, clock=clock, zone=zone, modes=modes)
        self.exchange = Exchange(
            host=settings.ami_host,
            port=settings.ami_port,
            secret=secrets.ami,
            house=house(settings),
            positions=settings.positions,
            catalogue=self.directory,
            hear=self.board.hear,
            on_state=lambda _: self._line_changed(),
            ended=self._ended,
            clock=clock,
            records=Records(settings.records_file),
            since=lambda heard: read_from(self.board.floor, heard),
            distrusted=frozenset(trunk.name for trunk in settings.trunks if not trunk.trust),
            out=Road(settings.callback_road, settings.callback_show, settings.callback_ring_s),
            zone=settings.zone,
            safe_until=lambda: None if self.unsure else self.journal.safe_until,
        )
        self._connect()
        self.chains = Chains(self.board, self.exchange.lines(lambda call: category_of(self.web, call)))

    def _open_directory(self, settings: Settings) -> Directory:
        return Directory(
            self.database,
            first=lambda: first_book(settings),
            roads=settings.roads,
            copy=settings.agencies_copy,
            clock=clock,
            changed=lambda: self._agencies_changed(),
        )

    def _agencies_changed(self) -> None:
        self.board.refresh()
        self.exchange.short_codes.stir()

    def _connect(self) -> None:
        self.board.connect(self.exchange)
        up, papers = lambda: self.exchange.state.phase == "up", lambda: self.web[PARTS].desk
        self.desks = Desks(self.board, self.settings, up=up, papers=papers)

    def _open_alarms(self) -> None:
        settings, every_s = self.settings, self.settings.selftest_every_s
        self.webhook = Webhook(settings.alarm_webhook, f"112 {settings.city}", clock=clock)
        self.alarms = Alarms(
            floor=lambda: self.board.floor,
            troubles=self._troubles,
            trunks=lambda: self.exchange.trunks([trunk.name for trunk in settings.trunks]),
            disk=own_disk(settings),
            places=(settings.spool, settings.home),
            overflow=bool(settings.overflow),
            clock=clock,
            changed=self._alarm_changed,
        )
        dial, alarm = self.exchange.call_itself, self.alarms.set
        self.self_test = SelfTest(self.board, dial, every_s=every_s, clock=clock, alarm=alarm)
        self.emptied = Emptied(settings, self.database, alarm=alarm)

    def _line_changed(self) -> None:
        self.callers.line_changed()
        self.board.refresh()

    def _troubles(self) -> dict[str, CallCenterError | None]:
        """What parts say of themselves."""
        state = self.journal.state
        journal = state.trouble if state.phase == "disk" else None
        lines = self.exchange.short_codes.trouble
        return {
            "line": self.exchange.state.why,
            "database": self.database.trouble,
            "journal": journal,
            "agency-lines": lines,
            "messages": self.web[PARTS].agencies.trouble(),
        }

    def _alarm_changed(self, alarm: Alarm, raised: bool) -> None:
        self.webhook.post(alarm, raised)
        self.board.refresh()

    def _open_books(self) -> None:
        self.accountant = Accountant(
            self.settings,
            self.database,
            clock=clock,
            on_floor=lambda: self.board.floor.calls,
            stored_until=lambda: self.journal.state.since,
            alarm=self.alarms.set,
            in_database=self.exchange.in_database,
        )
        self.old_records = OldRecords(self.settings, self.database, clock=clock)
        self.watch = Watch(self.settings, clock=clock, alarm=self.alarms.set)
        self.heads = Heads(self.settings, self.database, clock=clock)
        self.recordings = RecordingParts(self.settings, self.database, self.board, clock=clock, alarm=self.alarms.set)

    def _open_web(self, secrets: Secrets) -> None:
        self.web = make_app(
            settings=self.settings,
            secrets=secrets,
            directory=self.directory,
            board=self.board,
            tickets=self.tickets,
            history=self.history,
            callers=self.callers.stores,
            people=self.people,
            database=self.database,
            journal=self.journal,
            clock=clock,
            proofs=Proofs(self._notices, self.alarms.now, self.accountant, self.self_test),
        )

    def _notices(self) -> list[str]:
        """What a person should look at, and alarms that nobody else tells /healthz."""
        told = (alarm.sentence for alarm in self.alarms.now() if alarm.code in ("trunks", "self-test", "emptied"))
        return [*self.accountant.notices(), *self.watch.notices(), *self.old_records.notices(), *told]

    def _keep(self, fact: Fact, changed: tuple[Call, ...]) -> None:
        self.journal.write(Entry(fact, changed))

    def _done(self, calls: Sequence[str]) -> None:
        self.ended_calls.extend(calls)
        self.recordings.ended(calls)

    async def _ended(self, calls: Sequence[str]) -> Known:
        """Which of these are over and committed. With the database away nobody can tell of those that are not on the
        floor: they stay in Asterisk's journals, so that no row is written over, until it is back."""
        try:
            over = await self.history.ended(calls)
        except StoreDown as away:
            log.warning("Asterisk's journals wait for the database: %s", away)
            self.unsure |= {call for call in calls if call not in self.board.floor.calls}
            return Known(set(), self.unsure)
        self.ended_calls.extend(over)  # committed before the last restart, not yet taken out
        return Known(over, set())

    async def run(self) -> None:
        """Until cancelled, or until a part dies."""
        self.journal.open()
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self.database.run(), name="database")
                parts.create_task(self.journal.run(), name="journal")
                await self.directory.open()
                await self._resume()
                living = {
                    "agencies": self.directory.run(), "exchange": self.exchange.run(), "desks": self.desks.run(),
                    "chains": self.chains.run(), "tidy": self._tidy(), "account": self.accountant.run(),
                    "watch": self.watch.run(), "old records": self.old_records.run(), "audit heads": self.heads.run(),
                    "recordings": self.recordings.run(), "alarms": self.alarms.run(), "callers": self.callers.run(),
                    "webhook": self.webhook.run(), "self-test": self.self_test.run(),
                    "emptied": self.emptied.run(), "web": serve(self.web, self.settings),
                }  # fmt: skip
                for name, part in living.items():
                    parts.create_task(part, name=name)
                parts.create_task(asyncio.to_thread(areas), name="areas")
        finally:
            await self.journal.close()
            await self.database.close()

    async def _resume(self) -> None:
        """The calls that were open when the service ended."""
        try:
            await self.database.measure_sync()
            self.board.resume(await self.journal.open_calls(), await self.history.gaps())
        except StoreDown as away:
            log.warning("starting without what was known before: %s", away)

    async def _tidy(self) -> None:
        """Ended calls leave Asterisk's journal once ours has them. What fails is tried again later."""
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            if self.unsure and self.database.trouble is None:
                self.unsure = set()
                self.exchange.look_again()
            calls = list(self.ended_calls)
            if not calls or self.exchange.state.phase != "up":
                continue
            try:
                await self.exchange.forget(calls)
                del self.ended_calls[: len(calls)]
            except CallCenterError as wrong:
                log.warning("Asterisk's journal could not be tidied: %s", wrong)


async def _serve(settings: Settings) -> None:
    service = Service(settings, read_secrets(settings))
    spare_the_loaded()
    task = asyncio.create_task(service.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main(settings: Settings) -> int:
    """The service, until a signal ends it. 1 when a part died."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    died: Sequence[BaseException] = ()
    try:
        asyncio.run(_serve(settings))
    except* Exception as group:
        died = group.exceptions
    for error in died:
        log.error("a part of the service died", exc_info=error)
    return 1 if died else 0
