"""`finesse_tx.admin.sessions` through real sockets: signing in at the console, and asking the REST API from there."""

import requests
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.admin.core.sessions import ConsoleSessions
from finesse_tx.admin.sessions import MAX_BODY, Console
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.interfaces import IConsole
from tests.support.twistd import LIMIT_S, Shared
from tests.support.webservices import FakeDirectory

SHARED = Shared()

SESSION = "/cfadmin/api/session"

JSON = {"Content-Type": "application/json"}

NO_TEXT = b'{"username":"\xff","password":""}'


class ConsoleTests(SynchronousTestCase):
    """A server, and somebody who asks it."""

    def setUp(self) -> None:
        """The server, and a client that keeps cookies."""
        self.server = SHARED.get()
        self.client = requests.Session()
        self.client.trust_env = False
        self.client.verify = str(self.server.authority)
        self.addCleanup(self.client.close)

    def ask(self, method: str, path: str, **more: object) -> requests.Response:
        """Ask over TLS."""
        url = f"https://127.0.0.1:{self.server.port('https')}{path}"
        return self.client.request(method, url, timeout=LIMIT_S, **more)  # type: ignore[arg-type]

    def sign_in(self, username: str = "admin", password: str = "finesse") -> requests.Response:
        """Sign in."""
        return self.ask("POST", SESSION, json={"username": username, "password": password})

    def test_provider(self) -> None:
        """The console provides what the gate asks for."""
        directory = FakeDirectory(Snapshot())
        verifyObject(IConsole, Console(ConsoleSessions(lambda: "x"), directory, Clock()))

    def test_session(self) -> None:
        """Who has signed in may ask the REST API with cookie and token, until he signs out."""
        self.assertEqual(self.ask("GET", SESSION).json()["signedIn"], False)
        answer = self.sign_in()
        told = answer.json()
        self.assertEqual((answer.status_code, told["loginId"]), (200, "admin"))
        cookie = answer.headers["Set-Cookie"]
        for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
            self.assertIn(part.lower(), cookie.lower())
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(self.ask("GET", SESSION).json(), told)
        headers = {"X-CSRF-Token": told["token"]}
        made = {"label": "From the console", "forAll": True}
        for status in (200, 400):  # the second has the same label
            answer = self.ask("POST", "/finesse/api/WrapUpReason", json=made, headers=headers)
            self.assertEqual(answer.status_code, status)
        self.assertEqual(self.ask("DELETE", SESSION).json()["signedIn"], False)
        answer = self.ask("GET", "/finesse/api/WrapUpReasons", headers=headers)
        self.assertEqual(answer.status_code, 401)

    def test_token(self) -> None:
        """The cookie alone lets nobody in, for whatever method."""
        token = self.sign_in().json()["token"]
        for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": token[:-1]}):
            for method in ("GET", "PUT", "DELETE"):
                answer = self.ask(method, "/finesse/api/WrapUpReason/1", headers=headers)
                self.assertEqual(answer.status_code, 401, (method, headers))
        with_token = self.ask("GET", "/finesse/api/Teams", headers={"X-CSRF-Token": token})
        self.assertEqual(with_token.status_code, 200)

    def test_no_dialog(self) -> None:
        """A page of ours that shows a token which is over is not answered with a challenge: browsers would ask for a password."""
        answer = self.ask("GET", "/finesse/api/Teams", headers={"X-CSRF-Token": "over"})
        self.assertEqual(answer.status_code, 401)
        self.assertNotIn("WWW-Authenticate", answer.headers)
        self.assertIn("WWW-Authenticate", self.ask("GET", "/finesse/api/Teams").headers)

    def test_basic(self) -> None:
        """HTTP Basic counts, where a request has it, whatever cookie comes along."""
        self.sign_in()
        answer = self.ask("GET", "/finesse/api/User/agent1", auth=("agent1", "finesse"))
        self.assertEqual(answer.status_code, 200)

    def test_refused(self) -> None:
        """Wrong passwords, people who are no administrators, and what is no request to sign in."""
        for answer, status, text in (
            (self.sign_in("admin", "wrong"), 401, "user name or the password is wrong"),
            (self.sign_in("nobody"), 401, "user name or the password is wrong"),
            (self.sign_in("supervisor1"), 403, "Only administrators"),
            (self.ask("POST", SESSION, data="username=admin"), 415, "application/json"),
            (self.ask("POST", SESSION, json=["admin"]), 400, "Send a user name"),
            (self.ask("POST", SESSION, json={"username": "x" * MAX_BODY}), 400, "Send a user name"),
            (self.ask("POST", SESSION, data=NO_TEXT, headers=JSON), 400, "Send a user name"),
            (self.ask("PUT", SESSION), 405, "GET, POST or DELETE"),
        ):
            self.assertEqual(answer.status_code, status, answer.text)
            self.assertIn(text, answer.json()["error"])
            self.assertNotIn("Set-Cookie", answer.headers)

    def test_page(self) -> None:
        """The page is at both addresses, runs our scripts alone, and is in nobody's frame."""
        for path in ("/cfadmin", "/cfadmin/"):
            answer = self.ask("GET", path)
            self.assertEqual(answer.status_code, 200)
            policy = answer.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'; script-src 'self'", policy)
            self.assertIn("frame-ancestors 'none'", policy)
        self.assertEqual(self.ask("GET", "/cfadmin/other").status_code, 404)
