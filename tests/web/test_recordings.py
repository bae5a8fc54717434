"""Recordings: heard in parts, while they grow, by their sides; taken out, held; and every time written down."""

import struct
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, CookieJar
from yarl import URL

from callcenter import flac, wav
from callcenter.core import desk_facts, facts
from callcenter.core.coverage import Judged, Verdict
from callcenter.core.facts import CallDescribed
from callcenter.core.recorded import Part, Piece, Span
from tests.browser.scenes import fire_brigade_joins, picked_up, rings
from tests.web.conftest import Visitor, with_people
from tests.web.control import colleague_rings
from tests.web.house import PARTS, House, house

Visit = Callable[..., Awaitable[Visitor]]


async def a_night(here: House) -> str:
    call = rings(here)
    picked_up(here, call)
    fire_brigade_joins(here, call)
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: call in here.board.tickets)
    return call


def url(visitor: Visitor, path: str) -> Any:
    return visitor.base.join(visitor.base.with_path(path))


def grow(path: Path) -> bytes:
    """As Asterisk leaves it while it writes: lengths of 0."""
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = struct.pack("<I", 0)
    path.write_bytes(data)
    return bytes(data)


async def sealed(here: House, call: str, path: Path, judged: Judged) -> None:
    relative = str(path.relative_to(here.settings.recordings))
    sums = {path.name: wav.digest(path)}
    piece = Piece(Part.MAIN, "", (relative,), "101")
    rows = here.app[PARTS].recordings
    await rows.seal(call, piece, judged, path=relative, originals=sums, seconds=wav.look(path).seconds)


async def test_it_plays_in_parts_and_each_hearing_is_written_down(here: House, visit: Visit) -> None:
    call = await a_night(here)
    whole = here.record(call).read_bytes()
    bima = await visit("bima")
    where = url(bima, f"/calls/{call}/recording")
    async with bima.session.get(where, headers={"Range": "bytes=100-199"}) as answer:
        assert (answer.status, answer.content_type) == (206, "audio/wav")
        assert await answer.read() == whole[100:200]
    async with bima.session.get(where, headers={"Range": "bytes=999999999-"}) as answer:
        assert answer.status == 416
    async with bima.session.get(where.with_query(download="1")) as answer:
        told = answer.headers["Content-Disposition"]
        assert await answer.read() == whole
    ticket = here.board.tickets[call]
    assert told.startswith(f'attachment; filename="112-{ticket}-20261122-') and "7890" not in told
    assert (await bima.send(f"/calls/{call}/heard", {"from": "12.5"}))[0] == 200
    assert (await bima.send(f"/calls/{call}/heard", {"from": "-1"}))[0] == 400
    lines = (await here.history.audit()).lines
    seen = [(line.action, line.details) for line in lines if line.target == call and line.by == "bima"]
    assert seen == [
        ("call.heard", {"from_s": 12.5}),
        ("call.recording", {"how": "download"}),
        ("call.recording", {"how": "play"}),
    ]


async def test_one_that_grows_has_its_true_length_in_every_part(here: House, visit: Visit) -> None:
    call = await a_night(here)
    data = grow(here.record(call))
    bima = await visit("bima")
    where = url(bima, f"/calls/{call}/recording")
    async with bima.session.get(where) as answer:
        told = await answer.read()
    assert struct.unpack("<I", told[40:44])[0] == len(data) - 44 and told[44:] == data[44:]
    for asked, wanted in (("bytes=0-99", told[:100]), ("bytes=-50", told[-50:]), ("bytes=40-", told[40:])):
        async with bima.session.get(where, headers={"Range": asked}) as answer:
            assert (answer.status, await answer.read()) == (206, wanted)
            assert answer.headers["Content-Range"].endswith(f"/{len(told)}")
    for nothing in ("bytes=999999999-", "bytes=-0"):
        async with bima.session.get(where, headers={"Range": nothing}) as answer:
            assert answer.status == 416
    async with bima.session.get(where, headers={"Range": "bytes=x"}) as answer:
        assert answer.status == 200
    async with bima.session.head(where) as answer:
        assert (answer.status, answer.headers["Content-Length"]) == (200, str(len(told)))
    # killed while it was written on, zeros at its beginning after a cut of the power: as far as it goes
    for broken in (wav.header(1000) + data[44:], bytes(44) + data[44:], wav.header(len(data) * 9) + data[44:]):
        here.record(call).write_bytes(broken)
        async with bima.session.get(where) as answer:
            assert await answer.read() == told
    long = grow(here.record(call, 60))
    async with bima.session.get(where, headers={"Range": "bytes=40-900043"}) as answer:
        part = await answer.read()
    assert part[:4] == struct.pack("<I", len(long) - 44) and part[4:] == long[44:900044]


async def test_a_path_that_leads_out_of_the_folder_is_no_recording(here: House, visit: Visit) -> None:
    call = here.telephone.dials("e112-5.5", "+6281234567890")
    here.board.hear(CallDescribed(call, here.clock(), "+6281234567890", "pai", recording="../../../../../etc/passwd"))
    here.telephone.answers(call, "101")
    await here.stored()
    bima = await visit("bima")
    for path in (f"/calls/{call}/recording", f"/calls/{call}/peaks", f"/calls/{call}/recording?part=x&leg=../../x"):
        assert (await bima.get(path))[0] == 404, path
    for path in ("/calls/..%2f..%2fetc%2fpasswd/recording", "/calls/%2e%2e/recording"):
        assert (await bima.get(path))[0] in (400, 404)
    linked = await a_night(here)
    file = here.record(linked)
    file.rename(here.settings.home / "outside.wav")
    file.symlink_to(here.settings.home / "outside.wav")
    status, page = await bima.get(f"/calls/{linked}/player")
    assert status == 200 and "Rekaman panggilan ini tidak ada" in page
    assert (await bima.get(f"/calls/{linked}/recording"))[0] == 404


async def test_the_player_has_a_picture_of_each_side_and_marks_where_things_happened(here: House, visit: Visit) -> None:
    call = await a_night(here)
    path = here.record(call, 100)
    for side in ("-in", "-out"):
        path.with_name(f"{call}{side}.wav").write_bytes(path.read_bytes())
    began = here.clock() - timedelta(seconds=30)
    gap = Span(began + timedelta(seconds=80), began + timedelta(seconds=90))
    await sealed(here, call, path, Judged(Verdict.GAP, 10.0, (gap,), began))
    bima = await visit("bima")
    status, page = await bima.get(f"/calls/{call}/player")
    assert status == 200
    for told in ('data-at="80.0"', "Dijawab di posisi", "ada bagian yang hilang", "Unduh", "sisi kita"):
        assert told in page, told
    async with bima.session.get(url(bima, f"/calls/{call}/peaks")) as answer:
        found = await answer.json()
    assert found["seconds"] == 100 and [len(row) for row in found["rows"]] == [600, 600]
    assert path.with_suffix(".peaks").exists()  # the next look reads it from there
    async with bima.session.get(url(bima, f"/calls/{call}/recording").with_query(side="in")) as answer:
        assert answer.status == 200
    assert (await bima.get(f"/calls/{call}/recording?side=..%2f"))[0] == 404
    _, log = await bima.get("/calls?recording=GAP")
    assert here.board.tickets[call] in log and "ada bagian yang hilang" in log
    assert here.board.tickets[call] not in (await bima.get("/calls?recording=COMPLETE"))[1]


async def asked_around(here: House) -> tuple[str, str, str, str]:
    """A call in which 102 was asked, and the fire brigade by her own phone's keys; then he was called back."""
    call = rings(here)
    picked_up(here, call)
    leg, second = colleague_rings(here, call), f"own-{call}"
    here.board.hear(
        facts.RoomJoined(leg, here.clock(), "room"),
        desk_facts.PhoneDialled(second, here.clock(), "*1113", 1, "", "101", "2026/11/21/101-1.wav"),
        facts.LegAnswered(second, here.clock()),
        facts.LegEnded(second, here.clock(), 16),
        facts.LegEnded(leg, here.clock(), 16),
    )
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: call in here.board.tickets)
    back = called_back(here, call)
    await here.stored()
    path = here.record(call)
    for name in (f"{call}-relay", leg, "101-1", back):
        path.with_name(f"{name}.wav").write_bytes(path.read_bytes())
    return call, leg, second, back


async def test_relays_colleagues_callbacks_and_her_own_phones_calls_are_listed_and_heard_like_the_others(
    here: House, visit: Visit
) -> None:
    call, leg, second, back = await asked_around(here)
    bima, rina = await visit("bima"), await visit("rina")
    _, page = await bima.get(f"/tickets/{here.board.tickets[call]}")
    for address, words, name in (
        (f"/calls/{call}/player?part=relay", "Diteruskan setelah penelepon menutup telepon", "-relay-"),
        (f"/calls/{call}/player?part=colleague&amp;leg={leg}", "Sisi rekan", "-colleague-102-"),
        (f"/calls/{call}/player?part=phone&amp;leg={second}", "Panggilan dengan tombol pesawat sendiri", "-phone-101-"),
        (f"/calls/{back}/player", "Telepon balik", "112-"),
    ):
        assert f'href="{address}"' in page and words in page, address
        address = address.replace("&amp;", "&")
        status, player = await bima.get(address)
        assert status == 200 and "Unduh" in player, address
        file = address.replace("player", "recording")
        answer = await bima.head(file + ("&" if "?" in file else "?") + "download=1")
        assert answer.status == 200 and name in answer.headers["Content-Disposition"]
        assert (await bima.send(address.replace("player", "heard"), {"from": "1"}))[0] == 200
        for closed in (address, file, address.replace("player", "peaks")):
            assert (await rina.head(closed)).status == 403, closed
    lines = [(line.action, line.target, line.details.get("leg", "")) for line in (await here.history.audit()).lines]
    for target, of in ((call, ""), (call, leg), (call, second), (back, "")):
        for action in ("call.recording", "call.heard"):
            assert (action, target, of) in lines


def called_back(here: House, call: str) -> str:
    """She calls him back, and he answers."""
    back, hers = "back-1790000000.9000001", "desk-101-1-back-1790000000.9000001"
    for fact in (
        desk_facts.DeskCallMade(back, here.clock(), "CALLBACK", "101", hers, "+6281234567890", call, "siti"),
        facts.RoomJoined(hers, here.clock(), "room"),
        desk_facts.CalleeDialled(back, here.clock()),
        facts.LegAnswered(back, here.clock()),
        facts.LegEnded(back, here.clock() + timedelta(seconds=9), 16),
    ):
        here.board.hear(fact)
    return back


async def test_what_becomes_smaller_while_it_is_heard_is_never_taken_for_the_same_file(
    here: House, visit: Visit
) -> None:
    call = await a_night(here)
    path = here.record(call)
    bima = await visit("bima")
    _, page = await bima.get(f"/calls/{call}/player")
    assert "recording?as=wav" in page and (await bima.head(f"/calls/{call}/recording?as=wav")).status == 200
    await sealed(here, call, path, Judged(Verdict.COMPLETE, began=here.clock()))
    await flac.pack(path.with_suffix(".flac"), [path])
    path.unlink()  # and its row does not know it yet, or is of an older backup
    assert (await bima.head(f"/calls/{call}/recording?as=wav", headers={"Range": "bytes=50-"})).status == 404
    assert '"packed": true' in (await bima.get(f"/calls/{call}/peaks"))[1]
    assert (await bima.head(f"/calls/{call}/recording?as=flac")).status == 200


async def test_recordings_on_another_machine_are_said_to_be_there_and_not_to_be_missing(tmp_path: Path) -> None:
    async with house(tmp_path / "home", CALLCENTER_AMI_HOST="192.0.2.7") as made:
        here = await with_people(made)
        call = await a_night(here)
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            bima = Visitor(session, URL(here.url))
            await bima.sign_in("bima")
            _, page = await bima.get(f"/tickets/{here.board.tickets[call]}")
            assert "Asterisk berjalan di mesin lain (192.0.2.7)" in page and "tidak di mesin ini" in page
            assert "berkas tidak ada" not in page
            status, page = await bima.get(f"/calls/{call}/player")
            assert status == 200 and "Asterisk berjalan di mesin lain (192.0.2.7)" in page
            status, sentence = await bima.get(f"/calls/{call}/recording")
            assert status == 404 and "mesin lain" in sentence


async def test_a_hold_is_set_and_ended_by_a_supervisor_with_a_reason_and_stands_on_the_ticket(
    here: House, visit: Visit
) -> None:
    call = await a_night(here)
    path, number = here.record(call), here.board.tickets[call]
    await sealed(here, call, path, Judged(Verdict.COMPLETE, began=here.clock()))
    rows = here.app[PARTS].recordings
    bima = await visit("bima")
    await bima.get(f"/tickets/{number}")
    assert (await bima.form(f"/tickets/{number}/hold", why=""))[0] == 400
    status, _, where = await bima.form(f"/tickets/{number}/hold", why="Polres meminta bukti")
    assert (status, where) == (303, f"/tickets/{number}#recordings")
    _, page = await bima.get(f"/tickets/{number}")
    assert "Dalam pembekuan hukum sejak" in page and "Polres meminta bukti" in page
    assert (await rows.erase([call], by="ayu", why="asked for")).held == (call,)
    assert (await bima.form(f"/tickets/{number}/release", why="Perkara selesai"))[0] == 303
    assert (await rows.erase([call], by="ayu", why="asked for")).calls == (call,)
    assert not path.exists()
    status, page = await bima.get(f"/calls/{call}/player")
    assert status == 200 and "Rekaman ini dihapus pada" in page and "asked for" in page
    assert (await bima.get(f"/calls/{call}/recording"))[0] == 404
