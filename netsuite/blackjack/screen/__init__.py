"""What is shown, as lines of text: functions of what there is to be shown, without any state.

Each line fits the window, is without a line end, and holds nothing that a terminal might act upon
but colours.

What a session shows:

- :mod:`~netsuite.blackjack.screen.style`: how somebody wants to be shown things.
- :mod:`~netsuite.blackjack.screen.table`: the table.
- :mod:`~netsuite.blackjack.screen.prompts`: what can be typed now.
- :mod:`~netsuite.blackjack.screen.news`: what happens at the table.
- :mod:`~netsuite.blackjack.screen.texts`: everything that is asked for, such as the help.

What that is made of:

- :mod:`~netsuite.blackjack.screen.lines`: lines, how wide they are, and how they are written.
- :mod:`~netsuite.blackjack.screen.cards`: cards, drawn, by short names, and in words.
- :mod:`~netsuite.blackjack.screen.wording`: chips, totals and results in a few words.
- :mod:`~netsuite.blackjack.screen.labels`: keys and words in brackets.
- :mod:`~netsuite.blackjack.screen.hands`, :mod:`~netsuite.blackjack.screen.seats` and
  :mod:`~netsuite.blackjack.screen.felt`: the parts of the table.
- :mod:`~netsuite.blackjack.screen.speech`: the table in sentences, to be read aloud.
- :mod:`~netsuite.blackjack.screen.rulebook` and :mod:`~netsuite.blackjack.screen.advice`: the rules
  in words, and which choice is best.
"""
