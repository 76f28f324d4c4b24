"""Genes for tests, made at random: whatever a record may hold, and what is awkward in a file."""

from __future__ import annotations

import attrs
from hypothesis import strategies as st

from netsuite.genes.records import MAX_ID, MAX_NAME, MAX_SYMBOL, MAX_TEXT, Gene
from netsuite.genes.search import Match

#: What programs that read files take for something else.
AWKWARD = (
    *('"', '""', '"quoted"', 'half "', '"half', 'in"side', '""doubled""', "'", "''", "\\", "\\N"),
    *("NA", "NaN", "null", "None", "-", "0", "1e5", "true", "SEPT1", "1-Dec", "[]", "{}"),
    *("=1+1", "+1", "-1", "@SUM(A1)", "a,b", ",", ";", "#", "a b", "a  b", "%s", "{0}", "<b>"),
    *("Größe", "日本", "\U0001f9ec", "e\u0301", "\u200b", "\ufffe", "a\ufeffb"),
)


def texts(most: int, without: str = "") -> st.SearchStrategy[str]:
    """Make texts of one line, as a record may hold them."""
    made = st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=without),
        max_size=most,
    )
    trimmed = made.map(lambda text: text.strip().strip("\ufeff").strip())
    return st.one_of(
        st.sampled_from(AWKWARD),
        trimmed.filter(lambda text: text != "" and text == text.strip("\ufeff")),
    )


IDS = st.from_regex(rf"\A[A-Za-z0-9][A-Za-z0-9._:-]{{0,{MAX_ID - 1}}}\Z")
SYMBOLS = texts(MAX_SYMBOL, without="|")
NAMES = st.one_of(texts(MAX_NAME), st.just("a|b"))
OPTIONAL = st.one_of(st.none(), texts(MAX_TEXT))
SYMBOL_LISTS = st.lists(SYMBOLS, unique=True, max_size=5).map(tuple)

GENES = st.builds(
    Gene,
    id=IDS,
    symbol=SYMBOLS,
    name=NAMES,
    hgnc_id=OPTIONAL,
    entrez_id=OPTIONAL,
    ensembl_gene_id=OPTIONAL,
    location=OPTIONAL,
    locus_type=OPTIONAL,
    previous_symbols=SYMBOL_LISTS,
    alias_symbols=SYMBOL_LISTS,
)


@attrs.frozen
class Found:
    """A gene as a search, or a listing, hands it to a writer."""

    gene: Gene
    match: Match | None = None
