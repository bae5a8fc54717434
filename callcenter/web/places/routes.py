"""Addresses of places."""

from aiohttp import web

from callcenter.web.places import actions, pages
from callcenter.web.screen.routes import CALL

ROUTES = [
    web.get("/places/find", pages.find, name="places.find"),
    web.get("/places/map", pages.map_data, name="places.map"),
    web.post(CALL + "/place", actions.pick, name="screen.place"),
    web.get("/places", pages.places, name="places"),
    web.get("/places.csv", pages.export, name="places.export"),
    web.post("/places", actions.replace, name="places.replace"),
]
