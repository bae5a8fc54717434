"""`docker compose up`: the images are built and run for real, a caller dials 112, the phone's side says it rings."""

import json
import socket
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


def dial(number: str) -> list[int]:
    """What a phone without an account hears when it dials that: the answers of two seconds, then it hangs up."""
    call = f"docker-{time.monotonic_ns()}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(2)
        phone.sendto(request("INVITE", number, call, phone.getsockname()[1]), ("127.0.0.1", SIP))
        heard: list[int] = []
        try:
            while not heard or heard[-1] < 200:
                heard.append(int(phone.recv(4096).split()[1]))
        except TimeoutError:
            phone.sendto(request("CANCEL", number, call, phone.getsockname()[1]), ("127.0.0.1", SIP))
    return heard


def request(method: str, number: str, call: str, port: int) -> bytes:
    lines = [
        f"{method} sip:{number}@127.0.0.1:{SIP} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{call}",
        f"From: <sip:0812345678@127.0.0.1>;tag={call}",
        f"To: <sip:{number}@127.0.0.1:{SIP}>",
        f"Call-ID: {call}",
        f"CSeq: 1 {method}",
        f"Contact: <sip:0812345678@127.0.0.1:{port}>",
        "Max-Forwards: 70",
    ]
    sound = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 22046 RTP/AVP 8\r\n"
    body = sound if method == "INVITE" else ""
    lines += ["Content-Type: application/sdp"] if body else []
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode()


def test_the_containers_make_a_room(room: Compose) -> None:
    until(health, "a service that answers")
    until(lambda: health().get("status") == "ok", "a healthy room")
    assert "sign in as admin with" in room("logs", "setup")


def test_the_doctor_in_the_container_finds_nothing_broken(room: Compose) -> None:
    until(health, "a service that answers")
    said = room("exec", "-T", "callcenter", "callcenter", "doctor")
    assert "0 broken" in said and "linked to Asterisk" in said


def test_112_is_dialled_and_nothing_else(room: Compose) -> None:
    until(lambda: health().get("status") == "ok", "a healthy room")
    assert dial("0811")[-1] == 403
    assert all(answer < 200 for answer in dial("112"))
    until(lambda: counted(room, "callcenter.db", "SELECT count(*) FROM tickets") == 1, "one ticket for one call")
    assert counted(room, "asterisk/log/master.db", "SELECT count(*) FROM cel WHERE exten = '112'") >= 1


def counted(room: Compose, file: str, question: str) -> int:
    code = f"import sqlite3; print(sqlite3.connect('/var/lib/callcenter/{file}').execute({question!r}).fetchone()[0])"
    return int(room("exec", "-T", "callcenter", "/opt/venv/bin/python", "-c", code))


def test_the_data_is_there_after_the_containers_were_made_anew(room: Compose) -> None:
    person = ("exec", "-T", "callcenter", "callcenter", "user")
    until(health, "a service that answers")
    room(*person, "add", "siti")
    room("down")
    room("up", "-d")
    until(health, "a service that answers again")
    assert "siti" in room(*person, "list")
