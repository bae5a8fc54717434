"""What Asterisk does when nobody answers, and the call that it makes to itself: settings to text. Pure.

In:  the settings. Out: the overflow lines as variables of the dialplan, the queue that rings paused phones too, and the
endpoints and the queue of the self-test (waiting.conf and self-test.conf use them).
Never: anything that needs our service to be alive.
"""

from callcenter.asterisk.conf import dial_string, pairs, plain, section
from callcenter.asterisk.desks import members
from callcenter.settings import Settings

ALL = "-all"
"""The queue in which paused phones ring too is called like the other one, with this behind it."""

SELF_TEST = "self-test"
"""The endpoint, the trunk's name, the queue and the context of the call that Asterisk makes to itself."""

PRACTICE = "practice"
"""The context of a practice call's voice; its queue has - and the position behind it."""

PRACTICE_AGENCY = f"PJSIP/agency@{SELF_TEST}"
"""What a test call dials in an agency's place, whoever it is: no true one is rung."""


def overflow_globals(settings: Settings) -> str:
    """OVERFLOW_1 = dial string | number to show | seconds | press or lift | name."""
    lines = {
        f"OVERFLOW_{place}": "|".join(
            (dial_string(line), line.show, str(line.ring_s), "press" if line.press_1 else "lift", line.name)
        )
        for place, line in enumerate(settings.overflow, 1)
    }
    return pairs(OVERFLOW_AFTER=settings.overflow_after_s, **lines)


def queues(settings: Settings) -> str:
    """Who is in QUEUE-all has waited longer than anybody in QUEUE, or else nobody would hear him: it goes first."""
    everybody = members(settings)
    phone = f"PJSIP/{SELF_TEST}-phone"
    return (
        section(settings.queue, "ring-all", timeout=settings.ring_timeout_s)
        + everybody
        + section(settings.queue + ALL, "ring-all", timeout=settings.ring_timeout_s, weight=1)
        + everybody
        + section(SELF_TEST, "ring-all", timeout=10)
        + f"member => {phone},0,{SELF_TEST},{phone}\n"
        + "".join(_practice(settings, each) for each in settings.positions)
    )


def _practice(settings: Settings, position: str) -> str:
    return section(f"{PRACTICE}-{position}", "ring-all", timeout=30) + members(settings, position)


def self_test(settings: Settings) -> str:
    """Asterisk as its own neighbour: known by its own address and port, which no other phone can have."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.sip_host, settings.sip_host)  # noqa: S104 - only compared
    plain("sip_host", host)
    here = f"[{host}]:{settings.sip_port}" if ":" in host else f"{host}:{settings.sip_port}"
    phone = f"{SELF_TEST}-phone"
    return (
        section(SELF_TEST, "itself", aors=SELF_TEST)
        + section(SELF_TEST, type="aor")
        + f"contact = sip:{here}\n"
        + section(SELF_TEST, type="identify", endpoint=SELF_TEST)
        + f"match = {here}\n"
        + section(phone, "itself", aors=phone)
        + section(phone, type="aor")
        + f"contact = sip:answer@{here}\n"
    )
