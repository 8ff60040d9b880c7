"""Which addresses mean this server, whatever it is called."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.outbound import MAX_URL, Refusal
from finesse_tx.gadgets.core.own import own_path

REST = "/finesse/api/User/1?a=b"


class OwnPathTests(SynchronousTestCase):
    """A server that is ``desk.example.com``, listens at 9443 too, and is called in some way by a browser."""

    def path(self, url: str, called: str = "") -> str | Refusal | None:
        """What that means."""
        return own_path(url, {"localhost", "desk.example.com"}, {9443}, called=called)

    def test_names(self) -> None:
        """It is itself by its names and by how it is called, at its ports; at the browser's port only as that calls it."""
        for url, called, is_own in (
            ("http://localhost:8082", "", True),
            ("https://desk.example.com:9443", "", True),
            ("https://desk.example.com:9444", "", False),
            ("http://10.1.2.3:8082", "", False),
            ("http://10.1.2.3:8082", "10.1.2.3:8445", True),
            ("http://10.1.2.3:9444", "10.1.2.3:8445", False),
            ("https://VIP.example.com", "vip.example.com", True),
            ("https://vip.example.com:443", "vip.example.com", True),
            ("http://vip.example.com", "vip.example.com:443", False),
            ("https://vip.example.com:10443", "vip.example.com:10443", True),
            ("https://crm.example.com", "vip.example.com", False),
            ("http://localhost", "", True),
            ("https://localhost:443", "vip.example.com", True),
            ("http://localhost:81", "", False),
            ("http://desk.example.com", "", False),
            ("http://[::1]:8082", "[::1]:8445", True),
            ("http://10.1.2.3:8082", "10.1.2.3:x", False),
            ("http://10.1.2.3:8082", "[", False),
            ("http://:8082", ":8445", False),
            ("http://a@10.1.2.3:8082", "10.1.2.3", False),
            ("ftp://10.1.2.3:8082", "10.1.2.3", False),
        ):
            expected = REST if is_own else None
            self.assertEqual(self.path(url + REST, called), expected, (url, called))

    def test_bound(self) -> None:
        """An address that is too long means nothing here: the policy says why it is refused."""
        start = "http://localhost:8082/finesse/api/"
        longest = start + "x" * (MAX_URL - len(start))
        self.assertEqual(self.path(longest), longest.removeprefix("http://localhost:8082"))
        self.assertIsNone(self.path(f"{longest}x"))

    def test_opened(self) -> None:
        """However it is called, no more of it is asked for."""
        for path in ("/cfadmin", "/finesse/api/../x", "/finesse/api/%2e%2e/x"):
            found = self.path(f"https://vip.example.com{path}", "vip.example.com")
            self.assertIsInstance(found, Refusal, path)
