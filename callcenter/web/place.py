"""A place that came with the call, as numbers.

In:  what `asterisk/places.py` read, hostile: `shape="Circle",crs="2d",pos="-6.7320 108.5523",radius="50"`.
Out: a point and how far off it may be, or None.
Never: an exception, a point that is not on the earth, a guess.
"""

import math
import re
from dataclasses import dataclass

LONGEST = 2000
PAIR = re.compile(r'([A-Za-z]{1,40})="([^"]{0,400})"')
NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,20})?")
MOST_RADIUS = 1_000_000.0
RADIUS = {"Circle": "radius", "Ellipse": "semiMajorAxis", "Sphere": "radius", "Point": ""}
"""Which word of a shape tells how far off its middle may be. Other shapes have no middle that is worth a guess."""


@dataclass(frozen=True, slots=True)
class Place:
    """WGS 84. `radius` in metres; None: not said."""

    latitude: float
    longitude: float
    radius: float | None = None

    def fields(self) -> dict[str, str]:
        """As the fields of a ticket are typed."""
        return {
            "latitude": repr(self.latitude),
            "longitude": repr(self.longitude),
            "radius_m": "" if self.radius is None else repr(self.radius),
            "location_source": "SIP",
        }


def read_place(text: str) -> Place | None:
    """The point that this tells of. None: it cannot be read."""
    if len(text) > LONGEST:
        return None
    said = dict(PAIR.findall(text))
    shape = said.get("shape", "")
    numbers = [_number(word) for word in said.get("pos", "").split()]
    if shape not in RADIUS or len(numbers) not in (2, 3):
        return None
    latitude, longitude = numbers[:2]
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    if not RADIUS[shape]:
        return Place(latitude, longitude)
    radius = _number(said.get(RADIUS[shape], ""))
    return Place(latitude, longitude, radius) if radius is not None and 0 <= radius <= MOST_RADIUS else None


def _number(word: str) -> float | None:
    return float(word) if NUMBER.fullmatch(word) and math.isfinite(float(word)) else None
