"""The publish-subscribe service, as a component: requests go through wokkel, notifications do not.

Nor do plain requests of those who are connected here: see `finesse_tx.notification.plain_requests`.

It can stand on the router in this process, or join another server by XEP-0114: its handlers are the same, and all
that they ask of their surroundings is whose address it is that a request comes from. A request is about one of
Finesse's own nodes, which are computed and have no owner, or about one that somebody created.

Spec: XEP-0060 §5 (discovery), §6 (subscribers), §7 (publishers), §8 (owners); ``notifications.md`` §4.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.words.protocols.jabber.jid import JID
from typing_extensions import override

from finesse_tx.interfaces import INodePolicy
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.notification.core.namespaces import (
    PUBSUB_NODE_CONFIG,
    PUBSUB_OWNER,
    PUBSUB_PUBLISH_OPTIONS,
    PUBSUB_SUBSCRIBE_OPTIONS,
)
from finesse_tx.notification.core.node_config import NodeConfig
from finesse_tx.notification.core.options import SubscriptionOptions, with_options
from finesse_tx.notification.core.refusals import PubsubError, Refusal
from finesse_tx.notification.core.subscriptions import Subscriptions
from finesse_tx.notification.created_nodes import CreatedNodes
from finesse_tx.notification.data_forms import find_form
from finesse_tx.notification.pubsub_requests import (
    beside,
    content,
    meta_data,
    node_of,
    own_subscriber,
    refused,
    sender_of,
    verb_of,
)
from finesse_tx.notification.router import parse_jid
from finesse_tx.notification.subscribing import AUTOMATIC_SUBID, Subscribing
from finesse_tx.notification.unaltered import UnalteredError, unaltered_affiliations
from finesse_tx.notification.wokkel_names import pubsub

__all__ = ["FEATURES", "NodeResource"]

FEATURES = (
    "access-open",
    "access-whitelist",
    "config-node",
    "create-and-configure",
    "create-nodes",
    "delete-items",
    "delete-nodes",
    "instant-nodes",
    "item-ids",
    "last-published",
    "manage-subscriptions",
    "member-affiliation",
    "meta-data",
    "modify-affiliations",
    "outcast-affiliation",
    "persistent-items",
    "publish",
    "publish-only-affiliation",
    "publish-options",
    "publisher-affiliation",
    "purge-nodes",
    "retract-items",
    "retrieve-affiliations",
    "retrieve-default",
    "retrieve-default-sub",
    "retrieve-items",
    "retrieve-subscriptions",
    "subscribe",
    "subscription-options",
)
"""What discovery says that the service can do (§10)."""

_Result = TypeVar("_Result")


def _answering(
    method: Callable[[Any, pubsub.PubSubRequest], _Result],
) -> Callable[[Any, pubsub.PubSubRequest], Deferred[_Result]]:
    """What wokkel calls: a Deferred, and refusals as stanza errors."""

    def answer(self: NodeResource, request: pubsub.PubSubRequest) -> Deferred[_Result]:
        def call() -> _Result:
            try:
                return method(self, request)
            except PubsubError as error:
                raise refused(error.refusal) from None

        return maybeDeferred(call)

    return answer


class NodeResource(pubsub.PubSubResource):
    """What the requests of XEP-0060 mean here.

    Args:
        policy: Who may see which of Finesse's own nodes.
        subscriptions: The explicit ones.
        created: The nodes that people created.
        login_id: Whose address it is; None for an address that is nobody's.
        new_id: Makes subscription identifiers.
    """

    features = list(FEATURES)  # noqa: RUF012 - wokkel's form

    def __init__(
        self,
        policy: INodePolicy,
        subscriptions: Subscriptions,
        created: CreatedNodes,
        login_id: Callable[[JID], str | None],
        new_id: Callable[[], str],
    ) -> None:
        self._policy, self._subscriptions, self._created = policy, subscriptions, created
        self._login_id = login_id
        self._subscribing = Subscribing(policy, subscriptions, created, new_id)

    # Discovery (§5) -------------------------------------------------------------------------------------------------

    @override
    def getInfo(
        self, requestor: JID, service: JID, nodeIdentifier: str
    ) -> dict[str, object] | None:
        """What discovery says of a node; None when there is none for this one."""
        login_id = self._login_id(requestor)
        if not nodeIdentifier or login_id is None:
            return None
        if self._created.may_see(login_id, nodeIdentifier):
            return {"type": "leaf", "meta-data": meta_data(self._created.node(nodeIdentifier))}
        if self._policy.node_access(login_id, nodeIdentifier) is NodeAccess.ALLOWED:
            return {"type": "leaf", "meta-data": []}
        return None

    def titles(self, requestor: JID) -> list[tuple[str, str]]:
        """The nodes of a person, and those that were created, each with its title, which may be empty (§5.2)."""
        login_id = self._login_id(requestor)
        if login_id is None:
            return []
        created = [(node.name, node.config.title) for node in self._created.visible(login_id)]
        return [*((node, "") for node in self._policy.automatic_nodes(login_id)), *created]

    def item_ids(self, requestor: JID, node: str) -> list[str]:
        """The ids of a node's items, for discovery (§5.5)."""
        login_id = self._login_id(requestor)
        if login_id is None or not self._created.may_see(login_id, node):
            return []
        return list(self._created.node(node).items)

    # Subscribers (§6) -----------------------------------------------------------------------------------------------

    @override
    @_answering
    def subscribe(self, request: pubsub.PubSubRequest) -> pubsub.Subscription:
        login_id, node = self._person(request), node_of(request)
        subscriber = own_subscriber(request)
        form = find_form(beside(request, "options"), PUBSUB_SUBSCRIBE_OPTIONS)
        made = self._subscribing.subscribe(login_id, subscriber.resource, node, form)
        return pubsub.Subscription(
            node,
            subscriber,
            "subscribed",
            options=made.options if form is not None else None,
            subscriptionIdentifier=made.subid,
        )

    @override
    @_answering
    def unsubscribe(self, request: pubsub.PubSubRequest) -> None:
        login_id, node = self._person(request), node_of(request)
        subscriber = own_subscriber(request)
        if self._subscribing.is_automatic(login_id, subscriber.resource, node):
            return  # clients undo at the end what they did at the start; it is there again for the next one
        self._check_there(login_id, subscriber, node)
        self._subscriptions.unsubscribe(
            login_id, subscriber.resource, node, request.subscriptionIdentifier
        )

    @_answering
    def optionsGet(self, request: pubsub.PubSubRequest) -> SubscriptionOptions:
        """How a subscription is served."""
        login_id, node, resource = self._about_options(request)
        subid = request.subscriptionIdentifier
        return self._subscriptions.find(login_id, resource, node, subid).options

    @_answering
    def optionsSet(self, request: pubsub.PubSubRequest) -> None:
        """Change how it is."""
        login_id, node, resource = self._about_options(request)
        subid = request.subscriptionIdentifier
        found = self._subscriptions.find(login_id, resource, node, subid)
        form = find_form(verb_of(request), PUBSUB_SUBSCRIBE_OPTIONS)
        if form is not None:  # it was not cancelled
            self._subscriptions.configure(
                login_id, resource, node, with_options(found.options, form)
            )

    @_answering
    def default_options(self, request: pubsub.PubSubRequest) -> SubscriptionOptions:
        """How a new subscription is served (§6.4), to one node or to any."""
        login_id, node = self._person(request), request.nodeIdentifier
        if node and node not in self._created:
            self._subscribing.check(login_id, node)
        return SubscriptionOptions()

    @override
    @_answering
    def subscriptions(self, request: pubsub.PubSubRequest) -> list[pubsub.Subscription]:
        login_id, bare = self._person(request), sender_of(request).userhostJID()
        wanted = verb_of(request).getAttribute("node")
        automatic = [
            pubsub.Subscription(node, bare, "subscribed", subscriptionIdentifier=AUTOMATIC_SUBID)
            for node in self._policy.automatic_nodes(login_id)
        ]
        explicit = [
            pubsub.Subscription(
                one.node,
                JID(tuple=(bare.user, bare.host, one.resource)),
                "subscribed",
                subscriptionIdentifier=one.subid,
            )
            for one in self._subscriptions.of(login_id)
        ]
        return [one for one in automatic + explicit if wanted in {None, "", one.nodeIdentifier}]

    @override
    @_answering
    def affiliations(self, request: pubsub.PubSubRequest) -> list[tuple[str, str]]:
        wanted = verb_of(request).getAttribute("node")
        return [
            (name, found.value)
            for name, found in self._created.affiliations(self._person(request))
            if wanted in {None, "", name}
        ]

    @override
    @_answering
    def items(self, request: pubsub.PubSubRequest) -> list[pubsub.Item]:
        login_id, node = self._person(request), node_of(request)
        if node not in self._created:
            self._subscribing.check(login_id, node)
            return []
        count = request.maxItems
        if count is not None and count < 1:
            raise PubsubError(Refusal.MALFORMED)
        found = self._created.items(login_id, node, request.itemIdentifiers, count)
        return [pubsub.Item(item.id, item.payload or None) for item in found]

    # Publishers (§7) ------------------------------------------------------------------------------------------------

    @override
    @_answering
    def publish(self, request: pubsub.PubSubRequest) -> list[str]:
        login_id, node = self._person(request), self._created_node(request)
        form = find_form(beside(request, "publish-options"), PUBSUB_PUBLISH_OPTIONS) or {}
        return self._created.publish(login_id, node, [content(one) for one in request.items], form)

    @override
    @_answering
    def retract(self, request: pubsub.PubSubRequest) -> None:
        login_id, node = self._person(request), self._created_node(request)
        notify = verb_of(request).getAttribute("notify") in {"1", "true"}
        self._created.retract(login_id, node, request.itemIdentifiers, notify=notify)

    # Owners (§8) ----------------------------------------------------------------------------------------------------

    @override
    @_answering
    def create(self, request: pubsub.PubSubRequest) -> str:
        login_id, name = self._person(request), request.nodeIdentifier
        if name and self._policy.node_access(login_id, name) is not NodeAccess.NO_SUCH_NODE:
            raise PubsubError(Refusal.NODE_EXISTS)
        form = find_form(beside(request, "configure"), PUBSUB_NODE_CONFIG) or {}
        return self._created.create(login_id, name, form)

    @override
    @_answering
    def default(self, request: pubsub.PubSubRequest) -> NodeConfig:
        if request.nodeType != "leaf":
            raise PubsubError(Refusal.NO_COLLECTIONS)
        return NodeConfig()

    @override
    @_answering
    def configureGet(self, request: pubsub.PubSubRequest) -> NodeConfig:
        return self._created.configuration(self._person(request), self._created_node(request))

    @override
    @_answering
    def configureSet(self, request: pubsub.PubSubRequest) -> None:
        login_id, node = self._person(request), self._created_node(request)
        form = find_form(verb_of(request), PUBSUB_NODE_CONFIG)
        self._created.configure(login_id, node, form or {})

    @override
    @_answering
    def purge(self, request: pubsub.PubSubRequest) -> None:
        self._created.purge(self._person(request), self._created_node(request))

    @override
    @_answering
    def delete(self, request: pubsub.PubSubRequest) -> None:
        self._created.delete(self._person(request), self._created_node(request))

    @override
    @_answering
    def affiliationsGet(self, request: pubsub.PubSubRequest) -> dict[JID, str]:
        node = self._created_node(request)
        found = self._created.affiliations_of(self._person(request), node)
        return {JID(address): one.value for address, one in found.items()}

    @override
    @_answering
    def affiliationsSet(self, request: pubsub.PubSubRequest) -> None:
        changes = {address.full(): said for address, said in request.affiliations.items()}
        login_id, node = self._person(request), self._created_node(request)
        try:
            self._created.affiliate(login_id, node, changes)
        except PubsubError as error:
            if error.refusal is not Refusal.NOT_ACCEPTABLE:
                raise
        else:
            return
        raise unaltered_affiliations(node, changes, self._created.affiliations_of(login_id, node))

    @override
    @_answering
    def subscriptionsGet(self, request: pubsub.PubSubRequest) -> list[pubsub.Subscription]:
        node = self._created_node(request)
        return [
            pubsub.Subscription(
                None,
                JID(self._created.subscriber(one)),
                "subscribed",
                subscriptionIdentifier=one.subid,
            )
            for one in self._created.subscriptions_on(self._person(request), node)
        ]

    @override
    @_answering
    def subscriptionsSet(self, request: pubsub.PubSubRequest) -> None:
        verb = verb_of(request)
        request.nodeIdentifier = verb.getAttribute("node", "")
        login_id, node = self._person(request), self._created_node(request)
        found = self._created.subscriptions_on(login_id, node)
        subids = {self._created.subscriber(one): one.subid for one in found}
        cancelled: dict[str, str | None] = {}
        wrong: dict[str, str] = {}
        for one in verb.elements(PUBSUB_OWNER, "subscription"):
            address = parse_jid(one.getAttribute("jid") or "-")
            if address is None:
                raise PubsubError(Refusal.MALFORMED)
            who = address.full()
            cancelled[who] = one.getAttribute("subid")
            is_end = one.getAttribute("subscription") == "none"
            if not is_end or cancelled[who] not in {None, "", subids.get(who)} or who not in subids:
                wrong[who] = "subscribed" if who in subids else "none"
        if wrong:
            raise UnalteredError("subscription", node, wrong)
        self._created.cancel(login_id, node, list(cancelled.items()))

    # ----------------------------------------------------------------------------------------------------------------

    def answered(self) -> None:
        """An answer is out; what is to come after it comes now."""
        self._created.answered()

    def _person(self, request: pubsub.PubSubRequest) -> str:
        login_id = self._login_id(sender_of(request))
        if login_id is None:
            raise PubsubError(Refusal.FORBIDDEN)
        return login_id

    def _created_node(self, request: pubsub.PubSubRequest) -> str:
        """The name of the node, which must be one that somebody created: Finesse's have no owner."""
        node = node_of(request)
        if node not in self._created:
            found = self._policy.node_access(self._person(request), node)
            no_such = found is NodeAccess.NO_SUCH_NODE
            raise PubsubError(Refusal.NOT_FOUND if no_such else Refusal.FORBIDDEN)
        return node

    def _about_options(self, request: pubsub.PubSubRequest) -> tuple[str, str, str | None]:
        """Whose subscription it is, to which node, of which session."""
        login_id, node = self._person(request), node_of(request)
        subscriber = own_subscriber(request)
        if self._subscribing.is_automatic(login_id, subscriber.resource, node):
            raise PubsubError(Refusal.NO_OPTIONS)
        self._check_there(login_id, subscriber, node)
        return login_id, node, subscriber.resource

    def _check_there(self, login_id: str, subscriber: JID, node: str) -> None:
        """Who is not subscribed may have asked for a node that there is not; who is may leave what is gone."""
        if (
            node not in self._created
            and self._subscriptions.get(login_id, subscriber.resource, node) is None
            and self._policy.node_access(login_id, node) is NodeAccess.NO_SUCH_NODE
        ):
            raise PubsubError(Refusal.NOT_FOUND)
