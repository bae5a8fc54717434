"""What the service's AMI account may do, and hear; and the only two things that it can write."""

import pytest

from tests.live.ami import Ami, first
from tests.live.conftest import Room
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHELL = {"Application": "System", "Data": "touch /tmp/callcenter-test"}


@pytest.mark.parametrize(
    ("action", "headers"),
    [
        ("Command", {"Command": "core show version"}),
        ("GetConfig", {"Filename": "manager.conf"}),
        ("UpdateConfig", {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"}),
        ("DBPut", {"Family": "e112", "Key": "x", "Val": "y"}),
        ("DBDelTree", {"Family": "e112"}),
        ("MixMonitor", {"Channel": "PJSIP/101-00000001", "Command": "touch /tmp/callcenter-test"}),
        ("ModuleLoad", {"LoadType": "reload"}),
        ("Reload", {}),
        ("Originate", {"Channel": "Local/done@ledger", "Async": "true", **SHELL}),
        ("Originate", {"Channel": "Local/line@ledger", "Async": "true", "Application": "MixMonitor", "Data": "a,,id"}),
        ("Originate", {"Channel": "Local/line@ledger", "Async": "true", "Application": "NoOp", "Data": "${SHELL(id)}"}),
        ("Setvar", {"Variable": "FILE(/tmp/callcenter-test)", "Value": "x"}),
        ("Getvar", {"Variable": "SHELL(id)"}),
    ],
)
async def test_the_desk_can_run_no_program_and_touch_no_configuration(
    ami: Ami, action: str, headers: dict[str, str]
) -> None:
    answer = await ami.do(action, **headers)
    assert first(answer, "Response") == "Error"


@pytest.mark.parametrize("action", ["QueueStatus", "CoreShowChannels", "CoreStatus"])
async def test_the_desk_can_ask_what_is_going_on(ami: Ami, action: str) -> None:
    answer = await ami.do(action)
    assert first(answer, "Message") != "Permission denied"


async def test_the_desk_hears_what_it_reads_and_nothing_else(room: Room, ami: Ami) -> None:
    caller, her = await room.phone("caller"), await room.phone("101")
    await caller.dial("112")
    await her.answer()
    call = first(await ami.event("AgentConnect"), "Uniqueid")
    await her.hang_up()
    await caller.closed()
    await ami.event("Hangup", Uniqueid=call)
    wanted = (room.exchange.etc / "manager.conf").read_text()
    heard = {first(each, "Event") for each in ami.heard if "Event" in each}
    assert heard
    assert all(f"name({name})" in wanted for name in heard)


async def test_the_desk_hears_each_change_of_a_phone_once(room: Room, ami: Ami) -> None:
    caller, her = await room.phone("caller"), await room.phone("101")
    await caller.dial("112")
    await her.ringing()
    await ami.event("QueueMemberStatus", MemberName="101", Status="6")
    await caller.order("hangup")
    await ami.event("QueueMemberStatus", MemberName="101", Status="1")
    assert {first(each, "Queue") for each in ami.events("QueueMemberStatus")} == {"emergency"}


async def test_a_wrong_password_is_refused(room: Room) -> None:
    session = room.exchange.desk()
    session.secret = "wrong"
    with pytest.raises(AssertionError, match="Authentication failed"):
        await session.__aenter__()
    await session.__aexit__()


async def ledger(ami: Ami, what: str, **variables: str) -> bool:
    """Whether it was written: the leg answers when it is done."""
    count = len(ami.events("OriginateResponse"))
    await ami.do(
        "Originate",
        Channel=f"Local/{what}@ledger/n",
        Application="NoOp",
        Async="true",
        Timeout="60000",
        Variable=[f"{key}={value}" for key, value in variables.items()],
    )
    answers = await until(lambda: ami.events("OriginateResponse")[count:], "an answer")
    return first(answers[0], "Response") == "Success"


async def test_an_agencys_line_is_written_changed_and_taken_out(room: Room, ami: Ami) -> None:
    line = {"SHORT": "113", "N": "1", "DIAL": "PJSIP/113@trunk-main", "SHOW": "112", "RING": "20"}
    assert await ledger(ami, "line", **line)
    assert (await room.exchange.journal())["agency/113/1"] == "PJSIP/113@trunk-main|112|20"
    assert await ledger(ami, "line", SHORT="113", N="1")
    assert "agency/113/1" not in await room.exchange.journal()


@pytest.mark.parametrize(
    "wrong",
    [
        {"SHORT": "x"},
        {"SHORT": "../e112"},
        {"N": "0"},
        {"DIAL": "Local/s@arrival"},
        {"DIAL": "PJSIP/1@a&PJSIP/2@b"},
        {"DIAL": "PJSIP/1@trunk-main/sip:x@y"},
        {"SHOW": "Budi"},
        {"RING": "5;x"},
    ],
)
async def test_nothing_but_a_line_can_be_written(room: Room, ami: Ami, wrong: dict[str, str]) -> None:
    line = {"SHORT": "113", "N": "1", "DIAL": "PJSIP/113@trunk-main", "SHOW": "112", "RING": "20"}
    before = await room.exchange.written()
    assert not await ledger(ami, "line", **(line | wrong))
    assert await room.exchange.written() == before


async def test_ended_calls_are_forgotten_and_no_other(room: Room, ami: Ami) -> None:
    for call in ("e112-1795000000.1", "e112-1795000000.10", "e112-1795000000.2"):
        await room.exchange.cli(f"database put e112 {call}/in x")
        await room.exchange.cli(f"database put e112 {call}/acc/fwd-damkar-1-1-{call} x")
    assert await ledger(ami, "forget", CALLS="e112-1795000000.1&e112-1795000000.2")
    left = {key.split("/")[1] for key in await room.exchange.journal() if key.startswith("e112/")}
    assert left == {"e112-1795000000.10"}


@pytest.mark.parametrize("calls", ["", "&", "e112", "../agency", "e112-1795000000.10/in", "%"])
async def test_a_strange_list_makes_it_forget_nothing(room: Room, ami: Ami, calls: str) -> None:
    await room.exchange.cli("database put e112 e112-1795000000.10/in x")
    assert not await ledger(ami, "forget", CALLS=calls)
    assert "e112/e112-1795000000.10/in" in await room.exchange.journal()
