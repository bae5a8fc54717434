"""Are our ports free, and if not, who has them?

In:  the settings.
Out: nothing, or BadInput with one sentence: the port, its holder where it can be known, the variable that moves it.
Never: opens a port for longer than it takes to look.
"""

import socket
from pathlib import Path

from callcenter.core.errors import BadInput
from callcenter.settings import Settings

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
TABLES = {TCP: ("tcp", "tcp6"), UDP: ("udp", "udp6")}
LISTENING = "0A"


def web_port_is_free(settings: Settings) -> None:
    _must_be_free(settings.web_host, settings.web_port, TCP, "WEB_PORT")


def asterisk_ports_are_free(settings: Settings) -> None:
    for kind in (UDP, TCP):
        _must_be_free(settings.sip_host, settings.sip_port, kind, "SIP_PORT")
    _must_be_free(settings.ami_host, settings.ami_port, TCP, "AMI_PORT")
    _must_be_free(settings.sip_host if settings.tls else "127.0.0.1", settings.ws_port, TCP, "WS_PORT")


def _must_be_free(host: str, port: int, kind: socket.SocketKind, variable: str) -> None:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind)[0]
        with socket.socket(family, kind) as trial:
            if kind is TCP:  # as a server does it; for UDP the option would let two of them share the port
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except PermissionError as wrong:
        raise BadInput(
            "Port {port} needs root. Set CALLCENTER_{variable} to a port above 1023.", port=port, variable=variable
        ) from wrong
    except OSError as wrong:
        if wrong.errno is None or "in use" not in str(wrong):
            raise BadInput(
                "The address {host} is not one of this machine ({why}). Correct it in settings.toml.",
                host=host,
                why=wrong.strerror,
            ) from wrong
        raise BadInput(
            "Port {port} on {host} is used{holder}. Stop that program, or move ours: CALLCENTER_{variable}={other}.",
            port=port,
            host=host,
            holder=_holder(port, kind),
            variable=variable,
            other=port + 10000 if port < 50000 else port - 10000,
        ) from wrong


def _holder(port: int, kind: socket.SocketKind) -> str:
    """ " by asterisk (process 123)", or nothing where the system does not tell us."""
    wanted = {f"socket:[{inode}]" for inode in _inodes(port, kind)}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            links = (handle.readlink() for handle in (process / "fd").iterdir())
            if any(str(link) in wanted for link in links):
                return f" by {(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:  # somebody else's process, or one that has just ended
            continue
    return ""


def _inodes(port: int, kind: socket.SocketKind) -> set[str]:
    found = set()
    for table in TABLES[kind]:
        file = Path("/proc/net") / table
        for line in file.read_text().splitlines()[1:] if file.exists() else []:
            words = line.split()
            if words[1].endswith(f":{port:04X}") and (kind is UDP or words[3] == LISTENING):
                found.add(words[9])
    return found
