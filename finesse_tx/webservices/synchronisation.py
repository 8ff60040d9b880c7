"""What the web services ask of an engine: carries out the plan of `finesse_tx.webservices.core.resynchronisation`.

Spec: ``cti.md`` §11.2 (configuration), §11.3 (snapshot).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.cti.core.enums import ControlFailureCode, StatusCode
from finesse_tx.cti.core.errors import (
    ControlFailureError,
    LinkDownError,
    RequestFailedError,
    RequestTimeoutError,
    TooManyRequestsError,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.errors import FinesseError, RemoteProtocolError
from finesse_tx.interfaces import ICTILink
from finesse_tx.webservices.core.changes import Change
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.resynchronisation import Phase, Question, Resynchronisation

__all__ = ["PATIENCE_S", "Synchronisation", "SynchronisationError"]

PATIENCE_S: Final = 60.0
"""How long an engine that is asked for its configuration may say nothing."""

MAX_LOGGED: Final = 20
"""How many of the questions that were given up are logged one by one."""

BUSY: Final = {StatusCode.E_CTI_TIMEOUT, StatusCode.E_CTI_UNSPECIFIED_FAILURE}
"""FAILURE_CONF with these says nothing about what was asked."""

REJECTIONS: Final = {
    ControlFailureCode.CF_SERVICE_BUSY,
    ControlFailureCode.CF_REQUEST_TIMEOUT_REJECTION,
    ControlFailureCode.CF_RESOURCE_LIMITATION_REJECTION,
}
"""Nor does CONTROL_FAILURE_CONF with these."""


class SynchronisationError(RemoteProtocolError):
    """The engine does not say what we must know.

    Attributes:
        reason: What it said instead.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Synchronisation:
    """One synchronisation, from `begin` until `done` fires or is cancelled.

    Args:
        link: The session with the engine.
        model: The model to fill; whoever tells this of an event has told the model first.
        clock: For giving up.
        now: The wall time, in UTC.
        changed: Is told what answers change in the model.
        everyone: Whether to ask about everyone, or only about agents who were not configured before.

    Attributes:
        done: Fires when all is known; fails with `SynchronisationError` when the engine does not say it, and with
            `LinkDownError` when the session has ended. Cancelling leaves nothing behind.
        plan: What is asked, and how far it is.
        began: When it began, by the clock.
    """

    log = Logger()

    def __init__(
        self,
        link: ICTILink,
        model: Model,
        clock: IReactorTime,
        now: Callable[[], datetime],
        changed: Callable[[list[Change]], None],
        *,
        everyone: bool = True,
    ) -> None:
        self._link, self._clock, self._now, self._changed = link, clock, now, changed
        self.plan = Resynchronisation(model, everyone=everyone)
        self.done: Deferred[None] = Deferred(lambda _: self._end())
        self.began = clock.seconds()
        self._under_way: set[Deferred[Message]] = set()
        self._patience: IDelayedCall | None = None
        self._is_going_on = False

    def begin(self) -> None:
        """Ask for the first thing."""
        self.plan.begin()
        self._go_on()

    def message(self, message: Message) -> None:
        """An event has come, and the model has it."""
        self._changed(self.plan.message(message))
        self._go_on()

    def _go_on(self) -> None:
        """Send what can be sent; an answer that comes at once is taken in here, not deeper and deeper."""
        if self._is_going_on or self._is_over():
            return
        self._is_going_on = True
        try:
            while (following := self.plan.take()) is not None and not self._is_over():
                if isinstance(following, Question):
                    self._ask(following)
                else:
                    self._link.send(following)
        except FinesseError:
            self._fail(Failure())
        finally:
            self._is_going_on = False
        if self._is_over():
            return
        if self.plan.phase is Phase.FAILED:
            self._fail(Failure(SynchronisationError(self.plan.fault)))
        elif self.plan.phase is Phase.DONE:
            self._succeed()
        else:
            self._wait()

    def _is_over(self) -> bool:
        return self.done.called

    def _ask(self, question: Question) -> None:
        answer = self._link.request(question.request)
        self._under_way.add(answer)

        def over(result: Message | Failure) -> Message | Failure:
            self._under_way.discard(answer)
            return result

        answer.addBoth(over)
        answer.addCallbacks(self._answered, self._not_answered, (question,), {}, (question,))
        answer.addErrback(self._fail)

    def _answered(self, answer: Message, question: Question) -> None:
        self._changed(self.plan.answered(question, answer, self._now()))
        self._go_on()

    def _not_answered(self, failure: Failure, question: Question) -> None:
        error = failure.value
        if self.done.called or isinstance(error, CancelledError):
            return
        match error:
            case RequestTimeoutError() | TooManyRequestsError():
                changes = self.plan.unanswered(question, str(error))
            case RequestFailedError() if error.status in BUSY:
                changes = self.plan.unanswered(question, str(error))
            case ControlFailureError() if error.failure_code in REJECTIONS:
                changes = self.plan.unanswered(question, str(error))
            case LinkDownError():
                self._fail(failure)
                return
            case FinesseError():
                changes = self.plan.refused(question, str(error))
            case _:
                failure.raiseException()
        self._changed(changes)
        self._go_on()

    # The end ------------------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Events have no time limit of their own; each that comes gives the engine new time."""
        self._stop_waiting()
        if self.plan.phase in {Phase.KEYS, Phase.UPLOAD}:
            self._patience = self._clock.callLater(PATIENCE_S, self._too_late)

    def _too_late(self) -> None:
        self._patience = None
        reason = f"{self.plan.phase.value} did not come within {PATIENCE_S:g} s"
        self._fail(Failure(SynchronisationError(reason)))

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            patience, self._patience = self._patience, None
            patience.cancel()

    def _succeed(self) -> None:
        for skipped in self.plan.skipped[:MAX_LOGGED]:
            self.log.warn(
                "{about} is left out of the synchronisation: {reason}",
                about=skipped.about,
                reason=skipped.reason,
            )
        self._end()
        self.done.callback(None)

    def _fail(self, failure: Failure) -> None:
        if not self.done.called:
            self._end()
            self.done.errback(failure)

    def _end(self) -> None:
        """Free what is held: nobody waits for the answers that are still to come."""
        self._stop_waiting()
        under_way, self._under_way = self._under_way, set()
        for answer in under_way:
            answer.cancel()
