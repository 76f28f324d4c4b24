"""The client program, ``netsuite``: a module for each command, and what they share.

A command is a module of its own name with two functions, and one line in
:data:`netsuite.client.main.COMMANDS`:

``configure(parser)``
    adds the command's options and arguments to an :class:`argparse.ArgumentParser`;

``run(options)``
    does the work and returns the exit status. What goes wrong is raised as
    :class:`netsuite.client.problems.ClientError`, which carries the line that the user sees.

Nothing here imports the reactor before a command that talks to a server runs.
"""
