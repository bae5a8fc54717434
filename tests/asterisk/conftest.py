"""A fake Asterisk, and a link to it that is up."""

from collections.abc import AsyncIterator

import pytest

from tests.asterisk.linked import Linked, linked
from tests.fakes import FakeAsterisk, fake_asterisk


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAsterisk]:
    async with fake_asterisk() as fake:
        yield fake


@pytest.fixture
async def line(asterisk: FakeAsterisk) -> AsyncIterator[Linked]:
    """A link that is up."""
    async with linked(asterisk) as it:
        await it.is_up()
        yield it
