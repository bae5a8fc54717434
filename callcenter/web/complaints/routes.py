"""Addresses of the complaints' pages."""

from aiohttp import web

from callcenter.web.complaints import pages

ROUTES = [
    web.get("/complaints", pages.complaints, name="complaints"),
    web.post("/complaints/files", pages.write_out, name="complaints.write_out"),
    web.get("/complaints/files/{lapor:[0-9]{1,12}}", pages.file, name="complaints.file"),
]
