"""netsuite: the classic network services, built properly, on Twisted."""

__version__ = "0.1.0"
