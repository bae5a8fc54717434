"""The spool: what `append` returned for is read again, whatever byte the crash came at."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callcenter.storage import entry
from callcenter.storage import spool as spool_module
from callcenter.storage.spool import Spool
from tests.storage.cast import NOON, a_call, arrival


def lines(first: int, count: int) -> list[bytes]:
    return [entry.to_line(arrival(a_call(f"call-{n}")), n, NOON) for n in range(first, first + count)]


def opened(folder: Path) -> Spool:
    spool = Spool(folder)
    spool.open(1)
    return spool


def all_of(spool: Spool) -> list[bytes]:
    found: list[bytes] = []
    while part := spool.read(7):
        spool.acknowledge(part, 10_000)
        found += part
    return found


@pytest.mark.parametrize("cut", [1, 20, 300])
def test_a_torn_last_line_is_cut_off_and_all_before_it_stays(tmp_path: Path, cut: int) -> None:
    spool, good = opened(tmp_path), lines(1, 3)
    spool.append(good, 1)
    spool.close()
    [path] = tmp_path.glob("*.spool")
    torn = lines(4, 1)[0]
    path.write_bytes(path.read_bytes() + torn[: min(cut, len(torn) - 1)])
    again = opened(tmp_path)
    assert (again.torn, again.lines) == (1, 3)
    assert all_of(again) == good
    assert again.lines == 0


class NoMoreFiles(Spool):
    """On a disk without inodes: what is there can be written, and nothing new can be made."""

    def _start(self, revision: int) -> None:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("before", [3, 0])
def test_on_a_disk_that_takes_no_more_files_it_goes_on_in_the_one_that_is_there(tmp_path: Path, before: int) -> None:
    spool, good = opened(tmp_path), lines(1, before)
    if good:
        spool.append(good, 1)
    spool.close()
    full = NoMoreFiles(tmp_path)
    first = full.open(1)
    more = lines(first + 1, 2)
    full.append(more, first + 1)
    assert all_of(full) == good + more
    full.close()
    again = Spool(tmp_path)
    assert again.open(1) > first + 2
    assert all_of(again) == good + more
    with pytest.raises(OSError, match="No space"):
        NoMoreFiles(tmp_path / "new").open(1)


def test_a_line_that_the_disk_changed_is_damaged_and_the_next_ones_are_not(tmp_path: Path) -> None:
    spool, good = opened(tmp_path), lines(1, 3)
    spool.append(good, 1)
    [path] = tmp_path.glob("*.spool")
    path.write_bytes(path.read_bytes().replace(b"call-2", b"call-X"))
    found = [entry.from_line(line) for line in spool.read(10)]
    assert [bool(heard.damage) for heard in found] == [False, True, False]


def test_segments_are_read_in_order_and_go_when_they_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "SEGMENT", 1000)
    monkeypatch.setattr(spool_module, "TIDY", 500)
    spool, written = opened(tmp_path), lines(1, 40)
    for n, line in enumerate(written, start=1):
        spool.append([line], n)
    assert len(list(tmp_path.glob("*.spool"))) > 5
    assert all_of(spool) == written
    assert [path.stat().st_size for path in tmp_path.glob("*.spool")] == [0]


def test_revisions_grow_over_a_restart_even_with_the_clock_set_back(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    assert first.open(5000) == 5000
    first.append(lines(5001, 3), 5001)
    first.close()
    second = Spool(tmp_path)
    assert second.open(7) == 5004
    second.close()
    assert Spool(tmp_path).open(7) > 5003


def test_a_full_disk_loses_nothing_and_what_was_refused_can_be_appended_again(tmp_path: Path) -> None:
    spool, good = opened(tmp_path), lines(1, 2)
    spool.append(good, 1)
    real = spool._file
    spool._file = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(OSError, match=r"No space|Invalid"):
        spool.append(lines(3, 1), 3)
    os.close(spool._file)
    spool._file = real
    more = lines(3, 2)
    spool.append(more, 3)
    assert all_of(spool) == good + more


@contextmanager
def full(bytes_: int) -> Iterator[None]:
    """No file grows beyond that: the kernel says so in the middle of a write."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_a_full_disk_refused_again_and_again_is_taken_once_when_there_is_room(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.open(1)
    spool.append([b"x 1 a\n", b"x 2 b\n"], 1)
    later = [b"x 3 " + b"c" * 5000 + b"\n"]
    with full(1000):
        for _ in range(4):  # the journal tries every half second
            with pytest.raises(OSError, match="too large"):
                spool.append(later, 3)
            assert spool.read(10) == [b"x 1 a\n", b"x 2 b\n"]
    spool.append(later, 3)
    first = spool.read(10)
    assert first == [b"x 1 a\n", b"x 2 b\n"]
    spool.acknowledge(first, 4)
    assert spool.read(10) == later and spool.lines == 1
    spool.acknowledge(later, 4)
    assert spool.read(10) == [] and spool.lines == 0
    spool.append([b"x 4 d\n"], 4)
    assert spool.read(10) == [b"x 4 d\n"], "it goes on"
    spool.close()
    again = Spool(tmp_path)
    again.open(5)
    assert b"x 4 d\n" in again.read(10) and again.torn == 0
    again.close()


def test_a_disk_that_was_full_while_the_spool_was_empty_leaves_it_whole(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.open(1)
    with full(3):
        for _ in range(3):
            with pytest.raises(OSError, match="too large"):
                spool.append([b"x 2 b\n"], 2)
            assert spool.read(10) == []
    spool.append([b"x 2 b\n"], 2)
    assert spool.read(10) == [b"x 2 b\n"]
    spool.acknowledge([b"x 2 b\n"], 3)
    spool.append([b"x 3 c\n"], 3)
    assert spool.read(10) == [b"x 3 c\n"]
    spool.close()
