"""The tables of figures: days that were counted, and hours in which something changed since.

In:  nothing. Out: SQLAlchemy tables.
Never: anything that could not be counted again from calls and tickets.

    figure_marks    an hour (UTC) whose calls changed; written by the database itself, see `derived.py`
    figure_cells    one day of the city, one key of one dimension, as a tally
"""

from sqlalchemy import Column, Date, Integer, String, Table, Text

from callcenter.storage.columns import metadata

figure_marks = Table(
    "figure_marks",
    metadata,
    Column("hour", String(13), primary_key=True),  # 2026-01-14 05
    Column("changes", Integer, nullable=False),  # so that a change while the day is counted is not overlooked
)

figure_cells = Table(
    "figure_cells",
    metadata,
    Column("dimension", String(20), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("body", Text, nullable=False),
)
