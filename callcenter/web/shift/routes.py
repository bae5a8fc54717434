"""Addresses of the shift's sheet."""

from aiohttp import web

from callcenter.web.shift import pages

ROUTES = [web.get("/shift", pages.sheet, name="shift"), web.post("/shift", pages.note, name="shift.note")]
