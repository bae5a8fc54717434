"""Storing: the only place that imports sqlalchemy.

In:  entries of the journal, what people type, questions. Out: records; failures in words.
Never: a rule of the telephone; a page.
"""

from callcenter.storage.accounts import ApiToken, Role, User
from callcenter.storage.audit import audited
from callcenter.storage.book_changes import Unfit
from callcenter.storage.callback_lines import CallbackLine, CallbacksPage, OwedCall, Standing, Try
from callcenter.storage.callbacks import Callbacks
from callcenter.storage.cards import LANGUAGES as CARD_LANGUAGES
from callcenter.storage.cards import Cards
from callcenter.storage.coaching import Coaching, CoachingNote
from callcenter.storage.complaints import Complaint, Complaints, LaporFile
from callcenter.storage.database import Clock, Database, Health
from callcenter.storage.directory import Directory
from callcenter.storage.draws import Draw, Draws
from callcenter.storage.duties import Duty
from callcenter.storage.engine import sqlite_url
from callcenter.storage.entry import Entry
from callcenter.storage.figures import Counted, Figures
from callcenter.storage.flags import FlagLine, Flags, FlagsPage
from callcenter.storage.forwards import Source
from callcenter.storage.history import History
from callcenter.storage.holds import Hold, Holds
from callcenter.storage.incidents import Incidents
from callcenter.storage.journal import Journal, JournalState
from callcenter.storage.links import LinkLine, Links
from callcenter.storage.messages import Letter, MessageLine, Messages, Waiting
from callcenter.storage.migrate import migrate
from callcenter.storage.need import PROTECTED, Looker, Need, veil, veil_ticket
from callcenter.storage.pages import AuditPage, CallPage, Page, TicketPage, TicketsPage
from callcenter.storage.people import People
from callcenter.storage.phrases import PhraseList, Phrases
from callcenter.storage.places import BadRows, Places
from callcenter.storage.places import write_csv as write_places
from callcenter.storage.positions import AtPosition
from callcenter.storage.recordings import Erased, Recording, Recordings
from callcenter.storage.records import (
    AttemptLine,
    CallLine,
    Change,
    FactLine,
    ForwardLine,
    Note,
    NoteVersion,
    Past,
    QuarantineLine,
    Ticket,
)
from callcenter.storage.related import Link, Merged, OpenReport, Related
from callcenter.storage.reports import Published, Reports
from callcenter.storage.responders import Responders, Teller
from callcenter.storage.reviews import Filled, Review, Reviews
from callcenter.storage.saved import SavedFilter, SavedFilters
from callcenter.storage.score_forms import Form, ScoreForms
from callcenter.storage.second import Second
from callcenter.storage.second import Standing as SecondStanding
from callcenter.storage.sessions import OpenSession, Session, SignedIn, SignIns, Tried
from callcenter.storage.shift import Shifts
from callcenter.storage.stories import Stories, Story
from callcenter.storage.tickets import Tickets
from callcenter.storage.trail import AuditFilter, Trail
from callcenter.storage.typed import TYPED_FIELDS
from callcenter.storage.wall import open_tickets
from callcenter.storage.wanted import CallFilter

__all__ = [
    "CARD_LANGUAGES",
    "PROTECTED",
    "TYPED_FIELDS",
    "ApiToken",
    "AtPosition",
    "AttemptLine",
    "AuditFilter",
    "AuditPage",
    "BadRows",
    "CallFilter",
    "CallLine",
    "CallPage",
    "CallbackLine",
    "Callbacks",
    "CallbacksPage",
    "Cards",
    "Change",
    "Clock",
    "Coaching",
    "CoachingNote",
    "Complaint",
    "Complaints",
    "Counted",
    "Database",
    "Directory",
    "Draw",
    "Draws",
    "Duty",
    "Entry",
    "Erased",
    "FactLine",
    "Figures",
    "Filled",
    "FlagLine",
    "Flags",
    "FlagsPage",
    "Form",
    "ForwardLine",
    "Health",
    "History",
    "Hold",
    "Holds",
    "Incidents",
    "Journal",
    "JournalState",
    "LaporFile",
    "Letter",
    "Link",
    "LinkLine",
    "Links",
    "Looker",
    "Merged",
    "MessageLine",
    "Messages",
    "Need",
    "Note",
    "NoteVersion",
    "OpenReport",
    "OpenSession",
    "OwedCall",
    "Page",
    "Past",
    "People",
    "PhraseList",
    "Phrases",
    "Places",
    "Published",
    "QuarantineLine",
    "Recording",
    "Recordings",
    "Related",
    "Reports",
    "Responders",
    "Review",
    "Reviews",
    "Role",
    "SavedFilter",
    "SavedFilters",
    "ScoreForms",
    "Second",
    "SecondStanding",
    "Session",
    "Shifts",
    "SignIns",
    "SignedIn",
    "Source",
    "Standing",
    "Stories",
    "Story",
    "Teller",
    "Ticket",
    "TicketPage",
    "Tickets",
    "TicketsPage",
    "Trail",
    "Tried",
    "Try",
    "Unfit",
    "User",
    "Waiting",
    "audited",
    "migrate",
    "open_tickets",
    "sqlite_url",
    "veil",
    "veil_ticket",
    "write_places",
]
