"""`finesse_tx.gadgets.core.tokens`."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.tokens import LIFE_S, LONGEST_S, MAX_TOKEN, Grant, TokenSigner

SIGNER = TokenSigner(b"k" * 32)
URL = "https://desk.example.com/3rdpartygadget/files/a.xml?b=ü"
TOKEN = SIGNER.issue("agent1", URL, 7, "default", 1_000.9)


class TokenSignerTests(SynchronousTestCase):
    """Tokens of one key."""

    @given(
        viewer=st.text(),
        gadget=st.text(max_size=300),
        module_id=st.integers(0, 1 << 31),
        container=st.text(max_size=50),
    )
    @settings(deadline=None)
    def test_round_trip(self, viewer: str, gadget: str, module_id: int, container: str) -> None:
        """What goes into a token comes out of it."""
        token = SIGNER.issue(viewer, gadget, module_id, container, 5)
        if len(token) <= MAX_TOKEN:
            self.assertEqual(
                SIGNER.read(token, 5), Grant(viewer, gadget, module_id, container, 5, 5 + LIFE_S)
            )

    @given(at=st.integers(0, len(TOKEN) - 1), to=st.characters(max_codepoint=300))
    @settings(deadline=None)
    def test_changed(self, at: int, to: str) -> None:
        """A token with any character changed is none."""
        changed = TOKEN[:at] + to + TOKEN[at + 1 :]
        self.assertEqual(SIGNER.read(changed, 1_000) is not None, changed == TOKEN)

    @given(text=st.text())
    @settings(deadline=None)
    def test_any_text(self, text: str) -> None:
        """No other text is a token, and none is an error; one with something more is none."""
        self.assertIsNone(SIGNER.read(text, 0))
        if text:
            self.assertIsNone(SIGNER.read(TOKEN + text, 0))
            self.assertIsNone(SIGNER.read(text + TOKEN, 0))

    def test_others(self) -> None:
        """Shindig's form without a seal is none, nor is a token of another key, nor one that is too long."""
        for token in (
            "john.doe:john.doe:appid:cont:url:0:default",
            TokenSigner(b"l" * 32).issue("agent1", URL, 7, "default", 1_000),
            SIGNER.issue("agent1", "x" * MAX_TOKEN, 7, "default", 1_000),
        ):
            self.assertIsNone(SIGNER.read(token, 1_000))

    def test_expiry(self) -> None:
        """A token is good for its life, and not a second longer."""
        self.assertIsNotNone(SIGNER.read(TOKEN, 1_000 + LIFE_S - 1))
        self.assertIsNone(SIGNER.read(TOKEN, 1_000 + LIFE_S))

    def test_renewal(self) -> None:
        """It is renewed from the half of its life on, for the same gadget, and never beyond a day's work."""
        grant = SIGNER.read(TOKEN, 1_000)
        assert grant is not None
        half = 1_000 + LIFE_S // 2
        self.assertEqual(SIGNER.renewed(grant, half - 1), "")
        newer = SIGNER.read(SIGNER.renewed(grant, half), half)
        assert newer is not None
        self.assertEqual((newer.gadget, newer.viewer, newer.began_s), (URL, "agent1", 1_000))
        self.assertEqual(newer.until_s, half + LIFE_S)
        last = Grant("agent1", URL, 7, "default", 1_000, 1_000 + LONGEST_S - 1)
        newest = SIGNER.read(SIGNER.renewed(last, last.until_s - 1), last.until_s)
        assert newest is not None
        self.assertEqual(newest.until_s, 1_000 + LONGEST_S)
        self.assertEqual(SIGNER.renewed(newest, newest.until_s - 1), "")
