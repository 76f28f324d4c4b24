"""Plays a round with telnetlib3's client, which agrees to all that it can, and asks for more.

Run as a program, with the port, the kind of terminal, and what ends a choice; it prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import telnetlib3
from telnetlib3.stream_reader import TelnetReaderUnicode
from telnetlib3.stream_writer import TelnetWriterUnicode
from telnetlib3.telopt import BINARY, CHARSET, DO, ECHO, EOR, LINEMODE, SGA, STATUS, WILL

#: What the client asks for, and the server has no use for.
WANTED = [(DO, BINARY), (WILL, BINARY), (WILL, CHARSET), (DO, CHARSET), (WILL, LINEMODE)]
WANTED += [(DO, STATUS), (WILL, SGA)]

#: What is typed, and what is shown thereupon.
DIALOGUE = [
    ("", "guest: "),
    ("\r\0", "Your bet"),
    ("100\r\0", "Your turn"),
    ("h{end}", "You hit"),
    ("s{end}", "round 1,"),
    ("quit\r\0", "Goodbye."),
]


async def play(port: int, term: str, end: str) -> dict[str, Any]:
    """Play.

    :param end: what ends a choice: a line's end, or nothing.
    :returns: what was agreed upon, and what was shown, by what was typed.
    """
    reader, writer = await telnetlib3.open_connection(
        "127.0.0.1", port, term=term, cols=100, rows=30, force_binary=True, connect_maxwait=1
    )
    assert isinstance(reader, TelnetReaderUnicode)
    assert isinstance(writer, TelnetWriterUnicode)
    marks = {"eor": 0, "ga": 0}

    def mark(name: str) -> None:
        marks[name] += 1

    writer.set_iac_callback(telnetlib3.telopt.CMD_EOR, lambda _: mark("eor"))
    writer.set_iac_callback(telnetlib3.telopt.GA, lambda _: mark("ga"))
    for verb, option in WANTED:
        writer.iac(verb, option)
    shown = {}
    for typed, text in DIALOGUE:
        writer.write(typed.format(end=end))
        seen = ""
        while text not in seen:
            piece = await reader.read(4096)
            assert piece, seen
            seen += piece
        shown[typed] = seen
    refused = [
        telnetlib3.telopt.name_commands(option)
        for verb, option in WANTED
        if not (writer.remote_option if verb == DO else writer.local_option).enabled(option)
    ]
    writer.close()
    return {
        "shown": shown,
        "marks": marks,
        "refused": refused,
        "echo": writer.remote_option.enabled(ECHO),
        "sga": writer.remote_option.enabled(SGA),
        "eor": writer.remote_option.enabled(EOR),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(play(int(sys.argv[1]), *sys.argv[2:]))))
