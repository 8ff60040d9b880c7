"""What clients do wrong, tried on a real server: each gets its clear answer, and the server serves on."""

import socket
import struct
from contextlib import closing
from xml.etree import ElementTree

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.browser import NS, Browser
from tests.support.rest import Rest
from tests.support.twistd import LIMIT_S, Shared

SHARED = Shared()

BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><User><state>&c;</state></User>'
)


class WrongThingsTests(SynchronousTestCase):
    """One mistake each."""

    def setUp(self) -> None:
        """The server, and someone who does nothing wrong."""
        self.server = SHARED.get()
        self.rest = Rest(self.server, "agent1")
        self.addCleanup(self.serves_on)

    def serves_on(self) -> None:
        """Whatever was done, the next one is served."""
        self.assertEqual(self.rest.get("/User/agent1").findtext("loginId"), "agent1")
        self.assertIsNone(self.server.process.poll())
        self.assertNotIn("Traceback", self.server.log)

    def error(self, response: requests.Response) -> tuple[int, str, str]:
        """Status, type and message of a refusal."""
        root = ElementTree.fromstring(response.text)
        return (
            response.status_code,
            root.findtext("*/ErrorType", ""),
            root.findtext("*/ErrorMessage", ""),
        )

    def test_bad_password(self) -> None:
        """401 with the challenge; after five of them, even the right one."""
        wrong = Rest(self.server, "agent2", "wrong")
        for _ in range(5):
            response = wrong.ask("GET", "/User/agent2")
            self.assertEqual(self.error(response), (401, "Authorization Failure", "UNAUTHORIZED"))
            self.assertEqual(response.headers["WWW-Authenticate"], 'Basic realm="Finesse"')
        self.assertEqual(Rest(self.server, "agent2").ask("GET", "/User/agent2").status_code, 401)

    def test_xml_bomb(self) -> None:
        """A document type is refused unread, in a body and in a stream."""
        response = self.rest.ask("PUT", "/User/agent1", BOMB)
        self.assertEqual(
            self.error(response),
            (400, "Bad Request", "The body is not valid XML: a document type is not allowed"),
        )
        with self.connect("xmpp") as connection:
            connection.sendall(BOMB)
            self.assertIn(b"<restricted-xml", self.read(connection))

    def test_ten_megabytes(self) -> None:
        """A body that is too large is refused from its length."""
        with self.connect("http") as connection:
            connection.sendall(
                b"PUT /finesse/api/User/agent1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n"
            )
            self.assertTrue(connection.recv(65_536).startswith(b"HTTP/1.1 413 "))

    def test_not_xml(self) -> None:
        """JSON, nothing, and half a document."""
        for body in (b'{"state": "READY"}', b"", b"<User><state>READY"):
            response = self.rest.ask("PUT", "/User/agent1", body)
            self.assertEqual(self.error(response)[:2], (400, "Bad Request"))

    def test_unknown_user(self) -> None:
        """404, with the name that is unknown."""
        response = self.rest.ask("GET", "/User/nobody")
        self.assertEqual(self.error(response), (404, "User Not Found", "UNKNOWN_USER"))

    def test_impossible_state(self) -> None:
        """A state that nobody may set is refused at once; one that the engine refuses is refused by an event."""
        for state in ("TALKING", "RESERVED", "HOLIDAY"):
            response = self.rest.ask("PUT", "/User/agent1", f"<User><state>{state}</state></User>")
            self.assertEqual(
                self.error(response), (400, "Invalid Input", "Invalid State specified for user")
            )
        url = f"http://{self.server.endpoints['bosh']}/http-bind"
        with closing(Browser(url).sign_in("agent3")) as browser:
            rest = Rest(self.server, "agent3")
            self.assertEqual(rest.put_state("READY", "r1"), 202)  # while signed out
            ((node, payload),) = browser.next_events()
            self.assertEqual(node, "/finesse/api/User/agent3")
            for part in (
                "<errorType>Invalid State</errorType>",
                "<requestId>r1</requestId>",
                "<event>put</event>",
            ):
                self.assertIn(part, payload)
            self.assertEqual(rest.put_state("LOGIN", "r2", extension="5555"), 202)  # no such phone
            ((_, payload),) = browser.next_events()
            for part in ("Invalid Device", "CF_INVALID_LOGON_DEVICE_SPECIFIED", "<errorData>260<"):
                self.assertIn(part, payload)

    def test_cti_garbage(self) -> None:
        """Noise, a length bomb, and a request before OPEN_REQ, on the engine's own port."""
        with self.connect("cti") as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            self.assertEqual(self.read(connection), b"")
        with self.connect("cti") as connection:
            connection.sendall(struct.pack(">II", 0xFFFFFFFF, 3))
            self.assertEqual(self.read(connection), b"")
        with self.connect("cti") as connection:
            connection.sendall(struct.pack(">III", 4, 5, 77))  # HEARTBEAT_REQ
            failure = struct.unpack(">IIII", connection.recv(16, socket.MSG_WAITALL))
            self.assertEqual(failure, (8, 1, 77, 4))  # FAILURE_CONF, E_CTI_SESSION_NOT_OPEN

    def test_rid_out_of_window(self) -> None:
        """A request id far beyond the window ends that session, and no other."""
        url = f"http://{self.server.endpoints['bosh']}/http-bind"
        with (
            closing(Browser(url).sign_in("agent4")) as other,
            closing(Browser(url).sign_in("agent5")) as browser,
        ):
            answer = browser.send(rid=browser.rid + 100).text
            self.assertIn('type="terminate"', answer)
            self.assertIn('condition="item-not-found"', answer)
            self.assertIn('condition="item-not-found"', browser.send().text)
            Rest(self.server, "agent4").put_state("LOGIN", extension="1004")
            self.assertEqual(
                [node for node, _ in other.next_events()], ["/finesse/api/User/agent4"]
            )
        for body in (f"<body xmlns='{NS}' rid='1' sid='none'/>", "<body/>", "x"):
            self.assertIn("terminate", requests.post(url, body, timeout=LIMIT_S).text)

    def connect(self, name: str) -> socket.socket:
        """A plain connection to a service."""
        return socket.create_connection(("127.0.0.1", self.server.port(name)), LIMIT_S)

    @staticmethod
    def read(connection: socket.socket) -> bytes:
        """All that comes until the server closes."""
        received = bytearray()
        try:
            while data := connection.recv(65_536):
                received += data
        except ConnectionResetError:
            pass  # an abortive close is a close
        return bytes(received)
