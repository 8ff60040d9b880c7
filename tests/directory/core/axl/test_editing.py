"""What adds, updates and removes change, or why they may not."""

from __future__ import annotations

from collections.abc import Iterable

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.axl import devices
from finesse_tx.directory.core.axl.editing import edited
from finesse_tx.directory.core.axl.edits import PASSWORD_HASH, PIN_HASH, AXLEdit
from finesse_tx.directory.core.axl.faults import DUPLICATE, INVALID, SEMANTIC, AXLError
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.operations import OPERATIONS
from finesse_tx.directory.core.axl.records import ObjectKey, StoredObject
from finesse_tx.directory.core.axl.values import Values, boolean, children, items, text
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.edits import Add, Remove, Replace, SetHash, SetPassword
from finesse_tx.directory.core.records import Person, Role

SNAPSHOT = demo(3)
FRESH = "00000000-0000-4000-8000-00000000000"
PHONE: Values = {
    "product": "Cisco 7841", "class": "Phone", "protocol": "SIP", "protocolSide": "User",
    "devicePoolName": "Default", "locationName": "Hub_None",
}  # fmt: skip


def button(index: int, pattern: str, partition: str | None = None) -> Values:
    """A phone's button."""
    dirn: Values = {"pattern": pattern}
    if partition is not None:
        dirn = {"pattern": pattern, "routePartitionName": partition}
    return {"index": str(index), "dirn": dirn}


class EditingTests(SynchronousTestCase):
    """Edits upon the demo, each carried out as the server does, but for the directory."""

    def setUp(self) -> None:
        """Nothing is kept yet."""
        self.kept: dict[ObjectKey, StoredObject] = {}
        self.count = 0

    @property
    def model(self) -> Model:
        """As everything is now."""
        return Model(SNAPSHOT, self.kept.values(), "rmcm")

    def keep(self, edit: AXLEdit) -> AXLEdit:
        """Keep what it changes."""
        for key in edit.objects.removes:
            del self.kept[key.folded]
        self.kept.update((put.key.folded, put) for put in edit.objects.puts)
        return edit

    def do(self, operation: str, **values: object) -> AXLEdit:
        """Carry it out."""
        self.count += 1
        given: Values = values  # type: ignore[assignment]
        return self.keep(edited(self.model, OPERATIONS[operation], given, f"{FRESH}{self.count}"))

    def refused(self, operation: str, code: int, **values: object) -> str:
        """It is; nothing has changed."""
        before = dict(self.kept)
        fault: AXLError = self.assertRaises(AXLError, self.do, operation, **values)
        self.assertEqual(fault.code, code, fault.message)
        self.assertEqual(self.kept, before)
        return fault.message

    def found(self, kind: Kind, name: str, partition: str | None = None) -> AXLObject:
        """It is there."""
        one = self.model.find(kind, name, partition)
        assert one is not None, name
        return one

    def patterns(self, phone: str) -> list[str]:
        """What is at a phone's buttons."""
        return [line.key.name for _, line in self.model.lines_of(self.found(Kind.PHONE, phone))]

    def devices(self, user: str, kind: Kind = Kind.USER) -> list[str]:
        """Those that somebody controls."""
        wrapper = self.found(kind, user).values["associatedDevices"]
        return [text(name) for name in items(wrapper, "device")]

    # Phones -----------------------------------------------------------------------------------------------------

    def test_add_phone(self) -> None:
        """A phone comes with the lines that are not there yet, and has a uuid that nothing else has."""
        edit = self.do(
            "addPhone",
            phone={
                **PHONE,
                "name": "SEPA",
                "lines": {"line": (button(2, "77"), button(1, "1001"))},
            },
        )
        self.assertEqual(edit.uuid, f"{FRESH}1")
        self.assertEqual(self.patterns("SEPA"), ["1001", "77"])
        phone = self.model.find_uuid(Kind.PHONE, edit.uuid)
        assert phone is not None
        self.assertEqual(text(phone.values["model"]), "Cisco 7841")

    def test_add_phone_at_extension(self) -> None:
        """At an extension whose line nobody had made, the phone that was there stays."""
        self.do(
            "addPhone", phone={**PHONE, "name": "SEPA", "lines": {"line": (button(1, "1001"),)}}
        )
        self.assertEqual(self.devices("agent1"), ["SEP000000001001", "SEPA"])

    def test_add_phone_refused(self) -> None:
        """A name that is taken, or is none, and buttons that are none are refused."""
        for name, code in (
            ("SEP000000001001", DUPLICATE),
            ("sep000000001001", DUPLICATE),
            ("CTIRP_6001", DUPLICATE),
            ("", SEMANTIC),
            ("a b", SEMANTIC),
            ("x" * 129, SEMANTIC),
        ):
            self.refused("addPhone", code, phone={**PHONE, "name": name})
        for lines in (
            (button(0, "77"),),
            (button(devices.MAX_BUTTONS + 1, "77"),),
            (button(1, "77"), button(1, "78")),
            (button(1, "no number"),),
            (button(1, ""),),
            (button(1, "77", "<x>"),),
        ):
            self.refused(
                "addPhone", SEMANTIC, phone={**PHONE, "name": "SEPA", "lines": {"line": lines}}
            )
        most = (button(devices.MAX_BUTTONS, "77"),)
        self.do("addPhone", phone={**PHONE, "name": "x" * 128, "lines": {"line": most}})

    def test_update_derived_phone(self) -> None:
        """Whoever changes a derived phone keeps it, and its line, under their uuids; what was not said stays."""
        before, line = self.found(Kind.PHONE, "SEP000000001001"), self.found(Kind.LINE, "1001")
        self.do("updatePhone", name="SEP000000001001", description="Desk", zeta="kept")
        after = self.found(Kind.PHONE, "SEP000000001001")
        self.assertTrue(after.is_stored)
        self.assertEqual(after.uuid, before.uuid)
        self.assertEqual(after.values, {**before.values, "description": "Desk", "zeta": "kept"})
        self.assertEqual(self.found(Kind.LINE, "1001").values, line.values)

    def test_wrappers(self) -> None:
        """A wrapper takes the place of all lines, an empty one clears them, none leaves them alone; deltas change single ones."""
        self.do(
            "addPhone",
            phone={**PHONE, "name": "SEPA", "lines": {"line": (button(1, "71"), button(2, "72"))}},
        )
        self.do("updatePhone", name="SEPA", description="x")
        self.assertEqual(self.patterns("SEPA"), ["71", "72"])
        self.do("updatePhone", name="SEPA", addLines={"line": (button(3, "73"),)})
        self.assertEqual(self.patterns("SEPA"), ["71", "72", "73"])
        self.do("updatePhone", name="SEPA", addLines={"line": (button(1, "74"),)})
        self.assertEqual(self.patterns("SEPA"), ["74", "72", "73"])
        self.do("updatePhone", name="SEPA", removeLines={"line": (button(9, "72"), {"index": "3"})})
        self.assertEqual(self.patterns("SEPA"), ["74"])
        self.do("updatePhone", name="SEPA", lines={"line": (button(1, "75"),)})
        self.assertEqual(self.patterns("SEPA"), ["75"])
        self.do("updatePhone", name="SEPA", lines={})
        self.assertEqual(self.patterns("SEPA"), [])
        self.refused("updatePhone", SEMANTIC, name="SEPA", addSpeeddials={})

    def test_rename_phone(self) -> None:
        """A phone with another name is the same one, and those who control it still do; its old name is free."""
        uuid = self.found(Kind.PHONE, "SEP000000001001").uuid
        self.do("updatePhone", name="SEP000000001001", description="x")
        self.do(
            "updateUser",
            userid="agent2",
            associatedDevices={"device": ("SEP000000001001", "SEP000000001002")},
        )
        self.do("updateAppUser", userid="rmcm", associatedDevices={"device": ("SEP000000001001",)})
        self.do("updatePhone", uuid=uuid, newName="SEPNEW")
        self.assertIsNone(self.model.find(Kind.PHONE, "SEP000000001001"))
        self.assertEqual(self.found(Kind.PHONE, "SEPNEW").uuid, uuid)
        self.assertEqual(self.devices("agent2"), ["SEPNEW", "SEP000000001002"])
        self.assertEqual(self.devices("rmcm", Kind.APP_USER), ["SEPNEW"])
        self.refused("updatePhone", DUPLICATE, name="SEPNEW", newName="SEP000000001002")
        self.do("updatePhone", name="SEPNEW", newName="sepnew")
        self.assertEqual(self.found(Kind.PHONE, "SEPNEW").key.name, "sepnew")

    def test_rename_derived_phone(self) -> None:
        """A derived phone may have another name at once."""
        self.keep_renamed("SEP000000001001")
        self.assertEqual(self.devices("agent1"), ["SEPNEW"])
        self.assertIsNone(self.model.find(Kind.PHONE, "SEP000000001001"))

    def keep_renamed(self, name: str) -> None:
        """Rename it; what was derived is in no table, so removing it is nothing."""
        edit = edited(
            self.model, OPERATIONS["updatePhone"], {"name": name, "newName": "SEPNEW"}, ""
        )
        self.kept.update((put.key.folded, put) for put in edit.objects.puts)

    def test_remove_phone(self) -> None:
        """A phone goes from everybody's list, and a derived one does not come back; the line stays."""
        self.do("updateUser", userid="agent2", associatedDevices={"device": ("SEP000000001001",)})
        self.do("removePhone", name="SEP000000001001")
        self.assertIsNone(self.model.find(Kind.PHONE, "SEP000000001001"))
        self.assertTrue(self.found(Kind.LINE, "1001").is_stored)
        self.assertEqual(self.devices("agent2"), [])
        self.refused("removePhone", INVALID, name="SEP000000001001")

    # Lines ------------------------------------------------------------------------------------------------------

    def test_add_line(self) -> None:
        """A line is one of its pattern in its partition."""
        self.do("addLine", line={"pattern": "77", "description": "d"})
        self.do("addLine", line={"pattern": "77", "routePartitionName": "PT"})
        self.refused("addLine", DUPLICATE, line={"pattern": "77"})
        self.refused("addLine", DUPLICATE, line={"pattern": "1001"})
        self.refused("addLine", SEMANTIC, line={"pattern": "7 7"})
        self.assertEqual(text(self.found(Kind.LINE, "77", "").values["description"]), "d")

    def test_add_line_beside_extension(self) -> None:
        """A line of an extension's number in another partition leaves the extension's own, and its phone, where they are."""
        self.do("addLine", line={"pattern": "1001", "routePartitionName": "PT"})
        self.assertEqual(self.devices("agent1"), ["SEP000000001001"])
        self.assertIsNotNone(self.model.find(Kind.LINE, "1001", "PT"))

    def test_update_line(self) -> None:
        """A line may be moved, and the phones that it is at move with it."""
        self.do("addPhone", phone={**PHONE, "name": "SEPA", "lines": {"line": (button(1, "77"),)}})
        uuid = self.found(Kind.LINE, "77").uuid
        self.do(
            "updateLine",
            pattern="77",
            newPattern="78",
            newRoutePartitionName="PT",
            alertingName="A",
        )
        line = self.found(Kind.LINE, "78")
        self.assertEqual((line.uuid, line.key.partition), (uuid, "PT"))
        self.assertEqual(text(line.values["alertingName"]), "A")
        self.assertEqual(self.patterns("SEPA"), ["78"])
        self.assertIsNone(self.model.find(Kind.LINE, "77"))
        self.refused(
            "updateLine", DUPLICATE, pattern="78", newPattern="1001", newRoutePartitionName=""
        )

    def test_extension_stays(self) -> None:
        """Nobody's extension goes or has another number, nor a route point's; its description may change, and its partition."""
        for pattern in ("1001", "6001"):
            self.refused("removeLine", SEMANTIC, pattern=pattern)
            self.refused("updateLine", SEMANTIC, pattern=pattern, newPattern="99")
        self.do("updateLine", pattern="1001", description="Front desk")
        self.do("updateLine", pattern="1001", newRoutePartitionName="PT")
        self.assertEqual(self.devices("agent1"), ["SEP000000001001"])
        self.assertEqual(text(self.found(Kind.LINE, "1001").values["description"]), "Front desk")

    def test_remove_line(self) -> None:
        """A line goes from the phones that it is at."""
        self.do(
            "addPhone",
            phone={**PHONE, "name": "SEPA", "lines": {"line": (button(1, "77"), button(2, "78"))}},
        )
        self.do("removeLine", pattern="77")
        self.assertEqual(self.patterns("SEPA"), ["78"])

    # Users ------------------------------------------------------------------------------------------------------

    def test_add_user(self) -> None:
        """A user without an IPCC extension is kept here; the directory is not asked."""
        given: Values = {
            "userid": "jim",
            "lastName": "Smith",
            "firstName": "Jim",
            "presenceGroupName": "P",
            "pin": "12345",
            "password": "secret-1",
        }
        edit = self.do("addUser", user=given)
        self.assertEqual(edit.directory, ())
        self.assertEqual(dict(edit.secrets), {PIN_HASH: "12345", PASSWORD_HASH: "secret-1"})
        user = self.found(Kind.USER, "jim")
        self.assertEqual(
            (text(user.values["lastName"]), text(user.values["displayName"])),
            ("Smith", "Jim Smith"),
        )
        self.assertNotIn("secret", str(user.values) + str(user.raw))
        self.assertIsNone(self.model.person(user))

    def test_add_agent(self) -> None:
        """A user with an IPCC extension is an agent, in the team that the department names or else in the first."""
        self.do("addLine", line={"pattern": "77"})
        for department, team in (("Team 2", 2), ("Sales", 1)):
            given: Values = {
                "userid": "jim",
                "lastName": "S",
                "ipccExtension": "77",
                "department": department,
                "password": "secret-1",
            }
            edit = edited(self.model, OPERATIONS["addUser"], {"user": given}, "")
            person = Person("jim", "jim", "", "S", "77", frozenset({Role.AGENT}), team)
            self.assertEqual(edit.directory, (Add(person), SetPassword("jim", "secret-1")))
            self.assertEqual(edit.secrets, ())
            self.assertEqual(edit.objects.puts[0].values, {"department": department})

    def test_becomes_agent(self) -> None:
        """Whoever gets an IPCC extension later is an agent from then on, and has the same password."""
        self.do("addUser", user={"userid": "jim", "lastName": "S", "presenceGroupName": "P"})
        key = ObjectKey("user", "jim")
        self.kept[key] = StoredObject(
            key, self.kept[key].uuid, {**self.kept[key].values, PASSWORD_HASH: "$h"}
        )
        self.do("addLine", line={"pattern": "77"})
        edit = self.do("updateUser", userid="jim", ipccExtension="77")
        self.assertEqual([type(one) for one in edit.directory], [Add, SetHash])
        self.assertNotIn(PASSWORD_HASH, edit.objects.puts[0].values)
        self.assertNotIn("lastName", edit.objects.puts[0].values)

    def test_add_user_refused(self) -> None:
        """A userid that is taken or none, no last name, a short password, and what is not there are refused."""
        good: Values = {"userid": "jim", "lastName": "S", "presenceGroupName": "P"}
        for change, code in (
            ({"userid": "AGENT1"}, DUPLICATE),
            ({"userid": ""}, SEMANTIC),
            ({"userid": "a:b"}, SEMANTIC),
            ({"userid": "x" * 65}, SEMANTIC),
            ({"lastName": ""}, SEMANTIC),
            ({"password": "1234567"}, SEMANTIC),
            ({"ipccExtension": "999"}, INVALID),
            ({"ipccExtension": {"@uuid": "{x}", "": ""}}, INVALID),
            ({"primaryExtension": {"pattern": "999"}}, INVALID),
            ({"associatedDevices": {"device": ("SEPNONE",)}}, INVALID),
        ):
            self.refused("addUser", code, user={**good, **change})
        self.do(
            "addUser",
            user={**good, "userid": "x" * 64, "password": "12345678", "ipccExtension": ""},
        )

    def test_update_user(self) -> None:
        """The directory is asked for what is the directory's; the rest is kept here."""
        was = SNAPSHOT.person("agent1")
        assert was is not None
        edit = self.do(
            "updateUser", userid="agent1", firstName="X", password="secret-2", mailid="a@b"
        )
        replaced, password = edit.directory
        assert isinstance(replaced, Replace) and isinstance(replaced.value, Person)  # noqa: PT018
        self.assertEqual(
            (replaced.value.first_name, replaced.value.last_name), ("X", was.last_name)
        )
        self.assertEqual(password, SetPassword("agent1", "secret-2"))
        self.assertEqual(edit.objects.puts[0].values, {"mailid": "a@b"})
        again = self.do("updateUser", userid="agent1", mailid="a@b", firstName=was.first_name)
        self.assertEqual((again.directory, bool(again.objects)), ((), False))
        self.refused("updateUser", SEMANTIC, userid="agent1", newUserid="other")
        self.refused("updateUser", SEMANTIC, userid="agent1", lastName="")
        self.do("updateUser", userid="agent1", newUserid="agent1")

    def test_extension_on_two_devices(self) -> None:
        """An extension that is on two devices is nobody's to have: the fault names both."""
        for name in ("SEPA", "SEPB"):
            self.do(
                "addPhone", phone={**PHONE, "name": name, "lines": {"line": (button(1, "77"),)}}
            )
        said = self.refused("updateUser", SEMANTIC, userid="agent1", ipccExtension="77")
        self.assertIn("SEPA and SEPB", said)

    def test_devices_of_user(self) -> None:
        """Devices are replaced as a whole, cleared by an empty wrapper, and left alone without one."""
        self.do(
            "updateUser",
            userid="agent1",
            associatedDevices={"device": ("SEP000000001002", "CTIRP_6001")},
        )
        self.do("updateUser", userid="agent1", department="D")
        self.assertEqual(self.devices("agent1"), ["SEP000000001002", "CTIRP_6001"])
        self.do("updateUser", userid="agent1", associatedDevices={})
        self.assertEqual(self.devices("agent1"), [])

    def test_remove_user(self) -> None:
        """A person is the directory's to remove; what is kept here goes too."""
        self.do("updateUser", userid="agent1", department="D")
        edit = self.do("removeUser", userid="agent1")
        self.assertEqual(edit.directory, (Remove(Person, "agent1"),))
        self.assertEqual(self.kept, {})
        self.do("addUser", user={"userid": "jim", "lastName": "S", "presenceGroupName": "P"})
        self.assertEqual(self.do("removeUser", userid="jim").directory, ())
        self.refused("removeUser", INVALID, userid="jim")

    def test_app_user(self) -> None:
        """An application user controls the devices that it is given, which must be there; it has no password."""
        self.do("updateAppUser", userid="rmcm", associatedDevices={"device": ("SEP000000001001",)})
        self.assertEqual(self.devices("rmcm", Kind.APP_USER), ["SEP000000001001"])
        self.refused(
            "updateAppUser", INVALID, userid="rmcm", associatedDevices={"device": ("SEPX",)}
        )
        self.refused("updateAppUser", SEMANTIC, userid="rmcm", password="x")
        self.refused("updateAppUser", SEMANTIC, userid="rmcm", newUserid="x")
        self.refused("updateAppUser", INVALID, userid="nobody")

    # At phones --------------------------------------------------------------------------------------------------

    def test_do_not_disturb(self) -> None:
        """Do not disturb is at all of a person's phones."""
        self.do(
            "addPhone", phone={**PHONE, "name": "SEPA", "lines": {"line": (button(1, "1001"),)}}
        )
        self.keep(devices.change_dnd(self.model, self.found(Kind.USER, "agent1"), "true"))
        for name in self.devices("agent1"):
            self.assertTrue(boolean(self.found(Kind.PHONE, name).values["dndStatus"]))
        admin = self.found(Kind.USER, "admin")
        fault = self.assertRaises(AXLError, devices.change_dnd, self.model, admin, "true")
        self.assertEqual(fault.code, INVALID)

    def test_log_in_and_out(self) -> None:
        """One user at a time is logged in to a phone, and is not when logged out."""
        phone = "SEP000000001001"
        asked: Values = {
            "deviceName": phone,
            "userId": "AGENT2",
            "profileName": "P",
            "loginDuration": "60",
        }
        self.keep(devices.log_in(self.model, asked, 1_700_000_000))
        values = self.found(Kind.PHONE, phone).values
        self.assertEqual(
            [text(values[name]) for name in ("loginUserId", "loginTime", "loginDuration")],
            ["agent2", "1700000000", "60"],
        )
        self.keep(devices.log_in(self.model, asked, 1_700_000_001))
        other = {**asked, "userId": "agent1"}
        self.assertEqual(
            self.assertRaises(AXLError, devices.log_in, self.model, other, 0).code, SEMANTIC
        )
        for change in ({"deviceName": "SEPX"}, {"userId": "nobody"}):
            fault = self.assertRaises(AXLError, devices.log_in, self.model, {**asked, **change}, 0)
            self.assertEqual(fault.code, INVALID)
        self.keep(devices.log_out(self.model, {"deviceName": {"": "", "@uuid": self.uuid(phone)}}))
        self.assertNotIn("loginUserId", self.found(Kind.PHONE, phone).values)
        self.assertRaises(AXLError, devices.log_out, self.model, {"deviceName": phone})

    def uuid(self, phone: str) -> str:
        """A phone's, as AXL writes it."""
        return text(children(self.found(Kind.PHONE, phone).values)["@uuid"])

    # All together -----------------------------------------------------------------------------------------------

    def test_uuids_stay_apart(self) -> None:
        """Whatever was done, no two objects have one uuid, and all that a phone or a person refers to by uuid is there."""
        self.do(
            "addPhone",
            phone={
                **PHONE,
                "name": "SEPA",
                "lines": {"line": (button(1, "1001"), button(2, "77", "PT"))},
            },
        )
        self.do("updateLine", pattern="77", newPattern="78")
        self.do("updatePhone", name="SEPA", newName="SEPB")
        self.do("updateUser", userid="agent1", primaryExtension={"pattern": "78"})
        uuids = [one.uuid for kind in Kind for one in self.model.objects(kind).values()]
        self.assertEqual(len(set(uuids)), len(uuids))
        for line in self.lines_at_phones():
            self.assertIsNotNone(self.model.find_uuid(Kind.LINE, line))

    def lines_at_phones(self) -> Iterable[str]:
        """The uuids at all buttons."""
        for phone in self.model.objects(Kind.PHONE).values():
            for line in items(phone.values.get("lines"), "line"):
                yield text(children(children(line)["dirn"])["@uuid"])
