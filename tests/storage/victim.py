"""A program that writes calls until it is killed, and says what was committed.

In:  the database's URL and the spool's folder. Out: `written N` (safe in the spool), `committed CALL NUMBER`.
Never: an orderly end.
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from callcenter.storage import Database
from tests.storage.cast import Clock, a_call, about, answered, arrival, ended
from tests.storage.conftest import Room


def tell(numbers: Mapping[str, str]) -> None:
    for call, number in numbers.items():
        sys.stdout.write(f"committed {call} {number}\n")
    sys.stdout.flush()


async def main(url: str, spool: Path) -> None:
    async with Database(url).running() as database:
        room = Room(database, spool, Clock())
        async with room.journal() as journal:
            journal.committed = tell
            for n in range(1, 100_000):
                call = a_call(f"victim-{n}")
                journal.write(arrival(call))
                journal.write(about(answered(call)))
                journal.write(about(ended(answered(call))))
                while n % 7 == 0 and journal.state.waiting > 100:
                    await asyncio.sleep(0.001)
                if not journal._heard:
                    sys.stdout.write(f"written {n}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
