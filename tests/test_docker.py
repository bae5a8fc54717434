"""`docker compose up`: the images are built and run for real, a caller dials 112, the phone's side says it rings."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.docker_engine import compose, engine

pytestmark = pytest.mark.docker

ROOT = Path(__file__).resolve().parents[1]
WEB, SIP, AMI, WS = range(22040, 22044)
PORTS = {"WEB_PORT": WEB, "SIP_PORT": SIP, "AMI_PORT": AMI, "WS_PORT": WS, "RTP_START": 22060, "RTP_END": 22099}
Compose = Callable[..., str]


@pytest.fixture(scope="module")
def room() -> Iterator[Compose]:
    """The containers, built and up, on ports of our own."""
    with engine(Path(mkdtemp(prefix="callcenter-docker-"))) as docker:
        for image, suite in (("debian:trixie-slim", "trixie"), ("debian:forky-slim", "forky")):
            subprocess.run([ROOT / "docker" / "base-image", image, suite], env=docker, check=True, timeout=900)
        variables = {f"CALLCENTER_{name}": str(port) for name, port in PORTS.items()}
        environment = {**docker, **variables, "COMPOSE_PROJECT_NAME": "callcenter-test"}
        command = compose(docker)

        def run(*words: str, timeout: float = 900) -> str:
            done = subprocess.run(
                [*command, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout
            )
            assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            return done.stdout

        try:
            run("build")
            run("up", "-d")
            yield run
        finally:
            subprocess.run([*command, "logs", "--tail", "20"], cwd=ROOT, env=environment, timeout=60)
            subprocess.run([*command, "down", "-v"], cwd=ROOT, env=environment, timeout=120)


def health() -> dict[str, object]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{WEB}/healthz", timeout=3) as answer:
            found: dict[str, object] = json.loads(answer.read())
    except urllib.error.HTTPError as wrong:
        found = json.loads(wrong.read())
    except OSError:
        return {}
    return found


def until(true: Callable[[], object], what: str, deadline: float = 60.0) -> None:
    end = time.monotonic() + deadline
    while not true():
        assert time.monotonic() < end, f"never seen: {what}; health: {health()}"
        time.sleep(0.2)


def dial(number: str, seconds: int = 3) -> subprocess.CompletedProcess[str]:
    """One caller without an account; SIPp's own scenario, which hangs up by itself."""
    command = ["sipp", f"127.0.0.1:{SIP}", "-sn", "uac", "-s", number, "-m", "1", "-d", str(seconds * 1000)]
    command += ["-i", "127.0.0.1", "-p", "22045", "-timeout", "10s", "-timeout_error"]
    environment = {**os.environ, "TERM": "dumb"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


def test_the_containers_make_a_room(room: Compose) -> None:
    until(health, "a service that answers")
    until(lambda: health().get("status") == "ok", "a healthy room")
    assert "sign in as admin with" in room("logs", "setup")


def test_the_doctor_in_the_container_finds_nothing_broken(room: Compose) -> None:
    until(health, "a service that answers")
    said = room("exec", "-T", "callcenter", "/opt/venv/bin/python", "-P", "-m", "callcenter", "doctor")
    assert "0 broken" in said and "linked to Asterisk" in said


def test_112_is_dialled_and_nothing_else(room: Compose) -> None:
    until(health, "a service that answers")
    assert "403" in dial("0811").stdout + dial("0811").stderr
    dial("112")
    code = (
        "import sqlite3; records = sqlite3.connect('/var/lib/callcenter/asterisk/log/master.db');"
        "print(records.execute('SELECT count(*) FROM cel WHERE exten = 112').fetchone()[0])"
    )
    assert int(room("exec", "-T", "callcenter", "/opt/venv/bin/python", "-c", code)) >= 1


def test_the_data_is_there_after_the_containers_were_made_anew(room: Compose) -> None:
    person = ("run", "--rm", "-T", "callcenter", "user")
    room(*person, "add", "siti")
    room("down")
    room("up", "-d")
    until(health, "a service that answers again")
    assert "siti" in room(*person, "list")
