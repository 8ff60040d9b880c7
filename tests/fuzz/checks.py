"""What all targets have in common: how input is cut, and what they look at afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from twisted.internet.task import Clock
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from zope.interface import implementer

__all__ = ["PIECES", "FoundError", "no_failure", "no_timer", "pieces"]

PIECES: Final = (1, 7, 64, 1 << 16)
"""How many bytes come at a time."""


class FoundError(Exception):
    """Something is wrong, though nothing was raised."""


def pieces(stream: bytes, size: int) -> Iterator[bytes]:
    """Cut a stream into pieces of that size."""
    for at in range(0, len(stream), size):
        yield stream[at : at + size]


@contextmanager
def no_failure() -> Iterator[None]:
    """Whatever is logged as a failure is found."""
    failures: list[LogEvent] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        if "log_failure" in event:
            failures.append(event)

    globalLogPublisher.addObserver(observe)
    try:
        yield
    finally:
        globalLogPublisher.removeObserver(observe)
    if failures:
        raise FoundError(failures[0]["log_failure"].getTraceback())


def no_timer(clock: Clock) -> None:
    """A timer that is left behind is found."""
    if clock.getDelayedCalls():
        raise FoundError(f"left behind: {clock.getDelayedCalls()}")
