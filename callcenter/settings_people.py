"""The knobs of who gets in and who reads what; part of `Settings`.

In:  nothing. Out: fields with their sentences.
Never: a rule.
"""

from dataclasses import dataclass

from callcenter.checks import each, matches, one_of
from callcenter.city import knob
from callcenter.home import Folders

ROLES = ("call_taker", "dispatcher", "supervisor", "agency", "admin", "auditor", "viewer")


@dataclass(frozen=True)
class Guarded(Folders):
    two_factor_roles: tuple[str, ...] = knob(
        (),
        "Roles that get in only with an authenticator (TOTP) beside the password; supervisors, administrators and "
        'auditors may set one up in any case. For example ["supervisor", "admin"].',
        each(one_of(*ROLES)),
    )
    whole_number_roles: tuple[str, ...] = knob(
        ("call_taker", "dispatcher", "supervisor", "agency", "auditor"),
        "Roles that see callers' numbers whole; others see them masked, on pages, in exports and in the API.",
        each(one_of(*ROLES)),
    )
    restricted_roles: tuple[str, ...] = knob(
        ("supervisor", "auditor"),
        "Roles that read every restricted ticket; others read those that they worked on, or give a reason.",
        each(one_of("call_taker", "dispatcher", "supervisor", "auditor")),
    )
    restricted_categories: tuple[str, ...] = knob(
        ("DV",),
        "Categories that only those concerned read; an agency's page shows what is needed to come: no names, no notes.",
        each(matches(r"[A-Z][A-Z0-9_]{1,30}", "capitals, digits and _")),
    )
