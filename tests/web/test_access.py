"""Every route by every role and by nobody: nothing is reachable that the table does not grant."""

from collections.abc import Awaitable, Callable

from aiohttp import hdrs

from callcenter.web.access import ACCESS, API_PREFIX, EVERYONE, NOBODY, ROLES
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, House

Visit = Callable[..., Awaitable[Visitor]]

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
            "{month}": "2026-10",
            "{sheet}": "1",
            "{note}": "1",
            "{person}": "siti",
            "{version}": "1",
        }.items():
            path = path.replace(place, value)
        path += "/css/base.css" if route.name == "static" else ""
        found.append((route.method, path, route.name or ""))
    return found


def test_the_table_says_what_the_domain_says() -> None:
    for name, roles in GRANTED.items():
        assert ACCESS[name] == roles


def test_every_route_stands_in_the_table_and_every_line_of_it_is_a_route(here: House) -> None:
    assert {name for _, _, name in routes(here)} == set(ACCESS)


async def test_every_route_by_every_role_and_by_nobody(here: House, visit: Visit) -> None:
    wrong = []
    for role in ("", *ROLES):
        visitor = await visit()
        headers = {"Accept": "application/json"}
        if role:
            await here.people.add_user(f"a-{role}", role=role, agency="damkar", password=PASSWORD)
            secret = await here.people.create_token(f"t-{role}", role=role)
            await visitor.sign_in(f"a-{role}")
        for method, path, name in routes(here):
            api = path.startswith(API_PREFIX)
            bearer = {"Authorization": f"Bearer {secret}"} if role and api else {}
            async with visitor.session.request(
                method, visitor.base.join(visitor.base.with_path(path)), headers=headers | bearer, allow_redirects=False
            ) as answer:
                status, body = answer.status, await answer.text(errors="replace")
            allowed = ACCESS[name]
            open_ = allowed is EVERYONE or role in allowed
            refused = status == 401 or (status == 403 and "usang" not in body)  # the page's token comes after the role
            if name == "screen" and status == 303:
                refused = True  # led to their own room
            if open_ is refused:
                wrong.append(f"{role or 'nobody'}: {method} {path} -> {status}")
    assert wrong == []


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
