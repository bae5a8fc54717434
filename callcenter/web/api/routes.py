"""Addresses for other programs."""

from aiohttp import web

from callcenter.web.api import health, pages

ONE_CALL = "/api/v1/calls/{call:[A-Za-z0-9._:-]{1,200}}"

ROUTES = [
    web.get("/healthz", health.health, name="health"),
    web.get("/api/v1/openapi.json", pages.description, name="api.openapi"),
    web.get("/api/v1/calls", pages.calls, name="api.calls"),
    web.get(ONE_CALL, pages.call, name="api.call"),
    web.get(ONE_CALL + "/recording", pages.recording, name="api.recording"),
    web.get("/api/v1/callbacks", pages.callbacks, name="api.callbacks"),
    web.get("/api/v1/flags", pages.flags, name="api.flags"),
    web.get("/api/v1/tickets", pages.tickets, name="api.tickets"),
    web.get("/api/v1/tickets/{number:[0-9A-Za-z-]{1,40}}", pages.ticket, name="api.ticket"),
]
