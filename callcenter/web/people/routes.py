"""Addresses of the administrator's page."""

from aiohttp import web

from callcenter.web.people import actions, pages

ROUTES = [
    web.get("/people", pages.people, name="people"),
    web.post("/people", actions.add, name="people.add"),
    web.post("/people/password", actions.password, name="people.password"),
    web.post("/people/disable", actions.disable, name="people.disable"),
    web.post("/people/agency", actions.agency, name="people.agency"),
]
