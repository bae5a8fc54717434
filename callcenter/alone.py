"""One of a kind in one data folder: two servers would take each other's calls apart.

In:  the settings, whose turn it is. Out: a lock for as long as the block lasts; our death ends it, however we die.
Never: a wait.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from callcenter.core.errors import BadInput
from callcenter.settings import Settings

SERVER, SERVICE = "run.lock", "serve.lock"
LOCKS = (SERVER, SERVICE)
TAKEN = {
    SERVER: "The server of {home} already runs (process {pid}). Stop it first, or set CALLCENTER_HOME.",
    SERVICE: "The service of {home} already runs (process {pid}). Stop it first, or set CALLCENTER_HOME.",
}


@contextlib.contextmanager
def only_one(settings: Settings, lock: str) -> Iterator[None]:
    """BadInput when another process has it."""
    if not settings.home.is_dir():
        raise BadInput("There is no data folder {home} yet. Start ./run once: it makes it.", home=settings.home)
    with (settings.home / lock).open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as wrong:
            held.seek(0)
            raise BadInput(TAKEN[lock], home=settings.home, pid=held.read().strip()) from wrong
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield
