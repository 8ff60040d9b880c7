"""A BOSH client made of requests, which nobody here wrote."""

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from xml.etree import ElementTree

import requests

__all__ = ["NS", "Browser"]

NS: Final = "http://jabber.org/protocol/httpbind"

LIMIT_S = 120


class Browser:
    """A BOSH client made of requests, on two connections as a browser has.

    Attributes:
        sid: Of the session.
        rid: Of the newest request.
        created: The response that made the session.
    """

    def __init__(self, url: str, verify: str | bool = True) -> None:
        self._url, self._verify = url, verify
        self._pool = ThreadPoolExecutor(2)
        self._http = requests.Session()
        self._http.trust_env = False  # this machine's own authorities and proxies are not ours
        self.sid, self.rid, self.created = "", 5_000, ""

    def send(
        self, inner: str = "", attributes: str = "", *, rid: int | None = None
    ) -> requests.Response:
        """Send a request, and wait for the answer."""
        if rid is None:
            self.rid += 1
            rid = self.rid
        sid = f" sid='{self.sid}'" if self.sid else ""
        response = self._http.post(
            self._url,
            f"<body xmlns='{NS}' rid='{rid}'{sid} {attributes}>{inner}</body>",
            headers={
                "Content-Type": "text/xml; charset=utf-8",
                "Origin": "https://desk.example.com",
            },
            verify=self._verify,
            timeout=LIMIT_S,
        )
        assert response.status_code == 200, response.text
        return response

    def sign_in(self, name: str, to: str = "x") -> "Browser":
        """All of it, and the first presence; a server that has several domains must be told which."""
        text = b64encode(f"\0{name}\0finesse".encode()).decode()
        version = "xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0'"
        asked = f"to='{to}' wait='30' hold='1' ver='1.6' xml:lang='en' {version}"
        self.created = self.send("", asked).text
        self.sid = str(ElementTree.fromstring(self.created).get("sid"))
        self.send(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{text}</auth>")
        self.send("", "xmlns:xmpp='urn:xmpp:xbosh' xmpp:restart='true'")
        self.send(
            "<iq xmlns='jabber:client' type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
        )
        self.send("<presence xmlns='jabber:client'/>")
        return self

    def poll(self) -> "requests.Response":
        """Poll, and wait."""
        return self.send()

    def close(self) -> None:
        """Leave without a word."""
        self._http.close()
        self._pool.shutdown()

    def next_events(self) -> list[tuple[str, str]]:
        """Poll, and return the notifications that come: node and payload."""
        body = ElementTree.fromstring(self.poll().text)
        event, pubsub = (
            "{http://jabber.org/protocol/pubsub#event}",
            "{http://jabber.org/protocol/pubsub}",
        )
        return [
            (items.get("node", ""), items.findtext(f"{event}item/{pubsub}notification", ""))
            for items in body.iter(f"{event}items")
        ]
