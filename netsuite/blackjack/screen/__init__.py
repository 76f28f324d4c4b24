"""What is shown, as lines of text: functions of what there is to be shown, without any state.

Each line fits the window, is without a line end, and holds nothing that a terminal might act upon
but the colours of :mod:`~netsuite.blackjack.screen.style`.
"""
