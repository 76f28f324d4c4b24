"""Genes and queries that meet: made at random from few pieces, among them what is awkward."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from netsuite.genes.records import Gene
from netsuite.genes.search import Query, key_of, words_of
from netsuite.genes.selection import SORT_FIELDS, Found, Sort

#: Some that fold to others, letters newer than Unicode 6.1, marks that make no word, scripts that
#: have no spaces or run from right to left, digits that are none in ASCII, and operators.
PIECES = (
    *("a", "A", "ab", "AB", "abc", "b", "B2", "x1", "2", "10"),
    *(
        "ß",
        "SS",
        "ss",
        "ẞ",
        "s",
        "\u017f",
        "İ",
        "i",
        "\u0131",
        "i\u0307",
        "ﬃ",
        "ffi",
        "ŉ",
        "ǅ",
        "ς",
        "Σ",
    ),
    *("é", "e\u0301", "\u0301", "ᾳ", "\u1f80", "\u13a0", "\uab70", "Ა", "ა", "\U0001e030"),
    *("\U00010570", "\U00010597", "\U0001df00", "\u0c5d", "日本", "日", "한국", "שלום", "ع"),
    *("²", "\u0661", "½", "Ⅷ", "ⅷ", "\U0001f9ec", "\u200b", "\ufffe", "\U0010ffff", "\ue000"),
    *("_", "%", "*", '"', "'", '""', ":*", "\\", "&", "!", "(", ")", "^", "{a}", "AND", "NEAR"),
    *("-", "@", "+", "#", ";", "--", "?", "$1", "%s", "<->", "😀"),
)
_SEPARATORS = ("", "", " ", "  ", "-", "_", ".", "\u00a0")


def _joined(parts: Sequence[tuple[str, str]]) -> str:
    text = "".join(part for pair in parts for part in pair)
    return text.strip().strip("\ufeff").strip() or "x"


TEXTS = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(_SEPARATORS)), min_size=1, max_size=4
).map(_joined)
_LISTS = st.lists(TEXTS, unique=True, max_size=3).map(tuple)
# By hand: of a tuple with names, builds() would invent the fields that are left out.
_GENE = st.builds(
    lambda symbol, name, previous, aliases: Gene(
        "", symbol, name, previous_symbols=previous, alias_symbols=aliases
    ),
    TEXTS,
    TEXTS,
    _LISTS,
    _LISTS,
)


def _numbered(genes: Sequence[Gene]) -> list[Gene]:
    return [gene._replace(id=str(number)) for number, gene in enumerate(genes)]


#: All orders in which a list can be asked for.
SORTS = (None, *(Sort(field, down) for field in SORT_FIELDS for down in (False, True)))

#: Some genes, each with an id of its own.
GENES = st.lists(_GENE, min_size=1, max_size=8).map(_numbered)


def _is_query(text: str) -> bool:
    try:
        Query(text)
    except ValueError:
        return False
    return True


def queries(genes: Sequence[Gene]) -> st.SearchStrategy[str]:
    """Make queries: any, and such as have something to do with some genes."""
    texts = [
        text
        for gene in genes
        for text in (gene.symbol, gene.name, *gene.previous_symbols, *gene.alias_symbols)
    ]
    near = st.sampled_from(texts).flatmap(
        lambda text: st.builds(
            lambda first, last, change: change(text[first : first + last]),
            st.integers(0, len(text) - 1).filter(lambda first: first == 0 or first % 2),
            st.integers(1, len(text)),
            st.sampled_from([str, str.upper, str.lower, str.title, _reversed, "{} ".format]),
        )
    )
    anything = st.one_of(near, near, TEXTS, st.text(max_size=5))
    return st.lists(anything, min_size=1, max_size=2).map(" ".join).filter(_is_query)


def _reversed(text: str) -> str:
    return " ".join(reversed(text.split()))


def expected(query: Query, genes: Sequence[Gene], sort: Sort | None = None) -> list[Found]:
    """Return what a search is to find, and in which order.

    :param genes: all that there are, in the order in which they were added.
    """
    ranked = []
    for number, gene in enumerate(genes):
        level = query.level(gene)
        if level is not None:
            ranked.append((level, _weight(query, gene), gene.symbol, number, gene))
    ranked.sort()
    found = [Found(gene, level) for level, *_rest, gene in ranked]
    if sort is not None:
        place = {gene.id: number for number, gene in enumerate(genes)}
        field = sort.field
        found.sort(key=lambda each: (getattr(each.gene, field), place[each.gene.id]))
        if sort.descending:
            found.reverse()
    return found


def _weight(query: Query, gene: Gene) -> int:
    """Return how much else there is in a gene."""
    keys = [key_of(text) for text in (*gene.previous_symbols, *gene.alias_symbols)]
    symbol = key_of(gene.symbol)
    begins = symbol != query.key and symbol.startswith(query.key) and query.key not in keys
    return len(symbol) + (0 if begins else len(" ".join(words_of(gene.name))))
