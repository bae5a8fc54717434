"""What each kind of fact is called in the story of a call, and what is said of its recordings.

In:  the name of a fact's class, a code of a recording. Out: the English sentence that the catalogues translate.
Never: a rule; a fact without a line here is shown by its name.
"""

from callcenter.core.coverage import Verdict
from callcenter.core.recorded import Part
from callcenter.web.i18n import N_

FACT: dict[str, str] = {
    "LegStarted": N_("A phone came in"),
    "CallArrived": N_("The call came in"),
    "CallDescribed": N_("The caller's data were read"),
    "CallQueued": N_("Into the queue"),
    "CallLeftQueue": N_("Out of the queue"),
    "CallAbandoned": N_("The caller hung up while waiting"),
    "CallOverflowed": N_("An overflow line took the caller"),
    "OverflowTried": N_("An overflow line is dialled"),
    "OverflowFailed": N_("The overflow line did not take the caller"),
    "CallBlocked": N_("Blocked by a supervisor"),
    "CallCut": N_("Asterisk was stopped under the call"),
    "PhoneCalled": N_("Phone rings at"),
    "PhoneUnanswered": N_("Nobody picked up at"),
    "CallAnswered": N_("Answered at position"),
    "LegRinging": N_("The far phone rings"),
    "LegAnswered": N_("The far phone was picked up"),
    "LegHeld": N_("Hold changed"),
    "LegEnded": N_("A phone hung up"),
    "RoomJoined": N_("Joined the conversation"),
    "RoomLeft": N_("Left the conversation"),
    "ForwardAsked": N_("Forward begun:"),
    "ForwardStopped": N_("Forward ended:"),
    "ForwardTaken": N_("The agency said that it comes:"),
    "AttemptQueued": N_("Agency asked for:"),
    "AttemptDialled": N_("Agency dialled:"),
    "AttemptAccepted": N_("The agency accepted"),
    "AttemptRefused": N_("The line could not be dialled"),
    "CallTransferred": N_("Transferred with the phone"),
    "RecordingStarted": N_("Recording started"),
    "CallHeld": N_("The caller was put on hold"),
    "ColleagueAsked": N_("Colleague asked for:"),
    "HelpAsked": N_("Help was called for"),
    "HelpStopped": N_("Calling for help was stopped"),
    "DeskPhoneCalled": N_("Phone rung by order:"),
    "LegRefused": N_("The phone could not be rung"),
    "DeskCallMade": N_("Call made from position"),
    "CalleeDialled": N_("The other side was dialled"),
    "KeyPressed": N_("Key pressed:"),
    "PhoneDialled": N_("Dialled with the phone:"),
    "ListenerAsked": N_("A supervisor asked for:"),
    "ListenerCalled": N_("The supervisor's phone is rung"),
    "ListenerTurned": N_("The supervisor is there:"),
    "ListenerLeft": N_("The supervisor put her phone down"),
    "SilentStep": N_("Questions to a silent caller:"),
}

VERDICT: dict[str, str] = {
    Verdict.COMPLETE: N_("complete"),
    Verdict.GAP: N_("a part is missing"),
    Verdict.ONE_SIDED: N_("perhaps one side only"),
    Verdict.MISSING: N_("missing"),
}

PART: dict[str, str] = {
    Part.MAIN: N_("The call"),
    Part.RELAY: N_("Passed on after the caller had hung up"),
    Part.COLLEAGUE: N_("A colleague's side"),
    Part.PHONE: N_("A call with the phone's own keys"),
}

SIDE: dict[str, str] = {
    "in": N_("nothing came from the caller's side"),
    "out": N_("nothing came from our side"),
}

MARK: dict[str, str] = {
    "GAP": N_("Nothing was recorded for"),
    "CallHeld": N_("The caller was put on hold"),
    "LegHeld": N_("Put on hold by a phone"),
    "HoldEnded": N_("Taken back"),
}

RECORDINGS = {"verdict": VERDICT, "part": PART, "side": SIDE, "mark": MARK}
