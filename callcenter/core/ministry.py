"""How the ten classes fall into the four rows of the ministry's report.

In:  nothing. Out: the usual table, and what a line of it may be; a city sets its own in the settings.
Never: a rule: which class means what is the city's and the ministry's to say.
"""

FOLDED = (
    "EMERGENCY=normal",
    "NON_EMERGENCY=normal",
    "FOLLOW_UP=normal",
    "OPEN_LINE=normal",
    "MISROUTED=normal",
    "INFO=informasi",
    "GHOST=ghost",
    "PRANK=prank",
    "FALSE_REPORT=prank",
    "MISDIAL=prank",
)
A_FOLD = (r"[A-Z_]{4,16}=(normal|ghost|prank|informasi)", 'such as "INFO=informasi" (or normal, ghost, prank)')
