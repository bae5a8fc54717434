"""Every route that changes something leaves a row in the audit, with who, of what, old and new; or says why not."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import unescape

import pytest

from callcenter.core import desk_facts
from callcenter.web.access import ACCESS
from callcenter.web.supervisor.trail import KINDS
from tests.web.conftest import Visitor
from tests.web.house import PARTS, PASSWORD, Clock, House
from tests.web.test_agency import CALL, crew, forwarded
from tests.web.test_aside import unstorable
from tests.web.test_callbacks import gives_up, owed
from tests.web.test_complaints import complains
from tests.web.test_directory import fields, form_of
from tests.web.test_incidents import SECOND, both
from tests.web.test_me import SEALED, code
from tests.web.test_quality import SHEET, an_answered_call, filled
from tests.web.test_reports import CHECK_CASE, later
from tests.web.trail_book import ELSEWHERE, TrailBook, changing, old_new, pair

Visit = Callable[..., Awaitable[Visitor]]
Story = Callable[[TrailBook, Visit], Awaitable[None]]


async def people(book: TrailBook, visit: Visit) -> None:
    ayu = await visit("ayu")
    await book.form(ayu, "/people", "user.add", "ayu", name="dewi", display="Dewi", role="supervisor")
    await book.form(ayu, "/people/display", "user.display", "ayu", pair("display"), name="siti", display="Siti A.")
    await book.form(ayu, "/people/role", "user.role", "ayu", pair("role"), name="siti", role="dispatcher")
    await book.form(ayu, "/people/password", "user.password", "ayu", name="rina")
    await book.form(ayu, "/people/disable", "user.disable", "ayu", pair("disabled"), name="rina")
    await book.form(ayu, "/people/enable", "user.enable", "ayu", pair("disabled"), name="rina")
    await ayu.form("/people", name="regu2", display="Regu 2", role="agency", agency="damkar")
    await book.form(ayu, "/people/agency", "user.agency", "ayu", pair("agency"), name="regu2", agency="bpbd")
    await book.form(ayu, "/people/end", "session.end_all", "ayu", name="bima")
    await book.form(ayu, "/people/unlock", "lock.end", "ayu", name="rina")


async def account(book: TrailBook, visit: Visit) -> None:
    here = book.here
    assert isinstance(here.clock, Clock)
    siti, ayu, nobody = await visit("siti"), await visit("ayu"), await visit()
    await visit("siti")
    _, page = await siti.get("/me")
    (other,) = re.findall(r'name="session" value="([^"]+)"', page)
    await book.form(siti, "/me/end", "session.end", "siti", session=other)
    await book.form(siti, "/me/end-others", "session.end_others", "siti")
    new = {"new": "sandi-saya-sendiri", "again": "sandi-saya-sendiri"}
    await book.form(siti, "/me/password", "user.password", "siti", old=PASSWORD, **new)
    await book.form(siti, "/sign-out", "sign_out", "siti")
    await nobody.get("/sign-in")
    await book.form(nobody, "/sign-in", "sign_in", "rina", name="rina", password=PASSWORD)
    bima = await visit("bima")
    sealed = SEALED.findall((await bima.get("/me/second"))[1])[0]
    await book.form(bima, "/me/second", "second.begin", "bima", sealed=sealed, code=code(here, sealed))
    here.clock.pass_(60)
    await bima.get("/me")
    await book.form(bima, "/me/second/codes", "second.codes", "bima", code=code(here, sealed))
    here.clock.pass_(60)
    half = await visit()
    await half.get("/sign-in")
    await half.form("/sign-in", name="bima", password=PASSWORD)
    await half.get("/sign-in/code")
    await book.form(half, "/sign-in/code", "sign_in", "bima", code=code(here, sealed))
    here.clock.pass_(60)
    await half.get("/me")
    await book.form(half, "/me/second/off", "second.off", "bima", code=code(here, sealed))
    again = await visit("bima")
    sealed = SEALED.findall((await again.get("/me/second"))[1])[0]
    here.clock.pass_(60)
    await again.form("/me/second", sealed=sealed, code=code(here, sealed))
    await ayu.get("/people")
    await book.form(ayu, "/people/second", "second.off", "ayu", name="bima")


async def lists(book: TrailBook, visit: Visit) -> None:
    ayu, bima = await visit("ayu"), await visit("bima")
    form = await form_of(ayu, "/agencies/damkar")
    form |= {"lines.0.number": "0231201113", "do": "save"}
    await book.form(ayu, "/agencies/damkar", "agency.change", "ayu", pair("lines"), **form)
    form = await form_of(ayu, "/agencies/-/add")
    form |= {"code": "rsud", "short": "301", "name_id": "RSUD", "lines.0.number": "0231206330"}
    await book.form(ayu, "/agencies/-/add", "agency.add", "ayu", **form)
    form = await form_of(ayu, "/categories/FIRE")
    form |= {"priority": "2" if form["priority"] != "2" else "1", "do": "save"}
    await book.form(ayu, "/categories/FIRE", "category.change", "ayu", pair("priority"), **form)
    form = await form_of(ayu, "/categories/-/add")
    form |= {"code": "BANJIR", "name_id": "Banjir rob"}
    await book.form(ayu, "/categories/-/add", "category.add", "ayu", **form)
    for kind, old, new in (("agencies", "0231201113", "0231201119"), ("categories", "Banjir rob", "Banjir besar")):
        _, text = await ayu.get(f"/{kind}/-/csv")
        assert old in text
        await ayu.get(f"/{kind}")
        _, page, _ = await ayu.form(f"/{kind}/-/csv", text=text.replace(old, new))
        told = {name: fields(page)[name] for name in ("revision",)}
        kept = unescape(page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0]).removeprefix("\n")
        action = "agency.change" if kind == "agencies" else "category.change"
        await book.form(ayu, f"/{kind}/-/csv", action, "ayu", None, text=kept, do="save", **told)
    await ayu.get("/places")
    differ = pair_of("before", "after")
    await book.file(ayu, "/places", "places.replace", "ayu", differ, "name,kind\nGudang Lama,building\n")
    await ayu.get("/cards/FIRE")
    await book.form(ayu, "/cards/FIRE", "cards.change", "ayu", old_new, language="id", text="? Apa?", version="0")
    await bima.get("/phrases")
    await book.form(bima, "/phrases", "phrases.change", "bima", old_new, language="id", text="kb a", version="0")
    one = {"q.0.id": "Salam?", "q.0.en": "Greeting?", "q.0.most": "4", "q.0.weight": "2", "q.0.critical": "1"}
    await ayu.get("/quality/form")
    await book.form(ayu, "/quality/form", "quality.form", "ayu", old_new, version="1", do="save", **one)


def pair_of(old: str, new: str) -> Callable[[dict[str, object]], object]:
    return lambda details: details[old] != details[new]


async def quality(book: TrailBook, visit: Visit) -> None:
    assert isinstance(book.here.clock, Clock)
    await visit("siti", "101")
    await an_answered_call(book.here, visit)
    book.here.clock.pass_(timedelta(days=12).total_seconds())
    siti, bima = await visit("siti"), await visit("bima")
    await book.form(bima, "/quality/months/2026-11/draw", "quality.draw", "bima")
    await book.form(bima, f"/quality/calls/{CALL}", "quality.begin", "bima")
    await book.form(bima, SHEET, "quality.finish", "bima", version="1", do="finish", **filled())
    changed = {"version": "2", "do": "finish", "reason": "salah dengar", **filled(agency="NO")}
    await book.form(bima, SHEET, "quality.change", "bima", lambda told: told["changed"]["agency"], **changed)
    notes = {"text": "Instansi dulu.", "sheet": "1"}
    await book.form(bima, "/quality/people/siti/notes", "quality.coach", "bima", **notes)
    await siti.get("/quality/mine")
    await book.form(siti, "/quality/mine/1", "quality.read", "siti", pair("reply"), reply="Saya setuju")
    await book.form(siti, "/quality/mine/notes/1", "quality.seen", "siti")


async def papers(book: TrailBook, visit: Visit) -> None:
    here = book.here
    siti = await visit("siti", "101")
    await complains(here, siti, "e112-1.1", "Jl. Kesambi RT 03")
    here.telephone.hangs_up("e112-1.1")
    unstorable(here, "e112-9.9")
    await here.stored()
    bima = await visit("bima")
    await book.form(bima, "/complaints/files", "complaints.written_out", "bima")
    (aside,) = await here.history.quarantine()
    await book.form(bima, "/proof/release", "aside.release", "bima", id=str(aside.id), why="known")
    await bima.get("/reports")
    await book.file(bima, "/reports", "report.hand_in", "bima", None, CHECK_CASE)
    later(here)
    bima = await visit("bima")
    await bima.get("/reports")
    await book.form(bima, "/reports/2026-11/publish", "report.publish", "bima")


async def callers(book: TrailBook, visit: Visit) -> None:
    here = book.here
    siti = await visit("siti", "101")
    bima = await visit("bima")
    await gives_up(here, "e112-7.7", "+6281234500000")
    (one,) = await owed(here)
    owner = pair("owner")
    await book.send(siti, f"/callbacks/{one}/claim", "callback.claim", "siti", owner)
    await book.send(siti, f"/callbacks/{one}/release", "callback.release", "siti", owner)
    await book.send(siti, f"/callbacks/{one}/call", "callback.claim", "siti", owner)
    await book.send(siti, f"/callbacks/{one}/say", "callback.say", "siti", word="NO_NEED")
    mine, other = await both(here)
    await book.send(siti, f"/calls/{SECOND}/flag", "flag.add", "siti", what="on")
    await book.send(siti, f"/calls/{SECOND}/link", "ticket.link", "siti", to=mine, kind="RELATED")
    await book.send(siti, f"/tickets/{other}/unlink", "ticket.unlink", "siti", other=mine)
    await book.send(siti, f"/calls/{SECOND}/merge", "ticket.merge", "siti", into=mine)
    await book.send(siti, f"/tickets/{other}/unmerge", "ticket.unmerge", "siti")
    block = {"number": "0812-9999-8888", "effect": "block", "hours": "1", "reason": "20 pranks"}
    await bima.get("/flags")
    await book.form(bima, "/flags", "block.add", "bima", **block)
    newest = (await here.app[PARTS].callers.flags.page()).lines[0]
    await book.form(bima, f"/flags/{newest.id}/end", "block.end", "bima", reason="sudah minta maaf")


async def agencies(book: TrailBook, visit: Visit) -> None:
    here = book.here
    assert isinstance(here.clock, Clock)
    number = await forwarded(here, "damkar", "bpbd")
    siti, bima, regu, rudi = await visit("siti", "101"), await visit("bima"), await crew(here, visit), await visit()
    forward, other = f"damkar-1-{CALL}", f"bpbd-1-{CALL}"
    await regu.get(f"/agency/f/{forward}")
    await book.send(regu, f"/agency/f/{forward}/say", "forward.answer", "regu1", answer="ACCEPTED")
    await book.form(regu, f"/agency/f/{forward}/note", "forward.note", "regu1", text="Jalan tertutup", key="k" * 16)
    here.clock.pass_(600)
    await book.send(siti, f"/forwards/{forward}/told", "forward.answer", "siti", answer="ON_SCENE", name="Tono")
    await bima.get(f"/tickets/{number}")
    at = (here.clock() - timedelta(minutes=3)).astimezone(here.settings.zone).strftime("%Y-%m-%dT%H:%M:%S")
    right = {"answer": "ON_SCENE", "at": at, "reason": "jam salah"}
    await book.form(bima, f"/forwards/{forward}/correct", "forward.correct", "bima", old_new, **right)
    given = await book.send(siti, f"/forwards/{other}/link", "link.given", "siti")
    path = given["link"].removeprefix(here.settings.outside_url)
    await rudi.get(path)
    await book.form(rudi, f"{path}/say", "forward.answer", "link: Rudi (bpbd)", answer="ACCEPTED", name="Rudi")
    note = {"text": "Kami datang", "key": "n" * 16, "name": "Rudi"}
    await book.form(rudi, f"{path}/note", "forward.note", "link: Rudi (bpbd)", **note)
    await book.send(siti, f"/forwards/{other}/unlink", "link.revoked", "siti")
    await book.send(siti, f"/calls/{CALL}/message", "link.given", "siti", agency="dishub")


async def oversight(book: TrailBook, visit: Visit) -> None:
    here = book.here
    await here.people.add_user("dian", role="supervisor", password=PASSWORD)
    siti, bima, dian = await visit("siti", "101"), await visit("bima", "104"), await visit("dian")
    number = await forwarded(here)
    await book.send(siti, f"/calls/{CALL}/help", "call.help", "siti")
    await book.send(bima, f"/calls/{CALL}/listen", "call.listen", "bima", mode="LISTEN")
    ear = f"ear-104-1-{CALL}"
    asked = desk_facts.ListenerAsked(CALL, here.clock(), ear, "104", "bima", "LISTEN")
    here.board.hear(asked, desk_facts.ListenerCalled(CALL, here.clock(), ear, "104"))
    await book.send(bima, f"/calls/{CALL}/listen/stop", "call.listen", "bima")
    here.record(CALL)
    here.telephone.hangs_up(CALL)
    await here.stored()
    await bima.get(f"/tickets/{number}")
    await book.form(bima, f"/calls/{CALL}/number", "number.view", "bima")
    await book.send(bima, f"/calls/{CALL}/heard", "call.heard", "bima", **{"from": "1.5"})
    await here.tickets.set_class(number, "EMERGENCY", version=1, by="siti")
    wrong = {"class": "PRANK", "reason": "anak-anak"}
    await book.form(bima, f"/tickets/{number}/class", "ticket.class", "bima", old_new, **wrong)
    await book.form(bima, f"/tickets/{number}/open", "ticket.opened", "bima", reason="Dia menelepon lagi")
    await book.form(bima, f"/tickets/{number}/hold", "ticket.hold", "bima", why="Polres meminta bukti")
    await book.form(bima, f"/tickets/{number}/release", "ticket.release", "bima", why="Perkara selesai")
    ticket = (await here.history.ticket(number)).ticket
    await here.tickets.set_status(number, "CLOSED", disposition="RESOLVED", version=ticket.version, by="siti")
    await book.form(bima, "/data/find", "data.view", "bima", number="081234567890")
    for once in ("data.refuse", "data.erase"):
        await book.form(bima, "/data/ask", "data.ask", "bima", number="081234567890", reason="Budi, ditelepon balik")
        _, page = await dian.get("/data")
        (request,) = set(re.findall(r'name="id" value="(\d+)"', page))
        more = {"reason": "Penyidikan berjalan"} if once == "data.refuse" else {}
        await book.form(dian, f"/data/{once[5:]}", once, "dian", id=request, **more)
    await book.file(bima, "/data/copy", "data.copy", "bima", None, "", number="081234567890")


STORIES: dict[Story, set[str]] = {
    people: {name for name in ACCESS if name.startswith("people.")} - {"people.one", "people.second_off"},
    account: {
        "me.end", "me.end_others", "me.password.send", "sign_out.send", "sign_in.send", "sign_in.code.send",
        "me.second.begin", "me.second.codes", "me.second.off", "people.second_off",
    },
    lists: {
        "agencies.save", "agencies.add.send", "agencies.take_in", "categories.save", "categories.add.send",
        "categories.take_in", "places.replace", "card.save", "phrases.save", "quality.form.save",
    },
    quality: {
        "quality.draw", "quality.begin", "quality.save", "quality.coach", "quality.reply", "quality.seen",
    },
    papers: {"complaints.write_out", "proof.release", "reports.hand_in", "reports.publish"},
    callers: {
        "callbacks.claim", "callbacks.release", "callbacks.call", "callbacks.say", "screen.flag", "screen.link",
        "ticket.unlink", "screen.merge", "ticket.unmerge", "flags.add", "flags.end",
    },
    agencies: {
        "agency.say", "agency.note", "forward.told", "forward.correct", "forward.link", "link.say", "link.note",
        "forward.unlink", "forward.message",
    },
    oversight: {
        "screen.help", "listen", "listen.stop", "call.number", "recording.heard", "ticket.correct", "ticket.open",
        "ticket.hold", "ticket.release", "data.find", "data.copy", "data.ask", "data.refuse", "data.erase",
    },
}  # fmt: skip


def test_no_changing_route_is_forgotten(here: House) -> None:
    told = set().union(*STORIES.values())
    assert told | set(ELSEWHERE) == changing(here)
    assert not told & set(ELSEWHERE)
    assert all(len(why.split()) > 7 for why in ELSEWHERE.values())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_each_change_leaves_a_row_with_who_what_old_and_new(here: House, visit: Visit, story: Story) -> None:
    book = TrailBook(here)
    await story(book, visit)
    assert book.driven == STORIES[story]
    actions = {line.action for line in (await here.history.audit(limit=200)).lines}
    assert [action for action in actions if not action.startswith(KINDS)] == [], "the auditor's page offers each kind"
