"""The life of a call as a picture, printed from the table that the code runs on.

In:  `call.NEXT`. Out: Markdown lines for ARCHITECTURE.md.
Never: a move that the table does not have.
"""

from collections.abc import Iterator

from callcenter.core.call import NEXT, Stage


def lines() -> Iterator[str]:
    """One row for each stage that something leads out of."""
    yield "| From | What happens | To |"
    yield "|---|---|---|"
    for stage in Stage:
        for (start, what), end in NEXT.items():
            if start is stage:
                yield f"| {start} | {what} | {end} |"


if __name__ == "__main__":
    print("\n".join(lines()))  # noqa: T201
