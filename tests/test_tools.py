"""The folder of programs: what the shell script tidies away, and what it leaves."""

import os
import shutil
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


def test_a_program_s_libraries_are_found_in_a_folder_with_a_space_and_only_there(tmp_path: Path) -> None:
    """The check of fetch-asterisk alone, cut out of the script, with this machine's own loader."""
    text = (ROOT / "asterisk-config" / "fetch-asterisk").read_text()
    check = text[text.index("OUTSIDE='") : text.index("|| die", text.index("OUTSIDE='"))]
    root = tmp_path / "a room, + Ümläut" / "root"
    (root / "lib").mkdir(parents=True)
    (root / "usr" / "sbin").mkdir(parents=True)
    program = shutil.copy("/bin/true", root / "usr" / "sbin" / "asterisk")
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    paths = [Path(word) for word in listed.split() if word.startswith("/")]
    for path in paths:
        shutil.copy(path, root / "lib" / path.name)
    loader = next(path.name for path in paths if path.name.startswith("ld-"))
    environment = {**os.environ, "R": str(root), "LOADER": f"lib/{loader}", "LIBRARIES": "lib"}

    def whole() -> bool:
        return subprocess.run(["sh", "-c", check], env=environment).returncode == 0

    assert whole()
    (root / "lib" / next(path.name for path in paths if path.name != loader)).unlink()
    assert not whole(), "one that the machine has is not ours"


def test_another_user_s_tools_are_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()  # as closed as another user's file, for root as well
    environment = {**os.environ, "CALLCENTER_TOOLS": str(tmp_path)}
    done = subprocess.run([ROOT / "run", "doctor"], env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert f"{tmp_path} belongs to another user. Start ./run as that user" in done.stderr


def test_an_only_environment_stays(tmp_path: Path) -> None:
    assert tidy(tmp_path, made(tmp_path, "run-1", 0)) == ""
