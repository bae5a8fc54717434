"""What is no whole backup of ours is refused, and then not a byte of the home is changed."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from callcenter import archive
from callcenter.alone import SERVER, SERVICE, only_one
from callcenter.backup import backup
from callcenter.core.errors import BadInput
from callcenter.restore import restore
from callcenter.settings_reader import read_settings
from tests.prepared import prepared


@pytest.fixture
async def saved(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """A small room and its backup."""
    environ = {"CALLCENTER_HOME": str(tmp_path / "home")}
    await prepared(read_settings(environ))
    await backup(read_settings(environ), tmp_path / "room.tar.gz")
    return environ, tmp_path / "room.tar.gz"


async def refused(environ: dict[str, str], file: Path, says: str) -> None:
    """No restore, and not a byte of the home changed."""
    settings = read_settings(environ)
    before = {
        path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file() and ".lock" not in path.name
    }
    with pytest.raises(BadInput, match=says):
        await restore(settings, file, environ)
    after = {
        path: path.read_bytes() for path in settings.home.rglob("*") if path.is_file() and ".lock" not in path.name
    }
    assert after == before


@pytest.mark.parametrize("lock", [SERVER, SERVICE])
async def test_a_running_server_is_never_restored_over(saved: tuple[dict[str, str], Path], lock: str) -> None:
    environ, file = saved
    with only_one(read_settings(environ), lock):
        await refused(environ, file, f"already runs \\(process {os.getpid()}\\)")


async def test_a_running_asterisk_is_never_restored_over(saved: tuple[dict[str, str], Path]) -> None:
    environ, file = saved
    settings = read_settings(environ)
    configuration = str(settings.asterisk / "etc" / "asterisk.conf")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "-C", configuration]) as asterisk:
        (settings.run_folder / "asterisk.pid").write_text(f"{asterisk.pid}\n")
        await refused(environ, file, f"is running \\(process {asterisk.pid}\\)")
        asterisk.kill()


async def test_a_damaged_or_cut_archive_is_refused(saved: tuple[dict[str, str], Path], tmp_path: Path) -> None:
    environ, file = saved
    data = file.read_bytes()
    for name, damaged in {"cut": data[: len(data) // 2], "empty": b"", "text": b"hello"}.items():
        (tmp_path / name).write_bytes(damaged)
        await refused(environ, tmp_path / name, "cannot be read as a backup|is incomplete")
    changed = rewritten(file, tmp_path / "changed", replace={"settings.toml": b"# other\n"})
    await refused(environ, changed, "settings.toml is not what was saved")
    short = rewritten(file, tmp_path / "short", replace={"secrets.json": None})
    await refused(environ, short, "secrets.json is missing")


def rewritten(
    file: Path,
    to: Path,
    *,
    replace: dict[str, bytes | None] | None = None,
    add: tuple[tarfile.TarInfo, bytes] | None = None,
    manifest: dict[str, Any] | None = None,
) -> Path:
    """The archive with something changed that its writer did not know of."""
    with tarfile.open(file) as old, tarfile.open(to, "w:gz") as new:
        for member in old:
            source = old.extractfile(member)
            assert source
            data: bytes | None = source.read()
            if member.name in (replace or {}):
                data = (replace or {})[member.name]
            if member.name == archive.MANIFEST:
                if add:
                    new.addfile(add[0], io.BytesIO(add[1]))
                data = json.dumps(json.loads(data or b"{}") | (manifest or {})).encode()
            if data is not None:
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return to


def hostile(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    data = b"owned" if kind == tarfile.REGTYPE else b""
    info.size = len(data)
    return info, data


@pytest.mark.parametrize(
    "entry",
    [
        hostile("../outside"),
        hostile("tls/../../outside"),
        hostile("/tmp/outside"),
        hostile("./settings.toml"),
        hostile("settings.toml"),
        hostile("tls/extra.key"),
        hostile("tls", tarfile.DIRTYPE),
        hostile("tls/link", tarfile.SYMTYPE, "/etc/passwd"),
        hostile("tls/hard", tarfile.LNKTYPE, "secrets.json"),
        hostile("tls/pipe", tarfile.FIFOTYPE),
        hostile("tls/device", tarfile.CHRTYPE),
    ],
    ids=lambda entry: f"{entry[0].name}-{entry[0].type.decode()}",
)
async def test_a_hostile_entry_is_refused(
    saved: tuple[dict[str, str], Path], tmp_path: Path, entry: tuple[tarfile.TarInfo, bytes]
) -> None:
    environ, file = saved
    await refused(environ, rewritten(file, tmp_path / "hostile", add=entry), "which no backup has")
    assert not (tmp_path / "outside").exists() and not Path("/tmp/outside").exists()


async def test_a_file_or_a_recording_that_no_backup_has_is_refused_though_it_is_listed(
    saved: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    environ, file = saved
    files = json.loads(text_of(file, archive.MANIFEST))["files"]
    told = {"size": 5, "sha256": hashlib.sha256(b"owned").hexdigest()}
    listed = rewritten(file, tmp_path / "a", add=hostile("run.lock"), manifest={"files": files | {"run.lock": told}})
    await refused(environ, listed, "'run.lock', which no backup has")
    outside = rewritten(file, tmp_path / "b", manifest={"recordings": {"asterisk/spool/monitor/../../x": told}})
    await refused(environ, outside, "which no backup has")


def text_of(file: Path, name: str) -> bytes:
    with tarfile.open(file) as tar:
        data = tar.extractfile(name)
        assert data
        return data.read()


async def test_a_backup_of_a_newer_program_or_of_another_database_is_refused(
    saved: tuple[dict[str, str], Path], tmp_path: Path
) -> None:
    environ, file = saved
    newer = rewritten(file, tmp_path / "newer", manifest={"schema": "9999", "program": "9.0"})
    await refused(environ, newer, r"newer version of this program \(9\.0\)")
    other = {**environ, "CALLCENTER_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1/x"}
    await refused(other, file, "holds the database as callcenter.db")
