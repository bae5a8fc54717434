"""The JSON of a forward: one agency's share of a ticket, with its answers and where each of them came from.

In:  what storage read. Out: fields, for the answer and its description.
Never: a caller's number or name.
"""

from callcenter.core.share import Mode, Status
from callcenter.storage import Source
from callcenter.web.api.fields import Field, code, maybe, moment, text, whole

SOURCES = [source.value for source in Source]


def _answer(name: str, says: str) -> tuple[Field, ...]:
    """One answer of the agency: when, by whom, through what."""
    return (
        moment(f"{name}_at", says),
        text(f"{name}_by", "Who said so."),
        code(f"{name}_source", "Through what: the agency's phone, a call taker, the agency's own page.", SOURCES),
    )


FORWARD = (
    text("id", "Names this forward."),
    maybe("call", "The call that it was made on; null: a message without a call."),
    text("agency", "Code of the agency."),
    whole("turn", "1 is this agency's first forward on the call; its attempts have the same. 0: a message."),
    code("mode", "How caller, call taker and agency come together.", list(Mode)),
    code("status", "How it stands.", list(Status)),
    moment("asked_at", "Asked for."),
    text("by", "Sign-in name of who asked for it; of an escalation who asked first."),
    maybe("escalated_from", "Id of the forward that reached nobody; null: a person asked."),
    moment("ended_at", "Given up: unreached, or cancelled."),
    text("stopped_by", "Who cancelled it; empty: nobody, the telephone."),
    *_answer("accepted", "The agency took it."),
    text("accepted_name", "Who accepted, as it was written."),
    *_answer("en_route", "On their way (t11)."),
    *_answer("on_scene", "On scene (t12)."),
    *_answer("handled", "Handled (t13)."),
)
