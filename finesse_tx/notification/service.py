"""The notification service: it publishes, and it has what the ports listen with.

Composition builds it, lets endpoints listen with its factories, and calls `NotificationService.drain` after they
stopped listening.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import deepcopy
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import Final, Protocol

from twisted.application.service import MultiService
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator, IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.web.resource import IResource
from zope.interface import implementer

from finesse_tx.config import BOSHConfig, NotificationConfig
from finesse_tx.interfaces import (
    IAuthenticator,
    IConnections,
    INodePolicy,
    IPublisher,
    IScramAuthenticator,
    ISessionListener,
    IStanzaTrace,
    IUserSessions,
)
from finesse_tx.notification.accounts import Accounts
from finesse_tx.notification.bosh import ConnectionManager
from finesse_tx.notification.bosh_http import BOSHFactory
from finesse_tx.notification.component import ComponentFactory, ComponentLimits
from finesse_tx.notification.core.counters import NotificationStatus
from finesse_tx.notification.core.event import EventForm
from finesse_tx.notification.core.strangers import Strangers
from finesse_tx.notification.core.terms import Bounds
from finesse_tx.notification.domain import domain_component
from finesse_tx.notification.host import EndsStream, Host
from finesse_tx.notification.plain_requests import PlainRequests
from finesse_tx.notification.publish_subscribe import PublishSubscribe
from finesse_tx.notification.resumption import Places, Resumptions
from finesse_tx.notification.router import StanzaRouter
from finesse_tx.notification.sign_in import Mechanisms
from finesse_tx.notification.subscribing import Subscribing
from finesse_tx.notification.tcp import Limits, XMPPFactory
from finesse_tx.notification.tunnel import TunnelResource
from finesse_tx.notification.web import BOSHResource
from finesse_tx.notification.websocket import WebSocketFactory, WebSocketResource
from finesse_tx.origins import Origins

__all__ = ["DRAIN_S", "NotificationService"]

DRAIN_S: Final = 0.2
"""How long a stop waits for BOSH clients that are between two requests; a client that is there is back by then."""


class Waiting(Protocol):
    """A stream's carrier."""

    @property
    def waiting_bytes(self) -> int:
        """How much waits for the client."""


@implementer(IConnections, IPublisher, IStanzaTrace, IUserSessions)
class NotificationService(MultiService):
    """XMPP, publish-subscribe, BOSH, WebSocket.

    Args:
        config: ``[notification]``.
        bosh: ``[bosh]``.
        authenticator: Checks passwords.
        policy: Which nodes there are for whom.
        clock: For time limits.
        new_id: Makes identifiers that cannot be guessed, of 22 characters or more: sids, stream ids, resources.
        process_id: A UUID, another one at each start.
        tls: For STARTTLS; None: it is not offered.
        listener: Told of people who come and go; or None.
        scram: Checks proofs; None: SCRAM is not offered, whatever the configuration says.
        origins: Whose pages may use BOSH, WebSocket and ``/tunnel/``; None: everyone's.

    Attributes:
        domain: The XMPP domain.
        pubsub_domain: The address of the publish-subscribe service.
        xmpp_factory: For ``listen.xmpp``: in the clear, with STARTTLS.
        xmpps_factory: For ``listen.xmpps``: behind TLS that the endpoint speaks.
        bosh_factory: For ``listen.bosh`` and ``listen.boshs``.
        websocket_factory: The connections of ``/ws``.
        web_resources: ``/http-bind``, ``/ws`` and ``/tunnel`` for any site, by the name in its root.
    """

    log = Logger()

    def __init__(
        self,
        config: NotificationConfig,
        bosh: BOSHConfig,
        authenticator: IAuthenticator,
        policy: INodePolicy,
        clock: IReactorTime,
        new_id: Callable[[], str],
        process_id: str,
        tls: IOpenSSLServerConnectionCreator | None = None,
        listener: ISessionListener | None = None,
        scram: IScramAuthenticator | None = None,
        origins: Origins | None = None,
    ) -> None:
        super().__init__()
        self.domain, self.pubsub_domain = config.domain, f"pubsub.{config.domain}"
        self._config, self._clock = config, clock
        form = EventForm(self.pubsub_domain, config.payload_namespace, process_id)
        self._pubsub = PublishSubscribe(
            config.domain, self.pubsub_domain, form, policy, clock, new_id
        )
        self._sessions, self._subscriptions = self._pubsub.sessions, self._pubsub.subscriptions
        self._created, self._counters = self._pubsub.created, self._pubsub.counters
        self._router = StanzaRouter(config.domain)
        self._accounts = Accounts(
            config.domain,
            self._sessions,
            self._subscriptions,
            self._pubsub.may_see,
            self._router,
            listener,
            PlainRequests(
                self._created,
                Subscribing(policy, self._subscriptions, self._created, self._pubsub.short_id),
                self.pubsub_domain,
            ),
        )
        places = Places(config.max_sessions)
        self._resumptions = Resumptions(
            self._accounts.ended,
            clock,
            places,
            self._counters,
            new_id,
            config.resume_s,
            config.max_pending_bytes,
        )
        self._strangers: Strangers[EndsStream] = Strangers(_max_strangers(config.max_strangers))
        host = Host(
            config.domain,
            Mechanisms(config.domain, authenticator, new_id, scram, config.sasl),
            self._accounts,
            clock,
            places,
            self._resumptions,
            new_id,
            config.login_timeout_s,
            config.allow_plain_text,
            self._counters,
            self._pubsub.traced,
            self._strangers,
        )
        limits = Limits(config.max_stanza_bytes, config.max_pending_bytes, config.idle_timeout_s)
        self.xmpp_factory = XMPPFactory(host, limits, tls)
        self.xmpps_factory = XMPPFactory(host, limits, secure=True)
        origins = origins or Origins()
        self.websocket_factory = WebSocketFactory(host, limits, origins)
        bounds = Bounds(
            bosh.wait_s,
            bosh.inactivity_s,
            bosh.polling_s,
            bosh.maxpause_s,
            bosh.requests,
            config.max_pending_bytes,
        )
        self._manager = ConnectionManager(host, bounds, new_id)
        self.bosh_factory = BOSHFactory(
            self._manager, self.websocket_factory, bosh.max_body_bytes, clock, origins
        )
        self.web_resources: dict[bytes, IResource] = {
            b"http-bind": BOSHResource(self._manager, bosh.max_body_bytes, origins),
            b"ws": WebSocketResource(self.websocket_factory),
            b"tunnel": TunnelResource(self.bosh_factory.files),
        }
        self._component_factories: list[ComponentFactory] = []
        domain_component(
            self._router, self.domain, self.pubsub_domain, self._pubsub.time
        ).setServiceParent(self)
        self._pubsub.component(self._router, self._accounts.login_id).setServiceParent(self)

    def component_factory(self, secret: str) -> ComponentFactory:
        """Make what ``listen.component`` listens with."""
        factory = ComponentFactory(
            self._router,
            secret,
            frozenset({self.domain, self.pubsub_domain}),
            ComponentLimits(
                self._config.login_timeout_s,
                self._config.max_stanza_bytes,
                self._config.max_pending_bytes,
            ),
            self._clock,
        )
        self._component_factories.append(factory)
        return factory

    # IPublisher -----------------------------------------------------------------------------------------------------

    def publish(self, node: str, payload: str) -> None:
        """Send one notification: escaped once, addressed for each session, one write each."""
        self._pubsub.publish(node, payload)

    def set_available(self, available: bool) -> None:
        """Tell everyone the presence of the ``finesse`` account."""
        self._accounts.set_available(available)

    def trace(self, login_id: str, *, on: bool) -> list[str]:
        """Write a person's stanzas into the log, or not any more; an empty name changes nothing.

        Returns:
            Whose are written now.

        Raises:
            TraceError: There are too many.
        """
        return self._pubsub.trace(login_id, on=on)

    def end_sessions(self, login_ids: Collection[str], why: str) -> None:
        """End all sessions of these people; see `IUserSessions`."""
        self._accounts.end_sessions(login_ids, why)

    def end_sign_in(self, login_id: str, sign_in: str) -> None:
        """End what one sign-in at a desktop has opened; see `IUserSessions`."""
        self._accounts.end_sign_in(login_id, sign_in)

    def connections(self) -> dict[str, tuple[str, ...]]:
        """The XMPP resources of everybody who has an available session, by login id."""
        return self._sessions.available()

    def status(self) -> NotificationStatus:
        """How it is now, for whoever shows it to an operator."""
        streams: dict[str, Collection[Waiting]] = {
            "xmpp": self.xmpp_factory.connections,
            "xmpps": self.xmpps_factory.connections,
            "websocket": self.websocket_factory.connections,
            "bosh": list(self._manager),
        }
        waiting = [one.waiting_bytes for found in streams.values() for one in found]
        waiting += [one.acknowledgement.unacknowledged_bytes for one in self._resumptions]
        sessions = list(self._sessions)
        return NotificationStatus(
            counters=deepcopy(self._counters),
            streams={name: len(found) for name, found in streams.items()},
            sessions=len(sessions),
            available=sum(session.receives for session in sessions),
            resumable=len(self._resumptions),
            strangers=len(self._strangers),
            held_requests=sum(carrier.held for carrier in self._manager),
            http_connections=len(self.bosh_factory.connections),
            waiting_bytes=sum(waiting),
            longest_queue=max(waiting, default=0),
            nodes=self._created.count,
            stored_bytes=self._created.stored_bytes,
            subscriptions=len(self._subscriptions),
        )

    # Stop -------------------------------------------------------------------------------------------------------------

    async def drain(self) -> None:
        """End everything, in order: ``finesse`` is gone, BOSH sessions, TCP streams, components.

        Every held BOSH request is answered. Call it after the ports stopped listening; it takes
        `finesse_tx.notification.tcp.CLOSE_TIMEOUT_S` at most, when a client does not read.
        """
        self.set_available(False)
        self._resumptions.drain()
        self._manager.drain()
        for factory in self._component_factories:
            factory.drain()
        waiting: list[Deferred[None]] = [
            self.xmpp_factory.drain(),
            self.xmpps_factory.drain(),
            self.websocket_factory.drain(),
        ]
        if len(self._manager):
            waiting.append(deferLater(self._clock, DRAIN_S))
        await DeferredList(waiting)
        self._manager.close()


def _max_strangers(wanted: int) -> int:
    """So many, and no more than half of the files that we may open: the others are for who has signed in."""
    files, _ = getrlimit(RLIMIT_NOFILE)
    return wanted if files == RLIM_INFINITY else max(1, min(wanted, files // 2))
