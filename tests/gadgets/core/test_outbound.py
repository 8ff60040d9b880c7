"""`finesse_tx.gadgets.core.outbound`: which URLs may be fetched, and every known way to ask for another one."""

from ipaddress import ip_network

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.outbound import (
    MAX_URL,
    HostRule,
    Policy,
    Refusal,
    Target,
    Why,
    judge,
    judge_addresses,
    judge_redirect,
)

ANYONE = Policy((HostRule.parse("*"),))
"""Every host is allowed: what is left is what no operator allows."""

SOME = Policy(
    tuple(
        map(
            HostRule.parse,
            ("crm.example.com", "*.cdn.example", "dev.example:8443", "10.1.2.3:8080", "[fd00::1]"),
        )
    ),
    networks=(ip_network("10.1.0.0/16"), ip_network("fd00::/8")),
)

ATTEMPTS = (
    ("file:///etc/passwd", Why.SCHEME),
    ("gopher://h/", Why.SCHEME),
    ("ftp://h/", Why.SCHEME),
    ("data:text/html,x", Why.SCHEME),
    ("javascript:alert(1)", Why.SCHEME),
    ("jar:http://h/!x", Why.SCHEME),
    ("//h/", Why.URL),
    ("/x", Why.URL),
    ("", Why.URL),
    ("http:", Why.URL),
    ("http:/h/", Why.URL),
    ("http:h", Why.URL),
    ("http:///x", Why.HOST),
    ("http://:80/", Why.HOST),
    (" http://h/", Why.URL),
    ("http://h/a b", Why.URL),
    ("http://h/\r\nX: y", Why.URL),
    ("http://h\t/", Why.URL),
    ("http://h\\@evil/", Why.URL),
    ("http:\\\\h\\", Why.URL),
    ("http://h/\ud800", Why.URL),
    ("http://u@h/", Why.USERINFO),
    ("http://u:p@h/", Why.USERINFO),
    ("http://@h/", Why.USERINFO),
    ("http://crm.example.com@127.0.0.1/", Why.USERINFO),
    ("http://127.0.0.1:80@crm.example.com/", Why.USERINFO),
    ("http://crm.example.com:80#@127.0.0.1/", None),  # the fragment is cut: the host is the first
    ("http://crm.example.com%40127.0.0.1/", Why.HOST),
    ("http://crm.example.com%2f.evil/", Why.HOST),
    ("http://127.0.0.1/", Why.ADDRESS),
    ("http://127.0.0.1./", Why.ADDRESS),
    ("http://127.1/", Why.HOST),
    ("http://2130706433/", Why.HOST),
    ("http://0x7f000001/", Why.HOST),
    ("http://0X7F.0.0.1/", Why.HOST),
    ("http://0x/", Why.HOST),
    ("http://0177.0.0.1/", Why.HOST),
    ("http://017700000001/", Why.HOST),
    ("http://127.0.0.01/", Why.HOST),
    ("http://127.0.0.256/", Why.HOST),
    ("http://1.2.3.4.5/", Why.HOST),
    ("http://127.0.0.1.../", Why.HOST),
    ("http://h..example/", Why.HOST),
    ("http://.h/", Why.HOST),
    ("http://h.0x7f/", Why.HOST),
    ("http://0/", Why.HOST),
    ("http://0.0.0.0/", Why.ADDRESS),
    ("http://\uff11\uff12\uff17.0.0.1/", Why.ADDRESS),
    ("http://127\u30020\u30020\u30021/", Why.ADDRESS),
    ("http://\u2460\u2461\u2466.0.0.1/", Why.ADDRESS),
    ("http://\u0000h/", Why.URL),
    ("http://\u2100.example/", Why.HOST),
    ("http://169.254.169.254/latest/meta-data/", Why.ADDRESS),
    ("http://168.63.129.16/", Why.ADDRESS),
    ("http://10.0.0.1/", Why.ADDRESS),
    ("http://100.64.0.1/", Why.ADDRESS),
    ("http://224.0.0.1/", Why.ADDRESS),
    ("http://255.255.255.255/", Why.ADDRESS),
    ("http://[::1]/", Why.ADDRESS),
    ("http://[::]/", Why.ADDRESS),
    ("http://[0:0:0:0:0:0:0:1]/", Why.ADDRESS),
    ("http://[::ffff:127.0.0.1]/", Why.ADDRESS),
    ("http://[::ffff:7f00:1]/", Why.ADDRESS),
    ("http://[::127.0.0.1]/", Why.ADDRESS),
    ("http://[64:ff9b::a9fe:a9fe]/", Why.ADDRESS),
    ("http://[2002:7f00:1::]/", Why.ADDRESS),
    ("http://[fe80::1]/", Why.ADDRESS),
    ("http://[fe80::1%25eth0]/", Why.HOST),
    ("http://[2606:4700::1%1]/", Why.HOST),
    ("http://[fc00::1]/", Why.ADDRESS),
    ("http://[ff02::1]/", Why.ADDRESS),
    ("http://[::1/", Why.HOST),
    ("http://[::1]x/", Why.HOST),
    ("http://[127.0.0.1]/", Why.HOST),
    ("http://[v1.x]/", Why.HOST),
    ("http://::1/", Why.HOST),
    ("http://h:0/", Why.PORT),
    ("http://h:65536/", Why.PORT),
    ("http://h:080x/", Why.PORT),
    ("http://h:-80/", Why.PORT),
    ("http://h:\u0668\u0660/", Why.PORT),
    ("http://h:22/", Why.PORT),
    ("http://h:25/", Why.PORT),
    ("http://h:6379/", Why.PORT),
    ("http://h:80:80/", Why.PORT),
)


class JudgeTests(SynchronousTestCase):
    """URLs."""

    def refused(self, url: str, policy: Policy = ANYONE) -> Why:
        """The kind of the refusal, which has words, on one line."""
        found = judge(url, policy)
        self.assertIsInstance(found, Refusal, url)
        assert isinstance(found, Refusal)
        self.assertTrue(found.reason, url)
        self.assertTrue(found.reason.isprintable(), found.reason)
        return found.why

    def allowed(self, url: str, policy: Policy = ANYONE) -> Target:
        """What it was read as."""
        found = judge(url, policy)
        assert isinstance(found, Target), (url, found)
        return found

    def test_attempts(self) -> None:
        """Where every host is allowed, each attempt is refused for what it is."""
        for url, why in ATTEMPTS:
            if why is not None:
                self.assertEqual(self.refused(url), why, url)
            else:
                self.assertEqual(self.allowed(url).host, "crm.example.com")

    def test_read(self) -> None:
        """What is allowed is rebuilt in its one form."""
        for url, rebuilt in (
            ("http://h", "http://h/"),
            ("HTTP://Crm.Example.COM.:80/x", "http://crm.example.com/x"),
            ("https://h:443?q=1#f", "https://h/?q=1"),
            ("https://h:/", "https://h/"),
            ("https://h:80/", "https://h:80/"),
            ("http://h/a/../%2e%2e/b;c=1?x=y&a=%zz", "http://h/a/../%2e%2e/b;c=1?x=y&a=%zz"),
            ('http://h/\u00e9|"<>', "http://h/%C3%A9%7C%22%3C%3E"),
            ("http://b\u00fccher.example/", "http://xn--bcher-kva.example/"),
            ("http://[2606:4700:0:0::1]/", "http://[2606:4700::1]/"),
            ("http://1.1.1.1/", "http://1.1.1.1/"),
            ("http://h/?u=http://a@b/", "http://h/?u=http://a@b/"),
        ):
            self.assertEqual(self.allowed(url).url, rebuilt, url)

    def test_nobody(self) -> None:
        """With an empty list nothing is fetched."""
        self.assertEqual(self.refused("https://crm.example.com/", Policy()), Why.HOST)

    def test_listed(self) -> None:
        """Only who is listed is reached, at the ports of the entry."""
        for url in (
            "http://crm.example.com/",
            "https://CRM.example.com/",
            "https://a.cdn.example/",
            "https://a.b.cdn.example/",
            "https://dev.example:8443/",
            "http://10.1.2.3:8080/",
            "http://[fd00::1]/",
        ):
            self.allowed(url, SOME)
        for url, why in (
            ("http://example.com/", Why.HOST),
            ("http://a.crm.example.com/", Why.HOST),
            ("http://crm.example.com.evil/", Why.HOST),
            ("http://evilcrm.example.com/", Why.HOST),
            ("https://cdn.example/", Why.HOST),
            ("https://evilcdn.example/", Why.HOST),
            ("https://dev.example/", Why.PORT),
            ("http://crm.example.com:8080/", Why.PORT),
            ("http://10.1.2.3/", Why.PORT),
            ("http://10.1.2.4:8080/", Why.HOST),
            ("http://[::ffff:10.1.2.3]:8080/", Why.HOST),
        ):
            self.assertEqual(self.refused(url, SOME), why, url)

    def test_rules(self) -> None:
        """An entry is a host, what is below one, an address, or everyone; nothing else is one."""
        for text, rule in (
            ("H.example", HostRule("h.example", False, None)),
            ("*.h.example:81", HostRule("h.example", True, 81)),
            ("*", HostRule("", True, None)),
            ("*:8080", HostRule("", True, 8080)),
            ("[::1]:8443", HostRule("::1", False, 8443)),
            ("*.b\u00fccher.example", HostRule("xn--bcher-kva.example", True, None)),
        ):
            self.assertEqual(HostRule.parse(text), rule)
        for text in ("", "*x", "a.*.b", "*.", "http://h", "h/", "*.10.0.0.1", "10.1", "h:0", "u@h"):
            self.assertRaises(ValueError, HostRule.parse, text)

    def test_length(self) -> None:
        """The longest URL is allowed, one character more is not."""
        url = "http://h/".ljust(MAX_URL, "x")
        self.allowed(url)
        self.assertEqual(self.refused(url + "x"), Why.URL)

    @settings(deadline=None)
    @given(st.text())
    def test_any_text(self, text: str) -> None:
        """Whatever is asked for, what is allowed is ASCII, has one form, and is read as itself again."""
        for url in (text, "http://" + text, "http://h/" + text):
            found = judge(url, ANYONE)
            if isinstance(found, Target):
                self.assertTrue(found.url.isascii())
                if len(found.url) <= MAX_URL:
                    self.assertEqual(judge(found.url, ANYONE), found)


class AddressesTests(SynchronousTestCase):
    """What a name resolves to."""

    def test_all(self) -> None:
        """Good addresses are all there, in order and once."""
        found = judge_addresses("h", ["1.1.1.1", "2606:4700::1", "1.1.1.1"], ANYONE)
        self.assertEqual([str(address) for address in found], ["1.1.1.1", "2606:4700::1"])

    def test_one_bad(self) -> None:
        """One that is not allowed spoils the others."""
        for bad in ("127.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "x"):
            found = judge_addresses("h", ["1.1.1.1", bad], ANYONE)
            assert isinstance(found, Refusal), found
            self.assertEqual(found.why, Why.ADDRESS)
            self.assertIn("address", found.reason)

    def test_none(self) -> None:
        """A name without addresses is not found."""
        found = judge_addresses("h", [], ANYONE)
        self.assertEqual(found, Refusal(Why.NAME, "h has no address"))


class RedirectTests(SynchronousTestCase):
    """Redirects."""

    def setUp(self) -> None:
        """At a page of a host that is allowed."""
        found = judge("https://crm.example.com/a/b?c", SOME)
        assert isinstance(found, Target)
        self.target = found

    def test_followed(self) -> None:
        """A redirect may be relative, and may lead to whom the list holds."""
        for location, url in (
            ("d", "https://crm.example.com/a/d"),
            ("/d#x", "https://crm.example.com/d"),
            ("?e", "https://crm.example.com/a/b?e"),
            ("//a.cdn.example/x", "https://a.cdn.example/x"),
        ):
            found = judge_redirect(self.target, location, 0, SOME)
            assert isinstance(found, Target), found
            self.assertEqual(found.url, url)

    def test_judged_anew(self) -> None:
        """It may not lead where a first URL may not, nor out of TLS."""
        for location, why in (
            ("http://169.254.169.254/", Why.HOST),
            ("https://evil.example/", Why.HOST),
            ("https://u@crm.example.com/", Why.USERINFO),
            ("https://crm.example.com:22/", Why.PORT),
            ("file:///etc/passwd", Why.SCHEME),
            ("javascript:x", Why.SCHEME),
            ("http://crm.example.com/", Why.REDIRECT),
            ("https://crm.example.com\t@evil/", Why.URL),
            ("//[", Why.URL),
        ):
            found = judge_redirect(self.target, location, 0, SOME)
            assert isinstance(found, Refusal), found
            self.assertEqual(found.why, why, location)

    def test_most(self) -> None:
        """The fifth is followed, the sixth is not."""
        self.assertIsInstance(judge_redirect(self.target, "/", 4, SOME), Target)
        found = judge_redirect(self.target, "/", 5, SOME)
        self.assertEqual(found, Refusal(Why.REDIRECT, "more than 5 redirects"))
