"""Numbers of figures as people read them, in their language.

In:  shares, spans, counts. Out: text: 90,3 %; 1.234; 0:05; n/a.
Never: a zero for what is not known.
"""

from functools import cache

from babel.numbers import get_decimal_symbol, get_group_symbol

from callcenter.core.tally import Part
from callcenter.web.times import NOT_KNOWN, locale_of


def percent(part: Part, language: str) -> str:
    """90,3 % of what there was; rounded down, so that 89.96 % is not 90."""
    if not part.denominator:
        return NOT_KNOWN
    tenths = part.numerator * 1000 // part.denominator
    return f"{tenths // 10}{_signs(language)[0]}{tenths % 10} %"


def whole(number: int, language: str) -> str:
    """1.234"""
    return f"{number:,}".replace(",", _signs(language)[1])


def seconds(value: float | None, language: str) -> str:
    """4,2 dtk below a minute and a half, then 3:05, then 1:02:07."""
    if value is None:
        return NOT_KNOWN
    if value < 90:
        return f"{days(value, language)} {'s' if language == 'en' else 'dtk'}"
    full = round(value)
    hours, minutes = full // 3600, full // 60 % 60
    return f"{hours}:{minutes:02d}:{full % 60:02d}" if hours else f"{minutes}:{full % 60:02d}"


def days(value: float | None, language: str) -> str:
    """2,5"""
    return NOT_KNOWN if value is None else f"{value:.1f}".replace(".", _signs(language)[0])


@cache
def _signs(language: str) -> tuple[str, str]:
    """Before tenths, and between thousands. A page has thousands of numbers: a pattern is not read for each."""
    locale = locale_of(language)
    return get_decimal_symbol(locale), get_group_symbol(locale)
