"""The few pieces of SQL that differ between the two databases, and text that both accept.

In:  a connection, hostile text. Out: statements and text that work on SQLite and PostgreSQL alike.
Never: a decision about calls or tickets.
"""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

LONGEST = 100_000


def insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in this database's dialect."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def clean(text: str) -> str:
    """The text without what a database refuses: NUL, and halves of characters."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text.encode("utf-8", "replace").decode("utf-8") if _torn(text) else text


def _torn(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)
