"""What the database keeps by itself, as triggers: marks for figures and score sheets, the call log, the calls
of agencies, the words of tickets.

In:  nothing. Out: `EVERYTHING`, for `derived.py`.
Never: a rule of calls or tickets: only copies of columns, side by side.
"""

from callcenter.storage.derived import Kept, Trigger

HOURS = ("substr({}, 1, 13)", "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')")
MARK = (
    "INSERT INTO figure_marks (hour, changes) SELECT {hour}, 1 {which} "
    "ON CONFLICT (hour) DO UPDATE SET changes = figure_marks.changes + 1"
)
OF_TICKET = "c.id IN (SELECT l.call FROM ticket_calls l WHERE l.ticket = {})"
COUNTED = "call_class, category, priority, kecamatan, kelurahan, wrapped_up_at, on_scene_at"


def _hours(moment: str, which: str) -> tuple[str, str]:
    """The hour of that moment is to be counted again: for SQLite, for PostgreSQL."""
    sqlite, postgresql = (MARK.format(hour=hour.format(moment), which=which) for hour in HOURS)
    return sqlite, postgresql


def _mark(name: str, when: str, *marked: tuple[str, str]) -> Trigger:
    sqlite, postgresql = ("; ".join(each) for each in zip(*marked, strict=True))
    return Trigger(f"marks_{name}", when, sqlite, postgresql)


def _of_calls(which: str) -> tuple[str, str]:
    sqlite, postgresql = (hour.format("c.arrived_at") for hour in HOURS)
    where = f"FROM calls c WHERE {which} GROUP BY 1"
    return MARK.format(hour=sqlite, which=where), MARK.format(hour=postgresql, which=where)


def _every_hour(table: str, moment: str) -> tuple[str, str]:
    """Every hour that has one, by stepping through the index: a table of years is not read while somebody waits."""
    after = ("substr({}, 1, 13) || ':59:59.999999'", "date_trunc('hour', {}, 'UTC') + interval '59:59.999999'")
    which = (
        "FROM (WITH RECURSIVE seen(at) AS (SELECT min({moment}) FROM {table} UNION ALL SELECT"
        " (SELECT min(n.{moment}) FROM {table} n WHERE n.{moment} > {after}) FROM seen WHERE seen.at IS NOT NULL)"
        " SELECT at FROM seen) s WHERE s.at IS NOT NULL"
    )
    sqlite, postgresql = (
        MARK.format(
            hour=hour.format("s.at"), which=which.format(table=table, moment=moment, after=end.format("seen.at"))
        )
        for hour, end in zip(HOURS, after, strict=True)
    )
    return sqlite, postgresql


NEW_HOUR, OLD_HOUR = _hours("new.arrived_at", "WHERE true"), _hours("old.arrived_at", "WHERE true")
NEW_OWED, OLD_OWED = _hours("new.owed_since", "WHERE true"), _hours("old.owed_since", "WHERE true")
OF_TRY = "FROM callbacks b WHERE b.id = new.callback"
NEW_CALL, NEW_TICKET, OLD_TICKET = "c.id = new.call", OF_TICKET.format("new.ticket"), OF_TICKET.format("old.ticket")
MARKS = Kept(
    (
        _mark("call_new", "AFTER INSERT ON calls", NEW_HOUR),
        _mark("call_changed", "AFTER UPDATE ON calls", NEW_HOUR, OLD_HOUR),
        _mark("call_gone", "AFTER DELETE ON calls", OLD_HOUR),
        _mark("ticket", f"AFTER UPDATE OF {COUNTED} ON tickets", _of_calls(OF_TICKET.format("new.id"))),
        _mark("link_new", "AFTER INSERT ON ticket_calls", _of_calls(NEW_TICKET)),
        _mark("link_changed", "AFTER UPDATE ON ticket_calls", _of_calls(NEW_TICKET), _of_calls(OLD_TICKET)),
        _mark("link_gone", "AFTER DELETE ON ticket_calls", _of_calls(OLD_TICKET), _of_calls("c.id = old.call")),
        _mark("attempt_new", "AFTER INSERT ON attempts", _of_calls(NEW_CALL)),
        _mark("attempt_changed", "AFTER UPDATE ON attempts", _of_calls(NEW_CALL)),
        _mark("forward_new", "AFTER INSERT ON forwards", _of_calls(NEW_CALL), _of_calls(NEW_TICKET)),
        _mark("forward_changed", "AFTER UPDATE ON forwards", _of_calls(NEW_CALL), _of_calls(NEW_TICKET)),
        _mark("owed_new", "AFTER INSERT ON callbacks", NEW_OWED),
        _mark("owed_changed", "AFTER UPDATE ON callbacks", NEW_OWED, OLD_OWED),
        _mark("try_new", "AFTER INSERT ON callback_tries", _hours("b.owed_since", OF_TRY)),
    ),
    (_every_hour("calls", "arrived_at"), _every_hour("callbacks", "owed_since")),
)

OF_LOG = ("arrived_at", "test", "kind", "outcome", "answered_by", "person")
OF_TICKET_LOG = ("call_class", "category", "status")
COPIED = (*OF_LOG, *OF_TICKET_LOG)
SEEN = ", ".join((*(f"c.{name}" for name in OF_LOG), *(f"t.{name}" for name in OF_TICKET_LOG)))
LOGGED = (
    f"INSERT INTO call_log (call, ticket, {', '.join(COPIED)}) SELECT c.id, l.ticket, {SEEN}"  # noqa: S608
    " FROM ticket_calls l JOIN calls c ON c.id = l.call JOIN tickets t ON t.id = l.ticket WHERE {}"
    " ON CONFLICT (call) DO UPDATE SET ticket = excluded.ticket, "
    + ", ".join(f"{name} = excluded.{name}" for name in COPIED)
)


def _log(name: str, when: str, does: str, changed: tuple[str, ...] = ()) -> Trigger:
    return Trigger(f"log_{name}", when, does, does, changed)


LOG = Kept(
    (
        _log("link_new", "AFTER INSERT ON ticket_calls", LOGGED.format("l.call = new.call")),
        _log("link_changed", "AFTER UPDATE ON ticket_calls", LOGGED.format("l.call = new.call")),
        _log("link_gone", "AFTER DELETE ON ticket_calls", "DELETE FROM call_log WHERE call = old.call"),
        _log("call", "AFTER UPDATE ON calls", LOGGED.format("l.call = new.id"), OF_LOG),
        _log("ticket", "AFTER UPDATE ON tickets", LOGGED.format("l.ticket = new.id"), OF_TICKET_LOG),
    ),
    (("DELETE FROM call_log",) * 2, (LOGGED.format("true"),) * 2),
)

ASKED = (
    "INSERT INTO call_agencies (call, agency, arrived_at) SELECT DISTINCT c.id, a.agency, c.arrived_at"
    " FROM attempts a JOIN calls c ON c.id = a.call WHERE a.agency <> '' AND {} ON CONFLICT (call, agency) DO NOTHING"
)
ASKED_ANEW = "DELETE FROM call_agencies WHERE call = {0}; " + ASKED.format("a.call = {0}")  # noqa: S608 - of this page alone
AGENCIES = Kept(
    (
        _log("asked_new", "AFTER INSERT ON attempts", ASKED.format("a.leg = new.leg")),
        _log("asked_changed", "AFTER UPDATE ON attempts", ASKED_ANEW.format("new.call"), ("agency",)),
        _log("asked_gone", "AFTER DELETE ON attempts", ASKED_ANEW.format("old.call")),
        _log(
            "asked_moved",
            "AFTER UPDATE ON calls",
            "UPDATE call_agencies SET arrived_at = new.arrived_at WHERE call = new.id",
            ("arrived_at",),
        ),
    ),
    (("DELETE FROM call_agencies",) * 2, (ASKED.format("true"),) * 2),
)

TEXTS = ("place", "landmark", "kelurahan", "kecamatan", "caller_name", "summary", "hazards")
MOST_WORDS = 100_000
"""Letters of one ticket that can be searched: more would not fit PostgreSQL's form of them."""
NOTED = "coalesce((SELECT {together}(n.text, ' ') FROM notes n WHERE n.ticket = t.id), '')"
NAMED = (
    "coalesce((SELECT {together}(c.name, ' ') FROM ticket_calls l JOIN calls c ON c.id = l.call"
    " WHERE l.ticket = t.id AND c.name IS NOT NULL), '')"
)
DOCUMENT = (
    "substr(trim(" + " || ' ' || ".join((*(f"t.{name}" for name in TEXTS), NOTED, NAMED)) + f"), 1, {MOST_WORDS})"
)
OF_TICKETS = (
    " FROM (SELECT t.id, " + DOCUMENT + " AS said FROM tickets t WHERE {which}) d"  # noqa: S608 - of this page alone
    " WHERE d.said <> '' OR EXISTS (SELECT 1 FROM ticket_words w WHERE w.ticket = d.id)"
    " ON CONFLICT (ticket) DO UPDATE SET words = excluded.words"
)
VECTOR = "to_tsvector('simple', regexp_replace(lower(d.said), '[^[:alnum:]]+', ' ', 'g'))"


def _words_of(which: str) -> tuple[str, str]:
    """These tickets' words, as they are now."""
    sqlite = "INSERT INTO ticket_words (ticket, words) SELECT d.id, d.said" + OF_TICKETS
    postgresql = f"INSERT INTO ticket_words (ticket, words, vector) SELECT d.id, d.said, {VECTOR}" + OF_TICKETS
    return (
        sqlite.format(which=which, together="group_concat"),
        postgresql.format(which=which, together="string_agg") + ", vector = excluded.vector",
    )


def _words(name: str, when: str, which: str, changed: tuple[str, ...] = ()) -> Trigger:
    return Trigger(f"words_{name}", when, *_words_of(which), changed)


def _found(name: str, when: str, *does: str) -> Trigger:
    """SQLite's full text follows its table; PostgreSQL has it in a column."""
    return Trigger(f"found_{name}", f"AFTER {when} ON ticket_words", "; ".join(does), "NULL")


OUT = "INSERT INTO ticket_search (ticket_search, rowid, words) VALUES ('delete', old.ticket, old.words)"
IN = "INSERT INTO ticket_search (rowid, words) VALUES (new.ticket, new.words)"
OF_CALL = "t.id IN (SELECT k.ticket FROM ticket_calls k WHERE k.call = new.id)"
WORDS = Kept(
    (
        _words("ticket", "AFTER UPDATE ON tickets", "t.id = new.id", TEXTS),
        _words("note_new", "AFTER INSERT ON notes", "t.id = new.ticket"),
        _words("note_changed", "AFTER UPDATE ON notes", "t.id = new.ticket", ("text",)),
        _words("note_gone", "AFTER DELETE ON notes", "t.id = old.ticket"),
        _words("link_new", "AFTER INSERT ON ticket_calls", "t.id = new.ticket"),
        _words("link_changed", "AFTER UPDATE ON ticket_calls", "t.id IN (new.ticket, old.ticket)"),
        _words("link_gone", "AFTER DELETE ON ticket_calls", "t.id = old.ticket"),
        _words("call", "AFTER UPDATE ON calls", OF_CALL, ("name",)),
        _found("new", "INSERT", IN),
        _found("changed", "UPDATE", OUT, IN),
        _found("gone", "DELETE", OUT),
    ),
    (
        ("DELETE FROM ticket_words",) * 2,
        _words_of("true"),
        ("INSERT INTO ticket_search (ticket_search) VALUES ('rebuild')", ""),
    ),
)

MARK_MONTH = (
    "INSERT INTO review_marks (month, changes) SELECT {}, 1 {} "
    "ON CONFLICT (month) DO UPDATE SET changes = review_marks.changes + 1"
)
SCORED = "call, person, month, form, state, answers, earned, possible, failed, calibration"
NEW_SHEET, OLD_SHEET = MARK_MONTH.format("new.month", "WHERE true"), MARK_MONTH.format("old.month", "WHERE true")
OF_DRAWN = "FROM reviews r WHERE r.call = {}.call GROUP BY r.month"


def _sheets(name: str, when: str, *does: str) -> Trigger:
    return Trigger(f"sheets_{name}", when, "; ".join(does), "; ".join(does))


SHEETS = Kept(
    (
        _sheets("new", "AFTER INSERT ON reviews", NEW_SHEET),
        _sheets("changed", f"AFTER UPDATE OF {SCORED} ON reviews", NEW_SHEET, OLD_SHEET),
        _sheets("gone", "AFTER DELETE ON reviews", OLD_SHEET),
        # Both: of a sheet that is written at the same moment only the month of the draw tells.
        _sheets("month_drawn", "AFTER INSERT ON quality_draws", NEW_SHEET),
        _sheets("drawn", "AFTER INSERT ON quality_drawn", MARK_MONTH.format("r.month", OF_DRAWN.format("new"))),
        _sheets("undrawn", "AFTER DELETE ON quality_drawn", MARK_MONTH.format("r.month", OF_DRAWN.format("old"))),
    ),
    ((MARK_MONTH.format("r.month", "FROM reviews r WHERE true GROUP BY r.month"),) * 2,),
)

EVERYTHING = (MARKS, LOG, AGENCIES, WORDS, SHEETS)
