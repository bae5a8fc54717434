"""Every knob, documented beside its name.

In:  nothing. settings_reader fills this from the defaults, settings.toml and CALLCENTER_* variables.
Out: one frozen `Settings`, handed to every part; folders are worked out from it.
Never: reads a file or the environment, and holds no secret that we made (those lie in secrets.json).

Each plain knob can also be given as the variable CALLCENTER_ + its name in capitals (a list with commas).
"""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from callcenter import checks
from callcenter.checks import between, each, matches, one_of
from callcenter.city import PauseReason, Trunk, knob
from callcenter.core.agency import Agency, Category, OverflowLine
from callcenter.core.book import Roads
from callcenter.core.forward import USUAL
from callcenter.core.ministry import A_FOLD, FOLDED
from callcenter.core.share import Mode
from callcenter.settings_people import Guarded


@dataclass(frozen=True)
class Settings(Guarded):
    home: Path = knob(Path("var"), "The one folder of all data; only the variable CALLCENTER_HOME sets it.")
    tools: Path = knob(Path(".tools"), "Folder of the fetched programs; only CALLCENTER_TOOLS sets it.")
    run_folder: Path = knob(
        Path(),
        "Asterisk's socket folder; by itself home/asterisk/run, or a short one where that is too long for a socket.",
    )

    # the room
    city: str = knob("Cirebon", "The city's name, on the screen and in reports.", checks.text)
    region: str = knob(
        "ID", "Country by which national numbers are read.", matches(r"[A-Z]{2}", 'two capitals, for example "ID"')
    )
    timezone: str = knob("Asia/Jakarta", "The zone in which people read times.", checks.zone)
    language: str = knob(
        "id",
        "Language of the screens at first: id, en, or one that the city brings (docs/languages.md).",
        checks.language,
    )
    voice: str = knob(
        "",
        "Language that callers and agencies hear; empty: that of the screens. What it lacks is said in Indonesian.",
        lambda value: None if value == "" else checks.language(value),
    )
    system_name: str = knob(
        "e112",
        "First part of every call's id; a second Asterisk needs another one.",
        matches(r"[a-z][a-z0-9]{0,15}", "small letters and digits, beginning with a letter"),
    )

    shifts: tuple[str, ...] = knob(
        ("07", "14", "21"),
        "The hours of the day at which shifts begin, two digits each; each lasts until the next one.",
        checks.each(checks.matches(r"[01]\d|2[0-3]", 'an hour of two digits, such as "07"')),
    )

    ministry: tuple[str, ...] = knob(
        FOLDED, "How the ten classes are folded for the ministry's report.", checks.each(checks.matches(*A_FOLD))
    )

    # ports and addresses
    web_host: str = knob("127.0.0.1", "Address of the screens.", checks.host)
    web_port: int = knob(8112, "Port of the screens.", checks.port)
    sip_host: str = knob("127.0.0.1", "Address on which Asterisk takes SIP and audio.", checks.host)
    sip_port: int = knob(5060, "Port of SIP, UDP and TCP.", checks.port)
    ami_host: str = knob("127.0.0.1", "Where Asterisk's manager interface is.", checks.host)
    ami_port: int = knob(5038, "Port of Asterisk's manager interface.", checks.port)
    ws_port: int = knob(8088, "Port on which Asterisk takes phones in the page (WebSocket).", checks.port)
    rtp_start: int = knob(10000, "First port of audio.", between(1024, 65535))
    rtp_end: int = knob(20000, "Last port of audio.", between(1024, 65535))
    external_address: str = knob(
        "",
        "Address that phones and the operator see, where Asterisk stands behind NAT; empty is none.",
        matches(r"[A-Za-z0-9.:-]{0,253}", "an address or a host name, or nothing"),
    )
    tls: bool = knob(False, "Screens over HTTPS with the certificate in home/tls; `./run lan` makes it.")

    # storing
    database_url: str = knob(
        "",
        "Empty: a SQLite file in the home folder. Else postgresql+asyncpg://user:password@host/name.",
        matches(
            r"|sqlite\+aiosqlite:///.+|postgresql\+asyncpg://.+", "sqlite+aiosqlite:///FILE or postgresql+asyncpg://..."
        ),
    )

    # 112
    page_phone: bool = knob(True, "Whether people may choose at sign-in to answer in the page (WebRTC).")
    queue: str = knob("emergency", "The queue of 112 calls.", checks.word)
    positions: tuple[str, ...] = knob(
        ("101", "102", "103", "104"), "The desks; each has a SIP account of that name.", each(checks.digits)
    )
    aliases: tuple[str, ...] = knob(
        ("112", "+112", "+62112", "62112", "0231112"), "Numbers that are answered as 112.", each(checks.number)
    )
    area_codes: tuple[str, ...] = knob(
        ("0231",), "The city's area codes; each with 112 behind it, national or not, is an alias.", each(checks.digits)
    )
    any_phone_networks: tuple[str, ...] = knob(
        ("127.0.0.0/8",), "From where a phone without an account may dial 112 (and nothing else).", each(checks.network)
    )
    any_phone_rate: int = knob(30, "112 calls a minute that one such address may start.", between(1, 10000))
    phone_networks: tuple[str, ...] = knob(
        ("127.0.0.0/8",), "From where the positions' phones may sign in.", each(checks.network)
    )
    no_sim_numbers: tuple[str, ...] = knob(
        (), "Patterns of the operators' pseudo-numbers for phones without a SIM.", each(checks.regex)
    )
    greeting: str = knob(
        "",
        "A sound played before the queue; empty is none, and none is the advice.",
        matches(r"[A-Za-z0-9_/-]{0,80}", "a sound's name without its ending, or nothing"),
    )
    answer_after_s: int = knob(
        45, "Seconds after which a waiting call is answered toward the network, which else cuts it.", between(5, 300)
    )
    allow_blind: bool = knob(
        False,
        "Callers may be put through to an agency that answered, without an introduction: the call taker leaves by "
        "herself as soon as it accepts.",
    )
    ring_timeout_s: int = knob(20, "Seconds that a position's phone rings in one round.", between(5, 300))
    overflow_after_s: int = knob(
        30,
        "Seconds without an answer after which paused phones ring too and the overflow lines are dialled; at once "
        "where no phone is registered. Less than answer_after_s, so that nobody is answered before somebody is there.",
        between(5, 300),
    )
    wrap_up_s: int = knob(
        30,
        "Seconds after a call in which its call taker writes and calls go to others; 0 is none. It ends by a key, and "
        "at once when somebody waits and nobody else is free.",
        between(0, 600),
    )
    selftest_every_s: int = knob(
        300,
        "Seconds between two calls that the system makes to itself, to prove that it works; 0 is never.",
        between(0, 86400),
    )
    alarm_webhook: str = knob(
        "",
        "Where alarms are sent as JSON (POST), http:// or https://; empty is nowhere.",
        matches(r"|https?://[^\s\"\\]{3,400}", "an http:// or https:// address, or nothing"),
    )
    flag_effect: str = knob(
        "last",
        "A caller whose number is flagged for nuisance calls: last in the queue, or a message that any key leaves.",
        one_of("last", "message"),
    )
    flag_hours: int = knob(24, "Hours that a flag lasts when a call taker sets it.", between(1, 168))
    callback_limit_s: int = knob(
        600, "Seconds after which a callback that is still owed raises an alarm.", between(60, 86400)
    )
    callback_claim_s: int = knob(
        300,
        "Seconds after which a callback that somebody took and does not call is everybody's again.",
        between(30, 3600),
    )
    records_days: int = knob(
        400,
        "Days for which Asterisk's own records are kept; a call that is not stored here keeps them longer.",
        between(30, 4000),
    )
    records_folder: str = knob(
        "",
        "Where copies of Asterisk's own records are, when Asterisk runs on another machine: there `./run records "
        "FOLDER` makes them, every minute. Empty: Asterisk's log folder in the home.",
        checks.folder,
    )
    recordings_folder: str = knob(
        "", "Where the recordings (spool/monitor) of an Asterisk on another machine are mounted here.", checks.folder
    )
    callback_road: str = knob(
        "trunk", "How calls that we make leave: trunk (the first), trunk:NAME or sip:HOST:PORT.", checks.road
    )
    callback_show: str = knob("112", "The number that they show, one that the operator accepts.", checks.number)
    callback_ring_s: int = knob(40, "Seconds that the other side rings.", between(10, 120))
    message_webhook: str = knob(
        "",
        "The gateway for messages to agencies (SMS, WhatsApp, e-mail): they go there as JSON (POST). Empty: none.",
        matches(r"|https?://[^\s\"\\]{3,400}", "an http:// or https:// address, or nothing"),
    )
    message_forwards: str = knob(
        "all",
        "Which forwards are announced to an agency that has a contact: all, or message (only those by message).",
        one_of("all", "message"),
    )
    message_alarm_s: int = knob(
        300, "An alarm is raised when a message has been waiting for so long.", between(30, 86400)
    )
    public_url: str = knob(
        "",
        "Address under which agencies reach the screens, for links in messages: https://112.example.id. Empty: this "
        "machine's own.",
        matches(r"|https?://[A-Za-z0-9.:-]{1,260}", "an address as https://112.example.id, or nothing"),
    )
    link_hours: int = knob(24, "Hours for which a link to one request is valid.", between(1, 24 * 30))
    holidays: tuple[str, ...] = knob(
        (),
        "Days on which nobody works, besides Saturday and Sunday: P3 requests count working days. As 2026-03-20.",
        each(checks.day),
    )
    listen_openly: bool = knob(
        True,
        "A call taker's screen and the wallboard say when a supervisor listens to her. Off: only whispering and"
        " joining, which she hears anyway, are shown; the audit has all of it.",
    )
    record_legs: bool = knob(
        True,
        "Record each side in a file of its own too, to prove that both are heard; after the call they are the left and "
        "the right of one file.",
    )
    recording_days: int = knob(
        365, "Days for which recordings are kept; those under legal hold longer. 0 is for ever.", between(0, 36500)
    )
    recording_pack_after_s: int = knob(
        300,
        "Seconds after a call after which its recording is compressed (FLAC, lossless); 0 is never.",
        between(0, 86400),
    )

    # what a city has
    trunks: tuple[Trunk, ...] = knob((), "The operators' SIP trunks.")
    overflow: tuple[OverflowLine, ...] = knob(
        (), "The lines that are dialled when no position answers, one after the other, round and round."
    )
    help_lines: tuple[OverflowLine, ...] = knob(
        (),
        "Who is called into a conversation by the key Help, one after the other: positions, or numbers outside. Empty: "
        "the supervisors who sit at a free position.",
    )
    gateways: tuple[str, ...] = knob(
        (),
        "HOST:PORT that agencies' lines may go over without a trunk; new ones hold after Asterisk's restart.",
        each(checks.host_port),
    )
    pause_reasons: tuple[PauseReason, ...] = knob(
        (), "Why call takers may pause, beside the usual reasons of defaults.toml; nine have a key of their own."
    )
    agencies: tuple[Agency, ...] = knob(
        (), "Who is called, beside the usual ones of defaults.toml: the first filling, then the page Agencies rules."
    )
    categories: tuple[Category, ...] = knob((), "What emergencies are about; likewise only the first filling.")

    @property
    def forward_modes(self) -> frozenset[str]:
        """Codes of the ways to forward that people may choose."""
        return frozenset({*USUAL, *([Mode.BLIND] if self.allow_blind else [])})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def outside_url(self) -> str:
        """Where agencies find the screens, without a slash at its end."""
        return (self.public_url or self.url).rstrip("/")

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the screens."""
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.web_host, self.web_host)  # noqa: S104 - only compared
        return f"{'https' if self.tls else 'http'}://{shown}:{self.web_port}/"

    @property
    def records_file(self) -> Path:
        """Where those records are read: Asterisk's own file, or a copy of it."""
        return Path(self.records_folder) / self.cel_file.name if self.records_folder else self.cel_file

    @property
    def asterisk_elsewhere(self) -> bool:
        """Asterisk runs on another machine, as far as its address tells."""
        return self.ami_host not in ("localhost", "::1") and not self.ami_host.startswith("127.")

    @property
    def recordings(self) -> Path:
        """Where they are here: Asterisk's own folder, or where that of another machine is mounted."""
        return (
            Path(self.recordings_folder) if self.asterisk_elsewhere and self.recordings_folder else super().recordings
        )

    @property
    def roads(self) -> Roads:
        """What a line of an agency may go over; hosts that the settings' own lines name are gateways, too."""
        lines = (*(line for agency in self.agencies for line in agency.lines), *self.overflow, *self.help_lines)
        roads = (*(line.road for line in lines), self.callback_road)
        written = (road.removeprefix("sip:") for road in roads if road.startswith("sip:"))
        gateways = tuple(dict.fromkeys([*self.gateways, *written]))
        return Roads(tuple(trunk.name for trunk in self.trunks), gateways, self.positions, self.aliases)

    def agency(self, code: str) -> Agency | None:
        return next((agency for agency in self.agencies if agency.code == code), None)

    def trunk(self, name: str) -> Trunk | None:
        return next((trunk for trunk in self.trunks if trunk.name == name), None)
