"""The JSON of the response clocks.

In:  a running clock. Out: a table of fields.
Never: a field by hand; a link's token.
"""

from collections.abc import Mapping, Sequence

from callcenter.core.pace import Pace
from callcenter.core.share import Status
from callcenter.web.api.fields import Field, code, maybe, moment, text, whole

RESPONSE = (
    text("number", "Number of the ticket.", "ticket"),
    text("agency", "Code of the agency.", "forward"),
    maybe("category", "What it is about.", "ticket"),
    whole("priority", "1 life, 2 urgent, 3 routine; 0: not said yet.", "ticket"),
    code("status", "How the request stands.", list(Status), "forward"),
    moment("asked_at", "The clock runs from here.", "forward"),
    moment("amber_at", "Two thirds of the limit; null: no limit.", "due"),
    moment("red_at", "The limit.", "due"),
    code("pace", "How the clock stands.", list(Pace)),
)

RESPONDERS: Mapping[str, Sequence[Field]] = {"Response": RESPONSE}
