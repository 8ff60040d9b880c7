"""`finesse_tx.notification.core.event`: a notification's bytes."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.event import EventForm
from finesse_tx.xmltext import escape

PROCESS = "8d0f2d1e-7b1c-4a43-9b5f-2f0a5b8f7c0a"

UPDATE = """<Update>
  <data>
    <user>
      <firstName>Zo\u00eb &amp; "Co"</firstName>
    </user>
  </data>
  <event>PUT</event>
</Update>"""

# notifications.md section 5, with nothing between the elements.
GOLDEN = (
    b'<message xmlns="jabber:client" from="pubsub.fin1.example.com" to="1001@fin1.example.com" id="k3J9sQ2x">'
    b'<event xmlns="http://jabber.org/protocol/pubsub#event"><items node="/finesse/api/User/1001">'
    b'<item id="8d0f2d1e-7b1c-4a43-9b5f-2f0a5b8f7c0a1">'
    b'<notification xmlns="http://jabber.org/protocol/pubsub">&lt;Update&gt;\n  &lt;data&gt;\n    &lt;user&gt;\n'
    b"      &lt;firstName&gt;Zo\xc3\xab &amp;amp; &quot;Co&quot;&lt;/firstName&gt;\n    &lt;/user&gt;\n"
    b"  &lt;/data&gt;\n  &lt;event&gt;PUT&lt;/event&gt;\n&lt;/Update&gt;</notification>"
    b"</item></items></event></message>"
)


def form(namespace: str = "http://jabber.org/protocol/pubsub") -> EventForm:
    """The form of the golden stanza."""
    return EventForm("pubsub.fin1.example.com", namespace, PROCESS)


class EventTests(SynchronousTestCase):
    """The stanza."""

    def test_golden(self) -> None:
        """Byte for byte what the reference shows."""
        event = form().event("/finesse/api/User/1001", UPDATE, "k3J9sQ2x")
        self.assertEqual(event.to(b"1001@fin1.example.com"), GOLDEN)

    def test_item_name(self) -> None:
        """``item`` has no prefix, as wokkel's own notifications would give it: clients find it by its tag."""
        self.assertIn(b"<item id=", form().event("n", "x", "m").to(b"a@b"))

    def test_numbers_grow(self) -> None:
        """Each publish has the next number; each recipient of one publish has the same."""
        events = form()
        first, second = events.event("n", "x", "m"), events.event("n", "x", "m")
        self.assertIn(f'"{PROCESS}1"'.encode(), first.to(b"a@d"))
        self.assertIn(f'"{PROCESS}1"'.encode(), first.to(b"b@d"))
        self.assertIn(f'"{PROCESS}2"'.encode(), second.to(b"a@d"))

    def test_payload_namespace(self) -> None:
        """The namespace of the payload is the operator's."""
        stanza = form("urn:xmpp:push:0").event("n", "x", "m").to(b"a@d")
        self.assertIn(b'<notification xmlns="urn:xmpp:push:0">x</notification>', stanza)

    @given(st.text(), st.text(), st.text())
    def test_any_text(self, node: str, payload: str, address: str) -> None:
        """Whatever is in node, payload and address, the stanza is well-formed and says the same again."""
        stanza = form().event(node, payload, "m").to(escape(address).encode())
        message = ElementTree.fromstring(stanza)
        items = message.find(".//{http://jabber.org/protocol/pubsub#event}items")
        notification = message.find(".//{http://jabber.org/protocol/pubsub}notification")
        assert items is not None
        assert notification is not None
        plain = ElementTree.fromstring(
            f'<a b="{escape(node)}" c="{escape(address)}">{escape(payload)}</a>'
        )
        self.assertEqual(items.get("node"), plain.get("b"))
        self.assertEqual(message.get("to"), plain.get("c"))
        self.assertEqual(notification.text, plain.text)
