"""The WSDL and the schema; ``python -m tests.directory.core.axl.test_schema`` writes the package's files anew."""

from pathlib import Path
from typing import Any

from lxml import etree
from twisted.trial.unittest import SynchronousTestCase
from zeep import Client

import finesse_tx
from finesse_tx.directory.core.axl.objects import THINGS
from finesse_tx.directory.core.axl.operations import OPERATIONS, Access, Verb
from finesse_tx.directory.core.axl.schema import SCHEMA_FILE, WSDL_FILE, schema, wsdl
from finesse_tx.directory.core.axl.versions import VERSIONS, namespace, soap_action

FOLDER = Path(finesse_tx.__file__).parent / "directory" / "axl" / "wsdl"
"""Where the package has them."""

XSD = "{http://www.w3.org/2001/XMLSchema}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"


LISTING = (
    "<searchCriteria><userid>%</userid></searchCriteria>"
    "<returnedTags><userid></userid></returnedTags><skip>0</skip><first>2</first>"
)


class SchemaTests(SynchronousTestCase):
    """What is made of the tables."""

    def test_files(self) -> None:
        """The package's files are those of the newest version, as they are made now."""
        self.assertEqual((FOLDER / SCHEMA_FILE).read_text(), schema())
        self.assertEqual((FOLDER / WSDL_FILE).read_text(), wsdl())

    def test_versions(self) -> None:
        """Each version has its own namespace, and its own SOAPActions, and differs in nothing else."""
        newest = VERSIONS[-1]
        for version in VERSIONS:
            root = etree.fromstring(schema(version).encode())
            self.assertEqual(root.get("targetNamespace"), namespace(version))
            self.assertEqual(schema(version), schema().replace(newest, version))
            service = etree.fromstring(wsdl(version).encode())
            actions = [found.get("soapAction") for found in service.iter(SOAP + "operation")]
            self.assertEqual(actions, [soap_action(version, name) for name in OPERATIONS])

    def test_schema_is_one(self) -> None:
        """The schema is one, by libxml2: no type without a definition, none ambiguous."""
        for version in VERSIONS:
            etree.XMLSchema(etree.fromstring(schema(version).encode()))

    def test_elements(self) -> None:
        """Each operation has an element for what is asked, and one for what is answered."""
        root = etree.fromstring(schema().encode())
        names = {found.get("name") for found in root.findall(XSD + "element")}
        wanted = {name + end for name in OPERATIONS for end in ("", "Response")}
        self.assertEqual(names, wanted | {"axlError"})

    def test_location(self) -> None:
        """The WSDL says where the service is."""
        root = etree.fromstring(wsdl("14.0", "https://cucm.example.com/axl/").encode())
        found = [address.get("location") for address in root.iter(SOAP + "address")]
        self.assertEqual(found, ["https://cucm.example.com/axl/"])


class ZeepTests(SynchronousTestCase):
    """What a SOAP library that we did not write makes of them."""

    def setUp(self) -> None:
        """Load the package's files."""
        self.client: Any = Client(str(FOLDER / WSDL_FILE))
        self.service: Any = self.client.create_service(
            "{http://www.cisco.com/AXLAPIService/}AXLAPIBinding", "https://127.0.0.1:1/axl/"
        )

    def test_requests(self) -> None:
        """Requests are written as other clients write them: children without a namespace, keys first."""
        for operation, fields, inner in (
            ("doAuthenticateUser", {"userid": "a", "password": "b"}, "<userid>a</userid><password>b</password>"),
            ("getLine", {"pattern": "1", "routePartitionName": "P"}, "<pattern>1</pattern><routePartitionName>P</routePartitionName>"),
            ("listChange", {"startChangeId": {"_value_1": 3, "queueId": "q"}}, '<startChangeId queueId="q">3</startChangeId>'),
            (
                "listUser",
                {"searchCriteria": {"userid": "%"}, "returnedTags": {"userid": ""}, "first": 2, "skip": 0},
                LISTING,
            ),
        ):  # fmt: skip
            envelope = self.client.create_message(self.service, operation, **fields)
            text = etree.tostring(envelope[0][0]).decode()
            self.assertEqual(text[text.index(">") + 1 : text.rindex("<")], inner)
            self.assertEqual(envelope[0][0].tag, f"{{{namespace('15.0')}}}{operation}")

    def test_every_operation(self) -> None:
        """It knows every operation and has a type for what is added, returned and listed of each object."""
        known = set(self.service._operations)
        self.assertEqual(known, set(OPERATIONS))
        for operation in OPERATIONS.values():
            prefix = {Verb.ADD: "X", Verb.GET: "R", Verb.LIST: "L"}.get(operation.verb)
            if operation.thing is not None and prefix:
                self.client.get_type(f"ns0:{prefix}{operation.thing.kind.title}")


class OperationTests(SynchronousTestCase):
    """The table."""

    def test_access(self) -> None:
        """Whatever adds, updates or removes needs the role that may write; whatever gets or lists does not."""
        for operation in OPERATIONS.values():
            writes = operation.verb in {Verb.ADD, Verb.UPDATE, Verb.REMOVE}
            if operation.verb is not Verb.DO:
                self.assertEqual(operation.access is Access.WRITE, writes, operation.name)

    def test_names(self) -> None:
        """An operation is known by its own name, and what is chosen from is in its request."""
        for name, operation in OPERATIONS.items():
            self.assertEqual(name, operation.name)
            fields = {field.name for field in operation.request}
            chosen = {field for group in operation.choice for field in group}
            self.assertEqual(chosen - fields, set(), name)

    def test_keys(self) -> None:
        """Keys, criteria, renames and deltas name fields that the object has."""
        for thing in THINGS.values():
            known = set(thing.by_name)
            self.assertEqual(set(thing.key) | {old for old, _ in thing.renames}, set(thing.key))
            self.assertEqual(set(thing.key) - known, set())
            self.assertEqual(set(thing.criteria) - known, set())
            self.assertEqual({wrapper for _, wrapper, _ in thing.deltas} - known, set())


def write() -> None:
    """Write the package's files anew."""
    (FOLDER / SCHEMA_FILE).write_text(schema())
    (FOLDER / WSDL_FILE).write_text(wsdl())


if __name__ == "__main__":
    write()
