"""Addresses of coming and going."""

from aiohttp import web

from callcenter.web.entry import actions, pages

ROUTES = [
    web.get("/sign-in", pages.sign_in, name="sign_in"),
    web.post("/sign-in", actions.sign_in, name="sign_in.send"),
    web.post("/sign-out", actions.sign_out, name="sign_out.send"),
    web.post("/language", actions.language, name="language.send"),
    web.post("/theme", actions.theme, name="theme.send"),
    web.get("/position", pages.position, name="position"),
    web.post("/position", actions.position, name="position.send"),
    web.get("/start", pages.start, name="start"),
    web.get("/favicon.ico", pages.icon, name="icon"),
]
