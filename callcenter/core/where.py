"""A place as people write it: coordinates, a Plus Code, a pasted map link. Pure.

In:  hostile text, the city's own point (short Plus Codes are near it).
Out: a point on the earth, None where the text is a plain name, or BadInput in words where it is meant as a point and is
none: a short link that only the internet could open, a number beyond the poles.
Never: a request, a guess. "Jl. Siliwangi 6, 108" is a name; only two numbers alone are a point.

Plus Codes: the Open Location Code specification (digits 23456789CFGHJMPQRVWX, 10 digits are 14 x 14 m).
"""

import math
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from callcenter.core.errors import BadInput

LONGEST = 2000
SHORT_LINK = "A short link can only be opened on the internet. Ask for the long link, the coordinates or the Plus Code."
NO_POINT = "This link carries no coordinates. Ask for the coordinates, or type the place's name."
NOT_ON_EARTH = "{text} is no point on the earth: latitude -90 to 90, then longitude -180 to 180."
BAD_CODE = "{text} is no whole Plus Code. It looks like 6P2G7H8V+2Q, or 7H8V+2Q for one in this city."

SHORTENERS = frozenset(
    {"maps.app.goo.gl", "goo.gl", "g.co", "bit.ly", "tinyurl.com", "t.co", "s.id", "osm.org", "w3w.co"}
)
ALPHABET = "23456789CFGHJMPQRVWX"
CODE = re.compile(r"(?<![\w+])([2-9CFGHJMPQRVWX]{2,8}0{0,6}\+[2-9CFGHJMPQRVWX]{0,7})(?![\w+])", re.IGNORECASE)
IN_WORDS = re.compile(r"(?<![\w+])((?:[2-9CFGHJMPQRVWX]{2}){2,4}\+[2-9CFGHJMPQRVWX]{2,7})(?![\w+])", re.IGNORECASE)
"""A whole code, so that a name with a plus in it stays a name."""

DECIMAL = r"[+-]?\d{1,3}(?:[.,]\d{1,15})?"
PAIR = re.compile(rf"\(?\s*({DECIMAL})\s*°?\s*(?:[;/\s]|,\s)\s*({DECIMAL})\s*°?\s*\)?|({DECIMAL}),({DECIMAL})")
DEGREES = re.compile(
    r"(\d{1,3})\s*°\s*(?:(\d{1,2})\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|'')\s*)?"
    r"(LS|LU|BT|BB|[NSEWUT])\b",
    re.IGNORECASE,
)
SOUTH_WEST = frozenset({"S", "LS", "W", "BB"})
LATITUDES = frozenset({"N", "S", "LS", "LU", "U"})
AT = re.compile(r"@(-?\d{1,3}\.\d+),(-?\d{1,3}\.\d+)")
PIN = re.compile(r"!3d(-?\d{1,3}\.\d+)!4d(-?\d{1,3}\.\d+)")
HASH = re.compile(r"map=[\d.]+/(-?\d{1,3}\.\d+)/(-?\d{1,3}\.\d+)")
PARAMETERS = ("q", "query", "ll", "destination", "daddr", "center", "sll", "cp", "marker")
"""Where map links carry their point, the pin before the middle of the picture."""


@dataclass(frozen=True, slots=True)
class Point:
    """WGS 84 degrees. `radius`: how far off it may be by its own precision, metres; None: not said."""

    latitude: float
    longitude: float
    radius: float | None = None


def read(text: str, near: Point) -> Point | None:
    """The point that this text is; None: it is a name. BadInput: it is meant as a point, and cannot be one."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    if re.match(r"(https?://|geo:)", text, re.IGNORECASE) or re.match(r"(www\.)?[\w.-]+\.\w+/\S*$", text):
        return _link(text, near)
    return _pair(text) or _degrees(text) or _code(text, near)


def metres(one: Point, other: Point) -> float:
    """The distance on the ground (haversine)."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * 6_371_000 * math.asin(min(1.0, math.sqrt(h)))


def _on_earth(latitude: float, longitude: float, text: str, radius: float | None = None) -> Point:
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise BadInput(NOT_ON_EARTH, text=text[:60])
    return Point(latitude, longitude, radius)


def _pair(text: str) -> Point | None:
    found = PAIR.fullmatch(text)
    if found is None:
        return None
    one, other = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
    if not ({".", ","} & set(one) and {".", ","} & set(other)):
        return None  # "6 108": a house number and something else
    return _on_earth(_decimal(one), _decimal(other), text)


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))


def _degrees(text: str) -> Point | None:
    """6°43'55"S 108°33'08"E, also with LS and BT."""
    found = list(DEGREES.finditer(text))
    if len(found) != 2 or re.sub(r"[\s,;]", "", DEGREES.sub("", text)):
        return None
    values: dict[bool, float] = {}
    for part in found:
        side = part[4].upper()
        value = int(part[1]) + int(part[2] or 0) / 60 + _decimal(part[3] or "0") / 3600
        values[side in LATITUDES] = -value if side in SOUTH_WEST else value
    if len(values) != 2:
        return None
    return _on_earth(values[True], values[False], text)


def _code(text: str, near: Point) -> Point | None:
    alone = CODE.fullmatch(text)
    if alone is not None and len(text) > 5:  # "45+2" is somebody's house number
        return _decoded(alone[1].upper(), near)
    found = IN_WORDS.search(text)
    return _decoded(found[1].upper(), near) if found else None


def _decoded(code: str, near: Point) -> Point:
    """The middle of the code's field; a short one is completed to the field nearest to the city."""
    before, _, after = code.partition("+")
    if len(before) % 2 or len(after) == 1 or (len(before) < 8 and "0" in before):
        raise BadInput(BAD_CODE, text=code)
    if len(before) == 8:
        return _field(before.rstrip("0") + after)
    missing = 8 - len(before)
    step = 20.0 ** (2 - missing / 2)  # degrees that the given digits repeat after
    point = _field(_prefix(near, missing) + before + after)
    latitude = point.latitude + step * round((near.latitude - point.latitude) / step)
    longitude = point.longitude + step * round((near.longitude - point.longitude) / step)
    return _on_earth(latitude, longitude, code, point.radius)


def _prefix(near: Point, digits: int) -> str:
    """The first digits of the city's own code."""
    latitude, longitude, step, found = near.latitude + 90, near.longitude + 180, 20.0, ""
    for _ in range(digits // 2):
        found += ALPHABET[int(latitude // step)] + ALPHABET[int(longitude // step)]
        latitude, longitude, step = latitude % step, longitude % step, step / 20
    return found


def _field(digits: str) -> Point:
    latitude, longitude, high, wide = -90.0, -180.0, 400.0, 400.0
    for at in range(0, min(len(digits), 10), 2):
        high, wide = high / 20, wide / 20
        latitude += ALPHABET.index(digits[at]) * high
        longitude += ALPHABET.index(digits[at + 1]) * wide
    for digit in digits[10:]:
        high, wide = high / 5, wide / 4
        row, column = divmod(ALPHABET.index(digit), 4)
        latitude, longitude = latitude + row * high, longitude + column * wide
    middle = Point(latitude + high / 2, longitude + wide / 2)
    radius = metres(middle, Point(latitude, longitude))
    return _on_earth(middle.latitude, middle.longitude, digits, math.ceil(radius))


def _link(text: str, near: Point) -> Point:
    if text.lower().startswith("geo:"):
        found = _pair(text[4:].split(";")[0].split("?")[0])
        if found is None or (found.latitude, found.longitude) == (0, 0):
            raise BadInput(NO_POINT)
        return found
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
        asked = parse_qs(parts.query)
    except ValueError:
        raise BadInput(NO_POINT) from None
    if host in SHORTENERS and "map=" not in parts.fragment:
        raise BadInput(SHORT_LINK)
    plain = unquote(parts.path)
    if pin := PIN.search(plain):
        return _on_earth(float(pin[1]), float(pin[2]), text)
    if "mlat" in asked and "mlon" in asked:
        both = f"{asked['mlat'][0]}, {asked['mlon'][0]}"
        if point := _pair(both):
            return point
    for name in PARAMETERS:
        for value in asked.get(name, []):
            if point := _pair(value.removeprefix("loc:").replace("~", ", ")) or _code(value, near):
                return point
    for place in (AT.search(plain), HASH.search(parts.fragment)):
        if place:
            return _on_earth(float(place[1]), float(place[2]), text)
    for part in plain.split("/"):
        if point := _pair(part.replace("+", " ")) or _code(part.replace("+", " ", part.count("+") - 1), near):
            return point
    raise BadInput(NO_POINT)
