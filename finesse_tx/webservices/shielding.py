"""Work that goes on when the client that asked for it is gone."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.webservices.core.errors import ApiError

__all__ = ["to_its_end"]

T = TypeVar("T")


def to_its_end(work: Coroutine[Deferred[Any], Any, T], log: Logger) -> Deferred[T]:
    """Wait for work that goes on when nobody waits any more: the client may be gone before its change is made."""
    waiting: Deferred[T] = Deferred()

    def over(result: T | Failure) -> None:
        if not waiting.called:
            waiting.callback(result)
        elif isinstance(result, Failure) and not result.check(ApiError):
            log.failure("a change that nobody waited for", result)

    Deferred.fromCoroutine(work).addBoth(over)
    return waiting
