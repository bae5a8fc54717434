"""`./run` as a person has it in the terminal: starts, tells where it is, mends itself, ends."""

import os
import re
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.journey.server import Server
from tests.live.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

TIDY = re.compile(r"(?m)^  (t\d)  .{22}  (n/a|[\d:.]+ +\+[\d.]+ s)$")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    one = Server(tmp_path_factory.mktemp("run"))
    await one.start()
    yield one
    await one.end()


async def test_it_says_its_address_once_and_is_healthy_then(server: Server) -> None:
    assert server.said == [server.url]
    status, health = await server.get("healthz")
    assert (status, health["status"], health["line"]["phase"]) == (200, "ok", "up")
    assert "102" in (server.home / "first-run.txt").read_text()
    assert (server.home / "first-run.txt").stat().st_mode & 0o077 == 0


async def test_the_last_word_of_token_create_opens_the_api_and_a_revoked_token_does_not(server: Server) -> None:
    token = await server.last_word("token", "create", "command-centre")
    assert (await server.get("api/v1/calls", token))[0] == 200
    assert (await server.get("api/v1/calls"))[0] == 401
    assert (await server.command("token", "revoke", "command-centre"))[0] == 0
    assert (await server.get("api/v1/calls", token))[0] == 401


async def test_the_demo_is_a_real_call_with_a_ticket_and_both_voices_in_the_recording(server: Server) -> None:
    code, out, err = await server.command("demo")
    assert code == 0, out + err
    assert re.search(r"(?m)^Ticket     \d{6}-\d{4}$", out)
    assert re.search(r"(?m)^Caller     0812-3456-1120\b", out)
    assert "Outcome    ANSWERED by position 102" in out
    assert "caller: heard; call taker: heard" in out
    clock = dict(TIDY.findall(out))
    assert list(clock) == [f"t{n}" for n in range(10)]
    assert [name for name, value in clock.items() if value == "n/a"] == ["t5", "t6", "t7", "t8"]
    _, tokens, _ = await server.command("token", "list")
    assert "valid" not in tokens.replace("command-centre", "")


async def test_a_demo_without_a_server_says_what_to_do(
    server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nobody = Server(tmp_path_factory.mktemp("nobody"))
    code, _, err = await nobody.command("demo")
    assert code == 1
    assert "Start ./run in another terminal first" in err
    assert "Traceback" not in err


async def test_a_killed_service_comes_back(server: Server) -> None:
    (service,) = server.processes("serve")
    os.kill(service, signal.SIGKILL)
    await until(lambda: server.processes("serve") not in ([], [service]), "another service", every=0.1)
    await until(lambda: server.healthy(), "healthy again", every=0.1)


async def test_a_killed_asterisk_comes_back_and_the_screens_see_it(server: Server) -> None:
    (asterisk,) = server.processes("asterisk")
    os.kill(asterisk, signal.SIGKILL)
    await until(lambda: server.processes("asterisk") not in ([], [asterisk]), "another Asterisk", every=0.1)
    await until(lambda: server.healthy(), "healthy again", every=0.1)


async def test_killed_outright_it_leaves_asterisk_running_and_the_next_start_adopts_it(server: Server) -> None:
    before = server.processes("asterisk")
    assert await server.stop(signal.SIGKILL) == -signal.SIGKILL
    await until(lambda: not server.processes("serve"), "the service ends with it", every=0.1)
    assert server.processes("asterisk") == before
    await server.start()
    await until(lambda: server.healthy(), "healthy again", every=0.1)
    assert server.processes("asterisk") == before


async def test_sigterm_ends_everything_with_exit_code_0_and_it_starts_again_though_its_database_is_gone(
    server: Server,
) -> None:
    assert await server.stop() == 0
    assert server.processes("asterisk", "serve") == []
    assert set(server.said) == {server.url}
    count = len(server.said)
    for ending in ("", "-wal", "-shm"):
        (server.home / f"callcenter.db{ending}").unlink(missing_ok=True)
    await server.start()
    assert server.said == [server.url] * (count + 1)
    assert await server.healthy(), "calls are taken"

    async def told() -> bool:
        _, health = await server.get("healthz")
        return "emptied" in {alarm["code"] for alarm in health["alarms"]}

    await until(told, "that the database was empty is an alarm")
