"""`finesse_tx.gadgets.core.answering`: bodies as text."""

from __future__ import annotations

from encodings.aliases import aliases

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.answering import text_of
from finesse_tx.gadgets.core.fetching import Answer


def text(body: bytes, kind: str = "") -> str:
    """What an answer says."""
    headers = (("content-type", kind),) if kind else ()
    return text_of(Answer("http://a.example/", 200, headers, body))


class TextTests(SynchronousTestCase):
    """`text_of`."""

    def test_table(self) -> None:
        """Byte-order marks come first, then the header's charset, then XML's, then UTF-8, then Latin-1."""
        for body, kind, expected in (
            (b"", "", ""),
            ("é".encode(), "", "é"),
            (b"\xe9", "", "é"),
            (b"\x80", "text/plain; charset=windows-1252", "€"),
            (b"\x80", 'text/plain;charset="WINDOWS-1252"; x=y', "€"),
            (b"\xef\xbb\xbf\xc3\xa9", "text/plain; charset=iso-8859-1", "é"),
            ("é".encode("utf-16"), "", "é"),
            (
                b'<?xml version="1.0" encoding="ISO-8859-15"?>\xa4',
                "",
                '<?xml version="1.0" encoding="ISO-8859-15"?>€',
            ),
            (b"\xff", "text/plain; charset=utf-8", "\ufffd"),
            (b"\xe9", "text/plain; charset=none-such", "é"),
            (b"a", "text/plain; charset=zlib", "a"),
            (b"\\x41", "text/plain; charset=unicode_escape", "\\x41"),
            (b"+AEE-", "text/plain; charset=utf-7", "+AEE-"),
        ):
            self.assertEqual(text(body, kind), expected, (body, kind))

    def test_every_codec(self) -> None:
        """No codec of Python's takes a body that it fails with."""
        for name in sorted({*aliases, *aliases.values(), "idna", "punycode", "undefined"}):
            for body in (b"", b"a", b"\xff\x80-", bytes(range(256))):
                self.assertIsInstance(text(body, f"text/plain; charset={name}"), str, name)

    @given(body=st.binary(max_size=50), name=st.text(max_size=10))
    @settings(deadline=None)
    def test_any(self, body: bytes, name: str) -> None:
        """Whatever comes, with whatever it says of itself, becomes text."""
        self.assertIsInstance(text(body, f"text/plain; charset={name}"), str)
