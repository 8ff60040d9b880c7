"""The queue of passwords that wait for their check.

A check costs tens of milliseconds of a processor, for a good password as for a bad one, and anybody may ask for
one. So there are bounds: how many run at once (the rest of the pool stays free for transactions), how many callers
wait, how many of these may have made their names up, and how many guesses at one user's password are under way.
The same question asked twice while it waits is checked once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from twisted.internet.defer import Deferred, fail
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.directory.core.admission import Admission
from finesse_tx.directory.core.errors import SignInError, TooBusyError
from finesse_tx.directory.core.records import Person
from finesse_tx.directory.core.scram import ScramVerifier
from finesse_tx.interfaces import IWorkers
from finesse_tx.store.core.errors import StoreError

__all__ = ["MAX_STRANGERS", "MAX_WAITING", "Checks", "Question", "Verdict"]

MAX_WAITING: Final = 10_000
"""How many callers may wait for a check; the next one is refused with `TooBusyError`."""

MAX_STRANGERS: Final = 100
"""How many checks of unknown names may wait; so many that made-up names cannot keep real people out. At that, a
refusal tells the one who fills it that a name is unknown."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found.

    Attributes:
        right: Whether the password is right.
        renewed: The password hashed with today's parameters, where the stored hash has others; else empty.
        verifier: What SCRAM is checked with, where there is none of today's parameters; else None.
    """

    right: bool
    renewed: str = ""
    verifier: ScramVerifier | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a password is somebody's.

    Attributes:
        digest: The same for the same question only.
        user: Who is meant: a login id, or the name that was made up.
        stranger: Whether it was made up.
        check: Finds out, in another thread.
        settle: Told what was found, once, in the reactor's thread, even if nobody waits any more; it returns
            the person, or raises what the callers are to get.
    """

    digest: bytes
    user: str
    stranger: bool
    check: Callable[[], Verdict]
    settle: Callable[[Verdict], Person]


@dataclass(eq=False, slots=True)
class _Pending:
    question: Question
    answers: list[Deferred[Person]] = field(default_factory=list)


class Checks:
    """Asks the questions, in the order in which they came.

    Args:
        workers: Where the checks run.
        at_once: How many of them.
        max_waiting: How many callers may wait, `MAX_WAITING` but for tests.
        max_strangers: How many checks of unknown names may, likewise.
    """

    log = Logger()

    def __init__(
        self,
        workers: IWorkers,
        at_once: int,
        max_waiting: int = MAX_WAITING,
        max_strangers: int = MAX_STRANGERS,
    ) -> None:
        self._workers, self._at_once, self._max_waiting = workers, at_once, max_waiting
        self._admission = Admission(max_strangers)
        self._pending: dict[bytes, _Pending] = {}
        self._queue: OrderedDict[bytes, _Pending] = OrderedDict()  # the pending ones not begun
        self._waiting = self._running = 0
        self._starting = False

    def ask(self, question: Question, allowance: int) -> Deferred[Person]:
        """Ask, unless too much is being asked already.

        Args:
            question: May be one that waits already; that one's check then answers both.
            allowance: How many different passwords of this user may be under way.

        Returns:
            Fires with what ``question.settle`` returned, or fails with what it raised, or with `TooBusyError`.
            Cancelling it takes the question back, if its check has not begun and nobody else asks.
        """
        if self._waiting >= self._max_waiting:
            return fail(TooBusyError())
        pending = self._pending.get(question.digest)
        if pending is None:
            if not self._admission.admit(question.user, question.stranger, allowance):
                return fail(TooBusyError())
            pending = _Pending(question)
            self._pending[question.digest] = self._queue[question.digest] = pending
        answer: Deferred[Person] = Deferred(partial(self._take_back, pending))
        pending.answers.append(answer)
        self._waiting += 1
        self._start()
        return answer

    def _take_back(self, pending: _Pending, answer: Deferred[Person]) -> None:
        pending.answers.remove(answer)
        self._waiting -= 1
        digest = pending.question.digest
        if not pending.answers and self._queue.get(digest) is pending:
            del self._queue[digest]
            self._forget(pending.question)

    def _start(self) -> None:
        if self._starting:  # a check that ended at once: the loop below goes on with the next
            return
        self._starting = True
        while self._queue and self._running < self._at_once:
            _, pending = self._queue.popitem(last=False)
            self._running += 1
            settled: Deferred[Person] = self._workers.run(pending.question.check).addCallback(
                pending.question.settle
            )
            settled.addBoth(self._ended, pending)
        self._starting = False

    def _ended(self, result: Person | Failure, pending: _Pending) -> None:
        self._running -= 1
        self._forget(pending.question)
        if isinstance(result, Failure) and result.check(StoreError):
            result = Failure(TooBusyError())
        elif isinstance(result, Failure) and not result.check(SignInError):
            self.log.failure("a password could not be checked", result)
        while pending.answers:  # one caller's answer may make another one give up
            self._waiting -= 1
            pending.answers.pop(0).callback(result)
        self._start()

    def _forget(self, question: Question) -> None:
        del self._pending[question.digest]
        self._admission.release(question.user, question.stranger)
