"""A Twisted reactor on libuv: ``twistd --reactor=libuv``.

Twisted's own reactors wait for a socket to become readable, and then Python reads it. Here the
connections are libuv's: its loop, in C, reads and writes them, and hands Python the bytes. It is
reached through `uvloop <https://github.com/MagicStack/uvloop>`__.

- :mod:`~netsuite.libuv.reactor`: the reactor: the loop, timers, threads and signals.
- :mod:`~netsuite.libuv.stream`: a connection whose bytes libuv moves, as Twisted knows connections.
- :mod:`~netsuite.libuv.ports`: those that are accepted; :mod:`~netsuite.libuv.connecting`: those
  that are asked for.
- :mod:`~netsuite.libuv.datagrams`: UDP ports.
- :mod:`~netsuite.libuv.descriptors`: what is different where file descriptors are sent along.
- :mod:`~netsuite.libuv.children`: how the end of a child process is noticed.
- :mod:`~netsuite.libuv.sockets`: what is used of uvloop's transports, and their sockets;
  :mod:`~netsuite.libuv.logcontext`: what log lines are told of whose turn it is.

Whatever else a Twisted program does with file descriptors (multicast, pipes, child processes,
readers and writers of its own) is done by Twisted's own code, on an epoll that libuv's loop
watches.

This package stands alone: it needs Twisted and uvloop, and nothing of netsuite.
"""
