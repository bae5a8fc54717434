"""Writing Asterisk's own database: the account may not, so a dialplan context does it, and only what it is meant to.

In:  the name of one of its extensions, and the variables that it reads.
Out: the order; it is carried out a moment later.
Never: anything else than extensions.conf [ledger] allows.
"""

from collections.abc import Mapping

from callcenter.asterisk.snapshot import Asks
from callcenter.asterisk.wire import variables


async def note(link: Asks, what: str, values: Mapping[str, str], where: str = "ledger") -> None:
    """Raises LineDown, Refused or Unconfirmed; says nothing of what became of it: read it back."""
    headers: dict[str, str | list[str]] = {
        "Channel": f"Local/{what}@{where}/n",
        "Application": "NoOp",
        "Async": "true",
        "Timeout": "5000",
    }
    if values:
        headers["Variable"] = variables(values)
    await link.ask("Originate", headers)
