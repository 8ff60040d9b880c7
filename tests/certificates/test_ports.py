"""`finesse_tx.certificates.ports`: real handshakes on loopback, with clients that check the certificate."""

import socket
import ssl
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import (
    IOpenSSLServerConnectionCreator,
    IProtocolFactory,
    ITLSTransport,
)
from twisted.internet.protocol import Factory
from twisted.internet.threads import deferToThread
from twisted.logger import capturedLogs
from twisted.protocols.basic import LineReceiver
from twisted.trial.unittest import TestCase
from twisted.web.iweb import IRequest
from twisted.web.resource import Resource
from twisted.web.server import Site
from zope.interface.verify import verifyObject

from finesse_tx.certificates import Identity, ServerTLS, own_identity
from finesse_tx.errors import ConfigError, StartError
from finesse_tx.home import Home

T = TypeVar("T")
NAMES = ("cc.example.org", "finesse.local", "pubsub.finesse.local")
LIMIT_S = 120


class Echo(LineReceiver):
    """Says every line again; after STARTTLS, over TLS."""

    transport: ITLSTransport

    def __init__(self, tls: ServerTLS) -> None:
        self.tls = tls

    def lineReceived(self, line: bytes) -> None:
        """Answer it."""
        self.sendLine(line)
        if line == b"STARTTLS":
            self.transport.startTLS(self.tls)


def echo(tls: ServerTLS) -> Factory:
    """Makes `Echo`, which has no application protocol to negotiate."""
    return Factory.forProtocol(partial(Echo, tls))


class Page(Resource):
    """A page."""

    isLeaf = True

    def render_GET(self, request: IRequest) -> bytes:
        """Say hello."""
        return b"hello"


def web() -> Site:
    """A web site of one page."""
    return Site(Page())


def signed_for(name: str, home: Home) -> Identity:
    """What a thief of the authority's key would make."""
    ca = x509.load_pem_x509_certificate((home.path / "tls/ca.pem").read_bytes())
    signer = load_pem_private_key((home.path / "tls/ca.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return Identity(certificate, (), key)


class ServerTLSTests(TestCase):
    """`ServerTLS` behind real ports."""

    def setUp(self) -> None:
        """Make our own certificate."""
        self.home = Home(Path(self.mktemp()).absolute())
        self.home.lock()
        self.addCleanup(self.home.unlock)
        self.ca = str(self.home.path / "tls/ca.pem")
        self.load: Callable[[], Identity] = self.own
        self.tls = ServerTLS(self.loaded)

    def loaded(self) -> Identity:
        """What the test wants to be loaded."""
        return self.load()

    def own(self) -> Identity:
        """Our own certificate, as of now."""
        return own_identity(self.home, NAMES, datetime.now(UTC))

    async def listen(self, factory: IProtocolFactory, *, plain: bool = False) -> int:
        """Listen until the test ends; returns the port."""
        if plain:
            port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
        else:
            port = await SSL4ServerEndpoint(reactor, 0, self.tls, interface="127.0.0.1").listen(
                factory
            )
        self.addCleanup(port.stopListening)
        number: int = port.getHost().port
        return number

    def client(self) -> ssl.SSLContext:
        """A client that trusts our authority alone, and checks all that it can."""
        context = ssl.create_default_context(cafile=self.ca)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    def connect(
        self, port: int, name: str = "localhost", context: ssl.SSLContext | None = None
    ) -> ssl.SSLSocket:
        """Dial and shake hands; blocks."""
        plain = socket.create_connection(("127.0.0.1", port), LIMIT_S)
        try:
            return (context or self.client()).wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise

    def blocking(self, work: Callable[[], T]) -> Deferred[T]:
        """Run a client in a thread, but not for ever."""
        done = deferToThread(work)
        done.addTimeout(LIMIT_S, reactor)
        return done

    def test_interface(self) -> None:
        """It is what Twisted asks for."""
        verifyObject(IOpenSSLServerConnectionCreator, self.tls)

    async def test_requests(self) -> None:
        """``requests`` fetches a page, checking against ``ca.pem``; without it, it refuses."""
        port = await self.listen(web())

        def fetch() -> tuple[str, bool]:
            url = f"https://localhost:{port}/"
            text = requests.get(url, verify=self.ca, timeout=LIMIT_S).text
            try:
                requests.get(url, timeout=LIMIT_S)
            except requests.exceptions.SSLError:
                return text, True
            return text, False

        self.assertEqual(await self.blocking(fetch), ("hello", True))

    async def test_names(self) -> None:
        """The certificate holds for every name that clients dial, and for no other."""
        port = await self.listen(echo(self.tls))

        def dial() -> str:
            for name in (*NAMES, "localhost", "127.0.0.1", "::1"):
                self.connect(port, name).close()
            try:
                self.connect(port, "example.org")
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
            return ""

        self.assertIn("mismatch", await self.blocking(dial))

    async def test_constrained(self) -> None:
        """A stolen authority vouches for nobody else."""
        self.load = partial(signed_for, "example.org", self.home)
        self.tls.reload()
        port = await self.listen(echo(self.tls))

        def dial() -> str:
            try:
                self.connect(port, "example.org", ssl.create_default_context(cafile=self.ca))
            except ssl.SSLCertVerificationError as error:
                return error.verify_message
            return ""

        self.assertEqual(await self.blocking(dial), "permitted subtree violation")

    async def test_versions(self) -> None:
        """TLS 1.3 and 1.2 are spoken, with forward secrecy; 1.1 is refused."""
        port = await self.listen(echo(self.tls))

        def dial() -> list[str | None]:
            seen = []
            for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
                context = self.client()
                context.maximum_version = version
                with self.connect(port, context=context) as connection:
                    seen.append(connection.version())
                    cipher = connection.cipher()
                    seen.append(cipher[0].partition("-")[0] if cipher else None)
            context = self.client()
            context.set_ciphers("DEFAULT@SECLEVEL=0")  # or the client itself would refuse
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of the old version's name
                context.minimum_version = ssl.TLSVersion.TLSv1_1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
            try:
                self.connect(port, context=context)
            except ssl.SSLError as error:
                seen.append(error.reason)
            return seen

        seen = await self.blocking(dial)
        self.assertEqual(seen[0::2][:2], ["TLSv1.3", "TLSv1.2"])
        self.assertEqual(seen[3:], ["ECDHE", "TLSV1_ALERT_PROTOCOL_VERSION"])

    async def test_alpn(self) -> None:
        """A port speaks its own factory's protocols; to one with none it is as if nothing was asked."""
        site = await self.listen(web())
        other = await self.listen(echo(self.tls))

        def dial(port: int, offered: list[str]) -> str | None:
            context = self.client()
            context.set_alpn_protocols(offered)
            with self.connect(port, context=context) as connection:
                return connection.selected_alpn_protocol()

        for port, offered, chosen in (
            (site, ["http/1.1"], "http/1.1"),
            (site, ["xmpp-client", "http/1.1"], "http/1.1"),
            (site, ["xmpp-client"], None),
            (other, ["xmpp-client", "h2"], None),
        ):
            seen = await self.blocking(partial(dial, port, offered))
            self.assertEqual(seen, chosen)

    def test_http2(self) -> None:
        """No cipher suite is offered that HTTP/2 forbids (RFC 9113 §9.2.2): each has forward secrecy and an AEAD."""
        connection = SSL.Connection(self.tls._context)
        older = [name for name in connection.get_cipher_list() if not name.startswith("TLS_")]
        self.assertGreaterEqual(len(older), 4)
        for name in older:
            self.assertTrue(name.startswith("ECDHE-"), name)
            self.assertTrue("-GCM-" in name or "-CHACHA20-" in name, name)

    async def test_starttls(self) -> None:
        """A connection that began in the clear goes on over TLS."""
        port = await self.listen(echo(self.tls), plain=True)

        def dial() -> bytes:
            with socket.create_connection(("127.0.0.1", port), LIMIT_S) as plain:
                plain.sendall(b"STARTTLS\r\n")
                clear = plain.recv(10)
                with self.client().wrap_socket(plain, server_hostname="finesse.local") as secure:
                    secure.sendall(b"hello\r\n")
                    return clear + secure.recv(7)

        self.assertEqual(await self.blocking(dial), b"STARTTLS\r\nhello\r\n")

    async def test_reload(self) -> None:
        """A reload serves the new certificate from the next connection on; open ones go on."""
        port = await self.listen(echo(self.tls))
        open_one = await self.blocking(lambda: self.connect(port))
        self.addCleanup(open_one.close)
        before = open_one.getpeercert(binary_form=True)
        (self.home.path / "tls/server.pem").unlink()
        self.assertTrue(self.tls.reload())

        def dial() -> tuple[bytes | None, bytes]:
            with self.connect(port) as next_one:
                after = next_one.getpeercert(binary_form=True)
            open_one.sendall(b"still here\r\n")
            return after, open_one.recv(12)

        after, answer = await self.blocking(dial)
        self.assertNotEqual(after, before)
        self.assertEqual(answer, b"still here\r\n")

    async def test_bad_reload(self) -> None:
        """A bad certificate is logged and not taken: the old one still serves."""
        port = await self.listen(echo(self.tls))
        good = self.own()

        def raising() -> Identity:
            raise ConfigError("configuration", "tls.key_file", "x cannot be read", "")

        weak_key = rsa.generate_private_key(65_537, 1_024)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "weak")])
        weak = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(weak_key.public_key())
            .serial_number(1)
            .not_valid_before(datetime.now(UTC))
            .not_valid_after(datetime.now(UTC) + timedelta(days=1))
            .sign(weak_key, hashes.SHA256())
        )
        for bad, reason in (
            (raising, "tls.key_file"),
            (lambda: Identity(good.certificate, (), weak_key), "OpenSSL refuses"),
            (lambda: Identity(weak, (), weak_key), "OpenSSL refuses"),
        ):
            self.load = bad
            with capturedLogs() as events:
                self.assertFalse(self.tls.reload())
            self.assertEqual([event["log_level"].name for event in events], ["error"])
            self.assertIn(reason, events[0]["reason"])
            (await self.blocking(lambda: self.connect(port))).close()

    def test_bad_start(self) -> None:
        """At the start a certificate that OpenSSL refuses is one line."""
        key = ec.generate_private_key(ec.SECP256R1())
        mismatch = Identity(self.own().certificate, (), key)
        line = str(self.assertRaises(StartError, ServerTLS, lambda: mismatch))
        self.assertIn("mismatch", line)
        self.assertNotIn("\n", line)
