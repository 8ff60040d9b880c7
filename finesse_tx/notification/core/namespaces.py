"""The XML namespaces that the notification service speaks."""

from typing import Final

__all__ = [
    "BIND",
    "BOSH",
    "CHANNEL_BINDING",
    "CLIENT",
    "COMPONENT",
    "DATA",
    "DELAY",
    "DISCO_INFO",
    "DISCO_ITEMS",
    "FRAMING",
    "LAST",
    "PING",
    "PUBSUB",
    "PUBSUB_ERRORS",
    "PUBSUB_EVENT",
    "PUBSUB_META_DATA",
    "PUBSUB_NODE_CONFIG",
    "PUBSUB_OWNER",
    "PUBSUB_PUBLISH_OPTIONS",
    "PUBSUB_SUBSCRIBE_OPTIONS",
    "ROSTER",
    "SASL",
    "SESSION",
    "STANZAS",
    "STREAM",
    "STREAMS",
    "STREAM_MANAGEMENT",
    "TIME",
    "TLS",
    "XBOSH",
    "XML",
]

XML: Final = "http://www.w3.org/XML/1998/namespace"
STREAM: Final = "http://etherx.jabber.org/streams"
CLIENT: Final = "jabber:client"
COMPONENT: Final = "jabber:component:accept"
STREAMS: Final = "urn:ietf:params:xml:ns:xmpp-streams"
STREAM_MANAGEMENT: Final = "urn:xmpp:sm:3"
TIME: Final = "urn:xmpp:time"
STANZAS: Final = "urn:ietf:params:xml:ns:xmpp-stanzas"
TLS: Final = "urn:ietf:params:xml:ns:xmpp-tls"
SASL: Final = "urn:ietf:params:xml:ns:xmpp-sasl"
CHANNEL_BINDING: Final = "urn:xmpp:sasl-cb:0"
BIND: Final = "urn:ietf:params:xml:ns:xmpp-bind"
SESSION: Final = "urn:ietf:params:xml:ns:xmpp-session"
BOSH: Final = "http://jabber.org/protocol/httpbind"
XBOSH: Final = "urn:xmpp:xbosh"
PUBSUB: Final = "http://jabber.org/protocol/pubsub"
PUBSUB_EVENT: Final = "http://jabber.org/protocol/pubsub#event"
PUBSUB_OWNER: Final = "http://jabber.org/protocol/pubsub#owner"
PUBSUB_META_DATA: Final = "http://jabber.org/protocol/pubsub#meta-data"
PUBSUB_NODE_CONFIG: Final = "http://jabber.org/protocol/pubsub#node_config"
PUBSUB_PUBLISH_OPTIONS: Final = "http://jabber.org/protocol/pubsub#publish-options"
PUBSUB_SUBSCRIBE_OPTIONS: Final = "http://jabber.org/protocol/pubsub#subscribe_options"
PUBSUB_ERRORS: Final = "http://jabber.org/protocol/pubsub#errors"
DISCO_INFO: Final = "http://jabber.org/protocol/disco#info"
DISCO_ITEMS: Final = "http://jabber.org/protocol/disco#items"
PING: Final = "urn:xmpp:ping"
ROSTER: Final = "jabber:iq:roster"
LAST: Final = "jabber:iq:last"
FRAMING: Final = "urn:ietf:params:xml:ns:xmpp-framing"
DATA: Final = "jabber:x:data"
DELAY: Final = "urn:xmpp:delay"
