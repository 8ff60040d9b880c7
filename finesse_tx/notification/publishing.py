"""The short way of a plain publish request: past the router and wokkel, which cost more than the publishing.

It decides nothing: what it takes is what `finesse_tx.notification.pubsub` would have done with the same request, and
whatever it does not take, refusals too, goes that way. A test sends the same requests both ways.

Spec: XEP-0060 §7.1 (one item, without options).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twisted.words.xish.domish import Element

from finesse_tx.notification.core.namespaces import CLIENT, PUBSUB
from finesse_tx.notification.core.plain import Publication
from finesse_tx.notification.core.refusals import PubsubError
from finesse_tx.notification.created_nodes import CreatedNodes
from finesse_tx.notification.stanzas import element_text
from finesse_tx.xmltext import escape

__all__ = ["PlainPublishing", "publication"]

_IQ: Final = frozenset({"type", "id", "to", "from"})
_PUBLISH: Final = frozenset({"node"})
_ITEM: Final = frozenset({"id"})
_NOTHING: Final = frozenset[str]()


class PlainPublishing:
    """Publishes what plain requests ask for.

    Args:
        created: The nodes that can be published to.
        service: The address of the publish-subscribe service.
    """

    __slots__ = ("_created", "_service", "_written")

    def __init__(self, created: CreatedNodes, service: str) -> None:
        self._created, self._service, self._written = created, service, escape(service)

    def publish(self, login_id: str, sender: str, asked: Publication) -> bytes | None:
        """Publish.

        Args:
            login_id: Who.
            sender: The full address that is answered.
            asked: What is published.

        Returns:
            The answer; None when nothing was done, and the request is to go the long way.
        """
        if asked.to != self._service or asked.node not in self._created:
            return None
        item = (asked.item, asked.payload, asked.namespace)
        try:
            (made,) = self._created.publish(login_id, asked.node, [item], {})
        except PubsubError:
            return None
        return (
            f'<iq xmlns="{CLIENT}" to="{escape(sender)}" from="{self._written}" id="{escape(asked.id)}" type="result">'
            f'<pubsub xmlns="{PUBSUB}"><publish node="{escape(asked.node)}"><item id="{escape(made)}"/></publish></pubsub>'
            "</iq>"
        ).encode()


def publication(iq: Element) -> Publication | None:
    """Read a stanza that is a plain publish request; None for any other."""
    attributes: Mapping[str, str] = iq.attributes
    if iq.name != "iq" or attributes.get("type") != "set" or not _IQ.issuperset(attributes):
        return None
    pubsub = _only(iq, "pubsub", _NOTHING)
    publish = None if pubsub is None else _only(pubsub, "publish", _PUBLISH)
    item = None if publish is None else _only(publish, "item", _ITEM)
    if publish is None or item is None or len(item.children) != 1:
        return None
    (payload,) = item.children
    to, request, node = (
        attributes.get("to", ""),
        attributes.get("id", ""),
        publish.getAttribute("node"),
    )
    if not (isinstance(payload, Element) and to and request and node):
        return None
    return Publication(
        to, request, node, item.getAttribute("id", ""), element_text(payload), payload.uri or ""
    )


def _only(parent: Element, name: str, attributes: frozenset[str]) -> Element | None:
    """The one thing in an element, if it is an element of that name with no other attributes."""
    if len(parent.children) != 1:
        return None
    (found,) = parent.children
    if not isinstance(found, Element) or found.uri != PUBSUB or found.name != name:
        return None
    return found if attributes.issuperset(found.attributes) else None
