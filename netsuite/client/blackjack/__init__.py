"""``netsuite blackjack``: what can be found out about the game away from the table.

============  ==================================================================
module        what it is about
============  ==================================================================
``command``   the command line
``simulate``  what the house wins of somebody who plays by the basic strategy
``verify``    whether the shoes of a transcript are those that were promised
============  ==================================================================
"""

from netsuite.client.blackjack.command import configure, run

__all__ = ["configure", "run"]
