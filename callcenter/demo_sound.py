"""Voices for the demonstration, and whether a recording carries them.

In:  sentences, or a rhythm of beeps; a recording (WAV, 16 bit, mono, 8 kHz).
Out: a WAV file that a telephone plays; a likeness between 0 and 1: how well a voice's rise and fall is found again.
Never: needs a speech program. Without one the voices are beeps, each in a rhythm of its own.
"""

from __future__ import annotations  # array[int] is for the type checker: 3.11 cannot subscript it

import math
import shutil
import subprocess
import wave
from array import array
from itertools import accumulate, pairwise
from pathlib import Path

RATE = 8000  # what a telephone line carries
PIECE = 160  # samples in 20 ms: loudness is measured in such pieces
LIKE = 0.8  # measured: the same voice through two legs of G.711 0.97 and more, another one 0.5 at most
QUIET = 30.0  # of 32768: line noise and rounding stay below it
SPEECH = "espeak-ng"


def speech_program() -> bool:
    return shutil.which(SPEECH) is not None


def voice(file: Path, words: str, hertz: int, rhythm: str) -> Path:
    """`words` spoken where there is a speech program, else beeps: "- " is long, ". " short."""
    samples = spoken(words, file.with_suffix(".speech.wav")) if speech_program() else beeps(hertz, rhythm)
    return write(file, samples)


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


def loudness(samples: array[int]) -> list[float]:
    """Root mean square of every 20 ms."""
    pieces = (samples[at : at + PIECE] for at in range(0, len(samples) - PIECE + 1, PIECE))
    return [math.sqrt(sum(one * one for one in piece) / PIECE) for piece in pieces]


def likeness(recording: array[int], spoken_there: array[int]) -> float:
    """Where the voice fits best: the correlation of both loudnesses. 0 where nothing is to be heard."""
    all_of_it, wanted = loudness(recording), loudness(spoken_there)
    count = len(wanted)
    if count < 10 or len(all_of_it) < count:
        return 0.0
    mean = sum(wanted) / count
    wanted = [each - mean for each in wanted]
    energy = math.sqrt(sum(each * each for each in wanted))
    sums = [0.0, *accumulate(all_of_it)]
    squares = [0.0, *accumulate(each * each for each in all_of_it)]
    best = 0.0
    for at in range(len(all_of_it) - count + 1):
        middle = (sums[at + count] - sums[at]) / count
        spread = squares[at + count] - squares[at] - count * middle * middle
        if middle > QUIET and spread > 1 and energy > 1:
            dot = sum(a * b for a, b in zip(wanted, all_of_it[at : at + count], strict=True))
            best = max(best, dot / energy / math.sqrt(spread))
    return best


def carries(recording: array[int], spoken_there: array[int]) -> bool:
    return likeness(recording, spoken_there) >= LIKE
