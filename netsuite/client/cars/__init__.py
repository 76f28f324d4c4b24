"""``netsuite cars``: look up, change and register cars at the car registry.

==============  ===================================================================
module          what it is about
==============  ===================================================================
``command``     the command line
``registry``    requests to the server, and its answers, which are not trusted
``actions``     ``get``, ``list``, ``mileage``, ``owner``, ``add`` and ``stop``
``rows``        reading cars from CSV files and from the classic server's own
``background``  reading files without holding up the reactor
``importing``   ``import``, and ``progress`` while it lasts
``exporting``   ``export``
``dialogue``    the menu of the classic client
``console``     asking and answering through pipes
``editing``     asking on a terminal, with line editing, history and completion
==============  ===================================================================
"""

from netsuite.client.cars.command import configure, run

__all__ = ["configure", "run"]
