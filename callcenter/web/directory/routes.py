"""Addresses of the pages of agencies and categories. Codes have no dash: what stands behind `/-/` is none."""

from aiohttp import web

from callcenter.web.directory import pages, saving, sheets

AGENCY = "/agencies/{code:[a-z0-9_]{1,40}}"
CATEGORY = "/categories/{category:[A-Z0-9_]{1,40}}"

ROUTES = [
    web.get("/agencies", pages.agencies, name="agencies"),
    web.get("/agencies/-/add", pages.new_agency, name="agencies.add"),
    web.post("/agencies/-/add", saving.agency, name="agencies.add.send"),
    web.get("/agencies/-/csv", sheets.agencies_out, name="agencies.export"),
    web.post("/agencies/-/csv", sheets.agencies_in, name="agencies.take_in"),
    web.get(AGENCY, pages.agency, name="agencies.one"),
    web.post(AGENCY, saving.agency, name="agencies.save"),
    web.get("/categories", pages.categories, name="categories"),
    web.get("/categories/-/add", pages.new_category, name="categories.add"),
    web.post("/categories/-/add", saving.category, name="categories.add.send"),
    web.get("/categories/-/csv", sheets.categories_out, name="categories.export"),
    web.post("/categories/-/csv", sheets.categories_in, name="categories.take_in"),
    web.get(CATEGORY, pages.category, name="categories.one"),
    web.post(CATEGORY, saving.category, name="categories.save"),
]
