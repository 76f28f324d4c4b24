"""The car registry: its rules, the notations of its messages, and the service.

What arrives from the network is read by :mod:`~netsuite.cars.notation`, which tells JSON from
pickles; the latter are read by :mod:`~netsuite.cars.pickles`, an interpreter of our own. The same
interpreter, with a wider set of opcodes, reads the classic server's data file:
:mod:`~netsuite.cars.classic`.
"""
