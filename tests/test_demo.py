"""The demonstration's parts: it listens honestly, it tells what is wrong, it leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
from argparse import Namespace
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil
import pytest

from callcenter import demo_sound as sound
from callcenter.core.errors import CallCenterError
from callcenter.demo import main, one_at_a_time, place, until
from callcenter.demo_outside import files
from callcenter.demo_report import clock_lines, heard_line, listen
from callcenter.demo_server import Server
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from tests.live.places import asterisk_program, tools

HIS = sound.beeps(520, "- .. - ... - -")
HERS = sound.beeps(880, ".. - .. -")


def room(home: Path, port: int = 1) -> Settings:
    return read_settings(
        {"CALLCENTER_HOME": str(home), "CALLCENTER_TOOLS": str(tools()), "CALLCENTER_WEB_PORT": str(port)}
    )


def noise(samples: "array[int]") -> "array[int]":
    """A line's hiss, the same every time."""
    state, out = 1, array("h")
    for sample in samples:
        state = (state * 1103515245 + 12345) % (1 << 31)
        out.append(max(-32768, min(32767, sample * 2 // 3 + (state >> 24) - 64)))
    return out


def recorded(*sides: "array[int]") -> "array[int]":
    """A greeting of 2 s, then both one after the other, as Asterisk mixes them."""
    pause = sound.silence(sound.PAUSE_S)
    return noise(sound.beeps(300, "-") + sound.silence(1.4) + sides[0] + pause + sides[1] + pause)


SCENE = sound.Scene(sound.seconds(HERS), sound.seconds(HIS))


def test_both_sides_are_heard_in_a_noisy_recording_of_both() -> None:
    assert SCENE.heard(recorded(HERS, HIS)) == (True, True)


def test_a_side_that_is_missing_is_not_heard_though_the_length_is_right() -> None:
    assert SCENE.heard(recorded(HERS, sound.silence(SCENE.his))) == (True, False)
    assert SCENE.heard(recorded(sound.silence(SCENE.hers), HIS)) == (False, True)
    assert SCENE.heard(noise(sound.silence(12))) == (False, False)


def test_a_busy_machine_that_stretches_the_call_does_not_hide_anybody() -> None:
    assert SCENE.heard(recorded(HERS, HIS) + sound.silence(0.5)) == (True, True)


def test_a_file_that_is_not_there_or_too_short_is_not_heard(tmp_path: Path) -> None:
    assert not listen(tmp_path / "none.wav", SCENE, True).caller
    short = listen(sound.write(tmp_path / "short.wav", HIS[:800]), SCENE, False)
    assert (short.caller, short.call_taker, short.seconds) == (False, None, 0.1)
    assert heard_line(short) == "caller: NOT HEARD; call taker: not checked, since a person answered"


def test_the_two_never_speak_at_once(tmp_path: Path) -> None:
    made = sound.scene(tmp_path, "Satu satu dua", "Tolong, ada kebakaran")
    caller, hers = sound.read(tmp_path / "caller.wav"), sound.read(tmp_path / "call-taker.wav")
    assert abs(sound.seconds(caller) - made.total) < 0.01
    assert abs(sound.seconds(hers) - made.total) < 0.01
    mixed = array("h", (a + b for a, b in zip(caller, hers, strict=False)))
    assert made.heard(mixed) == (True, True)
    assert made.heard(caller) == (False, True)
    assert made.heard(hers) == (True, False)


def test_without_a_speech_program_they_beep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    made = sound.scene(tmp_path, "Satu satu dua", "Tolong, ada kebakaran")
    assert not made.voices
    assert made.heard(sound.read(tmp_path / "caller.wav")) == (False, True)


def test_what_nobody_saw_reads_na_and_never_0() -> None:
    call = {"arrived_at": "2026-11-22T02:53:37.100+00:00", "answered_at": "2026-11-22T02:53:39.000+00:00"}
    lines = list(clock_lines(call, ZoneInfo("Asia/Jakarta")))
    assert lines[0] == "Clock      22 Nov 2026, WIB"
    assert lines[1].split() == ["t0", "arrival", "09:53:37.100", "+0.000", "s"]
    assert lines[4].split()[-3:] == ["09:53:39.000", "+1.900", "s"]
    assert [line.split()[-1] for line in lines if "n/a" in line] == ["n/a"] * 8


class Room(Server):
    def __init__(self, settings: Settings, *taken: str) -> None:
        super().__init__(settings)
        self.taken = set(taken)

    def phones(self) -> set[str]:
        return self.taken


def test_the_scripted_phone_takes_102_or_the_first_free_position(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = room(tmp_path)
    assert place(settings, Room(settings)) == "102"
    assert capsys.readouterr().out == ""
    assert place(settings, Room(settings, "102")) == "101"
    said = capsys.readouterr().out
    assert "position 102 has a phone already" in said
    assert "the phones at 102 will ring too" in said


def test_with_a_phone_at_every_position_a_person_is_asked_to_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = room(tmp_path)
    assert place(settings, Room(settings, *settings.positions)) == ""
    assert "please answer on one of them" in capsys.readouterr().out


def test_without_a_server_it_says_to_start_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert main(room(tmp_path, nobody.getsockname()[1]), Namespace()) == 1
    assert "Start ./run in another terminal first" in capsys.readouterr().err


def test_a_server_that_goes_away_in_the_middle_is_not_one_that_nobody_started(tmp_path: Path) -> None:
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        server = Server(room(tmp_path, gone.getsockname()[1]), "a token that it took before")
        with pytest.raises(CallCenterError, match=r"answered until a moment ago .* in the middle of the demo"):
            server.call("e112-1.1")


@pytest.fixture
def stranger() -> Iterator[tuple[int, list[tuple[int, bytes]]]]:
    """Some other program on our port, and what it answers."""
    answers = [(200, b"<html>")]

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_port, answers
        server.shutdown()
        thread.join()


def test_another_program_on_the_port_is_named_as_such(
    tmp_path: Path, stranger: tuple[int, list[tuple[int, bytes]]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(room(tmp_path, stranger[0]), Namespace()) == 1
    assert "is not the 112 server" in capsys.readouterr().err


def test_a_server_in_trouble_is_quoted(
    tmp_path: Path, stranger: tuple[int, list[tuple[int, bytes]]], capsys: pytest.CaptureFixture[str]
) -> None:
    stranger[1][0] = (503, b'{"reasons": ["There is no link to Asterisk."]}')
    assert main(room(tmp_path, stranger[0]), Namespace()) == 1
    assert "cannot take calls now: There is no link to Asterisk." in capsys.readouterr().err


def test_a_question_is_asked_until_its_deadline() -> None:
    answers = iter([None, None, "yes"])
    assert until(lambda: next(answers), 5.0) == "yes"
    assert until(lambda: None, 0.0) is None


def test_the_outside_signs_in_only_where_there_is_a_position(tmp_path: Path) -> None:
    named = files(tmp_path, "127.0.0.1:5060", "102", "secret", tmp_path / "root")["pjsip.conf"]
    assert "client_uri = sip:102@127.0.0.1:5060" in named
    nobody = files(tmp_path, "127.0.0.1:5060", "", "", tmp_path / "root")["pjsip.conf"]
    assert "registration" not in nobody


HOLD = """
import sys, pathlib, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in its background deaf to it
from callcenter.demo_outside import outside
with outside(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "127.0.0.1:1", "", ""):
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.mark.live
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_the_second_asterisk_ends_with_us_however_we_end(tmp_path: Path, number: signal.Signals) -> None:
    if asterisk_program() is None:
        pytest.skip("no Asterisk: ./test brings it")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tools() / "asterisk"), str(tmp_path)],
        stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as holder:  # fmt: skip
        assert holder.stdout and holder.stdout.readline() == b"up\n"
        (asterisk,) = psutil.Process(holder.pid).children()
        holder.send_signal(number)
        holder.wait(60)
    asterisk.wait(60)


def test_moments_are_read_as_the_api_writes_them() -> None:
    at = datetime(2026, 1, 14, 17, 0, tzinfo=UTC)
    lines = list(clock_lines({"arrived_at": at.isoformat(timespec="milliseconds")}, ZoneInfo("Asia/Jakarta")))
    assert lines[0] == "Clock      15 Jan 2026, WIB"


def test_two_demos_on_one_server_take_turns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns: list[str] = []

    def second() -> None:
        with one_at_a_time(tmp_path):
            turns.append("second")

    with one_at_a_time(tmp_path):
        other = threading.Thread(target=second)
        other.start()
        assert until(lambda: "another demo runs" in capsys.readouterr().out, 60)
        turns.append("first")
    other.join(60)
    assert turns == ["first", "second"]
    with one_at_a_time(tmp_path / "no-room"):
        turns.append("told by the next one")
