"""How a session begins: prove who we are, and learn which life of Asterisk this is.

In:  a fresh connection, the account.
Out: nothing, or the name of this life of Asterisk; Lost or AccountRefused with a sentence for a person.
Never: sends the secret itself, or takes "Asterisk is shutting down" for a wrong secret.
"""

import asyncio
import hashlib

from callcenter.asterisk import link_state as say
from callcenter.asterisk.link_state import AccountRefused, Limits, Lost
from callcenter.asterisk.protocol import Wire
from callcenter.asterisk.questions import Questions, is_good
from callcenter.asterisk.wire import Heard, text
from callcenter.core.errors import LineDown, Unconfirmed


async def sign_in(questions: Questions, wire: Wire, user: str, secret: str, limits: Limits) -> None:
    """MD5 challenge and login, within `limits.login`."""
    try:
        async with asyncio.timeout(limits.login):
            challenge = (await questions.put(wire, "Challenge", {"AuthType": "MD5"}, limits.login))[0]
            digest = (text(challenge.fields, "Challenge") + secret).encode()
            key = hashlib.md5(digest, usedforsecurity=False).hexdigest()  # what AMI has; the link stays on loopback
            proof = {"AuthType": "MD5", "Username": user, "Key": key, "Events": "on"}
            reply = (await questions.put(wire, "Login", proof, limits.login))[0]
    except (Unconfirmed, LineDown, TimeoutError):
        raise why_no_answer(wire) from None
    if not is_good(reply):
        raise _why_refused(text(reply.fields, "Message"), user, limits)


def _why_refused(words: str, user: str, limits: Limits) -> Lost | AccountRefused:
    """Asterisk has one and the same sentence for unknown name, wrong secret and forbidden address."""
    seconds = f"{limits.retry_refused:g}"
    if "authentication failed" in words.lower():
        return AccountRefused(say.REFUSED, user=user, seconds=seconds)
    if "in use" in words.lower():
        return AccountRefused(say.IN_USE, user=user, seconds=seconds)
    if "shutting down" in words.lower():
        return Lost(say.STOPPING)
    return Lost(say.NO_LOGIN, words=words.rstrip("."))


async def boot_of(questions: Questions, wire: Wire, limits: Limits) -> str:
    """When this Asterisk started, to the second: the name of its life. Channel names are valid only within it."""
    try:
        status: Heard = (await questions.put(wire, "CoreStatus", {}, limits.login))[0]
    except (Unconfirmed, LineDown):
        raise why_no_answer(wire) from None
    if not is_good(status):
        raise Lost(say.NO_RIGHTS, words=text(status.fields, "Message").rstrip("."))
    return f"{text(status.fields, 'CoreStartupDate')} {text(status.fields, 'CoreStartupTime')}"


def why_no_answer(wire: Wire) -> Lost:
    if wire.is_stranger:
        return Lost(say.NOT_ASTERISK)
    return wire.lost.result() if wire.lost.done() else Lost(say.MUTE)
