"""The programs that are measured: each is one way to write the same services.

Every program here is started as ``PROGRAM --service NAME --port N``, listens on the loopback
interface only, prints the line ``ready PORT`` once it does, and runs until it is killed.
"""
