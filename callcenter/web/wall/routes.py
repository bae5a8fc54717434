"""Addresses of the wall."""

from aiohttp import web

from callcenter.web.wall import pages

ROUTES = [
    web.get("/wall", pages.wall, name="wall"),
    web.get("/wall/live", pages.channel, name="wall.live"),
    web.get("/api/v1/wall", pages.api, name="api.wall"),
]
