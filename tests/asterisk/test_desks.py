"""Which of a position's two phones an order of ours rings."""

from panoramisk.message import Message

from callcenter.asterisk.desks import ringing_phone
from callcenter.asterisk.wire import Given
from callcenter.core.errors import CallCenterError, LineDown

ORDER: Given = {"Channel": "PJSIP/101", "Context": "room-desk"}


class Link:
    """Asterisk, as far as it says how a phone is."""

    def __init__(self, state: str = "", wrong: CallCenterError | None = None) -> None:
        self.state, self.wrong = state, wrong
        self.asked: list[Given] = []

    async def ask(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> Message:
        assert name == "Getvar"
        self.asked.append(given or {})
        if self.wrong:
            raise self.wrong
        return Message({"Response": "Success", "Value": self.state})  # type: ignore[no-untyped-call]


async def test_the_page_rings_while_it_is_signed_in_and_the_sip_phone_otherwise() -> None:
    for state in ("NOT_INUSE", "INUSE", "RINGING"):
        assert (await ringing_phone(Link(state), ["101"], ORDER))["Channel"] == "PJSIP/101-web"
    for state in ("UNAVAILABLE", "INVALID", ""):
        assert await ringing_phone(Link(state), ["101"], ORDER) == ORDER


async def test_an_asterisk_that_does_not_say_it_rings_the_sip_phone() -> None:
    assert await ringing_phone(Link(wrong=LineDown("gone")), ["101"], ORDER) == ORDER


async def test_who_is_no_position_is_left_alone_and_not_asked_about() -> None:
    link = Link("NOT_INUSE")
    for order in ({"Channel": "PJSIP/113@trunk-main"}, {"Channel": "e112-1.1"}, {"Channel": "PJSIP/104"}):
        assert await ringing_phone(link, ["101"], order) == order
    assert link.asked == []
