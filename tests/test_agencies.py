"""`./run agencies export|import FILE`."""

import sqlite3
from pathlib import Path

import pytest

from callcenter.cli import main
from callcenter.keys import make_secrets
from callcenter.settings_reader import read_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("CALLCENTER_HOME", str(folder))
    make_secrets(read_settings({"CALLCENTER_HOME": str(folder)}))
    return folder


def test_what_was_exported_is_changed_in_a_spreadsheet_and_taken_in(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "agencies.csv"
    assert main(["agencies", "export", str(file)]) == 0
    assert capsys.readouterr().out == f"21 entries in {file}\n"
    text = file.read_text("utf-8-sig")
    file.write_text(text.replace("damkar,1,113", "damkar,1,913"), "utf-8-sig")
    assert main(["agencies", "import", str(file)]) == 0
    assert capsys.readouterr().out == "21 entries read, 1 changed\n"
    with sqlite3.connect(home / "callcenter.db") as database:
        assert database.execute("SELECT short FROM agencies WHERE code = 'damkar'").fetchone() == ("913",)
    assert main(["agencies", "export", str(file)]) == 2  # a file that is there stays


def test_categories_too_and_a_bad_row_changes_nothing(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "categories.csv"
    assert main(["agencies", "export", str(file), "--categories"]) == 0
    text = file.read_text("utf-8-sig").replace("FIRE,1,Kebakaran,Fire,1", "FIRE,1,Kebakaran,Fire,9")
    file.write_text(text)
    capsys.readouterr()
    assert main(["agencies", "import", str(file), "--categories"]) == 1
    said = capsys.readouterr().out
    assert "FIRE, priority" in said and "Nothing was changed." in said
