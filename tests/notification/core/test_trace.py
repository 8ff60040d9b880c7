"""`finesse_tx.notification.core.trace`: what is written of a stanza."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.event import EventForm
from finesse_tx.notification.core.trace import (
    MAX_CHARACTERS,
    MAX_TRACED,
    Trace,
    TraceError,
    readable,
)
from finesse_tx.xmltext import escape

FORM = EventForm("pubsub.d", "urn:x", "id")


class ReadableTests(SynchronousTestCase):
    """For the log."""

    @given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=3))
    def test_values(self, secret: str) -> None:
        """What a call variable holds is not written, whatever it is; what stands around it is."""
        update = (
            f"<Update><CallVariable><name>callVariable1</name><value>§{escape(secret)}§</value>"
            "</CallVariable><state>TALKING</state></Update>"
        )
        found = readable(FORM.event("/n", update, "m").to(b"a@d"))
        self.assertNotIn("§", found)
        self.assertIn("&lt;name&gt;callVariable1&lt;/name&gt;&lt;value&gt;…&lt;/value&gt;", found)
        self.assertIn("TALKING", found)

    def test_plain(self) -> None:
        """Nor in an element of the stanza itself."""
        found = readable(b"<iq><q><password>finesse</password><name>a</name></q></iq>")
        self.assertEqual(found, "<iq><q><password>…</password><name>a</name></q></iq>")

    def test_long(self) -> None:
        """A long one is cut, and says how long it is."""
        self.assertEqual(readable(b"x" * MAX_CHARACTERS), "x" * MAX_CHARACTERS)
        found = readable(b"x" * (MAX_CHARACTERS + 1))
        self.assertTrue(found.endswith(f"x… ({MAX_CHARACTERS + 1} characters)"))


class TraceTests(SynchronousTestCase):
    """Whose."""

    def test_switch(self) -> None:
        """On and off, twice too."""
        trace = Trace()
        self.assertFalse(trace)
        for _ in range(2):
            trace.switch("agent1", on=True)
            self.assertTrue(trace and "agent1" in trace)
        for _ in range(2):
            trace.switch("agent1", on=False)
            self.assertFalse(trace or "agent1" in trace)

    def test_bound(self) -> None:
        """So many and no more; one who is traced already is none more."""
        trace = Trace()
        people = [f"agent{n}" for n in range(MAX_TRACED)]
        for login_id in [*people, "agent0"]:
            trace.switch(login_id, on=True)
        error = self.assertRaises(TraceError, trace.switch, "one", on=True)
        self.assertIn("--off", str(error))
        self.assertEqual(trace.people, people)
