"""Where a run against the notification service begins.

Nothing of ours is imported here: atheris instruments what is imported after this.
"""

from __future__ import annotations

from typing import Final

from tests.support.scram import ScramClient
from tests.support.xmpp import HEADER, auth, bind, pubsub

__all__ = ["BOSH_ROAD", "NAMES", "ROAD", "SID", "xmpp_seeds"]

NAMES: Final = frozenset({"xmpp", "bosh", "bosh_port"})
"""The targets."""

_SM: Final = "<enable xmlns='urn:xmpp:sm:3' resume='true'/>"

ROAD: Final = (HEADER, auth("admin"), HEADER, bind("r"), "<presence/>", _SM)
"""What a client says until it can do everything; the second byte says how much of it is said."""

SID: Final = b"SID"
"""Stands for the identifier of the session in what is fed."""

_BODY: Final = "<body xmlns='http://jabber.org/protocol/httpbind' rid='{}' sid='SID'{}>{}</body>"
_CREATE: Final = "<body xmlns='http://jabber.org/protocol/httpbind' rid='1' to='x' wait='30' hold='1' ver='1.6'/>"
BOSH_ROAD: Final = (
    _CREATE,
    _BODY.format(2, "", auth("admin")),
    _BODY.format(3, " xmlns:x='urn:xmpp:xbosh' x:restart='true'", ""),
    _BODY.format(4, "", bind("r").replace("<iq ", "<iq xmlns='jabber:client' ")),
    _BODY.format(5, "", "<presence xmlns='jabber:client'/>"),
)

_STANZAS: Final = (
    "<iq type='get' id='1' to='finesse.test'><ping xmlns='urn:xmpp:ping'/></iq>",
    "<iq type='get' id='1' to='finesse.test'><time xmlns='urn:xmpp:time'/></iq>",
    "<iq type='get' id='1'><query xmlns='jabber:iq:roster'/></iq>",
    "<iq type='get' id='1' to='pubsub.finesse.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    "<iq type='get' id='1' to='pubsub.finesse.test'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
    "<presence><show>away</show><priority>-1</priority></presence>",
    "<presence type='probe' to='admin@finesse.test'/>",
    "<message to='admin@finesse.test'><body>é &amp;#x1;</body></message>",
    pubsub("<subscribe node='/finesse/api/SystemInfo' jid='admin@finesse.test'/>"),
    pubsub("<create node='n'/>"),
    pubsub("<publish node='n'><item id='1'><entry xmlns='urn:x'>t</entry></item></publish>"),
    pubsub("<items node='n'/>", "get"),
    pubsub("<retract node='n'><item id='1'/></retract>"),
    pubsub("<subscriptions/>", "get"),
    pubsub("<purge node='n'/>").replace("pubsub'>", "pubsub#owner'>"),
    pubsub("<delete node='n'/>").replace("pubsub'>", "pubsub#owner'>"),
    pubsub("<configure node='n'/>", "get").replace("pubsub'>", "pubsub#owner'>"),
    _SM + "<r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='1'/>",
    "<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>",
    "</stream:stream>",
)


def xmpp_seeds(target: str) -> list[bytes]:
    """Where a run begins."""
    found: list[bytes] = []
    if target == "xmpp":
        whole = "".join(ROAD)
        found = [
            b"\3\0\0" + whole.encode(),
            b"\3\0\0" + (HEADER + ScramClient("admin").auth()).encode(),
        ]
        for text in _STANZAS:
            found += [b"\3\5\1" + text.encode(), b"\1\6\0" + text.encode()]
        return [*found, b"\3\5\0" + "".join(_STANZAS[:-1]).encode()]
    bodies = [
        _BODY.format(6, "", text.replace("><", " xmlns='jabber:client'><", 1))
        for text in _STANZAS[:-1]
    ]
    bodies += [
        _BODY.format(7, " pause='10'", ""),
        _BODY.format(6, " type='terminate'", ""),
        _BODY.format(6, " ack='5' key='x' newkey='y'", ""),
        _CREATE.replace("/>", " ack='1' newkey='x' content='text/xml'/>"),
    ]
    if target == "bosh":
        every = b"\xff".join(text.encode() for text in bodies[:4])
        return [*(b"\0\5\1" + text.encode() for text in bodies), b"\0\5\0" + every]
    heads = ("POST /http-bind/", "OPTIONS /http-bind", "GET /ws", "GET /")
    return [
        b"\3\0\1"
        + f"{head} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n{body}".encode()
        for head in heads
        for body in ("", _CREATE)
    ]
