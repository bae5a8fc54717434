// Makes the old markup look like the new one with as few touches as possible: what has the focus keeps it, open
// details stay open, running clocks run on. Children are matched by id, then by place.
const KEPT = new Set(["open"]);

export function paint(root, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  children(root, fresh.content);
}

function children(old, fresh) {
  const byId = new Map();
  for (const child of old.children) if (child.id) byId.set(child.id, child);
  let place = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    let match = next.id ? byId.get(next.id) : place;
    if (match && !alike(match, next)) match = null;
    if (!match) {
      old.insertBefore(next, place);
      continue;
    }
    if (match === place) place = place.nextSibling;
    else old.insertBefore(match, place);
    touch(match, next);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

function alike(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");
}

function touch(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-said") && old.dataset.said === fresh.dataset.said) return; // the script's own words
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
  if (old.hasAttribute("data-since") || old.hasAttribute("data-until")) return; // a running clock writes its own text
  children(old, fresh);
}
