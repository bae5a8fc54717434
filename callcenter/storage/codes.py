"""The authenticator's codes, and what keeps their secrets: RFC 6238, Fernet, HMAC.

In:  a key that lies beside the database and not in it, secrets, what a person typed. Out: codes' steps, texts to keep.
Never: a code compared letter by letter; a recovery code that the database alone can be asked for.
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from callcenter.core.errors import Refused
from callcenter.storage.passwords import invent

DIGITS, STEP_S = 6, 30
DRIFT = 1
"""Steps by which the phone's clock may be wrong, either way."""
RECOVERY_CODES = 10
OTHER_KEY = (
    "The authenticator of this account was set up with another secrets.json. An administrator can take it off: "
    "then set it up anew."
)


class Vault:
    """Enciphers and recognises, with a key made from the data folder's secret."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.new(secret.encode(), b"second-factor", hashlib.sha256).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(self._key))

    def close(self, secret: bytes) -> str:
        """The secret as the database keeps it."""
        return self._fernet.encrypt(secret).decode()

    def open(self, kept: str) -> bytes:
        """Refused: it was enciphered with another key."""
        try:
            return self._fernet.decrypt(kept.encode())
        except InvalidToken:
            raise Refused(OTHER_KEY) from None

    def digest(self, person: str, code: str) -> str:
        """What is kept of a recovery code: 40 bits could be guessed from a plain digest."""
        return hmac.new(self._key, f"recovery:{person}:{plain(code)}".encode(), hashlib.sha256).hexdigest()


def new_secret() -> bytes:
    """160 bits, as RFC 4226 asks."""
    return secrets.token_bytes(20)


def new_recovery_codes() -> list[str]:
    """Ten words for the day on which the phone is lost."""
    return [invent(2) for _ in range(RECOVERY_CODES)]


def plain(code: str) -> str:
    """What a person typed, without what people put between."""
    return re.sub(r"[\s-]", "", code).lower()[:64]


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Which step's code this is, of the steps that are allowed now; None: of none."""
    typed = plain(code)
    if not (typed.isascii() and typed.isdecimal() and len(typed) == DIGITS):
        return None
    current, maker = int(now.timestamp()) // STEP_S, TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - as phones do
    fits = [
        step
        for step in range(current - DRIFT, current + DRIFT + 1)
        if hmac.compare_digest(maker.generate(step * STEP_S).decode(), typed)
    ]
    return fits[-1] if fits else None


def code_at(secret: bytes, now: datetime) -> str:
    """What the phone shows at that moment."""
    return TOTP(secret, DIGITS, SHA1(), STEP_S).generate(int(now.timestamp())).decode()  # noqa: S303


def shown(secret: bytes) -> str:
    """The secret for typing it into a phone that has no camera: groups of four."""
    letters = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def address(secret: bytes, *, person: str, issuer: str) -> str:
    """The otpauth address that a QR code carries."""
    values = urlencode({"secret": base64.b32encode(secret).decode().rstrip("="), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(person)}?{values}"
