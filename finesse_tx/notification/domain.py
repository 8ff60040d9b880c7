"""The domain itself, as a component: discovery, ping, version, time.

Spec: XEP-0030, XEP-0092, XEP-0199, XEP-0202; whatever else is asked of it is ``service-unavailable``, never silence
(``notifications.md`` §1.3).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.words.protocols.jabber.jid import JID
from twisted.words.protocols.jabber.xmlstream import toResponse
from typing_extensions import override
from zope.interface import implementer

import finesse_tx
from finesse_tx.notification.core.namespaces import DISCO_INFO, DISCO_ITEMS, TIME
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


@implementer(iwokkel.IDisco)
class _Time(subprotocols.XMPPHandler):
    """What time it is here: always UTC."""

    def __init__(self, utc: Callable[[], str]) -> None:
        super().__init__()
        self._utc = utc

    @override
    def connectionInitialized(self) -> None:
        stream: Any = self.xmlstream
        stream.addObserver(f"/iq[@type='get']/time[@xmlns='{TIME}']", self._tell)

    def _tell(self, iq: Any) -> None:
        answer = toResponse(iq, "result")
        time = answer.addElement((TIME, "time"))
        time.addElement("tzo", content="+00:00")
        time.addElement("utc", content=self._utc())
        self.send(answer)
        iq.handled = True

    def getDiscoInfo(self, _requestor: JID, _target: JID, nodeIdentifier: str = "") -> list[object]:
        return [] if nodeIdentifier else [disco.DiscoFeature(TIME)]

    def getDiscoItems(
        self, _requestor: JID, _target: JID, _nodeIdentifier: str = ""
    ) -> list[object]:
        return []


def domain_component(
    router: StanzaRouter, domain: str, pubsub_domain: str, utc: Callable[[], str]
) -> component.InternalComponent:
    """Make the component; it is on the router while it runs.

    Args:
        router: Where to.
        domain: The XMPP domain.
        pubsub_domain: The publish-subscribe service.
        utc: Tells the time, as XEP-0082 has it.
    """
    made = component.InternalComponent(router, domain)
    for handler in (
        _Server(pubsub_domain),
        disco.DiscoHandler(),
        ping.PingHandler(),
        _Time(utc),
        generic.VersionHandler("finesse_tx", finesse_tx.__version__),
        generic.FallbackHandler(),
    ):
        handler.setHandlerParent(made)
    return made
