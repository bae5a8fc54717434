"""Codes of languages, as browsers and screen readers know them (BCP 47). Pure.

In:  `id`, `en`, `su`, `jv-x-cirebon` (Cirebonese has no code of its own: it is Javanese, with a name behind -x-).
Out: whether it is one; what to ask a library for that knows fewer.
Never: a code that could leave a folder, or end a line.
"""

import re

CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
MUST_BE = 'a language code such as "id", "en" or "jv-x-cirebon" (docs/languages.md)'
FIRST = "id"
"""What is said where a language has no words of its own."""
SPOKEN_HERE = ("id", "en")
"""Those that come with the program."""


def family(code: str) -> str:
    """The language without its variant: jv of jv-x-cirebon."""
    return code.split("-")[0]
