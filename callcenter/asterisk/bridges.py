"""Who is together in a bridge of Asterisk: how a caller without queue or `Dial` comes to speak with somebody.

In:  BridgeEnter, BridgeLeave, BridgeDestroy of a recording. Out: who was there when a leg came in.
Never: a place to wait in (holding bridges: parking, music), or one of Asterisk's own voices taken for somebody.
"""

from dataclasses import dataclass, field

from callcenter.asterisk.wire import Fields, text

HOLDING = "holding_bridge"
VOICES = ("Announcer/", "CBAnn/", "CBRec/", "Recorder/", "Message/")
"""Channels that are nobody's telephone."""


@dataclass
class Bridges:
    """The bridges so far."""

    _here: dict[str, list[str]] = field(default_factory=dict)

    def hear(self, f: Fields) -> tuple[str, ...]:
        """Whom this leg meets; nobody where it does not come in."""
        event, bridge, leg = text(f, "Event"), text(f, "BridgeUniqueid"), text(f, "Uniqueid")
        if event == "BridgeDestroy":
            self._here.pop(bridge, None)
        if event not in ("BridgeEnter", "BridgeLeave") or text(f, "BridgeTechnology") == HOLDING:
            return ()
        others = [each for each in self._here.get(bridge, ()) if each != leg]
        came = event == "BridgeEnter" and bool(leg) and not text(f, "Channel").startswith(VOICES)
        self._here[bridge] = [*others, leg] if came else others
        return tuple(others) if came else ()
