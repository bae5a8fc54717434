"""Drives one changing route after the other and looks at the row that each leaves in the audit.

In:  a house, visitors, forms. Out: the names of the routes that were driven; AssertionError names what a row lacks.
Never: a route named by hand: the router says which one an address is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import FormData, hdrs
from yarl import URL

from callcenter.core.seal import Row
from callcenter.web.labels_of_deeds import DEED
from tests.web.conftest import Visitor
from tests.web.house import House

LISTS = ("sign", "calls.", "flags.", "callbacks.", "tickets.")
"""Of nobody in particular: a list as a whole, one's own coming and going."""
Told = Callable[[dict[str, Any]], object]

ORDER = "an order to the telephone: the fact that follows names who asked and stays in the call's own history"
TYPED = "what is typed at the desk has its own history that only grows: each change with who, when, old and new value"
LOOKS = "how this browser looks is a cookie in it; nothing is stored here"
FILTER = "a filter kept by a name shows nothing that the log does not show, and the log opened with it is a row"
ELSEWHERE = {
    **dict.fromkeys(
        (
            "screen.forward", "screen.admit", "screen.cancel", "screen.leave", "screen.hangup", "screen.hold",
            "screen.unhold", "screen.requeue", "screen.silent", "screen.consult", "screen.help_stop", "screen.dismiss",
            "screen.keys", "screen.callback", "screen.relay", "screen.practise", "screen.ready", "screen.pause",
        ),
        ORDER,
    ),
    **dict.fromkeys(
        (
            "screen.field", "screen.note", "screen.classify", "screen.category", "screen.status", "screen.verify",
            "screen.place",
        ),
        TYPED,
    ),
    **dict.fromkeys(("language.send", "theme.send"), LOOKS),
    **dict.fromkeys(("calls.save", "calls.forget", "calls.share", "calls.first"), FILTER),
    "position.send": "who sat where from when to when is a table of its own that only grows",
    "screen.phone": "changes nothing: gives who sits at a position that position's own telephone account",
    "shift.note": "a note for the next shift stays as it was written, with who and when; nothing changes it",
}  # fmt: skip
"""Changing routes that leave no row of their own, and why."""


def changing(here: House) -> set[str]:
    """The names of all routes that change something."""
    return {route.name or "" for route in here.app.router.routes() if route.method == hdrs.METH_POST}


def route_of(here: House, path: str) -> str:
    """Which changing route that address is."""
    found = set()
    for route in here.app.router.routes():
        info = route.resource.get_info() if route.resource and route.method == hdrs.METH_POST else {}
        pattern = info.get("pattern")
        if path == info.get("path") or (pattern and pattern.fullmatch(path)):
            found.add(route.name or "")
    assert len(found) == 1, (path, found)
    return found.pop()


def pair(*names: str) -> Told:
    """Each of these names an old and a new value that differ."""

    def differ(details: dict[str, Any]) -> bool:
        return all(len(details[name]) == 2 and details[name][0] != details[name][1] for name in names)

    return differ


def old_new(details: dict[str, Any]) -> bool:
    """The row says both."""
    return bool(details["old"] != details["new"])


@dataclass
class TrailBook:
    """What one story drove."""

    here: House
    driven: set[str] = field(default_factory=set)

    async def row(self, action: str, by: str, since: int, told: Told | None) -> Row:
        new = [line for line in (await self.here.history.audit(limit=200)).lines if line.id > since]
        found = [line for line in new if line.action == action]
        assert found, f"no row {action}, but {[line.action for line in new]}"
        line = found[0]
        assert line.by == by, line
        assert action in DEED, f"the page Audit has no words for {action}"
        assert line.target or line.details or action.startswith(LISTS), f"{action} says not of what"
        assert told is None or told(dict(line.details)), f"{action}: old and new are not in {line.details}"
        return line

    async def last(self) -> int:
        lines = (await self.here.history.audit(limit=1)).lines
        return lines[0].id if lines else 0

    async def form(
        self, who: Visitor, path: str, action: str, by: str, told: Told | None = None, /, **fields: str
    ) -> tuple[str, str]:
        """As a form: what the page said, and where it led."""
        since = await self.last()
        status, text, where = await who.form(path, **fields)
        assert status in (200, 303), (path, status, text[-3000:])
        await self.row(action, by, since, told)
        self.driven.add(route_of(self.here, path))
        return text, where

    async def send(
        self, who: Visitor, path: str, action: str, by: str, told: Told | None = None, /, **body: Any
    ) -> dict[str, Any]:
        """As a script of ours."""
        since = await self.last()
        status, answer = await who.send(path, body)
        assert status == 200, (path, status, answer)
        await self.row(action, by, since, told)
        self.driven.add(route_of(self.here, path))
        return dict(answer)

    async def file(
        self, who: Visitor, path: str, action: str, by: str, told: Told | None, text: str, /, **fields: str
    ) -> None:
        """A file is handed in, or one is handed out."""
        since = await self.last()
        form = FormData({"csrf": who.csrf, **fields})
        form.add_field("file", text.encode(), filename="a.csv", content_type="text/csv")
        async with who.session.post(who.base.with_path(path), data=form) as answer:
            assert answer.status == 200, await answer.read()
        await self.row(action, by, since, told)
        self.driven.add(route_of(self.here, path))

    async def looks(self, who: Visitor, path: str, action: str, by: str, **more: Any) -> str:
        """A page is read, and the look is a row."""
        since = await self.last()
        async with who.session.get(who.base.join(URL(path, encoded=True)), **more) as answer:
            text = await answer.text(errors="replace")
            assert answer.status in (200, 206), (path, answer.status, text[:500])
        line = await self.row(action, by, since, None)
        return f"{line.target} {dict(line.details)}"
