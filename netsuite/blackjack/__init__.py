"""Blackjack: the game, and how it is played over telnet.

The game, plain code without I/O:

- :mod:`~netsuite.blackjack.cards`, :mod:`~netsuite.blackjack.hand` and
  :mod:`~netsuite.blackjack.shoe`: what is played with.
- :mod:`~netsuite.blackjack.rules`, :mod:`~netsuite.blackjack.rulefile`: the rules, as data.
- :mod:`~netsuite.blackjack.round`: one round, a machine whose phases
  :mod:`~netsuite.blackjack.stages` declares; :mod:`~netsuite.blackjack.settlement` pays.
- :mod:`~netsuite.blackjack.dealer`, :mod:`~netsuite.blackjack.strategy`: what each choice is worth,
  exactly; :mod:`~netsuite.blackjack.simulation` plays by that.
- :mod:`~netsuite.blackjack.fairness`: the commitment to a shoe;
  :mod:`~netsuite.blackjack.transcript` checks a saved session against it.

How people play it, from the inside out:

- :mod:`~netsuite.blackjack.players`: names, chips, and how they are kept.
- :mod:`~netsuite.blackjack.table`: who sits where, whose turn it is, and what happens when nobody
  does anything.
- :mod:`~netsuite.blackjack.screen`: what is shown, as functions of what there is to show.
- :mod:`~netsuite.blackjack.telnet`: the protocol, bytes in and events out.
- :mod:`~netsuite.blackjack.session`: one person's way from the greeting to the goodbye.
- :mod:`~netsuite.blackjack.service`: a session on a connection; :mod:`~netsuite.blackjack.house`:
  what all sessions share.
"""
