"""The requests of a client that wait for their answers.

Spec: ``cti.md`` §9.0 (InvokeID), §12.3 (2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from finesse_tx.cti.core.errors import (
    ControlFailureError,
    LinkDownError,
    RequestFailedError,
    RequestTimeoutError,
    TooManyRequestsError,
)
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.cti.core.messages import ControlFailureConf, FailureConf

__all__ = ["Outstanding"]

_LAST: Final = 0xFFFF_FFFF


class _Waiting(NamedTuple):
    confirmation: type[Message]
    answer: Deferred[Message]


class Outstanding:
    """Requests by InvokeID.

    Args:
        timeout_s: How long each waits for its answer.
        clock: For that.
        limit: How many may wait at once.
    """

    def __init__(self, timeout_s: float, clock: IReactorTime, limit: int) -> None:
        self._timeout_s, self._clock, self._limit = timeout_s, clock, limit
        self._waiting: dict[int, _Waiting] = {}
        self._latest = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def invoke_id(self) -> int:
        """An InvokeID that no other request has."""
        while True:
            self._latest = self._latest % _LAST + 1
            if self._latest not in self._waiting:
                return self._latest

    def send(self, request: Request, write: Callable[[Message], None]) -> Deferred[Message]:
        """Send a request with ``write``, which may raise, and wait for its answer.

        Returns:
            Fires with the confirmation, or fails with `ControlFailureError`, `RequestFailedError`,
            `RequestTimeoutError`, `LinkDownError`, or what ``write`` raised. Cancelling forgets the request.

        Raises:
            TooManyRequestsError: ``limit`` requests wait already.
        """
        if len(self._waiting) >= self._limit:
            raise TooManyRequestsError(self._limit)
        invoke_id, name = self.invoke_id(), type(request).__name__
        write(replace(request, invoke_id=invoke_id))
        answer: Deferred[Message] = Deferred(lambda _: self._forget(invoke_id))
        self._waiting[invoke_id] = _Waiting(request.CONFIRMATION, answer)

        def late(_result: object, seconds: float) -> Failure:
            return Failure(RequestTimeoutError(name, seconds))

        return answer.addTimeout(self._timeout_s, self._clock, late)

    def answered(self, message: Confirmation) -> bool:
        """Give an answer to whoever waits for it.

        Returns:
            False when nobody does.
        """
        waiting = self._waiting.get(message.invoke_id)
        if waiting is None:
            return False
        match message:
            case ControlFailureConf():
                code, detail = message.failure_code, message.peripheral_error_code
                self._fail(message.invoke_id, ControlFailureError(code, detail))
            case FailureConf():
                error = RequestFailedError(message.status, message.text or "")
                self._fail(message.invoke_id, error)
            case _ if isinstance(message, waiting.confirmation):
                self._waiting.pop(message.invoke_id).answer.callback(message)
            case _:
                return False
        return True

    def fail_all(self, reason: str) -> None:
        """The session is gone."""
        for invoke_id in tuple(self._waiting):
            self._fail(invoke_id, LinkDownError(reason))

    def _forget(self, invoke_id: int) -> None:
        self._waiting.pop(invoke_id, None)

    def _fail(self, invoke_id: int, error: Exception) -> None:
        if (waiting := self._waiting.pop(invoke_id, None)) is not None:
            waiting.answer.errback(error)
