"""Addresses about callers beyond one call."""

from aiohttp import web

from callcenter.web.callers import actions, pages

CALLBACK = r"/callbacks/{callback:\d{1,18}}"

ROUTES = [
    web.get("/callbacks", pages.callbacks, name="callbacks"),
    web.post(CALLBACK + "/claim", actions.claim, name="callbacks.claim"),
    web.post(CALLBACK + "/release", actions.release, name="callbacks.release"),
    web.post(CALLBACK + "/say", actions.say, name="callbacks.say"),
]
