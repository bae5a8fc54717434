"""Addresses of the administrator's pages of people."""

from aiohttp import web

from callcenter.web.people import actions, changes, pages

ROUTES = [
    web.get("/people", pages.people, name="people"),
    web.post("/people", actions.add, name="people.add"),
    web.post("/people/password", actions.password, name="people.password"),
    web.post("/people/disable", actions.disable, name="people.disable"),
    web.post("/people/agency", actions.agency, name="people.agency"),
    web.post("/people/role", changes.role, name="people.role"),
    web.post("/people/display", changes.display, name="people.display"),
    web.post("/people/enable", changes.enable, name="people.enable"),
    web.post("/people/second", changes.second_off, name="people.second_off"),
    web.post("/people/end", changes.end, name="people.end"),
    web.post("/people/unlock", changes.unlock, name="people.unlock"),
    web.get("/person/" + pages.NAME, pages.one, name="people.one"),
    web.get("/sign-ins", pages.sign_ins, name="sign_ins"),
]
