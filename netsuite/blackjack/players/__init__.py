"""Who plays: names, chips, statistics, and how they are kept.

- :mod:`~netsuite.blackjack.players.player`: a player at a table, kept nowhere.
- :mod:`~netsuite.blackjack.players.names`: which names there can be, and what may be said.
- :mod:`~netsuite.blackjack.players.words`: secret words, as they are kept and checked.
- :mod:`~netsuite.blackjack.players.guard`: how often somebody may guess a secret word.
- :mod:`~netsuite.blackjack.players.account`: a player whose chips and statistics are in a store.
- :mod:`~netsuite.blackjack.players.accounts`: those players, and how they are kept.
"""
