"""`./run install` writes what a machine needs to start the room by itself; systemd's own checker reads it."""

import os
import pwd
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from callcenter.core.errors import BadInput
from callcenter.health import healthy
from callcenter.install import COMMAND, ENVIRONMENT, LOGROTATE, SYSTEMD, Wanted, install
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.supervise import running_asterisk
from callcenter.units import ASTERISK, BACKUP, QUIET, QUIET_TIMER, SERVICE, TIMER, Place, units
from tests.live.places import free_block, tools
from tests.test_run import until

FIRST = free_block(50)
PORTS = {
    "WEB_PORT": FIRST,
    "SIP_PORT": FIRST + 1,
    "AMI_PORT": FIRST + 2,
    "WS_PORT": FIRST + 3,
    "RTP_START": FIRST + 10,
    "RTP_END": FIRST + 49,
}
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A room whose Asterisk is there, as far as a checker looks."""
    program = tmp_path / "tools" / "asterisk" / "bin" / "asterisk"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return {"CALLCENTER_HOME": str(tmp_path / "home"), "CALLCENTER_TOOLS": str(tmp_path / "tools"), "PATH": "/bin"}


def written(environ: dict[str, str], root: Path, **wanted: object) -> list[str]:
    given: dict[str, object] = {"user": ME, "root": root} | wanted
    return install(read_settings(environ), Wanted(**given), environ)  # type: ignore[arg-type]


def unit(root: Path, name: str) -> dict[str, str]:
    lines = (root / SYSTEMD / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_systemd_finds_no_fault_in_the_units(environ: dict[str, str], tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not here: apt-get install systemd")
    root = tmp_path / "root"
    written(environ, root, backups=tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    files = [root / SYSTEMD / name for name in (ASTERISK, SERVICE, BACKUP, TIMER, QUIET, QUIET_TIMER)]
    check = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, files)]
    done = subprocess.run(check, capture_output=True, text=True, timeout=180)
    ours = [line for line in done.stderr.splitlines() if "callcenter" in line]
    assert ours == [] and done.returncode == 0, done.stderr


def test_asterisk_is_a_unit_of_its_own_that_nothing_of_ours_can_stop(environ: dict[str, str], tmp_path: Path) -> None:
    written(environ, tmp_path / "root")
    asterisk, service = unit(tmp_path / "root", ASTERISK), unit(tmp_path / "root", SERVICE)
    for each in (asterisk, service):
        assert each["Restart"] == "always" and each["StartLimitIntervalSec"] == "0" and each["User"] == ME
        assert each["NoNewPrivileges"] == "yes" and each["ProtectSystem"] == "strict"
        assert each["WantedBy"] == "multi-user.target"
    text = (tmp_path / "root" / SYSTEMD / ASTERISK).read_text() + (tmp_path / "root" / SYSTEMD / SERVICE).read_text()
    for tie in ("Requires=", "BindsTo=", "PartOf=", "Conflicts="):
        assert tie not in text
    assert SERVICE not in (tmp_path / "root" / SYSTEMD / ASTERISK).read_text()
    assert asterisk["ExecStart"].endswith("asterisk/etc/asterisk.conf") and " -f " in asterisk["ExecStart"]
    assert asterisk["ExecStartPre"].startswith("-"), "a broken setting must not keep the phones from ringing"
    assert ASTERISK in service["After"] and service["ExecStart"].endswith("serve --prepare")


def test_what_was_set_is_set_after_the_boot_and_a_password_is_for_root_only(
    environ: dict[str, str], tmp_path: Path
) -> None:
    url = 'postgresql+asyncpg://c:pa$s"word@127.0.0.1/c'
    environ |= {"CALLCENTER_WEB_PORT": "443", "CALLCENTER_DATABASE_URL": url, "CALLCENTER_NO_SKIPS": "1"}
    written(environ, tmp_path / "root")
    file = tmp_path / "root" / ENVIRONMENT
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = file.read_text().splitlines()
    assert 'CALLCENTER_WEB_PORT="443"' in lines and 'CALLCENTER_HOME="' + environ["CALLCENTER_HOME"] + '"' in lines
    assert 'CALLCENTER_DATABASE_URL="postgresql+asyncpg://c:pa\\$s\\"word@127.0.0.1/c"' in lines
    assert not any("NO_SKIPS" in line or line.startswith("PATH=") for line in lines)
    assert unit(tmp_path / "root", SERVICE)["AmbientCapabilities"] == "CAP_NET_BIND_SERVICE"
    for name in (ASTERISK, SERVICE, BACKUP, TIMER):
        assert "pa$s" not in (tmp_path / "root" / SYSTEMD / name).read_text()


def test_it_says_what_it_wrote_and_the_two_lines_to_type(environ: dict[str, str], tmp_path: Path) -> None:
    said = written(environ, tmp_path / "root")
    for name in (SYSTEMD / ASTERISK, SYSTEMD / SERVICE, SYSTEMD / TIMER, SYSTEMD / BACKUP, ENVIRONMENT, LOGROTATE):
        assert f"written: {tmp_path / 'root' / name}" in said
    assert "callcenter doctor" in said[-1]
    assert [line.strip() for line in said[-3:-1]] == [
        "systemctl daemon-reload",
        f"systemctl enable --now {ASTERISK} {SERVICE} {TIMER} {QUIET_TIMER}",
    ]


def test_the_installed_command_is_run_for_that_room_as_its_user(environ: dict[str, str], tmp_path: Path) -> None:
    written(environ, tmp_path / "root")
    file = tmp_path / "root" / COMMAND
    assert os.access(file, os.X_OK) and f"exec runuser -u {ME} -- " in file.read_text()
    assert subprocess.run(["sh", "-n", file], check=False).returncode == 0
    folder = (tmp_path / "root" / SYSTEMD).stat()
    assert stat.S_IMODE(folder.st_mode) == 0o755, "systemd's folder must not be closed by our umask"


def test_the_backup_runs_every_night_and_is_made_up_for(environ: dict[str, str], tmp_path: Path) -> None:
    written(environ, tmp_path / "root", backups=Path("/srv/backups"))
    assert unit(tmp_path / "root", BACKUP)["ExecStart"].endswith("backup /srv/backups --keep 14")
    assert unit(tmp_path / "root", BACKUP)["ReadWritePaths"].endswith(" /srv/backups")
    assert unit(tmp_path / "root", TIMER)["Persistent"] == "true"


def test_without_a_user_who_can_reach_it_nothing_is_installed(environ: dict[str, str], tmp_path: Path) -> None:
    settings: Settings = read_settings(environ)
    if os.getuid() != 0:
        with pytest.raises(BadInput, match="Only root can install"):
            install(settings, Wanted(), environ)
        return
    with pytest.raises(BadInput, match="There is no user nobody-here"):
        install(settings, Wanted(user="nobody-here"), environ)
    with pytest.raises(BadInput, match="shall not run as root"):
        install(settings, Wanted(user="root"), environ)
    tmp_path.chmod(0o700)  # pytest's own folders are closed too, as a home folder is: to the person who will run it
    with pytest.raises(BadInput, match=r"closed to others.*move the data") as wrong:
        install(settings, Wanted(user="nobody", prefix=Path("/opt/callcenter-never")), environ)
    assert str(settings.home) in str(wrong.value)


def test_a_short_run_folder_elsewhere_stays_reachable() -> None:
    x = Path("/x")
    place = Place("c", x, x, x, Path("/h"), Path("/tmp/callcenter-1"), environment=x, backups=Path("/b"))
    text = units(place)[ASTERISK]
    assert "PrivateTmp=no" in text and "ReadWritePaths=/h -/tmp/callcenter-1" in text


def started(root: Path, name: str, key: str = "ExecStart") -> subprocess.Popen[bytes]:
    """A unit's program as systemd would start it, but for the hardening."""
    words = shlex.split(unit(root, name)[key].lstrip("-"))
    environment = dict(line.split("=", 1) for line in shlex.split((root / ENVIRONMENT).read_text()))
    return subprocess.Popen(
        words, env={"PATH": os.environ["PATH"], **environment}, cwd=unit(root, name)["WorkingDirectory"]
    )


@pytest.mark.live
def test_the_units_programs_start_and_the_service_is_restarted_beside_a_living_asterisk(tmp_path: Path) -> None:
    environ = {"CALLCENTER_HOME": str(tmp_path / "home"), "CALLCENTER_TOOLS": str(tools())}
    environ |= {f"CALLCENTER_{name}": str(port) for name, port in PORTS.items()}
    root, settings = tmp_path / "root", read_settings(environ)
    written(environ, root, backups=tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    assert started(root, ASTERISK, "ExecStartPre").wait(180) == 0
    with started(root, ASTERISK) as asterisk:
        try:
            for _ in range(2):  # the second one finds everything as the first one left it when it was killed
                with started(root, SERVICE) as service:
                    try:
                        until(lambda: healthy(settings), "the service answers")
                        assert started(root, BACKUP).wait(180) == 0
                    finally:
                        service.kill()
                assert asterisk.poll() is None and running_asterisk(settings) == asterisk.pid
        finally:
            asterisk.terminate()
    assert len(list((tmp_path / "backups").iterdir())) == 2
