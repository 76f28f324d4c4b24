"""Descriptions, made of declarations."""

from __future__ import annotations

from typing import Any

from openapi_spec_validator import validate
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IRequest

from netsuite.web import Response, Router
from netsuite.web.bodies import JSONBody
from netsuite.web.openapi import About, describe
from netsuite.web.operations import Answer, Field, Path, Query, operation
from netsuite.web.values import Integer

ERROR = Answer("It is wrong.", {"application/json": {"$ref": "#/components/schemas/Error"}})
ABOUT = About(
    title="Things",
    version="7",
    description="Some things.",
    tags={"things": "All about them."},
    schemas={"Error": {"type": "object"}, "Thing": {"type": "object", "required": ("id",)}},
    everywhere={400: ERROR},
    unsafe={403: ERROR},
)
TAG = {"ETag": Field("Its tag.", required=True)}
THING = {"$ref": "#/components/schemas/Thing"}


def new_router() -> Router:
    router = Router()

    @router.get("/things/<thingId>")
    @operation(
        path=[Path("thingId", {"type": "string"}, "Which.")],
        query=[Query("limit", Integer(1, 9), "How many.", keyword="most")],
        headers={"If-None-Match": Field("What you have.")},
        answers={
            200: Answer(
                "It.", {"application/json": THING}, {"ETag": Field("Its tag.", required=True)}
            ),
            304: Answer(""),
        },
        tags=["things"],
    )
    def get_thing(request: IRequest, thing_id: str, most: int) -> Response:
        """Get a thing.

        It is *that* thing.
        """
        raise NotImplementedError

    @router.route("/things/<thingId>", ("PUT",))
    @operation(
        path=[Path("thingId", {"type": "string"}, "Which.")],
        body=JSONBody(THING, dict, media_types=("application/json", "application/x+json")),
        answers={200: Answer("Done."), 400: Answer("Really wrong.")},
        deprecated=True,
    )
    def put_thing(request: IRequest, thing_id: str, body: object) -> Response:
        """Put a thing."""
        raise NotImplementedError

    @router.get("/page")
    def page(request: IRequest) -> Response:
        raise NotImplementedError

    return router


class DescribeTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.described: Any = describe(new_router(), ABOUT)

    def test_it_is_openapi(self) -> None:
        validate(self.described)

    def test_what_is_said_of_all(self) -> None:
        self.assertEqual(
            self.described["info"],
            {"title": "Things", "version": "7", "description": "Some things."},
        )
        self.assertEqual(self.described["components"]["schemas"]["Thing"]["required"], ["id"])
        self.assertEqual(
            self.described["tags"], [{"name": "things", "description": "All about them."}]
        )

    def test_operations_only(self) -> None:
        self.assertEqual([*self.described["paths"]], ["/things/{thingId}"])
        self.assertEqual([*self.described["paths"]["/things/{thingId}"]], ["get", "put"])

    def test_what_is_taken(self) -> None:
        get = self.described["paths"]["/things/{thingId}"]["get"]
        self.assertEqual((get["operationId"], get["summary"]), ("get_thing", "Get a thing"))
        self.assertEqual(get["description"], "It is *that* thing.")
        self.assertEqual(
            [(each["in"], each["name"], each.get("required", False)) for each in get["parameters"]],
            [
                ("path", "thingId", True),
                ("query", "limit", False),
                ("header", "If-None-Match", False),
            ],
        )
        self.assertEqual(
            get["parameters"][1]["schema"], {"type": "integer", "minimum": 1, "maximum": 9}
        )
        self.assertNotIn("requestBody", get)
        put = self.described["paths"]["/things/{thingId}"]["put"]
        self.assertTrue(put["deprecated"])
        self.assertEqual(
            put["requestBody"],
            {
                "required": True,
                "content": {
                    "application/json": {"schema": THING},
                    "application/x+json": {"schema": THING},
                },
            },
        )

    def test_what_is_given(self) -> None:
        get = self.described["paths"]["/things/{thingId}"]["get"]["responses"]
        self.assertEqual([*get], ["200", "304", "400"])
        self.assertEqual(get["200"]["content"], {"application/json": {"schema": THING}})
        self.assertTrue(get["200"]["headers"]["ETag"]["required"])
        self.assertEqual(get["304"], {"description": "Not Modified"})
        put = self.described["paths"]["/things/{thingId}"]["put"]["responses"]
        self.assertEqual([*put], ["200", "400", "403"])
        self.assertEqual(put["400"]["description"], "Really wrong.")

    def test_two_of_one_name(self) -> None:
        router = new_router()
        router.get("/again")(operation(answers={})(lambda request: b"").renamed("get_thing"))
        self.assertIn("get_thing", str(self.assertRaises(ValueError, describe, router, ABOUT)))

    def test_parameters_that_the_path_has_not(self) -> None:
        router = Router()
        declared = operation(path=[Path("a", {}, "")], answers={})(lambda request, a: b"")
        router.get("/<b>")(declared)
        self.assertIn("/<b>", str(self.assertRaises(ValueError, describe, router, ABOUT)))
