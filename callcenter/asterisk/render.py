"""Settings to Asterisk's configuration files.

In:  the settings, the secrets, the folder that Asterisk will read (its etc).
Out: `city_files`: relative path -> text, pure; `render`: asterisk-config/ copied there with those files laid over it,
     each whole or not at all, for the owner's eyes only.
Never: a value that could begin a line of its own (`conf.py` refuses it); a secret outside the owner's folder.
"""

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path

from callcenter.asterisk import places
from callcenter.asterisk.conf import dial_string, pairs, plain, road, section
from callcenter.asterisk.desks import allowed, position, web_socket
from callcenter.asterisk.fallback import overflow_globals, queues, self_test
from callcenter.city import Trunk
from callcenter.core.tongue import FIRST, SPOKEN_HERE
from callcenter.keys import Secrets
from callcenter.settings import Settings

SOURCE = Path(__file__).resolve().parents[2] / "asterisk-config"
NOT_COPIED = {"fetch-asterisk", "make-prompts"}  # programs, not configuration
OPERATORS_WORK = "; Written by callcenter/asterisk/render.py from the settings at every start: edits here are lost.\n"


def city_files(settings: Settings, secrets: Secrets | None, etc: Path) -> dict[str, str]:
    """Everything that depends on the city. Without secrets: no position can sign in and AMI has no account."""
    made = {
        "city/globals.conf": _globals(settings, etc),
        "city/numbers.conf": "".join(
            f"exten => {plain('aliases', number)},1,Goto(arrival,${{EXTEN}},1)\n" for number in settings.aliases
        ),
        "city/desks.conf": "".join(
            f"exten => {plain('positions', one)},1,Goto(desk,${{EXTEN}},1)\n" for one in settings.positions
        ),
        "city/queues.conf": queues(settings),
        "city/transports.conf": "".join(_transport(settings, protocol) for protocol in ("udp", "tcp")),
        "city/trunks.conf": "".join(_trunk(settings, each) for each in settings.trunks),
        "city/positions.conf": "".join(position(settings, secrets, one) for one in settings.positions),
        "city/any-phone.conf": _any_phone(settings),
        "city/roads.conf": "".join(map(_road_section, sorted(_roads(settings)))),
        "city/self-test.conf": self_test(settings),
        "city/manager-port.conf": pairs(port=settings.ami_port, bindaddr=_ami_bind(settings)),
        "city/manager.conf": _desk_account(settings, secrets),
        "city/http.conf": web_socket(settings),
        "city/hep.conf": _copies(settings, secrets),
        "city/rtp.conf": pairs(rtpstart=settings.rtp_start, rtpend=settings.rtp_end),
        "city/musiconhold.conf": pairs(directory=etc / "sounds" / (settings.voice or settings.language) / "hold"),
    }
    return {name: OPERATORS_WORK + text for name, text in made.items()}


def asterisk_conf(settings: Settings, etc: Path) -> str:
    """asterisk-config/asterisk.conf with the folders of this home; the modules' own where Asterisk was fetched."""
    home, root = settings.asterisk, settings.asterisk_prefix / "root"
    folders = {
        "astetcdir": etc,
        "astrundir": settings.run_folder,
        "astlogdir": home / "log",
        "astspooldir": home / "spool",
        "astvarlibdir": home / "lib",
        "astdbdir": home / "lib",
        "astkeydir": home / "lib",
        "astcachedir": home / "cache",
    }
    if root.is_dir():
        folders["astmoddir"] = next(root.glob("usr/lib/*/asterisk/modules"))
        folders["astdatadir"] = root / "usr/share/asterisk"
        folders["astagidir"] = root / "usr/share/asterisk/agi-bin"
        folders["astsbindir"] = settings.asterisk_prefix / "bin"
    text = (SOURCE / "asterisk.conf").read_text("utf-8")
    named = re.sub(r"(?m)^systemname = .*$", f"systemname = {plain('system_name', settings.system_name)}", text)
    return named + "\n[directories]\n" + "".join(f"{key} => {plain(key, each)}\n" for key, each in folders.items())


def render(settings: Settings, secrets: Secrets, etc: Path) -> None:
    """Write all of etc. Files that did not change keep their time, so that a reload reads only what is new."""
    texts = city_files(settings, secrets, etc) | {"asterisk.conf": asterisk_conf(settings, etc)}
    for source in sorted(SOURCE.rglob("*")):
        name = str(source.relative_to(SOURCE))
        theirs = (settings.sounds / Path(name).relative_to("sounds")).is_file() if name.startswith("sounds/") else False
        if source.is_file() and source.name not in NOT_COPIED and name not in texts and not theirs:
            _write(etc / name, source.read_bytes())
    for own in sorted(settings.sounds.rglob("*.alaw")):  # the city's recordings, in place of ours of the same name
        _write(etc / "sounds" / own.relative_to(settings.sounds), own.read_bytes())
    _complete_voices(settings, etc)
    for name, text in texts.items():
        _write(etc / name, text.encode())
    (settings.asterisk / "log" / "cdr-csv").mkdir(mode=0o700, parents=True, exist_ok=True)  # cdr_csv does not make it


def _complete_voices(settings: Settings, etc: Path) -> None:
    """What the city's own language does not say is said in Indonesian: nobody hears a hole."""
    for language in {settings.language, settings.voice, *settings.voices} - {"", *SPOKEN_HERE}:
        for spoken in sorted((etc / "sounds" / FIRST).rglob("*.alaw")):
            name = spoken.relative_to(etc / "sounds" / FIRST)
            if not (settings.sounds / language / name).is_file():
                _write(etc / "sounds" / language / name, spoken.read_bytes())


def _write(file: Path, content: bytes) -> None:
    """0600, whole or not at all."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.is_file() and not file.is_symlink() and file.read_bytes() == content:
        file.chmod(0o600)
        return
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)


def _globals(settings: Settings, etc: Path) -> str:
    made = pairs(
        QUEUE=settings.queue,
        ANSWER_AFTER=settings.answer_after_s,
        GREETING=settings.greeting,
        FLAG_EFFECT=settings.flag_effect,
        RECORD_LEGS="yes" if settings.record_legs else "no",
        ANY_PHONE_RATE=settings.any_phone_rate,
        SOUNDS=etc / "sounds" / (settings.voice or settings.language),
        VOICES=etc / "sounds",
    )
    lines = {
        f"LINE_{agency.short}_{place}": f"{dial_string(line)}|{line.show}|{line.ring_s}"
        for agency in settings.agencies
        for place, line in enumerate(agency.lines, 1)
    }
    return made + pairs(**lines) + overflow_globals(settings)


def _transport(settings: Settings, protocol: str) -> str:
    host = plain("sip_host", settings.sip_host)
    host = f"[{host}]" if ":" in host else host
    text = section(protocol, type="transport", protocol=protocol) + f"bind = {host}:{settings.sip_port}\n"
    if settings.external_address:
        outside = settings.external_address
        text += pairs(external_media_address=outside, external_signaling_address=outside)
        ours = dict.fromkeys(("127.0.0.0/8", *settings.phone_networks))  # the self-test speaks to itself
        text += "".join(pairs(local_net=network) for network in ours)
    return text


def _trunk(settings: Settings, trunk: Trunk) -> str:
    """An operator: its peers, what of its word we believe, and how we sign in there where it wants that."""
    name = f"trunk-{trunk.name}"
    source = trunk.number_from if trunk.trust else "from"
    register = trunk.register
    endpoint = {"aors": name, "trust_id_inbound": "no" if source == "from" else "yes", "transport": trunk.transport}
    if register:
        endpoint |= {"outbound_auth": f"{name}-sign-in", "from_user": register.user}
    text = section(name, "trunk", **endpoint) + pairs(set_var=f"TRUNK={trunk.name}")
    text += pairs(set_var=f"NUMBER_FROM={source}")
    # `name` again: an endpoint, its aor and its identify are told apart by their type
    text += section(name, "trunk-peers") + "".join(f"contact = {_uri(trunk, host)}\n" for host in trunk.hosts)
    text += section(name, type="identify", endpoint=name) + "".join(
        pairs(match=_peer(settings, host)) for host in trunk.hosts
    )
    if register:
        account = {"username": register.user, "password": register.password}
        text += section(f"{name}-sign-in", type="auth", auth_type="digest", **account)
        text += section(f"{name}-sign-in", type="registration", outbound_auth=f"{name}-sign-in", endpoint=name)
        text += pairs(line="yes", transport=trunk.transport, retry_interval=30, forbidden_retry_interval=300)
        text += f"server_uri = {_uri(trunk, trunk.hosts[0])}\n"
        text += f"client_uri = {_uri(trunk, trunk.hosts[0], register.user)}\n"
    return text


def _uri(trunk: Trunk, host: str, user: str = "") -> str:
    """A SIP URI; its semicolon is ours and escaped, for it begins a comment in these files."""
    to = plain("hosts", f"{user}@{host}" if user else host)
    return f"sip:{to}" + (r"\;transport=tcp" if trunk.transport == "tcp" else "")


def _peer(settings: Settings, host: str) -> str:
    """What a trunk is known by: its address; and the port too, where our own phones may have that address."""
    name, _, port = host.partition(":")
    try:
        address = ip_address(name)
    except ValueError:
        return name
    ours = (*settings.any_phone_networks, *settings.phone_networks)
    return f"{name}:{port or 5060}" if any(address in ip_network(each) for each in ours) else name


def _any_phone(settings: Settings) -> str:
    """Whoever dials 112 is let in by the number; whoever dials anything else, and is nobody, is `anonymous` (403)."""
    numbers = "|".join(plain("aliases", number).replace("+", "[+]") for number in settings.aliases)
    from_where = allowed(settings.any_phone_networks)
    return (
        section("any-phone", "any-phone-rules")
        + from_where
        + section("any-phone", type="identify", endpoint="any-phone")
        + f"match_request_uri = /^sips?:({numbers})(\\;[^@]*)?@/\n"
        + section("anonymous", "any-phone-rules")
        + from_where
    )


def _roads(settings: Settings) -> set[str]:
    return set(settings.roads.gateways)


def _road_section(where: str) -> str:
    return section(road(where), "road", aors=road(where)) + section(road(where), type="aor", contact=f"sip:{where}")


def _ami_bind(settings: Settings) -> str:
    """Loopback, or every address where the service lives in another container (manager.conf then limits who)."""
    return "127.0.0.1" if _on_loopback(settings.ami_host) else "0.0.0.0"  # noqa: S104


def _copies(settings: Settings, secrets: Secrets | None) -> str:
    """Where SIP messages are copied to: the service beside this Asterisk, at the manager port's number by UDP."""
    if secrets is None or not _on_loopback(settings.ami_host):
        return pairs(enabled="no")
    to = f"{places.HOST}:{settings.ami_port}"
    return pairs(enabled="yes", capture_address=to, capture_password=places.key(secrets.ami))


def _on_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _desk_account(settings: Settings, secrets: Secrets | None) -> str:
    if secrets is None:
        return "; no account yet\n"
    private = () if _on_loopback(settings.ami_host) else ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    text = section("desk", "desk-rights", secret=secrets.ami)
    return text + "".join(pairs(permit=network) for network in ("127.0.0.1/32", "::1/128", *private))


def shipped(language: str = "id") -> Mapping[str, str]:
    """asterisk-config/city as committed: the defaults, for /etc/asterisk, without any secret."""
    return city_files(Settings(language=language), None, Path("/etc/asterisk"))
