"""The publish-subscribe service, as a component: requests go through wokkel, notifications do not.

It can stand on the router in this process, or join another server by XEP-0114: its handlers are the same, and all
that they ask of their surroundings is whose address it is that a request comes from.

Spec: XEP-0060 §5 (discovery), §5.6 (subscriptions), §6.1, §6.2, §6.5 (items: none are kept); ``notifications.md`` §4.
Left out: nodes that clients create, options, affiliations, publishing by clients.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.words.protocols.jabber.ijabber import IXMPPHandler
from twisted.words.protocols.jabber.jid import JID, InvalidFormat
from twisted.words.xish.domish import Element
from typing_extensions import override

from finesse_tx.interfaces import INodePolicy
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.notification.core.errors import SubscriptionError
from finesse_tx.notification.core.namespaces import DISCO_INFO, PUBSUB, PUBSUB_ERRORS
from finesse_tx.notification.core.subscriptions import Subscriptions
from finesse_tx.notification.stanzas import refusal
from finesse_tx.notification.wokkel_names import disco, generic, ping, pubsub

__all__ = ["AUTOMATIC_SUBID", "NodeResource", "pubsub_handlers"]

AUTOMATIC_SUBID = "automatic"
"""The identifier of every subscription that nobody made."""


class NodeResource(pubsub.PubSubResource):
    """What the requests of XEP-0060 mean here.

    Args:
        policy: Who may see what.
        subscriptions: The explicit ones.
        login_id: Whose address it is; None for an address that is nobody's.
        new_id: Makes subscription identifiers.
    """

    features = ["retrieve-items", "retrieve-subscriptions", "subscribe"]  # noqa: RUF012 - wokkel's form

    def __init__(
        self,
        policy: INodePolicy,
        subscriptions: Subscriptions,
        login_id: Callable[[JID], str | None],
        new_id: Callable[[], str],
    ) -> None:
        self._policy, self._subscriptions = policy, subscriptions
        self._login_id, self._new_id = login_id, new_id

    @override
    def subscribe(self, request: pubsub.PubSubRequest) -> Deferred[pubsub.Subscription]:
        return maybeDeferred(self._subscribe, request)

    @override
    def unsubscribe(self, request: pubsub.PubSubRequest) -> Deferred[None]:
        return maybeDeferred(self._unsubscribe, request)

    @override
    def subscriptions(self, request: pubsub.PubSubRequest) -> Deferred[list[pubsub.Subscription]]:
        return maybeDeferred(self._list, request)

    @override
    def items(self, request: pubsub.PubSubRequest) -> Deferred[list[pubsub.Item]]:
        return maybeDeferred(self._items, request)

    @override
    def publish(self, request: pubsub.PubSubRequest) -> Deferred[None]:
        return maybeDeferred(self._publish, request)

    @override
    def getInfo(
        self, requestor: JID, service: JID, nodeIdentifier: str
    ) -> dict[str, object] | None:
        """What discovery says of a node; None when there is none for this one."""
        login_id = self._login_id(requestor)
        if not nodeIdentifier or login_id is None:
            return None
        if self._policy.node_access(login_id, nodeIdentifier) is not NodeAccess.ALLOWED:
            return None
        return {"type": "leaf", "meta-data": []}

    @override
    def getNodes(self, requestor: JID, service: JID, nodeIdentifier: str) -> Deferred[list[str]]:
        """The nodes of a person; a leaf has none."""
        return maybeDeferred(lambda: [] if nodeIdentifier else self._automatic(requestor))

    # ----------------------------------------------------------------------------------------------------------------

    def _subscribe(self, request: pubsub.PubSubRequest) -> pubsub.Subscription:
        login_id, node = self._person(request), self._node(request)
        subscriber = self._own(request)
        self._check(login_id, node)
        if subscriber.resource is None and node in self._policy.automatic_nodes(login_id):
            return pubsub.Subscription(
                node, subscriber, "subscribed", subscriptionIdentifier=AUTOMATIC_SUBID
            )
        try:
            made = self._subscriptions.subscribe(login_id, subscriber.resource, node, self._new_id)
        except SubscriptionError as error:
            raise _refused(error) from None
        return pubsub.Subscription(
            node, subscriber, "subscribed", subscriptionIdentifier=made.subid
        )

    def _unsubscribe(self, request: pubsub.PubSubRequest) -> None:
        login_id, node = self._person(request), self._node(request)
        subscriber = self._own(request)
        if subscriber.resource is None and node in self._policy.automatic_nodes(login_id):
            return  # clients undo at the end what they did at the start; it is there again for the next one
        try:
            self._subscriptions.unsubscribe(
                login_id, subscriber.resource, node, request.subscriptionIdentifier
            )
        except SubscriptionError as error:
            raise _refused(error) from None

    def _list(self, request: pubsub.PubSubRequest) -> list[pubsub.Subscription]:
        login_id, bare = self._person(request), _sender(request).userhostJID()
        automatic = [
            pubsub.Subscription(node, bare, "subscribed", subscriptionIdentifier=AUTOMATIC_SUBID)
            for node in self._policy.automatic_nodes(login_id)
        ]
        return automatic + [
            pubsub.Subscription(
                one.node,
                JID(tuple=(bare.user, bare.host, one.resource)),
                "subscribed",
                subscriptionIdentifier=one.subid,
            )
            for one in self._subscriptions.of(login_id)
        ]

    def _items(self, request: pubsub.PubSubRequest) -> list[pubsub.Item]:
        self._check(self._person(request), self._node(request))
        return []

    def _publish(self, request: pubsub.PubSubRequest) -> None:
        login_id, node = self._person(request), self._node(request)
        if self._policy.node_access(login_id, node) is NodeAccess.NO_SUCH_NODE:
            raise refusal("item-not-found")
        raise refusal("forbidden")

    # ----------------------------------------------------------------------------------------------------------------

    def _person(self, request: pubsub.PubSubRequest) -> str:
        login_id = self._login_id(_sender(request))
        if login_id is None:
            raise refusal("forbidden")
        return login_id

    def _own(self, request: pubsub.PubSubRequest) -> JID:
        """The address that is to be subscribed, which must be the requestor's."""
        subscriber: JID | None = request.subscriber
        if subscriber is None or subscriber.userhost() != _sender(request).userhost():
            raise pubsub.BadRequest("invalid-jid")
        return subscriber

    @staticmethod
    def _node(request: pubsub.PubSubRequest) -> str:
        node: str = request.nodeIdentifier or ""
        if not node:
            raise pubsub.BadRequest("nodeid-required")
        return node

    def _check(self, login_id: str, node: str) -> None:
        match self._policy.node_access(login_id, node):
            case NodeAccess.FORBIDDEN:
                raise refusal("forbidden")
            case NodeAccess.NO_SUCH_NODE:
                raise refusal("item-not-found")
            case NodeAccess.ALLOWED:
                return

    def _automatic(self, requestor: JID) -> list[str]:
        login_id = self._login_id(requestor)
        return list(self._policy.automatic_nodes(login_id)) if login_id is not None else []


class _Service(pubsub.PubSubService):
    """wokkel's protocol, with what it leaves out."""

    @override
    def getDiscoInfo(
        self, requestor: JID, target: JID, nodeIdentifier: str = ""
    ) -> Deferred[list[object]]:
        """The identity first; the feature of XEP-0060 itself after it, for nodes too."""

        def complete(info: list[object]) -> list[object]:
            if info:
                info.append(disco.DiscoFeature(PUBSUB))
            if info and not nodeIdentifier:
                info.append(disco.DiscoFeature(DISCO_INFO))
            return info

        found: Deferred[list[object]] = super().getDiscoInfo(requestor, target, nodeIdentifier)
        return found.addCallback(complete)

    @override
    def _onPubSubRequest(self, iq: Element) -> Deferred[object]:
        try:
            answer: Deferred[object] = super()._onPubSubRequest(iq)
        except InvalidFormat:
            raise refusal("jid-malformed") from None
        return answer


def pubsub_handlers(resource: NodeResource) -> list[IXMPPHandler]:
    """The handlers of the service, for whatever component it is, in their order."""
    return [
        _Service(resource),
        disco.DiscoHandler(),
        ping.PingHandler(),
        generic.FallbackHandler(),
    ]


def _sender(request: pubsub.PubSubRequest) -> JID:
    sender: JID | None = request.sender
    if sender is None:
        raise refusal("bad-request")
    return sender


def _refused(error: SubscriptionError) -> Exception:
    detail = Element((PUBSUB_ERRORS, error.detail)) if error.detail else None
    return refusal(error.condition, detail)
