"""Saved sessions of blackjack are right, and those that were tampered with are not."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.blackjack_terminal import Player, Sitting, netcat, telnet
from tests.end_to_end.blackjack_wire import Player as WirePlayer
from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons, netsuite
from tests.end_to_end.programs import nc, tool

#: Shoes that are soon over.
RULES = "decks = 1\npenetration = 0.3\n"

#: Enough rounds to see the end of two shoes, whatever the cards are.
LINES = "\n" + "10\nno\nstand\nstand\n" * 12


@pytest.fixture
def daemon(start: Daemons, tmp_path: Path) -> Daemon:
    """Run a game in which shoes are soon over, with cards that nobody knows."""
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES)
    return start("blackjack", "--rules", str(rules))


def play(player: Player) -> None:
    """Play with the real telnet, until two shoes are over."""
    player.play(("", "guest:"), ("⏎", "[Enter]"))
    for typed in ("10⏎", *["⏎"] * 11):
        screen = player.answer(typed)
        for _ in range(8):
            if "[?]" not in last(screen):
                break
            screen = player.answer("n" if "[n]o" in last(screen) else "s")
    player.enter("quit⏎")
    player.wait_for("Goodbye.")


def last(screen: str) -> str:
    """Return what is asked at the end of a screen."""
    return "\n".join(screen.splitlines()[-4:])


def is_right(folder: Path, saved: bytes) -> None:
    """See to it that all shoes of a session are right, and that it is noticed if one is not."""
    files = {"saved": saved, **{tamper.__name__: tamper(saved) for tamper in TAMPERINGS}}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    # Those that nothing is wrong with, and then all of them.
    ended = netsuite(folder, "blackjack", "verify", stdin=saved)
    assert (ended.returncode, ended.stderr) == (0, b"")
    ended = netsuite(folder, "blackjack", "verify", *files, "--json")
    assert (ended.returncode, ended.stderr) == (1, b"")
    outcomes = {
        each["file"]: [shoe["outcome"] for shoe in each["shoes"]]
        for each in json.loads(ended.stdout)
    }
    right = outcomes.pop("saved")
    # The last may have been left before anything was dealt from it.
    assert right.count("right") >= 2, right
    assert {*right[:-1]} == {"right"}, right
    for name, tampered in outcomes.items():
        assert files[name] != saved
        assert "wrong" in tampered, name


def other_commitment(saved: bytes) -> bytes:
    """Change a digit of a commitment."""
    return exchanged(saved, rb"\(SHA-256\):~([0-9a-f])", b"0", b"1")


def other_card(saved: bytes) -> bytes:
    """Change a card of a round."""
    return exchanged(saved, rb"round 1, cards 1-\d+:~(10|[2-9AJQK])", b"6", b"5")


def other_nonce(saved: bytes) -> bytes:
    """Change a digit of a nonce."""
    return exchanged(saved, rb"revealed:~([0-9a-f])", b"0", b"1")


def other_order(saved: bytes) -> bytes:
    """Change a card that has not been dealt."""
    return exchanged(saved, rb"revealed:~[0-9a-f]{32}(?:~\w+){40}~(10|[2-9AJQK])", b"6", b"5")


def exchanged(saved: bytes, where: bytes, by: bytes, or_by: bytes) -> bytes:
    """Exchange something by something else.

    :param where: a regular expression, in which ``~`` is what may stand between words.
    """
    found = re.search(where.replace(b"~", rb"(?:\s|\x1b\[[0-9;]*[mK])+"), saved)
    assert found, saved
    return saved[: found.start(1)] + (or_by if found[1] == by else by) + saved[found.end(1) :]


def late_commitment(saved: bytes) -> bytes:
    """Show a commitment only when cards have been dealt."""
    found = re.search(rb"\[Shoe 1 commitment[^]]*\]", saved)
    over = re.search(rb"\[Shoe 1 round 1,[^]]*\]", saved)
    assert found
    assert over
    rest = saved[found.end() : over.end()] + b"\r\n" + found[0] + saved[over.end() :]
    return saved[: found.start()] + rest


TAMPERINGS: list[Callable[[bytes], bytes]] = [
    other_commitment,
    other_card,
    other_nonce,
    other_order,
    late_commitment,
]


def test_netcat(daemon: Daemon, tmp_path: Path) -> None:
    is_right(tmp_path, nc(tmp_path, daemon.address("blackjack"), LINES.encode()))


@pytest.mark.parametrize("columns", [40, 80])
def test_a_screen_of_tmux(daemon: Daemon, tmp_path: Path, sitting: Sitting, columns: int) -> None:
    player = sitting(telnet(daemon.address("blackjack")), columns=columns)
    play(player)
    is_right(tmp_path, player.screen(history=True).encode())
    is_right(tmp_path, player.screen(history=True, colours=True).encode())


def test_a_typescript(daemon: Daemon, tmp_path: Path, sitting: Sitting) -> None:
    """All that goes to the terminal, escape sequences too, as script(1) saves it."""
    saved = tmp_path / "typescript"
    command = " ".join(telnet(daemon.address("blackjack")))
    player = sitting([tool("script"), "-q", "-f", "-c", command, str(saved)])
    play(player)
    assert b"\x1b[" in saved.read_bytes()
    is_right(tmp_path, saved.read_bytes())


def test_through_tee(daemon: Daemon, tmp_path: Path) -> None:
    """With the bytes of the telnet protocol."""
    script = f"{' '.join(netcat(daemon.address('blackjack')))} | tee saved > /dev/null"
    process = subprocess.Popen(["/bin/sh", "-c", script], cwd=tmp_path, stdin=subprocess.PIPE)
    process.communicate(f"{LINES}quit\n".encode(), timeout=PATIENCE)
    saved = (tmp_path / "saved").read_bytes()
    assert saved.startswith(b"\xff")
    is_right(tmp_path, saved)


def test_a_shared_table(start: Daemons, tmp_path: Path) -> None:
    """What somebody saved who only watched."""
    rules = tmp_path / "rules.toml"
    rules.write_text("decks = 2\npenetration = 0.1\n")
    daemon = start("blackjack", "--rules", str(rules), "--tables", "shared")
    guest, watcher = (WirePlayer(daemon.address("blackjack")) for _ in range(2))
    guest.type("")
    guest.expect("> ")
    watcher.type("", "watch")
    watcher.expect("You are watching")
    for _ in range(6):
        guest.type("10")
        shown = guest.expect("-- Blackjack", "\r\n> ")
        while ", cards " not in shown:
            guest.type("no" if "[n]o" in shown else "stand")
            shown = guest.expect("\r\n> ")
    guest.leave()
    watcher.leave()
    is_right(tmp_path, watcher.data)
