"""The tables of figures: days that were counted, and hours in which something changed since.

In:  nothing. Out: SQLAlchemy tables.
Never: a published report that is changed afterwards.

    figure_marks    an hour (UTC) whose calls changed; written by the database itself, see `derived.py`
    figure_cells    one day of the city, one key of one dimension, as a tally
    figure_months   the same of a whole month: the sum of its days
    figure_month_marks  a month of which a day was counted since it was summed
    earlier_figures what was handed in of years before (first to last day, row, count)
    reports         published months, each version as it was
"""

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text

from callcenter.storage.columns import metadata, moment, words

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
    Index("ix_figure_cells_day", "day"),
)

figure_months = Table(
    "figure_months",
    metadata,
    Column("dimension", String(20), primary_key=True),
    Column("month", Date, primary_key=True),  # its first day
    Column("key", String(200), primary_key=True),
    Column("body", Text, nullable=False),
    Index("ix_figure_months_month", "month"),
)

figure_month_marks = Table(
    "figure_month_marks",
    metadata,
    Column("month", Date, primary_key=True),
    Column("changes", Integer, nullable=False),
)

earlier_figures = Table(
    "earlier_figures",
    metadata,
    Column("first", Date, primary_key=True),
    Column("last", Date, primary_key=True),
    Column("report_row", String(100), primary_key=True),
    Column("place", Integer, nullable=False),  # in the file
    Column("count", Integer, nullable=False),
    words("by"),
    moment("at", known=True),
)

reports = Table(
    "reports",
    metadata,
    Column("month", Date, primary_key=True),  # its first day
    Column("version", Integer, primary_key=True),
    Column("body", Text, nullable=False),  # canonical JSON; the digest is of this text
    Column("sha256", String(64), nullable=False),
    words("reason"),
    moment("published_at", known=True),
    words("published_by"),
    words("seal", server_default=""),  # the audit's newest one, whose row tells of this publication
)
