"""The folder of programs: what the shell script tidies away, and what it leaves."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def made(tools: Path, name: str, age: int) -> Path:
    folder = tools / name
    (folder / "bin").mkdir(parents=True)
    (folder / "complete").touch()
    os.utime(folder / "complete", (1_000_000 - age, 1_000_000 - age))
    return folder


def tidy(tools: Path, newest: Path) -> str:
    """The function alone, cut out of the script."""
    text = (ROOT / "run").read_text()
    function = text[text.index("tidy_venvs() {") : text.index("\n}\n", text.index("tidy_venvs() {")) + 3]
    script = f'set -eu\nsay() {{ echo "$*"; }}\n{function}tidy_venvs run\n'
    environment = {**os.environ, "CALLCENTER_TOOLS": str(tools), "VENV": str(newest)}
    return subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=True).stdout


def test_of_the_older_environments_the_newest_stays_and_what_is_used_and_what_is_half_made(tmp_path: Path) -> None:
    newest, before, used, old = (made(tmp_path, f"run-{n}", n) for n in range(4))
    tests = made(tmp_path, "test-9", 9)
    half = tmp_path / "run-half"
    half.mkdir()
    program = [sys.executable, "-c", "import time; time.sleep(60)", f"{used}/bin/python"]
    with subprocess.Popen(program) as process:
        said = tidy(tmp_path, newest)
        process.kill()
    assert said == f"removing {old}, which nothing uses any more\n"
    assert not old.exists()
    assert all(folder.exists() for folder in (newest, before, used, tests, half))


def test_an_only_environment_stays(tmp_path: Path) -> None:
    assert tidy(tmp_path, made(tmp_path, "run-1", 0)) == ""
