"""The tables of agencies, their lines, and categories.

In:  nothing. Out: SQLAlchemy tables.
Never: a row taken away that an old ticket names: it rests (`active`), unless it was never used.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from callcenter.storage.columns import flag, key, metadata, moment, number, whole, words

agencies = Table(
    "agencies",
    metadata,
    key("code", 40),
    whole("place"),  # order on the screens
    Column("short", String(6), nullable=False),
    words("name_id"),
    words("name_en"),
    words("escalation"),
    words("languages"),  # with spaces between them
    words("modes"),
    words("contact"),
    flag("active", default=True),
    whole("version"),
    words("changed_by"),
    moment("changed_at"),
)

agency_lines = Table(
    "agency_lines",
    metadata,
    number(),
    Column("agency", ForeignKey(agencies.c.code), nullable=False, index=True),
    whole("place"),
    words("number"),
    words("road"),  # as it was chosen: "trunk" is the first one, whichever that is
    whole("ring_s"),
    words("show"),
    whole("step"),  # equal ones ring together
    words("hours"),
)

categories = Table(
    "categories",
    metadata,
    key("code", 40),
    whole("place"),
    words("name_id"),
    words("name_en"),
    Column("priority", Integer, nullable=False),
    words("eido"),
    words("report_row"),
    whole("limit_min"),
    whole("limit_days"),
    flag("active", default=True),
    whole("version"),
    words("changed_by"),
    moment("changed_at"),
)

category_agencies = Table(
    "category_agencies",
    metadata,
    Column("category", ForeignKey(categories.c.code), primary_key=True),
    Column("agency", ForeignKey(agencies.c.code), primary_key=True, index=True),
    whole("place"),  # the lead has 0
)

book_revision = Table(
    "book_revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: there is one row, from the first filling on
    Column("revision", BigInteger, nullable=False),  # grows with every change: other programs see that there is news
)
