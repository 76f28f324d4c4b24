"""The gene service: records of genes, found, resolved, edited and imported over HTTP.

What a record is and does, without I/O:

- :mod:`~netsuite.genes.records`: the fields, and what may stand in them;
- :mod:`~netsuite.genes.search`: what a search finds, and in which order;
- :mod:`~netsuite.genes.resolution`: which gene a symbol means;
- :mod:`~netsuite.genes.cursors`: where a page of a list ended.

Records in a store:

- :mod:`~netsuite.genes.repository`: what can be done with them;
- :mod:`~netsuite.genes.selection` and :mod:`~netsuite.genes.statements`: the SQL for it. The tables
  are in :mod:`netsuite.storage.genes`.

Records in files, whose formats exports and imports share:

- :mod:`~netsuite.genes.writing`: JSON, NDJSON, CSV and TSV;
- :mod:`~netsuite.genes.reading`, with :mod:`~netsuite.genes.tables` and
  :mod:`~netsuite.genes.rows`: all but JSON, and HGNC's own.

Records over HTTP:

- :mod:`~netsuite.genes.api`: the routes;
- :mod:`~netsuite.genes.declarations` and :mod:`~netsuite.genes.schemas`: what they take and give;
- :mod:`~netsuite.genes.rendering`, :mod:`~netsuite.genes.listing`,
  :mod:`~netsuite.genes.errors`: one record, many, or none as an answer;
- :mod:`~netsuite.genes.bulk`: the import;
- :mod:`~netsuite.genes.assets`, and the folder ``pages``: the gene browser and the documentation.
"""
