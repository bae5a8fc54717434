"""`./run` as a person starts it: the real script, a real Asterisk, the real service, real signals."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.supervise import running_asterisk
from tests.live.places import free_block

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[1]
FIRST = free_block(64)
TAKEN = free_block(2)
PORTS = {name: FIRST + place for place, name in enumerate(("WEB", "SIP", "AMI", "WS"))}


def environment(home: Path, **more: str) -> dict[str, str]:
    ports = {f"CALLCENTER_{name}_PORT": str(port) for name, port in PORTS.items()}
    audio = {"CALLCENTER_RTP_START": str(FIRST + 24), "CALLCENTER_RTP_END": str(FIRST + 63)}
    return {**os.environ, **ports, **audio, "CALLCENTER_HOME": str(home), **more}


def until(true: Callable[[], object], what: str, deadline: float = 120.0) -> None:
    end = time.monotonic() + deadline
    while not true():
        assert time.monotonic() < end, f"never seen: {what}"
        time.sleep(0.05)


class Room:
    """One started `./run`, and what can be seen of it from outside."""

    def __init__(self, home: Path, **more: str) -> None:
        self.environment = environment(home, **more)
        self.settings: Settings = read_settings(self.environment)
        home.mkdir(parents=True, exist_ok=True)
        self.out, self.err = home / "out.txt", home / "err.txt"
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [ROOT / "run"], env=self.environment, stdout=out, stderr=err, start_new_session=True
            )

    def ready(self) -> "Room":
        until(lambda: self.out.read_text() or self.process.poll() is not None, "the URL")
        assert self.process.poll() is None, self.err.read_text()
        return self

    def asterisk(self) -> int | None:
        return running_asterisk(self.settings)

    def service(self) -> int | None:
        for status in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = status.read_bytes().split(b"\0")
            except OSError:
                continue
            if b"serve" in words and str(self.process.pid).encode() in words:
                return int(status.parent.name)
        return None

    def health(self) -> Any:
        asked = http.client.HTTPConnection("127.0.0.1", PORTS["WEB"], timeout=30)
        try:
            asked.request("GET", "/healthz")
            return json.loads(asked.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            asked.close()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(120)


@contextmanager
def room(home: Path, **more: str) -> Iterator[Room]:
    started = Room(home, **more)
    try:
        yield started.ready()
    finally:
        if started.process.poll() is None:
            started.stop()
        asterisk = started.asterisk()
        if asterisk:
            os.kill(asterisk, signal.SIGKILL)


def test_one_line_with_the_url_then_a_clean_stop(tmp_path: Path) -> None:
    with room(tmp_path) as here:
        assert here.out.read_text() == f"http://127.0.0.1:{PORTS['WEB']}/\n"
        assert "sign in as admin with" in here.err.read_text()
        assert here.health()
        asterisk, service = here.asterisk(), here.service()
        assert asterisk and service
        assert here.stop() == 0
        assert not Path(f"/proc/{asterisk}").exists() and not Path(f"/proc/{service}").exists()
        assert here.out.read_text().count("\n") == 1


def test_what_is_killed_outright_comes_back(tmp_path: Path) -> None:
    with room(tmp_path) as here:
        for part in (here.asterisk, here.service):
            first = part()
            assert first
            os.kill(first, signal.SIGKILL)
            until(lambda part=part, first=first: part() not in (None, first), "another process")  # type: ignore[misc]
        until(lambda: here.health().get("line", {}).get("phase") == "up", "a service that is linked again")


def test_our_own_death_ends_no_call_and_the_next_start_takes_the_asterisk_over(tmp_path: Path) -> None:
    with room(tmp_path) as first:
        asterisk, service = first.asterisk(), first.service()
        first.process.kill()
        first.process.wait()
        until(lambda: not Path(f"/proc/{service}").exists(), "the service's end")
        assert first.asterisk() == asterisk
        with room(tmp_path, CALLCENTER_RING_TIMEOUT_S="25") as second:
            assert second.asterisk() == asterisk
            assert "is kept as it is, with its calls" in second.err.read_text()
            assert "was started with older settings" in second.err.read_text()
            assert second.stop() == 0
        assert first.asterisk() is None


def test_a_deep_data_folder_with_spaces_and_umlauts_works(tmp_path: Path) -> None:
    with room(tmp_path / "/".join(["a rather long folder's ümläut"] * 4)) as here:
        assert here.asterisk()
        assert not here.settings.run_folder.is_relative_to(here.settings.home)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"CALLCENTER_WEB_PORT": str(TAKEN)}, f"Port {TAKEN} on 127.0.0.1 is used"),
        ({"CALLCENTER_TIMEZONE": "Mars/Olympus"}, "the variable CALLCENTER_TIMEZONE: timezone is 'Mars/Olympus'"),
        ({"CALLCENTER_HOME": "/proc/room"}, "The data folder /proc/room cannot be written"),
    ],
    ids=["a port that is taken", "a zone that is none", "a folder that is closed"],
)
def test_what_is_wrong_at_the_start_is_one_sentence(tmp_path: Path, more: dict[str, str], says: str) -> None:
    with socket.create_server(("127.0.0.1", TAKEN)):
        answer = subprocess.run(
            [ROOT / "run"], env=environment(tmp_path, **more), capture_output=True, text=True, timeout=180
        )
    assert answer.returncode == 2
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr and answer.stdout == ""


def test_the_doctor_says_what_to_do(tmp_path: Path) -> None:
    def doctor() -> subprocess.CompletedProcess[str]:
        command = [str(ROOT / "run"), "doctor"]
        return subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, timeout=180)

    before = doctor()
    assert before.returncode == 1
    assert "Start ./run once" in before.stdout
    with room(tmp_path):
        during = doctor()
    assert during.returncode == 0, during.stdout + during.stderr
    assert "linked to Asterisk" in during.stdout
    assert "No phone is signed in at any position" in during.stdout
