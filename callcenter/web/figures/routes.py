"""Addresses of figures and reports."""

from aiohttp import web

from callcenter.web.figures import api, pages, reports

DAYS = "{days:[0-9]{4}(?:-[0-9]{2}){0,2}(?:[.][.][0-9]{4}(?:-[0-9]{2}){0,2})?}"

ROUTES = [
    web.get("/figures", pages.figures, name="figures"),
    web.get("/figures.csv", pages.export, name="figures.export"),
    web.get("/reports", reports.index, name="reports"),
    web.post("/reports", reports.hand_in, name="reports.hand_in"),
    web.get(f"/reports/{DAYS}", reports.report, name="report"),
    web.get(f"/reports/{DAYS}.{{form:pdf|xlsx|csv|json}}", reports.file, name="report.file"),
    web.post(f"/reports/{DAYS}/publish", reports.publish, name="reports.publish"),
    web.get("/api/v1/figures", api.figures, name="api.figures"),
]
