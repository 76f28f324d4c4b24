"""How each plugin's options become a service; installed as ``netsuite.tap``.

A module for each plugin: ``Options``, its command line; ``service``, which makes the listening
service of parsed options; and ``makeService``, which twistd calls, and which makes a process of it.
"""
