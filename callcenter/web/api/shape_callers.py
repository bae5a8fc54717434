"""The JSON of callbacks and flags.

In:  what storage read. Out: tables of fields.
Never: a field by hand.
"""

from collections.abc import Mapping, Sequence

from callcenter.core.callback import CUT_OFF, UNANSWERED, Ended, State, Tried
from callcenter.core.flag import Effect
from callcenter.web.api.fields import Field, code, many, moment, shaped, text, whole

TRY = (
    text("by", "Sign-in name of who called back."),
    text("position", "From where."),
    text("call", "Id of the call that was made; empty: dialled by hand."),
    code("result", "What became of it.", list(Tried)),
    moment("asked_at", "The button was pressed, or the word was said."),
    moment("dialled_at", "The caller's number was dialled."),
    moment("ringing_at", "It rang there."),
    moment("answered_at", "Somebody lifted it."),
    moment("ended_at", "The call was over."),
)

CALLBACK = (
    whole("id", "Names the callback."),
    text("e164", "Who is called back: +62..."),
    code("state", "Where it stands.", list(State)),
    code("reason", "How the newest call ended.", [*sorted(UNANSWERED), CUT_OFF]),
    moment("owed_since", "End of the first call."),
    moment("last_call_at", "Arrival of the newest call."),
    whole("tries", "How often somebody called back."),
    text("owner", "Sign-in name of who is at it."),
    moment("claimed_at", "Since when."),
    moment("closed_at", "Done."),
    text("closed_by", "Sign-in name, or telephone: by itself."),
    code("why", "Why it is done.", list(Ended)),
    Field(
        "calls",
        {"type": "array", "items": {"type": "string"}, "description": "Ids of the calls that it is owed for."},
        lambda line: [owed.call for owed in line.calls],
    ),
    many("tried", "Every try, the newest first.", "Try", lambda line: [shaped(TRY, each) for each in line.tried]),
)

FLAG = (
    whole("id", "Names the flag."),
    text("e164", "The number."),
    code("effect", "flag: answered after the others; block: a message, then cut off.", list(Effect)),
    text("reason", "As typed."),
    text("by", "Sign-in name of who set it."),
    text("ticket", "On which ticket; empty: on the supervisor's page."),
    moment("at", "Set."),
    moment("until", "Ends by itself."),
    moment("ended_at", "Ended before its time, or replaced; null: not so."),
    text("ended_by", "By whom; time: it had expired."),
)

LINK = (
    text("number", "The other ticket."),
    code("kind", "PARENT: this one belongs to it; CHILD: it belongs to this one.", ["PARENT", "CHILD", "RELATED"]),
    moment("at", "Since when."),
    text("by", "Sign-in name of who said so."),
)

CALLERS: Mapping[str, Sequence[Field]] = {"Callback": CALLBACK, "Flag": FLAG, "Link": LINK, "Try": TRY}
