"""Waiting for a state, with a deadline.

In:  a question. Out: its first true answer, or an AssertionError that says what was awaited.
Never: a fixed sleep in place of a question.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(question: Callable[[], T | Awaitable[T]], what: str, deadline: float = 8.0, every: float = 0.02) -> T:
    end = asyncio.get_running_loop().time() + deadline
    while True:
        answer = question()
        value = await answer if inspect.isawaitable(answer) else answer
        if value:
            return value
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"waited {deadline} s for: {what}")
        await asyncio.sleep(every)
