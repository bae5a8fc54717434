"""Addresses of one's own account."""

from aiohttp import web

from callcenter.web.me import pages, second

ROUTES = [
    web.get("/sign-in/code", second.code_form, name="sign_in.code"),
    web.post("/sign-in/code", second.send_code, name="sign_in.code.send"),
    web.get("/me", pages.me, name="me"),
    web.get("/me/password", pages.password, name="me.password"),
    web.post("/me/password", pages.send_password, name="me.password.send"),
    web.post("/me/end", pages.end, name="me.end"),
    web.post("/me/end-others", pages.end_others, name="me.end_others"),
    web.get("/me/second", second.offer, name="me.second"),
    web.post("/me/second", second.begin, name="me.second.begin"),
    web.post("/me/second/codes", second.codes, name="me.second.codes"),
    web.post("/me/second/off", second.off, name="me.second.off"),
]
