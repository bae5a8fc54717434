"""The command line: one word, one small function.

In:  the words after `callcenter`, and the environment.
Out: an exit code; 2 with one sentence when a setting or a word is wrong.
Never: does the work itself. Parts are imported when their word is said, so that `help` and `doctor` work when one
of them is broken.
"""

import argparse
import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from callcenter.cli_people import people
from callcenter.core.errors import CallCenterError, StoreDown
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings

Words = argparse.Namespace
Act = Callable[[], Coroutine[None, None, str]]
PR_SET_PDEATHSIG = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Say what went wrong in one sentence; a traceback is for bugs only."""
    words = _parser().parse_args(sys.argv[1:] if argv is None else argv)
    os.umask(0o077)  # recordings, numbers and secrets: nothing that we write is for others
    try:
        work: Callable[[Settings, Words], int] = words.work
        code = work(read_settings(os.environ), words)
        sys.stdout.flush()
        return code
    except CallCenterError as wrong:
        print(f"callcenter: {wrong}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `./run ... | head`: who reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as wrong:  # the machine's word, not a bug: a full disk, a file of somebody else's
        print(
            f"callcenter: {wrong.strerror or wrong}{f' ({wrong.filename})' if wrong.filename else ''}.", file=sys.stderr
        )
        return 2
    except KeyboardInterrupt:
        return 130


def say(lines: Iterable[str]) -> int:
    for line in lines:
        print(line)
    return 0


def told(code: int, lines: Iterable[str]) -> int:
    say(lines)
    return code


def run(settings: Settings, _: Words) -> int:
    from callcenter.supervise import run

    return run(settings)


def prepare(settings: Settings, words: Words) -> int:
    from callcenter.emptied import begin_anew
    from callcenter.setup import mark_started, prepare, prepare_asterisk

    if words.asterisk:
        prepare_asterisk(settings)
        mark_started(settings)
        return 0
    return say(asyncio.run(begin_anew(settings, clock) if words.anew else prepare(settings)))


def serve(settings: Settings, words: Words) -> int:
    from callcenter.alone import SERVICE, only_one
    from callcenter.app import main

    if words.under:  # the supervisor's death, however it dies, is ours
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != words.under:
            return 0
    if words.prepare:
        ready(settings)
    with only_one(settings, SERVICE):
        return main(settings)


def ready(settings: Settings) -> None:
    """Set up, but start without the database where it is away: what the telephone tells waits in the spool."""
    from callcenter.setup import prepare

    try:
        if asyncio.run(prepare(settings)):
            print(f"The first passwords are in {settings.first_run_file}", file=sys.stderr)
    except StoreDown as away:
        print(f"callcenter: {away}", file=sys.stderr)


def demo(settings: Settings, words: Words) -> int:
    from callcenter.demo import main

    return main(settings, words)


def doctor(settings: Settings, _: Words) -> int:
    from callcenter.doctor import main

    return main(settings)


def healthy(settings: Settings, _: Words) -> int:
    from callcenter.health import healthy

    return 0 if healthy(settings) else 1


def replay(settings: Settings, words: Words) -> int:
    from callcenter.asterisk.inbox import House
    from callcenter.replay import main

    house = House(words.queue or settings.queue, frozenset([*settings.aliases, *words.number]))
    how = {"any_queue": not words.queue, "numbers": words.number}
    return main(words.file, house, as_json=words.json, region=settings.region, zone=settings.zone, **how)


def user(settings: Settings, words: Words) -> int:
    from callcenter.storage import commands

    url = settings.database_url
    role = words.act == "add" and (words.role or ("agency" if words.agency else "call_taker"))
    acts: dict[str, Act] = {
        "add": lambda: commands.user_add(
            url, words.name, display=words.display, role=role, agency=words.agency, once=words.once, clock=clock
        ),
        "list": lambda: commands.user_list(url, clock=clock),
        "password": lambda: commands.user_password(url, words.name, clock=clock),
        "disable": lambda: commands.user_disable(url, words.name, clock=clock),
        "enable": lambda: commands.user_enable(url, words.name, clock=clock),
        "unlock": lambda: commands.user_unlock(url, words.name, clock=clock),
        "phone-lost": lambda: commands.user_second_off(url, words.name, clock=clock),
    }
    print(asyncio.run(acts[words.act]()))
    return 0


def token(settings: Settings, words: Words) -> int:
    from callcenter.storage import commands

    url = settings.database_url
    acts: dict[str, Act] = {
        "create": lambda: commands.token_create(url, words.name, role=words.role, clock=clock),
        "list": lambda: commands.token_list(url, clock=clock),
        "revoke": lambda: commands.token_revoke(url, words.name, clock=clock),
    }
    print(asyncio.run(acts[words.act]()))
    return 0


def clock() -> datetime:
    return datetime.now(UTC)


def backup(settings: Settings, words: Words) -> int:
    from callcenter.backup import backup

    return say(asyncio.run(backup(settings, words.file, recordings=words.recordings, keep=words.keep)))


def restore(settings: Settings, words: Words) -> int:
    from callcenter.restore import restore

    return say(asyncio.run(restore(settings, words.file, os.environ)))


def account(settings: Settings, words: Words) -> int:
    from callcenter.account import one_day

    return told(*asyncio.run(one_day(settings, words.day, clock)))


def agencies(settings: Settings, words: Words) -> int:
    from callcenter.agencies import export, take_in

    act = export if words.act == "export" else take_in
    return told(*asyncio.run(act(settings, words.file, categories=words.categories, clock=clock)))


def audit(settings: Settings, words: Words) -> int:
    from callcenter.audit import seal, verify

    return told(*asyncio.run(seal(settings) if words.act == "seal" else verify(settings, clock, words.against)))


def recordings(settings: Settings, _: Words) -> int:
    from callcenter.recordings import verify

    return told(*asyncio.run(verify(settings, clock)))


def records(settings: Settings, words: Words) -> int:
    from callcenter.old_records import copy

    return say(copy(settings, words.folder))


def quiet_restart(settings: Settings, words: Words) -> int:
    from callcenter.quiet import quiet_restart

    return say(quiet_restart(settings, minutes=words.minutes, if_due=words.if_due))


def install(settings: Settings, words: Words) -> int:
    from callcenter.install import Wanted, install

    return say(install(settings, Wanted(words.user, words.prefix, words.backups, words.root), os.environ))


def bundle(settings: Settings, words: Words) -> int:
    from callcenter.bundle import bundle

    return say(bundle(settings, words.file))


def lan(settings: Settings, words: Words) -> int:
    from callcenter.lan import main

    return main(settings, words.address)


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="callcenter", description="A 112 call server. Without a word: run.")
    top.set_defaults(work=run)
    words = top.add_subparsers(metavar="WORD")

    def word(name: str, work: Callable[[Settings, Words], int], about: str) -> argparse.ArgumentParser:
        one = words.add_parser(name, help=about, description=about)
        one.set_defaults(work=work)
        return one

    word("run", run, "set up, start Asterisk and the screens, keep both alive")
    only = word("setup", prepare, "only set up the data folder and the database")
    only.add_argument("--asterisk", action="store_true", help="only what Asterisk needs, right before it starts")
    only.add_argument("--anew", action="store_true", help="only confirm that an emptied database is meant")
    served = word("serve", serve, "only the screens, beside an Asterisk that runs already")
    served.add_argument("--under", type=int, default=0, metavar="PID", help="end when this parent process ends")
    served.add_argument("--prepare", action="store_true", help="set up first, also while the database is away")
    word("demo", demo, "a caller with a voice dials 112 on the running server")
    word("doctor", doctor, "look at everything and say in words what to do")
    word("healthy", healthy, "exit code 0 when the service answers (for watchdogs and containers)")
    play = word("replay", replay, "play a recording of Asterisk's events through the core, print what happened")
    play.add_argument("file", type=Path)
    play.add_argument("--json", action="store_true", help="for machines")
    play.add_argument(
        "--queue", default="", help='the queue of 112 calls in that recording; "*" is any, as where ours is not in it'
    )
    play.add_argument("--number", action="append", default=[], help="one more number that is 112 there")
    lan_word = word("lan", lan, "open the server to the room's network, with a certificate")
    lan_word.add_argument("address", nargs="?", default="", help="this machine's address in that network")
    people(word, user, agencies, token)
    _safety(word)
    return top


def _safety(word: Callable[[str, Callable[[Settings, Words], int], str], argparse.ArgumentParser]) -> None:
    save = word("backup", backup, "one file from which all comes back, made while calls run")
    save.add_argument("file", type=Path, help="a new file, or a folder: the name is then made from the moment")
    save.add_argument("--recordings", action="store_true", help="with the recordings; else they are only listed")
    save.add_argument("--keep", type=int, default=0, metavar="N", help="in a folder: remove all but the N newest")
    books = word("account", account, "is every call that Asterisk wrote down a call and a ticket here?")
    books.add_argument("day", nargs="?", default="", help="like 2026-01-14; without it: today")
    trail = word("audit", audit, "the trail of who looked at and changed what").add_subparsers(
        required=True, metavar="ACT", dest="act"
    )
    whole = trail.add_parser("verify", help="is every row as it was written, and none missing?")
    whole.add_argument("--against", action="append", default=[], metavar="SEAL", help="one that was kept elsewhere")
    trail.add_parser("seal", help="the newest row's seal on one line: keep it on paper or on another machine")
    sounds = word("recordings", recordings, "what was recorded").add_subparsers(required=True, metavar="ACT")
    sounds.add_parser("verify", help="is every recording as it was written, and is it there?")
    quiet = word("quiet-restart", quiet_restart, "start Asterisk again in a minute without a call")
    quiet.add_argument("--minutes", type=float, default=60.0, help="wait so long for it (60)")
    quiet.add_argument("--if-due", action="store_true", help="only when new settings or old records wait for it")
    copied = word("records", records, "on Asterisk's machine: copies of its own records, for a service elsewhere")
    copied.add_argument("folder", type=Path, help="the other machine reads it as its records_folder")
    word("restore", restore, "the room as a backup has it; what is here is put aside").add_argument("file", type=Path)
    boot = word("install", install, "write systemd units: the room starts with the machine")
    boot.add_argument("--user", default="callcenter", metavar="NAME", help="who runs it (callcenter)")
    boot.add_argument("--prefix", type=Path, metavar="DIR", help="copy the program there, for example /opt/callcenter")
    boot.add_argument("--backups", type=Path, default=Path("/var/backups/callcenter"), metavar="DIR")
    boot.add_argument("--root", type=Path, metavar="DIR", help="write below this folder, to look at it first")
    taken = word("bundle", bundle, "one archive for a machine without internet")
    taken.add_argument("file", type=Path)
