"""The short way of plain requests: past the router and wokkel, which cost more than what is asked for.

A plain request publishes one item with one payload, or subscribes one's own address; those are nearly all. Nothing is
decided here: what is taken is done as `finesse_tx.notification.pubsub` would have done it, and whatever is not taken,
refusals too, goes that way. A test sends the same requests both ways.

Spec: XEP-0060 §6.1 and §7.1, without options.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twisted.words.xish.domish import Element

from finesse_tx.notification.core.namespaces import CLIENT, PUBSUB
from finesse_tx.notification.core.plain import Publication
from finesse_tx.notification.core.refusals import PubsubError
from finesse_tx.notification.core.sessions import Session
from finesse_tx.notification.created_nodes import CreatedNodes
from finesse_tx.notification.stanzas import element_text
from finesse_tx.notification.subscribing import Subscribing
from finesse_tx.xmltext import escape

__all__ = ["PlainRequests", "publication"]

_IQ: Final = frozenset({"type", "id", "to", "from"})
_PUBLISH: Final = frozenset({"node"})
_ITEM: Final = frozenset({"id"})
_SUBSCRIBE: Final = frozenset({"node", "jid"})
_NOTHING: Final = frozenset[str]()


class PlainRequests:
    """Does what plain requests ask for.

    Args:
        created: The nodes that can be published to.
        subscribing: Subscribes.
        service: The address of the publish-subscribe service.
    """

    __slots__ = ("_created", "_service", "_subscribing", "_written")

    def __init__(self, created: CreatedNodes, subscribing: Subscribing, service: str) -> None:
        self._created, self._subscribing = created, subscribing
        self._service, self._written = service, escape(service)

    def answer(self, session: Session, iq: Element) -> bytes | None:
        """Do what a stanza asks for.

        Returns:
            The answer; None when nothing was done, and the request is to go the long way.
        """
        if iq.name != "iq" or iq.getAttribute("to") != self._service:
            return None
        asked = publication(iq)
        return self._subscribe(session, iq) if asked is None else self.publish(session, asked)

    def answered(self) -> None:
        """An answer was written: now comes what follows it."""
        self._created.answered()

    def publish(self, session: Session, asked: Publication) -> bytes | None:
        """Publish; what it returns is as `answer` says."""
        if asked.to != self._service or asked.node not in self._created:
            return None
        item = (asked.item, asked.payload, asked.namespace)
        try:
            (made,) = self._created.publish(session.user.login_id, asked.node, [item], {})
        except PubsubError:
            return None
        return self._result(
            session,
            asked.id,
            f'<publish node="{escape(asked.node)}"><item id="{escape(made)}"/></publish>',
        )

    def _subscribe(self, session: Session, iq: Element) -> bytes | None:
        found = _request(iq, "subscribe", _SUBSCRIBE)
        if found is None or found.children:
            return None
        node, jid = found.getAttribute("node"), found.getAttribute("jid")
        if not node or jid not in {session.user.bare, session.jid}:
            return None
        resource = None if jid == session.user.bare else session.resource
        try:
            made = self._subscribing.subscribe(session.user.login_id, resource, node, None)
        except PubsubError:
            return None
        return self._result(
            session,
            iq["id"],
            f'<subscription node="{escape(node)}" jid="{escape(jid)}" subscription="subscribed"'
            f' subid="{escape(made.subid)}"/>',
        )

    def _result(self, session: Session, request: str, content: str) -> bytes:
        return (
            f'<iq xmlns="{CLIENT}" to="{escape(session.jid)}" from="{self._written}" id="{escape(request)}"'
            f' type="result"><pubsub xmlns="{PUBSUB}">{content}</pubsub></iq>'
        ).encode()


def publication(iq: Element) -> Publication | None:
    """Read a stanza that is a plain publish request; None for any other."""
    publish = _request(iq, "publish", _PUBLISH)
    item = None if publish is None else _only(publish, "item", _ITEM)
    if publish is None or item is None or len(item.children) != 1:
        return None
    (payload,) = item.children
    to, node = iq.getAttribute("to"), publish.getAttribute("node")
    if not (isinstance(payload, Element) and to and node):
        return None
    return Publication(
        to, iq["id"], node, item.getAttribute("id", ""), element_text(payload), payload.uri or ""
    )


def _request(iq: Element, verb: str, attributes: frozenset[str]) -> Element | None:
    """What a stanza asks of a publish-subscribe service, if it asks for nothing else and in no other way."""
    said: Mapping[str, str] = iq.attributes
    if iq.name != "iq" or said.get("type") != "set" or not _IQ.issuperset(said):
        return None
    pubsub = _only(iq, "pubsub", _NOTHING) if said.get("id") else None
    return None if pubsub is None else _only(pubsub, verb, attributes)


def _only(parent: Element, name: str, attributes: frozenset[str]) -> Element | None:
    """The one thing in an element, if it is an element of that name with no other attributes."""
    if len(parent.children) != 1:
        return None
    (found,) = parent.children
    if not isinstance(found, Element) or found.uri != PUBSUB or found.name != name:
        return None
    return found if attributes.issuperset(found.attributes) else None
