"""The gene API's answers about single records, symbols and the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from twisted.internet.defer import Deferred, fail
from twisted.trial.unittest import SynchronousTestCase, TestCase

from netsuite.genes.api import GeneAPI
from netsuite.genes.records import FIELDS, MAX_SYMBOLS, Gene
from netsuite.genes.repository import SAMPLES, Genes, Stored
from netsuite.genes.schemas import MAX_QUERIES, SCHEMAS
from netsuite.storage import OutcomeUnknown, StoreUnavailable
from netsuite.web.operations import Operation
from tests.genes.served import JSON, MERGE_PATCH, Answer, Served
from tests.genes.stores import InstantSqlite, Repositories
from tests.storage.contract import Sqlite, outcomes

A1BG = {"id": "1", "symbol": "A1BG", "name": "alpha-1-B glycoprotein"}
A2M = {"id": "2", "symbol": "A2M", "name": "alpha-2-macroglobulin"}
A2MP1 = {"id": "3", "symbol": "A2MP1", "name": "alpha-2-macroglobulin pseudogene 1"}

FULL = Gene(
    "503538",
    "A1BG-AS1",
    "A1BG antisense RNA 1",
    hgnc_id="HGNC:37133",
    entrez_id="503538",
    ensembl_gene_id="ENSG00000268895",
    previous_symbols=("NCRNA00181", "A1BGAS"),
    alias_symbols=("FLJ23569",),
)


class Case(InstantSqlite, SynchronousTestCase):
    """Test cases with the seed's two genes."""

    def setUp(self) -> None:
        super().setUp()
        self.fill(SAMPLES)
        self.served = Served(self.repository)

    def ask(
        self,
        method: str,
        target: str,
        body: bytes | object = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to a request, which is there at once."""
        answer: Answer = self.successResultOf(self.served.send(method, target, body, headers))
        return answer

    def get(self, target: str, status: int = 200, **headers: str) -> Any:
        """Return the JSON that a GET answers."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.ask("GET", target, headers=fields)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json

    def refused(self, status: int, *request: Any) -> str:
        """Return what the error says that a request is answered with."""
        answer = self.ask(*request)
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer["Content-Type"], "application/json")
        return answer.message


class RecordTests(Case):
    """Reading, adding, changing and deleting a gene."""

    def test_get(self) -> None:
        answer = self.ask("GET", "/genedb/gene/1")
        self.assertEqual((answer.status, answer.json), (200, {"gene": [A1BG]}))
        self.assertRegex(answer["ETag"] or "", r'^"\d+"$')
        self.assertEqual(self.ask("GET", "/genedb/gene/1")["ETag"], answer["ETag"])

    def test_head(self) -> None:
        got, asked = self.ask("GET", "/genedb/gene/1"), self.ask("HEAD", "/genedb/gene/1")
        self.assertEqual((asked.status, asked.body), (200, b""))
        for name in ("Content-Type", "Content-Length", "ETag"):
            self.assertEqual(asked[name], got[name])

    def test_options(self) -> None:
        answer = self.ask("OPTIONS", "/genedb/gene/1")
        self.assertEqual(answer.status, 204)
        self.assertEqual(answer["Allow"], "DELETE, GET, HEAD, OPTIONS, PATCH, PUT")

    def test_unknown(self) -> None:
        for gene_id in ("9", "x" * 65, "%20", "%C3%A9", "-", "1/", "1%2F2"):
            for method, body in (("GET", b""), ("PUT", {}), ("PATCH", {}), ("DELETE", b"")):
                self.refused(404, method, f"/genedb/gene/{gene_id}", body)

    def test_fields(self) -> None:
        self.fill([FULL])
        everything = json.loads(json.dumps(FULL._asdict()))
        answer = self.ask("GET", "/genedb/gene/503538?fields=all")
        self.assertEqual(answer.json, {"gene": [everything]})
        self.assertEqual([*answer.json["gene"][0]], [*FIELDS])
        some = self.get("/genedb/gene/503538?fields=alias_symbols,id")["gene"][0]
        self.assertEqual([*some.items()], [("alias_symbols", ["FLJ23569"]), ("id", "503538")])
        first = self.get("/genedb/gene/503538?fields=name,all")["gene"][0]
        self.assertEqual([*first], ["name", *(each for each in FIELDS if each != "name")])

    def test_fields_wherever_a_record_is_answered(self) -> None:
        for method, target, body in (
            ("GET", "/genedb/gene/1", b""),
            ("PUT", "/genedb/gene/1", {}),
            ("PATCH", "/genedb/gene/1", {}),
            ("POST", "/genedb/gene", A2MP1),
            ("GET", "/genedb/gene", b""),
            ("GET", "/genedb/resolve/A2M", b""),
            ("POST", "/genedb/resolve", {"symbols": ["A2M"]}),
        ):
            answer = self.ask(method, f"{target}?fields=locus_type", body)
            self.assertEqual(answer.status, 200)
            self.assertIn(b'{"locus_type":null}', answer.body)

    def test_fields_that_there_are_not(self) -> None:
        for fields in ("", "x", "id,", "id,id", "id;name", "match", "all,all", "ID"):
            message = self.refused(400, "GET", f"/genedb/gene/1?fields={fields}")
            self.assertIn("alias_symbols", message)

    def test_each_choice_of_fields_has_its_tag(self) -> None:
        tags = {
            self.ask("GET", f"/genedb/gene/1{query}")["ETag"]
            for query in ("", "?fields=id", "?fields=name", "?fields=all", "?fields=name,id")
        }
        self.assertEqual(len(tags), 5)
        same = self.ask("GET", "/genedb/gene/1?fields=id,symbol,name")["ETag"]
        self.assertEqual(same, self.ask("GET", "/genedb/gene/1")["ETag"])

    def test_not_modified(self) -> None:
        for query in ("", "?fields=all"):
            target = f"/genedb/gene/1{query}"
            tag = self.ask("GET", target)["ETag"] or ""
            for condition in (tag, f'"0", {tag}', f"W/{tag}", "*"):
                answer = self.ask("GET", target, headers={"If-None-Match": condition})
                self.assertEqual((answer.status, answer.body), (304, b""))
                self.assertEqual(answer["ETag"], tag)
            self.ask("PUT", "/genedb/gene/1", {"name": query or "x"})
            answer = self.ask("GET", target, headers={"If-None-Match": tag})
            self.assertEqual(answer.status, 200)
            self.assertNotEqual(answer["ETag"], tag)

    def test_add(self) -> None:
        answer = self.ask("POST", "/genedb/gene", A2MP1)
        self.assertEqual((answer.status, answer.json), (200, A2MP1))
        self.assertEqual(answer["Location"], "/genedb/gene/3")
        self.assertEqual(answer["ETag"], self.ask("GET", "/genedb/gene/3")["ETag"])
        self.assertEqual(self.get("/genedb/gene"), {"genes": [A1BG, A2M, A2MP1]})

    def test_add_with_all_fields(self) -> None:
        gene = json.loads(json.dumps(FULL._asdict()))
        self.assertEqual(self.ask("POST", "/genedb/gene?fields=all", gene).json, gene)
        self.assertEqual(self.get("/genedb/gene/503538?fields=all"), {"gene": [gene]})

    def test_add_what_is_there(self) -> None:
        message = self.refused(409, "POST", "/genedb/gene", {**A2MP1, "id": "2"})
        self.assertIn("PUT /genedb/gene/2", message)
        self.assertEqual(self.get("/genedb/gene/2"), {"gene": [A2M]})

    def test_add_what_is_no_gene(self) -> None:
        for field in A2MP1:
            lacking = {name: value for name, value in A2MP1.items() if name != field}
            self.assertIn(field, self.refused(400, "POST", "/genedb/gene", lacking))
        for field, value in (
            ("id", 3),
            ("id", "a b"),
            ("id", ".."),
            ("symbol", None),
            ("symbol", "A|B"),
            ("symbol", "x" * 101),
            ("name", ""),
            ("name", "a\nb"),
            ("name", "a\0"),
            ("locus_type", ["x"]),
            ("alias_symbols", "A"),
            ("alias_symbols", ["A", "A"]),
            ("previous_symbols", [str(number) for number in range(MAX_SYMBOLS + 1)]),
            ("species", "human"),
        ):
            message = self.refused(400, "POST", "/genedb/gene", {**A2MP1, field: value})
            self.assertIn(field, message)
        self.assertEqual(len(self.get("/genedb/gene")["genes"]), 2)

    def test_put(self) -> None:
        before = self.ask("GET", "/genedb/gene/1")["ETag"]
        answer = self.ask("PUT", "/genedb/gene/1", {"symbol": "HYST2477"})
        changed = {**A1BG, "symbol": "HYST2477"}
        self.assertEqual((answer.status, answer.json), (200, {"gene": changed}))
        self.assertNotEqual(answer["ETag"], before)
        self.assertEqual(answer["ETag"], self.ask("GET", "/genedb/gene/1")["ETag"])
        self.assertEqual(self.get("/genedb/gene"), {"genes": [changed, A2M]})

    def test_put_the_id(self) -> None:
        same = self.ask("PUT", "/genedb/gene/1", {**A1BG, "name": "x"})
        self.assertEqual(same.json, {"gene": {**A1BG, "name": "x"}})
        for method in ("PUT", "PATCH"):
            self.assertIn("id", self.refused(400, method, "/genedb/gene/1", {"id": "2"}))

    def test_put_nothing(self) -> None:
        tag = self.ask("GET", "/genedb/gene/1")["ETag"]
        answer = self.ask("PUT", "/genedb/gene/1", {})
        self.assertEqual((answer.json, answer["ETag"]), ({"gene": A1BG}, tag))

    def test_merge_patch(self) -> None:
        self.fill([FULL])
        target = "/genedb/gene/503538?fields=all"
        patch = {"name": "new", "hgnc_id": None, "alias_symbols": None, "previous_symbols": ["P"]}
        for headers in (MERGE_PATCH, JSON):
            answer = self.ask("PATCH", target, patch, headers)
            self.assertEqual(answer.status, 200)
            (gene,) = self.get(target)["gene"]
            self.assertEqual(answer.json, {"gene": gene})
            self.assertEqual((gene["name"], gene["hgnc_id"]), ("new", None))
            self.assertEqual((gene["alias_symbols"], gene["previous_symbols"]), ([], ["P"]))
            self.assertEqual(gene["entrez_id"], FULL.entrez_id)
        for field in ("symbol", "name"):
            self.assertIn(field, self.refused(400, "PATCH", target, {field: None}, MERGE_PATCH))

    def test_delete(self) -> None:
        answer = self.ask("DELETE", "/genedb/gene/2")
        self.assertEqual((answer.status, answer.json), (200, {"response": "Success"}))
        self.refused(404, "GET", "/genedb/gene/2")
        self.refused(404, "DELETE", "/genedb/gene/2")
        self.assertEqual(self.get("/genedb/gene"), {"genes": [A1BG]})

    def test_delete_all(self) -> None:
        answer = self.ask("DELETE", "/genedb/gene")
        self.assertEqual((answer.status, answer.json), (200, {"response": "Success"}))
        self.assertEqual(self.get("/genedb/gene"), {"genes": []})

    def test_delete_all_on_a_condition(self) -> None:
        tag = self.ask("GET", "/genedb/gene")["ETag"] or ""
        for condition in (tag, '"0"'):
            self.refused(412, "DELETE", "/genedb/gene", b"", {"If-Match": condition})
        self.assertEqual(len(self.get("/genedb/gene")["genes"]), 2)
        self.assertEqual(self.ask("DELETE", "/genedb/gene", b"", {"If-Match": "*"}).status, 200)


class ConditionTests(Case):
    """Writing what somebody else may have written meanwhile."""

    def writes(self) -> list[tuple[str, object]]:
        return [("PUT", {"name": "x"}), ("PATCH", {"name": "y"}), ("PUT", {}), ("DELETE", b"")]

    def test_the_present_state(self) -> None:
        for query in ("", "?fields=all", "?fields=id"):
            for method, body in self.writes():
                self.fill(SAMPLES)
                tag = self.ask("GET", f"/genedb/gene/1{query}")["ETag"] or ""
                answer = self.ask(method, "/genedb/gene/1", body, {"If-Match": f'"0", {tag}'})
                self.assertEqual(answer.status, 200)

    def test_another_state(self) -> None:
        stale = self.ask("GET", "/genedb/gene/1")["ETag"] or ""
        self.ask("PUT", "/genedb/gene/1", {"symbol": "NEW"})
        weak = "W/" + (self.ask("GET", "/genedb/gene/1")["ETag"] or "")
        for condition in (stale, '"0"', '"x"', weak, f'"{"9" * 30}"', '""'):
            for method, body in self.writes():
                self.refused(412, method, "/genedb/gene/1", body, {"If-Match": condition})
        self.assertEqual(self.get("/genedb/gene/1"), {"gene": [{**A1BG, "symbol": "NEW"}]})

    def test_any_state(self) -> None:
        for method, body in self.writes():
            answer = self.ask(method, "/genedb/gene/1", body, {"If-Match": "*"})
            self.assertEqual(answer.status, 200)
            self.refused(404, method, "/genedb/gene/9", body, {"If-Match": "*"})

    def test_no_state(self) -> None:
        tag = self.ask("GET", "/genedb/gene/1")["ETag"] or ""
        for condition in ("*", tag):
            for method, body in self.writes():
                self.refused(412, method, "/genedb/gene/1", body, {"If-None-Match": condition})
                self.refused(404, method, "/genedb/gene/9", body, {"If-None-Match": condition})
        both = {"If-None-Match": '"0"', "If-Match": tag}
        self.assertEqual(self.ask("PUT", "/genedb/gene/1", {"name": "x"}, both).status, 200)
        self.refused(412, "PUT", "/genedb/gene/1", {"name": "y"}, both)

    def test_malformed(self) -> None:
        for name in ("If-Match", "If-None-Match"):
            for condition in ("5", "", '"5', "W/5", '"5" "6"'):
                self.refused(400, "PUT", "/genedb/gene/1", {}, {name: condition})
                self.refused(400, "GET", "/genedb/gene/1", b"", {name: condition})


class EditorTests(Repositories, Sqlite, TestCase):
    """Editors at the same time, on the store that the service uses."""

    async def test_one_of_many_wins(self) -> None:
        served = Served(self.genes(samples=True))
        for _ in range(5):
            tag = (await served.send("GET", "/genedb/gene/1"))["ETag"] or ""
            answers = await outcomes(
                served.send("PUT", "/genedb/gene/1", {"name": f"editor {n}"}, {"If-Match": tag})
                for n in range(8)
            )
            statuses = [answer.status for answer in answers]
            self.assertEqual(sorted(statuses), [200, *[412] * 7])
            (winner,) = (answer for answer in answers if answer.status == 200)
            last = await served.send("GET", "/genedb/gene/1")
            self.assertEqual(last.json["gene"][0], winner.json["gene"])
            self.assertEqual(last["ETag"], winner["ETag"])

    async def test_an_id_is_given_once(self) -> None:
        served = Served(self.genes(samples=True))
        answers = await outcomes(
            served.send("POST", "/genedb/gene", {**A2MP1, "name": str(n)}) for n in range(8)
        )
        self.assertEqual(sorted(answer.status for answer in answers), [200, *[409] * 7])


class BodyTests(Case):
    """Bodies that are not as they should be; the parts are tested in tests.web."""

    def test_the_seed_s_backslash(self) -> None:
        body = (
            b'{"id": "3", "symbol": "A2MP1", \\\n    "name": "alpha-2-macroglobulin pseudogene 1"}'
        )
        answer = self.ask("POST", "/genedb/gene", body, JSON)
        self.assertEqual((answer.status, answer.json), (200, A2MP1))

    def test_no_json(self) -> None:
        for body in (
            *(b"{", b"[]", b"3", b"null", b'"x"', b"\xff", b"{'a': 1}", b"{}{}", b'{"a": NaN}'),
            *(b'{"name": "\\ud800"}', b'{"name": "a", "name": "b"}', b'{"name": 1e999}'),
            b"[" * 50_000,
            b'{"name": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
            b'{"name": %s}' % (b"9" * 10_000),
            b'{"name": "\\u0000"}',
        ):
            for method, path in (("POST", "/genedb/gene"), ("PUT", "/genedb/gene/1")):
                self.refused(400, method, path, body, JSON)
            self.refused(400, "POST", "/genedb/resolve", body, JSON)
            self.refused(400, "PATCH", "/genedb/gene/1", body, MERGE_PATCH)
        self.assertEqual(self.get("/genedb/gene"), {"genes": [A1BG, A2M]})

    def test_nothing(self) -> None:
        self.refused(400, "POST", "/genedb/gene", b"", JSON)

    def test_other_media_types(self) -> None:
        for headers in (
            *({}, {"Content-Type": "text/plain"}, {"Content-Type": "multipart/form-data"}),
            *({"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "json"}),
            *({"Content-Type": "\xff\xfe"}, {"Content-Type": "application/json; charset=latin-1"}),
            {**JSON, "Content-Encoding": "gzip"},
        ):
            for method, path in (("POST", "/genedb/gene"), ("PUT", "/genedb/gene/1")):
                answer = self.ask(method, path, b"{}", headers)
                self.assertEqual((answer.status, answer["Accept"]), (415, "application/json"))
            answer = self.ask("PATCH", "/genedb/gene/1", b"{}", headers)
            self.assertEqual(answer.status, 415)
            self.assertIn("application/merge-patch+json", answer["Accept-Patch"] or "")

    def test_charset(self) -> None:
        headers = {"Content-Type": 'Application/JSON; charset="UTF-8"'}
        self.assertEqual(self.ask("PUT", "/genedb/gene/1", b"{}", headers).status, 200)

    def test_too_long(self) -> None:
        answer = self.ask("POST", "/genedb/gene", b" " * 100_001, JSON)
        self.assertEqual(answer.status, 413)
        self.assertIn("100000", answer.message)


class SymbolTests(Case):
    """Resolving symbols."""

    def setUp(self) -> None:
        super().setUp()
        self.fill(
            [
                *SAMPLES,
                FULL,
                Gene("10", "CURRENT", "x", alias_symbols=("A2M", "TWICE", "p53/x y")),
                Gene("11", "OTHER", "y", alias_symbols=("TWICE",)),
            ]
        )

    def test_previous(self) -> None:
        answer = self.get("/genedb/resolve/ncrna00181")
        gene = {"id": "503538", "symbol": "A1BG-AS1", "name": "A1BG antisense RNA 1"}
        self.assertEqual(
            answer,
            {
                "query": "ncrna00181",
                "match_type": "previous",
                "gene": gene,
                "candidates": [],
                "other_matches": [],
            },
        )

    def test_current_before_alias(self) -> None:
        answer = self.get("/genedb/resolve/A2M?fields=id")
        self.assertEqual((answer["match_type"], answer["gene"]), ("current", {"id": "2"}))
        self.assertEqual(answer["other_matches"], [{"match_type": "alias", "gene": {"id": "10"}}])

    def test_ambiguous(self) -> None:
        answer = self.get("/genedb/resolve/TWICE?fields=id")
        self.assertEqual((answer["match_type"], answer["gene"]), ("ambiguous", None))
        self.assertEqual(
            answer["candidates"],
            [{"match_type": "alias", "gene": {"id": gene_id}} for gene_id in ("10", "11")],
        )

    def test_any_characters(self) -> None:
        answer = self.get(f"/genedb/resolve/{quote('p53/x y', safe='')}")
        self.assertEqual(answer["gene"]["symbol"], "CURRENT")

    def test_unknown(self) -> None:
        for symbol in ("NOPE", "x" * 3000, "%C3%A9", "%25", ".."):
            self.assertIn("q=", self.refused(404, "GET", f"/genedb/resolve/{symbol}"))

    def test_several(self) -> None:
        symbols = ["TWICE", "NOPE", "A2M", "nope", "", "a\0b", "A2M"]
        answer = self.ask("POST", "/genedb/resolve?fields=symbol", {"symbols": symbols})
        self.assertEqual(answer.status, 200)
        results = answer.json["results"]
        self.assertEqual([each["query"] for each in results], symbols)
        types = ["ambiguous", None, "current", None, None, None, "current"]
        self.assertEqual([each["match_type"] for each in results], types)
        self.assertEqual(answer.json["not_found"], ["NOPE", "nope", "", "a\0b"])
        self.assertEqual(answer.json["ambiguous"], ["TWICE"])

    def test_how_many(self) -> None:
        most = [f"X{n}" for n in range(MAX_QUERIES)]
        answer = self.ask("POST", "/genedb/resolve", {"symbols": most})
        self.assertEqual(answer.json["not_found"], most)
        for symbols in ([], [*most, "Y"], "A2M", None, [1], ["x" * 201], {"A2M": 1}):
            self.refused(400, "POST", "/genedb/resolve", {"symbols": symbols})
        for body in ({}, {"symbols": ["A2M"], "more": 1}):
            self.refused(400, "POST", "/genedb/resolve", body)


class ServiceTests(Case):
    """What is not about single records."""

    def test_routes(self) -> None:
        answer = self.ask("GET", "/")
        self.assertEqual(answer["Content-Type"], "application/json")
        patterns = answer.json
        self.assertLessEqual(
            {"/", "/genedb/gene", "/genedb/gene/<geneId>", "/genedb/resolve/<symbol>"},
            {*patterns},
        )
        self.assertEqual(len(patterns), len({*patterns}))

    def test_meta(self) -> None:
        meta = self.get("/genedb/meta")
        self.assertEqual((meta["genes"], meta["previous_symbols"]), (2, 0))
        self.assertRegex(meta["changed"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.ask("PUT", "/genedb/gene/1", {"previous_symbols": ["P"]})
        after = self.get("/genedb/meta")
        self.assertEqual(after["previous_symbols"], 1)
        self.assertGreater(after["revision"], meta["revision"])

    def test_unknown_paths(self) -> None:
        for path in ("/nope", "/genedb", "/genedb/gene/", "//", "/genedb/gene/1/2", "/browse/"):
            self.assertIn("GET /", self.refused(404, "GET", path))
        for path in ("/%ff", "/genedb/gene/%00"):
            self.refused(400, "GET", path)

    def test_other_methods(self) -> None:
        for method, path in (("POST", "/"), ("PATCH", "/genedb/gene"), ("TRACE", "/genedb/meta")):
            answer = self.ask(method, path)
            self.assertEqual(answer.status, 405)
            self.assertIn("Allow", answer.message)
            self.assertIn("OPTIONS", answer["Allow"] or "")

    def test_query_parameters(self) -> None:
        for target in ("/", "/genedb/meta", "/openapi.json", "/genedb/gene/1", "/genedb/gene"):
            message = self.refused(400, "GET", f"{target}?nope=1")
            self.assertIn("'nope' is no query parameter", message)
        message = self.refused(400, "GET", "/genedb/gene?limit=1&limit=2")
        self.assertIn("limit is given twice", message)
        self.refused(400, "DELETE", "/genedb/gene?id=1")

    def test_accept(self) -> None:
        for path in ("/genedb/gene/1", "/genedb/meta", "/", "/openapi.json"):
            for accept in ("text/html", "application/json;q=0", "image/*"):
                message = self.refused(406, "GET", path, b"", {"Accept": accept})
                self.assertIn("application/json", message)
            for accept in ("*/*", "application/*;q=0.1", "text/html, */*;q=0.1", "", "rubbish"):
                self.get(path, Accept=accept)

    def test_errors_whatever_is_accepted(self) -> None:
        self.refused(404, "GET", "/nope", b"", {"Accept": "text/html"})


class FailingGenes(Genes):
    """A repository whose store is out of order.

    :param error: how.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get(self, gene_id: str) -> Deferred[Stored | None]:
        return fail(self.error)

    def revision(self) -> int:
        raise self.error

    async def add(self, gene: Gene) -> Stored | None:
        raise self.error


class FailureTests(Case):
    """Stores that fail, and ourselves."""

    def test_out_of_reach(self) -> None:
        self.served = Served(FailingGenes(StoreUnavailable("the disk is full at /secret")))
        for method, path, body in (
            ("GET", "/genedb/gene/1", b""),
            ("GET", "/genedb/gene", b""),
            ("POST", "/genedb/gene", A2MP1),
        ):
            answer = self.ask(method, path, body)
            self.assertEqual((answer.status, answer["Retry-After"]), (503, "1"))
            self.assertIn("nothing was changed", answer.message)
            self.assertNotIn("secret", answer.message)

    def test_outcome_unknown(self) -> None:
        self.served = Served(FailingGenes(OutcomeUnknown("lost")))
        answer = self.ask("POST", "/genedb/gene", A2MP1)
        self.assertEqual((answer.status, answer["Retry-After"]), (503, "1"))
        self.assertIn("may have been made", answer.message)

    def test_a_mistake_of_ours(self) -> None:
        self.served = Served(FailingGenes(ZeroDivisionError("secret")))
        _channel, wire = self.served.connect()
        _channel.dataReceived(b"GET /genedb/gene/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertIn(b"500 Internal Server Error", wire.value())
        self.assertIn(b'{"error": {"status": 500', wire.value())
        self.assertNotIn(b"secret", wire.value())
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class DeclarationTests(Case):
    """Declarations, as far as no answer shows them."""

    def test_all_but_the_pages_are_operations(self) -> None:
        others = {
            str(route.pattern)
            for route in GeneAPI.router.routes
            if not isinstance(route.handler, Operation)
        }
        self.assertEqual(others, {"/docs", "/browse", "/docs/<name>", "/browse/<name>"})

    def test_the_schemas_name_all_fields(self) -> None:
        self.assertEqual([*SCHEMAS["Gene"]["properties"]], [*FIELDS])
        self.assertEqual([*SCHEMAS["NewGene"]["properties"]], [*FIELDS])
        self.assertEqual([*SCHEMAS["GeneChanges"]["properties"]], [*FIELDS[1:]])
