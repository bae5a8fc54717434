"""The systemd units of an installed room, as text.

In:  a Place: who runs it, from where, over which data. Out: file name -> text.
Never: a file, a process. Asterisk is a unit of its own: our service is started, upgraded and killed beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ASTERISK, SERVICE = "callcenter-asterisk.service", "callcenter.service"
BACKUP, TIMER = "callcenter-backup.service", "callcenter-backup.timer"
QUIET, QUIET_TIMER = "callcenter-quiet-restart.service", "callcenter-quiet-restart.timer"


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is on the machine that it will run on."""

    user: str
    tree: Path
    python: Path
    asterisk: Path  # the program
    home: Path
    run_folder: Path
    environment: Path
    backups: Path
    keep: int = 14
    low_ports: bool = False

    @property
    def word(self) -> str:
        """One word of the command line, as systemd starts it."""
        return f"{self.python} -P -m callcenter"


def units(place: Place) -> dict[str, str]:
    """All of them."""
    return {
        ASTERISK: _asterisk(place),
        SERVICE: _service(place),
        BACKUP: _backup(place),
        TIMER: _timer(),
        QUIET: _quiet(place),
        QUIET_TIMER: _quiet_timer(),
    }


def _asterisk(place: Place) -> str:
    configuration = place.home / "asterisk" / "etc" / "asterisk.conf"
    return f"""\
# Answers 112 by itself. Restarting it ends the calls that are up: do it in a quiet minute.
[Unit]
Description=Asterisk of the 112 room
Wants=network-online.target
After=network-online.target time-sync.target
StartLimitIntervalSec=0

[Service]
{_common(place)}
# A setting that cannot be read, or a program that is broken, must not keep the phones from ringing: hence the "-".
ExecStartPre=-{place.word} setup --asterisk
ExecStart={place.asterisk} -f -C {configuration}
ExecReload={place.asterisk} -C {configuration} -rx "core reload"
Restart=always
RestartSec=1
TimeoutStopSec=10
OOMScoreAdjust=-800
CPUWeight=1000
IOWeight=1000

[Install]
WantedBy=multi-user.target
"""


def _service(place: Place) -> str:
    return f"""\
# Screens, tickets, the link to Asterisk. Restart it whenever you like: calls go on without it.
[Unit]
Description=The 112 room's screens and tickets
Wants=network-online.target {ASTERISK}
After=network-online.target postgresql.service {ASTERISK}
StartLimitIntervalSec=0

[Service]
{_common(place)}
ExecStart={place.word} serve --prepare
Restart=always
RestartSec=1
TimeoutStopSec=15
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target
"""


def _backup(place: Place) -> str:
    return f"""\
[Unit]
Description=The nightly backup of the 112 room

[Service]
{_common(place, "oneshot", writes=(place.backups,))}
ExecStart={place.word} backup {place.backups} --keep {place.keep}
Nice=19
IOSchedulingClass=idle
"""


def _timer() -> str:
    return f"""\
[Unit]
Description=Every night: {BACKUP}

[Timer]
OnCalendar=*-*-* 03:30
# A night without power is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"""


def _quiet(place: Place) -> str:
    return f"""\
# Once a week, in a minute without a call, and only when something waits for it: Asterisk's records are closed in
# volumes when it starts, and it reads some settings only then. systemd starts it again (Restart=always).
[Unit]
Description=Asterisk of the 112 room starts again between two calls, when that is due

[Service]
{_common(place, "oneshot")}
ExecStart={place.word} quiet-restart --if-due --minutes 90
TimeoutStartSec=2h
"""


def _quiet_timer() -> str:
    return f"""\
[Unit]
Description=Every Sunday night: {QUIET}

[Timer]
OnCalendar=Sun *-*-* 04:10
# Not at the next boot: Asterisk has just started then.
Persistent=false

[Install]
WantedBy=timers.target
"""


def _common(place: Place, kind: str = "exec", writes: tuple[Path, ...] = ()) -> str:
    written = " ".join(str(path) for path in (place.home, *writes))
    in_tmp = place.run_folder.parts[:2] == ("/", "tmp")
    lines = {
        "Type": kind,
        "User": place.user,
        "EnvironmentFile": str(place.environment),
        "WorkingDirectory": str(place.tree),
        "UMask": "0077",
        "LimitNOFILE": "65536",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "read-only",
        "ReadWritePaths": written if place.run_folder.is_relative_to(place.home) else f"{written} -{place.run_folder}",
        "PrivateTmp": "no" if in_tmp else "yes",
        "PrivateDevices": "yes",
        "ProtectClock": "yes",
        "ProtectHostname": "yes",
        "ProtectKernelTunables": "yes",
        "ProtectKernelModules": "yes",
        "ProtectKernelLogs": "yes",
        "ProtectControlGroups": "yes",
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX AF_NETLINK",
        "RestrictNamespaces": "yes",
        "RestrictRealtime": "yes",
        "RestrictSUIDSGID": "yes",
        "LockPersonality": "yes",
        "SystemCallArchitectures": "native",
        "CapabilityBoundingSet": "CAP_NET_BIND_SERVICE" if place.low_ports else "",
        "AmbientCapabilities": "CAP_NET_BIND_SERVICE" if place.low_ports else "",
    }
    return "\n".join(f"{key}={value}" for key, value in lines.items())


def environment(values: Mapping[str, str]) -> str:
    """systemd's EnvironmentFile: each value in double quotes."""
    quoted = {key: value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$") for key, value in values.items()}
    return "".join(f'{key}="{value.replace("`", chr(92) + "`")}"\n' for key, value in sorted(quoted.items()))


def logrotate(place: Place) -> str:
    """Asterisk's own logs; the service's go to the journal."""
    logs = place.home / "asterisk" / "log"
    return f"""\
{logs}/messages {logs}/security {logs}/queue_log {logs}/cdr-csv/Master.csv {{
    weekly
    rotate 8
    maxsize 50M
    missingok
    notifempty
    compress
    delaycompress
    copytruncate
    su {place.user} {place.user}
}}
"""


def command(place: Place) -> str:
    """`callcenter WORD`: what ./run is in a folder of one's own."""
    return f"""\
#!/bin/sh
# callcenter WORD ...: any word of ./run, for the room that is installed here, as its own user.
set -eu
[ "$(id -u)" -eq 0 ] || exec sudo "$0" "$@"
set -a
. {place.environment}
set +a
exec runuser -u {place.user} -- {place.word} "$@"
"""
