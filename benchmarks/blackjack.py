"""Blackjack as it is measured: any server whose game is played in words, and what is asked of it.

What can be typed in a turn must stand in brackets, as in ``[h]it or [s]tand``, and each answer must
end with a prompt, ``> ``. How a round's end is put is up to the server; :func:`learn` finds it out,
and whether the game is played by the rules.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from itertools import cycle

import attrs

from .peers.blackjack_game import OVER, total
from .peers.services import HOST
from .processes import ProgramError

#: What the players type in their turns, over and over, where it is offered: they hit once in three
#: times, and take no insurance.
LETTERS = b"hssn"

#: How many rounds are played to learn what a server says.
ROUNDS = 12

#: How long an answer may take until then, in seconds.
DEADLINE = 20.0

#: How many lines are typed until the first round, or the next one, must have ended.
MAX_LINES = 30

# What an answer ends with: at the table, and at the door.
_PROMPTS = (b"> ", b": ")

#: A player's cards and the dealer's, at the end of a round.
_Hands = tuple[list[str], list[str]]


@attrs.frozen
class Dialect:
    """How a server puts the end of a round.

    :param over: what stands once in each answer that ends a round, and nowhere else.
    :param hands: reads the hands out of such an answer, and out of how often the player has hit.
    """

    over: str
    hands: Callable[[str, int], _Hands]


def _netsuite_hands(answer: str, hits: int) -> _Hands:
    """Read the round's cards, in the order in which they were dealt."""
    (cards,) = re.findall(r"\[Shoe \d+ round \d+, cards \d+-\d+:([^]]*)\]", answer)
    first, up, second, hole, *drawn = cards.split()
    return [first, second, *drawn[:hits]], [up, hole, *drawn[hits:]]


def _plain_hands(answer: str, hits: int) -> _Hands:
    """Read the two lines that show the hands."""
    player, dealer = (re.findall(rf"{who}: ([^(]*)\(", answer)[-1] for who in ("You", "Dealer"))
    if len(player.split()) != 2 + hits:
        raise ValueError("the player has another number of cards")
    return player.split(), dealer.split()


#: The dialects: that of netsuite, and that of the peers.
DIALECTS = (Dialect(", cards ", _netsuite_hands), Dialect(OVER, _plain_hands))


def check(answer: str, hands: _Hands) -> None:
    """Check that a round of the seed's simple rules ended as it must.

    :param answer: what was shown at its end.
    :param hands: the hands it ended with.
    :raises ValueError: if it did not.
    """
    player, dealer = map(total, hands)
    if player <= 21 and dealer < 17:
        raise ValueError("the dealer stands too early")
    if len(hands[1]) > 2 and (player > 21 or total(hands[1][:-1]) >= 17):
        raise ValueError("the dealer draws too often")
    if player > 21:
        results = {"lose", "bust"}
    elif dealer > 21 or player > dealer:
        results = {"win"}
    else:
        results = {"push"} if player == dealer else {"lose"}
    said = set(re.findall(r"\b(?:win|push|lose|bust)\b", answer))
    if not said & results or said - results - {"bust"}:
        raise ValueError(f"{player} against {dealer} ended with {sorted(said)}")


def learn(port: int) -> bytes:
    """Play a few rounds, and return what stands once in each answer that ends one.

    The hands are checked by the seed's simple rules, unless the server takes bets: then its rules
    are others.

    :param port: where the server listens.
    :raises ProgramError: if it does not play.
    """
    try:
        with socket.create_connection((HOST, port), DEADLINE) as connection:
            return _learn(connection)
    except (OSError, ValueError) as error:
        raise ProgramError(f"it does not play blackjack: {error}") from error


def _learn(connection: socket.socket) -> bytes:
    letters = cycle("hss")
    answer = _read(connection)
    bets = False
    rounds = lines = hits = 0
    while True:
        if lines > MAX_LINES:
            raise ValueError("no round ends")
        typed = next(letters) if "[s]" in answer else "n" if "[n]" in answer else ""
        connection.sendall(f"{typed}\r\n".encode("ascii"))
        answer = _read(connection)
        lines += 1
        hits += typed == "h"
        bets = bets or "Your bet" in answer
        for dialect in DIALECTS:
            if dialect.over in answer:
                if not bets:
                    check(answer, dialect.hands(answer, hits))
                rounds += 1
                lines = hits = 0
                if rounds == ROUNDS:
                    return dialect.over.encode("ascii")


def _read(connection: socket.socket) -> str:
    """Return what comes until a prompt is the last."""
    answer = b""
    while not answer.endswith(_PROMPTS):
        data = connection.recv(65536)
        if not data:
            raise ValueError("the connection was closed")
        answer += data
    return answer.decode("ascii", "replace")
