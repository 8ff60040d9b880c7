"""`finesse_tx.notification.account_checks`: what another XMPP server asks about accounts, as each of them asks."""

from base64 import b64encode
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlencode

from treq.testing import StubTreq
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.errors import TooBusyError
from finesse_tx.directory.core.records import Person, Role, Snapshot
from finesse_tx.notification.account_checks import WRONG_TOKENS_PER_S, AccountChecks
from finesse_tx.notification.core.metrics import account_families
from finesse_tx.notification.remote import People
from tests.support.notification import DOMAIN, Authenticator
from tests.support.webservices import FakeDirectory

TOKEN = "t0ken"


def person(login_id: str, login_name: str) -> Person:
    """Someone."""
    return Person(login_id, login_name, "A", "B", "1001", frozenset({Role.AGENT}))


class AccountChecksTests(SynchronousTestCase):
    """The endpoint."""

    def setUp(self) -> None:
        """With an agent, one whose login name is another, and one with an address for a login id."""
        self.authenticator, self.clock = Authenticator(), Clock()
        self.use("127.0.0.0/8")

    def use(self, allowed: str, checks_per_s: float = 100.0) -> None:
        """Let that network ask, so often."""
        people = (
            person("agent1", "agent1"),
            person("1001", "alee"),
            person("Ann@Corp", "ann@corp"),
        )
        resource = AccountChecks(
            DOMAIN,
            TOKEN,
            [ip_network(allowed)],
            checks_per_s,
            self.authenticator,
            People(FakeDirectory(Snapshot(people=people))),
            self.clock,
        )
        self.resource = resource
        self.http: Any = StubTreq(resource)

    def ask(
        self, method: str, path: str, fields: dict[str, str], authorization: str = f"Bearer {TOKEN}"
    ) -> tuple[int, str]:
        """Ask; in the URL with GET, in the body with POST."""
        url, data, written = f"http://127.0.0.1/{path}", b"", urlencode(fields)
        if method == "GET":
            url += f"?{written}"
        else:
            data = written.encode()
        headers = {"Authorization": authorization} if authorization else {}
        asked = self.http.request(method, url, data=data, headers=headers)
        self.http.flush()
        response = self.successResultOf(asked)
        text = self.successResultOf(self.http.content(response)).decode()
        return response.code, text

    def check(self, user: str, password: str = "finesse", server: str = DOMAIN) -> str:
        """Whether a password is right, as the answer says."""
        fields = {"user": user, "server": server, "pass": password}
        status, text = self.ask("POST", "check_password", fields)
        self.assertEqual(status, 200)
        return text

    def test_check_password(self) -> None:
        """A right password is ``true``, everything else ``false``: MongooseIM's ``check_password``."""
        self.assertEqual(self.check("agent1"), "true")
        self.assertEqual(self.check("agent1", "wrong"), "false")
        self.assertEqual(self.check("agent1", ""), "false")
        self.assertEqual(self.check("nobody"), "false")
        self.assertEqual(self.check(""), "false")
        self.assertEqual(self.check("agent1", server="elsewhere.test"), "false")

    def test_in_the_url(self) -> None:
        """The same with GET, as MongooseIM and Prosody's mod_auth_http ask; with a length, as MongooseIM needs it."""
        fields = {"user": "agent1", "server": DOMAIN, "pass": "finesse"}
        self.assertEqual(self.ask("GET", "check_password", fields), (200, "true"))

    def test_own_address_alone(self) -> None:
        """A password is right for the address of the login id alone, which is what the stream will be bound to."""
        self.assertEqual(self.check("1001"), "true")
        self.assertEqual(self.check("alee"), "false")
        self.assertEqual(self.check("ann\\40corp"), "true")

    def test_user_exists(self) -> None:
        """There is an account for everybody in the directory, and nobody else."""
        for user, server, answer in (
            ("agent1", DOMAIN, "true"),
            ("ann\\40corp", DOMAIN, "true"),
            ("alee", DOMAIN, "false"),
            ("nobody", DOMAIN, "false"),
            ("agent1", "elsewhere.test", "false"),
        ):
            asked = self.ask("GET", "user_exists", {"user": user, "server": server})
            self.assertEqual(asked, (200, answer), user)

    def test_locked_out(self) -> None:
        """Who is locked out is refused, whatever the password."""
        self.assertEqual(self.check("locked"), "false")
        self.assertEqual(self.authenticator.asked, ["locked"])

    def test_basic(self) -> None:
        """Prosody's mod_auth_http_async sends the user's own credentials, and reads the status."""
        for password, status in (("finesse", 200), ("wrong", 401)):
            credentials = b64encode(f"agent1:{password}".encode()).decode()
            asked = self.ask("GET", f"{TOKEN}/basic", {}, f"Basic {credentials}")
            self.assertEqual(asked[0], status)
        self.assertEqual(self.ask("GET", f"{TOKEN}/basic", {})[0], 401)

    def test_token(self) -> None:
        """The token comes as a bearer's, as a basic password, or before the question; else nothing is answered."""
        fields = {"user": "agent1", "server": DOMAIN}
        basic = f"Basic {b64encode(f'ejabberd:{TOKEN}'.encode()).decode()}"
        for path, authorization, status in (
            ("user_exists", f"Bearer {TOKEN}", 200),
            ("user_exists", basic, 200),
            (f"{TOKEN}/user_exists", "", 200),
            ("user_exists", "", 401),
            ("user_exists", "Bearer wrong", 401),
            ("user_exists", "Basic !!!", 401),
            ("wrong/user_exists", "", 401),
            (f"x/{TOKEN}/user_exists", "", 401),
        ):
            asked = self.ask("GET", path, fields, authorization)
            self.assertEqual(asked[0], status, (path, authorization))

    def test_wrong_tokens(self) -> None:
        """Guessing is slowed down, and hurts nobody who knows the token."""
        statuses = [self.ask("GET", "user_exists", {}, "Bearer x")[0] for _ in range(30)]
        self.assertEqual(statuses.count(401), 2 * WRONG_TOKENS_PER_S)
        self.assertEqual(statuses.count(429), 30 - 2 * WRONG_TOKENS_PER_S)
        self.assertEqual(self.check("agent1"), "true")

    def test_pace(self) -> None:
        """So many passwords a second and no more; a second later as many again."""
        self.use("127.0.0.0/8", 2.0)
        fields = {"user": "agent1", "server": DOMAIN, "pass": "finesse"}
        statuses = [self.ask("POST", "check_password", fields)[0] for _ in range(6)]
        self.assertEqual(statuses, [200] * 4 + [429] * 2)
        self.clock.advance(1)
        statuses = [self.ask("POST", "check_password", fields)[0] for _ in range(3)]
        self.assertEqual(statuses, [200, 200, 429])
        self.assertEqual(self.ask("GET", "user_exists", fields), (200, "true"))

    def test_not_from_here(self) -> None:
        """Who is not in an allowed network gets no answer, whatever the token."""
        self.use("10.0.0.0/8")
        asked = self.ask("GET", "user_exists", {"user": "agent1", "server": DOMAIN})
        self.assertEqual(asked[0], 403)

    def test_never(self) -> None:
        """Accounts are not made, changed, removed or told here; other questions there are none."""
        for question in ("register", "set_password", "remove_user", "get_password", "get_certs"):
            self.assertEqual(self.ask("POST", question, {"user": "agent1"})[0], 403, question)
        for question in ("", "else", "check_password/else"):
            self.assertIn(self.ask("POST", question, {})[0], (401, 404), question)
        self.assertEqual(self.ask("DELETE", "user_exists", {})[0], 501)

    def test_counted(self) -> None:
        """Each answer counts, and each refusal by its reason; what a client writes is no label."""
        self.check("agent1")
        self.check("agent1", "wrong")
        self.ask("GET", "user_exists", {}, "Bearer x")
        self.ask("GET", "a-question", {})
        found = next(account_families(self.resource.outcomes))
        self.assertEqual(
            dict(found.samples),
            {
                ("yes",): 1,
                ("no",): 1,
                ("the token is wrong",): 1,
                ("there is no such question",): 1,
            },
        )

    def test_no_form(self) -> None:
        """What is no form is nobody's password."""
        for body in (b"\xff", b"&".join(b"user=%d" % n for n in range(100)), b"", b"x" * 20_000):
            asked = self.http.post(
                "http://127.0.0.1/check_password",
                data=body,
                headers={"Authorization": f"Bearer {TOKEN}"},
            )
            response = self.successResultOf(asked)
            self.assertEqual(self.successResultOf(self.http.content(response)), b"false")

    def test_busy(self) -> None:
        """More than can be checked is 503, what goes wrong 500: neither says anything of the password."""
        self.authenticator.held = []
        fields = {"user": "agent1", "server": DOMAIN, "pass": "finesse"}
        for error, status in ((TooBusyError(), 503), (RuntimeError("down"), 500)):
            asked = self.http.post(
                "http://127.0.0.1/check_password",
                data=urlencode(fields).encode(),
                headers={"Authorization": f"Bearer {TOKEN}"},
            )
            self.http.flush()
            held: Deferred[Person] = self.authenticator.held.pop()
            held.errback(error)
            self.http.flush()
            self.assertEqual(self.successResultOf(asked).code, status)
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)
