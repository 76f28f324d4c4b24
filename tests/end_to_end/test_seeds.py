"""The clients of the course material, unchanged, against the services that replace its servers.

They dial fixed ports, so that each service here listens where its seed did.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.daemon import PATIENCE, Daemons, run
from tests.end_to_end.seeds import (
    CLOCK_CLIENT,
    DIALOGUE_CLIENT,
    LECTURE_CLIENT,
    TCP_CLIENT_2,
    UDP_CLIENT_1,
    UDP_CLIENT_2,
    clock_fork_client,
)
from tests.end_to_end.wire import CTIME


def listen(start: Daemons, plugin: str, transport: str, host: str, port: int) -> None:
    """Start a service where a seed's client dials; skip the test if it cannot listen there."""
    kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as probe:
        if transport == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            pytest.skip(f"{transport}:{port} on {host}, which a seed dials: {error.strerror}")
    start(plugin, "--listen", f"{transport}:{port}:interface={host}", ephemeral=False)


@pytest.fixture
def this_host() -> str:
    """Return the address of this host's name, which some seeds dial."""
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError as error:
        pytest.skip(f"this host's name, which a seed dials, has no address: {error.strerror}")


def output(folder: Path, program: str, *arguments: str, stdin: str = "") -> str:
    """Run a program and return what it prints."""
    ended = run([sys.executable, "-c", program, *arguments], folder, stdin=stdin.encode())
    assert (ended.returncode, ended.stderr) == (0, b"")
    return ended.stdout.decode()


def test_the_lectures_client(start: Daemons, this_host: str, tmp_path: Path) -> None:
    listen(start, "greeter", "tcp", this_host, 12345)
    assert output(tmp_path, LECTURE_CLIENT.text) == "b'Thank you for connecting'\n"


def test_the_dialogues_client(start: Daemons, this_host: str, tmp_path: Path) -> None:
    listen(start, "dialogue", "tcp", this_host, 12345)
    client = DIALOGUE_CLIENT.text
    said = output(tmp_path, client, "nuqneH?")
    assert said == 'Sending message to server: nuqneH?\0\n\nb"Qapla\'!"\n'
    said = output(tmp_path, client, "time")
    assert re.fullmatch(r"Sending message to server: time\0\n\nb'\d\d:\d\d:\d\d'\n", said)
    said = output(tmp_path, client, "time", "is", "precious")
    assert said == "Sending message to server: time is precious\0\n\nb'time is precious'\n"


def test_three_of_them_at_once(start: Daemons, this_host: str, tmp_path: Path) -> None:
    listen(start, "dialogue", "tcp", this_host, 12345)
    command = [sys.executable, "-c", DIALOGUE_CLIENT.text]
    clients = [
        subprocess.Popen([*command, *words], stdout=subprocess.PIPE)
        for words in (["time"], ["nuqneH?"], ["Hello", "World!"])
    ]
    said = [client.communicate(timeout=PATIENCE)[0].splitlines()[-1] for client in clients]
    assert re.fullmatch(rb"b'\d\d:\d\d:\d\d'", said[0])
    assert said[1:] == [b'b"Qapla\'!"', b"b'Hello World!'"]


def test_the_clocks_client(start: Daemons, tmp_path: Path) -> None:
    listen(start, "clock", "tcp", "127.0.0.1", 12091)
    connected, answer = output(tmp_path, CLOCK_CLIENT.text).splitlines()
    assert connected == "client is connected"
    assert CTIME.fullmatch(answer)


def test_the_clocks_client_that_asks_again(start: Daemons, tmp_path: Path) -> None:
    listen(start, "clock", "tcp", "127.0.0.1", 12091)
    with subprocess.Popen(
        [sys.executable, "-u", "-c", clock_fork_client()], stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdout is not None
        try:
            lines = [client.stdout.readline().rstrip() for _ in range(5)]
        finally:
            client.kill()  # it never ends by itself
    assert lines[0] == "client is connected"
    assert all(CTIME.fullmatch(line) for line in lines[1::2])
    assert lines[2::2] == ["client sleeps for 0 seconds"] * 2


def test_the_first_udp_client(start: Daemons, tmp_path: Path) -> None:
    listen(start, "upper", "udp", "127.0.0.1", 11111)
    said = output(tmp_path, UDP_CLIENT_1.text)
    assert said == "received MIXEDCASESTRING from ('127.0.0.1', 11111)\n"


def test_the_second_udp_client(start: Daemons, tmp_path: Path) -> None:
    listen(start, "upper", "udp", "127.0.0.1", 2345)
    said = output(tmp_path, UDP_CLIENT_2.text, stdin="Mixed Case\n")
    assert said == "Send: Recv: MIXED CASE\n"


def test_the_tcp_client(start: Daemons, tmp_path: Path) -> None:
    listen(start, "upper", "tcp", "127.0.0.1", 2345)
    said = output(tmp_path, TCP_CLIENT_2.text, stdin="one\nTwo, three\n\n")
    assert said == "Send: ONE\nSend: TWO, THREE\nSend: "
