"""Her notes in a real browser: phrases by shortcut, what notes speak of, and how they came to be."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Arrive, sign_in, speaks
from tests.live.waiting import until
from tests.web.house import House

pytestmark = pytest.mark.browser

KEBAKARAN = "Kebakaran. Yang terbakar:"


async def test_a_shortcut_becomes_its_phrase_eats_nothing_and_is_undone_with_one_key(
    here: House, arrive: Arrive
) -> None:
    page, call = await speaks(here, arrive)
    note = page.locator("#note")
    await page.keyboard.type("Jl.kb 3.kb .kbx ..kb .KB ")
    await expect(note).to_have_value(f"Jl.kb 3.kb .kbx ..kb {KEBAKARAN} ")
    await page.keyboard.type("rumah")
    for _ in range(10):
        await page.keyboard.press("Control+z")
        if KEBAKARAN not in await note.input_value():
            break
    await expect(note).to_have_value("Jl.kb 3.kb .kbx ..kb .KB ")
    await page.keyboard.type("4 ")
    await expect(note).to_have_value("Jl.kb 3.kb .kbx ..kb .KB 4 ")
    await page.context.set_offline(True)
    await page.keyboard.type(".tj")
    await page.keyboard.press("Enter")
    await expect(note).to_have_value("Jl.kb 3.kb .kbx ..kb .KB 4 Pelapor dihubungi kembali, tidak dijawab.\n")
    await expect(page.locator("#saved")).to_contain_text("menunggu jaringan")
    await page.context.set_offline(False)
    await expect(page.locator("#saved")).to_have_text("disimpan")
    notes = (await here.history.ticket(here.board.tickets[call])).notes
    assert notes[0].text == await note.input_value()
    await page.context.clear_cookies()  # or an administrator ended her session
    await page.keyboard.type("Dua korban")
    await expect(page.locator("#saved")).to_contain_text("sampai Anda masuk lagi")
    await sign_in(page, here.url, "siti", "101")
    await expect(page.locator("#saved")).to_have_text("disimpan")
    assert (await note.input_value()).endswith("tidak dijawab.\nDua korban")


async def test_the_list_of_phrases_is_read_and_taken_without_a_mouse(here: House, arrive: Arrive) -> None:
    page, _ = await speaks(here, arrive)
    note, line = page.locator("#note"), page.locator("#phrase-list li")
    box = await note.bounding_box()
    await page.keyboard.type("Api ")
    await page.keyboard.press("Escape")
    await page.keyboard.press("]")
    await expect(line.first).to_contain_text(".kb")
    assert await line.count() > 20
    await page.keyboard.type("da")
    await expect(line).to_have_count(1)
    await expect(line).to_contain_text("Perdarahan hebat")
    assert await note.bounding_box() == box
    await page.keyboard.press("Escape")
    await expect(page.locator("#phrase-list")).to_be_hidden()
    await expect(page.locator("#armed")).to_be_hidden()
    await page.keyboard.press("Backspace")
    await expect(line).to_have_count(1)
    await page.keyboard.press("Enter")  # nothing is marked: a new line as ever
    await expect(note).to_have_value("Api .d\n")
    await page.keyboard.type(".sa")
    await expect(line).to_have_count(3)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(note).to_have_value("Api .d\nKorban sadar, bernapas normal, dapat diajak bicara. ")
    await expect(note).to_be_focused()


async def test_what_notes_speak_of_is_proposed_shown_and_opened(here: House, arrive: Arrive) -> None:
    before = here.telephone.dials("e112-1790000500.1", "+6285711112222")
    here.telephone.answers(before, "102")
    here.telephone.hangs_up(before)
    await here.until(lambda: before in here.board.tickets)
    page, call = await speaks(here, arrive)
    await here.until(lambda: call in here.board.tickets)
    await page.fill("#place", "dekat pasar")
    await page.focus("#note")
    await page.keyboard.type(f"Api di jl kartini, hub 0857-1111-2222, lihat {here.board.tickets[before]}")
    chips = page.locator(".mentions .chip")
    await expect(chips).to_have_count(3)
    await chips.filter(has_text="Kartini").click()
    await expect(page.locator("#place-list li")).to_contain_text("Kartini")
    await expect(page.locator("#place")).to_have_value("dekat pasar")
    await page.keyboard.press("Enter")
    await expect(page.locator("#place")).to_have_value("Jalan Kartini")
    await chips.filter(has_text="0857-1111-2222").click()
    number = page.locator("#number")
    await expect(number).to_contain_text(here.board.tickets[before])
    await page.keyboard.press("Escape")
    await expect(number).to_be_hidden()
    await chips.filter(has_text=here.board.tickets[before]).click()
    await expect(page.locator(f'.sheet[data-call="{before}"]')).to_be_visible()
    await expect(page.locator("#switch")).to_contain_text("Panggilan Anda masih berjalan")
    kept = "caches.keys().then((boxes) => boxes.sort().join(' '))"
    await until(lambda: page.evaluate(kept), "the browser keeps the page")
    page.on("dialog", lambda dialog: dialog.accept())
    here.telephone.hangs_up(call)
    await here.until(lambda: here.board.floor.at_position("101") is None)
    await page.click("#sign-out button")
    await page.click("[data-end]")
    await page.wait_for_url(lambda url: "sign-in" in url)

    async def forgotten() -> bool:
        return not await page.evaluate(kept)

    await until(forgotten, "nothing of her stays in this browser")
