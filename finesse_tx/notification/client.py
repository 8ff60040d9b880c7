"""The notification service as a part of somebody else's XMPP server: a component that publishes there.

Clients sign in at that server; nothing of ours listens for them. What is the same as with our own server is the same
code: nodes, access, subscriptions, who gets an event, and how it is written. What is another is where sessions come from
(`finesse_tx.notification.remote`) and where stanzas go: over one link, which may be away.

While it is away, stanzas wait up to a bound, the oldest dropped first. When it is back, what has waited is sent, it is
found out anew who is there, and everyone sees the web services' account leave and come, upon which clients read all
they show anew: what a connection that broke has swallowed nobody knows.

Spec: XEP-0114; ``notifications.md`` §9 (what clients do then).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import deepcopy
from random import random

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IDelayedCall,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.logger import Logger
from twisted.words.xish.domish import Element
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import NotificationConfig
from finesse_tx.interfaces import (
    IConnections,
    IDirectory,
    INodePolicy,
    IPublisher,
    ISessionListener,
    IStanzaTrace,
    IUserSessions,
)
from finesse_tx.notification.accounts import APPLICATION
from finesse_tx.notification.core.backlog import Backlog
from finesse_tx.notification.core.counters import (
    ComponentStatus,
    NotificationStatus,
)
from finesse_tx.notification.core.event import EventForm
from finesse_tx.notification.core.namespaces import COMPONENT
from finesse_tx.notification.core.trace import readable
from finesse_tx.notification.joining import Joining
from finesse_tx.notification.link import LinkTerms
from finesse_tx.notification.publish_subscribe import PublishSubscribe
from finesse_tx.notification.remote import People, RemoteAccounts
from finesse_tx.notification.router import StanzaRouter, parse_jid

__all__ = ["ComponentNotification"]


@implementer(IConnections, IPublisher, IStanzaTrace, IUserSessions)
class ComponentNotification(MultiService):
    """The service.

    Args:
        config: ``[notification]``, with ``mode = "component"``.
        secret: The shared secret.
        directory: Who there is.
        policy: Which nodes there are for whom.
        endpoint: Where the server is.
        clock: For time.
        new_id: Makes identifiers that cannot be guessed.
        process_id: A UUID, another one at each start.
        listener: Told of people who come and go; or None.
        outage: Told why there are no notifications, when that has lasted; and nothing when there are again.
        chance: A number from 0 to 1, for pauses that differ.

    Attributes:
        domain: The XMPP domain.
        pubsub_domain: The address of the publish-subscribe service.
    """

    log = Logger()

    def __init__(
        self,
        config: NotificationConfig,
        secret: str,
        directory: IDirectory,
        policy: INodePolicy,
        endpoint: IStreamClientEndpoint,
        clock: IReactorTime,
        new_id: Callable[[], str],
        process_id: str,
        listener: ISessionListener | None = None,
        outage: Callable[[str], None] = lambda _reason: None,
        chance: Callable[[], float] = random,
    ) -> None:
        super().__init__()
        found = config.component
        self.domain, self.pubsub_domain = config.domain, config.pubsub_domain
        self._clock, self._outage = clock, outage
        self._where, self._outage_s = f"{found.host}:{found.port}", found.outage_s
        self._backlog = Backlog(found.max_pending_bytes)
        self._outage_timer: IDelayedCall | None = None
        form = EventForm(
            self.pubsub_domain,
            config.payload_namespace,
            process_id,
            COMPONENT,
            "headline",  # for a session that is gone meanwhile it is nobody else's, and not kept
        )
        self._pubsub = PublishSubscribe(
            config.domain, self.pubsub_domain, form, policy, clock, new_id
        )
        self._trace, self._sessions = self._pubsub.traced, self._pubsub.sessions
        contact = f"{APPLICATION}@{self.pubsub_domain}"
        self._accounts = RemoteAccounts(
            config.domain,
            contact,
            f"{APPLICATION}@{config.domain}" if found.speaks_for_domain else contact,
            People(directory),
            self._sessions,
            self._pubsub.subscriptions,
            self._pubsub.may_see,
            self._write,
            self._outlet,
            clock,
            found.list_s if found.presence == "list" else None,
            listener,
        )
        self._router = StanzaRouter(config.domain)
        self._router.serve_people(self._deliver)
        self._pubsub.component(self._router, self._accounts.login_id).setServiceParent(self)
        terms = LinkTerms(
            self.pubsub_domain,
            secret,
            found.max_stanza_bytes,
            found.max_pending_bytes,
            clock,
            self._received,
        )
        self._link = Joining(
            endpoint,
            self._where,
            terms,
            found.retry_max_s,
            chance,
            self._joined,
            self._left,
        )

    # The link -------------------------------------------------------------------------------------------------------

    @override
    def startService(self) -> None:
        super().startService()
        self._watch()
        self._link.startService()

    @override
    def stopService(self) -> Deferred[object]:
        self._settle_outage()
        self._accounts.unlinked()
        stopping: Deferred[object] = super().stopService()
        return stopping.addCallback(lambda _stopped: self._link.stopService())

    def _joined(self) -> None:
        for stanza in self._backlog.take():
            self._write(stanza)
        self._settle_outage()
        self._outage("")
        self._accounts.linked()

    def _left(self) -> None:
        self._accounts.unlinked()
        if self._link.running:
            self._watch()

    def _watch(self) -> None:
        """An outage that lasts is told."""
        if self._outage_timer is None:
            self._outage_timer = self._clock.callLater(self._outage_s, self._has_lasted)

    def _has_lasted(self) -> None:
        self._outage_timer = None
        self._outage(f"There is no link to the XMPP server at {self._where}")

    def _settle_outage(self) -> None:
        timer, self._outage_timer = self._outage_timer, None
        if timer is not None:
            timer.cancel()

    # Stanzas --------------------------------------------------------------------------------------------------------

    def _write(self, stanza: bytes) -> None:
        """Send a stanza now, or when there is a link."""
        if self._link.stream is not None:
            self._link.stream.write(stanza)
        else:
            self._backlog.add(stanza)

    def _outlet(self, login_id: str) -> Callable[[bytes], None]:
        """Where one person's notifications go."""

        def write(stanza: bytes) -> None:
            if self._trace and login_id in self._trace:
                self.log.info("{login_id} < {stanza}", login_id=login_id, stanza=readable(stanza))
            self._write(stanza)

        return write

    def _received(self, stanza: Element) -> None:
        """The server has sent a stanza."""
        if self._trace:
            self._show(stanza, "from", ">")
        if not self._accounts.received(stanza):
            self._router.route(stanza)

    def _deliver(self, stanza: Element) -> None:
        """The publish-subscribe service answers somebody; who asked before the link was lost asks again."""
        if self._trace:
            self._show(stanza, "to", "<")
        if self._link.stream is not None:
            self._link.stream.write(stanza.toXml(defaultUri=COMPONENT).encode())

    def _show(self, stanza: Element, attribute: str, sign: str) -> None:
        address = parse_jid(stanza.getAttribute(attribute) or "-")
        login_id = self._accounts.login_id(address) if address is not None else None
        if login_id is not None and login_id in self._trace:
            text = readable(stanza.toXml(defaultUri=COMPONENT).encode())
            self.log.info("{login_id} {sign} {text}", login_id=login_id, sign=sign, text=text)

    # IPublisher, IStanzaTrace ---------------------------------------------------------------------------------------

    def publish(self, node: str, payload: str) -> None:
        """Send one notification: escaped once, addressed for each session."""
        self._pubsub.publish(node, payload)

    def set_available(self, available: bool) -> None:
        """Tell everyone the presence of the ``finesse`` account."""
        self._accounts.set_available(available)

    def trace(self, login_id: str, *, on: bool) -> list[str]:
        """Write a person's stanzas into the log, or not any more; an empty name changes nothing.

        Raises:
            TraceError: There are too many.
        """
        return self._pubsub.trace(login_id, on=on)

    # ----------------------------------------------------------------------------------------------------------------

    def end_sessions(self, login_ids: Collection[str], why: str) -> None:
        """Send these people nothing more; see `IUserSessions`. Their streams are their server's to end."""
        if login_ids:
            self.log.info("nothing more for {who}: {why}", who=sorted(login_ids), why=why)
        self._accounts.end_sessions(login_ids)

    def end_sign_in(self, login_id: str, sign_in: str) -> None:
        """Nothing: who has shown what on which stream is known to their server alone; see `IUserSessions`."""

    def connections(self) -> dict[str, tuple[str, ...]]:
        """The XMPP resources of everybody who has an available session, by login id."""
        return self._sessions.available()

    def status(self) -> NotificationStatus:
        """How it is now, for whoever shows it to an operator."""
        sessions = list(self._sessions)
        waiting = self._backlog.waiting_bytes
        if self._link.stream is not None:
            waiting += self._link.stream.waiting_bytes
        return NotificationStatus(
            counters=deepcopy(self._pubsub.counters),
            streams={},
            sessions=len(sessions),
            available=sum(session.receives for session in sessions),
            held_requests=0,
            http_connections=0,
            waiting_bytes=waiting,
            longest_queue=waiting,
            nodes=self._pubsub.created.count,
            stored_bytes=self._pubsub.created.stored_bytes,
            subscriptions=len(self._pubsub.subscriptions),
            resumable=0,
            strangers=0,
        )

    def link_status(self) -> ComponentStatus:
        """How the link is now."""
        return ComponentStatus(
            counters=deepcopy(self._link.counters),
            is_connected=self._link.stream is not None,
            reason="" if self._link.stream is not None else str(self._link.why),
            queued=len(self._backlog),
            queued_bytes=self._backlog.waiting_bytes,
            dropped=self._backlog.dropped,
        )

    async def drain(self) -> None:
        """``finesse`` is gone, and so are we; what was written before is still sent."""
        self.set_available(False)
        await self._link.stopService()
