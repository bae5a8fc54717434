"""A manager that lets anybody in and then plays a recorded stream as fast as it is taken.

In:  how often to repeat the recording. Out: its port on standard output, then bytes.
Never: measures anything.
"""

import gzip
import socket
import sys
import time
from pathlib import Path

STREAM = Path(__file__).parent / "stream.ami.gz"
ANSWERS = {
    b"Challenge": b"Challenge: 1\r\n",
    b"Login": b"Message: Authentication accepted\r\n",
    b"CoreStatus": b"CoreStartupDate: 2026-01-14\r\nCoreStartupTime: 08:00:00\r\n",
}


def stream() -> bytes:
    """The recorded events, without the banner and the answers of the login."""
    data = gzip.decompress(STREAM.read_bytes())
    return data[data.index(b"Event: ") :].rstrip(b"\r\n") + b"\r\n\r\n"


def answer(client: socket.socket, question: bytes) -> bool:
    """Answer one question; True when it was the last one before the stream."""
    fields = dict(line.split(b": ", 1) for line in question.split(b"\r\n") if b": " in line)
    action = next((value for name, value in fields.items() if name.lower() == b"action"), b"")
    own = next((value for name, value in fields.items() if name.lower() == b"actionid"), b"")
    said = ANSWERS.get(action, b"EventList: start\r\n")  # every list is empty
    client.sendall(b"Response: Success\r\nActionID: " + own + b"\r\n" + said + b"\r\n")
    if action not in ANSWERS:
        client.sendall(b"Event: ListComplete\r\nEventList: Complete\r\nActionID: " + own + b"\r\n\r\n")
    if action == b"Login":
        client.sendall(b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n")
    return action == b"Login"


def main(repeats: int) -> None:
    """Serve one client."""
    data = stream() * repeats
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        client, _ = server.accept()
        client.sendall(b"Asterisk Call Manager/11.0.0\r\n")
        buffer, until = b"", float("inf")
        while time.monotonic() < until:  # a link asks a little more after its login
            client.settimeout(0.3 if until < float("inf") else None)
            try:
                buffer += client.recv(65536)
            except TimeoutError:
                break
            *questions, buffer = buffer.split(b"\r\n\r\n")
            if any(answer(client, question) for question in questions):
                until = time.monotonic() + 1.0
        client.settimeout(None)
        client.sendall(data)
        while client.recv(65536):
            pass


if __name__ == "__main__":
    main(int(sys.argv[1]))
