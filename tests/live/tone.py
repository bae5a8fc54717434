"""Which tones are in a piece of sound.

In:  a WAV file (16 bit, mono), also one that is still being written. Out: the strength of given frequencies.
Never: trust in a growing file's header, which says nothing yet.
"""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

RATE = 8000
HEADER = 44


def write_tone(file: Path, hertz: int, seconds: int = 300, volume: float = 0.3, rate: int = RATE) -> Path:
    """As long as no call of a test lasts, on a slow machine too: a phone hangs up at the end of its tone. Whole Hertz:
    each second is like the first, and only that one is reckoned."""
    second = array("h", (int(32767 * volume * math.sin(2 * math.pi * hertz * n / rate)) for n in range(rate)))
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(second.tobytes() * seconds)
    return file


def samples_of(file: Path, last: float | None = None, rate: int = RATE) -> array[int]:
    """All samples, or those of the last seconds."""
    with file.open("rb") as sound:
        whole = max(sound.seek(0, 2) - HEADER, 0) // 2
        wanted = whole if last is None else min(whole, int(last * rate))
        sound.seek(HEADER + 2 * (whole - wanted))
        return array("h", sound.read(2 * wanted))


def spoken_last(file: Path) -> array[int]:
    """0.4 s of it, before the silence in which Asterisk ends the call."""
    samples = samples_of(file, 4.0)
    end = max(at for at, sample in enumerate(samples) if abs(sample) > 500)
    return samples[max(0, end - int(0.4 * RATE)) : end]


def strength(samples: array[int], hertz: int, rate: int = RATE) -> float:
    """Goertzel: the share of full scale that this frequency has, 0..1."""
    if not samples:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    return 2 * math.sqrt(max(power, 0.0)) / len(samples) / 32768


def heard(samples: array[int], hertz: int, rate: int = RATE) -> bool:
    return strength(samples, hertz, rate) > 0.02


def ever(samples: array[int], hertz: int, window: float = 0.1) -> bool:
    """That frequency was there for a tenth of a second, at any time."""
    step = int(window * RATE)
    return any(heard(samples[at : at + step], hertz) for at in range(0, max(len(samples) - step, 1), step))
