"""What public Finesse clients send, as they were seen to send it (``docs/rest.rst``, "Tried with"), on a real server.

Their manners are what matters here: headers, the order and the whitespace of a body, what they expect back.
"""

from __future__ import annotations

import re
import socket
from base64 import b64encode
from contextlib import closing

from twisted.trial.unittest import SynchronousTestCase

from tests.support.rest import Rest
from tests.support.twistd import LIMIT_S, Shared

SHARED = Shared()

DOT_NET = "Content-Type: application/xml\r\nExpect: 100-continue\r\nConnection: keep-alive\r\n"
"""HttpWebRequest: a body is announced, and sent when the server says that it may be."""

GO = (
    "User-Agent: Finesse/1.0\r\nAccept: */*\r\nCache-Control: no-cache\r\nContent-Type: application/xml\r\n"
    "Requestid: oJEUfGUMTO\r\nAccept-Encoding: gzip\r\n"
)
"""net/http, which writes every header's name in its own way."""

AXIOS = (
    "Accept: application/json, text/plain, */*\r\nUser-Agent: axios/1.7\r\n"
    "Accept-Encoding: gzip, compress, deflate, br\r\n"
)

REST_SHARP = (
    "Accept: application/json, text/json, text/x-json, text/javascript, application/xml, text/xml\r\n"
    "User-Agent: RestSharp/106.1.0.0\r\nAccept-Encoding: gzip, deflate\r\n"
)
"""RestSharp, which names all that it has a reader for, JSON first; its users here read XML."""

JQUERY = "Accept: */*\r\nContent-Type: application/xml\r\nX-Requested-With: XMLHttpRequest\r\n"

PYTHON = (
    "Accept: */*\r\nContent-Type: application/xml\r\nAccept-Encoding: gzip, deflate\r\n"
    "Connection: keep-alive\r\n"
)


class PublicClientsTests(SynchronousTestCase):
    """Each client with an agent of its own."""

    def ask(
        self, user: str, method: str, path: str, headers: str, body: str = "", host: str = ""
    ) -> tuple[int, str]:
        """Send it to the letter.

        Returns:
            The status, and head and body of the answer.
        """
        where, _, port = SHARED.get().endpoints["http"].rpartition(":")
        credentials = b64encode(f"{user}:finesse".encode()).decode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {host or f'{where}:{port}'}\r\n{headers}"
        head += f"Authorization: Basic {credentials}\r\n"
        if body:
            head += f"Content-Length: {len(body)}\r\n"
        with closing(socket.create_connection((where, int(port)), LIMIT_S)) as connection:
            connection.sendall(f"{head}\r\n".encode())
            if "100-continue" in headers:
                self.assertEqual(connection.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(body.encode())
            heard = ""
            while not (
                found := re.search(r"(?i)content-length: *(\d+)(?s:.*?)\r\n\r\n", heard)
            ) or (len(heard[found.end() :].encode()) < int(found[1])):
                more = connection.recv(65_536)
                self.assertTrue(more, heard)
                heard += more.decode()
        return int(heard.split()[1]), heard

    def state(self, user: str) -> str:
        """A user's state; asked until the engine has changed it."""
        return Rest(SHARED.get(), user).get(f"/User/{user}").findtext("state", "")

    def reaches(self, user: str, state: str) -> None:
        """A user is in a state, sooner or later."""
        for _ in range(1_000):
            if self.state(user) == state:
                return
        self.fail(f"{user} is {self.state(user)}")

    def test_dot_net(self) -> None:
        """C# (yjs8237/FinesseClient): signs in, calls, updates the call's data, hangs up, each body after 100 Continue."""
        path = "/finesse/api/User/agent2"
        login = "<User><state>LOGIN</state> <extension>1002</extension></User>"
        self.assertEqual(self.ask("agent2", "PUT", path, DOT_NET, login)[0], 202)
        self.reaches("agent2", "NOT_READY")
        call = (
            "<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>1002</fromAddress>"
            "<toAddress>1008</toAddress></Dialog>"
        )
        self.assertEqual(self.ask("agent2", "POST", f"{path}/Dialogs", DOT_NET, call)[0], 202)
        for _ in range(1_000):
            _, dialogs = self.ask("agent2", "GET", f"{path}/Dialogs", "")
            if found := re.search(r"<id>(\d+)</id>", dialogs):
                break
        else:
            self.fail(dialogs)
        dialog = f"/finesse/api/Dialog/{found[1]}"
        data = (
            "<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties>"
            "<wrapUpReason>Happy customer!</wrapUpReason><callvariables><CallVariable>"
            "<name>callVariable1</name><value>1</value></CallVariable></callvariables>"
            "</mediaProperties></Dialog>"
        )
        self.assertEqual(self.ask("agent2", "PUT", dialog, DOT_NET, data)[0], 202)
        drop = (
            "<Dialog><targetMediaAddress>1002</targetMediaAddress>"
            "<requestedAction>DROP</requestedAction></Dialog>"
        )
        self.assertEqual(self.ask("agent2", "PUT", dialog, DOT_NET, drop)[0], 202)

    def test_go(self) -> None:
        """Go (pokornyIt/finesse-api): a Host without port, and a requestId whose name is not in our case, echoed."""
        body = "<User><state>LOGIN</state><extension>1003</extension></User>"
        path = "/finesse/api/User/agent3"
        status, heard = self.ask("agent3", "PUT", path, GO, body, host="127.0.0.1")
        self.assertEqual(status, 202)
        self.assertRegex(heard, r"(?i)\r\nrequestid: oJEUfGUMTO\r\n")
        self.reaches("agent3", "NOT_READY")
        refused = self.ask("agent3", "PUT", path, GO, "<User><state>NOT_READY</state></User>")
        self.assertEqual(refused[0], 400)  # where reasons are configured one must be given

    def test_axios(self) -> None:
        """JavaScript (congachoi/cisco-finesse-api): asks for JSON by axios's habit and reads XML."""
        for path in ("/Users", "/User/agent4/Dialogs"):
            status, heard = self.ask("admin", "GET", f"/finesse/api{path}", AXIOS)
            self.assertEqual(status, 200)
            self.assertRegex(heard, r"(?i)content-type: application/xml;charset=utf-8\r\n")
            self.assertNotRegex(heard, r"(?i)content-encoding")

    def test_rest_sharp(self) -> None:
        """C# (Egyptero/Finesse-Client-Library): takes JSON as well as XML, and reads XML; its bodies have odd blanks."""
        path = "/finesse/api/User/agent7"
        login = "<User><state>LOGIN</state><extension>1007</extension></User>"
        headers = REST_SHARP + "Content-Type: application/xml\r\n"
        self.assertEqual(self.ask("agent7", "PUT", path, headers, login)[0], 202)
        self.reaches("agent7", "NOT_READY")
        for what in ("", "/Dialogs", "/ReasonCodes?category=NOT_READY"):
            status, heard = self.ask("agent7", "GET", path + what, REST_SHARP)
            self.assertEqual(status, 200)
            self.assertRegex(heard, r"(?i)content-type: application/xml;charset=utf-8\r\n")
        call = (
            "<Dialog><requestedAction>MAKE_CALL</requestedAction >"
            "<fromAddress>1007</fromAddress><toAddress>1007</toAddress></Dialog>"
        )
        status, heard = self.ask("agent7", "POST", f"{path}/Dialogs", headers, call)
        self.assertEqual(status, 400)
        self.assertIn("<ErrorType>Invalid Destination</ErrorType>", heard)

    def test_jquery(self) -> None:
        """NonGadgetSample: makes calls for an extension where a user belongs, which is nobody: an ApiErrors envelope."""
        call = (
            "<Dialog><requestedAction>MAKE_CALL</requestedAction><toAddress>1007</toAddress>"
            "<fromAddress>1005</fromAddress></Dialog>"
        )
        status, heard = self.ask("agent5", "POST", "/finesse/api/User/1005/Dialogs", JQUERY, call)
        self.assertEqual(status, 404)
        self.assertIn("<ErrorType>", heard)

    def test_python(self) -> None:
        """NonGadgetPythonSample: bodies that begin with a line's end and blanks."""
        body = "\n        <User>\n            <state>LOGIN</state>\n            <extension>1006</extension>\n        </User>"
        path = "/finesse/api/User/agent6"
        self.assertEqual(self.ask("agent6", "PUT", path, PYTHON, body)[0], 202)
        self.reaches("agent6", "NOT_READY")
