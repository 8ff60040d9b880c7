"""``docs/rest.rst`` lists the resources that there are, and OpenAPI describes them."""

import json
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.openapi import openapi
from finesse_tx.webservices.core.routing import Family, parameters
from finesse_tx.webservices.routes.tables import OF_ADMINISTRATION, TABLES
from tests.support.exchanges import FOLDER
from tests.support.tables import DOCUMENTS, filled


class DocumentedTests(SynchronousTestCase):
    """The table of resources."""

    def test_same(self) -> None:
        """The table is what the routes make it; ``python -m tests.support.tables`` makes it anew."""
        document = next(path for path in DOCUMENTS if path.name == "rest.rst")
        text = document.read_text()
        self.assertEqual(text, filled(text))
        for path in FOLDER.glob("*.txt"):
            self.assertIn(path.name, text, "a file that shows no resource")

    def test_sentences(self) -> None:
        """Every operation says in a sentence what it does."""
        for route in TABLES:
            self.assertTrue(route.operation.__doc__, route.path)

    def test_once(self) -> None:
        """No method of a path is there twice, and none has a body that it cannot have."""
        seen = [(route.method, route.path) for route in TABLES]
        self.assertEqual(len(seen), len(set(seen)))
        for route in TABLES:
            if route.method in {"GET", "DELETE"}:
                self.assertIsNone(route.request, route.path)
            if route.status == 202:
                self.assertIsNone(route.response, route.path)


class OpenAPITests(SynchronousTestCase):
    """The document for programs."""

    def setUp(self) -> None:
        """As clients get it."""
        self.document: dict[str, Any] = json.loads(openapi([Family(TABLES, None)]))

    def test_every_route(self) -> None:
        """Each method of each path is there, with its parameters and its statuses."""
        for route in TABLES:
            operation = self.document["paths"][route.path][route.method.lower()]
            in_path = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
            self.assertEqual(tuple(in_path), parameters(route.path))
            self.assertEqual(set(operation["responses"]), {f"{one}" for one in route.statuses})
            self.assertEqual("requestBody" in operation, route.method in {"PUT", "POST"}, route)
            self.assertEqual(operation["security"] == [], route.is_open)

    def test_headers(self) -> None:
        """A part is asked for by a header, and a request is known by one."""

        def headers(path: str, method: str) -> list[str]:
            found = self.document["paths"][path][method]["parameters"]
            return [one["name"] for one in found if one["in"] == "header"]

        self.assertEqual(headers("/User/{id}/PhoneBooks", "get"), ["Range"])
        self.assertEqual(headers("/User/{id}", "put"), ["requestId"])
        self.assertEqual(headers("/User/{id}", "get"), [])

    def test_kept(self) -> None:
        """What administrators alone change may be kept: 304 for whoever has it; nothing else is."""
        document = json.loads(openapi([Family(OF_ADMINISTRATION, None, is_live=False)]))
        for path in document["paths"].values():
            for method, operation in path.items():
                headers = [one["name"] for one in operation["parameters"] if one["in"] == "header"]
                self.assertEqual("304" in operation["responses"], method == "get")
                self.assertEqual("If-None-Match" in headers, method == "get")

    def test_names(self) -> None:
        """No two operations have one name."""
        names = [
            operation["operationId"]
            for path in self.document["paths"].values()
            for operation in path.values()
        ]
        self.assertEqual(len(names), len(set(names)))

    def test_references(self) -> None:
        """Whatever is referred to is there."""
        schemas = self.document["components"]["schemas"]
        found: list[str] = []

        def look(value: Any) -> None:
            if isinstance(value, dict):
                if "$ref" in value:
                    found.append(value["$ref"])
                for one in value.values():
                    look(one)
            elif isinstance(value, list):
                for one in value:
                    look(one)

        look(self.document)
        self.assertTrue(found)
        for reference in found:
            self.assertIn(reference.removeprefix("#/components/schemas/"), schemas)

    def test_xml(self) -> None:
        """Where XML differs from JSON it is said: a wrapped list, an attribute, a body's own name."""
        schemas = self.document["components"]["schemas"]
        users = schemas["Team"]["properties"]["users"]
        self.assertEqual(
            (users["xml"], users["items"]["xml"]), ({"wrapped": True}, {"name": "User"})
        )
        self.assertEqual(
            schemas["ReasonCodes"]["properties"]["category"]["xml"], {"attribute": True}
        )
        self.assertEqual(schemas["UserBody"]["xml"], {"name": "User"})
        primary = schemas["SystemInfo"]["properties"]["primaryNode"]
        self.assertEqual(primary["xml"], {"name": "primaryNode"})

    def test_required(self) -> None:
        """What may be absent is not required."""
        user = self.document["components"]["schemas"]["User"]
        self.assertNotIn("reasonCode", user["required"])
        self.assertIn("state", user["required"])
