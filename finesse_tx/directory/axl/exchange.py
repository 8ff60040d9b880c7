"""One request to an AXL server and its answer, over HTTPS by treq: bounded in time and size, nothing followed or decoded.

The answer is read as it comes: a ``Content-Encoding`` is not undone, as its bound would be on what is small. Name and password go with
every request; no cookie is kept, so that no session of theirs can expire.

Spec: ``axl.md`` §1 (transport), §3 (Basic on every request).
"""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

from OpenSSL.SSL import Error as TLSError
from service_identity import VerificationError
from treq.client import HTTPClient
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.ssl import Certificate, trustRootFromCertificates
from twisted.python.failure import Failure
from twisted.web.client import (
    Agent,
    BrowserLikePolicyForHTTPS,
    HTTPConnectionPool,
    RequestGenerationFailed,
    RequestTransmissionFailed,
    ResponseDone,
    ResponseFailed,
    ResponseNeverReceived,
)
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IBodyProducer, IResponse
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.directory.axl.soap import MAX_ANSWER, Reply
from finesse_tx.directory.core.errors import SourceError

__all__ = ["CONNECT_S", "Exchange", "authorities"]

CONNECT_S: Final = 10.0
"""How long a connection may take."""


@implementer(IAgent)
class _AsItComes:
    """An agent whose answers nobody decodes."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,
    ) -> Deferred[IResponse]:
        if headers is not None:
            headers.removeHeader(b"accept-encoding")
        asking: Deferred[IResponse] = self._agent.request(method, uri, headers, bodyProducer)
        return asking.addCallback(_undecoded)


def _undecoded(response: IResponse) -> IResponse:
    headers: Headers = response.headers
    headers.removeHeader(b"content-encoding")
    return response


class _Body(Protocol):
    """Collects a body, up to a bound."""

    def __init__(self, done: Deferred[bytes]) -> None:
        self._done, self._data = done, bytearray()

    @override
    def dataReceived(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > MAX_ANSWER and not self._done.called:
            self._done.errback(SourceError(f"the AXL server's answer has over {MAX_ANSWER} bytes"))
            self.give_up()

    def give_up(self) -> None:
        """Read no more."""
        transport: Any = self.transport
        if transport is not None:
            (getattr(transport, "abortConnection", None) or transport.loseConnection)()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._done.called:
            return
        if reason.check(ResponseDone):
            self._done.callback(bytes(self._data))
        else:  # also where neither a length nor an end was told: it may have been cut
            self._done.errback(SourceError("the AXL server's answer broke off"))


class Exchange:
    """The way to one server.

    Args:
        url: Where it is; HTTPS.
        user: Our name there.
        password: Our password.
        roots: From `authorities`; None: the machine's.
        timeout_s: How long one request may take, with its answer.
        reactor: The reactor.
    """

    def __init__(
        self, url: str, user: str, password: str, roots: Any, timeout_s: float, reactor: Any
    ) -> None:
        self._url, self._auth, self._timeout_s = url, (user, password), timeout_s
        self._reactor = reactor
        self._pool = HTTPConnectionPool(reactor, persistent=True)
        self._pool.maxPersistentPerHost = 4
        self._pool.retryAutomatically = False
        policy = BrowserLikePolicyForHTTPS(trustRoot=roots)
        agent = Agent(reactor, policy, connectTimeout=CONNECT_S, pool=self._pool)
        jar: Any = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._http = HTTPClient(_AsItComes(agent), cookiejar=jar)

    async def post(self, action: str, body: bytes) -> Reply:
        """Send a request, and wait for the whole answer.

        Raises:
            SourceError: There is none.
        """
        asking = Deferred.fromCoroutine(self._post(action, body))
        asking.addTimeout(self._timeout_s, self._reactor, _too_late)
        try:
            return await asking
        except SourceError:
            raise
        except Exception as error:
            if (reason := _reason(error)) is None:
                raise
            raise SourceError(f"the AXL server {reason}") from error

    async def _post(self, action: str, body: bytes) -> Reply:
        response = await self._http.post(
            self._url,
            data=body,
            auth=self._auth,
            allow_redirects=False,
            headers=Headers(
                {
                    b"Content-Type": [b"text/xml; charset=utf-8"],
                    b"SOAPAction": [action.encode()],
                    b"User-Agent": [b"finesse_tx"],
                }
            ),
        )
        body_protocol: list[_Body] = []
        done: Deferred[bytes] = Deferred(lambda _done: body_protocol[0].give_up())
        body_protocol.append(_Body(done))
        response.deliverBody(body_protocol[0])
        content = await done
        retry_after = response.headers.getRawHeaders("retry-after", [""])[0]
        return Reply(response.code, content, retry_after.strip())

    def close(self) -> Deferred[None]:
        """End what is open."""
        closing: Deferred[None] = self._pool.closeCachedConnections()
        return closing


def _too_late(_result: object, timeout_s: float) -> None:
    """Whatever the connection has made of being given up."""
    raise SourceError(f"the AXL server does not answer within {timeout_s:g} s")


def authorities(pem: bytes) -> Any:
    """Whom to trust, of a file of certificates.

    Raises:
        ValueError: There is none in it.
    """
    end = b"-----END CERTIFICATE-----"
    texts = [part + end for part in pem.split(end)[:-1]]
    if not texts:
        raise ValueError("there is no certificate in it")
    try:
        return trustRootFromCertificates([Certificate.loadPEM(text) for text in texts])
    except TLSError:
        raise ValueError("a certificate in it cannot be read") from None


def _reason(error: BaseException) -> str | None:
    """Why there is no answer; None for what is no fault of the network's."""
    match error:
        case DNSLookupError():
            return "has a name that is not known: correct directory.options.url"
        case ConnectError():
            return f"cannot be reached: {error.osError or type(error).__name__}"
        case VerificationError():
            return "has a certificate for another name than that in directory.options.url"
        case TLSError():
            return (
                "has a certificate that is not trusted, or does not speak TLS: "
                "see directory.options.ca_file"
            )
        case (
            ResponseFailed()
            | ResponseNeverReceived()
            | RequestGenerationFailed()
            | RequestTransmissionFailed()
        ):
            for failure in error.reasons:
                if (reason := _reason(failure.value)) is not None:
                    return reason
            return "answers what is not HTTP"
        case ConnectionClosed():
            return "closed the connection without an answer"
    return None
