"""Joining a server as a component, and joining it again, for as long as the service runs.

Not a `twisted.application.internet.ClientService`: a connection on which the server does not accept us is an attempt
that came to nothing, whoever ends it, and the next pause is longer for it; that one loses count, and with a connection
that ends while it is prepared (Twisted 26.10) its place in its own state machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.interfaces import IDelayedCall, IReactorTime, IStreamClientEndpoint
from twisted.internet.protocol import Factory
from twisted.logger import Logger
from typing_extensions import override

from finesse_tx.notification.core.counters import ComponentCounters
from finesse_tx.notification.link import NETWORK, LinkLostError, LinkStream, LinkTerms

__all__ = ["FIRST_RETRY_S", "Joining", "retry_pause"]

FIRST_RETRY_S: Final = 0.5
"""What the pauses between attempts to connect begin with."""


def retry_pause(attempt: int, longest_s: float, chance: float) -> float:
    """How long to wait before the next attempt to connect: half as long again each time, and by chance down to half.

    Args:
        attempt: How many came to nothing in a row, from 1.
        longest_s: The longest pause.
        chance: From 0 to 1.
    """
    pause = FIRST_RETRY_S * 1.5 ** min(attempt, 30)
    return float(min(pause, longest_s) * (0.5 + chance / 2))


class _Factory(Factory):
    """Makes the streams."""

    noisy = False

    def __init__(self, terms: LinkTerms, lost: Callable[[LinkLostError], None]) -> None:
        self._terms, self._lost = terms, lost

    @override
    def buildProtocol(self, addr: object) -> LinkStream:
        return LinkStream(self._terms, self._lost)


class Joining(Service):
    """The link, whichever connection it is.

    Args:
        endpoint: Where the server is.
        where: The same for people to read.
        terms: What all connections have in common.
        retry_max_s: The longest pause between two attempts.
        chance: A number from 0 to 1, for pauses that differ.
        joined: Told that the server has accepted us.
        left: Told that the link is lost.

    Attributes:
        counters: What it has been through.
        stream: The connection on which we are accepted; None while there is none.
        why: Why there is none.
    """

    log = Logger()

    def __init__(
        self,
        endpoint: IStreamClientEndpoint,
        where: str,
        terms: LinkTerms,
        retry_max_s: float,
        chance: Callable[[], float],
        joined: Callable[[], None],
        left: Callable[[], None],
    ) -> None:
        self._endpoint, self._where, self._terms = endpoint, where, terms
        self._clock: IReactorTime = terms.clock
        self._retry_max_s, self._chance = retry_max_s, chance
        self._joined, self._left = joined, left
        self._factory = _Factory(terms, self._lost)
        self._failed = 0
        self._timer: IDelayedCall | None = None
        self._attempt: Deferred[None] | None = None
        self._stopped: Deferred[None] | None = None
        self.counters = ComponentCounters()
        self.stream: LinkStream | None = None
        self.why = LinkLostError(NETWORK, "not connected yet")

    @override
    def startService(self) -> None:
        super().startService()
        self._try()

    @override
    def stopService(self) -> Deferred[None]:
        """End the link in order; what was written is still sent.

        Returns:
            Fires when there is no connection any more.
        """
        super().stopService()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._attempt is not None:
            self._attempt.cancel()
        if self.stream is None:
            return succeed(None)
        if self._stopped is None:
            self._stopped = Deferred()
            self.stream.close()
        return self._stopped

    def _try(self) -> None:
        self._timer = None
        self._attempt = Deferred.fromCoroutine(self._join())
        self._attempt.addErrback(lambda failure: self.log.failure("joining failed", failure))

    async def _join(self) -> None:
        self.counters.attempts += 1
        stream: LinkStream | None = None
        try:
            stream = cast("LinkStream", await self._endpoint.connect(self._factory))
            await stream.accepted
        except CancelledError:
            if stream is not None:
                stream.close()
            return
        except LinkLostError as error:
            self._refused(error)
        except (ConnectError, DNSLookupError) as error:
            self._refused(LinkLostError(NETWORK, str(error)))
        else:
            self._accepted(stream)
        finally:
            self._attempt = None

    def _accepted(self, stream: LinkStream) -> None:
        self.stream, self._failed = stream, 0
        self.counters.connected += 1
        self.log.info(
            "{jid} has joined the XMPP server at {where}", jid=self._terms.jid, where=self._where
        )
        self._joined()

    def _refused(self, why: LinkLostError) -> None:
        """An attempt came to nothing; the same reason again is not news."""
        if str(why) != str(self.why):
            self.log.warn(
                "the XMPP server at {where} does not take us as {jid}: {why}",
                where=self._where,
                jid=self._terms.jid,
                why=why,
            )
        self._again(why)

    def _lost(self, why: LinkLostError) -> None:
        self.stream = None
        self._left()
        if self.running:
            self.log.warn(
                "the link to the XMPP server at {where} is lost: {why}", where=self._where, why=why
            )
        self._again(why)
        if self._stopped is not None:
            stopped, self._stopped = self._stopped, None
            stopped.callback(None)

    def _again(self, why: LinkLostError) -> None:
        self.why = why
        self.counters.lost[why.condition] += 1
        if self.running:
            self._failed += 1
            pause = retry_pause(self._failed, self._retry_max_s, self._chance())
            self._timer = self._clock.callLater(pause, self._try)
