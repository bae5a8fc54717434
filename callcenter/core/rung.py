"""Every phone that was rung for a call, and how each of them went: what a replay tells beside the calls.

In:  facts, in order. Out: the phones of each call, in the order in which they rang.
Never: part of the floor: the room sees which phones ring now, and counts the others.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from callcenter.core.attempt import BY_CAUSE, Result
from callcenter.core.facts import CallAnswered, Fact, LegEnded, LegRinging, PhoneCalled, PhoneUnanswered

OPEN = frozenset({Result.DIALLING, Result.RINGING})


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone, rung once for one call."""

    position: str
    leg: str
    called_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    result: Result = Result.DIALLING
    lifted: str = ""  # the leg that was lifted: behind a Local channel another one than that which rang


@dataclass(frozen=True, slots=True)
class LiftedBehind:
    """Told by a replay alone: behind the leg that rang, a Local channel, another one was lifted."""

    leg: str
    at: datetime
    lifted: str


@dataclass
class Rung:
    """The phones of every call so far."""

    phones: dict[str, list[Phone]] = field(default_factory=dict)  # by call
    _calls: dict[str, tuple[str, int]] = field(default_factory=dict)  # leg -> its call, and which of its phones
    _behind: dict[str, str] = field(default_factory=dict)  # leg that was lifted -> leg that rang

    def hear(self, fact: Fact | LiftedBehind) -> None:
        match fact:
            case PhoneCalled():
                if all(phone.leg != fact.leg for phone in self.of(fact.call)):  # else the same event again
                    self._add(fact.call, Phone(fact.position, fact.leg, fact.at))
            case LegRinging():
                self._change(fact.leg, Result.RINGING, ringing_at=fact.at)
            case LiftedBehind():
                self._behind[fact.lifted] = fact.leg
            case CallAnswered():
                self._answered(fact)
            case PhoneUnanswered():
                self._unanswered(fact.leg, fact.at)
            case LegEnded():
                self._ended(fact)
            case _:
                pass

    def of(self, call: str) -> list[Phone]:
        return self.phones.get(call, [])

    def _add(self, call: str, phone: Phone) -> None:
        phones = self.phones.setdefault(call, [])
        self._calls[phone.leg] = call, len(phones)
        phones.append(phone)

    def _change(self, leg: str, result: Result, **moments: datetime) -> None:
        call, place = self._calls.get(leg, ("", 0))
        if call and (phone := self.phones[call][place]).result in OPEN:
            self.phones[call][place] = replace(phone, result=result, **moments)  # type: ignore[arg-type]

    def _unanswered(self, leg: str, at: datetime) -> None:
        call, place = self._calls.get(leg, ("", 0))
        if call and self.phones[call][place].result is Result.CANCELLED:  # until Asterisk 11 the leg ends first
            self.phones[call][place] = replace(self.phones[call][place], result=Result.NO_ANSWER)
        self._change(leg, Result.NO_ANSWER, ended_at=at)

    def _answered(self, fact: CallAnswered) -> None:
        phones = self.of(fact.call)
        if any(phone.lifted == fact.leg for phone in phones):
            return  # the same event again
        rang = [p for p in phones if p.result in OPEN]
        behind = self._behind.pop(fact.leg, fact.leg)
        same = [p.leg for p in rang if p.leg in (fact.leg, behind)]
        same = same or [p.leg for p in rang if p.position == fact.position]
        leg = same[0] if same else fact.leg
        if not same:
            self._add(fact.call, Phone(fact.position, leg))
        call, place = self._calls[fact.leg] = self._calls[leg]
        phones = self.phones[call]
        told = replace(phones[place], result=Result.ANSWERED, answered_at=fact.at, lifted=fact.leg)
        phones[place] = replace(told, position=fact.position)

    def _ended(self, fact: LegEnded) -> None:
        call, place = self._calls.get(fact.leg, ("", 0))
        phone = self.phones[call][place] if call else None
        if phone is None or phone.lifted not in ("", fact.leg):
            return  # a Local channel that Asterisk took out of the way: they go on speaking
        if phone.result in OPEN or phone.result is Result.NO_ANSWER:  # Asterisk's queue calls every failure that
            told = BY_CAUSE.get(fact.cause, Result.CANCELLED if phone.result in OPEN else phone.result)
            result = phone.result if told is Result.CANCELLED and phone.result not in OPEN else told
            self.phones[call][place] = replace(phone, result=result, ended_at=phone.ended_at or fact.at)
        elif phone.ended_at is None:
            self.phones[call][place] = replace(phone, ended_at=fact.at)
