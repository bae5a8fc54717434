"""What Asterisk itself says, over the same account that the service uses.

In:  the settings; an Asterisk that runs, or does not.
Out: findings: link and rights, contexts, queue, positions, agencies' lines.
Never: sends an action that changes anything.
"""

import asyncio
import re
from collections.abc import AsyncIterator

from callcenter.asterisk.link import Link
from callcenter.asterisk.link_state import Session
from callcenter.asterisk.wire import fields, text
from callcenter.core.errors import CallCenterError, Refused
from callcenter.doctor_page_phone import look_at_page_phone
from callcenter.doctor_telephone import look_at_roads
from callcenter.findings import Finding, broken, good, look
from callcenter.keys import read_secrets
from callcenter.settings import Settings

PATIENCE_S = 8.0
LEAST_VERSION = (20, 10)
CONTEXTS = (
    "from-operator", "from-any-phone", "from-phone", "arrival", "waiting", "overflow", "self-test",
    "room-caller", "room-staff", "room-agency",
    "room-agency-admitted", "ledger",
)  # fmt: skip
ACTIONS = (
    "Originate",
    "Redirect",
    "Hangup",
    "QueueStatus",
    "CoreShowChannels",
    "DBGetTree",
    "ConfbridgeListRooms",
)
UNREACHABLE = {"4", "5"}  # queue member states: invalid, unavailable


async def look_at_asterisk(settings: Settings, patience: float = PATIENCE_S) -> list[Finding]:
    try:
        secrets = read_secrets(settings)
    except CallCenterError:
        return []  # told already
    found: asyncio.Future[list[Finding]] = asyncio.get_running_loop().create_future()

    async def up(_: Session) -> None:
        if not found.done():
            found.set_result([finding async for finding in _ask(link, settings)])

    link = Link(
        host=settings.ami_host,
        port=settings.ami_port,
        username="desk",
        secret=secrets.ami,
        hear=lambda _: None,
        on_up=up,
        names=("FullyBooted",),
    )
    running = asyncio.create_task(link.run())
    try:
        async with asyncio.timeout(patience):
            return await found
    except TimeoutError:
        return [broken(f"{link.state.sentence} If the server does not run: start ./run.")]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _ask(link: Link, settings: Settings) -> AsyncIterator[Finding]:
    """Every question has its own answer: one that fails does not hide the next."""
    for look_at in (_version, _rights, _contexts, _queue, look_at_page_phone, look_at_roads):
        try:
            async for finding in look_at(link, settings):
                yield finding
        except CallCenterError as wrong:
            yield broken(str(wrong))


async def _version(link: Link, settings: Settings) -> AsyncIterator[Finding]:
    said = text(fields(await link.ask("CoreSettings")), "AsteriskVersion")
    numbers = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    if numbers < LEAST_VERSION:
        yield broken(f"Asterisk {said} is older than 20.10. Install a newer one, or let ./run fetch it.")
    else:
        yield good(f"linked to Asterisk {said} at {settings.ami_host}:{settings.ami_port}")


async def _rights(link: Link, _: Settings) -> AsyncIterator[Finding]:
    allowed = fields(await link.ask("ListCommands"))
    missing = [action for action in ACTIONS if action not in allowed]
    if missing:
        yield broken(f"The AMI account may not: {', '.join(missing)}. Restore asterisk-config/manager.conf, restart.")
    elif "Command" in allowed:
        yield broken("The AMI account may run commands, and so programs. Restore manager.conf: write without command.")
    else:
        yield good("the AMI account may do what it needs, and no more")


async def _contexts(link: Link, _: Settings) -> AsyncIterator[Finding]:
    missing = []
    for context in CONTEXTS:
        try:
            if not await link.ask_list("ShowDialPlan", {"Context": context}):
                missing.append(context)
        except Refused:
            missing.append(context)
    if missing:
        yield broken(f"The dialplan lacks {', '.join(missing)}. Restore asterisk-config/extensions.conf, restart.")
    else:
        yield good("the dialplan has all that the service names")


async def _queue(link: Link, settings: Settings) -> AsyncIterator[Finding]:
    answers = [fields(each) for each in await link.ask_list("QueueStatus", {"Queue": settings.queue})]
    if not any(text(each, "Event") == "QueueParams" for each in answers):
        yield broken(f"There is no queue {settings.queue}: callers cannot be answered. Restore queues.conf, restart.")
        return
    members: dict[str, set[str]] = {}  # a position may have two phones
    for each in answers:
        if text(each, "Event") == "QueueMember":
            members.setdefault(text(each, "Name"), set()).add(text(each, "Status"))
    for position in settings.positions:
        if position not in members:
            yield broken(f"Position {position} is not in the queue {settings.queue}. Restart Asterisk.")
    reachable = [position for position in settings.positions if members.get(position, set()) - UNREACHABLE]
    absent = [position for position in settings.positions if position not in reachable]
    if not reachable:
        yield look(f"No phone is signed in at any position: nobody hears a call. Accounts: {settings.first_run_file}")
    elif absent:
        yield look(f"phones at {', '.join(reachable)}; none at {', '.join(absent)}")
    else:
        yield good("a phone is signed in at every position")
