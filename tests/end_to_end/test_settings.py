"""The umbrella's flags, its configuration file, and what it says to mistakes in them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from netsuite.catalogue import CATALOGUE
from tests.end_to_end.daemon import Daemons, run, twistd
from tests.end_to_end.wire import connect, read_until, talk


def complaint(tmp_path: Path, *arguments: str) -> str:
    """Return the last line that the umbrella says before it gives up."""
    ended = run(twistd("-n", "netsuite", "--ephemeral", *arguments), tmp_path)
    text = (ended.stdout + ended.stderr).decode()
    assert ended.returncode not in (0, None), text
    assert "Traceback" not in text
    return text.splitlines()[-1]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Return where a test writes its configuration."""
    return tmp_path / "suite.toml"


def test_only(start: Daemons) -> None:
    daemon = start("netsuite", "--only", "clock,upper", "--only", "hello")
    assert list(daemon.addresses) == ["hello", "clock", "upper"]


def test_without(start: Daemons) -> None:
    daemon = start("netsuite", "--without", "files,secretword", "--without=dialogue-sized")
    assert set(daemon.addresses) == set(CATALOGUE) - {"files", "secretword", "dialogue-sized"}


def test_an_unknown_service_names_the_nearest(tmp_path: Path) -> None:
    said = complaint(tmp_path, "--only", "dialog")
    assert "'dialog'" in said
    assert "'dialogue'" in said


def test_nothing_left_to_run(tmp_path: Path) -> None:
    assert "no service is left" in complaint(tmp_path, "--only=clock", "--without=clock")


def test_interface(start: Daemons) -> None:
    daemon = start("netsuite", "--only", "hello,upper", "--interface", "127.0.0.2")
    for addresses in daemon.addresses.values():
        assert all(address.split(":")[1] == "127.0.0.2" for address in addresses)
    assert talk(daemon.address("hello"), b"", source="127.0.0.3") == b"Hello 127.0.0.3"


def test_an_interface_must_be_an_address(tmp_path: Path) -> None:
    said = complaint(tmp_path, "--interface", "localhost")
    assert "--interface" in said
    assert "an IP address, such as" in said


def test_a_file_sets_the_suite_and_each_service(start: Daemons, settings: Path) -> None:
    settings.write_text(
        """
        only = "dialogue,greeter,secret"
        interface = "127.0.0.2"
        max-message = 10

        [services.dialogue]
        framing = "line"
        max-message = 20
        listen = ["tcp:0:interface=127.0.0.3", "tcp:0:interface=127.0.0.4"]

        [services.secret]
        secret = 7
        """
    )
    daemon = start("netsuite", "--config", str(settings))
    assert list(daemon.addresses) == ["greeter", "dialogue", "secret"]
    hosts = [address.split(":")[1] for address in daemon.addresses["dialogue"]]
    assert hosts == ["127.0.0.3", "127.0.0.4"]
    assert daemon.address("greeter")[0] == "127.0.0.2"
    for number in (0, 1):
        address = daemon.address("dialogue", number=number)
        assert talk(address, b"fifteen letters\r\nhi\n") == b"fifteen letters\r\nhi\n"
        assert talk(address, b"x" * 21 + b"\r\n") == b""
    assert talk(daemon.address("secret"), b"7\r\n") == b"right\r\n"
    assert talk(daemon.address("secret"), b"12345678901\r\n").startswith(b"error: ")


def test_the_command_line_has_the_last_word(start: Daemons, settings: Path) -> None:
    settings.write_text('only = "clock,swap"\ndelay = 30\ninterface = "127.0.0.2"\n')
    daemon = start(
        "netsuite",
        "--config",
        str(settings),
        "--only",
        "dialogue",
        "--delay=0.1",
        "--interface=::1",
    )
    assert list(daemon.addresses) == ["dialogue"]
    (address,) = daemon.addresses["dialogue"]
    assert address.startswith("tcp:[::1]:")
    with connect(("::1", int(address.rpartition(":")[2]))) as client:
        began = time.monotonic()
        client.sendall(b"hi\0")
        assert read_until(client, b"\0") == b"hi\0"
        assert 0.1 <= time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("intreface = '127.0.0.1'", ["'intreface'", "'interface'"]),
        ("[services.dialog]", ["'services.dialog'", "'dialogue'"]),
        ("[services.clock]\ndealy = 5", ["'services.clock.dealy'", "'delay'"]),
        ("[services.clock]\ndelay = 'long'", ["services.clock", "delay", "number of seconds"]),
        ("[services.clock]\nlog-connections = 'yes'", ["log-connections", "true or false"]),
        ("services = 3", ["services", "table"]),
        ("only = 'dialog'", ["'dialog'", "'dialogue'"]),
        ("delay == 5", ["suite.toml", "line 1"]),
    ],
)
def test_mistakes_in_the_file_are_named(
    text: str, expected: list[str], tmp_path: Path, settings: Path
) -> None:
    settings.write_text(text)
    said = complaint(tmp_path, "--config", str(settings))
    assert str(settings) in said
    for part in expected:
        assert part in said


@pytest.mark.parametrize("value", ["long", "-1"])
def test_a_wrong_value_names_its_option(value: str, tmp_path: Path) -> None:
    said = complaint(tmp_path, f"--delay={value}")
    assert "delay" in said
    assert "number of seconds" in said


def test_a_missing_file_is_named(tmp_path: Path, settings: Path) -> None:
    said = complaint(tmp_path, "--config", str(settings))
    assert f"{settings}: No such file or directory" in said


def test_a_store_that_cannot_be_used_is_one_clear_error(tmp_path: Path) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("this is no database, and long enough to be sure of it " * 10)
    ended = run(twistd("-n", "secret", "--ephemeral", "--store", f"sqlite:{occupied}"), tmp_path)
    text = (ended.stdout + ended.stderr).decode()
    assert ended.returncode == 1
    assert "Traceback" not in text
    (line,) = [line for line in text.splitlines() if "cannot be used" in line]
    assert str(occupied) in line
    assert "--store" in line
    assert not (tmp_path / "twistd.pid").exists()


def test_the_umbrella_stores_where_it_is_told(start: Daemons, tmp_path: Path) -> None:
    start("netsuite", "--only", "secret", "--store", f"sqlite:{tmp_path}/here.sqlite3")
    assert (tmp_path / "here.sqlite3").exists()
    assert not start.state.exists()
