"""Addresses of quality."""

from aiohttp import web

from callcenter.web.quality import form, overview, people, sheet

CALL = "/quality/calls/{call:[A-Za-z0-9._:-]{1,200}}"
SHEET = "/quality/sheets/{sheet:[0-9]{1,18}}"
MINE = "/quality/mine/{sheet:[0-9]{1,18}}"
PERSON = "/quality/people/{person:[a-z0-9._-]{1,64}}"
MONTH = "/quality/months/{month:[0-9]{4}-[0-9]{2}}"

ROUTES = [
    web.get("/quality", overview.overview, name="quality"),
    web.get("/quality.csv", overview.export, name="quality.export"),
    web.post(MONTH + "/draw", overview.draw, name="quality.draw"),
    web.get(MONTH + "/population.txt", overview.population, name="quality.population"),
    web.get(CALL, sheet.of_call, name="quality.call"),
    web.post(CALL, sheet.begin, name="quality.begin"),
    web.get(SHEET, sheet.sheet, name="quality.sheet"),
    web.post(SHEET, sheet.save, name="quality.save"),
    web.get("/quality/form", form.form, name="quality.form"),
    web.post("/quality/form", form.save, name="quality.form.save"),
    web.get("/quality/form/{version:[0-9]{1,6}}", form.version, name="quality.form.version"),
    web.get(PERSON, people.one, name="quality.person"),
    web.post(PERSON + "/notes", people.coach, name="quality.coach"),
    web.get("/quality/mine", people.mine, name="quality.mine"),
    web.get(MINE, people.my_sheet, name="quality.my_sheet"),
    web.post(MINE, people.reply, name="quality.reply"),
    web.post("/quality/mine/notes/{note:[0-9]{1,18}}", people.seen, name="quality.seen"),
]
