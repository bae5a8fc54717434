"""The API as its own description tells it, tried by schemathesis: by nobody and each role, well and broken.

The real server answers over HTTP, with a night's calls in its database. No answer is a 500, every status and every body
is one that the description names, and a role gets what the access table grants and nothing else.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from callcenter.web.access import ACCESS, EVERYONE, ROLES
from tests.browser.scenes import earlier_nights, fire_brigade_joins, picked_up, rings
from tests.web.house import House, house

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
MANY, FEW = 20, 2
QUICK = settings(
    database=None, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@dataclass
class Served:
    """A house that runs in a thread of its own, so that a caller may wait for it without a loop."""

    url: str
    schema: BaseSchema
    tokens: dict[str, str]  # role -> its token; nobody has none
    call: str
    ticket: str
    names: dict[str, str]  # path as the description writes it -> name of the route

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}


async def a_night(here: House) -> tuple[dict[str, str], str]:
    """Calls, tickets, an agency, a callback. A token for each role, and the call that is recorded."""
    here.telephone.ready("101", "102", "103", "104")
    await here.people.add_user("siti", role="call_taker", password="rahasia-sekali-112")
    await earlier_nights(here)
    call = rings(here)
    picked_up(here, call)
    fire_brigade_joins(here, call)
    here.record(call)
    await here.stored()
    await here.until(lambda: call in here.board.tickets)
    return {role: await here.people.create_token(f"t-{role}", role=role) for role in ROLES}, call


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    ready, over = threading.Event(), threading.Event()
    found: list[Served] = []
    home: Path = tmp_path_factory.mktemp("fuzzed")

    async def live() -> None:
        async with house(home / "home") as here:
            tokens, call = await a_night(here)
            names = {
                route.resource.canonical: route.name or ""
                for route in here.app.router.routes()
                if route.resource is not None
            }
            schema = await asyncio.to_thread(openapi.from_url, f"{here.url}api/v1/openapi.json")
            url, ticket = here.url.rstrip("/"), here.board.tickets[call]
            found.append(Served(url, schema, tokens, call, ticket, names))
            ready.set()
            await asyncio.to_thread(over.wait)

    def run() -> None:
        try:
            asyncio.run(live())
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(over.set)
        assert ready.wait(120) and found
        yield found[0]


def operations(served: Served) -> list[APIOperation[Any, Any, Any, Any]]:
    results = list(served.schema.get_all_operations())
    found = [each.ok() for each in results if isinstance(each, Ok)]
    assert len(found) == len(results)
    itself = {"/api/v1/openapi.json"}  # left out by schemathesis
    assert {each.path for each in found} | itself == set(served.schema.raw_schema["paths"])
    return found


def tried(
    served: Served, operation: APIOperation[Any, Any, Any, Any], role: str, mode: GenerationMode, most: int
) -> list[int]:
    """The statuses that came; each answer was checked against the description."""
    came: list[int] = []

    @settings(QUICK, max_examples=most)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        answer = case.call(base_url=served.url, headers=served.headers(role))
        case.validate_response(answer, checks=CHECKS)
        came.append(answer.status_code)

    ask()
    return came


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_whatever_brings_a_500_or_an_answer_that_is_not_described(
    served: Served, mode: GenerationMode
) -> None:
    broken = mode is GenerationMode.NEGATIVE
    some = [each for each in operations(served) if not broken or each.definition.raw.get("parameters")]
    statuses = {each.path: tried(served, each, "auditor", mode, MANY) for each in some}
    assert all(statuses.values())
    if mode is GenerationMode.POSITIVE:  # it was understood: not everything was turned away
        assert sum(status == 200 for came in statuses.values() for status in came) > MANY


def test_what_is_really_there_is_answered_as_described(served: Served) -> None:
    known = {"call": served.call, "number": served.ticket}
    asked = [each for each in operations(served) if "{" in each.path]
    for operation in asked:
        name = operation.path.split("{")[1].split("}")[0]
        case = operation.Case(path_parameters={name: known[name]})
        for more in ({}, {"Range": "bytes=0-9"}) if operation.path.endswith("/recording") else ({},):
            answer = case.call(base_url=served.url, headers={**served.headers("supervisor"), **more})
            case.validate_response(answer, checks=CHECKS)
            assert answer.status_code == (206 if more else 200)
    assert len(asked) == 3


def test_a_role_gets_what_the_table_grants_and_nobody_gets_nothing(served: Served) -> None:
    wrong = []
    for operation in operations(served):
        allowed = ACCESS[served.names[operation.path]]
        for role in ("", *ROLES):
            came = set(tried(served, operation, role, GenerationMode.POSITIVE, FEW))
            open_ = allowed is EVERYONE or role in allowed
            refused = 403 if role else 401  # 404: an id like ".." is no address at all
            if came & {401, 403} != (set() if open_ else {refused}):
                wrong.append(f"{role or 'nobody'}: {operation.path}: {came}")
    assert wrong == []
