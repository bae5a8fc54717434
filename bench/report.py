"""How a figure is printed: what, ours, the reference, the ratio, the goal."""

import os


def line(what: str, ours: str, reference: str, ratio: float | None, goal: str) -> None:
    """One row of the report, on standard output."""
    shown = "" if ratio is None else f"ratio {ratio:.2f}"
    print(f"\n{what}\n    ours {ours} | reference {reference} | {shown} | goal {goal}")


def load() -> str:
    """How busy the machine is: what else runs makes every time longer."""
    return f" (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"
