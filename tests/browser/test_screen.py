"""The call taker's screen in a real browser: what Siti sees, and that nothing she types is ever lost or moved."""

import re

import pytest
from playwright.async_api import expect

from callcenter.core import facts
from callcenter.core.desk_wishes import AskSilent, Consult, Hold
from callcenter.core.errors import LineDown
from callcenter.core.wishes import Forward, HangUp, Leave
from tests.browser import scenes
from tests.browser.conftest import Arrive, speaks
from tests.web import control
from tests.web.house import House

pytestmark = pytest.mark.browser

NOTE = "Api di dapur, dua orang di dalam rumah"


async def test_a_ringing_call_is_impossible_to_miss(here: House, arrive: Arrive) -> None:
    await scenes.earlier_nights(here)
    page = await arrive("siti", "101")
    await expect(page.locator(".ring.calm")).to_be_visible()
    place = await page.locator(".banner").bounding_box()
    scenes.rings(here)
    banner = page.locator(".ring.loud")
    await expect(banner).to_contain_text("0812-3456-7890")
    await expect(banner).to_contain_text("Telkomsel")
    await expect(banner).to_contain_text("1 panggilan sebelumnya")
    await expect(banner).to_contain_text("Angkat telepon 101")
    await expect(page).to_have_title("☎ 0812-3456-7890")
    await expect(page.locator("#icon")).to_have_attribute("href", re.compile(r"ringing\.svg$"))
    assert await page.locator(".banner").bounding_box() == place


async def test_the_ticket_opens_by_itself_and_she_types_from_the_first_second(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await expect(page.locator("#note")).to_be_focused()
    await page.keyboard.type(NOTE)
    await expect(page.locator("#saved")).to_have_text("disimpan")
    await here.until(lambda: call in here.board.tickets)
    notes = (await here.history.ticket(here.board.tickets[call])).notes
    assert [(note.author, note.text) for note in notes] == [("siti", NOTE)]


async def test_nothing_that_arrives_moves_what_she_types_into(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    box = await page.locator("#note").bounding_box()
    for number, letter in enumerate(NOTE):
        await page.keyboard.type(letter)
        other = f"e112-17900200{number:02}.1"
        here.telephone.dials(other, f"+62812000000{number:02}")
        if number % 3 == 0:
            here.telephone.rings(other, "102", "103")
        if number == 10:
            here.telephone.is_called(call, "damkar")
    await expect(page.locator("#note")).to_have_value(NOTE)
    await expect(page.locator("#note")).to_be_focused()
    assert await page.locator("#note").bounding_box() == box


async def test_a_new_call_while_she_still_writes_waits_beside_her(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.type(NOTE)
    here.telephone.hangs_up(call)
    following = here.telephone.dials("e112-1790030000.1", "+6285711112222")
    here.telephone.answers(following, "101")
    await expect(page.locator("#switch")).to_be_visible()
    await page.keyboard.type(", asap tebal")
    await expect(page.locator("#note")).to_have_value(NOTE + ", asap tebal")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await expect(page.locator(f'.sheet[data-call="{following}"]')).to_be_visible()
    await expect(page.locator("#note")).to_have_value("")
    await here.until(lambda: call in here.board.tickets)

    async def kept() -> bool:
        return [n.text for n in (await here.history.ticket(here.board.tickets[call])).notes] == [NOTE + ", asap tebal"]

    await here.eventually(kept)


async def test_what_is_typed_without_a_network_is_kept_and_sent_later(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.route("**/note", lambda route: route.abort())
    await page.keyboard.type(NOTE)
    await expect(page.locator("#saved")).to_contain_text("menunggu jaringan")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.reload()
    await expect(page.locator("#note")).to_have_value(NOTE)
    await page.unroute("**/note")
    await expect(page.locator("#saved")).to_have_text("disimpan")
    await here.until(lambda: call in here.board.tickets)
    assert (await here.history.ticket(here.board.tickets[call])).notes[0].text == NOTE
    await page.reload()
    await expect(page.locator("#note")).to_have_value(NOTE)


async def test_digits_belong_to_the_note_and_escape_makes_them_a_class(here: House, arrive: Arrive) -> None:
    page, _ = await speaks(here, arrive)
    await page.keyboard.type("RT 03 RW 12")
    await expect(page.locator("#note")).to_have_value("RT 03 RW 12")
    await expect(page.locator('.class-key[aria-pressed="true"]')).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator("#armed")).to_be_visible()
    await page.keyboard.press("Escape")  # twice, as one does in a hurry
    await page.keyboard.press("1")
    await expect(page.locator(".c-emergency")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#note")).to_have_value("RT 03 RW 12")


async def test_a_prank_is_closed_with_two_keys(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.press("Escape")
    await page.keyboard.press("6")
    await expect(page.locator(".s-closed")).to_be_visible()
    assert (await here.history.ticket_of(call)).disposition == "NO_INCIDENT"


async def test_a_silent_caller_is_asked_with_one_key_and_closed_with_it_afterwards(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.press("Escape")
    await page.keyboard.press("4")
    await here.until(lambda: here.board.asked == [AskSilent(call, "101", "siti")])
    control.is_asked(here, call, "PROMPT_1", "LISTEN_1")
    await expect(page.locator(".silent.on .run")).to_be_visible()
    control.presses(here, call, "1")
    await expect(page.locator(".pressed")).to_contain_text("1")
    control.is_asked(here, call, "PROMPT_2", "LISTEN_2", "DONE")
    await expect(page.locator(".silent:not(.on)")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("4")
    await expect(page.locator(".s-closed")).to_be_visible()
    assert (await here.history.ticket_of(call)).disposition == "NO_INCIDENT"


async def test_hold_and_a_colleague_without_a_mouse(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.type("Pasar 4")
    await page.keyboard.press("Escape")
    await page.keyboard.press("h")
    await here.until(lambda: here.board.asked == [Hold(call, "101", "siti")])
    control.holds(here, call)
    await expect(page.locator(".held")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press(".")
    await expect(page.locator("#col-102 button").first).to_be_focused()
    await page.keyboard.press("Enter")
    await here.until(lambda: here.board.asked[1:] == [Consult(call, "102", "101", "siti")])
    control.colleague_rings(here, call)
    await expect(page.locator(".helper")).to_contain_text("berdering")
    await expect(page.locator("#note")).to_have_value("Pasar 4")


async def test_the_whole_hand_over_without_a_mouse(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.press("Escape")
    await page.keyboard.press("k")
    await page.select_option("#category", "FIRE")
    await expect(page.locator("#a-damkar.proposed")).to_be_visible()
    await expect(page.locator('[data-ask="leave"]')).to_be_disabled()
    await page.keyboard.press("Escape")
    await page.keyboard.press("q")
    await expect(page.locator('[data-said="forward:damkar"]')).to_have_text("diminta…")
    await here.until(lambda: here.board.asked == [Forward(call, "damkar", "101", "siti")])
    await expect(page.locator("#a-damkar .state")).to_have_count(0)  # asked is not done
    leg = here.telephone.is_called(call, "damkar")
    await expect(page.locator("#a-damkar .state")).to_contain_text("sedang dihubungi")
    await expect(page.locator("#a-damkar .try")).to_contain_text("berdering")
    await expect(page.locator("#a-damkar .try [data-since]")).to_have_text(re.compile(r"^0:\d\d$"))
    await expect(page.locator('[data-said="forward:damkar"]')).to_have_text("")
    here.telephone.lifts(leg)
    await expect(page.locator("#a-damkar .try")).to_contain_text("dijawab, belum diterima")
    here.telephone.accepts(call, leg)
    await expect(page.locator("#a-damkar .state.ok")).to_contain_text("dalam percakapan")
    await page.keyboard.press("Escape")
    await page.keyboard.press("l")
    await here.until(lambda: here.board.asked[1:] == [Leave(call, "101", "siti")])


async def test_another_way_to_forward_holds_for_one_forward(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.press("Escape")
    await page.keyboard.press("=")
    await expect(page.locator("#mode")).to_contain_text("konferensi")
    await page.locator("#a-damkar .call-agency").click()
    await here.until(lambda: here.board.asked == [Forward(call, "damkar", "101", "siti", "CONFERENCE")])
    await expect(page.locator("#mode")).not_to_contain_text("konferensi")


async def test_each_line_that_was_tried_and_the_agency_after_it_stand_in_words(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    asked, told = here.telephone.at(), here.telephone
    here.board.hear(facts.ForwardAsked(call, asked, "damkar", 1, "siti"))
    told.hangs_up(told.is_called(call, "damkar"), 17)
    told.hangs_up(told.is_called(call, "damkar", line=2, number="0231201113"), 19)
    here.board.hear(
        facts.ForwardStopped(call, told.at(), "damkar", 1, "UNREACHED"),
        facts.ForwardAsked(call, told.at(), "polres", 1, "siti", "WARM", "damkar-1"),
    )
    tries = page.locator("#a-damkar .try")
    await expect(tries).to_have_count(2)
    await expect(tries.nth(0)).to_contain_text("sibuk")
    await expect(tries.nth(1)).to_contain_text("tidak dijawab")
    await expect(page.locator("#a-damkar .state").first).to_contain_text("tidak ada yang terhubung")
    await expect(page.locator("#a-damkar .agency-state")).to_contain_text("→ Polres")
    await expect(page.locator("#a-polres .state")).to_contain_text("sedang dihubungi")


async def test_the_relay_card_marks_what_is_missing_and_one_key_records_and_copies_it(
    here: House, arrive: Arrive
) -> None:
    page, call = await speaks(here, arrive)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.keyboard.press("Escape")
    await page.keyboard.press("k")
    await page.select_option("#category", "FIRE")
    card = page.locator("#relay-card")
    await expect(card.locator("summary .lacks")).to_have_count(2)  # place and safety; she may forward all the same
    await expect(page.locator("#a-damkar .call-agency")).to_be_enabled()
    await page.fill("#place", "Jl. Kesambi 12")
    await expect(card.locator("summary .lacks")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await expect(card.locator("dl")).to_be_visible()
    await expect(card).to_contain_text("Jl. Kesambi 12")
    await expect(card).to_contain_text("0812-3456-7890")
    await page.keyboard.press("Escape")
    await page.keyboard.press("-")
    await expect(page.locator('[data-said="message:lead"]')).to_contain_text("disalin")
    text = await page.evaluate("navigator.clipboard.readText()")
    assert "Jl. Kesambi 12" in text
    (line,) = (await here.history.call(call)).forwards
    assert (line.mode, line.agency, line.status) == ("MESSAGE", "damkar", "TRYING")


async def test_who_answers_without_a_key_is_let_in_by_name(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    here.telephone.lifts(here.telephone.is_called(call, "damkar"))
    await page.locator("#a-damkar [data-admit]").click()
    await page.fill("#admit-name", "Serka Dedi")
    await page.keyboard.press("Enter")
    await here.until(lambda: here.board.asked)

    async def named() -> bool:
        return "Serka Dedi" in [a.accepted_name for a in (await here.history.call(call)).attempts]

    await here.eventually(named)


async def test_hanging_up_wants_the_key_twice(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    await expect(page.locator('[data-said="hangup"]')).to_contain_text("Sekali lagi")
    assert here.board.asked == []
    control.holds(here, call)
    await expect(page.locator(".held")).to_be_visible()  # what is painted meanwhile takes the first one not back
    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    await here.until(lambda: here.board.asked == [HangUp(call, "101", "siti")])


async def test_a_refusal_stands_in_words_beside_the_button(here: House, arrive: Arrive) -> None:
    page, _ = await speaks(here, arrive)
    here.board.wrong = LineDown("There is no link to Asterisk. Nothing was sent; use the phone itself.")
    await page.locator("#a-damkar .call-agency").click()
    said = page.locator('[data-said="forward:damkar"]')
    await expect(said).to_have_text("Tidak ada sambungan ke Asterisk. Tidak ada yang terkirim; pakai telepon langsung.")


async def test_done_keeps_the_time_and_clears_the_sheet(here: House, arrive: Arrive) -> None:
    page, call = await speaks(here, arrive)
    await page.keyboard.type(NOTE)
    here.telephone.hangs_up(call)
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(page.locator("#nothing")).to_be_visible()
    ticket = await here.history.ticket_of(call)
    assert ticket.wrapped_up_at is not None
    assert (await here.history.ticket(ticket.number)).notes[0].text == NOTE
