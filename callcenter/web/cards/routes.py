"""Addresses of protocol cards."""

from aiohttp import web

from callcenter.web.cards import pages

ONE = "/cards/{category:[A-Z0-9_]{1,40}}"

ROUTES = [
    web.get("/cards", pages.cards, name="cards"),
    web.get(ONE, pages.card, name="card"),
    web.post(ONE, pages.save, name="card.save"),
]
