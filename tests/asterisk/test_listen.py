"""A supervisor's wishes as orders, and her leg as Asterisk tells of it."""

from dataclasses import replace
from pathlib import Path

from callcenter.asterisk.inbox import House
from callcenter.asterisk.order import Order
from callcenter.asterisk.outbox import orders
from callcenter.asterisk.own import MODES
from callcenter.asterisk.snapshot import floor_seen
from callcenter.asterisk.wire import Fields, question
from callcenter.core import desk_facts
from callcenter.core.call import Call, room_number
from callcenter.core.listen_wishes import Listen, StopListening
from callcenter.core.listener import Listener, Mode
from callcenter.core.wishes import Wish
from callcenter.replay import messages_of, tell
from tests.asterisk.test_control import AT, CALL, IN_ROOM, OUT, heard
from tests.asterisk.test_snapshot import channel
from tests.core.test_floor import AYU, BUDI

EAR = f"ear-103-1-{BUDI}"
CONF = Path(__file__).parents[2] / "asterisk-config" / "listen.conf"
RECORDING = Path(__file__).parents[1] / "recordings" / "a-supervisor-listens-whispers-and-joins.ami"


def with_bima(call: Call, mode: Mode) -> Call:
    return replace(call, listeners=(Listener("103", EAR, "bima", mode, mode),))


def sent(wish: Wish, call: Call) -> list[Order]:
    """Each passes the check of the wire."""
    found = orders(wish, call, OUT)
    assert all(question(order.action, "id-1", order.headers) for order in found)
    return found


def wish(mode: Mode) -> Listen:
    return Listen(BUDI, "103", "bima, the chief", mode)


def test_who_listens_or_whispers_moves_nobody() -> None:
    for mode, context in ((Mode.LISTEN, "ear-listen"), (Mode.WHISPER, "ear-whisper")):
        (ring,) = sent(wish(mode), CALL)
        assert (ring.headers["Channel"], ring.headers["ChannelId"]) == ("PJSIP/103", EAR)
        assert (ring.headers["Context"], ring.headers["Exten"]) == (context, room_number(BUDI))
        assert f"EAR_ON={AYU}" in ring.headers["Variable"]  # type: ignore[operator]
        assert "EAR_BY=bima%2C%20the%20chief" in ring.headers["Variable"]  # type: ignore[operator]
    on, turn = sent(wish(Mode.WHISPER), with_bima(CALL, Mode.LISTEN))
    assert (on.headers["Variable"], on.headers["Value"]) == ("EAR_ON", AYU)
    assert (turn.headers["Channel"], turn.headers["Context"]) == (EAR, "ear-whisper")


def test_who_is_to_be_heard_by_all_comes_into_the_room_with_them() -> None:
    both, turn = sent(wish(Mode.JOIN), with_bima(CALL, Mode.LISTEN))
    assert (both.headers["Context"], both.headers["ExtraChannel"], turn.headers["Context"]) == (
        "room-talk",
        AYU,
        "ear-join",
    )
    assert [order.action for order in sent(wish(Mode.TAKE), IN_ROOM)] == ["Originate"]
    (turn,) = sent(wish(Mode.TAKE), with_bima(IN_ROOM, Mode.WHISPER))
    assert turn.headers["Context"] == "ear-join"
    there = with_bima(replace(IN_ROOM, in_room=(*IN_ROOM.in_room, EAR)), Mode.JOIN)
    (go,) = sent(wish(Mode.TAKE), there)
    assert (go.action, go.headers["Channel"]) == ("Hangup", AYU)


def test_to_stop_is_to_put_her_phone_down() -> None:
    (stop,) = sent(StopListening(BUDI, "103", "bima"), with_bima(CALL, Mode.LISTEN))
    assert (stop.action, stop.headers["Channel"]) == ("Hangup", EAR)


def test_her_leg_says_whose_it_is_and_in_which_mode() -> None:
    assert heard("Newchannel", Uniqueid=EAR, Context="from-phone") == desk_facts.ListenerCalled(BUDI, AT, EAR, "103")
    failed = heard("OriginateResponse", Response="Failure", ActionID=f"1-2/{EAR}", Uniqueid="<unknown>")
    assert failed == desk_facts.LegRefused(EAR, AT)
    told = {"Call": BUDI, "Leg": EAR, "Position": "103-web", "In": "ear-whisper", "By": "bima%2C"}
    turned = desk_facts.ListenerTurned(BUDI, AT, EAR, "103", "WHISPER", "bima,")
    assert heard("UserEvent", UserEvent="Ear", **told) == turned
    for context in MODES:
        assert f"[{context}]" in CONF.read_text()


def test_a_snapshot_tells_how_she_hears() -> None:
    def ear(context: str, rooms: tuple[Fields, ...] = ()) -> str:
        lines = [channel(EAR, "PJSIP/103-00000009", context, linked=EAR)]
        (leg,) = floor_seen(AT, "boot", House(), ["103"], lines, [], rooms).legs
        assert (leg.call, leg.position, leg.entry) == (BUDI, "103", False)
        return leg.ear

    assert [ear(context) for context in ("from-phone", "ear-listen", "ear-whisper")] == ["RINGING", "LISTEN", "WHISPER"]
    assert ear("room-staff", ({"Uniqueid": EAR, "Conference": room_number(BUDI)},)) == "JOIN"


def test_a_recorded_evening_of_a_supervisor_is_the_same_call_without_her() -> None:
    messages = list(messages_of(RECORDING.read_bytes()))
    (call,) = tell(messages, House()).calls.values()
    assert [(each.position, each.by, each.took_at) for each in call.listeners] == [("102", "bima", None)] * 2
    assert all(each.ended_at and each.dialled_at and each.mode for each in call.listeners)
    hers = {each.leg for each in call.listeners}
    (alone,) = tell([m for m in messages if not hers & set(map(str, m.values()))], House()).calls.values()
    room = {"room", "in_room", "helpers", "listeners"}  # the two were in a room because of her
    assert {f: getattr(call, f) for f in Call.__slots__ if f not in room} == {
        f: getattr(alone, f) for f in Call.__slots__ if f not in room
    }
