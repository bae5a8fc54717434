"""Filters of the call log that somebody keeps: saved, shared, first, taken away.

In:  POST of a form, hostile. Out: the way back to the log.
Never: a filter kept that the log could not read.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from callcenter.web.forms import read_form, text_of
from callcenter.web.parts import parts
from callcenter.web.security import person, see_other
from callcenter.web.supervisor.filters import NAMES, read_filter

EVERYTHING = "/calls?all=1"
"""The log without the filter that a person sees first."""


def carried(query: Mapping[str, str]) -> str:
    """The filter as an address, without the place in the list."""
    return urlencode({name: query[name] for name in NAMES if query.get(name)})


async def first(request: web.Request) -> None:
    """Who opens the log without asking for anything sees her own first filter."""
    if request.query_string:
        return
    query = await parts(request).saved.first(person(request).person)
    if query:
        raise web.HTTPSeeOther(f"/calls?{query}")


async def save(request: web.Request) -> web.Response:
    """Keep the filter of this address under a name."""
    here, form = parts(request), await read_form(request)
    asked = dict(parse_qsl(text_of(form, "query", 2000)))
    read_filter(asked, here.settings, here.catalogue())
    await here.saved.save(person(request).person, text_of(form, "name", 60), carried(asked))
    return see_other(f"/calls?{carried(asked)}")


async def forget(request: web.Request) -> web.Response:
    """Take one of one's own away."""
    form = await read_form(request)
    await parts(request).saved.forget(person(request).person, text_of(form, "name", 60))
    return see_other(EVERYTHING)


async def share(request: web.Request) -> web.Response:
    """Show one of one's own to everybody who reads the log, or no more."""
    form = await read_form(request)
    name, on = text_of(form, "name", 60), form.get("on") == "1"
    await parts(request).saved.share(person(request).person, name, on=on)
    return see_other(EVERYTHING)


async def prefer(request: web.Request) -> web.Response:
    """See this one first, or everything again."""
    form = await read_form(request)
    owner, name = text_of(form, "owner", 64), text_of(form, "name", 60)
    await parts(request).saved.prefer(person(request).person, owner, name)
    return see_other("/calls" if owner else EVERYTHING)
