"""Addresses of the call taker's screen."""

from aiohttp import web

from callcenter.web.screen import actions, control, live, numbers, pages, phone, practice, seat

CALL = "/calls/{call:[A-Za-z0-9._:-]{1,200}}"

ROUTES = [
    web.get("/", pages.screen, name="screen"),
    web.get("/shell", pages.shell, name="screen.shell"),
    web.get("/sw.js", pages.worker, name="screen.worker"),
    web.get("/live", live.channel, name="screen.live"),
    web.get(CALL + "/sheet", pages.ticket, name="screen.ticket"),
    web.post(CALL + "/field", actions.field, name="screen.field"),
    web.post(CALL + "/note", actions.note, name="screen.note"),
    web.post(CALL + "/class", actions.call_class, name="screen.classify"),
    web.post(CALL + "/category", actions.category, name="screen.category"),
    web.post(CALL + "/status", actions.status, name="screen.status"),
    web.post(CALL + "/forward", actions.forward, name="screen.forward"),
    web.post(CALL + "/admit", actions.admit, name="screen.admit"),
    web.post(CALL + "/cancel", actions.cancel, name="screen.cancel"),
    web.post(CALL + "/leave", actions.leave, name="screen.leave"),
    web.post(CALL + "/hangup", actions.hang_up, name="screen.hangup"),
    web.post(CALL + "/hold", control.hold, name="screen.hold"),
    web.post(CALL + "/unhold", control.unhold, name="screen.unhold"),
    web.post(CALL + "/requeue", control.requeue, name="screen.requeue"),
    web.post(CALL + "/silent", control.silent, name="screen.silent"),
    web.post(CALL + "/consult", control.consult, name="screen.consult"),
    web.post(CALL + "/help", control.call_help, name="screen.help"),
    web.post(CALL + "/help/stop", control.stop_help, name="screen.help_stop"),
    web.post(CALL + "/dismiss", control.dismiss, name="screen.dismiss"),
    web.post(CALL + "/callback", control.call_back, name="screen.callback"),
    web.post(CALL + "/relay", control.relay, name="screen.relay"),
    web.post(CALL + "/keys", control.keys, name="screen.keys"),
    web.post(CALL + "/verify", actions.verify, name="screen.verify"),
    web.get("/numbers", numbers.number, name="screen.number"),
    web.get("/tickets/{number:[0-9T-]{9,20}}/call", numbers.ticket_call, name="screen.ticket_call"),
    web.post("/practice", practice.start, name="screen.practise"),
    web.get("/practice/{call:[A-Za-z0-9._:-]{1,200}}", practice.sheet, name="screen.practice"),
    web.get(CALL + "/story", numbers.story, name="screen.story"),
    web.post("/ready", seat.ready, name="screen.ready"),
    web.post("/pause", seat.pause, name="screen.pause"),
    web.post("/phone", phone.account, name="screen.phone"),
]
