"""A link that opens one request without an account. Pure.

In:  the house's key, a seed made at random. Out: the token of the address, and what the database keeps of it.
Never: a token in the database, personal data in an address.

The token is made from key and seed, so that a message that waits, and a call taker who asks again, get the same link,
while who only reads the database can open nothing.
"""

import base64
import hashlib
import hmac

LETTERS = 32  # of 64: 192 bits


def token_of(key: bytes, seed: str) -> str:
    """The last part of the address."""
    made = hmac.new(key, b"link:" + seed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode("ascii")[:LETTERS]


def kept_of(token: str) -> str:
    """What the database has: it finds the link, and cannot be turned back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
