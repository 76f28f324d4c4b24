"""The description of the API, and the files of the pages for people."""

from __future__ import annotations

import json
from pathlib import Path

from openapi_spec_validator import validate
from twisted.trial.unittest import SynchronousTestCase

import netsuite.genes
from netsuite.genes.api import GeneAPI
from netsuite.genes.repository import Genes
from netsuite.genes.schemas import SCHEMAS
from netsuite.web.operations import Operation
from tests.genes.served import Answer, Served

PAGES = Path(netsuite.genes.__file__).with_name("pages")

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Case(SynchronousTestCase):
    def setUp(self) -> None:
        # No store is needed, and none is opened.
        self.served = Served(Genes())

    def get(self, target: str, **headers: str) -> Answer:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: Answer = self.successResultOf(self.served.send("GET", target, headers=fields))
        return answer


class DescriptionTests(Case):
    def test_it_is_openapi(self) -> None:
        answer = self.get("/openapi.json")
        self.assertEqual((answer.status, answer["Content-Type"]), (200, "application/json"))
        validate(answer.json)
        self.assertTrue(answer.json["openapi"].startswith("3.1."))

    def test_all_routes_are_in_it(self) -> None:
        paths = self.get("/openapi.json").json["paths"]
        described = {
            (method, path.replace("{", "<").replace("}", ">"))
            for path, item in paths.items()
            for method in item
        }
        declared = {
            (method.lower(), str(route.pattern))
            for route in GeneAPI.router.routes
            for method in route.methods
            if isinstance(route.handler, Operation)
        }
        self.assertEqual(described, declared)
        self.assertTrue(paths["/gededb/gene"]["get"]["deprecated"])
        self.assertNotIn("deprecated", paths["/genedb/gene"]["get"])

    def test_all_that_is_referred_to_is_there(self) -> None:
        text = self.get("/openapi.json").body.decode()
        for name in text.split('"#/components/schemas/')[1:]:
            self.assertIn(name.partition('"')[0], SCHEMAS)

    def test_examples_are_right(self) -> None:
        from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no types

        seen = 0

        def look(schema: object) -> None:
            nonlocal seen
            if isinstance(schema, dict):
                for example in schema.get("examples", ()):
                    Draft202012Validator(schema).validate(example)
                    seen += 1
                for inner in schema.values():
                    look(inner)
            elif isinstance(schema, list):
                for inner in schema:
                    look(inner)

        look(self.get("/openapi.json").json)
        self.assertGreater(seen, 20)

    def test_it_can_be_kept(self) -> None:
        tag = self.get("/openapi.json")["ETag"] or ""
        self.assertEqual(self.get("/openapi.json", If_None_Match=tag).status, 304)

    def test_each_answer_says_when(self) -> None:
        for path, item in self.get("/openapi.json").json["paths"].items():
            for operation in item.values():
                self.assertTrue(operation["summary"] and operation["operationId"])
                self.assertLessEqual({"200", "400", "406", "421"}, operation["responses"].keys())
                for answer in operation["responses"].values():
                    self.assertTrue(answer["description"], path)


class PageTests(Case):
    def test_the_pages(self) -> None:
        for path in ("/browse", "/docs"):
            answer = self.get(path)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer["Content-Type"], "text/html; charset=utf-8")
            self.assertEqual(answer.body, (PAGES / f"{path[1:]}.html").read_bytes())
            for name, value in HEADERS.items():
                self.assertEqual(answer[name], value)

    def test_their_files(self) -> None:
        types = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
        for file in PAGES.iterdir():
            for folder in ("browse", "docs"):
                answer = self.get(f"/{folder}/{file.name}")
                if file.suffix == ".html":
                    self.assertEqual(answer.status, 404)
                    continue
                self.assertEqual((answer.status, answer.body), (200, file.read_bytes()))
                self.assertEqual(
                    answer["Content-Type"], types.get(file.suffix, answer["Content-Type"])
                )
                self.assertNotEqual(answer["Content-Type"], "application/octet-stream")
                for name, value in HEADERS.items():
                    self.assertEqual(answer[name], value)

    def test_not_modified(self) -> None:
        tags = set()
        for path in ("/browse", "/docs", "/browse/browse.js"):
            tag = self.get(path)["ETag"] or ""
            self.assertRegex(tag, r'^"[0-9a-f]{32}"$')
            answer = self.get(path, If_None_Match=tag)
            self.assertEqual((answer.status, answer.body), (304, b""))
            self.assertEqual(answer["Cache-Control"], "no-cache")
            tags.add(tag)
        self.assertEqual(len(tags), 3)

    def test_nothing_else_is_read(self) -> None:
        for path in (
            *("/browse/..%2fapi.py", "/browse/%2e%2e", "/docs/..%5capi.py", "/browse/api.py"),
            *("/docs/%2fetc%2fpasswd", "/browse/../../setup.cfg", "/docs/", "/browse/.js"),
        ):
            answer = self.get(path)
            self.assertEqual(answer.status, 404, path)
            self.assertTrue(json.loads(answer.body)["error"]["message"])
