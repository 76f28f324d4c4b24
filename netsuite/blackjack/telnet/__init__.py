"""The telnet side of a session, as pure state machines: bytes in, events and bytes out.

- :mod:`~netsuite.blackjack.telnet.codes`: the numbers of the protocol.
- :mod:`~netsuite.blackjack.telnet.options`: who does which option, by RFC 1143's Q method.
- :mod:`~netsuite.blackjack.telnet.terminal`: what a client tells about its terminal.
- :mod:`~netsuite.blackjack.telnet.negotiation`: the stream: text, commands, negotiation.
- :mod:`~netsuite.blackjack.telnet.input`: text into lines and keys.

Nothing here does I/O or knows of Twisted.
"""
