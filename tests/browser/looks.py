"""What is wrong with a page, as a machine can see it: axe's rules, colours, widths, names, what cannot be reached.

In:  a page that is painted. Out: sentences, empty when all is well.
Never: a reload: one page is looked at in both colours and at every width.
"""

from importlib.resources import files
from typing import Any

from playwright.async_api import Page, ViewportSize

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
ASK = """async (how) => (await axe.run(document, { resultTypes: ['violations'], ...how }))
  .violations.map((found) => `${found.id}: ${found.nodes.map((n) => n.html.slice(0, 100)).slice(0, 3).join(' | ')}`)"""
WITHOUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}

DESK, ZOOMED, TELEPHONE = (1366, 768), (683, 384), (390, 844)
"""What she sits at; the same desk at 200 %; what a supervisor has in her hand. CSS pixels."""

STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll('body *')].filter((node) => {
    if (node.closest('.scroll, .banner, .skip, .sr, .choice input, dialog:not([open])')) return false;
    if (node.closest('details:not([open]) > :not(summary)')) return false;
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.right > wide + 1;
  }).map((node) => 'sticks out: ' + node.outerHTML.slice(0, 80));
  if (document.documentElement.scrollWidth > wide) out.push('the page scrolls sideways');
  return out;
}"""

TOO_FAINT = """() => {
  const paper = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (color) => {
    paper.clearRect(0, 0, 1, 1);
    paper.fillStyle = color;
    paper.fillRect(0, 0, 1, 1);
    return paper.getImageData(0, 0, 1, 1).data;
  };
  const part = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const behind = (node) => {
    for (let n = node; n; n = n.parentElement) {
      const c = rgb(getComputedStyle(n).backgroundColor);
      if (c[3] > 250) return c;
    }
    return rgb('#fff');
  };
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.nodeValue.trim());
    if (!own || !node.offsetParent || node.closest('[aria-hidden], :disabled, .skip, .sr, option')) continue;
    const a = light(rgb(getComputedStyle(node).color)), b = light(behind(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`too faint, ${ratio.toFixed(2)}: ${node.outerHTML.slice(0, 90)}`);
  }
  return found;
}"""

NAMELESS = """() => [...document.querySelectorAll('input:not([type=hidden]):not([hidden]), select, textarea, button')]
  .filter((n) => !(n.labels?.length || n.getAttribute('aria-label') || n.textContent.trim()))
  .map((n) => 'has no name: ' + n.outerHTML.slice(0, 100))"""

OUT_OF_REACH = """() => {
  const found = [], top = document.querySelector('dialog[open]') || document;
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  for (const control of top.querySelectorAll(all)) {
    if (control.closest('.sr, .skip, dialog:not([open])')) continue;
    if (!control.checkVisibility({ visibilityProperty: true })) continue;
    const node = control.closest('.choice') || control;
    node.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
    const box = node.getClientRects()[0];
    if (!box) continue;
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!hit || !node.contains(hit)) found.push(`cannot be reached: ${node.outerHTML.slice(0, 90)}`);
  }
  window.scrollTo(0, 0);
  return found;
}"""


async def faults(page: Page, *rules: str) -> Any:
    """What axe finds; only by these rules of its, or by all."""
    return await _axe(page, {"runOnly": list(rules)} if rules else {})


async def _axe(page: Page, how: dict[str, Any]) -> Any:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    return await page.evaluate(ASK, how)


async def looks_right(page: Page) -> None:
    """At this width, in these colours."""
    assert await page.evaluate(STICKS_OUT) == []
    assert await page.evaluate(TOO_FAINT) == []
    assert await page.evaluate(NAMELESS) == []  # a screen reader can name everything


async def wrong_with(page: Page, *, known: bool = False, again: bool = False) -> list[str]:
    """In both colours, at every width, for the eye, for the hand and for a screen reader. `known`: its colours were
    measured by axe in another language or with more on it: here only by ourselves, which is quick. `again`: the same
    page was looked at, with somebody else's bar above it: then in these colours and at this width."""
    found = [*await _axe(page, WITHOUT_COLOURS), *await page.evaluate(NAMELESS)]
    if again:
        return [*found, *await page.evaluate(TOO_FAINT)]
    for colours in ("dark", "light"):
        await page.emulate_media(color_scheme=colours)
        found += await page.evaluate(TOO_FAINT)
        found += [] if known else await faults(page, "color-contrast")
    for width, height in (ZOOMED, TELEPHONE, DESK):
        await page.set_viewport_size(ViewportSize(width=width, height=height))
        found += [
            f"{width} wide: {each}" for question in (STICKS_OUT, OUT_OF_REACH) for each in await page.evaluate(question)
        ]
    return found
