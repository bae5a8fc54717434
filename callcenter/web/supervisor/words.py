"""Words of a supervisor at somebody else's call.

In:  a code of `core.listener`. Out: the English sentence that the catalogues translate. Never: a rule.
"""

from callcenter.core.listener import Mode
from callcenter.web.i18n import N_

EARS: dict[str, dict[str, str]] = {
    # on her own page
    "ear": {
        Mode.LISTEN: N_("you listen"),
        Mode.WHISPER: N_("you whisper: the call taker alone hears you"),
        Mode.JOIN: N_("you are in the conversation"),
    },
    # in the story of a call
    "ear_mode": {
        Mode.LISTEN: N_("listen"),
        Mode.WHISPER: N_("whisper to the call taker"),
        Mode.JOIN: N_("speak with all"),
        Mode.TAKE: N_("take the call over"),
    },
    # on the call taker's screen
    "ear_sign": {
        Mode.LISTEN: N_("listens to this call"),
        Mode.WHISPER: N_("whispers: only you hear it"),
        Mode.JOIN: N_("is in the conversation"),
        Mode.TAKE: N_("takes this call over"),
    },
}
