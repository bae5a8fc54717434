"""Where the programs are and which ports are free.

In:  the environment (CALLCENTER_TOOLS, PATH; CALLCENTER_TEST_PORTS, where runs beside each other share the ports out).
Out: paths of programs, or None; blocks of ports that nobody uses now.
Never: a fixed port: several test runs share one machine.
"""

import os
import random
import shutil
import socket
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tools() -> Path:
    return Path(os.environ.get("CALLCENTER_TOOLS") or ROOT / ".tools").absolute()


def asterisk_program() -> Path | None:
    """The fetched one, else the one on the PATH."""
    fetched = tools() / "asterisk" / "bin" / "asterisk"
    if fetched.exists():
        return fetched
    found = shutil.which("asterisk")
    return Path(found) if found else None


LOWEST, HIGHEST = (int(port) for port in os.environ.get("CALLCENTER_TEST_PORTS", "10000-32000").split("-"))
given: set[int] = set()


def free_block(count: int) -> int:
    """The first of `count` ports in a row that are free for UDP and TCP. Below the kernel's own range; given once."""
    for _ in range(200):
        first = random.randrange(LOWEST, HIGHEST - count, 2)
        block = set(range(first, first + count))
        if not block & given and all(map(_free, block)):
            given.update(block)
            return first
    raise RuntimeError("no free ports")


def _free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as trial:
            try:
                trial.bind(("0.0.0.0", port))
            except OSError:
                return False
    return True
