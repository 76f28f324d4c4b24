"""One person at the other end of a connection: what they are asked, and what becomes of it.

- :mod:`~netsuite.blackjack.session.commands`: what can be typed, as a table.
- :mod:`~netsuite.blackjack.session.session`: the states of a session, and what leads from one to
  another.
"""
