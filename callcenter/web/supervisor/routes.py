"""Addresses of the supervisor's pages."""

from aiohttp import web

from callcenter.web.screen.routes import CALL
from callcenter.web.supervisor import listening, opened, pages, proof, saved, ticket, trail

TICKET = "/tickets/{number:[0-9A-Za-z-]{1,40}}"

ROUTES = [
    web.get("/proof", proof.proof, name="proof"),
    web.get("/audit", trail.trail, name="audit"),
    web.get("/audit.csv", trail.export, name="audit.export"),
    web.post("/proof/release", proof.release, name="proof.release"),
    web.get("/calls", pages.calls, name="calls"),
    web.get("/calls.csv", pages.export, name="calls.export"),
    web.get("/calls.xlsx", pages.spreadsheet, name="calls.spreadsheet"),
    web.post("/calls/filters", saved.save, name="calls.save"),
    web.post("/calls/filters/forget", saved.forget, name="calls.forget"),
    web.post("/calls/filters/share", saved.share, name="calls.share"),
    web.post("/calls/filters/first", saved.prefer, name="calls.first"),
    web.get(CALL, pages.call, name="call"),
    web.post(CALL + "/number", opened.number, name="call.number"),
    web.post(TICKET + "/open", opened.open_ticket, name="ticket.open"),
    web.post(CALL + "/listen", listening.listen, name="listen"),
    web.post(CALL + "/listen/stop", listening.stop, name="listen.stop"),
    web.get(TICKET, ticket.ticket, name="ticket"),
    web.get(TICKET + ".pdf", ticket.report, name="ticket.report"),
    web.post(TICKET + "/class", ticket.correct_class, name="ticket.correct"),
]
