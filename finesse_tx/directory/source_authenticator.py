"""Whether people of another directory are who they say: that directory is asked, and no other.

Who is asked about whom is decided by where the person comes from (`Person.source`), not by who answers: when the other
directory cannot tell, the answer is "not now" (`TooBusyError`), never what a password of ours would have said.

Spec: ``rest.md`` §1.2 (the lock-out and the cache are those of all passwords); ``axl.md`` §6 (asked once at a sign-in).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from twisted.internet.defer import Deferred, DeferredSemaphore, fail, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from finesse_tx.config import SecurityConfig
from finesse_tx.directory.core.credentials import CredentialCache
from finesse_tx.directory.core.errors import (
    BadCredentialsError,
    LockedOutError,
    SourceError,
    TooBusyError,
)
from finesse_tx.directory.core.lockout import LockOut
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.passwords import MAX_PASSWORD
from finesse_tx.interfaces import IAuthenticator, IDirectorySource

__all__ = ["AT_ONCE", "MAX_CACHED", "MAX_WAITING", "SourceAuthenticator"]

AT_ONCE: Final = 4
"""How many questions are under way."""

MAX_WAITING: Final = 1_000
"""How many wait; the next one is refused with `TooBusyError`."""

MAX_CACHED: Final = 50_000
"""How many verified credentials are remembered."""


class People(Protocol):
    """The directory, as far as this needs it."""

    def snapshot(self) -> Snapshot:
        """Who there is."""


@implementer(IAuthenticator)
class SourceAuthenticator:
    """Asks the source about its people, and somebody else about all others.

    Args:
        others: Checks the passwords of people who are not the source's.
        source: Another directory.
        name: Its name in `Person.source`.
        people: Who there is.
        config: For how long a password is believed.
        lockout: Who is locked out; the one that ``others`` counts with.
        clock: The clock of ``lockout``.
        random: So many random bytes.

    Attributes:
        outcomes: How often the source was asked, by what it said: ``right``, ``wrong``, ``unknown``.
    """

    log = Logger()

    def __init__(
        self,
        others: IAuthenticator,
        source: IDirectorySource,
        name: str,
        people: People,
        config: SecurityConfig,
        lockout: LockOut,
        clock: IReactorTime,
        random: Callable[[int], bytes],
    ) -> None:
        self._others, self._source, self._name, self._people = others, source, name, people
        self._lockout, self._clock = lockout, clock
        self._cache = CredentialCache(random(32), config.credential_cache_s, MAX_CACHED)
        self._turns = DeferredSemaphore(AT_ONCE)
        self._asked: dict[bytes, list[Deferred[Person]]] = {}
        self._guesses: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()

    def authenticate(self, username: str, password: str) -> Deferred[Person]:
        """Check a password; see `IAuthenticator`."""
        person = self._people.snapshot().person(username)
        if person is None or person.source != self._name:
            return self._others.authenticate(username, password)
        if not 0 < len(password) <= MAX_PASSWORD:
            return fail(BadCredentialsError())
        user, now = person.login_id, self._clock.seconds()
        if (until_s := self._lockout.locked_until(user, now)) is not None:
            return fail(LockedOutError(until_s))
        digest = self._cache.digest(user, self._name, password)
        if self._cache.holds(digest, now):
            self._lockout.succeeded(user)
            return succeed(person)
        answer: Deferred[Person] = Deferred(partial(self._give_up, digest))
        if digest in self._asked:  # the same question, asked once
            self._asked[digest].append(answer)
            return answer
        # Not more guesses at once than would lock the user out: none of them is free.
        guesses = self._guesses[user]
        if len(self._turns.waiting) >= MAX_WAITING or guesses >= self._lockout.left(user, now):
            return fail(TooBusyError())
        self._guesses[user] += 1
        self._asked[digest] = [answer]
        asking = Deferred.fromCoroutine(self._ask(user, password, digest))
        asking.addBoth(self._settled, digest, user)
        return answer

    def _give_up(self, digest: bytes, answer: Deferred[Person]) -> None:
        """One who waits no more; the question is asked all the same."""
        self._asked[digest].remove(answer)

    async def _ask(self, user: str, password: str, digest: bytes) -> Person:
        try:
            is_right = await self._turns.run(self._source.authenticate, user, password)
            self.outcomes["right" if is_right is True else "wrong"] += 1
        except SourceError as error:
            self.outcomes["unknown"] += 1
            self.log.error(
                "the directory cannot say whether {user} is right: {error}", user=user, error=error
            )
            raise TooBusyError from error
        except Exception as error:
            self.outcomes["unknown"] += 1
            self.log.failure("the directory cannot be asked about {user}", user=user)
            raise TooBusyError from error
        now = self._clock.seconds()
        # Anew: the person may have gone meanwhile, or be ours.
        person = self._people.snapshot().person(user)
        if is_right is not True or person is None or person.source != self._name:
            self._lockout.failed(user, now)
            if self._lockout.locked_until(user, now) is not None:
                self.log.warn("{user} is locked out after too many bad passwords", user=user)
            raise BadCredentialsError
        self._lockout.succeeded(user)
        self._cache.add(digest, now)
        return person

    def _settled(self, result: Person | Failure, digest: bytes, user: str) -> None:
        self._guesses[user] -= 1
        if not self._guesses[user]:
            del self._guesses[user]
        waiting = self._asked[digest]
        while waiting:  # one caller's answer may make another one give up
            waiting.pop(0).callback(result)
        del self._asked[digest]
