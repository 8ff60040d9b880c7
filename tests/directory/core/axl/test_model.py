"""All objects, as AXL shows them, and what is asked of them."""

from __future__ import annotations

import re
from xml.etree.ElementTree import fromstring

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.axl.derived import derived_phone_name
from finesse_tx.directory.core.axl.faults import INVALID, SEMANTIC, THROTTLED, AXLError
from finesse_tx.directory.core.axl.fields import In, Kind
from finesse_tx.directory.core.axl.model import Model
from finesse_tx.directory.core.axl.objects import PHONE, USER
from finesse_tx.directory.core.axl.operations import OPERATIONS
from finesse_tx.directory.core.axl.queries import (
    bounded,
    like,
    listed,
    selected,
    shown,
    wanted_tags,
)
from finesse_tx.directory.core.axl.records import ObjectKey, StoredObject, uuid_of
from finesse_tx.directory.core.axl.values import Values, children, items, text
from finesse_tx.directory.core.demo import demo

SNAPSHOT = demo(3)


def stored(kind: Kind, name: str, values: Values, partition: str = "") -> StoredObject:
    """Something that is kept."""
    return StoredObject(ObjectKey(kind.value, name, partition), uuid_of("test", name), values)


def model(*kept: StoredObject) -> Model:
    """The demo's, and what is kept beside it."""
    return Model(SNAPSHOT, kept, "rmcm")


def names(found: Model, kind: Kind) -> list[str]:
    """Of all of a kind, in order."""
    return [one.key.name for one in found.objects(kind).values()]


def phone_with(*patterns: str, partition: str = "") -> Values:
    """A phone's lines."""
    return {
        "lines": {
            "line": tuple(
                {"index": str(i), "dirn": {"pattern": pattern, "routePartitionName": partition}}
                for i, pattern in enumerate(patterns, 1)
            )
        }
    }


class DerivedTests(SynchronousTestCase):
    """What is there where nobody has made anything."""

    def test_demo(self) -> None:
        """Every extension is a line and has a phone, every route point is one, and one application user controls all."""
        found = model()
        phones = [f"SEP00000000{number}" for number in (1001, 1002, 1003, 2001, 2002)]
        self.assertEqual(names(found, Kind.PHONE), phones)
        self.assertEqual(
            names(found, Kind.LINE), ["1001", "1002", "1003", "2001", "2002", "6001", "6002"]
        )
        self.assertEqual(names(found, Kind.CTI_ROUTE_POINT), ["CTIRP_6001", "CTIRP_6002"])
        self.assertEqual(
            names(found, Kind.USER),
            ["admin", "agent1", "agent2", "agent3", "supervisor1", "supervisor2"],
        )
        rmcm = found.find(Kind.APP_USER, "RMCM")
        assert rmcm is not None
        devices = items(rmcm.values["associatedDevices"], "device")
        self.assertEqual(devices, (*phones, "CTIRP_6001", "CTIRP_6002"))

    def test_person(self) -> None:
        """A person's extension, line and phone refer to each other by the same uuids."""
        found = model()
        user, line, phone = (
            found.find(Kind.USER, "agent1"),
            found.find(Kind.LINE, "1001"),
            found.find(Kind.PHONE, "sep000000001001"),
        )
        assert user is not None and line is not None and phone is not None  # noqa: PT018
        extension = children(user.values["ipccExtension"])
        self.assertEqual(
            (text(extension), extension["@uuid"]), ("1001", f"{{{line.uuid.upper()}}}")
        )
        self.assertEqual(user.values["associatedDevices"], {"device": (phone.key.name,)})
        self.assertEqual(line.values["associatedDevices"], {"device": (phone.key.name,)})
        ((_, button),) = found.lines_of(phone)
        self.assertEqual(button, line)
        self.assertEqual(found.line_of("1001"), line)
        self.assertIsNone(found.line_of(""))
        self.assertEqual(found.person(user), SNAPSHOT.person("agent1"))

    def test_names(self) -> None:
        """A derived name is a device's: twelve digits of the extension's own, or of its digest."""
        self.assertEqual(derived_phone_name("1001"), "SEP000000001001")
        self.assertEqual(derived_phone_name("1" * 12), "SEP" + "1" * 12)
        for extension in ("1" * 13, "*12", "+31201234567"):
            self.assertRegex(derived_phone_name(extension), r"^SEP[0-9A-F]{12}$")

    def test_always_the_same(self) -> None:
        """Uuids are the same each time, and no two objects have one."""
        uuids = [one.uuid for kind in Kind for one in model().objects(kind).values()]
        self.assertEqual(
            uuids, [one.uuid for kind in Kind for one in model().objects(kind).values()]
        )
        self.assertEqual(len(set(uuids)), len(uuids))


class StoredTests(SynchronousTestCase):
    """What somebody has made or changed."""

    def test_line_takes_over(self) -> None:
        """Whoever keeps a line of an extension has its phones too: none is derived any more."""
        found = model(stored(Kind.LINE, "1001", {"description": "x"}, "PT"))
        self.assertNotIn("SEP000000001001", names(found, Kind.PHONE))
        line = found.find(Kind.LINE, "1001")
        assert line is not None
        self.assertEqual(line.key.partition, "PT")
        self.assertEqual(text(line.values["routePartitionName"]), "PT")
        self.assertIsNone(found.find(Kind.LINE, "1001", ""))
        user = found.find(Kind.USER, "agent1")
        assert user is not None
        self.assertEqual(user.values["associatedDevices"], {"device": ()})

    def test_shared_line(self) -> None:
        """A line may be at several phones, and twice at one."""
        found = model(
            stored(Kind.LINE, "1001", {}),
            stored(Kind.PHONE, "SEPB", phone_with("1001", "1001")),
            stored(Kind.PHONE, "SEPA", phone_with("1001")),
        )
        line = found.find(Kind.LINE, "1001")
        assert line is not None
        self.assertEqual([phone.key.name for phone in found.phones_of(line)], ["SEPA", "SEPB"])
        user = found.find(Kind.USER, "agent1")
        assert user is not None
        self.assertEqual(user.values["associatedDevices"], {"device": ("SEPA", "SEPB")})

    def test_person(self) -> None:
        """What is kept of a person is shown; who it is, is the directory's to say."""
        found = model(
            stored(
                Kind.USER,
                "agent1",
                {"department": "Sales", "associatedDevices": {}, "firstName": "no"},
            )
        )
        user = found.find(Kind.USER, "agent1")
        assert user is not None
        self.assertEqual(user.values["department"], "Sales")
        self.assertEqual(user.values["associatedDevices"], {})
        person = SNAPSHOT.person("agent1")
        assert person is not None
        self.assertEqual(user.values["firstName"], person.first_name)

    def test_uuids(self) -> None:
        """An object is found by its uuid, in either case and with braces or without."""
        found = model(stored(Kind.PHONE, "SEPX", {}))
        uuid = uuid_of("test", "SEPX")
        for written in (uuid, uuid.upper(), f"{{{uuid}}}", f" {{{uuid.upper()}}} "):
            phone = found.find_uuid(Kind.PHONE, written)
            assert phone is not None
            self.assertEqual(phone.key.name, "SEPX")
        self.assertIsNone(found.find_uuid(Kind.USER, uuid))

    def test_phone_at_nothing(self) -> None:
        """A line that is gone leaves a button that is shown without a uuid."""
        found = model(stored(Kind.PHONE, "SEPX", phone_with("999")))
        phone = found.find(Kind.PHONE, "SEPX")
        assert phone is not None
        self.assertEqual(found.lines_of(phone), ())
        self.assertIn('<dirn uuid=""><pattern>999</pattern>', shown(PHONE, phone, In.GET, None))


class ListTests(SynchronousTestCase):
    """`listed`, `selected` and `shown`."""

    def found(self, **request: Values | str) -> list[str]:
        """The user ids."""
        return [one.key.name for one in listed(model(), USER, request)]

    def test_criteria(self) -> None:
        """All criteria must hold, whatever the case; one that is empty counts for nothing."""
        self.assertEqual(
            self.found(searchCriteria={"userid": "AGENT%"}), ["agent1", "agent2", "agent3"]
        )
        self.assertEqual(
            self.found(searchCriteria={"userid": "agent2", "lastName": ""}), ["agent2"]
        )
        self.assertEqual(self.found(searchCriteria={"userid": "agent2", "lastName": "nobody"}), [])
        self.assertEqual(len(self.found(searchCriteria={})), 6)

    def test_unknown_criterion(self) -> None:
        """What is not a criterion is a fault."""
        fault = self.assertRaises(AXLError, self.found, searchCriteria={"mailid": "%"})
        self.assertEqual(fault.code, SEMANTIC)

    def test_pages(self) -> None:
        """Pages of any size are the whole, in order; past the end there is nothing."""
        whole = self.found(searchCriteria={"userid": "%"})
        for first in range(1, 8):
            pages: list[str] = []
            for skip in range(0, 8 * first, first):
                pages += self.found(searchCriteria={}, first=str(first), skip=str(skip))
            self.assertEqual(pages, whole)
        self.assertEqual(self.found(searchCriteria={}, skip="6", first="1000"), [])
        self.assertEqual(self.found(searchCriteria={}, first="0"), [])

    def test_selected(self) -> None:
        """One is asked for by its uuid or its name, not by both, and must be there."""
        get = OPERATIONS["getUser"]
        uuid = uuid_of(Kind.USER, "agent1")
        for request in ({"userid": "Agent1"}, {"uuid": uuid}):
            self.assertEqual(selected(model(), get, request).key.name, "agent1")
        for request, code in (
            ({"userid": "nobody"}, INVALID),
            ({"uuid": uuid_of("test", "x")}, INVALID),
            ({}, SEMANTIC),
            ({"userid": ""}, SEMANTIC),
            ({"userid": "agent1", "uuid": uuid}, SEMANTIC),
        ):
            self.assertEqual(
                self.assertRaises(AXLError, selected, model(), get, request).code, code
            )

    def test_line_by_pattern(self) -> None:
        """A line is asked for by its pattern alone, or with its partition, and then it is that one."""
        get = OPERATIONS["getLine"]
        found = model(stored(Kind.LINE, "77", {}, "A"), stored(Kind.LINE, "77", {}, "B"))
        self.assertEqual(selected(found, get, {"pattern": "77"}).key.partition, "A")
        by_b: Values = {"pattern": "77", "routePartitionName": "B"}
        self.assertEqual(selected(found, get, by_b).key.partition, "B")
        nowhere: Values = {"pattern": "77", "routePartitionName": ""}
        self.assertRaises(AXLError, selected, found, get, nowhere)

    def test_shown(self) -> None:
        """Lists show less than gets, both no secret, and each only what was wanted."""
        kept = stored(Kind.USER, "agent1", {"department": "D", "@pin": "hash", "custom": "C"})
        user = model(kept).find(Kind.USER, "agent1")
        assert user is not None
        whole = shown(USER, user, In.GET, None)
        self.assertIn("<ipccExtension", whole)
        self.assertIn("<custom>C</custom>", whole)
        self.assertNotIn("hash", whole)
        in_list = shown(USER, user, In.LIST, None)
        for name in ("ipccExtension", "custom", "associatedDevices"):
            self.assertNotIn(name, in_list)
        request = fromstring(
            "<getUser><returnedTags><department/><userid/></returnedTags></getUser>"
        )
        wanted = shown(USER, user, In.GET, wanted_tags(request))
        uuid = f"{{{uuid_of(Kind.USER, 'agent1').upper()}}}"
        self.assertEqual(
            wanted, f'<user uuid="{uuid}"><userid>agent1</userid><department>D</department></user>'
        )

    def test_order_of_phone(self) -> None:
        """A phone's children come in the schema's order."""
        phone = model().find(Kind.PHONE, "SEP000000001001")
        assert phone is not None
        found = [child.tag for child in fromstring(shown(PHONE, phone, In.GET, None))]
        order = [field.name for field in PHONE.fields]
        self.assertEqual(found, [name for name in order if name in found])
        self.assertIn("lines", found)


class BoundTests(SynchronousTestCase):
    """`bounded`."""

    def test_edge(self) -> None:
        """As large as the bound is answered, and what is suggested fits."""
        rows = ["x" * 10] * 9 + ["y" * 30]
        self.assertEqual(bounded(rows, 120), "".join(rows))
        fault = self.assertRaises(AXLError, bounded, [*rows, "z"], 120)
        self.assertEqual(fault.code, THROTTLED)
        found = re.search(
            r"matched: (\d+) rows. [Ss]uggest\w* [Rr]ow [Ff]etch: less than (\d+)", fault.message
        )
        assert found is not None
        self.assertEqual((found[1], found[2]), ("11", "4"))
        for start in range(11):
            bounded([*rows, "z"][start : start + 4], 120)

    def test_bytes(self) -> None:
        """What counts is bytes."""
        self.assertRaises(AXLError, bounded, ["é"], 1)


class LikeTests(SynchronousTestCase):
    """`like`."""

    def test_examples(self) -> None:
        """Percent is any characters, also none; an underscore is one where somebody says so."""
        for pattern, found, is_like in (
            ("%", "", True), ("", "", True), ("", "a", False), ("a", "", False), ("%%", "a", True),
            ("a%", "a", True), ("%a", "ba", True), ("a%b", "axxb", True), ("a%b", "axxbc", False),
            ("%ab%", "xaabx", True), ("a_", "a_", True), ("a_", "ab", False),
        ):  # fmt: skip
            self.assertEqual(like(pattern, found), is_like, (pattern, found))
        self.assertTrue(like("a_%", "ab", one="_"))
        self.assertFalse(like("a_", "a", one="_"))

    @settings(deadline=None)
    @given(pattern=st.text("ab%_", max_size=12), found=st.text("ab%_", max_size=12))
    def test_by_expression(self, pattern: str, found: str) -> None:
        """It says what a regular expression says."""
        for one in ("", "_"):
            expression = "".join(
                ".*" if char == "%" else "." if char == one else re.escape(char) for char in pattern
            )
            wanted = re.fullmatch(expression, found, re.DOTALL) is not None
            self.assertEqual(like(pattern, found, one=one), wanted)

    def test_no_explosion(self) -> None:
        """Many wildcards take no longer than the product of both lengths."""
        self.assertFalse(like("%a" * 500 + "b", "a" * 2_000))
