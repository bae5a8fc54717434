"""`./run lan`: from loopback only to the room's network, with HTTPS.

In:  this machine's address in that network (asked for when there are several), the data folder.
Out: certificates in home/tls, a few lines changed in settings.toml, and the steps for the room's PCs.
Never: opens every interface, or changes a line of settings.toml that it does not name.
"""

import fcntl
import ipaddress
import re
import socket
import struct
import tomllib

from callcenter.certificates import make_certificates
from callcenter.core.errors import BadInput
from callcenter.folders import make_folders, write_settings_file
from callcenter.keys import write_private
from callcenter.settings import Settings

SIOCGIFADDR, SIOCGIFNETMASK = 0x8915, 0x891B

STEPS = """The room's network is set: {network}, this machine is {address}.

1. Start the server again: stop ./run with Ctrl-C, then ./run
2. Bring {ca} to each PC of the room (a USB stick will do) and have it trusted once:
   Windows: double-click, Install certificate, Local machine, Trusted root certification authorities.
   Firefox: Settings, Certificates, View, Authorities, Import, trust for web sites.
   Debian/Ubuntu: copy to /usr/local/share/ca-certificates/room112.crt, then update-ca-certificates; Chrome imports
   it under Settings, Privacy and security, Security, Manage certificates, Authorities.
3. Open https://{address}:{port}/ there and sign in.
4. Softphones: server {address}:{sip}, accounts and passwords in {first}
   Or answer in the page: choose "in this page" when you sign in.
5. Let the firewall pass TCP {port} and {ws}, UDP and TCP {sip}, UDP {rtp}, from {network} only.
"""


def main(settings: Settings, wanted: str) -> int:
    address, network = choose(interfaces(), wanted)
    make_folders(settings)
    names = [address, socket.gethostname(), "localhost", "127.0.0.1"]
    make_certificates(settings.tls_folder, settings.city, list(dict.fromkeys(names)))
    networks = list(dict.fromkeys([*settings.phone_networks, network]))
    write_settings_file(settings)
    text = settings.settings_file.read_text("utf-8")
    for key, value in {
        "web_host": f'"{address}"',
        "sip_host": f'"{address}"',
        "tls": "true",
        "phone_networks": "[" + ", ".join(f'"{each}"' for each in networks) + "]",
    }.items():
        text = with_value(text, key, value)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:  # for example a list over several lines
        file = settings.settings_file
        raise BadInput(
            "{file} cannot be changed safely. Set web_host, sip_host, tls, phone_networks there.", file=file
        ) from wrong
    write_private(settings.settings_file, text)
    steps = STEPS.format(
        network=network,
        address=address,
        ca=settings.tls_folder / "ca.crt",
        port=settings.web_port,
        sip=settings.sip_port,
        ws=settings.ws_port,
        first=settings.first_run_file,
        rtp=f"{settings.rtp_start}-{settings.rtp_end}",
    )
    print(steps, end="")
    return 0


def with_value(text: str, key: str, value: str) -> str:
    """The text with that key set: in its own line, else where it stands commented, else at the top."""
    line = f"{key} = {value}"
    for form in (rf"(?m)^{key} *=.*$", rf"(?m)^# {key} *=.*$"):
        changed, times = re.subn(form, lambda _: line, text, count=1)
        if times:
            return changed
    return f"{line}\n{text}"


def choose(found: dict[str, str], wanted: str) -> tuple[str, str]:
    """The address and its network; the only one there is, or the one that was named."""
    if wanted in found:
        return wanted, found[wanted]
    listed = ", ".join(found) or "none"
    if wanted:
        raise BadInput("{wanted} is not an address of this machine. It has: {listed}.", wanted=wanted, listed=listed)
    if len(found) != 1:
        raise BadInput("Say which address the room uses: ./run lan ADDRESS. This machine has: {listed}.", listed=listed)
    return next(iter(found.items()))


def interfaces() -> dict[str, str]:
    """Each IPv4 address of this machine but loopback, with its network."""
    found = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            wanted = struct.pack("256s", name.encode()[:15])
            try:
                address = socket.inet_ntoa(fcntl.ioctl(asking, SIOCGIFADDR, wanted)[20:24])
                mask = socket.inet_ntoa(fcntl.ioctl(asking, SIOCGIFNETMASK, wanted)[20:24])
            except OSError:  # an interface without an IPv4 address
                continue
            if not ipaddress.ip_address(address).is_loopback:
                found[address] = str(ipaddress.ip_network(f"{address}/{mask}", strict=False))
    return found
