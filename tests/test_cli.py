"""The command line's own part: what is wrong is one sentence, never a traceback, and nothing is made by mistake."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from callcenter.cli import main
from callcenter.settings_reader import read_settings
from callcenter.setup import prepare

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("words", [["user", "list"], ["token", "create", "wall"], ["agencies", "export", "/dev/null"]])
def test_a_folder_misspelt_does_not_become_a_second_room(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_HOME", str(tmp_path))
    assert main(words) == 2
    assert f"There is no room in {tmp_path} yet: start ./run once" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_the_machine_refuses_is_said_with_the_file_and_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a-file").touch()
    monkeypatch.setenv("CALLCENTER_HOME", str(tmp_path / "a-file" / "home"))
    assert main(["restore", "a-backup"]) == 2
    assert capsys.readouterr().err == f"callcenter: Not a directory ({tmp_path}/a-file/home).\n"


def test_who_reads_only_the_first_lines_ends_it_quietly(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    recording = ROOT / "tests" / "recordings" / "answered-caller-hangs-up.ami"
    words = [sys.executable, "-P", "-m", "callcenter", "replay", str(recording), "--queue", "*"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CALLCENTER_HOME": str(tmp_path)}
    done = subprocess.run(words, env=environment, stdout=writes, stderr=subprocess.PIPE, timeout=180)
    os.close(writes)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_variable_that_is_wrong_is_named_and_not_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_HOME", str(tmp_path))
    monkeypatch.setenv("CALLCENTER_WEB_PORT", "0")
    assert main(["doctor"]) == 2
    said = capsys.readouterr().err
    assert "the variable CALLCENTER_WEB_PORT: web_port is 0, but must be a whole number from 1 to 65535" in said
    assert "settings.toml" not in said


def test_a_person_of_an_agency_that_is_none_is_refused_with_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_HOME", str(tmp_path))
    asyncio.run(prepare(read_settings(os.environ)))
    assert main(["agencies", "export", str(tmp_path / "book.csv")]) == 0  # fills the book
    assert main(["user", "add", "regu1", "--role", "agency", "--agency", "damkarr"]) == 2
    assert "There is no agency damkarr. There are: basarnas, bpbd, damkar" in capsys.readouterr().err
    assert main(["user", "add", "regu1", "--role", "agency", "--agency", "Damkar"]) == 0
    assert main(["user", "add", "regu2", "--agency", "damkar"]) == 0, "whose agency is given is no call taker"
    assert main(["user", "list"]) == 0
    assert "regu2\tagency of damkar" in capsys.readouterr().out
