"""Addresses of the agencies' side."""

from aiohttp import web

from callcenter.web.agency import actions, live, pages

FORWARD = "/{forward:[A-Za-z0-9._:-]{1,300}}"

ROUTES = [
    web.get("/agency", pages.requests, name="agency"),
    web.get("/agency/live", live.channel, name="agency.live"),
    web.get("/agency/f" + FORWARD, pages.one, name="agency.forward"),
    web.post("/agency/f" + FORWARD + "/say", actions.say, name="agency.say"),
    web.post("/agency/f" + FORWARD + "/note", actions.note, name="agency.note"),
    web.post("/forwards" + FORWARD + "/told", actions.told, name="forward.told"),
    web.post("/forwards" + FORWARD + "/correct", actions.correct, name="forward.correct"),
]
