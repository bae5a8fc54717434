"""Numbers of figures as people read them, in their language.

In:  shares, spans, counts. Out: text: 90,3 %; 1.234; 0:05; n/a.
Never: a zero for what is not known.
"""

from babel.numbers import format_decimal

from callcenter.core.tally import Part
from callcenter.web.times import NOT_KNOWN, locale_of


def percent(part: Part, language: str) -> str:
    """90,3 % of what there was; rounded down, so that 89.96 % is not 90."""
    if not part.denominator:
        return NOT_KNOWN
    tenths = part.numerator * 1000 // part.denominator
    return f"{format_decimal(tenths / 10, '0.0', locale=locale_of(language))} %"


def whole(number: int, language: str) -> str:
    """1.234"""
    return str(format_decimal(number, "#,##0", locale=locale_of(language)))


def seconds(value: float | None, language: str) -> str:
    """4,2 dtk below a minute and a half, then 3:05, then 1:02:07."""
    if value is None:
        return NOT_KNOWN
    if value < 90:
        return f"{format_decimal(value, '0.0', locale=locale_of(language))} {'s' if language == 'en' else 'dtk'}"
    full = round(value)
    hours, minutes = full // 3600, full // 60 % 60
    return f"{hours}:{minutes:02d}:{full % 60:02d}" if hours else f"{minutes}:{full % 60:02d}"


def days(value: float | None, language: str) -> str:
    """2,5"""
    return NOT_KNOWN if value is None else str(format_decimal(value, "0.0", locale=locale_of(language)))
