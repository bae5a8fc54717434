"""A Docker engine for `./test docker`: the one that runs, or one of our own for as long as the test lasts.

Our own one touches no firewall rule and no network of the machine; the containers of docker-compose.yml use the
machine's network anyway.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WITHOUT_NETWORK = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--ip-forward=false"]


def answers(environment: dict[str, str]) -> bool:
    asked = subprocess.run(["docker", "info"], env=environment, capture_output=True, timeout=30)
    return asked.returncode == 0


@contextmanager
def engine(folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which `docker` works."""
    environment = dict(os.environ)
    if answers(environment):
        yield environment
        return
    socket = folder / "docker.sock"
    environment["DOCKER_HOST"] = f"unix://{socket}"
    places = ["--data-root", folder / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid"]
    with (folder / "log").open("wb") as log:
        command = ["dockerd", *WITHOUT_NETWORK, *map(str, places), "-H", f"unix://{socket}"]
        started = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        end = time.monotonic() + 60
        while not answers(environment):
            assert started.poll() is None and time.monotonic() < end, (folder / "log").read_text()[-2000:]
            time.sleep(0.2)
        yield environment
    finally:
        started.terminate()
        started.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def compose(environment: dict[str, str]) -> list[str]:
    """The second edition where it is there, else the first."""
    asked = subprocess.run(["docker", "compose", "version"], env=environment, capture_output=True, timeout=30)
    return ["docker", "compose"] if asked.returncode == 0 else ["docker-compose"]
