"""XMPP, publish-subscribe and BOSH without a socket; payloads are opaque."""
