"""One person at the other end of a connection: what they are asked, and what becomes of it.

- :mod:`~netsuite.blackjack.session.session`: the session; :mod:`~netsuite.blackjack.session.states`
  declares its states, and :mod:`~netsuite.blackjack.session.desk` what it has of its connection.
- :mod:`~netsuite.blackjack.session.signing_in`: the first questions.
- :mod:`~netsuite.blackjack.session.commands`: what can be typed, as a table;
  :mod:`~netsuite.blackjack.session.deeds`: what becomes of it.
- :mod:`~netsuite.blackjack.session.terminal`: what is typed, in order, and how it is written;
  :mod:`~netsuite.blackjack.session.preferences`: how things are shown there.
- :mod:`~netsuite.blackjack.session.view`: what is seen there; and
  :mod:`~netsuite.blackjack.session.display`: what has been written, and what is drawn over.
"""
