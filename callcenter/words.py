"""Counted things in the sentences of the command line.

In:  a number and a word. Out: "1 call", "2 calls". Never: a sentence of a page (those have their own, by language).
"""


def some(count: int, one: str, many: str = "") -> str:
    """`many`: where it is not `one` with an s."""
    return f"{count} {one if count == 1 else many or one + 's'}"
