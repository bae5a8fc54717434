"""A part of the service that looks at something now and then, for as long as the service lives.

In:  what to do. Out: nothing. Never: an exception of it that ends the service; the same trouble said at every turn.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from callcenter.core.errors import CallCenterError

log = logging.getLogger(__name__)


async def again(look: Callable[[], Awaitable[object]], every_s: float, waits: str) -> None:
    """Until cancelled. `waits`: what waits while it cannot be done, for the log."""
    said = ""
    while True:
        try:
            await look()
            said = ""
        except (CallCenterError, OSError) as away:
            if str(away) != said:
                said = str(away)
                log.warning("%s: %s", waits, said)
        except Exception:  # a mistake of ours here must not end the service
            log.exception("%s", waits)
        await asyncio.sleep(every_s)
