"""Questions to Asterisk and their answers: sent once, each with its own deadline.

In:  an action and its headers; messages that carry an ActionID; the news that the connection is gone.
Out: the messages of a complete answer, or LineDown (not sent), Unconfirmed (sent), BadInput (unsafe).
Never: sends anything again, or guesses from the words of a reply whether more will follow (panoramisk did, and
       hung on QueueAdd and closed the link on Atxfer).
"""

import asyncio
import itertools
import uuid

from callcenter.asterisk.protocol import Wire
from callcenter.asterisk.wire import Given, Heard, question, text
from callcenter.core.errors import BadInput, LineDown, Unconfirmed

NO_LINK = "There is no link to Asterisk. Nothing was sent; use the phone itself."
GOOD = ("Success", "Follows", "Goodbye")


class _Answer:
    """One answer so far. A list is open from `EventList: start` to Complete or Cancelled; all else is one message."""

    __slots__ = ("_open", "done", "messages")

    def __init__(self) -> None:
        self.done: asyncio.Future[list[Heard] | None] = asyncio.get_running_loop().create_future()
        self.messages: list[Heard] = []
        self._open = False

    def add(self, message: Heard) -> None:
        self.messages.append(message)
        part = text(message.fields, "EventList").lower()
        if part == "start":
            self._open = is_good(message)
        elif part in ("complete", "cancelled"):
            self._open = False
        if not self._open and not self.done.done():
            self.done.set_result(self.messages)


class Questions:
    """All that was asked and is not answered yet."""

    def __init__(self, unsent: int) -> None:
        self._most_unsent = unsent
        self._open: dict[str, _Answer] = {}
        self._prefix = uuid.uuid4().hex[:12]
        self._numbers = itertools.count(1)

    def __len__(self) -> int:
        return len(self._open)

    async def put(self, wire: Wire, name: str, given: Given, deadline: float) -> list[Heard]:
        """Send one action and wait for its whole answer, be it good or an error."""
        action_id = f"{self._prefix}-{next(self._numbers)}"
        if name.lower() == "originate":
            given = _asynchronous(given, action_id)
            action_id += f"/{given['ChannelId']}"  # comes back with OriginateResponse: `wire.originated_leg`
        data = question(name, action_id, given)
        if not wire.is_open:
            raise LineDown(NO_LINK)
        if wire.transport.get_write_buffer_size() > self._most_unsent:
            raise LineDown("Asterisk takes nothing in. Nothing was sent; use the phone itself.")
        answer = self._open[action_id] = _Answer()
        messages = None
        try:
            wire.transport.write(data)
            async with asyncio.timeout(deadline):
                messages = await answer.done
        except TimeoutError:
            pass
        finally:
            self._open.pop(action_id, None)
        if messages is None:
            raise Unconfirmed("Asterisk has not confirmed. Watch the screen: it shows what really happened.")
        return messages

    def take(self, message: Heard) -> bool:
        """Whether the message is part of an answer that somebody still waits for."""
        answer = self._open.get(text(message.fields, "ActionID"))
        if answer is not None:
            answer.add(message)
        return answer is not None

    def is_ours(self, message: Heard) -> bool:
        """Whether the message belongs to any question of this service, also to one that was given up."""
        return text(message.fields, "ActionID").startswith(self._prefix)

    def give_up(self) -> None:
        """The connection is gone: whoever waits learns it now."""
        for answer in self._open.values():
            if not answer.done.done():
                answer.done.set_result(None)
        self._open.clear()


def is_good(message: Heard) -> bool:
    return text(message.fields, "Response") in GOOD


def _asynchronous(given: Given, action_id: str) -> Given:
    """A synchronous Originate makes this whole connection deaf until the phone is answered; a leg without an id of
    ours cannot be found again after a lost answer."""
    if str(given.get("Async", "true")).lower() != "true":
        raise BadInput("Originate must be asynchronous.")
    return {"ChannelId": f"ours-{action_id}", **given, "Async": "true"}
