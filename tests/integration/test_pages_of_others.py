"""``web.cors`` on a real server: what a page of another origin may ask of each port."""

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.twistd import LIMIT_S, Shared

SHARED = Shared('web.cors="enable"', 'web.cors_origins=["https://desk.example.com"]')

PATHS = (
    ("http", "/finesse/api/User/agent1", "PUT"),
    ("http", "/finesse/api/SystemInfo", "GET"),
    ("http", "/http-bind/", "POST"),
    ("bosh", "/http-bind/", "POST"),
)


class PagesOfOthersTests(SynchronousTestCase):
    """Preflights, and what follows them."""

    def ask(self, port: str, path: str, method: str, origin: str) -> requests.Response:
        """Ask as a browser."""
        return requests.request(
            method,
            f"http://{SHARED.get().endpoints[port]}{path}",
            headers={"Origin": origin, "Access-Control-Request-Method": "PUT"},
            timeout=LIMIT_S,
        )

    def test_listed(self) -> None:
        """A page that is listed is told that it may, also where it has not said its password."""
        for port, path, method in PATHS:
            for one in ("OPTIONS", method):
                answer = self.ask(port, path, one, "https://desk.example.com")
                headers = answer.headers
                self.assertEqual(
                    headers["Access-Control-Allow-Origin"], "https://desk.example.com", path
                )
                self.assertIn(method, headers["Access-Control-Allow-Methods"])
                if one == "OPTIONS":
                    self.assertEqual(answer.status_code, 200)

    def test_not_listed(self) -> None:
        """Another page is told nothing."""
        for port, path, method in PATHS:
            for one in ("OPTIONS", method):
                headers = self.ask(port, path, one, "https://other.example").headers
                self.assertFalse([name for name in headers if name.startswith("Access-")], path)

    def test_tunnel(self) -> None:
        """The event tunnel is on the web ports and the BOSH ports."""
        for port in ("http", "bosh"):
            page = self.ask(port, "/tunnel/", "GET", "https://desk.example.com")
            self.assertIn("EventTunnel.js", page.text)
            self.assertIn("https://desk.example.com", page.headers["Content-Security-Policy"])
