"""Addresses of the agencies' side."""

from aiohttp import web

from callcenter.web.agency import actions, api, links, live, outward, pages
from callcenter.web.screen.routes import CALL

FORWARD = "/{forward:[A-Za-z0-9._:-]{1,300}}"

LINK = "/f/{token:[A-Za-z0-9_-]{32}}"

ROUTES = [
    web.get("/agency", pages.requests, name="agency"),
    web.get("/agency/live", live.channel, name="agency.live"),
    web.get("/agency/f" + FORWARD, pages.one, name="agency.forward"),
    web.post("/agency/f" + FORWARD + "/say", actions.say, name="agency.say"),
    web.post("/agency/f" + FORWARD + "/note", actions.note, name="agency.note"),
    web.get("/api/v1/responses", api.responses, name="api.responses"),
    web.get(LINK, links.show, name="link"),
    web.post(LINK + "/say", links.say, name="link.say"),
    web.post(LINK + "/note", links.note, name="link.note"),
    web.post(CALL + "/message", outward.message, name="forward.message"),
    web.post("/forwards" + FORWARD + "/link", outward.link, name="forward.link"),
    web.post("/forwards" + FORWARD + "/unlink", outward.unlink, name="forward.unlink"),
    web.post("/forwards" + FORWARD + "/told", actions.told, name="forward.told"),
    web.post("/forwards" + FORWARD + "/correct", actions.correct, name="forward.correct"),
]
