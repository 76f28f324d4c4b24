"""What a session has of its connection."""

from __future__ import annotations

from typing import Protocol

from netsuite.blackjack.session.preferences import Preferences

__all__ = ["Desk"]


class Desk(Protocol):
    """What a session has of its connection."""

    #: What is known of the client, and what its player has chosen.
    preferences: Preferences

    @property
    def where(self) -> str:
        """What tells one client's address from another's; the same for all on this machine."""

    @property
    def character_mode(self) -> bool:
        """Whether the client sends single keys and leaves it to us to echo them."""

    @property
    def unfinished(self) -> str:
        """What has been typed of a line that is not ended, as far as it was shown."""

    @property
    def typed_ahead(self) -> bool:
        """Whether what is typed has been shown above the last prompt, before that was sent."""

    def send(self, text: str, *, prompt: bool) -> None:
        """Send text.

        :param prompt: whether it ends with a prompt.
        """

    def expect(self, *, keys: bool, hidden: bool) -> None:
        """Say how what is typed next is to be taken.

        :param keys: as single keys, and not as a line.
        :param hidden: without showing it.
        """

    def begin_line(self, text: str) -> None:
        """Have what is typed next be the rest of a line, although single keys were expected.

        :param text: how it begins.
        """

    def want_keys(self, wanted: bool) -> None:
        """Ask the client for single keys, or for lines."""

    def resume(self) -> None:
        """Go on with what has been typed ahead."""

    def close(self) -> None:
        """Close the connection when all has been sent."""
