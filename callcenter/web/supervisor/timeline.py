"""A ticket's whole story in one order: each moment with what it was, who told it, and where the time is from.

In:  everything that is known of a ticket, one language. Out: events, the oldest first; those without a moment last.
Never: an event that only one of two languages tells; a time without its source.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from callcenter.core.answer import Answer
from callcenter.core.catalogue import Catalogue
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.storage import Story
from callcenter.storage.records import AttemptLine, Change, FactLine, ForwardLine
from callcenter.web.i18n import N_, Language
from callcenter.web.labels import TABLES
from callcenter.web.labels_of_audit import FIELD, SOURCES
from callcenter.web.supervisor.trail_words import TrailWords
from callcenter.web.times import CityTime, unknown

PHONE, TYPED, AGENCY, MESSAGE, AUDIT = "PHONE", "TYPED", "AGENCY", "MESSAGE", "AUDIT"
SHOWN = frozenset({
    "CallArrived", "CallQueued", "CallAbandoned", "CallBlocked", "CallCut", "PhoneCalled", "PhoneUnanswered",
    "CallAnswered", "CallOverflowed", "RecordingStarted", "CallHeld", "ColleagueAsked", "DeskCallMade", "CalleeDialled",
    "HelpAsked", "HelpStopped", "ListenerAsked", "ListenerCalled", "ListenerTurned",
    "KeyPressed", "SilentStep", "PhoneDialled", "CallTransferred",
})  # fmt: skip
"""Facts of the telephone that no other row tells; the others stand on the call's own page."""
BY_THEMSELVES = frozenset({"telephone", "network"})
"""Who changes a ticket and is no person."""
BY_SOURCE = {"phone": PHONE, "call_taker": TYPED, "agency": AGENCY}
CODES = {"call_class": "class", "status": "status", "disposition": "disposition", "location_source": "source"}
LAST = datetime.max.replace(tzinfo=UNKNOWN_MOMENT.tzinfo)


@dataclass(frozen=True, slots=True)
class Event:
    """One line. `says` is in the reader's language; `detail` is as somebody typed or the telephone told it."""

    at: datetime | None
    source: str
    by: str
    says: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """Words for what happened, in one language."""

    language: Language
    catalogue: Catalogue
    times: CityTime
    number: Callable[[str | None], str]  # as this reader may see it
    words: TrailWords

    def say(self, sentence: str, /, **values: object) -> str:
        return self.language.say(sentence, **values)

    def label(self, table: str, code: str) -> str:
        return self.say(TABLES[table].get(code, code)) if code else "–"

    def agency(self, code: str) -> str:
        return self.catalogue.agency_name(code, self.language.code)

    def source(self, event: Event) -> str:
        return self.say(SOURCES[event.source])


def timeline(story: Story, tell: Teller) -> list[Event]:
    """All of it."""
    found: list[Event] = []
    for part in (_facts, _forwards, _attempts, _notes, _changes, _messages, _callbacks, _ties, _looks):
        found += part(story, tell)
    return sorted(found, key=lambda event: LAST if unknown(event.at) or event.at is None else event.at)


def _facts(story: Story, tell: Teller) -> Iterator[Event]:
    for fact in story.facts:
        if fact.kind in SHOWN or left(fact):
            yield Event(_moment(fact), PHONE, str(fact.body.get("by") or ""), _fact(fact, tell))
    for line in story.page.calls:
        if line.ended_at:
            yield Event(line.ended_at, PHONE, "", tell.say(N_("The caller's leg ended")))


def _moment(fact: FactLine) -> datetime | None:
    return None if unknown(fact.at) else fact.at


def left(fact: FactLine) -> bool:
    """A supervisor who heard the call put her phone down."""
    return fact.kind == "LegEnded" and str(fact.body.get("leg", "")).startswith("ear-")


def _fact(fact: FactLine, tell: Teller) -> str:
    words = [tell.label("fact", "ListenerLeft" if left(fact) else fact.kind)]
    if fact.kind in ("ListenerAsked", "ListenerTurned"):
        words.append(tell.label("ear_mode", str(fact.body.get("mode"))))
    if fact.kind == "CallArrived":
        words.append(tell.number(fact.body.get("number")))
    words += [str(fact.body[name]) for name in ("position", "key", "digit", "step") if fact.body.get(name)]
    return " ".join(words)


def _forwards(story: Story, tell: Teller) -> Iterator[Event]:
    for one in story.page.forwards:
        agency = tell.agency(one.agency)
        asked = tell.say(N_("{agency} is asked for ({mode})"), agency=agency, mode=tell.label("mode", one.mode))
        yield Event(one.asked_at, TYPED, one.by, asked, one.text)
        yield from _answers(one, agency, tell)
        if one.ended_at:
            ended = f"{agency}: {tell.label('forward', one.status)}"
            yield Event(one.ended_at, PHONE if not one.stopped_by else TYPED, one.stopped_by, ended)


def _answers(one: ForwardLine, agency: str, tell: Teller) -> Iterator[Event]:
    for answer in Answer:
        at = getattr(one, f"{answer.column}_at")
        if at:
            source = BY_SOURCE.get(getattr(one, f"{answer.column}_source"), AGENCY)
            by = getattr(one, f"{answer.column}_by")
            yield Event(at, source, tell.words.who(by) if by else "", f"{agency}: {tell.label('step', answer.value)}")


def _attempts(story: Story, tell: Teller) -> Iterator[Event]:
    for one in story.page.attempts:
        who = _line(one, tell)
        moments = (
            (one.dialled_at, N_("{line} is dialled")),
            (one.ringing_at, N_("{line} rings")),
            (one.answered_at, N_("{line} was picked up")),
            (
                one.accepted_at,
                N_("{line} accepted with the key") if one.accepted_by == "key" else N_("{line} accepted"),
            ),
            (one.ended_at, N_("{line} ended: {result}")),
        )
        for at, sentence in moments:
            if at:
                result = {"result": tell.label("result", one.result)} if "{result}" in sentence else {}
                yield Event(at, PHONE, "", tell.say(sentence, line=who, **result))
        if one.named_at:
            yield Event(one.named_at, TYPED, one.named_by, tell.say(N_("{line} accepted"), line=who), one.accepted_name)


def _line(one: AttemptLine, tell: Teller) -> str:
    if one.agency:
        return f"{tell.agency(one.agency)} ({one.number})"
    return tell.say(N_("overflow line {line}"), line=one.line) if one.by == "overflow" else one.number


def _notes(story: Story, tell: Teller) -> Iterator[Event]:
    author = {note.key: note.author for note in story.page.notes}
    for old in story.page.versions:
        late = N_("A note came too late beside a newer text")
        says = tell.say(late) if old.refused else tell.say(N_("A note, text until then"))
        yield Event(old.at, TYPED, author.get(old.note, ""), says, old.text)
    for note in story.page.notes:
        changed = any(old.note == note.key for old in story.page.versions)
        says = tell.say(N_("A note, last text")) if changed else tell.say(N_("A note"))
        yield Event(note.changed_at if changed else note.created_at, TYPED, note.author, says, note.text)


def _changes(story: Story, tell: Teller) -> Iterator[Event]:
    ticket = story.page.ticket
    yield Event(ticket.created_at, PHONE, "", tell.say(N_("The ticket is stored")), ticket.number)
    for one in story.page.changes:
        name = tell.say(FIELD.get(one.field, one.field))
        says = f"{name}: {_value(one, one.old, tell)} → {_value(one, one.new, tell)}"
        if one.refused:
            says += f" ({tell.say(N_('not taken: somebody else was first'))})"
        by_phone = one.by in BY_THEMSELVES
        yield Event(one.at, PHONE if by_phone else TYPED, "" if by_phone else one.by, says, one.reason)


def _value(one: Change, value: str, tell: Teller) -> str:
    if one.field == "category" and value:
        return tell.catalogue.category_name(value, tell.language.code)
    if one.field.endswith("_at") and value:
        try:
            return tell.times.moment(datetime.fromisoformat(value))
        except ValueError:
            return value
    return tell.label(CODES[one.field], value) if one.field in CODES else value or "–"


def _messages(story: Story, tell: Teller) -> Iterator[Event]:
    for one in story.page.messages:
        agency = tell.agency(one.agency)
        yield Event(
            one.created_at, MESSAGE, "", tell.say(N_("Message to {agency} is written"), agency=agency), one.text
        )
        if one.sent_at:
            yield Event(one.sent_at, MESSAGE, "", tell.say(N_("Message to {agency} was taken"), agency=agency))
    for link in story.page.links:
        yield Event(link.created_at, MESSAGE, link.created_by, tell.say(N_("A link to the request is made")))
        if link.revoked_at:
            yield Event(link.revoked_at, MESSAGE, link.revoked_by, tell.say(N_("The link is taken back")))


def _callbacks(story: Story, tell: Teller) -> Iterator[Event]:
    for one in story.callbacks:
        yield Event(one.owed_since, PHONE, "", tell.say(N_("A callback is owed")))
        for tried in one.tried:
            says = tell.say(N_("Called back: {result}"), result=tell.label("tried", tried.result))
            yield Event(tried.asked_at, PHONE if tried.call else TYPED, tried.by, says)
        if one.closed_at:
            says = tell.say(N_("The callback is done: {word}"), word=tell.label("callback", one.why))
            yield Event(one.closed_at, TYPED if one.closed_by else PHONE, one.closed_by, says)


def _ties(story: Story, tell: Teller) -> Iterator[Event]:
    ties = story.page.related
    for link in ties.links:
        yield Event(link.at, TYPED, link.by, f"{link.number} {tell.label('tie', link.kind)}")
    for merged in ties.merged:
        yield Event(merged.at, TYPED, merged.by, f"{merged.number} {tell.say(N_('is merged into this ticket'))}")


def _looks(story: Story, tell: Teller) -> Iterator[Event]:
    for row in story.looks:
        said = tell.words.deed(row.action)
        said = said if row.target == story.page.ticket.number else f"{said} ({row.target})"
        yield Event(row.at, AUDIT, tell.words.who(row.by), said, str(row.details.get("reason") or ""))
