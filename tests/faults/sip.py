"""SIP as text: as much of it as a caller's and a desk's telephone need here.

In:  values. Out: messages as bytes, and their parts.
Never: a socket, a clock, sound (a line that nobody speaks on is a line).
"""

import hashlib
import re
import secrets

QUOTED = re.compile(r'(\w+)="([^"]*)"')
BRANCH = "z9hG4bK"


def sdp(port: int) -> str:
    """G.711, at a port where nobody listens."""
    lines = ("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0")
    return "\r\n".join([*lines, f"m=audio {port} RTP/AVP 8", "a=rtpmap:8 PCMA/8000", ""])


def message(first: str, headers: list[str], body: str = "") -> bytes:
    """One message; `body` is SDP."""
    kind = ["Content-Type: application/sdp"] if body else []
    return "\r\n".join([first, *headers, *kind, f"Content-Length: {len(body)}", "", body]).encode()


def header(text: str, name: str) -> str:
    """The first header of that name; empty where there is none."""
    start = name.lower() + ":"
    return next((line.split(":", 1)[1].strip() for line in text.split("\r\n") if line.lower().startswith(start)), "")


def reply(request: str, status: str, tag: str, contact: str = "", body: str = "") -> bytes:
    """The answer to a request."""
    copied = [line for line in request.split("\r\n") if line.lower().startswith(("via:", "from:", "call-id:", "cseq:"))]
    to = header(request, "To")
    copied.append(f"To: {to if 'tag=' in to else f'{to};tag={tag}'}")
    return message(f"SIP/2.0 {status}", [*copied, *([f"Contact: <{contact}>"] if contact else [])], body)


def new_branch() -> str:
    return BRANCH + secrets.token_hex(6)


def number_in(address: str) -> str:
    """The user part of `"Name" <sip:user@host>;tag=x`."""
    found = re.search(r"sip:([^@;>]+)@", address)
    return found[1] if found else ""


def proof(challenge: str, name: str, password: str, uri: str) -> str:
    """The Authorization header for a REGISTER. Digest, MD5, qop=auth."""
    asked = dict(QUOTED.findall(challenge))
    once = secrets.token_hex(8)
    first, second = _md5(f"{name}:{asked['realm']}:{password}"), _md5(f"REGISTER:{uri}")
    response = _md5(f"{first}:{asked['nonce']}:00000001:{once}:auth:{second}")
    return (
        f'Authorization: Digest username="{name}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
        f'response="{response}", cnonce="{once}", nc=00000001, qop=auth, opaque="{asked.get("opaque", "")}", '
        "algorithm=MD5"
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
