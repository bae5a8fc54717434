"""How a figure is printed: what, ours, the reference, the ratio, the goal."""


def line(what: str, ours: str, reference: str, ratio: float | None, goal: str) -> None:
    """One row of the report, on standard output."""
    shown = "" if ratio is None else f"ratio {ratio:.2f}"
    print(f"\n{what}\n    ours {ours} | reference {reference} | {shown} | goal {goal}")
