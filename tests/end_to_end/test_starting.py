"""Starting: the ready lines and the ready file, daemons, and ports that are taken."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsuite.catalogue import CATALOGUE
from tests.end_to_end.daemon import PATIENCE, Daemon, Daemons, run, twistd
from tests.end_to_end.wire import talk

PLUGINS = sorted({entry.plugin for entry in CATALOGUE.values()})


def test_a_line_for_each_endpoint_then_ready(suite: Daemon) -> None:
    ready = suite.lines.index("ready")
    said = [line.partition("] ")[2] for line in suite.lines[:ready]]
    expected = [
        f"{service} listens on {address}"
        for service, addresses in suite.addresses.items()
        for address in addresses
    ]
    assert said[-len(expected) :] == expected
    assert suite.lines.count("ready") == 1


def test_the_ready_file_has_every_endpoint_of_every_service(suite: Daemon) -> None:
    for name, entry in CATALOGUE.items():
        transports = [address.partition(":")[0] for address in suite.addresses[name]]
        assert transports == [endpoint.transport for endpoint in entry.endpoints]
    assert set(suite.addresses) == set(CATALOGUE)
    assert all(
        address.split(":")[1] == "127.0.0.1"
        for addresses in suite.addresses.values()
        for address in addresses
    )


def test_the_ready_file_is_complete_as_soon_as_it_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "daemon"
    daemon = Daemon(["netsuite", "--ephemeral"], folder, tmp_path / "state")
    until = time.monotonic() + PATIENCE
    while not daemon.ready_file.exists():
        assert time.monotonic() < until, daemon.log
    assert set(json.loads(daemon.ready_file.read_text())) == set(CATALOGUE)
    assert [path.name for path in folder.glob("*ready*")] == ["ready.json"]
    assert [path.name for path in folder.glob(".*")] == []
    daemon.wait_for(lambda line: line == "ready")
    daemon.stop()
    assert not daemon.ready_file.exists()


def test_each_plugin_runs_alone(start: Daemons) -> None:
    daemons = {plugin: start(plugin, wait=False) for plugin in PLUGINS}
    for plugin, daemon in daemons.items():
        daemon.wait_until_ready()
        assert list(daemon.addresses) == [plugin]
        assert len(daemon.addresses[plugin]) == len(CATALOGUE[plugin].endpoints)


@pytest.fixture
def busy() -> Iterator[int]:
    """Return the number of a TCP port that is taken."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def assert_explained(text: str, service: str, port: int) -> None:
    """Check that one line, and no more, says which service cannot have which port, and why."""
    assert "Traceback" not in text
    complaints = [line for line in text.splitlines() if "cannot listen" in line]
    assert len(complaints) == 1, text
    assert service in complaints[0]
    assert str(port) in complaints[0]
    assert "Address already in use" in complaints[0]
    assert "--listen" in complaints[0]


def assert_daemon_explained(printed: str, log: Path, service: str, port: int) -> None:
    """Check the same for a daemon: of its error twistd prints only as much as fits on a line."""
    assert "Traceback" not in printed
    assert f"{service} cannot listen on tcp:{port}" in printed
    # The daemon may still be writing its log when the command that started it has ended.
    until = time.monotonic() + PATIENCE
    while "--ephemeral" not in log.read_text() and time.monotonic() < until:
        time.sleep(0.01)
    assert_explained(log.read_text(), service, port)


def test_a_busy_port_is_one_clear_error(busy: int, tmp_path: Path) -> None:
    listen = f"tcp:{busy}:interface=127.0.0.1"
    ended = run(twistd("-n", "dialogue", "--listen", listen), tmp_path)
    assert ended.returncode == 1
    assert_explained((ended.stdout + ended.stderr).decode(), "dialogue", busy)
    assert not (tmp_path / "twistd.pid").exists()


def test_a_busy_port_is_a_daemons_clear_error(busy: int, tmp_path: Path) -> None:
    listen = f"tcp:{busy}:interface=127.0.0.1"
    ended = run(twistd("dialogue", "--listen", listen), tmp_path)
    assert ended.returncode == 1
    log = tmp_path / "twistd.log"
    assert_daemon_explained((ended.stdout + ended.stderr).decode(), log, "dialogue", busy)
    assert not (tmp_path / "twistd.pid").exists()


@pytest.mark.parametrize("options", [["-n"], []])
def test_a_busy_port_stops_the_whole_suite(options: list[str], busy: int, tmp_path: Path) -> None:
    settings = tmp_path / "suite.toml"
    settings.write_text(f'[services.clock]\nlisten = ["tcp:{busy}:interface=127.0.0.1"]\n')
    command = twistd(*options, "netsuite", "--ephemeral", "--config", str(settings))
    ended = run([*command, "--ready-file", "ready.json"], tmp_path)
    assert ended.returncode == 1
    printed = (ended.stdout + ended.stderr).decode()
    if options:
        assert_explained(printed, "clock", busy)
    else:
        log = tmp_path / "twistd.log"
        assert_daemon_explained(printed, log, "clock", busy)
    assert not (tmp_path / "twistd.pid").exists()
    assert not (tmp_path / "ready.json").exists()


def test_a_busy_udp_port_is_one_clear_error(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        ended = run(twistd("-n", "upper", "--listen", f"udp:{port}"), tmp_path)
    assert ended.returncode == 1
    assert_explained((ended.stdout + ended.stderr).decode(), "upper", port)


@pytest.mark.parametrize("reactor", ["default", "libuv"])
def test_a_daemon_runs_in_the_background_until_it_is_stopped(tmp_path: Path, reactor: str) -> None:
    ready = tmp_path / "ready.json"
    words = ("dialogue", "--ephemeral", "--ready-file", "ready.json")
    started = run(twistd(*words, reactor=reactor), tmp_path)
    assert started.returncode == 0, started.stdout + started.stderr
    pid_file = tmp_path / "twistd.pid"
    pid = int(pid_file.read_text())
    ended = os.pidfd_open(pid)
    try:
        until = time.monotonic() + PATIENCE
        while not ready.exists():  # twistd returns when the ports are open: a moment before
            assert time.monotonic() < until
            time.sleep(0.01)
        (address,) = json.loads(ready.read_text())["dialogue"]
        port = int(address.rpartition(":")[2])
        assert talk(("127.0.0.1", port), b"nuqneH?\0") == b"Qapla'!\0"
        signal.pidfd_send_signal(ended, signal.SIGTERM)
        assert select.select([ended], [], [], PATIENCE)[0], "it did not stop"
    except BaseException:
        signal.pidfd_send_signal(ended, signal.SIGKILL)
        raise
    finally:
        os.close(ended)
    assert not pid_file.exists()
    assert not ready.exists()
    log = (tmp_path / "twistd.log").read_text()
    assert ("netsuite.libuv.reactor.LibuvReactor" in log) is (reactor == "libuv")
    assert f"dialogue listens on {address}" in log
    assert "SIGTERM: finishing the requests in hand" in log
    assert "Server Shut Down" in log
    assert "Traceback" not in log
    assert "Unhandled" not in log


def test_help_lists_every_plugin_and_loads_none(tmp_path: Path) -> None:
    tell = """
import json
print("MODULES", json.dumps(sorted(sys.modules)))
"""
    ended = run(twistd("--help", after=tell, reactor=None), tmp_path)
    text = ended.stdout.decode()
    overview, _, modules = text.partition("MODULES ")
    listed = {line.split()[0] for line in overview.splitlines() if line.startswith("    ")}
    assert listed >= {*PLUGINS, "netsuite"}
    loaded = json.loads(modules)
    assert [name for name in loaded if name.partition(".")[0] == "netsuite"] == []
    assert "twisted.internet.reactor" not in loaded
    assert ended.stderr == b""


def test_each_plugin_has_its_help(tmp_path: Path) -> None:
    # In one process: each would spend its time on starting.
    ask = """
from twisted.scripts.twistd import ServerOptions
for plugin in PLUGINS:
    print("HELP FOR", plugin)
    try:
        ServerOptions().parseOptions(["-n", plugin, "--help"])
    except SystemExit as leaving:
        assert not leaving.code
""".replace("PLUGINS", repr([*PLUGINS, "netsuite"]))
    ended = run(twistd("--version", after=ask), tmp_path)
    assert (ended.returncode, ended.stderr) == (0, b"")
    _, *texts = ended.stdout.decode().split("HELP FOR ")
    assert len(texts) == len(PLUGINS) + 1
    for text in texts:
        plugin = text.split()[0]
        for option in ("--ready-file", "--idle-timeout", "--delay", "--ephemeral"):
            assert option in text, plugin
        assert ("--only" in text) == (plugin == "netsuite")
        assert ("--listen" in text) == (plugin != "netsuite")
