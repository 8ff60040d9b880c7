"""`finesse_tx.webservices.root`: what the web ports have at their root."""

from typing import Any

from treq.testing import StubTreq
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

from finesse_tx.webservices.root import redirecting_root


class RedirectTests(SynchronousTestCase):
    """A port in the clear that sends everybody to TLS."""

    def setUp(self) -> None:
        """Make one."""
        self.http: Any = StubTreq(
            redirecting_root(
                Resource(), lambda: True, "own.example", lambda: 8445, lambda: self.troubles
            )
        )
        self.troubles: list[str] = []

    def where(self, path: str, host: str = "fin1:8082", method: str = "GET") -> str:
        """Where a client is sent."""
        response = self.successResultOf(
            self.http.request(
                method, f"http://x{path}", headers={"Host": host}, allow_redirects=False
            )
        )
        self.assertEqual(response.code, 301)
        found: str = response.headers.getRawHeaders("location")[0]
        return found

    def test_same_path(self) -> None:
        """To the same host, path and query, whatever the method."""
        path = "/finesse/api//User/a%20b/?x=1&y=%0d"
        for method in ("GET", "PUT", "POST", "OPTIONS"):
            self.assertEqual(self.where(path, method=method), f"https://fin1:8445{path}")
        self.assertEqual(self.where("/"), "https://fin1:8445/")
        self.assertEqual(self.where("/", "[::1]:8082"), "https://[::1]:8445/")

    def test_no_host(self) -> None:
        """What is no host is not told back."""
        for host in ("a b", "evil/..", "x@y", "a:b:c"):
            self.assertEqual(self.where("/", host), "https://own.example:8445/")

    def test_monitors(self) -> None:
        """They are answered."""
        for path in ("/health", "/ready"):
            self.assertEqual(self.successResultOf(self.http.get(f"http://x{path}")).code, 200)

    def test_degraded(self) -> None:
        """``/health`` says what is degraded, and stays 200: a restart would not help."""
        self.troubles = ["the database is away since 4 s", "history: 2 records wait"]
        for path, text in (
            ("/health", "degraded\nthe database is away since 4 s\nhistory: 2 records wait\n"),
            ("/ready", "ok\n"),
        ):
            response = self.successResultOf(self.http.get(f"http://x{path}"))
            self.assertEqual(response.code, 200)
            self.assertEqual(self.successResultOf(response.text()), text)
