"""Voices for the demonstration, and whether a recording carries them.

In:  what the two say; a recording (WAV, 16 bit, mono, 8 kHz).
Out: two WAV files that telephones play, in which the two speak one after the other; whether a recording has sound
     while the one speaks, and while the other does. Its length alone would prove nothing.
Never: needs a speech program. Without one the voices are beeps.
"""

from __future__ import annotations  # array[int] is for the type checker: 3.11 cannot subscript it

import math
import subprocess
import wave
from array import array
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

RATE = 8000  # what a telephone line carries
PAUSE_S = 0.4  # between the two, and after the last word
QUIET = 100.0  # of 32768: noise and rounding stay below it, a voice is at 2000
SPEECH = "espeak-ng"


def spoken(words: str, raw: Path) -> array[int]:
    """An Indonesian voice, brought down to 8 kHz. The program writes 22,050 samples a second."""
    subprocess.run(
        [SPEECH, "-v", "id", "-s", "150", "-w", str(raw), words], check=True, capture_output=True, timeout=20
    )
    with wave.open(str(raw)) as said:
        rate = said.getframerate()
        samples = array("h", said.readframes(said.getnframes()))
    raw.unlink()
    return slower(samples, rate)


def slower(samples: array[int], rate: int) -> array[int]:
    """Each new sample is the mean of those it stands for; good enough for a voice."""
    step = rate / RATE
    edges = [int(n * step) for n in range(int(len(samples) / step) + 1)]
    return array("h", (sum(samples[a:b]) // (b - a) for a, b in pairwise(edges)))


def beeps(hertz: int, rhythm: str) -> array[int]:
    """A "-" is long, a "." is short."""
    out = array("h")
    for sign in rhythm:
        length = {"-": 0.6, ".": 0.2}.get(sign, 0.2)
        height = 0 if sign == " " else 9000
        turn = 2 * math.pi * hertz / RATE
        out.extend(int(height * math.sin(turn * n)) for n in range(int(length * RATE)))
    return out


def silence(seconds: float) -> array[int]:
    return array("h", bytes(2 * int(seconds * RATE)))


def write(file: Path, samples: array[int]) -> Path:
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(samples.tobytes())
    return file


def read(file: Path) -> array[int]:
    """The samples, also of a file whose header is not finished yet."""
    raw = file.read_bytes()[44:]
    return array("h", raw[: len(raw) // 2 * 2])


def seconds(samples: array[int]) -> float:
    return len(samples) / RATE


def strength(samples: array[int]) -> float:
    """Root mean square, of 32768."""
    return math.sqrt(sum(one * one for one in samples) / len(samples)) if samples else 0.0


@dataclass(frozen=True)
class Scene:
    """Who speaks when: first she, then the caller, never both. Seconds."""

    hers: float
    his: float
    voices: bool = True  # False: beeps, for want of a speech program

    @property
    def total(self) -> float:
        return self.hers + self.his + 2 * PAUSE_S

    def heard(self, recording: array[int]) -> tuple[bool, bool]:
        """Is there sound while she speaks, and while he does? The scene ends where the recording ends."""
        end = seconds(recording)
        return (
            self._loud(recording, end - self.total, self.hers),
            self._loud(recording, end - self.total + self.hers + PAUSE_S, self.his),
        )

    def _loud(self, recording: array[int], begin: float, length: float) -> bool:
        """The middle half of it: a busy machine stretches a call by a little."""
        first, last = (int((begin + length * part) * RATE) for part in (0.25, 0.75))
        return first >= 0 and strength(recording[first:last]) > QUIET


def scene(folder: Path, she_says: str, he_says: str) -> Scene:
    """caller.wav and call-taker.wav: each is quiet while the other one speaks."""
    try:
        hers, his, voices = spoken(she_says, folder / "said"), spoken(he_says, folder / "said"), True
    except (OSError, subprocess.SubprocessError, wave.Error, EOFError):  # not installed, or it has no such voice
        hers, his, voices = beeps(880, ".. - .. -"), beeps(520, "- .. - ... - -"), False
    made = Scene(seconds(hers), seconds(his), voices)
    write(folder / "call-taker.wav", hers + silence(PAUSE_S + made.his + PAUSE_S))
    write(folder / "caller.wav", silence(made.hers + PAUSE_S) + his + silence(PAUSE_S))
    return made
