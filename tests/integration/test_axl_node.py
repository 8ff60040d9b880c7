"""AXL by people who are not us, in JavaScript: cisco-axl on strong-soap, with the vendor's own WSDL of each version."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import TestCase

from finesse_tx.directory.core.axl.operations import OPERATIONS
from finesse_tx.directory.core.axl.versions import VERSIONS
from tests.support.node import INSTALL_S, JS, Script, start_script
from tests.support.twistd import LIMIT_S, Shared

SHARED = Shared("demo.agents=4")

NEEDED = {
    "product": "Cisco 8861", "class": "Phone", "protocol": "SIP", "protocolSide": "User", "devicePoolName": "Default",
    "commonPhoneConfigName": "Standard Common Phone Profile", "locationName": "Hub_None", "useTrustedRelayPoint": "Default",
    "builtInBridgeStatus": "Default", "packetCaptureMode": "None", "certificateOperation": "No Pending Operation",
    "deviceMobilityMode": "Default",
}  # fmt: skip
"""What its schema wants of a new phone."""


class CiscoAxlTests(TestCase):
    """cisco-axl, whose operations are those of its schema."""

    timeout = INSTALL_S + 4 * LIMIT_S

    script: Script

    async def begin(self) -> None:
        """Start it."""
        server = SHARED.get()
        self.script = await start_script(
            self,
            "cisco_axl",
            authority=server.authority,
            folder=JS / "axl",
            host="localhost",
            port=server.port("axl"),
            user="admin",
            password="finesse",
        )
        self.asked: set[str] = set()

    async def do(self, operation: str, version: str = "15.0", **tags: object) -> Any:
        """Carry out an operation that must succeed."""
        self.asked.add(operation)
        self.script.tell("execute", operation=operation, tags=tags, version=version)
        return (await self.script.next("done", operation=operation))["result"]

    async def refused(self, operation: str, **tags: object) -> tuple[str, str]:
        """Carry out one that must not: AXL's code and what is said."""
        self.script.tell("execute", operation=operation, tags=tags)
        found = await self.script.next("refused", operation=operation)
        return found["fault"]["axlcode"], found["text"]

    async def test_every_version(self) -> None:
        """Each version that we speak, by the vendor's schema of that version."""
        await self.begin()
        for version in VERSIONS:
            found = await self.do("getCCMVersion", version, processNodeName="")
            self.assertEqual(found, {"componentVersion": {"version": "15.0.1.10000(1)"}})
            found = await self.do("getUser", version, userid="agent1")
            self.assertEqual(found["user"]["ipccExtension"]["value"], "1001")

    async def test_authenticate(self) -> None:
        """Right and wrong passwords."""
        await self.begin()
        for password, wanted in (("finesse", "true"), ("wrong", "false")):
            found = await self.do("doAuthenticateUser", userid="agent1", password=password)
            self.assertEqual(found["userAuthenticated"], wanted)

    async def test_faults(self) -> None:
        """Faults come with their codes."""
        await self.begin()
        self.assertEqual(
            await self.refused("getUser", userid="nobody"),
            ("5007", "Item not valid: The specified User was not found"),
        )
        code, said = await self.refused("addRoutePartition", routePartition={"name": "P"})
        self.assertEqual(
            (code, said), ("5003", "Operation addRoutePartition is not supported by this server")
        )
        code, _ = await self.refused("executeSQLQuery", sql="select nothing")
        self.assertEqual(code, "-201")

    async def test_tags(self) -> None:
        """A list with all tags that its schema has, most of them empty, as its examples send it."""
        await self.begin()
        self.script.tell("tags", operation="listPhone")
        tags = (await self.script.next("tags"))["tags"]
        tags["searchCriteria"]["name"] = "SEP%"
        tags["searchCriteria"]["description"] = "%%"
        tags.pop("skip"), tags.pop("first")
        found = await self.do("listPhone", **tags)
        self.assertEqual(len(found["phone"]), 6)
        self.assertEqual(found["phone"][0]["devicePoolName"]["value"], "Default")

    async def test_every_operation(self) -> None:
        """Each operation that we have and its schema has too."""
        await self.begin()
        do = self.do
        await do("getCCMVersion", processNodeName="")
        await do("doAuthenticateUser", userid="agent1", password="finesse")
        await do(
            "addLine",
            line={
                "pattern": "7900",
                "routePartitionName": "",
                "description": "d",
                "usage": "Device",
            },
        )
        line: dict[str, object] = {
            "index": "1",
            "dirn": {"pattern": "7900", "routePartitionName": ""},
        }
        phone = {"name": "SEPNODE", **NEEDED, "lines": {"line": [line]}}
        uuid = await do("addPhone", phone=phone)
        user = {
            "userid": "ned",
            "lastName": "N",
            "presenceGroupName": "Standard Presence group",
            "password": "secret-79",
        }
        await do("addUser", user=user)
        await do(
            "updateUser",
            userid="ned",
            ipccExtension="7900",
            associatedDevices={"device": ["SEPNODE"]},
            department="Team 2",
        )
        found = (await do("getUser", userid="ned"))["user"]
        self.assertEqual(
            (found["ipccExtension"]["value"], found["associatedDevices"]["device"]),
            ("7900", ["SEPNODE"]),
        )
        found = await do(
            "listUser", searchCriteria={"department": "Team%"}, returnedTags={"userid": ""}
        )
        self.assertEqual([one["userid"] for one in found["user"]], ["ned"])
        await do("updatePhone", name="SEPNODE", newName="SEPN", description="new")
        found = (await do("getPhone", uuid=uuid))["phone"]
        self.assertEqual((found["name"], found["description"]), ("SEPN", "new"))
        self.assertEqual(found["lines"]["line"][0]["dirn"]["pattern"], "7900")
        found = await do("listPhone", searchCriteria={"name": "SEPN"}, returnedTags={"name": ""})
        self.assertEqual([one["name"] for one in found["phone"]], ["SEPN"])
        await do("updateLine", pattern="7900", alertingName="A")
        found = (await do("getLine", pattern="7900"))["line"]
        self.assertEqual(
            (found["alertingName"], found["associatedDevices"]["device"]), ("A", ["SEPN"])
        )
        found = await do(
            "listLine", searchCriteria={"pattern": "79%"}, returnedTags={"pattern": ""}
        )
        self.assertEqual([one["pattern"] for one in found["line"]], ["7900"])
        await do("updateAppUser", userid="rmcm", associatedDevices={"device": ["SEPN"]})
        found = (await do("getAppUser", userid="rmcm"))["appUser"]
        self.assertEqual(found["associatedDevices"]["device"], ["SEPN"])
        await do("listAppUser", searchCriteria={"userid": "%"}, returnedTags={"userid": ""})
        await do("getCtiRoutePoint", name="CTIRP_6001")
        await do("listCtiRoutePoint", searchCriteria={"name": "%"}, returnedTags={"name": ""})
        self.assertEqual(await do("doChangeDNDStatus", userID="ned", dndStatus="true"), "true")
        await do(
            "doDeviceLogin", deviceName="SEPN", loginDuration="0", profileName="P", userId="ned"
        )
        await do("doDeviceLogout", deviceName="SEPN")
        found = await do("executeSQLQuery", sql="select name from device where name = 'SEPN'")
        self.assertEqual(found["row"], [{"name": "SEPN"}])
        found = await do(
            "executeSQLUpdate", sql="update device set description = 'q' where name = 'SEPN'"
        )
        self.assertEqual(int(found["rowsUpdated"]), 1)
        await do("removeUser", userid="ned")
        await do("removePhone", name="SEPN")
        await do("removeLine", pattern="7900")
        self.script.tell("execute", operation="listChange", tags={})
        answered = await self.script.next("refused", operation="listChange")
        self.assertEqual(answered["text"], "No return results")  # it wants a ``return`` everywhere
        self.assertEqual(self.asked | {"listChange"}, set(OPERATIONS))
