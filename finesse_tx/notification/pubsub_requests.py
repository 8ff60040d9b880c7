"""What a publish-subscribe request says, and how it is refused: what wokkel's form of it leaves to be read.

Spec: XEP-0060 §5.4 (metadata), §7.1.1 (items), and the conditions of `finesse_tx.notification.core.refusals`.
"""

from __future__ import annotations

from twisted.words.protocols.jabber.jid import JID
from twisted.words.xish.domish import Element

from finesse_tx.notification.core.namespaces import PUBSUB, PUBSUB_ERRORS
from finesse_tx.notification.core.node_config import FIELDS
from finesse_tx.notification.core.nodes import Affiliation, Node
from finesse_tx.notification.core.refusals import PubsubError, Refusal
from finesse_tx.notification.stanzas import child, element_text, refusal
from finesse_tx.notification.wokkel_names import pubsub

__all__ = [
    "asked",
    "beside",
    "content",
    "meta_data",
    "node_of",
    "own_subscriber",
    "refused",
    "sender_of",
    "verb_of",
]


def refused(found: Refusal) -> Exception:
    """A refusal as wokkel wants it."""
    detail = Element((PUBSUB_ERRORS, found.detail)) if found.detail else None
    if detail is not None and found.feature:
        detail["feature"] = found.feature
    return refusal(found.condition, detail, kind=found.kind)


def meta_data(node: Node) -> list[dict[str, object]]:
    """What discovery says of a node that was created (§5.4)."""
    owners = [one for one, found in node.affiliations.items() if found is Affiliation.OWNER]
    fields: list[dict[str, object]] = [
        {"var": f"pubsub#{name}", "type": FIELDS[name].kind.value, "value": value}
        for name, value in node.config.values.items()
        if name in {"title", "description", "access_model", "publish_model", "type"} and value
    ]
    return [*fields, {"var": "pubsub#owner", "type": "jid-multi", "values": owners}]


def content(item: Element) -> tuple[str, str, str]:
    """The id, the payload and the payload's namespace of an item that is published.

    Raises:
        PubsubError: ``INVALID_PAYLOAD``: it has several payloads.
    """
    payloads = [one for one in item.children if isinstance(one, Element)]
    if len(payloads) > 1:
        raise PubsubError(Refusal.INVALID_PAYLOAD)
    if not payloads:
        return item.getAttribute("id", ""), "", ""
    return item.getAttribute("id", ""), element_text(payloads[0]), payloads[0].uri or ""


def asked(iq: Element) -> Element | None:
    """The element that says what is asked; None where there is none."""
    around = child(iq)
    return child(around) if around is not None else None


def verb_of(request: pubsub.PubSubRequest) -> Element:
    """The element that says what is asked.

    Raises:
        PubsubError: ``MALFORMED``.
    """
    found = asked(request.element)
    if found is None:
        raise PubsubError(Refusal.MALFORMED)
    return found


def beside(request: pubsub.PubSubRequest, name: str) -> Element | None:
    """What stands beside it: the options of a new subscription, and the like."""
    around = child(request.element)
    return next(around.elements(PUBSUB, name), None) if around is not None else None


def node_of(request: pubsub.PubSubRequest) -> str:
    """The node that a request is about.

    Raises:
        PubsubError: ``NODE_ID_REQUIRED``.
    """
    node: str = request.nodeIdentifier or ""
    if not node:
        raise PubsubError(Refusal.NODE_ID_REQUIRED)
    return node


def own_subscriber(request: pubsub.PubSubRequest) -> JID:
    """The address that is to be subscribed, which must be the requestor's.

    Raises:
        PubsubError: ``INVALID_JID``.
    """
    subscriber: JID | None = request.subscriber
    if subscriber is None or subscriber.userhost() != sender_of(request).userhost():
        raise PubsubError(Refusal.INVALID_JID)
    return subscriber


def sender_of(request: pubsub.PubSubRequest) -> JID:
    """Who asks.

    Raises:
        PubsubError: ``MALFORMED``.
    """
    sender: JID | None = request.sender
    if sender is None:
        raise PubsubError(Refusal.MALFORMED)
    return sender
