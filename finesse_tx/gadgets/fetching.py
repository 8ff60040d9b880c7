"""Every HTTP fetch for a gadget: judged, connected to what was judged, bounded, and counted.

What may be fetched is decided in `finesse_tx.gadgets.core.outbound`; here is what it takes to keep to that. A fetch that
is refused, and one that comes to nothing, is a value with its reason, and one line on the log.

Spec: gadgets.md §6 (makeRequest) and §13 (SSRF, limits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from OpenSSL.SSL import Error as TLSError
from service_identity import VerificationError
from treq.client import HTTPClient
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.interfaces import IConsumer, IHostnameResolver, IReactorTime
from twisted.internet.protocol import Protocol
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.client import (
    RequestGenerationFailed,
    RequestTransmissionFailed,
    ResponseDone,
    ResponseFailed,
)
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers
from twisted.web.iweb import IBodyProducer, IPolicyForHTTPS, IResponse
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.gadgets.connecting import MAX_HEAD_BYTES, Connection, PinnedAgent, Place, resolve
from finesse_tx.gadgets.core.addresses import IPAddress
from finesse_tx.gadgets.core.fetch_body import Body
from finesse_tx.gadgets.core.fetch_headers import (
    Pairs,
    accepts,
    answer_headers,
    request_headers,
    without_secrets,
)
from finesse_tx.gadgets.core.fetching import (
    METHODS,
    REDIRECTS,
    WITH_BODY,
    Answer,
    Counters,
    Fetch,
    Limits,
    Status,
)
from finesse_tx.gadgets.core.outbound import (
    Policy,
    Refusal,
    Target,
    Why,
    judge,
    judge_addresses,
    judge_redirect,
)
from finesse_tx.gadgets.turns import Turns

__all__ = ["Fetcher"]

_FAILURES = (
    ConnectError,
    ConnectionClosed,
    TLSError,
    VerificationError,
    ResponseFailed,
    RequestGenerationFailed,
    RequestTransmissionFailed,
    UnicodeError,
)
"""What a peer, or the way to it, can do to a request; the last is a name that TLS does not take for one."""

_ALL = ""
"""The key of the turns that all hosts share."""


class Fetcher:
    """Fetches for gadgets.

    Args:
        policy: What is allowed.
        limits: The bounds.
        reactor: Where connections are made.
        clock: Whose time limits a fetch.
        resolver: Who knows names' addresses: the reactor's ``nameResolver``.
        https: What verifies certificates: ``BrowserLikePolicyForHTTPS``, with the operator's authorities if there are any.
    """

    log = Logger()

    def __init__(
        self,
        policy: Policy,
        limits: Limits,
        reactor: Any,
        clock: IReactorTime,
        resolver: IHostnameResolver,
        https: IPolicyForHTTPS,
    ) -> None:
        self._policy, self._limits = policy, limits
        self._clock, self._resolver = clock, resolver
        self._place = Place(reactor, https, limits.connect_s)
        self._counters = Counters()
        self._hosts = Turns(limits.per_host, limits.waiting_per_host)
        self._all = Turns(limits.at_once, limits.waiting)

    def use(self, policy: Policy) -> None:
        """Allow something else from now on; what runs is judged by this at its next redirect."""
        self._policy = policy

    def status(self) -> Status:
        """How it is."""
        running = self._all.running
        waiting = self._hosts.waiting + self._all.waiting
        return Status(self._counters, running, waiting)

    def fetch(self, asked: Fetch) -> Deferred[Answer | Refusal]:
        """Fetch, or say why not; cancelling gives up the connection and the turn.

        Raises:
            CancelledError: It was cancelled.
        """
        running: Deferred[Answer | Refusal] = Deferred.fromCoroutine(self._fetch(asked))
        limit = self._limits.total_s
        expiry = self._clock.callLater(limit, running.cancel)

        def ended(result: Answer | Refusal | Failure) -> Answer | Refusal | Failure:
            if expiry.active():
                expiry.cancel()
            else:
                result = Refusal(Why.TIME, f"took longer than {limit:g} s")
            if not isinstance(result, Failure):
                self._tell(result, asked)
            return result

        done: Deferred[Answer | Refusal] = running.addBoth(ended)
        return done

    def _tell(self, found: Answer | Refusal, asked: Fetch) -> None:
        if isinstance(found, Answer):
            self._counters.answers[f"{found.status // 100}xx"] += 1
            return
        self._counters.refusals[found.why.value] += 1
        target = judge(asked.url, self._policy)
        self.log.warn(
            "a gadget's {method} to {origin} was refused ({why}): {reason}",
            method=asked.method if asked.method in METHODS else "request",
            origin=target.origin if isinstance(target, Target) else "somewhere not allowed",
            why=found.why.value,
            reason=found.reason,
        )

    async def _fetch(self, asked: Fetch) -> Answer | Refusal:
        if asked.method not in METHODS:
            return Refusal(Why.METHOD, "the method is not one of those allowed")
        body = asked.body if asked.method in WITH_BODY else None
        if body and len(body) > self._limits.request_bytes:
            return Refusal(
                Why.REQUEST_SIZE, f"the request has more than {self._limits.request_bytes} bytes"
            )
        headers = request_headers(asked.headers)
        if isinstance(headers, Refusal):
            return headers
        target = judge(asked.url, self._policy)
        followed = 0
        while isinstance(target, Target):
            found = await self._in_turn(asked, target, headers, body)
            if not isinstance(found, _Redirect):
                return found
            before = target
            target = judge_redirect(target, found.location, followed, self._policy)
            if isinstance(target, Target):
                followed += 1
                self._counters.redirects += 1
                if target.origin != before.origin:
                    headers = without_secrets(headers)
        return target

    async def _in_turn(
        self, asked: Fetch, target: Target, headers: Pairs, body: bytes | None
    ) -> Answer | Refusal | _Redirect:
        turn = self._hosts.take(target.host)
        if turn is None:
            return Refusal(Why.BUSY, f"too many fetches wait for {target.host}")
        await turn
        try:
            turn = self._all.take(_ALL)
            if turn is None:
                return Refusal(Why.BUSY, "too many fetches wait")
            await turn
            try:
                return await self._hop(asked, target, headers, body)
            finally:
                self._all.give_back(_ALL)
        finally:
            self._hosts.give_back(target.host)

    async def _hop(
        self, asked: Fetch, target: Target, headers: Pairs, body: bytes | None
    ) -> Answer | Refusal | _Redirect:
        addresses: tuple[IPAddress, ...] | Refusal
        if target.address is None:
            resolved = await resolve(self._resolver, target.host)
            addresses = judge_addresses(target.host, resolved, self._policy)
            if isinstance(addresses, Refusal):
                return addresses
        else:
            addresses = (target.address,)
        most = min(self._limits.answer_bytes, asked.max_bytes or self._limits.answer_bytes)
        connection = Connection(self._place, target, addresses, most + MAX_HEAD_BYTES)
        try:
            return await self._request(connection, asked, target, headers, body, most)
        except _FAILURES as error:
            if connection.is_overrun:
                return Refusal(Why.SIZE, f"{target.origin} sends too much beside the body")
            return _failed(error, target)
        finally:
            connection.abort()

    async def _request(
        self,
        connection: Connection,
        asked: Fetch,
        target: Target,
        headers: Pairs,
        body: bytes | None,
        most: int,
    ) -> Answer | Refusal | _Redirect:
        sent = Headers({"user-agent": ["finesse_tx"]})
        if any(name == "user-agent" for name, _value in headers):
            sent = Headers()
        for name, value in headers:
            sent.addRawHeader(name.encode("ascii"), value.encode("latin-1"))
        agent = PinnedAgent(self._place.reactor, connection, target)
        response = await HTTPClient(agent, data_to_body_producer=_Sending).request(
            asked.method,
            target.origin + "/",  # PinnedAgent knows the URL; treq would read it its own way
            headers=sent,
            data=body,
            allow_redirects=False,
            unbuffered=True,
            reactor=self._place.reactor,
        )
        found = tuple(_pairs(response.headers))
        if response.code in REDIRECTS and asked.method in {"GET", "HEAD"}:
            locations = [value for name, value in found if name.lower() == "location"]
            if len(locations) == 1:
                return _Redirect(locations[0])
        types = [value for name, value in found if name.lower() == "content-type"]
        if response.code < 300 and not accepts(types[0] if types else "", asked.accepted):
            return Refusal(
                Why.CONTENT_TYPE, f"{target.origin} answers with a type that is not wanted"
            )
        taking = Body("" if asked.method == "HEAD" else agent.encoding, most)
        length = None if asked.method == "HEAD" else response.length
        refusal = taking.begin(length if isinstance(length, int) else None)
        taken = refusal or await _take(response, taking, connection.abort)
        self._counters.received += taking.received
        if isinstance(taken, Refusal):
            return taken
        return Answer(target.url, response.code, answer_headers(found), taken)


class _Redirect:
    """An answer that leads elsewhere.

    Args:
        location: Where to, as it says.
    """

    def __init__(self, location: str) -> None:
        self.location = location


@implementer(IBodyProducer)
class _Sending:
    """A body that is there already: written at once."""

    def __init__(self, body: bytes) -> None:
        self._body, self.length = body, len(body)

    def startProducing(self, consumer: IConsumer) -> Deferred[None]:
        """Write it."""
        consumer.write(self._body)
        return succeed(None)

    def pauseProducing(self) -> None:
        """It is written already."""

    def resumeProducing(self) -> None:
        """It is written already."""

    def stopProducing(self) -> None:
        """It is written already."""


class _Taking(Protocol):
    """Feeds a body to `Body`, until it ends or is refused."""

    def __init__(self, body: Body, abort: Callable[[], None]) -> None:
        self._body, self._abort = body, abort
        self.done: Deferred[bytes | Refusal] = Deferred(lambda _done: abort())

    @override
    def dataReceived(self, data: bytes) -> None:
        if not self.done.called and (refusal := self._body.feed(data)):
            self.done.callback(refusal)
            self._abort()

    @override
    def connectionLost(self, reason: Failure = Failure(ResponseDone())) -> None:  # noqa: B008
        if self.done.called:
            return
        if reason.check(ResponseDone, PotentialDataLoss):  # the second: it had no length
            self.done.callback(self._body.end())
        else:
            self.done.errback(reason)


def _take(response: IResponse, body: Body, abort: Callable[[], None]) -> Deferred[bytes | Refusal]:
    taking = _Taking(body, abort)
    response.deliverBody(taking)
    return taking.done


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    for name, values in headers.getAllRawHeaders():
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")


def _failed(error: Exception, target: Target) -> Refusal:
    """Say what a peer, or the way to it, has done.

    Raises:
        CancelledError: Nothing; it was given up.
    """
    reasons = getattr(error, "reasons", None) or [Failure(error)]
    if any(reason.check(CancelledError) for reason in reasons):
        raise CancelledError from error
    if any(reason.check(TLSError, VerificationError) for reason in reasons):
        return Refusal(
            Why.CERTIFICATE,
            f"the certificate of {target.origin} is not trusted, or it does not speak TLS",
        )
    if isinstance(error, UnicodeError):
        return Refusal(Why.HOST, f"{target.host} is not a name that a certificate can have")
    if isinstance(error, ConnectError):
        return Refusal(Why.UNREACHABLE, f"{target.origin} cannot be reached")
    return Refusal(Why.BROKEN, f"the answer of {target.origin} is broken or ends early")
