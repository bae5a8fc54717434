"""Every route by every role and by nobody: nothing is reachable that the table does not grant."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from aiohttp import WSServerHandshakeError, hdrs

from callcenter.web.access import ACCESS, API_PREFIX, EVERYONE, NOBODY, ROLES
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, Clock, House

Visit = Callable[..., Awaitable[Visitor]]
CODE = re.compile(r'"sentence": "([^"]*)"')

GRANTED = {
    "screen": {"call_taker", "dispatcher", "supervisor"},
    "screen.forward": {"call_taker", "dispatcher", "supervisor"},
    "calls": {"supervisor", "auditor"},
    "recording": {"supervisor", "auditor"},
    "recording.player": {"supervisor", "auditor"},
    "ticket.hold": {"supervisor"},
    "ticket.release": {"supervisor"},
    "screen.recall": {"call_taker", "dispatcher", "supervisor"},
    "calls.export": {"supervisor", "auditor"},
    "listen": {"supervisor"},
    "listen.stop": {"supervisor"},
    "audit": {"auditor"},
    "places.replace": {"admin"},
    "card.save": {"admin"},
    "agency": {"agency"},
    "agency.say": {"agency"},
    "forward.told": {"call_taker", "dispatcher", "supervisor"},
    "forward.correct": {"supervisor"},
    "flags.add": {"supervisor"},
    "flags.end": {"supervisor"},
    "screen.flag": {"call_taker", "dispatcher", "supervisor"},
    "complaints": {"supervisor", "dispatcher", "auditor"},
    "complaints.file": {"supervisor"},
    "agencies": {"supervisor", "admin", "auditor"},
    "agencies.save": {"admin"},
    "categories.take_in": {"admin"},
    "people": {"admin"},
    "people.second_off": {"admin"},
    "people.unlock": {"admin"},
    "sign_ins": {"admin", "auditor"},
    "me.second": {"call_taker", "dispatcher", "supervisor", "admin", "auditor"},
    "figures": {"supervisor", "auditor", "viewer"},
    "api.figures": {"supervisor", "auditor", "viewer"},
}
"""The domain's section 6 once more, by hand, so that a slip in the table is seen."""


def routes(here: House) -> list[tuple[str, str, str]]:
    """Method, address, name of every route that the application has."""
    found = []
    for route in here.app.router.routes():
        if route.method == hdrs.METH_HEAD or route.resource is None:
            continue
        path = route.resource.canonical
        for place, value in {
            "{file}": "css/base.css",
            "{call}": "e112-1.1",
            "{number}": "261122-0001",
            "{category}": "FIRE",
            "{forward}": "damkar-1-e112-1.1",
            "{callback}": "1",
            "{flag}": "1",
            "{code}": "damkar",
            "{lapor}": "1",
            "{days}": "2026-10",
            "{form}": "csv",
            "{token}": "x" * 32,
            "{month}": "2026-10",
            "{sheet}": "1",
            "{note}": "1",
            "{person}": "siti",
            "{version}": "1",
            "{name}": "siti",
        }.items():
            path = path.replace(place, value)
        found.append((route.method, path, route.name or ""))
    return found


def met(here: House, path: str) -> set[str]:
    """The methods by which any route meets that address: /people/password is also the page of one with that name."""
    found = set()
    for route in here.app.router.routes():
        info = route.resource.get_info() if route.resource else {}
        pattern = info.get("pattern")
        if (
            path == info.get("path")
            or (pattern and pattern.fullmatch(path))
            or path.startswith(info.get("prefix", "\0"))
        ):
            found.add(route.method)
    return found


def test_the_table_says_what_the_domain_says() -> None:
    for name, roles in GRANTED.items():
        assert ACCESS[name] == roles


def test_every_route_stands_in_the_table_and_every_line_of_it_is_a_route(here: House) -> None:
    assert {name for _, _, name in routes(here)} == set(ACCESS)


@dataclass
class Caller:
    """Somebody of one role, or nobody: a browser, and a program with a token."""

    role: str
    visitor: Visitor
    secret: str = ""

    async def asks(self, method: str, path: str, *, token: bool = False, csrf: str = "") -> tuple[int, str]:
        """Status, and the code of the error."""
        headers = {"Accept": "application/json"}
        headers |= {"Authorization": f"Bearer {self.secret}"} if token and self.secret else {}
        headers |= {"X-CSRF-Token": csrf} if csrf else {}
        url = self.visitor.base.join(self.visitor.base.with_path(path))
        async with self.visitor.session.request(method, url, headers=headers, allow_redirects=False) as answer:
            body = await answer.text(errors="replace")
            code = CODE.search(body)
            return answer.status, code[1] if code else body[:200]


@pytest.fixture
async def callers(here: House, visit: Visit) -> list[Caller]:
    """One of each role, and nobody."""
    found = [Caller("", await visit())]
    for role in ROLES:
        await here.people.add_user(f"a-{role}", role=role, agency="damkar", password=PASSWORD)
        secret = await here.people.create_token(f"t-{role}", role=role)
        found.append(Caller(role, await visit(f"a-{role}"), secret))
    return found


def granted(role: str, name: str) -> bool:
    return ACCESS[name] is EVERYONE or role in ACCESS[name]


def reach(role: str, here: House, method: str = "") -> set[str]:
    return {name for kind, _, name in routes(here) if granted(role, name) and (not method or kind == method)}


def test_no_address_of_these_tests_is_only_a_pattern(here: House) -> None:
    assert [path for _, path, _ in routes(here) if "{" in path] == []


def test_what_the_narrow_roles_reach_is_said_once_more_by_hand(here: House) -> None:
    everybody = {
        "static", "health", "api.openapi", "icon", "sign_in", "sign_in.send", "language.send", "theme.send",
        "link", "link.say", "link.note", "screen.worker",
    }  # fmt: skip
    account = {"me", "me.password", "me.password.send", "me.end", "me.end_others", "sign_in.code", "sign_in.code.send"}
    mine = everybody | account | {"sign_out.send", "start"}
    assert reach("", here) == everybody
    figures = {"figures", "figures.export", "reports", "report", "report.file"}
    assert reach("viewer", here) - mine == figures | {"wall", "wall.live", "api.wall", "api.figures", "api.responses"}
    assert reach("agency", here) - mine == {"agency", "agency.live", "agency.forward", "agency.say", "agency.note"}
    filters = {"calls.save", "calls.forget", "calls.share", "calls.first"}  # her own
    own = filters | {"me.second.begin", "me.second.codes", "me.second.off"}
    opened = {"ticket.open", "call.number", "recording.heard"}  # with a reason; by a click; how far she listened
    assert reach("auditor", here, "POST") - mine == own | opened, "an auditor changes nothing but her own account"
    callers_data = ("call", "ticket", "recording", "screen", "figures", "report", "flag", "api.", "shift", "wall")
    assert [name for name in reach("admin", here) - everybody if name.startswith(callers_data)] == []


async def test_every_route_by_every_role_and_by_nobody(here: House, callers: list[Caller]) -> None:
    """Without the page's own token: a change is refused for the role first, and then for the token."""
    wrong = []
    for caller in callers:
        for method, path, name in routes(here):
            status, code = await caller.asks(method, path, token=path.startswith(API_PREFIX))
            refused = status == 401 or (status == 403 and "usang" not in code)
            refused |= name == "screen" and status == 303  # led to their own room
            unasked = method == "POST" and granted(caller.role, name) and (status, "usang" in code) != (403, True)
            if granted(caller.role, name) is refused or unasked or (status >= 500 and name != "health"):
                wrong.append(f"{caller.role or 'nobody'}: {method} {path} -> {status}")
    assert wrong == []


async def test_every_change_by_every_role_with_the_pages_own_token(here: House, callers: list[Caller]) -> None:
    """Nothing in the body: who may gets past the gate and is told what is missing, who may not is not let in."""
    wrong = []
    last = {"sign_out.send"}  # it ends the session that the others need
    changes = sorted((each for each in routes(here) if each[0] == "POST"), key=lambda each: each[2] in last)
    for caller in callers:
        await caller.visitor.get("/sign-in" if not caller.role else "/start")
        for method, path, name in changes:
            if name.startswith("link."):  # such a page knows no session, and has a token of its own
                continue
            status, code = await caller.asks(method, path, csrf=caller.visitor.csrf)
            refused = status in (401, 403)
            if granted(caller.role, name) is refused or status >= 500:
                wrong.append(f"{caller.role or 'nobody'}: {method} {path} -> {status} {code}")
    assert len(changes) > 60
    assert wrong == []


async def test_every_live_channel_opens_for_its_roles_only(here: House, callers: list[Caller]) -> None:
    wrong, channels = [], [(path, name) for _, path, name in routes(here) if name.endswith(".live")]
    assert len(channels) >= 3
    for caller in callers:
        base = caller.visitor.base
        for path, name in channels:
            opened = True
            try:
                origin = {"Origin": str(base.origin())}
                async with caller.visitor.session.ws_connect(base.join(base.with_path(path)), headers=origin):
                    pass
            except WSServerHandshakeError:
                opened = False
            if opened is not granted(caller.role, name):
                wrong.append(f"{caller.role or 'nobody'}: {path}")
    assert wrong == []


async def test_a_token_opens_no_page_and_a_session_no_api(here: House, callers: list[Caller]) -> None:
    wrong, nobody = [], callers[0]
    for caller in callers[1:]:
        program = Caller("", nobody.visitor, caller.secret)
        for method, path, name in routes(here):
            if ACCESS[name] is EVERYONE:
                continue
            api = path.startswith(API_PREFIX)
            status, _ = await (caller if api else program).asks(method, path, token=not api)
            if status != 401:
                wrong.append(f"{caller.role}: {method} {path} -> {status}")
    assert wrong == []


async def test_no_other_method_reaches_anything(here: House, callers: list[Caller]) -> None:
    boss = next(caller for caller in callers if caller.role == "supervisor")
    await boss.visitor.get("/start")
    wrong = []
    for path in sorted({path for _, path, _ in routes(here)}):
        methods = met(here, path)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - methods:
            status, _ = await boss.asks(method, path, csrf=boss.visitor.csrf)
            if status not in (401, 403, 404, 405):  # 401, 403: another page by that address, closed to her
                wrong.append(f"{method} {path} -> {status}")
    assert wrong == []


async def test_who_was_shut_out_reaches_what_nobody_reaches(here: House, callers: list[Caller]) -> None:
    boss = next(caller for caller in callers if caller.role == "supervisor")
    await here.people.disable("a-supervisor", by="ayu")
    await here.people.revoke_token("t-supervisor", by="ayu")
    here.clock.pass_(60) if isinstance(here.clock, Clock) else None  # a session is remembered for some seconds
    for path, token in (("/calls", False), ("/proof", False), ("/api/v1/calls", True)):
        assert (await boss.asks("GET", path, token=token))[0] == 401


async def test_a_route_that_nobody_put_into_the_table_is_closed(here: House) -> None:
    assert ACCESS.get("something.new", NOBODY) == frozenset()


async def test_a_session_opens_no_api_and_a_token_no_page(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    assert (await bima.head("/api/v1/calls")).status == 401
    secret = await here.people.create_token("report", role="supervisor")
    program = await visit()
    answer = await program.head("/calls", headers={"Authorization": f"Bearer {secret}"}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in")


async def test_a_change_from_another_page_is_not_done(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    call = here.telephone.dials("e112-1.1", "081234567890")
    here.telephone.answers(call, "101")
    status, body = await siti.send(f"/calls/{call}/hangup", {}, headers={"Origin": "https://evil.example"})
    assert status == 403
    siti.csrf = "guessed"
    status, body = await siti.send(f"/calls/{call}/hangup", {})
    assert (status, body["error"]["code"]) == (403, "not_allowed")
    assert here.board.asked == []
