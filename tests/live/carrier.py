"""A test operator: a second Asterisk whose subscribers need credit, except for 112.

In:  a subscriber's number and credit. Out: his phone. The check lives here: the product knows nothing of credit.
Never: part of the product.
"""

from pathlib import Path

from tests.live.house import Exchange, prepared
from tests.live.softphone import Phone

DIALPLAN = """
[from-subscriber]
exten => 112,1,Set(CALLERID(num)=${CALLERID(num)})
 same => n,Dial(PJSIP/112@city)
exten => _[+0-9]X.,1,GotoIf($[0${DB(credit/${CALLERID(num)})} > 0]?paid)
 same => n,Hangup(21)
 same => n(paid),Answer()
 same => n,Hangup()
"""

SIP = """
[global]
type = global
endpoint_identifier_order = ip,username,anonymous
[udp]
type = transport
protocol = udp
bind = {host}:{port}
[anonymous]
type = endpoint
context = from-subscriber
disallow = all
allow = alaw
direct_media = no
[city]
type = endpoint
disallow = all
allow = alaw
aors = city
send_pai = yes
direct_media = no
context = nothing
[city]
type = aor
contact = sip:{city}
"""


class Carrier:
    """Talks to the city from the address of the trunk `main`."""

    HOST = "127.0.0.22"

    def __init__(self, folder: Path, city: Exchange) -> None:
        self.folder = folder
        self.exchange, _ = prepared(folder / "carrier", "")
        etc = self.exchange.etc
        (etc / "extensions.conf").write_text(DIALPLAN)
        (etc / "pjsip.conf").write_text(SIP.format(host=self.HOST, port=self.exchange.sip_port, city=city.server))
        (etc / "queues.conf").write_text("[general]\n")
        self.phones: dict[str, Phone] = {}

    async def start(self) -> None:
        await self.exchange.start()

    async def subscriber(self, number: str, credit: int) -> Phone:
        """A phone with that number and that much credit."""
        await self.exchange.cli(f"database put credit {number} {credit}")
        phone = self.phones.get(number)
        if phone is None:
            server = f"{self.HOST}:{self.exchange.sip_port}"
            phone = self.phones[number] = Phone(number, server, self.folder / number, 500, host="127.0.0.23")
            await phone.start()
        await phone.quiet()
        return phone

    async def stop(self) -> None:
        for phone in self.phones.values():
            await phone.stop()
        await self.exchange.stop()
