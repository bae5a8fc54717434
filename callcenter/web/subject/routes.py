"""Addresses of the page about one person's data."""

from aiohttp import web

from callcenter.web.subject import pages

ROUTES = [
    web.get("/data", pages.page, name="data"),
    web.post("/data/find", pages.find, name="data.find"),
    web.post("/data/copy", pages.copy, name="data.copy"),
    web.post("/data/ask", pages.ask, name="data.ask"),
    web.post("/data/erase", pages.erase, name="data.erase"),
    web.post("/data/refuse", pages.refuse, name="data.refuse"),
]
