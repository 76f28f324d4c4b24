"""``netsuite genes``: look up, change, import and export genes at the gene service.

=============  ===============================================================
module         what it is about
=============  ===============================================================
``command``    the command line
``service``    requests to the service, and its answers, which are not trusted
``printing``   tables, lists and notes for people, JSON for programs
``finding``    ``get``, ``list`` and ``search``
``editing``    ``add``, ``update``, ``delete`` and ``clear``
``resolving``  ``resolve``
``importing``  ``import``, and ``upload``, which sends the file
``exporting``  ``export``
``files``      the formats of both
=============  ===============================================================
"""

from netsuite.client.genes.command import configure, run

__all__ = ["configure", "run"]
