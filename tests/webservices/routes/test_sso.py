"""`finesse_tx.webservices.routes.sso`: single sign-on over HTTP, by a client that nobody here wrote (treq)."""

import json
from typing import Any
from urllib.parse import urlsplit

from treq.testing import StubTreq
from twisted.web.resource import Resource

from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.directory.core.errors import TooBusyError
from finesse_tx.directory.tokens import TokenAuthenticator
from finesse_tx.webservices.routes.gate import Limits
from finesse_tx.webservices.routes.sso import SingleSignOn
from tests.directory.test_tokens import Case
from tests.support.webservices import FakeAuthenticator
from tests.webservices.routes.test_api import Answer

ROOT = "http://x/desktop/sso"
AUTH = ("agent1", "finesse")


class SingleSignOnTests(Case):
    """The resource."""

    def setUp(self) -> None:
        """Put it where it belongs."""
        super().setUp()
        self.passwords = FakeAuthenticator(self.people)
        self.serve(SingleSignOn(self.authenticator(), self.tokens, "finesse.local", lambda: "abc"))

    def authenticator(self) -> TokenAuthenticator:
        """Passwords and tokens."""
        return TokenAuthenticator(self.passwords, self.people, self.tokens)

    def serve(self, sso: SingleSignOn) -> None:
        """Answer with it from now on."""
        root, desktop = Resource(), Resource()
        root.putChild(b"desktop", desktop)
        desktop.putChild(b"sso", sso)
        self.http: Any = StubTreq(root)

    def ask(self, method: str, path: str, **more: Any) -> Answer:
        """Ask; nothing is followed."""
        response = self.successResultOf(
            self.http.request(method, ROOT + path, allow_redirects=False, **more)
        )
        return Answer(response, self.successResultOf(self.http.content(response)))

    def refused(self, answer: Answer, status: int, error: str) -> None:
        """It is that refusal, as programs read it."""
        self.assertEqual((answer.status, json.loads(answer.text)["error"]), (status, error))
        self.assertEqual(answer.header("cache-control"), "no-store")

    def test_by_password(self) -> None:
        """A program with HTTP Basic gets a token at once; what else it gets, it asks for."""
        said = json.loads(self.ask("GET", "/token", auth=AUTH).text)
        self.assertEqual(sorted(said), ["expires_in", "token"])
        self.assertEqual(self.tokens.person(said["token"]), self.agent)
        query = "/token?return_user=yes&return_refresh_token=true"
        said = json.loads(self.ask("GET", query, auth=AUTH).text)
        self.assertEqual(
            (said["expires_in"], said["user_id"], said["realm"], said["user_principal"]),
            (300, "agent1", "finesse.local", "agent1@finesse.local"),
        )
        self.tokens.refresh(said["refresh_token"])

    def test_wrong_password(self) -> None:
        """A wrong password, no such user and a header that is none look the same."""
        for more in (
            {"auth": ("agent1", "wrong")},
            {"auth": ("nobody", "finesse")},
            {"headers": {"Authorization": "Basic !"}},
        ):
            answer = self.ask("GET", "/token", **more)
            self.refused(answer, 401, "access_denied")
            self.assertIn("Bearer", answer.header("www-authenticate") or "")
        self.passwords.error = TooBusyError()
        self.refused(self.ask("GET", "/token", auth=AUTH), 503, "temporarily_unavailable")

    def test_refresh(self) -> None:
        """A refresh token is exchanged; without one, or with a bad one, nothing is."""
        form = {"token": self.issued.access, "refresh-token": self.issued.refresh}
        self.clock.advance(299)
        answer = self.ask("POST", "/token?return_user=yes", data=form)
        said = json.loads(answer.text)
        self.assertEqual((answer.status, said["user_id"]), (200, "agent1"))
        self.assertTrue(self.is_good(said["token"]))
        self.refused(self.ask("POST", "/token", data={"token": "x"}), 400, "invalid_request")
        self.refused(self.ask("POST", "/token", data=b"\xff"), 400, "invalid_request")
        bad = {"refresh-token": self.issued.access}
        self.refused(self.ask("POST", "/token", data=bad), 401, "invalid_grant")

    def test_browser(self) -> None:
        """A browser is sent to the page that asks for a password, and from there back to what it wanted."""
        wanted = "?return_user=yes&return_refresh_token=true"
        sent = self.ask("GET", f"/token{wanted}&cc_username=agent1&other=%0d%0aX:y")
        self.assertEqual(sent.status, 302)
        where = sent.header("location") or ""
        self.assertEqual(where, f"/desktop/sso/login{wanted}&cc_username=agent1")
        page = self.ask("GET", where.removeprefix("/desktop/sso"))
        self.assertIn('value="agent1"', page.text)
        self.assertIn("frame-ancestors 'self'", page.header("content-security-policy") or "")
        form = {"username": "agent1", "password": "finesse"}
        done = self.ask("POST", where.removeprefix("/desktop/sso"), data=form)
        self.assertEqual(
            (done.status, done.header("location")), (303, f"/desktop/sso/token{wanted}")
        )
        cookie = done.header("set-cookie") or ""
        for part in ("HttpOnly", "SameSite=lax", "Path=/desktop/sso", "Max-Age=1000"):
            self.assertIn(part, cookie)
        told = self.ask("GET", f"/token{wanted}", headers={"Cookie": cookie.partition(";")[0]})
        self.assertEqual(json.loads(told.text)["user_id"], "agent1")
        other = "/token?cc_username=agent2"
        sent = self.ask("GET", other, headers={"Cookie": cookie.partition(";")[0]})
        self.assertEqual(urlsplit(sent.header("location") or "").path, "/desktop/sso/login")

    def test_page_is_not_a_way_in(self) -> None:
        """What is put on the page is text, whoever wrote the link."""
        page = self.ask("GET", "/login?cc_username=%22%3E%3Cscript%3E")
        self.assertNotIn("<script>", page.text)
        form = {"username": '"><script>', "password": "wrong"}
        page = self.ask("POST", "/login", data=form)
        self.assertEqual(page.status, 401)
        self.assertNotIn("<script>", page.text)
        self.assertIn('role="alert"', page.text)

    def test_revoke(self) -> None:
        """A token is taken back, whether it is one or not; the cookie goes with it."""
        revoking = self.http.post(f"{ROOT}/revoke", data={"token": self.issued.access})
        self.workers.work_off()
        self.http.flush()
        response = self.successResultOf(revoking)
        self.assertEqual(response.code, 200)
        self.assertIn("Max-Age=0", response.headers.getRawHeaders("set-cookie")[0])
        self.assertFalse(self.is_good(self.issued.access))
        self.assertEqual(self.ask("POST", "/revoke", data={"token": "none"}).status, 200)
        self.refused(self.ask("POST", "/revoke"), 400, "invalid_request")

    def test_test(self) -> None:
        """The page that opened the test is told whether it works, and so is a cookie."""
        page = self.ask("GET", "/test")
        self.assertIn('status: "failure"', page.text)
        self.assertIn("ssotest=false", page.header("set-cookie") or "")
        self.assertIn("'nonce-abc'", page.header("content-security-policy") or "")
        cookie = {"Cookie": f"finesse_sso={self.issued.refresh}"}
        page = self.ask("GET", "/test", headers=cookie)
        self.assertIn('status: "success"', page.text)

    def test_off(self) -> None:
        """Where there is no single sign-on, everything is refused."""
        self.serve(SingleSignOn(self.passwords, None, "finesse.local", lambda: "abc"))
        for method, path in (("GET", "/token"), ("POST", "/token"), ("GET", "/login")):
            self.refused(self.ask(method, path, auth=AUTH), 403, "access_denied")

    def test_too_many(self) -> None:
        """Neither a person nor an address gets more than its rate, and each is told when to come again."""
        login = {"username": "agent1", "password": "finesse"}
        for person_per_s, address_per_s in ((1.0, 0.0), (0.0, 1.0)):
            limits = Limits(person_per_s, address_per_s, self.clock.seconds)
            sso = SingleSignOn(
                self.authenticator(), self.tokens, "finesse.local", lambda: "abc", limits
            )
            self.serve(sso)
            for _ in range(10):
                self.assertEqual(self.ask("GET", "/token", auth=AUTH).status, 200)
            form = {"refresh-token": self.issued.refresh}
            for answer in (
                self.ask("GET", "/token", auth=AUTH),
                self.ask("POST", "/token", data=form),
            ):
                self.refused(answer, 429, "temporarily_unavailable")
                self.assertEqual(answer.header("retry-after"), "1")
            page = self.ask("POST", "/login", data=login)
            self.assertEqual((page.status, page.header("retry-after")), (429, "1"))
            self.clock.advance(1)
            self.assertEqual(self.ask("GET", "/token", auth=AUTH).status, 200)

    def test_not_theirs(self) -> None:
        """Who is not among those who have it is refused too."""
        self.tokens = self.make(AuthModes("HYBRID", ("agent2",)))
        self.serve(SingleSignOn(self.passwords, self.tokens, "finesse.local", lambda: "abc"))
        self.refused(self.ask("GET", "/token", auth=AUTH), 403, "access_denied")

    def test_methods(self) -> None:
        """A wrong method gets 405 with those that are right, a wrong path 404."""
        answer = self.ask("DELETE", "/token")
        self.assertEqual((answer.status, answer.header("allow")), (405, "GET,POST,HEAD,OPTIONS"))
        self.assertEqual(self.ask("OPTIONS", "/revoke").header("allow"), "POST,OPTIONS")
        self.assertEqual(self.ask("HEAD", "/token", auth=AUTH).status, 200)
        self.assertEqual(self.ask("GET", "/authcode").status, 404)
