"""Everything that can go wrong, as sentences.

In:  an English sentence with `{name}` places, and the values for them.
Out: exceptions whose text a person at the desk can act on, and which is true.
Never: a sentence that claims more than is known ("nothing happened" when an answer was lost).

    CallCenterError
    ├── Refused       the rules, or Asterisk, say no: nothing was changed
    ├── NotFound      there is no such call, ticket, agency, person
    ├── Conflict      somebody else was first; both texts are kept
    ├── BadInput      a form, a file or a setting cannot be read as it is
    ├── LineDown      no link to Asterisk: nothing was sent
    ├── Unconfirmed   sent, not confirmed in time: the outcome is unknown
    └── StoreDown     the database does not answer: what was typed is not yet safe
"""


class CallCenterError(Exception):
    """A failure that a person can read. `sentence` is the catalogue key, `values` fill its places."""

    def __init__(self, sentence: str, /, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(sentence.format(**values) if values else sentence)


class Refused(CallCenterError):
    """The rules say no: the call has ended, another position has it, the agency is already being called."""


class NotFound(CallCenterError):
    """There is no such call, ticket, agency or person."""


class Conflict(CallCenterError):
    """Somebody else was first. Nothing was overwritten."""


class BadInput(CallCenterError):
    """A value from outside cannot be used; the sentence says which, why, and what to do."""


class LineDown(CallCenterError):
    """No link to Asterisk. Nothing was sent; use the phone itself."""


class Unconfirmed(CallCenterError):
    """Sent, but not confirmed in time. Watch the screen: it shows what really happened."""


class StoreDown(CallCenterError):
    """The database does not answer. Calls go on; what was typed is not stored yet."""
