"""Some genes, for the services that are measured with all of them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.genes import GeneData

#: How many: two full pages and a part of one.
COUNT = 120


def some_genes(folder: Path) -> GeneData:
    """Return made-up genes.

    :param folder: an existing folder for their file.
    """
    file = GeneData(folder, folder / "no such file").file
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[: COUNT + 1]), encoding="utf-8")
    return GeneData(folder)
