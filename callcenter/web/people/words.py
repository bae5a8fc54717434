"""What a browser calls itself, in words that a person knows.

In:  a User-Agent, hostile. Out: "Firefox 130, Linux"; its beginning where it is none that we know.
Never: more than a line.
"""

import re

BROWSERS = (
    ("Edge", re.compile(r"Edg(?:A|iOS)?/(\d+)")),
    ("Opera", re.compile(r"OPR/(\d+)")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/(\d+)")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS|HeadlessChrome)/(\d+)")),
    ("Safari", re.compile(r"Version/(\d+)[.\d]* (?:Mobile/\S+ )?Safari")),
)
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")


def browser(agent: str) -> str:
    """Name, version, system."""
    named = next((f"{name} {found[1]}" for name, pattern in BROWSERS if (found := pattern.search(agent))), "")
    system = next((system for system in SYSTEMS if system in agent), "")
    return ", ".join(part for part in (named, system) if part) or agent[:40] or "–"
