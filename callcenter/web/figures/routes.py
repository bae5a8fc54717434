"""Addresses of figures and reports."""

from aiohttp import web

from callcenter.web.figures import api, pages

ROUTES = [
    web.get("/figures", pages.figures, name="figures"),
    web.get("/figures.csv", pages.export, name="figures.export"),
    web.get("/api/v1/figures", api.figures, name="api.figures"),
]
