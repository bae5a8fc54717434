"""A position's two telephones: the SIP phone on the desk, and the one in the page.

In:  the settings, the secrets; a dial string of a position. Out: sections of pjsip.conf, members of the queues, the
WebSocket's part of http.conf; the phone that an order of ours rings.
Never: a Local channel between them and the queue (its events would name a leg that disappears in mid-call).

Each is an endpoint of its own, for a browser's offer (DTLS, ICE) is refused by SIP phones and theirs by browsers. Both
are members of the queues under the position's name: both ring, and while one speaks the other rests (two-phones.conf).
"""

from collections.abc import Iterable
from typing import Protocol

from panoramisk.message import Message

from callcenter.asterisk.conf import PAGE, pairs, section
from callcenter.asterisk.wire import Given, fields, text
from callcenter.core.errors import CallCenterError
from callcenter.keys import Secrets
from callcenter.settings import Settings

GONE = frozenset({"UNAVAILABLE", "INVALID", ""})


class Asks(Protocol):
    async def ask(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> Message: ...


def phones_of(settings: Settings, position: str) -> tuple[str, ...]:
    """The endpoints of a position."""
    return (position, position + PAGE) if settings.page_phone else (position,)


def members(settings: Settings, *positions: str) -> str:
    """Every phone of every position (or of these), in the file: they ring after every restart and though nobody has
    signed in."""
    return "".join(
        f"member => PJSIP/{phone},0,{position},PJSIP/{phone}\n"
        for position in positions or settings.positions
        for phone in phones_of(settings, position)
    )


def position(settings: Settings, secrets: Secrets | None, name: str) -> str:
    if secrets is None:
        return f"; {name}: no password yet\n"
    text_ = _phone(settings, name, name, "position", secrets.phones[name])
    if settings.page_phone:
        text_ += _phone(settings, name, name + PAGE, "position,page-phone", secrets.page_phone(name))
    return text_


def _phone(settings: Settings, name: str, phone: str, base: str, password: str) -> str:
    return (
        section(phone, base, auth=phone, aors=phone)
        + f'callerid = "{name}" <{name}>\n'
        + allowed(settings.phone_networks)
        + section(phone, "position-password", username=phone, password=password)
        + section(phone, "position-place")
    )


def allowed(networks: Iterable[str]) -> str:
    return "deny = 0.0.0.0/0,::/0\n" + "".join(pairs(permit=network) for network in networks)


def web_socket(settings: Settings) -> str:
    """Plain on this machine; encrypted, with the certificate of the screens, as soon as these are."""
    if not settings.page_phone:
        return pairs(enabled="no")
    if not settings.tls:
        return pairs(enabled="yes", bindaddr="127.0.0.1", bindport=settings.ws_port)
    host = f"[{settings.sip_host}]" if ":" in settings.sip_host else settings.sip_host
    tls = settings.tls_folder
    return (
        pairs(enabled="no", tlsenable="yes")
        + f"tlsbindaddr = {host}:{settings.ws_port}\n"
        + pairs(tlscertfile=tls / "server.crt", tlsprivatekey=tls / "server.key")
    )


async def ringing_phone(link: Asks, positions: Iterable[str], given: Given) -> Given:
    """An order that rings a position rings the phone in its page while that is there: she chose it."""
    name = str(given.get("Channel", "")).removeprefix("PJSIP/")
    if name not in positions:
        return given
    page = f"PJSIP/{name}{PAGE}"
    try:
        said = fields(await link.ask("Getvar", {"Variable": f"DEVICE_STATE({page})"}))
    except CallCenterError:
        return given
    return given if text(said, "Value") in GONE else {**given, "Channel": page}
