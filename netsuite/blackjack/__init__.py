"""Blackjack: the game, and how it is played over telnet."""
