"""The command line's words about people, agencies and programs.

In:  how a word is added, and what is done for each. Out: the words with their arguments.
Never: does the work itself.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from callcenter.core.errors import BadInput
from callcenter.settings import Settings

Work = Callable[[Settings, argparse.Namespace], int]
Word = Callable[[str, Work, str], argparse.ArgumentParser]


NO_ROOM = "There is no room in {home} yet: start ./run once, or set CALLCENTER_HOME to the folder of the one you mean."


def in_a_room(work: Work) -> Work:
    """A folder's name misspelt must not make a second, empty room with somebody in it."""

    def only_there(settings: Settings, words: argparse.Namespace) -> int:
        if not settings.secrets_file.exists():
            raise BadInput(NO_ROOM, home=settings.home)
        return work(settings, words)

    return only_there


def people(word: Word, user: Work, agencies: Work, token: Work) -> None:
    """Adds the words; each is done by the function given for it."""
    user, agencies, token = in_a_room(user), in_a_room(agencies), in_a_room(token)
    roles = ("call_taker", "dispatcher", "supervisor", "agency", "admin", "auditor", "viewer")
    users = word("user", user, "who may sign in").add_subparsers(dest="act", required=True, metavar="ACT")
    add = users.add_parser("add", help="a new person; the password is shown once")
    add.add_argument("name")
    add.add_argument("--role", choices=roles, help="by itself call_taker, or agency where one is given")
    add.add_argument("--agency", default="", metavar="CODE", help="whose person this is, for the role agency: damkar")
    add.add_argument("--display", default="", help="the name that others see")
    add.add_argument(
        "--once", action="store_true", help="the password is good for one sign-in, then she chooses her own"
    )
    users.add_parser("list", help="all people")
    users.add_parser("password", help="a one-time password, shown once; also ends a lock").add_argument("name")
    users.add_parser("disable", help="may no longer sign in").add_argument("name")
    users.add_parser("enable", help="may sign in again, with a new password, shown once").add_argument("name")
    users.add_parser("unlock", help="may try again at once after wrong passwords").add_argument("name")
    lost = users.add_parser("phone-lost", help="takes the authenticator off: the password alone is asked for")
    lost.add_argument("name")
    book = word("agencies", agencies, "agencies and their lines as CSV, or categories")
    book.add_argument("act", choices=("export", "import"))
    book.add_argument("file", type=Path)
    book.add_argument("--categories", action="store_true", help="the categories instead")
    tokens = word("token", token, "keys for programs").add_subparsers(dest="act", required=True, metavar="ACT")
    create = tokens.add_parser("create", help="a new token, shown once")
    create.add_argument("name")
    create.add_argument("--role", choices=roles, default="auditor")
    tokens.add_parser("list", help="all tokens")
    tokens.add_parser("revoke", help="end a token").add_argument("name")
