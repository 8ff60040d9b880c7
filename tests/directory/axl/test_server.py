"""The AXL server: who may come in, what HTTP says of it, and what operations do; without a network."""

from __future__ import annotations

import re
from typing import Any, cast
from xml.etree.ElementTree import fromstring

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from zope.interface.verify import verifyObject

from finesse_tx.config import AXLConfig
from finesse_tx.directory.axl.resource import BACK_OFF_S, MAX_FAILURES
from finesse_tx.directory.core.axl.envelope import MAX_BODY
from finesse_tx.directory.core.axl.operations import OPERATIONS, Access
from finesse_tx.directory.core.axl.records import MAX_DEFINITION
from finesse_tx.directory.core.axl.schema import schema, wsdl
from finesse_tx.directory.core.axl.sessions import IDLE_S
from finesse_tx.directory.core.errors import LockedOutError, TooBusyError
from finesse_tx.interfaces import (
    IAuthenticator,
    IAXLRecords,
    IDirectory,
    IDirectoryEditing,
)
from finesse_tx.store.core.errors import StoreConflictError, StoreUnavailableError
from tests.support.axl import CHEAP, PEER, AXLCase

LIST = "<searchCriteria><userid>%</userid></searchCriteria><returnedTags><userid/></returnedTags>"

PHONE = (
    "<phone><name>SEPA</name><product>Cisco 7841</product><class>Phone</class><protocol>SIP</protocol>"
    "<protocolSide>User</protocolSide><devicePoolName>Default</devicePoolName>"
    "<locationName>Hub_None</locationName>"
    "<lines><line><index>1</index><dirn><pattern>77</pattern></dirn></line></lines></phone>"
)


class SignInTests(AXLCase):
    """Who may come in."""

    def status(self, **headers: str) -> int:
        """What is said to somebody who only looks."""
        return self.send("GET", "/axl/", b"", **headers).status

    def test_interfaces(self) -> None:
        """The fake is what the server is given."""
        for interface in (IDirectory, IAuthenticator, IDirectoryEditing, IAXLRecords):
            verifyObject(interface, self.centre)

    def test_works(self) -> None:
        """The page says what clients and health checks look for."""
        answer = self.send("GET", "/axl/", Authorization=self.basic("admin"))
        self.assertEqual(answer.status, 200)
        self.assertIn(b"The AXL Web Service is working and accepting requests.", answer.body)

    def test_nobody(self) -> None:
        """Without credentials, and with wrong ones or none that are, it is 401 and says which are wanted."""
        body = self.envelope("getCCMVersion")
        self.assertEqual(self.send("POST", "/axl/", body).status, 401)
        for credentials in (self.basic("admin", "x"), "Bearer x", "Basic !"):
            answer = self.send("POST", "/axl/", body, Authorization=credentials)
            self.assertEqual(answer.status, 401)
            self.assertRegex(answer.headers["www-authenticate"], '^Basic realm="')
            self.clock.advance(BACK_OFF_S)

    def test_roles(self) -> None:
        """Each operation: an agent may do none, whoever may only read does not write, the others do all."""
        for operation in OPERATIONS.values():
            writes = operation.access is Access.WRITE
            for user, may in (
                ("agent3", False),
                ("agent1", not writes),
                ("agent2", True),
                ("admin", True),
            ):
                answer = self.ask(operation.name, "", user)
                self.assertEqual(answer.status == 403, not may, (operation.name, user))

    def test_elsewhere(self) -> None:
        """Without its slash, and at any other path, there is nothing; other methods are not for here."""
        for path in ("/axl", "/axl/x", "/axl//", "/", "/axl/15.0/x"):
            self.assertEqual(
                self.send("GET", path, Authorization=self.basic("admin")).status, 404, path
            )
        self.assertEqual(self.send("DELETE", "/axl/").status, 501)

    def test_session(self) -> None:
        """Whoever has shown a password needs the cookie only; for half an hour after it was used."""
        answer = self.send("GET", "/axl/", Authorization=self.basic("admin"))
        cookie = answer.headers["set-cookie"]
        self.assertRegex(cookie, r"^JSESSIONIDSSO=S1; (?=.*Path=/)(?=.*Secure)(?=.*HttpOnly)")
        self.clock.advance(IDLE_S - 1)
        self.assertEqual(self.status(Cookie="JSESSIONIDSSO=S1"), 200)
        self.assertEqual(self.centre.asked, ["admin"])
        self.clock.advance(IDLE_S)
        self.assertEqual(self.status(Cookie="JSESSIONIDSSO=S1"), 401)
        self.assertEqual(self.status(Cookie="JSESSIONIDSSO=guess"), 401)

    def test_both(self) -> None:
        """With a cookie and a password it is the password that counts; a good cookie is not given anew."""
        self.status(Authorization=self.basic("admin"))
        again = self.send(
            "GET", "/axl/", Authorization=self.basic("admin"), Cookie="JSESSIONIDSSO=S1"
        )
        self.assertEqual((again.status, again.headers.get("set-cookie")), (200, None))
        self.assertEqual(
            self.status(Authorization=self.basic("admin"), Cookie="JSESSIONIDSSO=bad"), 200
        )
        self.assertEqual(
            self.status(Authorization=self.basic("agent3"), Cookie="JSESSIONIDSSO=S1"), 403
        )
        self.assertEqual(
            self.status(Authorization=self.basic("admin", "x"), Cookie="JSESSIONIDSSO=S1"), 401
        )

    def test_gone(self) -> None:
        """A session is of no use to somebody who is gone, or may no longer."""
        self.status(Authorization=self.basic("agent2"))
        self.done("removeUser", "<userid>agent2</userid>")
        self.assertEqual(self.status(Cookie="JSESSIONIDSSO=S1"), 401)

    def test_back_off(self) -> None:
        """So many bad passwords from one address, and it waits; then a good one counts again."""
        for _ in range(MAX_FAILURES):
            self.assertEqual(self.status(Authorization=self.basic("admin", "x")), 401)
        refused = self.send("GET", "/axl/", Authorization=self.basic("admin"))
        self.assertEqual((refused.status, refused.headers["retry-after"]), (503, "5"))
        self.clock.advance(BACK_OFF_S - 0.1)
        self.assertEqual(self.status(Authorization=self.basic("admin")), 503)
        self.clock.advance(0.1)
        self.assertEqual(self.status(Authorization=self.basic("admin")), 200)
        self.assertEqual(len(self.centre.asked), MAX_FAILURES + 1)

    def test_locked_and_busy(self) -> None:
        """Whoever is locked out is told no more than that the password is wrong; too many checks are told so."""
        self.centre.failing = LockedOutError(1.0)
        self.assertEqual(self.status(Authorization=self.basic("admin")), 401)
        self.centre.failing = TooBusyError()
        self.assertEqual(self.status(Authorization=self.basic("admin")), 503)


class ProtocolTests(AXLCase):
    """SOAP over HTTP."""

    def post(self, body: bytes, **headers: str) -> Any:
        """As administrator."""
        return self.send("POST", "/axl/", body, Authorization=self.basic("admin"), **headers)

    def test_answer(self) -> None:
        """An answer is XML in the version that was asked for."""
        answer = self.ask("getCCMVersion", version="12.5")
        self.assertEqual(answer.headers["content-type"], "text/xml;charset=UTF-8")
        self.assertEqual(
            answer.element.tag, "{http://www.cisco.com/AXL/API/12.5}getCCMVersionResponse"
        )
        self.assertEqual(
            answer.element.findtext("return/componentVersion/version"), "15.0.1.10000(1)"
        )

    def test_version(self) -> None:
        """Another version is 599, with those that we speak."""
        answer = self.post(self.envelope("getUser", version="9.0"))
        self.assertEqual(answer.status, 599)
        self.assertTrue(
            answer.body.startswith(b"Incorrect axl version. Supported axl versions: 12.5,14.0,15.0")
        )

    def test_unknown(self) -> None:
        """What we do not have is a fault, is counted, and leaves the connection as it was."""
        body = self.envelope("addSipTrunk")
        transport, channel = self.connect()
        head = f"POST /axl/ HTTP/1.1\r\nHost: x\r\nAuthorization: {self.basic('admin')}\r\nContent-Length: {len(body)}\r\n\r\n"
        for _ in range(2):
            transport.clear()
            channel.dataReceived(head.encode() + body)
            self.work()
            self.assertIn(b"500 Internal Server Error", transport.value())
            self.assertIn(b"<axlcode>5003</axlcode>", transport.value())
        self.assertFalse(transport.disconnecting)
        self.assertEqual(self.application.counters.unknown, {"addSipTrunk": 2})

    def test_wrong_requests(self) -> None:
        """What is no SOAP is a fault of SOAP's own."""
        for body in (b"", b"<x/>", b"<!DOCTYPE a><a/>"):
            answer = self.post(body)
            self.assertEqual(answer.fault[0], None)
            self.assertEqual(answer.element.findtext("faultcode"), "soapenv:Client")

    def test_oversize(self) -> None:
        """A body that is too large is refused by its length alone; as large as may be is read."""
        answer = self.post(b"", Content_Length=str(MAX_BODY + 1))
        self.assertEqual(answer.status, 413)
        self.assertEqual(self.post(b" " * MAX_BODY).status, 500)

    def test_slow_body(self) -> None:
        """A request that does not come whole in time is cut."""
        transport, channel = self.connect()
        channel.dataReceived(b"POST /axl/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<")
        self.clock.advance(59)
        channel.dataReceived(b"a")
        self.assertFalse(transport.disconnecting)
        self.clock.advance(1)
        self.assertTrue(transport.disconnecting)

    def test_client_gone(self) -> None:
        """Whoever does not wait for the answer hurts nobody; nothing is logged, nothing is in flight."""
        body = self.envelope("listUser", LIST)
        _, channel = self.connect()
        head = f"POST /axl/ HTTP/1.1\r\nHost: x\r\nAuthorization: {self.basic('admin')}\r\nContent-Length: {len(body)}\r\n\r\n"
        with capturedLogs() as logged:
            channel.dataReceived(head.encode() + body)
            self.assertEqual(self.application.counters.inflight, 1)
            channel.connectionLost(Failure(ConnectionDone()))
            self.work()
        self.assertEqual(self.application.counters.inflight, 0)
        self.assertEqual([event for event in logged if event["log_level"].name != "debug"], [])
        self.done("listUser", LIST)

    def test_client_gone_while_changing(self) -> None:
        """A change that is begun is carried to its end, whether somebody waits for it or not; one that waits is given up."""
        channels = []
        self.centre.held = Deferred()
        for number in (71, 72):
            body = self.envelope("addLine", f"<line><pattern>{number}</pattern></line>")
            _, channel = self.connect()
            head = f"POST /axl/ HTTP/1.1\r\nHost: x\r\nAuthorization: {self.basic('admin')}\r\nContent-Length: {len(body)}\r\n\r\n"
            channel.dataReceived(head.encode() + body)
            channels.append(channel)
        self.work()
        for channel in channels:
            channel.connectionLost(Failure(ConnectionDone()))
        held, self.centre.held = self.centre.held, None
        held.callback(None)
        self.work()
        self.assertEqual(self.done("getLine", "<pattern>71</pattern>")[0].findtext("pattern"), "71")
        self.assertEqual(self.ask("getLine", "<pattern>72</pattern>").fault[0], "5007")
        self.assertEqual((self.application.counters.inflight, len(self.centre.audit)), (0, 1))

    def test_bug(self) -> None:
        """A mistake of ours is logged, and answered with a fault that says nothing of it."""
        self.workers.refusing = RuntimeError("secret")
        with capturedLogs():
            answer = self.ask("listUser", LIST)
        self.assertEqual(answer.fault, (None, "Internal Server Error"))
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_descriptions(self) -> None:
        """The WSDL and the schema are there for anybody, of each version."""
        here = "https://cucm.example/axl/"
        for path, text in (
            ("AXLAPI.wsdl", wsdl("15.0", here)), ("AXLAPIService.wsdl", wsdl("15.0", here)), ("AXLSoap.xsd", schema()),
            ("12.5/AXLAPI.wsdl", wsdl("12.5", here)), ("14.0/AXLSoap.xsd", schema("14.0")),
        ):  # fmt: skip
            self.assertEqual(self.send("GET", f"/axl/{path}").body.decode(), text)


class OperationTests(AXLCase):
    """What operations do."""

    def test_pages(self) -> None:
        """Pages of a list are the whole; past the end there is nothing, not even a child."""
        whole = [found.findtext("userid") for found in self.done("listUser", LIST)]
        pages: list[str | None] = []
        for skip in range(0, 8, 4):
            page = self.done("listUser", f"{LIST}<skip>{skip}</skip><first>4</first>")
            pages += [found.findtext("userid") for found in page]
        self.assertEqual((pages, len(whole)), (whole, 6))
        answer = self.ask("listUser", f"{LIST}<skip>1000</skip><first>1000</first>")
        self.assertIn(b"<return/>", answer.body)

    def test_not_there(self) -> None:
        """What is not there is a fault with its kind."""
        self.assertEqual(
            self.ask("getUser", "<userid>nobody</userid>").fault,
            ("5007", "Item not valid: The specified User was not found"),
        )

    def test_authenticate(self) -> None:
        """A wrong password is an answer, not a fault, as is an unknown user; one of password and PIN is needed."""
        for userid, password, wanted in (
            ("agent1", "finesse", ["true", "0"]),
            ("agent1", "wrong", ["false", "1"]),
            ("nobody", "finesse", ["false", "1"]),
        ):
            found = self.done(
                "doAuthenticateUser", f"<userid>{userid}</userid><password>{password}</password>"
            )
            self.assertEqual([found.findtext("userAuthenticated"), found.findtext("code")], wanted)
        for inner in ("<userid>a</userid>", "<userid>a</userid><password>b</password><pin>1</pin>"):
            self.assertEqual(self.ask("doAuthenticateUser", inner).fault[0], "5003")

    def test_locked_out(self) -> None:
        """Whoever is locked out is told so by the code."""
        inner = "<userid>agent1</userid><password>x</password>"
        self.send("GET", "/axl/", Authorization=self.basic("admin"))
        self.centre.failing = LockedOutError(1.0)
        answer = self.send(
            "POST", "/axl/", self.envelope("doAuthenticateUser", inner), Cookie="JSESSIONIDSSO=S1"
        )
        self.assertEqual(answer.element.findtext("return/code"), "2")
        self.centre.failing = TooBusyError()
        answer = self.send(
            "POST", "/axl/", self.envelope("doAuthenticateUser", inner), Cookie="JSESSIONIDSSO=S1"
        )
        self.assertEqual(answer.status, 503)

    def authenticated(self, inner: str) -> str | None:
        """The code."""
        return self.done("doAuthenticateUser", inner).findtext("code")

    def test_pin(self) -> None:
        """A PIN is checked where there is one, locks out after so many bad ones, and is never shown, nor kept in clear."""
        self.done("updateUser", "<userid>agent1</userid><pin>12345</pin>")
        good, bad = (f"<userid>agent1</userid><pin>{pin}</pin>" for pin in ("12345", "1"))
        self.assertEqual(self.authenticated(good), "0")
        self.assertEqual(self.authenticated("<userid>agent2</userid><pin>12345</pin>"), "1")
        self.assertEqual(self.authenticated("<userid>nobody</userid><pin>12345</pin>"), "1")
        for _ in range(CHEAP.lockout_attempts):
            self.assertEqual(self.authenticated(bad), "1")
        self.assertEqual(self.authenticated(good), "2")
        self.clock.advance(CHEAP.lockout_s)
        self.assertEqual(self.authenticated(good), "0")
        self.assertNotIn("12345", str(self.centre.objects) + str(self.centre.audit))
        self.assertNotIn(
            "argon2",
            str(self.centre.audit) + self.ask("getUser", "<userid>agent1</userid>").body.decode(),
        )

    def test_kept_user(self) -> None:
        """A user whom the directory does not know is told by his own password, and becomes a person by an IPCC extension."""
        given = "<lastName>Smith</lastName><presenceGroupName>P</presenceGroupName><password>secret-1</password>"
        self.done("addUser", f"<user><userid>jim</userid>{given}</user>")
        good = "<userid>jim</userid><password>secret-1</password>"
        self.assertEqual(self.authenticated(good), "0")
        self.assertEqual(
            self.authenticated("<userid>JIM</userid><password>secret-2</password>"), "1"
        )
        self.assertIsNone(self.centre.snapshot().person("jim"))
        self.done("addLine", "<line><pattern>77</pattern></line>")
        self.done("updateUser", "<userid>jim</userid><ipccExtension>77</ipccExtension>")
        person = self.centre.snapshot().person("jim")
        assert person is not None
        self.assertEqual((person.extension, person.last_name), ("77", "Smith"))
        self.assertEqual(self.centre.authors[-1].peer, PEER)

    def test_directory_refuses(self) -> None:
        """What the directory would not have is a fault that says why, and nothing is kept."""
        answer = self.ask(
            "updateUser", "<userid>agent1</userid><ipccExtension/><department>D</department>"
        )
        self.assertEqual(answer.fault[0], "5003")
        self.assertIn("needs one", str(answer.fault[1]))
        self.assertEqual(self.centre.objects, {})

    def test_not_himself(self) -> None:
        """Nobody removes himself."""
        self.assertEqual(self.ask("removeUser", "<userid>admin</userid>").fault[0], "5003")

    def test_survives(self) -> None:
        """What was changed is there after a restart."""
        uuid = self.done("addPhone", PHONE).text
        self.done("updatePhone", "<name>SEP000000001001</name><description>Desk</description>")
        before = [
            self.ask("getPhone", f"<name>{name}</name>").body
            for name in ("SEPA", "SEP000000001001")
        ]
        self.start()
        after = [
            self.ask("getPhone", f"<name>{name}</name>").body
            for name in ("SEPA", "SEP000000001001")
        ]
        self.assertEqual(after, before)
        self.assertIn(str(uuid), before[0].decode())

    def test_audit(self) -> None:
        """Every change is in the audit log, with who wanted it and from where."""
        self.done("addPhone", PHONE, "agent2")
        (entry,) = self.centre.audit
        self.assertEqual(
            (entry.login_id, entry.peer, entry.action, entry.uri),
            ("agent2", PEER, "addPhone", "/axl/Phone/SEPA"),
        )
        self.assertIn("Cisco 7841", entry.after)

    def test_sql(self) -> None:
        """Queries answer rows, or an empty return; updates how many rows; what is none is a fault."""
        found = self.done(
            "executeSQLQuery",
            "<sql>select userid, mailid from enduser where userid = 'agent1'</sql>",
        )
        self.assertEqual(
            [(cell.tag, cell.text) for cell in found[0]], [("userid", "agent1"), ("mailid", None)]
        )
        nothing = self.ask("executeSQLQuery", "<sql>select 1 from device where 1 = 2</sql>")
        self.assertIn(b"<return/>", nothing.body)
        self.assertEqual(
            self.ask("executeSQLQuery", "<sql>drop table device</sql>").fault,
            ("-201", "A syntax error has occurred."),
        )
        changed = self.done(
            "executeSQLUpdate", "<sql>update device set description = 'x' where tkclass = 1</sql>"
        )
        self.assertEqual(changed.findtext("rowsUpdated"), "5")

    def test_at_phones(self) -> None:
        """Do not disturb, and extension mobility."""
        phone = "<name>SEP000000001001</name>"
        self.done("doChangeDNDStatus", "<userID>agent1</userID><dndStatus>true</dndStatus>")
        self.done(
            "doDeviceLogin",
            "<deviceName>SEP000000001001</deviceName><loginDuration>0</loginDuration><profileName>P</profileName><userId>agent2</userId>",
        )
        found = self.done("getPhone", phone)[0]
        self.assertEqual(
            [found.findtext(name) for name in ("dndStatus", "loginUserId", "loginTime")],
            ["true", "agent2", "1795370400"],
        )
        self.assertEqual(
            self.done("doDeviceLogout", "<deviceName>SEP000000001001</deviceName>").text, "true"
        )
        self.assertIsNone(self.done("getPhone", phone)[0].find("loginUserId"))
        uuid = self.done("getUser", "<userid>agent1</userid>")[0].get("uuid")
        self.done("doChangeDNDStatus", f"<uuid>{uuid}</uuid><dndStatus>f</dndStatus>")
        self.assertEqual(self.done("getPhone", phone)[0].findtext("dndStatus"), "false")

    def test_changes(self) -> None:
        """The queue has what was changed, by AXL or not; a restart makes another queue."""
        self.done("addLine", "<line><pattern>77</pattern></line>")
        answer = self.ask("listChange")
        (change,) = answer.element.iter("change")
        self.assertEqual((change.get("type"), change.findtext("action")), ("Line", "a"))
        queue, following = (
            answer.element.findtext(f"queueInfo/{name}")
            for name in ("queueId", "nextStartChangeId")
        )
        inner = f'<startChangeId queueId="{queue}">{following}</startChangeId>'
        self.assertEqual(list(self.ask("listChange", inner).element.iter("change")), [])
        self.start()
        fault = self.ask("listChange", inner).fault
        self.assertEqual(fault[0], "5007")
        self.assertTrue(str(fault[1]).startswith("The queueId value does not match the server"))

    def test_large(self) -> None:
        """An object that is too large is refused; just below, it is kept."""
        room = MAX_DEFINITION - len('{"description":""}')
        for number, length, status in ((1, room, 200), (2, room + 1, 500)):
            inner = f"<pattern>7{number}</pattern><description>{'x' * length}</description>"
            self.assertEqual(self.ask("addLine", f"<line>{inner}</line>").status, status)
        self.assertEqual(len(self.centre.objects), 1)

    def test_store_fails(self) -> None:
        """A database that is away is 503; what another node has made meanwhile is a duplicate."""
        self.send("GET", "/axl/", Authorization=self.basic("admin"))
        for failing, status in ((StoreUnavailableError("x"), 503), (StoreConflictError("x"), 500)):
            self.centre.failing = failing
            answer = self.send(
                "POST", "/axl/", self.envelope("addPhone", PHONE), Cookie="JSESSIONIDSSO=S1"
            )
            self.assertEqual(answer.status, status)
        self.assertIn(b"<axlcode>-239</axlcode>", answer.body)


class ThrottlingTests(AXLCase):
    """Too large, and too many."""

    config = AXLConfig(max_answer_bytes=65_536, reads_at_once=2, waiting_reads=3, waiting_writes=2)

    def begin(self, operation: str, inner: str) -> Any:
        """Ask, and let no thread work."""
        body = self.envelope(operation, inner)
        transport, channel = self.connect()
        head = f"POST /axl/ HTTP/1.1\r\nHost: x\r\nAuthorization: {self.basic('admin')}\r\nContent-Length: {len(body)}\r\n\r\n"
        channel.dataReceived(head.encode() + body)
        return transport

    def test_too_large(self) -> None:
        """An answer that is too large is refused with how many rows would not be, and that many are answered."""
        for number in range(200):
            text = "x" * (500 if number % 2 else 100)
            self.done(
                "addLine",
                f"<line><pattern>9{number:03}</pattern><description>{text}</description></line>",
            )
        wanted = "<searchCriteria><pattern>9%</pattern></searchCriteria><returnedTags><description/></returnedTags>"
        code, message = self.ask("listLine", wanted).fault
        found = re.search(
            r"matched: (\d+) rows. [Ss]uggest\w* [Rr]ow [Ff]etch: less than (\d+)", str(message)
        )
        assert found is not None
        self.assertEqual((code, found[1]), ("-1", "200"))
        self.assertEqual(
            len(self.done("listLine", f"{wanted}<first>{found[2]}</first>")), int(found[2])
        )
        self.assertEqual(self.application.counters.throttled, {"size": 1})

    def test_too_many_reads(self) -> None:
        """So many questions at once and so many more that wait; one more is told to come back."""
        asked = [self.begin("listUser", LIST) for _ in range(5)]
        self.assertEqual(len(self.workers), 2)
        refused = self.begin("listUser", LIST)
        self.clock.advance(0)
        self.assertIn(b"Maximum AXL Memory Allocation Consumed", refused.value())
        self.work()
        for transport in asked:
            self.assertIn(b"200 OK", transport.value())

    def test_too_many_writes(self) -> None:
        """One change at a time, and so many that wait; one more is 503, with when to come back."""
        asked = [
            self.begin("addLine", f"<line><pattern>{number}</pattern></line>")
            for number in range(70, 73)
        ]
        refused = self.begin("addLine", "<line><pattern>73</pattern></line>")
        self.clock.advance(0)
        self.assertIn(b"503", refused.value())
        self.assertIn(b"Retry-After: 5", refused.value().replace(b"retry-after", b"Retry-After"))
        self.work()
        for transport in asked:
            self.assertIn(b"200 OK", transport.value())
        uuids = {
            fromstring(cast("bytes", t.value()).partition(b"\r\n\r\n")[2]).findtext(".//return")
            for t in asked
        }
        self.assertEqual(len(uuids), 3)
