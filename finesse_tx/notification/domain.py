"""The domain itself, as a component: discovery, ping, version.

Spec: XEP-0030, XEP-0092, XEP-0199; whatever else is asked of it is ``service-unavailable``, never silence
(``notifications.md`` §1.3).
"""

from __future__ import annotations

from twisted.words.protocols.jabber.jid import JID
from zope.interface import implementer

import finesse_tx
from finesse_tx.notification.core.namespaces import DISCO_INFO, DISCO_ITEMS
from finesse_tx.notification.router import StanzaRouter
from finesse_tx.notification.wokkel_names import (
    component,
    disco,
    generic,
    iwokkel,
    ping,
    subprotocols,
)

__all__ = ["domain_component"]


@implementer(iwokkel.IDisco)
class _Server(subprotocols.XMPPHandler):
    """What discovery says of the domain."""

    def __init__(self, pubsub_domain: str) -> None:
        super().__init__()
        self._pubsub_domain = pubsub_domain

    def getDiscoInfo(self, _requestor: JID, _target: JID, nodeIdentifier: str = "") -> list[object]:
        if nodeIdentifier:
            return []
        return [
            disco.DiscoIdentity("server", "im", "finesse_tx"),
            disco.DiscoFeature(DISCO_INFO),
            disco.DiscoFeature(DISCO_ITEMS),
        ]

    def getDiscoItems(
        self, _requestor: JID, _target: JID, nodeIdentifier: str = ""
    ) -> list[object]:
        if nodeIdentifier:
            return []
        return [disco.DiscoItem(JID(self._pubsub_domain), "", "Publish-Subscribe Service")]


def domain_component(
    router: StanzaRouter, domain: str, pubsub_domain: str
) -> component.InternalComponent:
    """Make the component; it is on the router while it runs."""
    made = component.InternalComponent(router, domain)
    for handler in (
        _Server(pubsub_domain),
        disco.DiscoHandler(),
        ping.PingHandler(),
        generic.VersionHandler("finesse_tx", finesse_tx.__version__),
        generic.FallbackHandler(),
    ):
        handler.setHandlerParent(made)
    return made
