"""The daily account, kept by the service every minute and by `./run account`.

In:  Asterisk's own records, the database, what is on its way. Out: an Account; a sentence that names each call that is
not in both books; the same as a notice for /healthz, and to whoever raises alarms. Where Asterisk is on another machine
and nobody brings its records here, the half that can be checked is: what Asterisk's database has must be a call here.
Never: a change; an exception that ends the service: the account stands beside the calls, not in their way.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from callcenter.asterisk.arrivals import Arrivals
from callcenter.asterisk.inbox import House
from callcenter.asterisk.records import RecordsSilent
from callcenter.core.account import Account, Arrival, Kind, account
from callcenter.core.errors import BadInput, CallCenterError
from callcenter.settings import Settings
from callcenter.storage import Database
from callcenter.storage.books import kept, put_aside
from callcenter.words import some

log = logging.getLogger(__name__)

EVERY_S = 60.0
SPAN = timedelta(days=2)
MARGIN = timedelta(minutes=5)
"""The two books take a call's moment from two clocks' reads: it may lie on the other side of midnight."""
MOST_NAMED = 5
WRONG = "The daily account does not come out: {count} calls. {named}. See them with ./run account, and listen to them."
SILENT = "The daily account cannot be made: {why}"
HALF = (
    "Asterisk runs on another machine ({host}) and its own records are not read here: the daily account only checks "
    "that every call in Asterisk's database is a call here. For the whole of it run ./run records FOLDER every minute "
    "on that machine, bring the folder here, and set records_folder."
)
OLD_COPY = (
    "The copy of Asterisk's own records is {minutes} minutes old ({file}): the daily account ends there. See why "
    "nobody brings a newer one."
)
COPY_LASTS = timedelta(minutes=15)
KEY = "account"


def house(settings: Settings) -> House:
    """What is a 112 entry."""
    return House(settings.queue, frozenset(settings.aliases))


class Accountant:
    """One for the service, one for the command line."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        clock: Callable[[], datetime],
        on_floor: Callable[[], Collection[str]] = tuple,
        stored_until: Callable[[], datetime | None] = lambda: None,
        alarm: Callable[[str, str | None], None] = lambda key, sentence: None,
        in_database: Callable[[], Awaitable[Sequence[Arrival]]] | None = None,
    ) -> None:
        """`on_floor`: calls that are known and up. `stored_until`: what is younger waits in the spool; None: nothing
        waits. `alarm(key, sentence)`: raised with each new sentence, None when all is well again. `in_database`: the
        calls that Asterisk's database has; raises CallCenterError."""
        self._settings, self._database, self._clock = settings, database, clock
        self._arrivals, self._in_database = Arrivals(settings.records_file, house(settings)), in_database
        self._on_floor, self._stored_until, self._alarm = on_floor, stored_until, alarm
        self._sentence: str | None = None
        self._notice = ""
        self._reading = asyncio.Lock()
        self.last: Account | None = None

    def notices(self) -> list[str]:
        """What a person should look at, for /healthz."""
        return [told for told in (self._sentence, self._notice) if told]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """The last two days, once. Never raises."""
        now = self._clock()
        try:
            self.last = await self.compare(now - SPAN, now)
            self._tell(sentence(self.last))
        except CallCenterError as away:
            self._tell(SILENT.format(why=away))
        except Exception as wrong:  # a mistake of ours here must not end the service
            log.exception("the daily account failed")
            self._tell(SILENT.format(why=repr(wrong)))

    def _tell(self, told: str | None) -> None:
        if told != self._sentence:
            (log.error if told else log.info)("%s", told or "The daily account comes out.")
            self._sentence = told
            self._alarm(KEY, told)

    async def compare(self, since: datetime, until: datetime) -> Account:
        """One span. RecordsSilent, StoreDown."""
        now = self._stored_until() or self._clock()
        async with self._reading:  # a page may ask while the minute's look goes on
            arrivals, half = await self._heard(since - MARGIN)
        now = min(now, self._copied_until() or now)
        rows, aside = await kept(self._database, since - MARGIN, until + MARGIN), await put_aside(self._database)
        return await asyncio.to_thread(  # a flood's two days take 25 ms
            account,
            arrivals,
            rows,
            since=since,
            until=until,
            now=now,
            records_begin=self._arrivals.begin,
            waiting=frozenset(self._on_floor()),
            put_aside=aside,
            half=half,
        )

    async def _heard(self, since: datetime) -> tuple[Sequence[Arrival], bool]:
        """The arrivals that Asterisk wrote down, and whether they are only those that its database still has."""
        self._notice = ""
        try:
            return await asyncio.to_thread(self._arrivals.read, since), False
        except RecordsSilent:
            if not self._settings.asterisk_elsewhere or self._settings.records_folder or self._in_database is None:
                raise
        self._notice = HALF.format(host=self._settings.ami_host)
        return await self._in_database(), True

    def _copied_until(self) -> datetime | None:
        """When a copy was made: what came after that is on its way. None: it is Asterisk's own file."""
        if not self._settings.records_folder:
            return None
        until = datetime.fromtimestamp(self._settings.records_file.stat().st_mtime, UTC)
        old = self._clock() - until
        if old > COPY_LASTS:
            minutes = int(old.total_seconds() // 60)
            self._notice = OLD_COPY.format(minutes=minutes, file=self._settings.records_file)
        return until


def sentence(found: Account) -> str | None:
    """The calls that are not in both books, by name; None when all are."""
    wrong = found.alarming
    if not wrong:
        return None
    named = [
        f"{each.call} ({each.kind}, {each.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)" for each in wrong[:MOST_NAMED]
    ]
    more = [f"and {len(wrong) - MOST_NAMED} more"] if len(wrong) > MOST_NAMED else []
    return WRONG.format(count=len(wrong), named=", ".join([*named, *more]))


def day_of(settings: Settings, text: str, now: datetime) -> tuple[datetime, datetime]:
    """That day in the city's zone, as a span. Empty: today. BadInput."""
    try:
        day = date.fromisoformat(text) if text else now.astimezone(settings.zone).date()
    except ValueError as wrong:
        raise BadInput("{text} is no day. Write it like 2026-01-14.", text=text) from wrong
    since = datetime.combine(day, time(), settings.zone)
    return since, datetime.combine(day + timedelta(days=1), time(), settings.zone)


async def one_day(settings: Settings, text: str, clock: Callable[[], datetime]) -> tuple[int, Sequence[str]]:
    """`./run account [DAY]`: exit code and lines; 1 when a call is missing in a book."""
    since, until = day_of(settings, text, clock())
    if since > clock():
        raise BadInput("{day} is still to come: there is nothing to compare yet.", day=f"{since:%Y-%m-%d}")
    async with Database(settings.database_url).running() as database:
        await database.check()
        found = await Accountant(settings, database, clock=clock).compare(since, until)
    return (1 if found.alarming else 0), list(_printed(settings, found))


def _printed(settings: Settings, found: Account) -> Iterator[str]:
    day = f"{found.since.astimezone(settings.zone):%Y-%m-%d} ({settings.timezone})"
    arrivals, calls, tickets = some(found.arrivals, "arrival"), some(found.calls, "call"), some(found.tickets, "ticket")
    yield f"{day}: {arrivals} in Asterisk's records, {calls}, {tickets}"
    for kind in Kind:
        if found.count(kind):
            yield f"  {found.count(kind)} {kind}"
    for each in found.differences:
        yield f"  {each.at.astimezone(settings.zone):%H:%M:%S}  {each.call}  {each.kind}"
    yield "A call is missing in one of the books." if found.alarming else "The account comes out."
