"""`finesse_tx.gadgets.core.signing`, checked by the specification's own words."""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha1
from urllib.parse import parse_qsl, quote, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.fetching import Fetch
from finesse_tx.gadgets.core.proxied import FORM, AskedError
from finesse_tx.gadgets.core.signing import RequestSigner

SAID = {"opensocial_viewer_id": "ann@x", "opensocial_app_url": "https://x.example/a.xml?b=1&c"}
FORMED = (("content-TYPE", f"{FORM}; charset=utf-8"),)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


def encoded(text: str) -> str:
    """RFC 5849 §3.6."""
    return quote(text, safe="-._~")


def base_string(fetch: Fetch, body: str = "") -> str:
    """RFC 5849 §3.4.1: what is signed, of a request as it comes at the other server."""
    parts = urlsplit(fetch.url)
    there = [
        *parse_qsl(parts.query, keep_blank_values=True),
        *parse_qsl(body, keep_blank_values=True),
    ]
    pairs = sorted(
        (encoded(name), encoded(value)) for name, value in there if name != "oauth_signature"
    )
    address = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}"
    return "&".join(
        encoded(one)
        for one in (fetch.method, address, "&".join(f"{name}={value}" for name, value in pairs))
    )


def is_good(fetch: Fetch, secret: str, body: str = "") -> bool:
    """Whether the signature is that of the secret: RFC 5849 §3.4.2."""
    there = dict(parse_qsl(urlsplit(fetch.url).query))
    found = hmac.digest(f"{encoded(secret)}&".encode(), base_string(fetch, body).encode(), "sha1")
    return hmac.compare_digest(b64encode(found).decode(), there["oauth_signature"])


class SigningTests(SynchronousTestCase):
    """Signatures."""

    def setUp(self) -> None:
        """A signer whose chance is known."""
        self.signer = RequestSigner("desk", "s & s", lambda: "n0nce")

    def test_query(self) -> None:
        """What is said, and who says it, is in the query behind what the gadget wrote, and the signature is good."""
        signed = self.signer.signed(
            Fetch("https://crm.example/a?x=1&y=a%20b"), SAID, 1_700_000_000.9
        )
        self.assertTrue(signed.url.startswith("https://crm.example/a?x=1&y=a+b&opensocial_"))
        there = dict(parse_qsl(urlsplit(signed.url).query))
        self.assertEqual({name: there[name] for name in SAID}, SAID)
        self.assertEqual(
            [there[f"oauth_{name}"] for name in ("consumer_key", "nonce", "timestamp")],
            ["desk", "n0nce", "1700000000"],
        )
        self.assertNotIn("oauth_body_hash", there)
        self.assertTrue(is_good(signed, "s & s"))
        self.assertFalse(is_good(signed, "another"))

    @given(st.dictionaries(TEXT.map(lambda name: f"a{name}"), TEXT, max_size=5))
    def test_forms(self, fields: dict[str, str]) -> None:
        """A form is signed with the rest, whatever is in it, and is sent as it was."""
        body = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in fields.items())
        fetch = Fetch("https://crm.example", "POST", FORMED, body.encode())
        signed = self.signer.signed(fetch, SAID, 1)
        self.assertEqual((signed.body, signed.headers), (fetch.body, FORMED))
        self.assertTrue(is_good(signed, "s & s", body))

    def test_body(self) -> None:
        """Another body is signed by its digest, also one that looks like a form."""
        for body in (b'{"a": "\xc3\xbc"}', b"a=b&c=d"):
            fetch = Fetch("https://crm.example/a", "PUT", (("Content-Type", "text/plain"),), body)
            signed = self.signer.signed(fetch, SAID, 1)
            there = dict(parse_qsl(urlsplit(signed.url).query))
            self.assertEqual(there["oauth_body_hash"], b64encode(sha1(body).digest()).decode())
            self.assertTrue(is_good(signed, "s & s"))

    def test_not_the_gadgets_to_say(self) -> None:
        """What begins as our parameters do is refused by its name, in a query and in a form; so is what is no form."""
        for url, body, named in (
            ("https://x.example/?OpenSocial_viewer_id=bob", b"", "OpenSocial_viewer_id"),
            ("https://x.example/?a=1&oauth_nonce", b"", "oauth_nonce"),
            ("https://x.example/", b"a=1&xoauth%5Fkey=2", "xoauth_key"),
            ("https://x.example/", b"a=1&b=\xc3\xbc", "cannot be signed"),
        ):
            fetch = Fetch(url, "POST", FORMED, body)
            error = self.assertRaises(AskedError, self.signer.signed, fetch, SAID, 1)
            self.assertEqual(error.status, 400)
            self.assertIn(named, error.text)
