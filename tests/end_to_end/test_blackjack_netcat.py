"""Blackjack with nothing but ``nc``."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.end_to_end.blackjack_terminal import Sitting, Story, compare, masked, netcat
from tests.end_to_end.daemon import Daemons
from tests.end_to_end.programs import nc
from tests.end_to_end.wire import connect, read_all, read_until

#: What each session begins with: the questions about the terminal, over which ``nc`` has the
#: welcome written.
QUESTIONS = re.compile(rb"(\xff[\xfb-\xfe].)+\r")

#: A session of each set of rules, with a seed that makes it interesting.
SESSIONS = {
    "vegas": (31451, "\n100\n?\nhit\nstand\n\nd\n\np\nh\ns\ns\n\ny\n\nstats\n600\nno such\n"),
    "european": (31451, "\n100\n?\nhit\nstand\n\nd\n\nd\n\nhelp\nrules\nstats\nfair\n"),
    "simple": (3, "\n\nhit\nstand\n\nh\nh\nh\n\ns\nstats\nrules\ntop\nbet 5\nrefill\n"),
}


def text_of(data: bytes) -> str:
    """Return what ``nc`` shows, without what it shows of the questions."""
    questions = QUESTIONS.match(data)
    assert questions, data[:100]
    text = data[questions.end() :].decode("ascii")
    # All lines end as telnet has it (RFC 854), and nothing moves the cursor.
    assert not re.search(r"\r(?!\n)|(?<!\r)\n|[^\r\n -~]", text)
    text = masked(text.replace("\r\n", "\n"))
    # A prompt's line is ended for what was typed ahead, and otherwise by whoever types. Whether it
    # was typed ahead is a matter of time.
    return re.sub("(: |> )\n", r"\1", text)


@pytest.mark.parametrize("rules", SESSIONS)
def test_all_at_once(start: Daemons, tmp_path: Path, rules: str) -> None:
    """Everything is answered, and then comes the end."""
    seed, typed = SESSIONS[rules]
    address = start("blackjack", "--rules", rules, "--seed", str(seed)).address("blackjack")
    text = text_of(nc(tmp_path, address, typed.encode()))
    assert text.endswith("Goodbye.\n")
    compare(f"netcat-{rules}", text)
    # It does not matter whether it is typed at once or line by line, and how lines end.
    assert text_of(nc(tmp_path, address, typed.replace("\n", "\r\n").encode())) == text
    with connect(address) as client:
        data = read_until(client, b": ")
        for line in typed.encode().splitlines(keepends=True):
            client.sendall(line)
            data += read_until(client, b"> ")
        client.shutdown(socket.SHUT_WR)
        assert text_of(data + read_all(client)) == text


def test_the_end_in_the_middle_of_a_hand(start: Daemons, tmp_path: Path) -> None:
    """Who hangs up stands."""
    address = start("blackjack", "--seed", "31451").address("blackjack")
    text = text_of(nc(tmp_path, address, b"\n100\n"))
    assert "Your turn: 10 against 9." in text
    assert "[Shoe 1 round 1, cards 1-4: 4H 9D 6D 10S]" in text
    assert text.endswith("Goodbye.\n")


def test_at_a_screen(start: Daemons, sitting: Sitting) -> None:
    """The terminal echoes what is typed, and nothing of the questions is to be seen."""
    address = start("blackjack", "--rules", "simple", "--seed", "3").address("blackjack")
    player = sitting(netcat(address))
    story = Story("netcat-screen", player)
    story("", "Press Enter to begin:")
    story("⏎", "[Enter] deals")
    story("⏎", "14 against 7")
    story("hit⏎", "You hit")
    story("stand⏎", "round 1,")
    player.enter("quit⏎")
    player.wait_for("Goodbye.")
    story.note("all of it", player.screen(history=True))
    story.check()


def test_a_word_that_is_not_hidden(start: Daemons, sitting: Sitting) -> None:
    """Who cannot be asked to show nothing is told so."""
    address = start("blackjack").address("blackjack")
    player = sitting(netcat(address))
    player.play(("", "guest:"), ("Zoë⏎", "Enter for another name:"))
    assert player.play(("xyzzy-plugh⏎", "same again:")).count("xyzzy-plugh") == 1
    player.play(("xyzzy-plugh⏎", "[Enter] 10"))
