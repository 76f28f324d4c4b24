"""The gene service: records of genes, found, resolved, edited and imported over HTTP."""
