"""AXL by people who are not us, in Python: ciscoaxl with the vendor's own WSDL, and zeep with that and with ours.

The server runs as an operator runs it, over TLS, and each client checks its certificate.
"""

from __future__ import annotations

import copy
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import ciscoaxl
import requests
from lxml import etree
from twisted.trial.unittest import SynchronousTestCase
from zeep import Client, Settings
from zeep.exceptions import Fault, TransportError
from zeep.transports import Transport

from finesse_tx.directory.core.axl.operations import OPERATIONS
from tests.support.twistd import LIMIT_S, QUIET, Shared, Twistd

AGENTS = 2_500

SHARED = Shared('axl.read_only=["agent1"]', "demo.agents=9")

CROWDED = Shared(f"demo.agents={AGENTS}")
"""More people than fit on two pages."""

BINDING = "{http://www.cisco.com/AXLAPIService/}AXLAPIBinding"

THEIRS = Path(ciscoaxl.__file__).parent / "schema" / "12.5" / "AXLAPI.wsdl"
"""The vendor's WSDL, of the newest version that ciscoaxl brings."""

CACHE = tempfile.mkdtemp(prefix="zeep-")


@cache
def their_client() -> Any:
    """ciscoaxl, which takes seconds and memory for its schema: one for all tests."""
    port = SHARED.get().port("axl")
    return ciscoaxl.axl("admin", "finesse", "localhost", "12.5", cucm_port=port, strict_ssl=True)


@cache
def our_client() -> Any:
    """zeep, with the WSDL that the server serves."""
    root = f"https://localhost:{SHARED.get().port('axl')}/axl/"
    client = Client(f"{root}AXLAPI.wsdl", transport=transport("admin"))
    return client.create_service(BINDING, root)


def transport(user: str) -> Transport:
    """As a user."""
    session = requests.Session()
    session.auth = (user, "finesse")
    return Transport(session=session, operation_timeout=LIMIT_S, timeout=LIMIT_S)


class AXLCase(SynchronousTestCase):
    """With the server's authority, and no proxy."""

    def setUp(self) -> None:
        """For requests, which looks into the environment."""
        ours = {
            "REQUESTS_CA_BUNDLE": str(SHARED.get().authority),
            "NO_PROXY": "*",
            "XDG_CACHE_HOME": CACHE,
        }
        self.patch(os, "environ", os.environ | ours)

    def fault(self, found: object, code: int) -> str:
        """A fault with AXL's code."""
        assert isinstance(found, Fault), found
        self.assertEqual(found.detail.findtext(".//axlcode"), str(code))
        return str(found.message)


class CiscoAxlTests(AXLCase):
    """ciscoaxl, each method that there is something for."""

    def setUp(self) -> None:
        """It gives faults back, and does not raise them."""
        super().setUp()
        self.ucm = their_client()

    def crowded(self) -> Any:
        """The same client, at the server with many people."""
        found, server = copy.copy(self.ucm), CROWDED.get()
        self.patch(os, "environ", os.environ | {"REQUESTS_CA_BUNDLE": str(server.authority)})
        root = f"https://localhost:{server.port('axl')}/axl/"
        found.client = found._zeep.create_service(BINDING, root)
        return found

    def listed(self) -> float:
        """How often users were listed, so far."""
        endpoint = CROWDED.get().endpoints["http"]
        text = requests.get(f"http://{endpoint}/metrics", timeout=LIMIT_S).text
        for line in text.splitlines():
            if line.startswith('finesse_axl_requests_total{operation="listUser"}'):
                return float(line.rpartition(" ")[2])
        return 0.0

    def test_all_users(self) -> None:
        """All of them, each once, in as many requests as there are pages, and one."""
        ucm, before = self.crowded(), self.listed()
        found = [user["userid"] for user in ucm.get_users()]
        teams = AGENTS // 20
        self.assertEqual((len(found), len(set(found))), (AGENTS + teams + 1,) * 2)
        self.assertEqual(self.listed() - before, 4)

    def test_all_phones(self) -> None:
        """So are phones, and phones by a pattern."""
        ucm = self.crowded()
        self.assertEqual(len({phone["uuid"] for phone in ucm.get_phones()}), AGENTS + AGENTS // 20)
        tags = {"name": "", "class": ""}
        some = ucm.get_phones(query={"name": "SEP00000000101%"}, tagfilter=tags)
        self.assertEqual([one["name"] for one in some], [f"SEP00000000101{n}" for n in range(10)])
        self.assertEqual({phone["class"] for phone in some}, {"Phone"})

    def test_user(self) -> None:
        """A person with all that belongs to it; who is not there is a fault."""
        user = self.ucm.get_user("agent1")
        self.assertEqual(user["ipccExtension"]["_value_1"], "1001")
        self.assertEqual(user["associatedDevices"]["device"], ["SEP000000001001"])
        self.assertIsNone(user["password"])
        self.fault(self.ucm.get_user("nobody"), 5007)

    def test_numbers(self) -> None:
        """Lines and route points."""
        lines = {line["pattern"]: line for line in self.ucm.get_directory_numbers()}
        self.assertIn("6001", lines)
        line = self.ucm.get_directory_number(pattern="1002", routePartitionName="")
        self.assertEqual(line["uuid"], lines["1002"]["uuid"])
        self.assertEqual(line["associatedDevices"]["device"], ["SEP000000001002"])
        names = [point["name"] for point in self.ucm.get_cti_route_points()]
        self.assertEqual(names, ["CTIRP_6001", "CTIRP_6002"])
        point = self.ucm.get_cti_route_point(name="CTIRP_6001")
        self.assertEqual(point["lines"]["line"][0]["dirn"]["pattern"], "6001")

    def test_life_of_an_agent(self) -> None:
        """A line, a phone and a user are made, joined, changed and removed; the user is an agent of the contact centre."""
        ucm = self.ucm
        self.assertRegex(
            ucm.add_directory_number("7700", description="New")["return"], r"^\{[0-9A-F-]{36}\}$"
        )
        self.fault(ucm.add_directory_number("7700"), -239)
        lines = [("7700", "", "Jim Smith", "Jim Smith", "Jim - 7700", "")]
        uuid = ucm.add_phone("SEPAABBCCDDEEFF", "Jim's", lines=lines)["return"]
        phone = ucm.get_phone(name="SEPAABBCCDDEEFF")
        self.assertEqual(
            (phone["uuid"], phone["product"], phone["description"]), (uuid, "Cisco 7941", "Jim's")
        )
        self.assertEqual(phone["lines"]["line"][0]["label"], "Jim - 7700")
        ucm.add_user("jim", "Smith", "Jim")
        self.assertEqual(ucm.get_user("jim")["displayName"], "Jim Smith")
        devices = {"device": ["SEPAABBCCDDEEFF"]}
        ucm.update_user(
            userid="jim",
            associatedDevices=devices,
            ipccExtension="7700",
            primaryExtension={"pattern": "7700"},
        )
        self.assertEqual(
            ucm.update_user_credentials("jim", "secret-77", "12345")["return"],
            ucm.get_user("jim")["uuid"],
        )
        for given, wanted in (
            ({"password": "secret-77"}, "true"),
            ({"pin": "12345"}, "true"),
            ({"password": "x"}, "false"),
        ):
            answer = ucm.client.doAuthenticateUser(userid="jim", **given)["return"]
            self.assertEqual(
                (answer["userAuthenticated"], answer["code"]), (wanted, int(wanted == "false"))
            )
        self.signs_in("jim", "secret-77", "7700")
        ucm.update_phone(name="SEPAABBCCDDEEFF", description="Moved")
        ucm.update_directory_number(pattern="7700", alertingName="Jim")
        self.assertEqual(ucm.get_phone(uuid=uuid)["description"], "Moved")
        self.assertEqual(ucm.get_directory_number(pattern="7700")["alertingName"], "Jim")
        self.fault(ucm.delete_directory_number(pattern="7700"), 5003)
        ucm.delete_user(userid="jim")
        ucm.delete_phone(name="SEPAABBCCDDEEFF")
        ucm.delete_directory_number(uuid=ucm.get_directory_number(pattern="7700")["uuid"])
        for gone in (
            ucm.get_user("jim"),
            ucm.get_phone(uuid=uuid),
            ucm.get_directory_number(pattern="7700"),
        ):
            self.fault(gone, 5007)

    def signs_in(self, user: str, password: str, extension: str) -> None:
        """Somebody whom AXL has made can work."""
        root = f"http://{SHARED.get().endpoints['http']}/finesse/api/User/{user}"
        body = f"<User><state>LOGIN</state><extension>{extension}</extension></User>"
        who, head = (user, password), {"Content-Type": "application/xml"}
        for _ in range(1_000):
            answer = requests.put(root, body, auth=who, headers=head, timeout=LIMIT_S)
            state = requests.get(root, auth=who, timeout=LIMIT_S).text
            if answer.status_code == 202 and "NOT_READY" in state:
                return
        self.fail(answer.text + state)

    def test_sql(self) -> None:
        """Queries and updates as scripts send them."""
        found = self.ucm.run_sql_query(
            "select e.userid, d.name device, n.dnorpattern from enduser e inner join enduserdevicemap m on m.fkenduser=e.pkid "
            "inner join device d on m.fkdevice=d.pkid inner join devicenumplanmap dn on dn.fkdevice=d.pkid "
            'inner join numplan n on dn.fknumplan=n.pkid where lower(e.userid) in ("agent3", "agent4") order by e.userid'
        )
        self.assertEqual(
            found["rows"],
            [
                {"userid": f"agent{n}", "device": f"SEP00000000100{n}", "dnorpattern": f"100{n}"}
                for n in (3, 4)
            ],
        )
        self.assertEqual(
            self.ucm.run_sql_query("select count(*) from device")["rows"],
            [{"count": "13"}],
        )
        self.assertEqual(self.ucm.run_sql_query("select 1 from device where 1=2")["num_rows"], 0)
        updated = self.ucm.sql_update(
            "update device set description='Lobby' where name='SEP000000001005'"
        )
        self.assertEqual(updated["rowsUpdated"], 1)
        self.assertEqual(self.ucm.get_phone(name="SEP000000001005")["description"], "Lobby")
        self.fault(self.ucm.sql_query("select * from nothing"), -206)
        self.fault(self.ucm.sql_update("delete from enduser"), -201)

    def test_at_phones(self) -> None:
        """Do not disturb and extension mobility."""
        self.assertEqual(
            self.ucm.do_change_dnd_status(userID="agent6", dndStatus="true")["return"], "true"
        )
        login = {
            "deviceName": "SEP000000001006",
            "userId": "agent7",
            "profileName": "P",
            "loginDuration": 0,
        }
        self.assertEqual(self.ucm.do_device_login(**login)["return"], "true")
        phone = self.ucm.get_phone(name="SEP000000001006")
        self.assertEqual((phone["dndStatus"], phone["loginUserId"]), ("true", "agent7"))
        self.assertEqual(self.ucm.do_device_logout(deviceName="SEP000000001006")["return"], "true")
        self.fault(self.ucm.do_device_logout(deviceName="SEP000000001006"), 5007)

    def test_unsupported(self) -> None:
        """What we do not have is a fault that says so."""
        said = self.fault(self.ucm.get_locations(), 5003)
        self.assertEqual(said, "Operation listLocation is not supported by this server")

    def test_refused(self) -> None:
        """A wrong password and a person without a role are told apart, as it expects."""
        port = SHARED.get().port("axl")
        for user, password, said in (("admin", "wrong", "401"), ("agent9", "finesse", "403")):
            with self.assertRaisesRegex(Exception, said):
                ciscoaxl.axl(user, password, "localhost", "12.5", cucm_port=port)


class ZeepTests(AXLCase):
    """zeep, strict: with our WSDL from the server, and with the vendor's."""

    def setUp(self) -> None:
        """One client for all tests."""
        super().setUp()
        self.axl = our_client()

    def test_every_operation(self) -> None:
        """Each operation of our WSDL, asked for by it, answers what it says."""
        axl = self.axl
        asked: list[str] = []

        def do(operation: str, **fields: object) -> Any:
            asked.append(operation)
            return axl[operation](**fields)

        self.assertEqual(
            do("getCCMVersion")["return"]["componentVersion"]["version"], "15.0.1.10000(1)"
        )
        self.assertEqual(
            do("doAuthenticateUser", userid="agent1", password="finesse")["return"][
                "userAuthenticated"
            ],
            "true",
        )
        start = do("listChange")["queueInfo"]
        do("addLine", line={"pattern": "7800", "description": "z"})
        button = {"index": 1, "dirn": {"pattern": "7800"}, "label": "L"}
        needed = {
            "product": "Cisco 8861",
            "class": "Phone",
            "protocol": "SIP",
            "protocolSide": "User",
            "devicePoolName": "Default",
            "locationName": "Hub_None",
        }
        uuid = do("addPhone", phone={"name": "SEPZEEP", **needed, "lines": {"line": [button]}})[
            "return"
        ]
        do(
            "addUser",
            user={
                "userid": "zoe",
                "lastName": "Z",
                "presenceGroupName": "P",
                "password": "secret-78",
                "ipccExtension": "7800",
            },
        )
        user = do(
            "getUser",
            userid="zoe",
            returnedTags={"ipccExtension": "", "associatedDevices": {"device": ""}},
        )["return"]["user"]
        self.assertEqual(
            (user["ipccExtension"]["_value_1"], user["associatedDevices"]["device"]),
            ("7800", ["SEPZEEP"]),
        )
        self.assertIsNone(user["lastName"])
        phone = do("getPhone", uuid=uuid)["return"]["phone"]
        self.assertEqual((phone["name"], phone["lines"]["line"][0]["label"]), ("SEPZEEP", "L"))
        do(
            "updatePhone",
            name="SEPZEEP",
            newName="SEPZ",
            removeLines={"line": [button]},
            addLines={"line": [{**button, "index": 2}]},
        )
        line = do("getLine", pattern="7800")["return"]["line"]
        self.assertEqual(line["associatedDevices"]["device"], ["SEPZ"])
        do("updateLine", pattern="7800", newRoutePartitionName="PT", autoAnswer="Auto Answer Off")
        listed = do(
            "listLine",
            searchCriteria={"routePartitionName": "P%"},
            returnedTags={"pattern": "", "autoAnswer": ""},
        )["return"]["line"]
        self.assertEqual(
            [(one["pattern"], one["autoAnswer"]) for one in listed], [("7800", "Auto Answer Off")]
        )
        do("updateUser", userid="zoe", department="Team 2", pin="98765")
        found = do(
            "listUser", searchCriteria={"department": "team%"}, returnedTags={"userid": ""}, first=5
        )["return"]["user"]
        self.assertEqual([one["userid"] for one in found], ["zoe"])
        phones = do("listPhone", searchCriteria={"name": "SEPZ"}, returnedTags={"name": ""})[
            "return"
        ]["phone"]
        self.assertEqual([one["name"] for one in phones], ["SEPZ"])
        do("doChangeDNDStatus", userID="zoe", dndStatus="true")
        do("doDeviceLogin", deviceName="SEPZ", loginDuration=0, profileName="P", userId="zoe")
        do("doDeviceLogout", deviceName="SEPZ")
        do("updateAppUser", userid="rmcm", associatedDevices={"device": ["SEPZ", "CTIRP_6001"]})
        controls = do("getAppUser", userid="rmcm")["return"]["appUser"]["associatedDevices"][
            "device"
        ]
        self.assertEqual(controls, ["SEPZ", "CTIRP_6001"])
        self.assertEqual(
            do("listAppUser", searchCriteria={"userid": "%"}, returnedTags={"userid": ""})[
                "return"
            ]["appUser"][0]["userid"],
            "rmcm",
        )
        self.assertEqual(
            do("getCtiRoutePoint", name="CTIRP_6002")["return"]["ctiRoutePoint"]["description"],
            "Support",
        )
        self.assertEqual(
            len(
                do("listCtiRoutePoint", searchCriteria={"name": "%"}, returnedTags={"name": ""})[
                    "return"
                ]["ctiRoutePoint"]
            ),
            2,
        )
        row = do("executeSQLQuery", sql="select name, description from device where name = 'SEPZ'")[
            "return"
        ]["row"][0]
        self.assertEqual(
            [(cell.tag, cell.text) for cell in row], [("name", "SEPZ"), ("description", None)]
        )
        self.assertEqual(
            do(
                "executeSQLUpdate",
                sql="update numplan set description = 'q' where dnorpattern = '7800'",
            )["return"]["rowsUpdated"],
            "1",
        )
        do("removeUser", userid="zoe")
        do("removePhone", name="SEPZ")
        do("removeLine", pattern="7800", routePartitionName="PT")
        following = {"_value_1": start["nextStartChangeId"], "queueId": start["queueId"]}
        changes = do("listChange", startChangeId=following)["changes"]["change"]
        self.assertIn("AppUser", [change["type"] for change in changes])
        self.assertEqual(set(asked), set(OPERATIONS))

    def test_their_schema(self) -> None:
        """What we answer is what the vendor's schema says, in its order, to the letter: zeep reads it strictly."""
        root = f"https://localhost:{SHARED.get().port('axl')}/axl/"
        client = Client(
            THEIRS.as_uri(), transport=transport("admin"), settings=Settings(xml_huge_tree=True)
        )
        axl = client.create_service(BINDING, root)
        self.assertEqual(axl.getUser(userid="agent2")["return"]["user"]["userid"], "agent2")
        self.assertEqual(axl.getPhone(name="SEP000000001002")["return"]["phone"]["class"], "Phone")
        self.assertEqual(axl.getLine(pattern="1002")["return"]["line"]["pattern"], "1002")
        self.assertEqual(axl.getAppUser(userid="rmcm")["return"]["appUser"]["userid"], "rmcm")
        self.assertEqual(
            axl.getCtiRoutePoint(name="CTIRP_6001")["return"]["ctiRoutePoint"]["name"], "CTIRP_6001"
        )
        every = {
            "lastName": "",
            "firstName": "",
            "primaryExtension": {"pattern": ""},
            "telephoneNumber": "",
            "status": "",
            "enableCti": "",
        }
        found = axl.listUser(searchCriteria={"userid": "agent2"}, returnedTags=every)["return"][
            "user"
        ]
        self.assertEqual((found[0]["telephoneNumber"], found[0]["status"]), ("1002", 1))
        self.assertTrue(axl.listChange()["queueInfo"]["queueId"])

    def test_session(self) -> None:
        """A client that keeps cookies needs its password once; both together are as good."""
        port = SHARED.get().port("axl")
        session = requests.Session()
        url = f"https://localhost:{port}/axl/"
        self.assertEqual(
            session.get(url, auth=("admin", "finesse"), timeout=LIMIT_S).status_code, 200
        )
        self.assertEqual(session.get(url, timeout=LIMIT_S).status_code, 200)
        self.assertEqual(requests.get(url, timeout=LIMIT_S).status_code, 401)
        self.assertEqual(
            requests.get(
                url, cookies={"JSESSIONIDSSO": "old"}, auth=("admin", "finesse"), timeout=LIMIT_S
            ).status_code,
            200,
        )

    def test_read_only(self) -> None:
        """Who may only read, reads; a write is 403."""
        root = f"https://localhost:{SHARED.get().port('axl')}/axl/"
        client = Client(f"{root}14.0/AXLAPI.wsdl", transport=transport("agent1"))
        axl = client.create_service(BINDING, root)
        self.assertEqual(axl.getUser(userid="agent1")["return"]["user"]["userid"], "agent1")
        error = self.assertRaises(TransportError, axl.removeUser, userid="agent2")
        self.assertEqual(error.status_code, 403)

    def test_schema_serves_itself(self) -> None:
        """The schema that is served is one, by libxml2, and what is answered is valid by it."""
        root = f"https://localhost:{SHARED.get().port('axl')}/axl/"
        schema = etree.XMLSchema(
            etree.fromstring(requests.get(f"{root}15.0/AXLSoap.xsd", timeout=LIMIT_S).content)
        )
        for operation, inner in (
            ("getUser", "<userid>agent1</userid>"),
            ("getPhone", "<name>SEP000000001001</name>"),
            ("getLine", "<pattern>1001</pattern>"),
            ("getAppUser", "<userid>rmcm</userid>"),
            ("getCtiRoutePoint", "<name>CTIRP_6001</name>"),
            (
                "listUser",
                "<searchCriteria><userid>agent1%</userid></searchCriteria><returnedTags/><first>50</first>",
            ),
            (
                "listPhone",
                "<searchCriteria><name>%</name></searchCriteria><returnedTags/><first>50</first>",
            ),
            ("executeSQLQuery", "<sql>select * from typeclass</sql>"),
            ("getCCMVersion", ""),
            ("listChange", ""),
        ):
            body = (
                '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
                f'<n:{operation} xmlns:n="http://www.cisco.com/AXL/API/15.0">{inner}</n:{operation}></e:Body></e:Envelope>'
            )
            answer = requests.post(root, body, auth=("admin", "finesse"), timeout=LIMIT_S)
            schema.assertValid(etree.fromstring(answer.content)[0][0])


class OffTests(SynchronousTestCase):
    """Without it."""

    def test_off(self) -> None:
        """An operator may switch it off."""
        server = Twistd((*QUIET, 'listen.axl=""')).wait_ready()
        self.addCleanup(server.clean)
        self.assertNotIn("axl", server.endpoints)
