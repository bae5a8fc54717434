"""The words of our dialplan, asked of a real Asterisk that loads our modules and no other."""

import re

import pytest

from tests.live.conftest import Room

pytestmark = pytest.mark.asyncio(loop_scope="session")

STEP = re.compile(r"(?:=> *[^,;]+,[^,;]+|same => *[^,;]+),(\w+)\((.*)")
FUNCTION = re.compile(r"\b([A-Z][A-Z0-9_]+)\(")
WORD = re.compile(r"(?m)^ *(\w+)")


async def test_asterisk_knows_every_application_and_function_that_our_dialplan_uses(room: Room) -> None:
    """An unknown function is one line in Asterisk's log, and the call goes on without what it should have done."""
    applications = set(WORD.findall(await room.exchange.cli("core show applications")))
    functions = set(WORD.findall(await room.exchange.cli("core show functions")))
    steps = [
        found.groups()
        for file in room.exchange.etc.rglob("*.conf")
        for line in file.read_text().splitlines()
        if (found := STEP.match(line.strip().removeprefix("exten ").strip()))
    ]
    used = {name for _, given in steps for name in FUNCTION.findall(given)}
    assert {"Queue", "MixMonitor", "ConfBridge"} <= {name for name, _ in steps} <= applications
    assert {"TIMEOUT", "DB", "STRFTIME"} <= used <= functions
