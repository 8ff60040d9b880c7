"""The way of a request from REST to the engine: in turn, with its id, and to one end that is told.

A request that passes the checks is answered 202; what becomes of it comes as an event, or, when the engine refuses
it, as an error notification. Requests about one object are sent one at a time.

Spec: ``rest.md`` §1.4, §1.5; ``notifications.md`` §5.2, §6.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from twisted.internet.defer import CancelledError, Deferred, DeferredLock
from twisted.logger import Logger

from finesse_tx.cti.core.enums import ControlFailureCode, StatusCode
from finesse_tx.cti.core.errors import ControlFailureError, RequestFailedError
from finesse_tx.cti.core.message import Request
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import ICTILink, IPublisher
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.correlation import Correlation, traced
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.vocabulary import ERROR_TYPES

__all__ = ["MAX_WAITING", "Asked", "Dispatch", "RefusedError"]

MAX_WAITING: Final = 20
"""How many requests about one object may wait for each other; one more is refused."""


class RefusedError(FinesseError):
    """A request that was accepted cannot be, now that its turn has come; told as the engine's refusals are.

    Attributes:
        error_type: ``errorType``.
        message: ``errorMessage``.
        data: ``errorData``.
        peripheral_code: The peripheral's own code; 0 for none.
        text: A sentence for people, beside the peripheral's code; empty for the code in words.
    """

    def __init__(
        self,
        error_type: str,
        message: str,
        data: str = "",
        peripheral_code: int = 0,
        text: str = "",
    ) -> None:
        super().__init__(error_type, message, data)
        self.error_type, self.message, self.data = error_type, message, data
        self.peripheral_code, self.text = peripheral_code, text


def _unexplained(_code: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client's request is about, and where its outcome is told.

    Attributes:
        node: Where a refusal is published.
        source: The path of the resource that is asked; requests with the same one wait for each other.
        request_id: The client's, or the one that was made.
        about: Whose next event answers it (`Correlation`); None: no event does.
        error_type: ``errorType`` of the engine's refusal; empty: by the engine's code.
        explain: What people are told about the engine's code; empty: the peripheral's code in words.
    """

    node: str
    source: str
    request_id: str
    about: Hashable = None
    error_type: str = ""
    explain: Callable[[int], str] = _unexplained


class Dispatch:
    """Sends what clients ask for.

    Args:
        link: The engine.
        publisher: Where error notifications go.
        correlation: Which event answers which request.
        seconds: The clock of `Correlation`.
    """

    log = Logger()

    def __init__(
        self,
        link: ICTILink,
        publisher: IPublisher,
        correlation: Correlation,
        seconds: Callable[[], float],
    ) -> None:
        self._link, self._publisher = link, publisher
        self._correlation, self._seconds = correlation, seconds
        self._locks: dict[str, DeferredLock] = {}

    def send(
        self,
        asked: Asked,
        make: Callable[[], Sequence[Request]],
        done: Callable[[], None] = lambda: None,
    ) -> None:
        """Send requests when the earlier ones about the same source are answered.

        Args:
            asked: What it is about.
            make: Makes them when their turn has come, since what is allowed depends on what came before; the first
                that is refused ends it. It may raise `RefusedError`.
            done: Called when the engine has taken them all.

        Raises:
            ApiError: 503: too many wait already.
        """
        lock = self._locks.setdefault(asked.source, DeferredLock())
        if len(lock.waiting) >= MAX_WAITING:
            raise ApiError(503, "Service Unavailable", "TOO_MANY_REQUESTS", asked.source)

        async def send() -> None:
            await lock.acquire()
            try:
                if await self._all(asked, make):
                    done()
            finally:
                lock.release()
                if not lock.locked and self._locks.get(asked.source) is lock:
                    del self._locks[asked.source]

        Deferred.fromCoroutine(send()).addErrback(
            lambda failure: self.log.failure(
                "request {request_id} about {source} failed",
                failure,
                request_id=traced(asked.request_id),
                source=asked.source,
            )
        )

    async def _all(self, asked: Asked, make: Callable[[], Sequence[Request]]) -> bool:
        """Send them now, one after the other, and say whether the engine takes them; why not is published."""
        try:
            requests = make()
        except RefusedError as error:
            self.refuse(asked, error)
            return False
        if asked.about is not None:
            self._correlation.expect(asked.about, asked.request_id, self._seconds())
        for request in requests:
            if (refused := await self._attempt(request, asked)) is not None:
                self.refuse(asked, refused)
                if asked.about is not None:
                    self._correlation.withdraw(asked.about, asked.request_id)
                return False
        return True

    async def _attempt(self, request: Request, asked: Asked) -> RefusedError | None:
        """Send it, and say why it is not taken."""
        self.log.info(
            "request {request_id}: {what} about {source}",
            request_id=traced(asked.request_id),
            what=type(request).__name__,
            source=asked.source,
        )
        try:
            await self._link.request(request)
        except ControlFailureError as error:
            code = error.failure_code
            error_type = asked.error_type or ERROR_TYPES.get(code, "Generic Error")
            message = _constant(ControlFailureCode, code)
            peripheral, text = error.peripheral_error_code, asked.explain(code)
            return RefusedError(error_type, message, str(code), peripheral, text)
        except RequestFailedError as error:
            message = _constant(StatusCode, error.status)
            return RefusedError("Generic Error", message, str(error.status))
        except (FinesseError, CancelledError) as error:
            # No answer in time, no link, or nothing that can be sent: it has one end like all others.
            return RefusedError("Internal Server Error", type(error).__name__)
        return None

    def refuse(self, asked: Asked, error: RefusedError) -> None:
        """Publish why a request that was accepted comes to nothing."""
        self.log.info(
            "request {request_id}: {source}: {error_type} {message} {data}",
            request_id=traced(asked.request_id),
            source=asked.source,
            error_type=error.error_type,
            message=error.message,
            data=error.data,
        )
        payload = updates.error_update(
            asked.source,
            error.error_type,
            error.message,
            error.data,
            asked.request_id,
            error.peripheral_code,
            text=error.text,
        )
        self._publisher.publish(asked.node, payload)


def _constant(codes: type[IntEnum], code: int) -> str:
    """The name of a number; the number itself when it has none."""
    try:
        return codes(code).name
    except ValueError:
        return str(code)
