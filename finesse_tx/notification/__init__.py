"""The notification service: XMPP publish-subscribe over TCP, BOSH and WebSocket."""
