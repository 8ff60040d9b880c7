"""The AXL server as an operator runs it, on real TLS sockets: restarts, bytes in any pieces, and what is hostile."""

from __future__ import annotations

import json
import socket
import ssl
import tempfile
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import rmtree
from typing import TypeVar
from xml.etree.ElementTree import Element, fromstring

import requests
from twisted.internet import reactor as global_reactor
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface import implementer

from finesse_tx.directory.axl.source import make_source
from finesse_tx.directory.core.axl.envelope import MAX_BODY
from finesse_tx.interfaces import IWorkers
from tests.support.rest import Rest
from tests.support.twistd import LIMIT_S, QUIET, Shared, Twistd, finesse_tx

SHARED = Shared("demo.agents=2", "web.idle_timeout_s=2")

T = TypeVar("T")

ADMIN = "Basic " + b64encode(b"admin:finesse").decode()


def envelope(operation: str, inner: str = "") -> bytes:
    """A request's body."""
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<n:{operation} xmlns:n="http://www.cisco.com/AXL/API/15.0">{inner}</n:{operation}></e:Body></e:Envelope>'
    ).encode()


def ask(server: Twistd, operation: str, inner: str = "") -> Element:
    """What the envelope's body of the answer has."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"https://localhost:{server.port('axl')}/axl/",
            envelope(operation, inner),
            headers={"Authorization": ADMIN},
            verify=str(server.authority),
            timeout=LIMIT_S,
        )
    return fromstring(answer.content)[0][0]


class RestartTests(SynchronousTestCase):
    """What survives."""

    def test_restart(self) -> None:
        """What was added and changed is there after a restart, derived objects have the same uuids, the queue is another."""
        home = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, home)
        server = Twistd(QUIET, home).wait_ready()
        self.addCleanup(server.clean)
        phone = (
            "<phone><name>SEPA</name><product>Cisco 7841</product><class>Phone</class><protocol>SIP</protocol>"
            "<protocolSide>User</protocolSide><devicePoolName>Default</devicePoolName><locationName>Hub_None</locationName>"
            "<lines><line><index>1</index><dirn><pattern>1001</pattern></dirn></line></lines></phone>"
        )
        self.assertTrue(ask(server, "addPhone", phone).findtext("return"))
        ask(
            server,
            "updateUser",
            "<userid>agent1</userid><department>Team 2</department><mailid>a@example.com</mailid>",
        )
        questions = (
            ("getPhone", "<name>SEPA</name>"), ("getPhone", "<name>SEP000000001001</name>"), ("getLine", "<pattern>1001</pattern>"),
            ("getUser", "<userid>agent1</userid>"), ("getUser", "<userid>agent2</userid>"),
        )  # fmt: skip
        before = [self.children(ask(server, *question)) for question in questions]
        queue = ask(server, "listChange").findtext("queueInfo/queueId")
        audit = finesse_tx("audit", "/axl", "--format=json", "--home", str(home))
        self.assertEqual(server.stop(), 0)
        again = Twistd(QUIET, home).wait_ready()
        self.addCleanup(again.clean)
        self.assertEqual([self.children(ask(again, *question)) for question in questions], before)
        lost = ask(again, "listChange", f'<startChangeId queueId="{queue}">1</startChangeId>')
        self.assertEqual(lost.findtext(".//axlcode"), "5007")
        entries = [json.loads(line) for line in audit.stdout.splitlines()]
        self.assertEqual(
            [(one["loginID"], one["action"], one["uri"]) for one in entries],
            [("admin", "addPhone", "/axl/Phone/SEPA"), ("admin", "updateUser", "/axl/User/agent1")],
        )

        self.sign_in_on(again, "SEPA")

    def sign_in_on(self, server: Twistd, name: str) -> None:
        """REST tells the phones of an extension, and of a user the one that was chosen of them, until the sign-out."""
        agent = Rest(server, "agent1")
        found = agent.get("/Devices?extension=1001")
        self.assertEqual(
            [(one.findtext("deviceId"), one.findtext("deviceTypeName")) for one in found],
            [("SEP000000001001", "Cisco 8861"), (name, "Cisco 7841")],
        )
        self.assertEqual(
            agent.put_state("LOGIN", extension="1001", activeDeviceId="SEP000000001002"), 400
        )
        self.assertEqual(agent.put_state("LOGIN", extension="1001", activeDeviceId=name), 202)
        while (user := agent.get("/User/agent1")).findtext("state") == "LOGOUT":
            pass
        self.assertEqual(user.findtext("activeDeviceId"), name)
        self.assertEqual(len(user.findall("devices/device")), 2)
        self.assertEqual(agent.put_state("LOGOUT"), 202)
        while (user := agent.get("/User/agent1")).findtext("state") != "LOGOUT":
            pass
        self.assertIsNone(user.find("activeDeviceId"))

    def children(self, element: Element) -> list[tuple[str, str | None, dict[str, str]]]:
        """All that is in it, but for its own name."""
        found = [(one.tag, one.text, dict(one.attrib)) for one in element.iter()]
        self.assertGreater(len(found), 5)
        return found


@implementer(IWorkers)
class Threads:
    """The reactor's own."""

    def run(self, work: Callable[[], T]) -> Deferred[T]:
        """Do it in one of them."""
        return deferToThread(work)


class OwnClientTests(TestCase):
    """Our own client, which takes people from a CUCM."""

    timeout = 3 * LIMIT_S

    def setUp(self) -> None:
        """The password is in a file."""
        self.password = Path(self.mktemp())
        self.password.write_text("finesse")

    async def test_people(self) -> None:
        """It finds everyone, with extensions and phones, and is told right passwords from wrong ones."""
        server = SHARED.get()
        options = {
            "url": f"https://localhost:{server.port('axl')}/axl/",
            "user": "admin",
            "password_file": str(self.password),
            "ca_file": str(server.authority),
        }
        source = make_source(options, Threads(), global_reactor)
        self.addCleanup(source.close)
        found = {person.login_id: person for person in await source.people()}
        self.assertEqual(set(found), {"admin", "agent1", "agent2", "supervisor1", "supervisor2"})
        agent = found["agent2"]
        self.assertEqual((agent.extension, agent.devices), ("1002", ("SEP000000001002",)))
        self.assertEqual((found["admin"].extension, found["admin"].devices), ("", ()))
        for password_given, is_right in (("finesse", True), ("wrong", False)):
            self.assertEqual(await source.authenticate("agent1", password_given), is_right)


class SocketTests(SynchronousTestCase):
    """Bytes."""

    def connect(self) -> ssl.SSLSocket:
        """A TLS connection that checks the certificate."""
        server = SHARED.get()
        context = ssl.create_default_context(cafile=str(server.authority))
        raw = socket.create_connection(("127.0.0.1", server.port("axl")), LIMIT_S)
        return context.wrap_socket(raw, server_hostname="localhost")

    def head(self, length: int, *more: str) -> bytes:
        """Of a POST."""
        lines = [
            "POST /axl/ HTTP/1.1",
            "Host: localhost",
            f"Authorization: {ADMIN}",
            f"Content-Length: {length}",
            *more,
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def answer(self, connection: ssl.SSLSocket) -> tuple[int, bytes]:
        """One answer: its status, and the whole of it."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            more = connection.recv(65_536)
            self.assertTrue(more, heard)
            heard += more
        head, _, body = heard.partition(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        while len(body) < length:
            body += connection.recv(65_536)
        return int(head.split()[1]), body

    def test_pieces(self) -> None:
        """However the bytes come, it is one request; a fault leaves the connection open for the next."""
        body = envelope("getCCMVersion")
        with closing(self.connect()) as connection:
            for byte in self.head(len(body)) + body:
                connection.sendall(bytes([byte]))
            self.assertEqual(self.answer(connection)[0], 200)
            unknown = envelope("addSipTrunk")
            connection.sendall(self.head(len(unknown)) + unknown + self.head(len(body)) + body)
            self.assertEqual(self.answer(connection)[0], 500)

    def test_hostile(self) -> None:
        """Entities, depth and size are refused, each with what it is; the server goes on."""
        deep = b"<a>" * 40 + b"</a>" * 40
        lol = b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>'
        for body in (lol, deep, b"\xff\xfe<", b"<e:Envelope/>", envelope("getUser")[:-5]):
            with closing(self.connect()) as connection:
                connection.sendall(self.head(len(body)) + body)
                status, heard = self.answer(connection)
                self.assertEqual((status, b"soapenv:Client" in heard), (500, True), body)
        with closing(self.connect()) as connection:
            connection.sendall(self.head(MAX_BODY + 1))
            self.assertEqual(self.answer(connection)[0], 413)
        self.assertEqual(
            ask(SHARED.get(), "getCCMVersion").findtext("return/componentVersion/version"),
            "15.0.1.10000(1)",
        )

    def test_slow(self) -> None:
        """Whoever does not send the whole request in time is hung up on, however slowly the rest comes."""
        with closing(self.connect()) as connection:
            connection.sendall(self.head(1_000) + b"<")
            self.assertEqual(connection.recv(100), b"")

    def test_plain(self) -> None:
        """Without TLS there is nothing: not a byte of an answer."""
        server = SHARED.get()
        with closing(
            socket.create_connection(("127.0.0.1", server.port("axl")), LIMIT_S)
        ) as connection:
            connection.sendall(b"GET /axl/ HTTP/1.1\r\nHost: x\r\n\r\n")
            heard = connection.recv(1_000)
            self.assertNotIn(b"HTTP", heard)
