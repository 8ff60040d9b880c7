"""XEP-0206 1.4, each rule that applies: ``test_x5_…`` is one of §5."""

from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import STREAM, XBOSH
from tests.support.bosh_http import web_port
from tests.support.bosh_rules import AUTH, RulesTestCase
from tests.support.notification import user


class XMPPRulesTests(RulesTestCase):
    """On the BOSH ports."""

    def test_x2_stream_namespace(self) -> None:
        """A wrapper with the stream's features or error in it declares their prefix."""
        client = self.client().create()
        client.post(AUTH)
        restarted = client.post(xmpp_restart="true")
        held = self.signed_in().post()
        self.client().sign_in()
        for posted in (client.first, restarted, held):
            wrapper = posted.document.partition(b">")[0]
            self.assertIn(f'xmlns:stream="{STREAM}"'.encode(), wrapper)

    def test_x4_version_and_restartlogic(self) -> None:
        """The first response has the version, ``restartlogic``, and the features."""
        client = self.client().create()
        found = client.first.body
        self.assertEqual(found.get(f"{{{XBOSH}}}version"), "1.0")
        self.assertEqual(found.get(f"{{{XBOSH}}}restartlogic"), "true")
        self.assertEqual([child.tag for child in found], [f"{{{STREAM}}}features"])

    def test_x5_restart(self) -> None:
        """After signing in, a restart gets the features of a stream that is signed in."""
        client = self.client().create()
        client.post(AUTH)
        restarted = client.post(xmpp_restart="true", to="x", xml_lang="en")
        self.assertEqual(restarted.payloads, ["features"])
        self.assertIn(b"xmpp-bind", restarted.document)

    def test_x5_stanza_in_a_restart_is_ignored(self) -> None:
        """What else is in a restart request is not dealt with."""
        client = self.client().create()
        client.post(AUTH)
        restarted = client.post(client.message("a"), xmpp_restart="1")
        self.assertEqual(restarted.payloads, ["features"])

    def test_x6_remote_stream_error(self) -> None:
        """A stream error ends the session, with the stanzas that waited before it."""
        client = self.signed_in()
        held = client.post()
        (carrier,) = self.service._manager
        self.service.publish(user("agent1"), "a")
        carrier.end(StreamError("conflict"))
        self.assertEnded(held, "remote-stream-error")
        self.assertEqual(held.payloads, ["message", "error"])
        self.assertIsNotNone(held.body.find(".//{urn:ietf:params:xml:ns:xmpp-streams}conflict"))


class WebPortsXMPPRulesTests(XMPPRulesTests):
    """The same on the web ports."""

    port = staticmethod(web_port)
