"""`finesse_tx.origin_names`: what is an origin, and what is not."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.origin_names import NotAnOriginError, as_sent


class OriginNamesTests(SynchronousTestCase):
    """As people write them."""

    def test_as_sent(self) -> None:
        """In small letters, without the port that goes without saying, addresses in their one form."""
        for text, sent in (
            ("https://crm.example.com", "https://crm.example.com"),
            ("HTTPS://CRM.Example.com:443", "https://crm.example.com"),
            ("http://crm:80", "http://crm"),
            ("http://crm:443", "http://crm:443"),
            ("https://crm:08445", "https://crm:8445"),
            ("https://crm:1", "https://crm:1"),
            ("https://crm:65535", "https://crm:65535"),
            ("https://192.0.2.7:8445", "https://192.0.2.7:8445"),
            ("https://[2001:DB8:0:0::1]:8445", "https://[2001:db8::1]:8445"),
            ("https://xn--caf-dma.example", "https://xn--caf-dma.example"),
            ("https://a_b-c.d", "https://a_b-c.d"),
            (f"https://{'a' * 63}.example", f"https://{'a' * 63}.example"),
        ):
            self.assertEqual(as_sent(text), sent)

    def test_refused(self) -> None:
        """Everything else is refused, and it is said why."""
        for text, why in (
            ("", "a scheme, a host"),
            ("crm.example.com", "a scheme, a host"),
            ("null", "no origin of its own"),
            ("*", "with * is not taken"),
            ("https://*.example.com", "with * is not taken"),
            ("ftp://crm", "not ftp"),
            ("chrome-extension://abc", "not chrome-extension"),
            ("https://", "host is missing"),
            ("https://:8445", "host is missing"),
            ("https://crm/", "leave / out"),
            ("https://crm/a", "leave /a out"),
            ("https://crm?a", "no query"),
            ("https://crm#a", "no fragment"),
            ("https://ann@crm", "no user"),
            ("https://crm:", "Nothing is no port"),
            ("https://crm:0", "0 is no port"),
            ("https://crm:65536", "65536 is no port"),
            ("https://crm:x", "x is no port"),
            ("https://crm:1:2", "1:2 is no port"),
            ("https://a b", "a b is no host name"),
            ("https://a..b", "is no host name"),
            ("https://-a.b", "is no host name"),
            ("https://a.b.", "is no host name"),
            (f"https://{'a' * 64}.example", "is no host name"),
            (f"https://{'a.' * 127}", "is no host name"),
            ("https://café.example", "in ASCII"),
            ("https://1.2.3", "no IPv4 address"),
            ("https://1.2.3.400", "no IPv4 address"),
            ("https://[::g]", "no IPv6 address"),
            ("https://[::1", "no IPv6 address"),
            ("https://[fe80::1%eth0]", "no IPv6 address"),
            ("https://[::1]x", "no IPv6 address"),
            ("https://[]", "no IPv6 address"),
            ("https://crm\r\nX: y", "host"),
        ):
            error = self.assertRaises(NotAnOriginError, as_sent, text)
            self.assertIn(why, str(error), text)

    @settings(deadline=None)
    @given(
        st.sampled_from(["http", "https", "HTTP"]),
        st.from_regex(r"[A-Za-z0-9]{1,5}(\.[A-Za-z]{1,5}){1,3}", fullmatch=True),
        st.none() | st.integers(1, 65_535),
    )
    def test_once_is_enough(self, scheme: str, host: str, port: int | None) -> None:
        """What is written as browsers send it is the same as they send it."""
        sent = as_sent(f"{scheme}://{host}" + ("" if port is None else f":{port}"))
        self.assertEqual(as_sent(sent), sent)
