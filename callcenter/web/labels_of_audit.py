"""What is said of looks and changes in the story of a ticket: sources of times, fields, actions of the audit.

In:  codes of the storage. Out: the English sentences that the catalogues translate.
Never: a rule; a field or an action without a line here is shown by its code.
"""

from callcenter.web.i18n import N_

SOURCES: dict[str, str] = {
    "PHONE": N_("telephone"),
    "TYPED": N_("typed"),
    "AGENCY": N_("agency"),
    "MESSAGE": N_("message"),
    "AUDIT": N_("audit"),
}

FIELD: dict[str, str] = {
    "call_class": N_("Class"),
    "category": N_("Category"),
    "priority": N_("Priority"),
    "status": N_("Status"),
    "disposition": N_("Disposition"),
    "place": N_("Place"),
    "landmark": N_("Landmark"),
    "kelurahan": N_("Village (kelurahan)"),
    "kecamatan": N_("District (kecamatan)"),
    "latitude": N_("Latitude"),
    "longitude": N_("Longitude"),
    "radius_m": N_("Radius (m)"),
    "location_source": N_("Source of the place"),
    "location_verified_at": N_("Place verified"),
    "caller_name": N_("Caller's name"),
    "relation": N_("Relation"),
    "victims": N_("Victims"),
    "hazards": N_("Hazards"),
    "summary": N_("Summary"),
    "taken_by": N_("Taken by"),
    "wrapped_up_at": N_("Written up"),
}

LOOK: dict[str, str] = {
    "call.view": N_("looked at the call"),
    "call.recording": N_("listened to or took out the recording"),
    "call.listen": N_("asked to listen to the call, or to stop"),
    "ticket.view": N_("looked at the ticket"),
    "ticket.report": N_("took out the ticket as a report"),
    "forward.view": N_("the agency looked at its request"),
    "forward.correct": N_("corrected a time of the agency"),
    "link.opened": N_("the link to the request was opened"),
    "quality.begin": N_("began a score sheet of the call"),
    "quality.finish": N_("finished a score sheet of the call"),
    "quality.change": N_("changed a finished score sheet of the call"),
    "quality.read": N_("read the score sheet of the call"),
    "quality.throw_away": N_("threw a draft of a score sheet away"),
}
