"""BOSH with curl alone, which a person at a terminal has: on the BOSH ports and on the web ports."""

import subprocess
from base64 import b64encode

from tests.support.bosh import attributes_of
from tests.support.browser import NS
from tests.support.debian import needs
from tests.support.notification import user
from tests.support.ports import LIMIT_S, PortsTestCase


class CurlTests(PortsTestCase):
    """One session, each request a process and a connection of its own."""

    door = "bosh"

    def curl(self, *arguments: str, body: str) -> str:
        """Send a request, and return what is printed."""
        scheme = "https" if self.door.endswith("s") else "http"
        done = subprocess.run(
            [
                needs("curl", "curl"),
                *("--silent", "--show-error", "--fail-with-body", "--noproxy", "*"),
                *("--cacert", str(self.authority), "--max-time", str(LIMIT_S)),
                *("--data-binary", "@-", "--header", "Content-Type: text/xml; charset=utf-8"),
                *arguments,
                f"{scheme}://127.0.0.1:{self.ports[self.door]}/http-bind/",
            ],
            input=body,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    async def test_road(self) -> None:
        """Sign in, wait for an event, get it again, leave; also with ``Expect``, and compressed."""

        def road() -> None:
            first = self.curl(
                body=f"<body xmlns='{NS}' rid='1' to='x' wait='20' hold='1' ver='1.6'/>"
            )
            sid = attributes_of(first.encode())["sid"]
            secret = b64encode(b"\0agent1\0finesse").decode()
            sasl, bind = "urn:ietf:params:xml:ns:xmpp-sasl", "urn:ietf:params:xml:ns:xmpp-bind"

            def say(rid: int, inner: str = "", attributes: str = "", *arguments: str) -> str:
                body = f"<body xmlns='{NS}' sid='{sid}' rid='{rid}' {attributes}>{inner}</body>"
                return self.curl(*arguments, body=body)

            auth = f"<auth xmlns='{sasl}' mechanism='PLAIN'>{secret}</auth>"
            self.assertIn("<success", say(2, auth, "", "--header", "Expect: 100-continue"))
            self.assertIn(bind, say(3, "", "xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'"))
            iq = f"<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='{bind}'/></iq>"
            self.assertIn("<jid>agent1@", say(4, iq))
            self.assertIn("<presence", say(5, "<presence xmlns='jabber:client'/>"))
            long = f"<Update>{'long ' * 1_000}</Update>"
            self.in_reactor(self.service.publish, user("agent1"), long)
            event = say(6, "", "", "--compressed")
            self.assertEqual(event.count("long "), 1_000)
            self.assertEqual(say(6), event)
            self.assertIn('type="terminate"', say(7, "", "type='terminate'"))

        await self.in_thread(road)
        self.assertEqual(self.listener.seen, [("agent1", True), ("agent1", False)])


class SecureCurlTests(CurlTests):
    """The same over TLS."""

    door = "boshs"


class WebPortsCurlTests(CurlTests):
    """The same on the web ports."""

    door = "http"


class SecureWebPortsCurlTests(CurlTests):
    """The same there, over TLS."""

    door = "https"
