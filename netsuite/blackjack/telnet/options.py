"""Which side performs which option: RFC 1143's Q method as a table.

Every option has a state on each side, and all of them follow the same table. A cell says what
the state becomes and what is sent, if anything. An answer is never itself answered, so that no
peer can bring about a loop, not even one that sends back whatever it receives.

>>> options = Options()
>>> options.ask(Side.US, Option.ECHO, True)
<Verb.WILL: 251>
>>> options.hear(Verb.DO, Option.ECHO)
(None, True)
>>> options.hear(Verb.DO, Option.ECHO)
(None, None)
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import Final

from netsuite.blackjack.telnet.codes import Option, Verb

__all__ = ["AGREED", "TABLE", "Cause", "Options", "Side", "State"]


class Side(Enum):
    """Who performs an option."""

    US = "us"
    PEER = "peer"


class State(Enum):
    """An option's state on one side, in the words of RFC 1143.

    ``OPPOSITE`` means that we have changed our mind since we asked, and ask again once the
    peer has answered.
    """

    NO = "no"
    YES = "yes"
    WANTNO = "wantno"
    WANTNO_OPPOSITE = "wantno, opposite"
    WANTYES = "wantyes"
    WANTYES_OPPOSITE = "wantyes, opposite"


class Cause(Enum):
    """What can happen to an option."""

    AGREEABLE = "the peer says yes to what we would agree to"
    DISAGREEABLE = "the peer says yes to what we would not agree to"
    NEGATIVE = "the peer says no"
    ENABLE = "we want it on"
    DISABLE = "we want it off"


_S = State
_C = Cause

#: The Q method. A cell is the next state, and what is said: True stands for DO or WILL,
#: False for DONT or WONT (by the side), None for silence.
TABLE: Final = MappingProxyType(
    {
        (_S.NO, _C.AGREEABLE): (_S.YES, True),
        (_S.NO, _C.DISAGREEABLE): (_S.NO, False),
        (_S.NO, _C.NEGATIVE): (_S.NO, None),
        (_S.NO, _C.ENABLE): (_S.WANTYES, True),
        (_S.NO, _C.DISABLE): (_S.NO, None),
        (_S.YES, _C.AGREEABLE): (_S.YES, None),
        (_S.YES, _C.DISAGREEABLE): (_S.YES, None),
        (_S.YES, _C.NEGATIVE): (_S.NO, False),
        (_S.YES, _C.ENABLE): (_S.YES, None),
        (_S.YES, _C.DISABLE): (_S.WANTNO, False),
        # A no that is answered by a yes is the peer's error; RFC 1143 takes it for a no.
        (_S.WANTNO, _C.AGREEABLE): (_S.NO, None),
        (_S.WANTNO, _C.DISAGREEABLE): (_S.NO, None),
        (_S.WANTNO, _C.NEGATIVE): (_S.NO, None),
        (_S.WANTNO, _C.ENABLE): (_S.WANTNO_OPPOSITE, None),
        (_S.WANTNO, _C.DISABLE): (_S.WANTNO, None),
        # The same error, but a yes is what we want by now.
        (_S.WANTNO_OPPOSITE, _C.AGREEABLE): (_S.YES, None),
        (_S.WANTNO_OPPOSITE, _C.DISAGREEABLE): (_S.YES, None),
        (_S.WANTNO_OPPOSITE, _C.NEGATIVE): (_S.WANTYES, True),
        (_S.WANTNO_OPPOSITE, _C.ENABLE): (_S.WANTNO_OPPOSITE, None),
        (_S.WANTNO_OPPOSITE, _C.DISABLE): (_S.WANTNO, None),
        # What we have asked for we agree to, whatever we would say unasked.
        (_S.WANTYES, _C.AGREEABLE): (_S.YES, None),
        (_S.WANTYES, _C.DISAGREEABLE): (_S.YES, None),
        (_S.WANTYES, _C.NEGATIVE): (_S.NO, None),
        (_S.WANTYES, _C.ENABLE): (_S.WANTYES, None),
        (_S.WANTYES, _C.DISABLE): (_S.WANTYES_OPPOSITE, None),
        (_S.WANTYES_OPPOSITE, _C.AGREEABLE): (_S.WANTNO, False),
        (_S.WANTYES_OPPOSITE, _C.DISAGREEABLE): (_S.WANTNO, False),
        (_S.WANTYES_OPPOSITE, _C.NEGATIVE): (_S.NO, None),
        (_S.WANTYES_OPPOSITE, _C.ENABLE): (_S.WANTYES, None),
        (_S.WANTYES_OPPOSITE, _C.DISABLE): (_S.WANTYES_OPPOSITE, None),
    }
)

#: What we agree to unasked. Our ECHO and SGA are not here: together they put a client into
#: character mode, which is ours to offer; SGA alone would take line editing away from BSD's
#: telnet and give nothing for it. BINARY is what UTF-8 is in any case.
AGREED: Final = frozenset(
    {
        (Side.US, Option.BINARY),
        (Side.US, Option.EOR),
        (Side.PEER, Option.BINARY),
        (Side.PEER, Option.SGA),
        (Side.PEER, Option.TTYPE),
        (Side.PEER, Option.NAWS),
        (Side.PEER, Option.NEW_ENVIRON),
    }
)

_SAID: Final = {
    (Side.US, True): Verb.WILL,
    (Side.US, False): Verb.WONT,
    (Side.PEER, True): Verb.DO,
    (Side.PEER, False): Verb.DONT,
}

# A verb heard: whose option it is about, and whether it is a yes.
_HEARD: Final = {
    Verb.WILL: (Side.PEER, True),
    Verb.WONT: (Side.PEER, False),
    Verb.DO: (Side.US, True),
    Verb.DONT: (Side.US, False),
}


class Options:
    """The states of all options of one connection; all are off at first."""

    __slots__ = ("_states",)

    def __init__(self) -> None:
        # Only states other than NO are held, and an option leaves NO only if we agree to it
        # or ask for it: a peer cannot fill this.
        self._states: dict[tuple[Side, int], State] = {}

    def state(self, side: Side, option: int) -> State:
        """Return an option's state on one side."""
        return self._states.get((side, option), State.NO)

    def on(self, side: Side, option: int) -> bool:
        """Whether both sides have agreed that *side* performs the option."""
        return self.state(side, option) is State.YES

    @property
    def unanswered(self) -> bool:
        """Whether the peer owes an answer about an option."""
        return any(state is not State.YES for state in self._states.values())

    def ask(self, side: Side, option: Option, enable: bool) -> Verb | None:
        """Say that we want an option on or off.

        :returns: what to send, or None.
        """
        return self._step(side, option, Cause.ENABLE if enable else Cause.DISABLE)

    def hear(self, verb: Verb, option: int) -> tuple[Verb | None, bool | None]:
        """Take what the peer says about an option.

        :returns: what to send, or None; and whether the option has just come on (True), gone
            off (False) or not changed (None).
        """
        side, positive = _HEARD[verb]
        if not positive:
            cause = Cause.NEGATIVE
        elif (side, option) in AGREED:
            cause = Cause.AGREEABLE
        else:
            cause = Cause.DISAGREEABLE
        before = self.on(side, option)
        said = self._step(side, option, cause)
        after = self.on(side, option)
        return said, None if before is after else after

    def _step(self, side: Side, option: int, cause: Cause) -> Verb | None:
        state, said = TABLE[self.state(side, option), cause]
        if state is State.NO:
            self._states.pop((side, option), None)
        else:
            self._states[side, option] = state
        return None if said is None else _SAID[side, said]
