"""The notification service on real ports of 127.0.0.1, and blocking clients in threads."""

import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from twisted.internet import reactor as global_reactor
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import (
    IListeningPort,
    IOpenSSLServerConnectionCreator,
    IProtocolFactory,
    IProtocolNegotiationFactory,
)
from twisted.internet.threads import deferToThread
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.trial.unittest import TestCase
from twisted.web.resource import Resource
from zope.interface import implementer

from finesse_tx.config import BOSHConfig, NotificationConfig
from finesse_tx.http2.channel import HTTP2Channel
from finesse_tx.http2.core.families import Counters
from finesse_tx.notification.service import NotificationService
from finesse_tx.origins import Origins
from finesse_tx.site import BoundedSite
from tests.support.notification import (
    DOMAIN,
    Authenticator,
    Listener,
    Policy,
    ScramPeople,
    notification_service,
    scram_authenticator,
)

__all__ = ["LIMIT_S", "PortsTestCase", "ServerTLS", "certificate"]

LIMIT_S = 120
"""Whatever takes longer has failed."""

P = ParamSpec("P")
T = TypeVar("T")

reactor: Any = global_reactor


def certificate(folder: str) -> tuple[Path, Path]:
    """Make an authority and a server's certificate for 127.0.0.1 and the domain.

    Returns:
        The authority's certificate, and a file with the server's key and certificate.
    """
    now, names = datetime.now(UTC), []
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    for name in ("test authority", DOMAIN):
        names.append(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
    made = []
    for number in (0, 1):
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[number])
            .issuer_name(names[0])
            .public_key(keys[number].public_key())
            .serial_number(number + 1)
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=not number, path_length=None), critical=True)
        )
        if number:
            alternatives = [x509.DNSName(DOMAIN), x509.IPAddress(IPv4Address("127.0.0.1"))]
            builder = builder.add_extension(
                x509.SubjectAlternativeName(alternatives), critical=False
            )
        made.append(builder.sign(keys[0], hashes.SHA256()).public_bytes(Encoding.PEM))
    Path(folder).mkdir()
    authority, server = Path(folder, "ca.pem"), Path(folder, "server.pem")
    authority.write_bytes(made[0])
    key = keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server.write_bytes(key + made[1])
    return authority, server


@implementer(IOpenSSLServerConnectionCreator)
class ServerTLS:
    """The server's side of TLS with that certificate."""

    def __init__(self, path: Path) -> None:
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.use_certificate_file(str(path))
        self._context.use_privatekey_file(str(path))
        self._context.set_alpn_select_callback(_choose)

    def serverConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """Make a connection's TLS side."""
        connection = SSL.Connection(self._context)
        connection.set_app_data(protocol)
        return connection


def _choose(connection: SSL.Connection, offered: Sequence[bytes]) -> Any:
    """What both sides speak, by the server's wish."""
    factory = IProtocolNegotiationFactory(connection.get_app_data().factory.wrappedFactory, None)
    for wanted in factory.acceptableProtocols() if factory is not None else ():
        if wanted in offered:
            return wanted
    return SSL.NO_OVERLAPPING_PROTOCOLS


class PortsTestCase(TestCase):
    """A service that listens.

    Attributes:
        service: It.
        site: As that of the web ports.
        http2: What its connections of HTTP/2 count.
        authority: The file with the certificate that clients must trust.
        ports: By name, the port numbers.
    """

    timeout = LIMIT_S
    service: NotificationService
    site: BoundedSite
    http2: Counters
    authority: Path
    ports: dict[str, int]

    def setUp(self) -> Any:
        """Start as `start` says; trial waits for it."""
        return Deferred.fromCoroutine(self.start())

    async def start(self) -> None:
        """Start the service; another than the usual one in a class of its own."""
        await self.serve()

    async def serve(
        self,
        config: NotificationConfig | None = None,
        bosh: BOSHConfig | None = None,
        authenticator: Authenticator | None = None,
        origins: Origins | None = None,
    ) -> None:
        """Start it."""
        self.authority, server = certificate(self.mktemp())
        tls = ServerTLS(server)
        self.policy, self.listener = Policy(), Listener()
        self.scram_people = ScramPeople()
        self.service = notification_service(
            reactor,
            config=config,
            bosh=bosh,
            authenticator=authenticator,
            policy=self.policy,
            listener=self.listener,
            tls=tls,
            scram=scram_authenticator(reactor, self.scram_people),
            origins=origins,
        )
        service = self.service
        limits = bosh or BOSHConfig()
        root = Resource()
        for path, resource in service.web_resources.items():
            root.putChild(path, resource)
        self.http2 = Counters()
        self.site = BoundedSite(
            root,
            limits.max_body_bytes,
            LIMIT_S,
            reactor,
            partial(HTTP2Channel, clock=reactor, counters=self.http2),
        )
        self._listening: list[IListeningPort] = []
        self.ports = {
            "xmpp": await self.listen(service.xmpp_factory),
            "xmpps": await self.listen(service.xmpps_factory, tls),
            "bosh": await self.listen(service.bosh_factory),
            "boshs": await self.listen(service.bosh_factory, tls),
            "http": await self.listen(self.site),
            "https": await self.listen(self.site, tls),
            "component": await self.listen(service.component_factory("secret")),
        }
        self.addCleanup(self._stop)

    async def listen(self, factory: IProtocolFactory, tls: ServerTLS | None = None) -> int:
        """Listen on a port that the system chooses, and return it."""
        endpoint = (
            TCP4ServerEndpoint(reactor, 0, backlog=1_024, interface="127.0.0.1")
            if tls is None
            else SSL4ServerEndpoint(reactor, 0, tls, backlog=1_024, interface="127.0.0.1")
        )
        port = await endpoint.listen(factory)
        self._listening.append(port)
        number: int = port.getHost().port
        return number

    async def _stop(self) -> None:
        for port in self._listening:
            stopped = port.stopListening()
            if stopped is not None:
                await stopped
        await self.service.drain()
        await self.service.stopService()
        await self.all_closed()

    async def all_closed(self) -> None:
        """Cut what clients left open, so that nothing outlives the test."""
        for selectable in list(reactor.getReaders()):
            if hasattr(selectable, "abortConnection") and getattr(selectable, "connected", False):
                selectable.abortConnection()
        await pause(0.01)

    async def in_thread(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what blocks in a thread, and wait for it."""
        result: T = await deferToThread(call, *args, **kwargs).addTimeout(LIMIT_S, reactor)
        return result

    def in_reactor(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """From such a thread, do something in the reactor's; never longer than the limit."""
        done: Future[T] = Future()

        def act() -> None:
            acting = maybeDeferred(call, *args, **kwargs)
            acting.addCallbacks(done.set_result, lambda failure: done.set_exception(failure.value))

        reactor.callFromThread(act)
        return done.result(LIMIT_S)

    @staticmethod
    def later(call: Callable[[], object]) -> None:
        """Do something in the reactor's next turn."""
        reactor.callLater(0, call)

    def wait_for(self, condition: Callable[[], object]) -> None:
        """From such a thread, wait until that is so in the reactor's."""
        until = time.monotonic() + LIMIT_S
        while not self.in_reactor(condition):
            if time.monotonic() > until:
                raise AssertionError("it did not come to pass")

    def connect(self, name: str) -> socket.socket:
        """From such a thread, connect."""
        return socket.create_connection(("127.0.0.1", self.ports[name]), LIMIT_S)


def pause(seconds: float) -> Deferred[None]:
    """Let the reactor run."""
    paused: Deferred[None] = Deferred()
    reactor.callLater(seconds, paused.callback, None)
    return paused
