"""Lists of genes: choosing, paging, formats, and streams that nobody reads."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from netsuite.genes.reading import Row, read
from netsuite.genes.records import Gene
from netsuite.genes.repository import SAMPLES, Genes
from netsuite.genes.selection import Found, Selection
from netsuite.storage import StoreUnavailable
from tests.genes.served import Answer, Served
from tests.genes.stores import InstantSqlite

MANY = [
    Gene(f"g{n:02}", f"S{n % 7}", f"name {n % 5} of {n}", alias_symbols=(f"ALIAS{n}", "x y"))
    for n in range(30)
]


class Case(InstantSqlite, SynchronousTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.fill([*SAMPLES, *MANY])
        self.served = Served(self.repository)

    def ask(self, query: str = "", **headers: str) -> Answer:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Answer = self.successResultOf(
            self.served.send("GET", f"/genedb/gene{query}", headers=fields)
        )
        return answer

    def ids(self, query: str) -> list[str]:
        answer = self.ask(query)
        self.assertEqual(answer.status, 200, answer.body)
        return [gene["id"] for gene in answer.json["genes"]]

    def refused(self, status: int, query: str, **headers: str) -> str:
        answer = self.ask(query, **headers)
        self.assertEqual(answer.status, status, answer.body)
        return answer.message


def links(answer: Answer) -> dict[str, str]:
    """Return where the links of an answer lead, by their relation."""
    return {
        relation: target
        for target, relation in re.findall(r'<([^>]*)>; rel="(\w+)"', answer["Link"] or "")
    }


class ListTests(Case):
    def test_all(self) -> None:
        everything = [gene.id for gene in (*SAMPLES, *MANY)]
        self.assertEqual(self.ids(""), everything)
        self.assertIsNone(self.ask()["Link"])

    def test_by_symbol(self) -> None:
        self.assertEqual(self.ids("?symbol=a2m"), ["2"])
        self.assertEqual(self.ids("?symbol=S3"), ["g03", "g10", "g17", "g24"])
        self.assertEqual(self.ids("?symbol=ALIAS3"), [])
        self.assertEqual(self.ids("?symbol=%F0%9F%A7%AC"), [])

    def test_search(self) -> None:
        self.assertEqual(self.ids("?q=alpha-2-macroglobulin"), ["2"])
        answer = self.ask("?q=ALIAS7&fields=id,match")
        match = {"field": "alias_symbols", "type": "exact", "value": "ALIAS7"}
        self.assertEqual(answer.json, {"genes": [{"id": "g07", "match": match}]})

    def test_match_where_nothing_is_searched_for(self) -> None:
        answer = self.ask("?symbol=A2M&fields=match")
        self.assertEqual(answer.json, {"genes": [{"match": None}]})

    def test_search_has_pages_anyway(self) -> None:
        self.fill([Gene(str(n), f"S{n}", "gene") for n in range(120)])
        answer = self.ask("?q=gene")
        self.assertEqual(len(answer.json["genes"]), 50)
        self.assertIn("next", links(answer))
        self.assertEqual(len(self.ids("?q=gene&limit=120")), 120)

    def test_sort(self) -> None:
        ids = self.ids("?sort=id")
        self.assertEqual(ids, sorted(ids))
        self.assertEqual(self.ids("?sort=-id"), ids[::-1])

    def test_malformed_parameters(self) -> None:
        for query in (
            *("?limit=0", "?limit=1001", "?limit=-1", "?limit=1.0", "?limit=", "?limit=%D9%A3"),
            *(f"?limit={'9' * 5000}", "?sort=location", "?sort=", "?format=xml", "?q=", "?q=%20"),
            *(f"?q={'x' * 201}", "?q=a%00", "?q=%0A", "?symbol=", "?symbol=%00", "?symbol=%ff"),
            *("?fields=", "?after=", "?after=%2B", "?after=%C3%A9", "?" + "a&" * 200),
        ):
            self.refused(400, query)

    def test_tag(self) -> None:
        answer = self.ask()
        self.assertRegex(answer["ETag"] or "", r'^W/"\d+"$')
        for condition in (answer["ETag"] or "", "*"):
            for query in ("", "?limit=1", "?q=a"):
                again = self.ask(query, If_None_Match=condition)
                self.assertEqual((again.status, again["ETag"]), (304, answer["ETag"]))
        self.successResultOf(self.served.send("DELETE", "/genedb/gene/1"))
        self.assertEqual(self.ask(If_None_Match=answer["ETag"] or "").status, 200)

    def test_head(self) -> None:
        got = self.ask("?limit=3")
        asked = self.successResultOf(self.served.send("HEAD", "/genedb/gene?limit=3"))
        for name in ("Content-Type", "Content-Length", "ETag", "Link"):
            self.assertEqual(asked[name], got[name])
        self.assertEqual(self.successResultOf(self.served.send("HEAD", "/genedb/gene")).body, b"")

    def test_misspelt(self) -> None:
        answer = self.successResultOf(self.served.send("GET", "/gededb/gene?limit=2"))
        self.assertEqual(answer.json, self.ask("?limit=2").json)
        self.assertTrue(links(answer)["next"].startswith("/gededb/gene?"))


class PageTests(Case):
    def test_every_page(self) -> None:
        for query in ("", "&sort=symbol", "&sort=-name", "&q=name", "&symbol=S1", "&q=x%20y"):
            whole = self.ids(f"?limit=1000{query}")
            for limit in (1, 4, len(whole), len(whole) + 1):
                target = f"/genedb/gene?limit={limit}{query}"
                found: list[str] = []
                pages = 0
                while target:
                    answer: Answer = self.successResultOf(self.served.send("GET", target))
                    found += [gene["id"] for gene in answer.json["genes"]]
                    self.assertNotIn("after", links(answer)["first"])
                    target = links(answer).get("next", "")
                    pages += 1
                self.assertEqual((query, found), (query, whole))
                self.assertEqual(pages, -(-len(whole) // limit))

    def test_the_rest_as_a_stream(self) -> None:
        following = links(self.ask("?limit=5"))["next"]
        rest = following.partition("?")[2].replace("limit=5&", "?")
        self.assertEqual(self.ids(rest), self.ids("")[5:])

    def test_cursors_of_other_lists(self) -> None:
        cursor = links(self.ask("?limit=5&sort=name"))["next"].partition("after=")[2]
        self.assertEqual(len(self.ids(f"?limit=5&sort=name&after={cursor}")), 5)
        for query in ("", "&sort=-name", "&q=name", "&symbol=S1&sort=name"):
            self.assertIn("cursor", self.refused(404, f"?limit=5{query}&after={cursor}"))
        for odd in ("x", "AAAA", cursor[:-4], cursor + "AAAA", "W10", "e30", "a" * 6000):
            self.refused(404, f"?limit=5&sort=name&after={odd}")
            self.refused(404, f"?sort=name&after={odd}")

    def test_links_keep_what_was_asked(self) -> None:
        answer = self.ask(f"?q={quote('x y')}&limit=3&fields=id,match")
        self.assertEqual(links(answer)["first"], "/genedb/gene?q=x+y&limit=3&fields=id%2Cmatch")


class FormatTests(Case):
    TYPES = {
        "json": "application/json",
        "ndjson": "application/x-ndjson",
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
    }

    def test_by_name_and_by_accept(self) -> None:
        tags = set()
        for name, media_type in self.TYPES.items():
            named = self.ask(f"?format={name}&fields=all")
            accepted = self.ask("?fields=all", Accept=f"{media_type}, */*;q=0.1")
            self.assertEqual(named.body, accepted.body)
            self.assertTrue((named["Content-Type"] or "").startswith(media_type))
            self.assertEqual((named["Vary"], accepted["Vary"]), (None, "Accept"))
            tags.add(named["ETag"])
            again = self.ask(f"?format={name}", If_None_Match=named["ETag"] or "")
            self.assertEqual(again.status, 304)
        self.assertEqual(len(tags), 4)

    def test_the_name_goes_before_accept(self) -> None:
        answer = self.ask("?format=csv", Accept="image/png")
        self.assertTrue(answer.body.startswith(b"id,symbol,name\r\n1,A1BG,"))

    def test_not_acceptable(self) -> None:
        self.assertIn("text/csv", self.refused(406, "", Accept="image/png"))

    def test_what_is_exported_can_be_imported(self) -> None:
        from io import BytesIO

        for name in ("ndjson", "csv", "tsv"):
            file = BytesIO(self.ask(f"?format={name}&fields=all").body)
            rows = list(read(name, file))
            self.assertEqual([row.gene for row in rows if isinstance(row, Row)], [*SAMPLES, *MANY])

    def test_pages(self) -> None:
        answer = self.ask("?format=ndjson&limit=2&fields=id")
        self.assertEqual(answer.body, b'{"id":"1"}\n{"id":"2"}\n')
        self.assertIn("format=ndjson", links(answer)["next"])


class EndlessGenes(Genes):
    """A repository of more genes than anybody can read, which counts the pages it is asked for.

    :param until: after how many pages it fails; 0 for never.
    """

    PAGE = [Found(Gene(f"g{n}", "S", "x" * 100)) for n in range(500)]

    def __init__(self, until: int = 0) -> None:
        super().__init__()
        self.asked = 0
        self.closed = False
        self._until = until

    def revision(self) -> int:
        return 1

    async def pages(
        self, selection: Selection, cursor: str | None = None
    ) -> AsyncIterator[list[Found]]:
        try:
            while True:
                self.asked += 1
                if self.asked == self._until:
                    raise StoreUnavailable("gone")
                yield self.PAGE
        finally:
            self.closed = True


class StreamTests(SynchronousTestCase):
    REQUEST = b"GET /genedb/gene HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def test_no_faster_than_it_is_read(self) -> None:
        genes = EndlessGenes()
        channel, wire = Served(genes).connect(limit=65_536)
        channel.dataReceived(self.REQUEST)
        size = len(EndlessGenes.PAGE) * 100
        for _ in range(20):
            asked = genes.asked
            # Nobody reads, and nothing more is fetched, or kept.
            self.assertLess(len(wire.value()), 65_536 + 3 * size)
            self.assertFalse(genes.closed)
            wire.read()
            self.assertGreater(genes.asked, asked)
            self.assertLess(genes.asked, asked + 4)
        channel.connectionLost(Failure(ConnectionDone()))

    def test_a_client_that_leaves(self) -> None:
        genes = EndlessGenes()
        channel, _wire = Served(genes).connect(limit=65_536)
        channel.dataReceived(self.REQUEST)
        asked = genes.asked
        channel.connectionLost(Failure(ConnectionDone()))
        self.assertEqual(genes.asked, asked)
        self.assertTrue(genes.closed)

    def test_head_reads_nothing(self) -> None:
        genes = EndlessGenes()
        channel, wire = Served(genes).connect()
        channel.dataReceived(self.REQUEST.replace(b"GET", b"HEAD"))
        self.assertIn(b"200 OK", wire.value())
        self.assertEqual(genes.asked, 0)

    def test_a_store_that_fails_before_the_first_record(self) -> None:
        answer: Any = self.successResultOf(Served(EndlessGenes(1)).send("GET", "/genedb/gene"))
        self.assertEqual(answer.status, 503)

    def test_a_store_that_fails_in_between(self) -> None:
        channel, wire = Served(EndlessGenes(2)).connect()
        channel.dataReceived(self.REQUEST)
        self.assertTrue(wire.disconnected)
        self.assertIn(b"200 OK", wire.value())
        # It is not ended as if it were whole.
        self.assertFalse(wire.value().endswith(b"0\r\n\r\n"))
        self.assertEqual(len(self.flushLoggedErrors(StoreUnavailable)), 1)
