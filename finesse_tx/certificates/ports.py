"""What TLS ports ask for a connection: reloadable, without touching the connections that are open.

Spec: RFC 9325 (TLS 1.2 and later, recommended cipher suites), RFC 7301 (ALPN).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from OpenSSL import SSL
from twisted.internet.interfaces import (
    IOpenSSLServerConnectionCreator,
    IProtocolNegotiationFactory,
)
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer

from finesse_tx.certificates.identity import Identity
from finesse_tx.errors import FinesseError, StartError

__all__ = ["ServerTLS"]

CIPHERS: Final = b"ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"
"""For TLS 1.2: forward secrecy and authenticated encryption only, which every client since Java 8 has."""


@implementer(IOpenSSLServerConnectionCreator)
class ServerTLS:
    """The server side of TLS, for ``SSL4ServerEndpoint``, ``TLSMemoryBIOFactory`` and ``startTLS`` alike.

    One of them serves every port; which application protocol (ALPN) is spoken is each port's own factory's
    to say.

    Args:
        load: Reads or makes the identity; called now, and at each `reload`.

    Attributes:
        identity: What connections are shown from now on.

    Raises:
        FinesseError: Whatever ``load`` raises.
        StartError: OpenSSL refuses what ``load`` returned.
    """

    log = Logger()

    def __init__(self, load: Callable[[], Identity]) -> None:
        self._load = load
        self.identity = load()
        self._context = _context(self.identity)

    def serverConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:
        """Make a connection's TLS side, with the certificate as it is now; Twisted calls this."""
        connection = SSL.Connection(self._context)
        connection.set_app_data(protocol)
        return connection

    def try_out(self, identity: Identity) -> None:
        """See whether OpenSSL takes an identity, and do nothing with it.

        Raises:
            StartError: It does not.
        """
        _context(identity)

    def reload(self) -> bool:
        """Read the certificate again, for the connections from now on; a bad one is logged and not taken.

        Returns:
            Whether the certificate was taken.
        """
        try:
            identity = self._load()
            self._context = _context(identity)
        except FinesseError as error:
            self.log.error("{reason}; the old certificate stays", reason=str(error))
            return False
        self.identity = identity
        self.log.info("certificates are reloaded")
        return True


def _context(identity: Identity) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    # Neither compression nor renegotiation; and no tickets, as in Twisted's own contexts.
    context.set_options(
        SSL.OP_NO_COMPRESSION
        | SSL.OP_NO_RENEGOTIATION
        | SSL.OP_NO_TICKET
        | SSL.OP_CIPHER_SERVER_PREFERENCE
    )
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_alpn_select_callback(_choose_protocol)
    try:
        context.set_cipher_list(CIPHERS)
        context.use_certificate(identity.certificate)
        for certificate in identity.chain:
            context.add_extra_chain_cert(certificate)
        context.use_privatekey(identity.key)
        context.check_privatekey()
    except (SSL.Error, TypeError) as error:
        raise StartError(
            f"tls: OpenSSL refuses the certificate: {_reason(error)}; use a P-256 key"
        ) from None
    return context


def _choose_protocol(connection: SSL.Connection, offered: Sequence[bytes]) -> Any:
    """Choose what to speak: the first that the port's factory wants and the client offers (RFC 7301 §3.2).

    Returns:
        It, or pyOpenSSL's mark for "none", whose type has no public name.
    """
    factory = connection.get_app_data().factory.wrappedFactory
    negotiating = IProtocolNegotiationFactory(factory, None)
    for wanted in negotiating.acceptableProtocols() if negotiating is not None else ():
        if wanted in offered:
            return wanted
    return SSL.NO_OVERLAPPING_PROTOCOLS


def _reason(error: Exception) -> str:
    """OpenSSL's own word for it: the last one of its errors."""
    if isinstance(error, SSL.Error) and error.args and error.args[0]:
        return str(error.args[0][-1][-1])
    return str(error)
