"""Kinds of columns that are the same on SQLite and PostgreSQL.

In:  aware moments, whole numbers. Out: the same, in UTC, from either database.
Never: a moment without a zone, in or out.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Dialect, Integer, MetaData, String, Text
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name that a later migration can say."""

metadata = MetaData(naming_convention=NAMES)

BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only in INTEGER


class Utc(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite keeps the text as given: so it gets UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def key(name: str, length: int = 200) -> Column[str]:
    """A text that names the row."""
    return Column(name, String(length), primary_key=True)


def number() -> Column[int]:
    """A number that the database gives."""
    return Column("id", BigId, primary_key=True, autoincrement=True)


def words(name: str, **more: Any) -> Column[str]:
    """A text, empty when nothing is known."""
    return Column(name, Text, nullable=False, default="", **more)


def moment(name: str, *, known: bool = False, **more: Any) -> Column[datetime]:
    """A moment; empty (n/a) unless `known`."""
    return Column(name, Utc, nullable=not known, **more)


def flag(name: str, *, default: bool = False, **more: Any) -> Column[bool]:
    """Yes or no; no by default."""
    return Column(name, Boolean, nullable=False, default=default, **more)


def whole(name: str) -> Column[int]:
    """A whole number; 0 by default."""
    return Column(name, Integer, nullable=False, default=0)
