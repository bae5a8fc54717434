"""The tables of quality: what was drawn, the score sheet, the sheets that were filled, what a call taker was told.

In:  nothing. Out: SQLAlchemy tables.
Never: a draw, a version of the sheet or a note changed: each is written once.

    quality_draws     one month's draw: its seed, and the population that it was drawn from
    quality_drawn     the calls that were drawn
    score_forms       versions of the score sheet; a filled one keeps its version
    reviews           a sheet filled for one call by one supervisor
    review_months     the sums of one month's finished sheets
    review_marks      a month of which a sheet or the draw changed since; written by the database, see `derived.py`
    coaching_notes    what a call taker was told
"""

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from callcenter.storage.columns import flag, key, metadata, moment, number, whole, words
from callcenter.storage.tables_people import users

quality_draws = Table(
    "quality_draws",
    metadata,
    Column("month", Date, primary_key=True),  # its first day
    Column("seed", String(64), nullable=False),
    Column("population", Text, nullable=False),  # core/draw.py writes and reads it
    Column("sha256", String(64), nullable=False),  # of the population
    whole("size"),
    whole("nobody"),  # answered where nobody had signed in: no call taker, so not in the population
    words("drawn_by"),
    moment("drawn_at", known=True),
)

quality_drawn = Table(
    "quality_drawn",
    metadata,
    Column("month", ForeignKey(quality_draws.c.month), primary_key=True),
    key("call"),  # no key of `calls`: the draw stays when a call's row is gone
    words("person"),
    Column("why", String(10), nullable=False),
    whole("place"),  # in the order of the lot
    Index("ix_quality_drawn_call", "call"),
)

score_forms = Table(
    "score_forms",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("questions", JSON, nullable=False),
    words("changed_by"),
    moment("changed_at", known=True),
)

reviews = Table(
    "reviews",
    metadata,
    number(),
    Column("call", String(200), nullable=False),  # no key: the sheet stays when a call's row is gone
    moment("call_at", known=True),
    Column("person", String(64), nullable=False),  # who took the call
    Column("reviewer", ForeignKey(users.c.name), nullable=False),
    Column("month", Date, nullable=False),  # of the call, in the city
    Column("form", ForeignKey(score_forms.c.version), nullable=False),
    Column("version", Integer, nullable=False, default=1),  # grows with every save
    Column("state", String(10), nullable=False),  # DRAFT, FINISHED
    Column("answers", JSON, nullable=False),
    words("remark"),
    whole("earned"),  # in sixtieths: core/score.py
    whole("possible"),
    whole("failed"),  # critical questions that failed
    flag("calibration"),  # somebody else's sheet of this call was finished first: out of the figures
    moment("started_at", known=True),
    moment("finished_at"),
    whole("revision"),  # how often it was changed after that
    moment("read_at"),  # by whom it is about
    words("reply"),  # her own words
    UniqueConstraint("call", "reviewer", name="uq_reviews_call_reviewer"),
    Index("ix_reviews_month_person", "month", "person"),
    Index("ix_reviews_person_state", "person", "state"),
    Index("ix_reviews_reviewer_state", "reviewer", "state"),
)

review_months = Table(
    "review_months",
    metadata,
    Column("month", Date, primary_key=True),  # its first day
    Column("body", Text, nullable=False),  # review_sums.py writes and reads it
)

review_marks = Table(
    "review_marks",
    metadata,
    Column("month", Date, primary_key=True),
    Column("changes", Integer, nullable=False),  # so that a change while the month is added up is not overlooked
)

coaching_notes = Table(
    "coaching_notes",
    metadata,
    number(),
    Column("person", ForeignKey(users.c.name), nullable=False, index=True),
    moment("at", known=True),
    words("by"),
    words("text"),
    Column("review", ForeignKey(reviews.c.id)),  # None: about no single call
    moment("seen_at"),
)
