"""A table: who sits at it, whose turn it is, and what happens when nobody does anything.

- :mod:`~netsuite.blackjack.table.scene`: what somebody at the table sees.
- :mod:`~netsuite.blackjack.table.events`: what happens there, as its members are told.
- :mod:`~netsuite.blackjack.table.table`: the table itself.
- :mod:`~netsuite.blackjack.table.lobby`: who gets which table, and gets a seat back.

Nothing here does I/O: what goes on is told to the members, and time is a parameter.
"""
