"""Addresses of recordings."""

from aiohttp import web

from callcenter.web.recordings import hold, pages, recall
from callcenter.web.screen.routes import CALL

TICKET = "/tickets/{number:[0-9A-Za-z-]{1,40}}"

ROUTES = [
    web.get(CALL + "/recording", pages.recording, name="recording"),
    web.get(CALL + "/player", pages.player, name="recording.player"),
    web.get(CALL + "/peaks", pages.peaks, name="recording.peaks"),
    web.post(CALL + "/heard", pages.heard, name="recording.heard"),
    web.get(CALL + "/replay", recall.replay, name="screen.replay"),
    web.get(CALL + "/recall", recall.recall, name="screen.recall"),
    web.post(TICKET + "/hold", hold.put, name="ticket.hold"),
    web.post(TICKET + "/release", hold.release, name="ticket.release"),
]
