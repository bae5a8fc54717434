"""Addresses of the phrases."""

from aiohttp import web

from callcenter.web.phrases import pages

ROUTES = [
    web.get("/phrases", pages.phrases, name="phrases"),
    web.post("/phrases", pages.save, name="phrases.save"),
]
