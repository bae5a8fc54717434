"""The API: what it says, what its description says, and what it answers to nonsense."""

import json
import random
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from callcenter.core.errors import LineDown
from callcenter.core.seen import PositionSeen
from callcenter.web.api.openapi import description
from tests.browser.scenes import fire_brigade_joins, picked_up, rings
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture
async def program(here: House, visit: Visit) -> Callable[[str], Awaitable[tuple[int, Any]]]:
    """`await program("/api/v1/calls")`: status and JSON, asked with a token as it is by itself."""
    secret = await here.people.create_token("dashboard")
    visitor = await visit()

    async def ask(path: str) -> tuple[int, Any]:
        status, text = await visitor.get(path, headers={"Authorization": f"Bearer {secret}"})
        return status, json.loads(text)

    return ask


async def a_night(here: House) -> str:
    """Budi's fire, handed over, ended; and somebody with a withheld number still waiting."""
    call = rings(here)
    picked_up(here, call)
    fire_brigade_joins(here, call)
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: len(here.board.tickets) == 2)
    return call


def fits(here: House, answer: Any, schema: dict[str, Any]) -> None:
    """The answer is what the description promises, with every format checked."""
    document = {**schema, "components": description(here.settings, here.directory())["components"]}
    Draft202012Validator(document, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer)


def promised(here: House, path: str, status: int = 200) -> dict[str, Any]:
    answer = description(here.settings, here.directory())["paths"][path]["get"]["responses"][str(status)]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return schema


def test_the_description_is_valid_openapi(here: House) -> None:
    validate(description(here.settings, here.directory()))


def test_the_description_names_every_route_and_no_other(here: House) -> None:
    real = set()
    for route in here.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if path.startswith(("/api/", "/healthz")) and route.method == "GET":
            real.add(path)
    assert set(description(here.settings, here.directory())["paths"]) == real


async def test_every_answer_is_what_the_description_promises(here: House, program: Any) -> None:
    call = await a_night(here)
    ticket = here.board.tickets[call]
    for path, asked in {
        "/api/v1/calls": "/api/v1/calls",
        "/api/v1/calls/{call}": f"/api/v1/calls/{call}",
        "/api/v1/tickets": "/api/v1/tickets",
        "/api/v1/tickets/{number}": f"/api/v1/tickets/{ticket}",
        "/healthz": "/healthz",
        "/api/v1/openapi.json": "/api/v1/openapi.json",
        "/api/v1/figures": "/api/v1/figures?by=agency",
    }.items():
        status, answer = await program(asked)
        assert status == 200, (asked, answer)
        fits(here, answer, promised(here, path))


async def test_a_call_tells_its_times_its_attempts_and_its_ticket(here: House, program: Any) -> None:
    call = await a_night(here)
    _, told = await program(f"/api/v1/calls/{call}")
    assert told["id"] == call
    assert (told["number"], told["e164"], told["callable"]) == ("+6281234567890", "+6281234567890", True)
    assert (told["outcome"], told["stage"], told["answered_by"]) == ("ANSWERED", "ENDED", "101")
    assert told["ticket"] == here.board.tickets[call]
    assert told["recording"] == f"/api/v1/calls/{call}/recording"
    for name in ("arrived_at", "queued_at", "rang_at", "answered_at", "ticket_created_at", "forwarded_at"):
        assert told[name], name
    assert told["location_verified_at"] is None
    assert [(a["agency"], a["result"], a["accepted_by"]) for a in told["attempts"]] == [("damkar", "ACCEPTED", "key")]


async def test_pages_follow_one_another_without_gap_or_double(here: House, program: Any) -> None:
    for number in range(1, 8):
        here.telephone.dials(f"e112-17900100{number:02}.1", f"+62812000000{number}", before_s=number)
    await here.stored()
    seen, path = [], "/api/v1/calls?limit=3"
    while path:
        _, page = await program(path)
        seen += [call["number"] for call in page["calls"]]
        path = f"/api/v1/calls?limit=3&after={_quoted(page['next'])}" if page["next"] else ""
    assert seen == [f"+62812000000{number}" for number in range(1, 8)]


async def test_filters_narrow(here: House, program: Any) -> None:
    call = await a_night(here)
    for query, found in {
        "number=7890": [call],
        "outcome=ANSWERED": [call],
        "outcome=IN_PROGRESS": ["e112-1790010003.9"],
        "agency=damkar": [call],
        "position=102": [],
        "day=2026-11-22": ["e112-1790010003.9", call],
        "until=2026-11-21T00:00:00Z": [],
        "status=ACCEPTED": [call],
    }.items():
        status, page = await program(f"/api/v1/calls?{query}")
        assert (status, [line["id"] for line in page["calls"]]) == (200, found), query


NONSENSE = (
    "limit=0", "limit=999", "limit=x", "limit=%D9%A3", "after=nonsense", "after=%00", "day=yesterday",
    "since=2026", "since=0001-01-01T00:00:00Z", "outcome=GONE", "class=x", "agency=nasa", "position=999",
    "number=abc", "tests=maybe", "q=" + "x" * 300, "q=%0A", "from=2026-02-02&to=2026-01-01",
)  # fmt: skip


async def test_nonsense_gets_a_sentence(here: House, program: Any) -> None:
    for query in NONSENSE:
        status, told = await program(f"/api/v1/calls?{query}")
        assert status == 400, (query, told)
        assert told["error"]["sentence"], query
        fits(here, told, promised(here, "/api/v1/calls", 400))


async def test_rubbish_in_any_parameter_never_breaks_it(here: House, program: Any) -> None:
    await a_night(here)
    chance = random.Random(112)
    bits = [
        "'",
        '"',
        "%",
        "_",
        "\\",
        "\x00",
        "\n",
        "٣",
        "😀",
        "\u202e",
        "+",
        "-1",
        "1e9",
        "2026-11-22",
        "T",
        "ANSWERED",
        "NONE",
        " ",
    ]
    names = [
        p["name"] for p in description(here.settings, here.directory())["paths"]["/api/v1/calls"]["get"]["parameters"]
    ]
    for _ in range(300):
        query = "&".join(
            f"{name}={_quoted(''.join(chance.choices(bits, k=chance.randint(0, 4))))}"
            for name in chance.sample(names, chance.randint(1, 4))
        )
        path = chance.choice(["/api/v1/calls", "/api/v1/tickets"])
        status, told = await program(f"{path}?{query}")
        assert status in (200, 400), (query, told)


async def test_what_is_not_there_is_404_in_json(program: Any) -> None:
    for path in ("/api/v1/calls/e112-1.1", "/api/v1/tickets/261122-9999", "/api/v1/nowhere"):
        status, told = await program(path)
        assert (status, told["error"]["code"]) == (404, "not_found")


async def test_a_revoked_token_opens_nothing(here: House, program: Any) -> None:
    assert (await program("/api/v1/calls"))[0] == 200
    await here.people.revoke_token("dashboard")
    status, told = await program("/api/v1/calls")
    assert (status, told["error"]["code"]) == (401, "sign_in_first")


async def test_healthz_says_yes_and_warns_when_no_phone_is_there(here: House, program: Any) -> None:
    status, told = await program("/healthz")
    assert (status, told["status"], told["warnings"], told["positions"]["registered"]) == (200, "ok", [], 4)
    for position in ("101", "102", "103", "104"):
        here.board.hear(_gone(here, position))
    status, told = await program("/healthz")
    assert (status, told["positions"]["registered"]) == (200, 0)
    assert "No phone of any position is registered" in told["warnings"][0]


async def test_healthz_says_no_and_why_when_the_line_is_down(here: House, program: Any) -> None:
    here.board.set_line("down", LineDown("Asterisk has been silent for {seconds} s.", seconds=6))
    status, told = await program("/healthz")
    assert (status, told["status"]) == (503, "trouble")
    assert told["reasons"] == ["Asterisk has been silent for 6 s."]
    fits(here, told, promised(here, "/healthz", 503))


def _gone(here: House, position: str) -> Any:
    return PositionSeen(position, here.clock(), "UNREACHABLE")


def _quoted(text: str) -> str:
    return quote(text, safe="")
