"""The tables of places: the city's list of names, and the points that were told for a ticket.

In:  nothing. Out: SQLAlchemy tables.
Never: a point overwritten: each one that comes is another row.
"""

from sqlalchemy import Column, Float, ForeignKey, String, Table

from callcenter.storage.columns import metadata, moment, number, words
from callcenter.storage.tables import tickets

places = Table(
    "places",
    metadata,
    number(),
    words("name"),
    Column("kind", String(20), nullable=False),
    words("kelurahan"),
    words("kecamatan"),
    words("also"),
    Column("latitude", Float),
    Column("longitude", Float),
    words("added_by"),  # empty: shipped with the program
    moment("added_at", known=True),
)

ticket_points = Table(
    "ticket_points",
    metadata,
    number(),
    Column("ticket", ForeignKey(tickets.c.id), nullable=False, index=True),
    moment("at", known=True),
    words("by"),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    Column("radius_m", Float),
    words("source"),
)
