"""The tables of complaints: which tickets were written out for the national system, and in which file.

In:  nothing. Out: SQLAlchemy tables.
Never: the file itself: it is written anew from the tickets whenever it is asked for.
"""

from sqlalchemy import Column, ForeignKey, Table

from callcenter.storage.columns import flag, metadata, moment, number, whole, words
from callcenter.storage.tables import tickets

lapor_files = Table(
    "lapor_files",
    metadata,
    number(),
    moment("at", known=True),
    words("by"),
    flag("contacts"),  # with the callers' names and numbers
    whole("count"),
)

lapor_tickets = Table(
    "lapor_tickets",
    metadata,
    Column("ticket", ForeignKey(tickets.c.id), primary_key=True),  # a ticket is sent once
    Column("file", ForeignKey(lapor_files.c.id), nullable=False, index=True),
)
