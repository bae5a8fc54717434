"""Waiting for a state, with a deadline.

In:  a question. Out: its first true answer, or an AssertionError that says what was awaited.
Never: a fixed sleep in place of a question.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

PATIENT_S = 60.0
"""For what must come and whose moment is no claim: the machine may be ten times slower than today."""


@overload
async def until(
    question: Callable[[], Awaitable[T]], what: str, deadline: float = PATIENT_S, every: float = 0.02
) -> T: ...


@overload
async def until(question: Callable[[], T], what: str, deadline: float = PATIENT_S, every: float = 0.02) -> T: ...


async def until(question: Callable[[], Any], what: str, deadline: float = PATIENT_S, every: float = 0.02) -> Any:
    """Ask again and again, at once the first time."""
    end = asyncio.get_running_loop().time() + deadline
    while True:
        answer = question()
        value = await answer if inspect.isawaitable(answer) else answer
        if value:
            return value
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"waited {deadline} s for: {what}")
        await asyncio.sleep(every)
