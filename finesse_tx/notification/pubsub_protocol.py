"""wokkel's publish-subscribe protocol, with what it leaves out, and the handlers beside it.

What wokkel 18 leaves out: the ids of what was published (XEP-0060 §7.1.2), subscription options (§6.3) and their defaults
(§6.4), who is subscribed to a node (§8.8), the items of a node in discovery (§5.5), and an answer, not a log entry, to a
form or an address that cannot be read. Its own way of checking forms raises what nobody catches; ours is in
`finesse_tx.notification.core.forms`.
"""

from __future__ import annotations

from collections.abc import Mapping

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.words.protocols.jabber.ijabber import IXMPPHandler
from twisted.words.protocols.jabber.jid import JID, InvalidFormat
from twisted.words.xish.domish import Element
from typing_extensions import override

from finesse_tx.notification.core.forms import Setting, Value
from finesse_tx.notification.core.namespaces import (
    DISCO_INFO,
    PUBSUB,
    PUBSUB_NODE_CONFIG,
    PUBSUB_OWNER,
    PUBSUB_SUBSCRIBE_OPTIONS,
)
from finesse_tx.notification.core.node_config import FIELDS, NodeConfig
from finesse_tx.notification.core.options import OPTIONS, SubscriptionOptions
from finesse_tx.notification.data_forms import form_element
from finesse_tx.notification.pubsub import NodeResource
from finesse_tx.notification.pubsub_requests import asked
from finesse_tx.notification.stanzas import child, refusal
from finesse_tx.notification.wokkel_names import data_form, disco, generic, ping, pubsub

__all__ = ["pubsub_handlers"]


class _Service(pubsub.PubSubService):
    """The service."""

    resource: NodeResource

    @override
    def getDiscoInfo(
        self, requestor: JID, target: JID, nodeIdentifier: str = ""
    ) -> Deferred[list[object]]:
        """The identity first; the feature of XEP-0060 itself after it, for nodes too."""

        def complete(info: list[object]) -> list[object]:
            if info:
                info.insert(1, disco.DiscoFeature(PUBSUB))
            if info and not nodeIdentifier:
                info.append(disco.DiscoFeature(DISCO_INFO))
            return info

        found: Deferred[list[object]] = super().getDiscoInfo(requestor, target, nodeIdentifier)
        return found.addCallback(complete)

    @override
    def getDiscoItems(
        self, requestor: JID, target: JID, nodeIdentifier: str = ""
    ) -> Deferred[list[object]]:
        """The nodes of the service, or the items of a node."""
        if not nodeIdentifier:
            return maybeDeferred(
                lambda: [
                    disco.DiscoItem(target, node, title or None)
                    for node, title in self.resource.titles(requestor)
                ]
            )
        return maybeDeferred(
            lambda: [
                disco.DiscoItem(target, name=one)
                for one in self.resource.item_ids(requestor, nodeIdentifier)
            ]
        )

    @override
    def send(self, obj: object) -> None:
        super().send(obj)
        self.resource.answered()

    @override
    def _onPubSubRequest(self, iq: Element) -> Deferred[object]:
        try:
            verb = asked(iq)
            if verb is not None and (verb.uri, verb.name) == (PUBSUB, "default"):
                return self._default_options(iq, verb)
            answer: Deferred[object] = super()._onPubSubRequest(iq)
        except InvalidFormat:
            raise refusal("jid-malformed") from None
        except data_form.Error:
            raise refusal("bad-request") from None
        return answer

    def _default_options(self, iq: Element, verb: Element) -> Deferred[object]:
        """§6.4, a verb that wokkel does not know."""
        if iq.getAttribute("type") != "get":
            raise refusal("bad-request")
        request = pubsub.PubSubRequest("optionsGet")
        request.sender = JID(iq["from"])
        request.nodeIdentifier = verb.getAttribute("node") or None

        def written(options: SubscriptionOptions) -> object:
            response = Element((PUBSUB, "pubsub"))
            found = response.addElement("default")
            if request.nodeIdentifier:
                found["node"] = request.nodeIdentifier
            found.addChild(
                form_element("result", PUBSUB_SUBSCRIBE_OPTIONS, OPTIONS, options.values)
            )
            return response

        return self.resource.default_options(request).addCallback(written)

    @override
    def _checkConfiguration(self, resource: NodeResource, form: object) -> None:
        """The form is checked where it is read."""

    @override
    def _preProcess_default(
        self, resource: NodeResource, request: pubsub.PubSubRequest
    ) -> pubsub.PubSubRequest:
        return request

    @override
    def _toResponse_subscribe(
        self,
        found: pubsub.Subscription,
        resource: NodeResource,
        request: pubsub.PubSubRequest,
    ) -> Element:
        response: Element = super()._toResponse_subscribe(found, resource, request)
        if isinstance(found.options, SubscriptionOptions):  # it came with some (§6.3.7)
            response.addElement("options").addChild(
                form_element("result", PUBSUB_SUBSCRIBE_OPTIONS, OPTIONS, found.options.values)
            )
        return response

    @override
    def _toResponse_subscriptions(
        self,
        found: list[pubsub.Subscription],
        resource: NodeResource,
        request: pubsub.PubSubRequest,
    ) -> Element:
        return _of_node(super()._toResponse_subscriptions(found, resource, request), request)

    @override
    def _toResponse_affiliations(
        self,
        found: list[tuple[str, str]],
        resource: NodeResource,
        request: pubsub.PubSubRequest,
    ) -> Element:
        return _of_node(super()._toResponse_affiliations(found, resource, request), request)

    def _toResponse_publish(
        self, ids: list[str], _resource: NodeResource, request: pubsub.PubSubRequest
    ) -> Element:
        response = Element((PUBSUB, "pubsub"))
        publish = response.addElement("publish")
        publish["node"] = request.nodeIdentifier
        for one in ids:
            publish.addElement("item")["id"] = one
        return response

    @override
    def _toResponse_default(
        self, config: NodeConfig, resource: NodeResource, request: pubsub.PubSubRequest
    ) -> Element:
        return _configuration("default", "", config)

    @override
    def _toResponse_configureGet(
        self, config: NodeConfig, resource: NodeResource, request: pubsub.PubSubRequest
    ) -> Element:
        return _configuration("configure", request.nodeIdentifier or "", config)

    def _toResponse_optionsGet(
        self, options: SubscriptionOptions, _resource: NodeResource, request: pubsub.PubSubRequest
    ) -> Element:
        response = Element((PUBSUB, "pubsub"))
        found = response.addElement("options")
        if request.subscriber is not None:  # there is none without: the request names it
            found["node"], found["jid"] = request.nodeIdentifier, request.subscriber.full()
        _add_form(found, PUBSUB_SUBSCRIBE_OPTIONS, OPTIONS, options.values)
        return response

    def _toResponse_subscriptionsGet(
        self,
        found: list[pubsub.Subscription],
        _resource: NodeResource,
        request: pubsub.PubSubRequest,
    ) -> Element:
        response = Element((PUBSUB_OWNER, "pubsub"))
        subscriptions = response.addElement("subscriptions")
        subscriptions["node"] = request.nodeIdentifier
        for one in found:
            subscriptions.addChild(one.toElement(PUBSUB_OWNER))
        return response


def _of_node(response: Element, request: pubsub.PubSubRequest) -> Element:
    """A list that was asked for of one node says of which (§5.6, §5.7)."""
    verb, listed = asked(request.element), child(response)
    if verb is not None and listed is not None and (node := verb.getAttribute("node")):
        listed["node"] = node
    return response


def _configuration(name: str, node: str, config: NodeConfig) -> Element:
    response = Element((PUBSUB_OWNER, "pubsub"))
    around = response.addElement(name)
    if node:
        around["node"] = node
    _add_form(around, PUBSUB_NODE_CONFIG, FIELDS, config.values)
    return response


def _add_form(
    around: Element, namespace: str, settings: Mapping[str, Setting], values: Mapping[str, Value]
) -> None:
    around.addChild(form_element("form", namespace, settings, values))


def pubsub_handlers(resource: NodeResource) -> list[IXMPPHandler]:
    """The handlers of the service, for whatever component it is, in their order."""
    return [
        _Service(resource),
        disco.DiscoHandler(),
        ping.PingHandler(),
        generic.FallbackHandler(),
    ]
