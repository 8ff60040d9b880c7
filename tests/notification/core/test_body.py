"""`finesse_tx.notification.core.body`: XEP-0124's wrapper."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.body import (
    EMPTY,
    MAX_RID,
    BodyError,
    body,
    number,
    read,
    request_id,
    terminate,
)
from finesse_tx.xmltext import XMLRefusedError
from tests.test_xmltext import Recorder

NS = b'xmlns="http://jabber.org/protocol/httpbind"'


class ReadTests(SynchronousTestCase):
    """Requests."""

    def read(self, document: bytes) -> tuple[Mapping[str, str], list[tuple[str, ...]]]:
        """Its attributes, and what is in it."""
        recorder = Recorder()
        return read(document, recorder), recorder.seen

    def test_parts(self) -> None:
        """The attributes come back, the payload is told without the wrapper."""
        attributes, payload = self.read(
            b"<body rid='7' xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh' %s>\n"
            b"<iq xmlns='jabber:client' id='1'>x</iq>\n</body>" % NS
        )
        self.assertEqual(attributes, {"rid": "7", "urn:xmpp:xbosh restart": "true"})
        iq = "jabber:client iq"
        self.assertEqual(payload, [("start", iq, "id=1"), ("data", "x"), ("end", iq)])

    def test_not_a_body(self) -> None:
        """Another element, another namespace, and text in the wrapper are refused."""
        for document in (b"<html/>", b"<body/>", b"<body %s>text</body>" % NS):
            error = self.assertRaises(BodyError, self.read, document)
            self.assertEqual(error.condition, "bad-request", document)

    def test_not_xml(self) -> None:
        """Section 6: no partial elements, comments, processing instructions or document types."""
        for inside in (b"<iq>", b"<!-- c -->", b"<?pi?>", b"</body><body>", b"&undefined;"):
            self.assertRaises(XMLRefusedError, self.read, b"<body %s>%s</body>" % (NS, inside))
        self.assertRaises(XMLRefusedError, self.read, b"<!DOCTYPE body><body %s/>" % NS)
        self.assertRaises(XMLRefusedError, self.read, b"")

    @given(st.binary(max_size=100))
    def test_any_bytes(self, content: bytes) -> None:
        """Whatever is in it, it is read or refused."""
        try:
            self.read(b"<body %s>%s</body>" % (NS, content))
        except (BodyError, XMLRefusedError) as error:
            self.assertTrue(str(error))


class NumberTests(SynchronousTestCase):
    """Attributes that are numbers."""

    def test_request_id(self) -> None:
        """From 1 to 2 to the 53rd less 1, and nothing else."""
        self.assertEqual(request_id({"rid": "1"}), 1)
        self.assertEqual(request_id({"rid": str(MAX_RID)}), 9007199254740991)
        for text in ("0", str(MAX_RID + 1), "-1", "1.0", "", "1e3", "\u0661", "9" * 5_000):
            self.assertRaises(BodyError, request_id, {"rid": text})
        self.assertRaises(BodyError, request_id, {})

    def test_default(self) -> None:
        """What is not there has its default."""
        self.assertEqual((number({}, "wait", 5), number({"wait": "0"}, "wait", 5)), (5, 0))


class WriteTests(SynchronousTestCase):
    """Responses."""

    def test_forms(self) -> None:
        """Empty, with attributes, with content, with both."""
        self.assertEqual(body("", b""), EMPTY)
        self.assertEqual(body(' a="1"', b""), b'<body %s a="1"/>' % NS)
        self.assertEqual(body("", b"<x/>"), b"<body %s><x/></body>" % NS)
        self.assertEqual(body(' a="1"', b"<x/>"), b'<body %s a="1"><x/></body>' % NS)

    def test_terminate(self) -> None:
        """With a condition and without; the code is for old clients, and for three conditions only."""
        self.assertEqual(terminate("").body, b'<body %s type="terminate"/>' % NS)
        reply = terminate("policy-violation", legacy=True)
        self.assertEqual(
            reply.body, b'<body %s type="terminate" condition="policy-violation"/>' % NS
        )
        self.assertEqual(reply.code, 403)
        self.assertEqual(terminate("policy-violation").code, 200)
        self.assertEqual(terminate("system-shutdown", legacy=True).code, 200)
