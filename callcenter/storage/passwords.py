"""Passwords and secrets: argon2id for what people choose, sha256 for what we make ourselves.

In:  a password. Out: its hash; whether it fits, after the same time for names that do not exist.
Never: the event loop blocked; more than two hashes at once (each takes 64 MB).
"""

import asyncio
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from callcenter.core.errors import BadInput

SHORTEST, LONGEST = 8, 200
SHORT = "A password needs at least {least} letters."
LONG = "A password has at most {most} letters."
GUESSED = "This password is guessed soon. Choose another one: not your name, not one that many people have."
COMMON = frozenset({
    "password", "passw0rd", "rahasia", "rahasiaku", "sandi", "katasandi", "indonesia", "bismillah", "sayangku",
    "qwerty", "qwertyuiop", "asdfghjk", "admin", "administrator", "letmein", "callcenter", "darurat", "siaga",
    "cirebon",
})  # fmt: skip
"""Beginnings that many people have, without the digits and signs at their ends."""
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are read wrong from paper


def guessed(password: str, name: str) -> bool:
    """Nobody needs many tries for it."""
    plain = password.lower()
    bare = plain.strip("0123456789!?.,-_ @#*")
    few = len(set(plain)) < 5 or plain in "01234567890123456789" or plain[::-1] in "01234567890123456789"
    hers = len(name) > 2 and plain.startswith(name.lower()) and len(plain) < len(name) + 5
    return few or not bare or bare in COMMON or hers


class Passwords:
    """One for the program: it bounds the work."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = asyncio.Semaphore(2)
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """The hash to keep. BadInput for a password that is too short or too long."""
        if len(password) < SHORTEST:
            raise BadInput(SHORT, least=SHORTEST)
        if len(password) > LONGEST:
            raise BadInput(LONG, most=LONGEST)
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, kept: str | None) -> bool:
        """Whether the password has that hash. Without a hash: no, after the same work."""
        async with self._places:
            if not self._nobody:
                self._nobody = await asyncio.to_thread(self._hasher.hash, secrets.token_hex())
            return await asyncio.to_thread(self._verify, kept or self._nobody, password[: LONGEST + 1]) and bool(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password.encode("utf-8", "replace"))
        except (VerificationError, InvalidHashError):
            return False


def invent(groups: int = 4) -> str:
    """A password to read aloud: about 79 bits in four groups of four."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))


def secret() -> str:
    """A secret for a cookie or a token: 256 bits."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """What is kept of a secret that we made: it cannot be guessed, so it need not be slow."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
