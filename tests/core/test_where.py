"""A place as people write it: what is a point, what is a name, what is refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.errors import BadInput
from callcenter.core.where import Point, metres, read

CIREBON = Point(-6.7320, 108.5523)


@pytest.mark.parametrize(
    "text",
    [
        "-6.73, 108.55",
        "-6.73,108.55",
        " (-6.73 108.55) ",
        "-6.73; 108.55",
        "-6,73 108,55",
        "-6,73; 108,55",
        "-6.73°, 108.55°",
        "6°43'48\"S 108°33'00\"E",
        "6° 43' 48\" LS, 108° 33' 0\" BT",
        "geo:-6.73,108.55;u=35",
        "geo:-6.73,108.55?z=17",
        "https://www.google.com/maps/@-6.73,108.55,17z",
        "https://www.google.com/maps/place/Kejaksan/@-6.7,108.5,17z/data=!3m1!4b1!4m5!3m4!8m2!3d-6.73!4d108.55",
        "https://maps.google.com/?q=-6.73,108.55",
        "https://maps.google.com/maps?q=loc:-6.73,108.55",
        "https://www.google.com/maps/search/?api=1&query=-6.73%2C108.55",
        "https://www.google.com/maps/search/-6.73,+108.55",
        "https://www.openstreetmap.org/?mlat=-6.73&mlon=108.55#map=17/-6.7/108.5",
        "https://www.openstreetmap.org/#map=17/-6.73/108.55",
        "https://maps.apple.com/?ll=-6.73,108.55",
        "https://www.bing.com/maps?cp=-6.73~108.55",
        "https://waze.com/ul?ll=-6.73,108.55&navigate=yes",
        "maps.google.com/?q=-6.73,108.55",
    ],
)
def test_a_point_is_understood_however_it_was_sent(text: str) -> None:
    point = read(text, CIREBON)
    assert point is not None
    assert (round(point.latitude, 5), round(point.longitude, 5)) == (-6.73, 108.55)


@pytest.mark.parametrize(
    "text",
    [
        "Jl. Siliwangi 6, 108",
        "Jl. Dr. Cipto No. 12, RT 03/04",
        "6 108",
        "Pasar Pagi",
        "0812-3456-7890",
        "RT 3, RW 4",
        "112",
        "",
        "km 6.5",
        "a+b",
        "Blok 45+2",
        "45+2",
        "Gang 4+22 dekat pasar",
    ],
)
def test_a_name_stays_a_name(text: str) -> None:
    assert read(text, CIREBON) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("https://maps.app.goo.gl/abc123", "short link"),
        ("https://goo.gl/maps/abc", "short link"),
        ("maps.app.goo.gl/abc123", "short link"),
        ("https://bit.ly/xyz", "short link"),
        ("https://www.google.com/maps/place/Alun-Alun+Kejaksan", "no coordinates"),
        ("https://[::1", "no coordinates"),
        ("geo:0,0?q=Pasar+Pagi", "no coordinates"),
        ("-96.73, 108.55", "no point on the earth"),
        ("-6.73, 208.55", "no point on the earth"),
        ("6P2G7H8+2Q", "Plus Code"),
        ("7H8V+2", "Plus Code"),
    ],
)
def test_what_is_meant_as_a_point_and_is_none_is_said_in_words(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read(text, CIREBON)


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [  # from the specification's own test data
        ("7FG49Q00+", 20.375, 2.775),
        ("7FG49QCJ+2V", 20.3700625, 2.7821875),
        ("7FG49QCJ+2VX", 20.3701125, 2.782234375),
        ("8FVC2222+22", 47.0000625, 8.0000625),
        ("4VCPPQGP+Q9", -41.2730625, 174.7859375),
        ("62G20000+", 0.5, -179.5),
        ("22220000+", -89.5, -179.5),
    ],
)
def test_plus_codes_are_read_as_the_specification_says(code: str, latitude: float, longitude: float) -> None:
    point = read(code, CIREBON)
    assert point is not None
    assert point.latitude == pytest.approx(latitude, abs=1e-6)
    assert point.longitude == pytest.approx(longitude, abs=1e-6)


def encoded(point: Point) -> str:
    """The ten digits of a point, by the specification, apart from our reading."""
    digits = "23456789CFGHJMPQRVWX"
    latitude, longitude, step, found = point.latitude + 90, point.longitude + 180, 20.0, ""
    for _ in range(5):
        row, column = min(19, int(latitude / step)), min(19, int(longitude / step))
        found += digits[row] + digits[column]
        latitude, longitude, step = latitude - row * step, longitude - column * step, step / 20
    return f"{found[:8]}+{found[8:]}"


@given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.sampled_from([0, 4]), st.booleans())
def test_a_short_code_is_the_one_nearest_to_the_city(up: float, right: float, cut: int, named: bool) -> None:
    wanted = Point(CIREBON.latitude + up, CIREBON.longitude + right)
    text = encoded(wanted)[cut:]
    point = read(f"{text} Cirebon, Jawa Barat" if named else text.lower(), CIREBON)
    assert point is not None and metres(point, wanted) < 15
    assert point.radius is not None and point.radius < 15


@given(st.text(max_size=80))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        point = read(text, CIREBON)
    except BadInput:
        return
    assert point is None or (abs(point.latitude) <= 90 and abs(point.longitude) <= 180)
