"""Every framing, over real connections."""

from __future__ import annotations

import pytest

from tests.end_to_end.daemon import Daemons
from tests.end_to_end.wire import connect, read_until, talk

#: For each framing a conversation of three requests, and its replies.
CONVERSATIONS = {
    "nul": (b"nuqneH?\0\0a\r\nb\0", b"Qapla'!\0\0a\r\nb\0"),
    "sized": (b"7;nuqneH?0;3;a\0b", b"7;Qapla'!0;3;a\0b"),
    "line": (b"nuqneH?\r\n\na b\n", b"Qapla'!\r\n\na b\n"),
    "int32": (
        b"\0\0\0\7nuqneH?\0\0\0\0\0\0\0\3a\0b",
        b"\0\0\0\7Qapla'!\0\0\0\0\0\0\0\3a\0b",
    ),
    "netstring": (b"7:nuqneH?,0:,3:a\0b,", b"7:Qapla'!,0:,3:a\0b,"),
}


@pytest.mark.parametrize("framing", CONVERSATIONS)
def test_dialogue(framing: str, start: Daemons) -> None:
    daemon = start("dialogue", "--framing", framing)
    (service,) = daemon.addresses
    address = daemon.address(service)
    requests, replies = CONVERSATIONS[framing]
    assert talk(address, requests) == replies
    # A hundred in one segment, and one byte at a time.
    assert talk(address, 100 * requests) == 100 * replies
    with connect(address) as client:
        for number in range(len(requests)):
            client.sendall(requests[number : number + 1])
        assert read_until(client, replies) == replies
    # A request that never became one is not answered.
    assert talk(address, requests + requests[:3]) == replies


@pytest.mark.parametrize("plugin", ["upper", "secret", "swap"])
def test_others_speak_them_too(plugin: str, start: Daemons) -> None:
    address = start(plugin, "--framing", "netstring").address(plugin)
    if plugin == "swap":
        with connect(address) as waiting:
            waiting.sendall(b"3:one,")
            assert talk(address, b"3:two,") == b"3:one,"
            assert read_until(waiting, b",") == b"3:two,"
    else:
        assert talk(address, b"3:abc,") == {"upper": b"3:ABC,", "secret": b"5:wrong,"}[plugin]
