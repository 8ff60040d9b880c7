"""The publish-subscribe service, wherever clients connect: its nodes, who gets what of them, and what is published.

`finesse_tx.notification.service` has it beside streams of its own, `finesse_tx.notification.client` as a component of
somebody else's server.

Spec: XEP-0060; ``notifications.md`` §4.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.words.protocols.jabber.jid import JID

from finesse_tx.interfaces import INodePolicy
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.notification.core.audience import audience
from finesse_tx.notification.core.counters import NotificationCounters
from finesse_tx.notification.core.event import EventForm
from finesse_tx.notification.core.sessions import Sessions
from finesse_tx.notification.core.subscriptions import Subscriptions
from finesse_tx.notification.core.trace import Trace
from finesse_tx.notification.created_nodes import CreatedNodes
from finesse_tx.notification.pubsub import NodeResource
from finesse_tx.notification.pubsub_protocol import pubsub_handlers
from finesse_tx.notification.router import StanzaRouter
from finesse_tx.notification.wokkel_names import component

__all__ = ["PublishSubscribe"]


class PublishSubscribe:
    """The service.

    Args:
        domain: Of the people.
        address: The service's own.
        form: How its events are written.
        policy: Who may see which of Finesse's nodes, and who may create others.
        clock: For items' times.
        new_id: Makes identifiers.

    Attributes:
        address: As given.
        sessions: Who is connected.
        subscriptions: Who asked for what.
        created: The nodes that somebody created.
        counters: What has happened.
        traced: Whose stanzas are logged.
    """

    log = Logger()

    def __init__(
        self,
        domain: str,
        address: str,
        form: EventForm,
        policy: INodePolicy,
        clock: IReactorTime,
        new_id: Callable[[], str],
    ) -> None:
        self.address = address
        self._form, self._policy, self._clock, self._new_id = form, policy, clock, new_id
        self.counters, self.traced = NotificationCounters(), Trace()
        self.sessions = Sessions(domain, policy.automatic_nodes)
        self.subscriptions = Subscriptions()
        self.created = CreatedNodes(
            domain,
            self.sessions,
            self.subscriptions,
            form,
            policy.may_create_nodes,
            self.short_id,
            self.time,
            self.counters,
        )

    def component(
        self, router: StanzaRouter, login_id: Callable[[JID], str | None]
    ) -> component.InternalComponent:
        """Make what answers requests.

        Args:
            router: What it is connected to.
            login_id: Whose address that is, if anybody's.
        """
        resource = NodeResource(
            self._policy, self.subscriptions, self.created, login_id, self.short_id
        )
        made = component.InternalComponent(router, self.address)
        for handler in pubsub_handlers(resource):
            handler.setHandlerParent(made)
        return made

    def may_see(self, login_id: str, node: str) -> bool:
        """Whether a person may be subscribed to a node."""
        if node in self.created:
            return self.created.may_see(login_id, node)
        return self._policy.node_access(login_id, node) is NodeAccess.ALLOWED

    def short_id(self) -> str:
        """An identifier for an item, a notification or a subscription."""
        return self._new_id()[:8]

    def time(self) -> str:
        """Now, as XEP-0082 writes it."""
        return datetime.fromtimestamp(self._clock.seconds(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def publish(self, node: str, payload: str) -> None:
        """Send one notification: escaped once, addressed for each session, one write each."""
        recipients = audience(node, self.sessions, self.subscriptions, self._policy.automatic_nodes)
        if not recipients:
            return
        self.counters.published += 1
        self.counters.deliveries += len(recipients)
        event = self._form.event(node, payload, self.short_id())
        for session, to in recipients.items():
            session.outlet.write(event.to(to))

    def trace(self, login_id: str, *, on: bool) -> list[str]:
        """Write a person's stanzas into the log, or not any more; an empty name changes nothing.

        Returns:
            Whose are written now.

        Raises:
            TraceError: There are too many.
        """
        if login_id:
            self.traced.switch(login_id, on=on)
            self.log.info("{login_id} is traced: {on}", login_id=login_id, on=on)
        return self.traced.people
