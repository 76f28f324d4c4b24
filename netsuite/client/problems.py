"""What can go wrong for a user of the client program, each with its exit status."""

from __future__ import annotations


class ClientError(Exception):
    """The command failed: the server refused, went away, or cannot be reached.

    Its text is the one line that the user reads on standard error. Whatever it quotes of a
    peer has been made printable.
    """

    #: The program's exit status.
    status = 1


class WrongUsage(ClientError):  # noqa: N818 - it names what happened, as UsageError would
    """The command line asks for something that cannot be done; the text says what to type."""

    status = 2
