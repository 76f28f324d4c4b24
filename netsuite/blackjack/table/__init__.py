"""A table: who sits at it, whose turn it is, and what happens when nobody does anything.

- :mod:`~netsuite.blackjack.table.scene`: what somebody at the table sees.
- :mod:`~netsuite.blackjack.table.events`: what happens there, as its members are told.
- :mod:`~netsuite.blackjack.table.table`: the table itself: what its members can do.
- :mod:`~netsuite.blackjack.table.lobby`: who gets which table, and gets a seat back.

Behind them:

- :mod:`~netsuite.blackjack.table.states`: the states of a table and of a seat, and what leads from
  one to another.
- :mod:`~netsuite.blackjack.table.rounds`: one round after the other, as these states have it.
- :mod:`~netsuite.blackjack.table.play`: a round, as the seats play it.
- :mod:`~netsuite.blackjack.table.shoes`: the shoes, with their commitments and reveals.
- :mod:`~netsuite.blackjack.table.company` and :mod:`~netsuite.blackjack.table.seats`: who is there,
  and has a seat.
- :mod:`~netsuite.blackjack.table.news`: how members are told, all the same, in the same order.
- :mod:`~netsuite.blackjack.table.clocks`: how long things may take.
- :mod:`~netsuite.blackjack.table.refusals`: why something cannot be done.

Nothing here does I/O: what goes on is told to the members, and time is a parameter.
"""
