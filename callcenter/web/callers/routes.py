"""Addresses about callers beyond one call."""

from aiohttp import web

from callcenter.web.callers import actions, flags, incidents, pages
from callcenter.web.screen.routes import CALL

TICKET = "/tickets/{number:[0-9A-Za-z-]{1,40}}"
CALLBACK = r"/callbacks/{callback:\d{1,18}}"

ROUTES = [
    web.get("/callbacks", pages.callbacks, name="callbacks"),
    web.post(CALLBACK + "/claim", actions.claim, name="callbacks.claim"),
    web.post(CALLBACK + "/call", actions.call, name="callbacks.call"),
    web.post(CALLBACK + "/release", actions.release, name="callbacks.release"),
    web.post(CALLBACK + "/say", actions.say, name="callbacks.say"),
    web.post(CALL + "/flag", flags.press, name="screen.flag"),
    web.post(CALL + "/merge", incidents.merge, name="screen.merge"),
    web.post(CALL + "/link", incidents.link, name="screen.link"),
    web.post(TICKET + "/unmerge", incidents.undo, name="ticket.unmerge"),
    web.post(TICKET + "/unlink", incidents.unlink, name="ticket.unlink"),
    web.get("/flags", flags.flags_page, name="flags"),
    web.post("/flags", flags.add, name="flags.add"),
    web.post(r"/flags/{flag:\d{1,18}}/end", flags.end, name="flags.end"),
]
