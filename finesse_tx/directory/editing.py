"""Changing the directory of a running server: checked, hashed, kept, audited, and then followed by everyone.

Spec: ``design.md`` §8 (every change is in an audit log), ``engine.md`` §2.4 (why agents are signed out by it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from twisted.internet.defer import Deferred, DeferredLock
from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.directory.core.axl.records import ObjectWrite
from finesse_tx.directory.core.editing import Plan, plan, vet
from finesse_tx.directory.core.edits import Author, Edit, Key, Register, SetPassword
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.directory.hashing import hashed
from finesse_tx.directory.passwords import Passwords
from finesse_tx.interfaces import IDirectoryEditing, IDirectoryEditRecords, IWorkers
from finesse_tx.store.core.errors import StoreBusyError, StoreError

__all__ = ["MAX_WAITING", "DirectoryEditing"]

MAX_WAITING: Final = 100
"""How many lists of edits may wait for each other; one more is refused with `StoreBusyError`."""


class Follows(Protocol):
    """The directory, as far as editing needs it."""

    def snapshot(self) -> Snapshot:
        """As it was last loaded."""

    def reload(self) -> Deferred[None]:
        """Load it anew, and tell who follows."""


@implementer(IDirectoryEditing)
class DirectoryEditing:
    """The directory, for whoever changes it.

    Args:
        records: Where it is kept.
        directory: Reads it anew, and tells who follows.
        workers: Where passwords are hashed.
        passwords: How.
        now: The wall time, in UTC.
        judge: Looks, in another thread, at what the directory would be; raises `ConfigError` for what cannot be.
        verifier: Makes what SCRAM is checked with of a password, encoded; None: nobody needs it.
    """

    log = Logger()

    def __init__(
        self,
        records: IDirectoryEditRecords,
        directory: Follows,
        workers: IWorkers,
        passwords: Passwords,
        now: Callable[[], datetime],
        judge: Callable[[Snapshot], object] | None = None,
        verifier: Callable[[str], str] | None = None,
    ) -> None:
        self._records, self._directory, self._workers = records, directory, workers
        self._passwords, self._now, self._judge, self._verifier = passwords, now, judge, verifier
        self._lock = DeferredLock()

    def register(self) -> Deferred[Register]:
        """Everyone; see `IDirectoryEditing`."""
        return self._records.register()

    def refresh(self) -> Deferred[int]:
        """Go by what is kept now; see `IDirectoryEditing`."""
        loading = self._directory.reload()
        return loading.addCallback(lambda _none: len(self._directory.snapshot().people))

    def check(self, edits: Sequence[Edit]) -> Deferred[Plan]:
        """Say what would become of some edits; see `IDirectoryEditing`."""
        return Deferred.fromCoroutine(self._check(edits))

    async def _check(self, edits: Sequence[Edit]) -> Plan:
        register = await self._records.register()
        return await self._workers.run(partial(self._planned, register, edits))

    def _planned(self, register: Register, edits: Sequence[Edit]) -> Plan:
        planned = plan(register, edits)
        vet(planned, self._judge)
        return planned

    def apply(
        self, edits: Sequence[Edit], author: Author, beside: ObjectWrite | None = None
    ) -> Deferred[tuple[Key, ...]]:
        """Carry out a list of edits; see `IDirectoryEditing`.

        Once it is begun, it is carried to its end: cancelling gives up waiting, no more.
        """
        answer: Deferred[tuple[Key, ...]] = Deferred()
        if len(self._lock.waiting) >= MAX_WAITING:
            answer.errback(StoreBusyError(MAX_WAITING))
            return answer
        working: Deferred[tuple[Key, ...]] = self._lock.run(self._apply, edits, author, beside)
        working.chainDeferred(answer)
        return answer

    def _apply(
        self, edits: Sequence[Edit], author: Author, beside: ObjectWrite | None
    ) -> Deferred[tuple[Key, ...]]:
        return Deferred.fromCoroutine(self._in_turn(edits, author, beside))

    async def _in_turn(
        self, edits: Sequence[Edit], author: Author, beside: ObjectWrite | None
    ) -> tuple[Key, ...]:
        if any(isinstance(edit, SetPassword) for edit in edits):
            await self._check(edits)  # before the slow part
        ready: list[Edit] = []
        for edit in edits:  # one at a time: others want threads, too
            if isinstance(edit, SetPassword) and edit.password is not None:
                make = partial(
                    hashed, edit.login_id, edit.password, self._passwords, self._verifier
                )
                ready.append(await self._workers.run(make))
            else:
                ready.append(edit)
        keys = await self._records.edit(ready, author, self._now(), self._judge, beside)
        self.log.info(
            "{user} at {peer} has edited {count} things in the directory, the first of them {first}",
            user=author.login_id,
            peer=author.peer,
            count=len(keys),
            first=keys[0] if keys else "-",
        )
        try:
            await self._directory.reload()
        except StoreError as error:  # it is done all the same, and seen with the next change
            self.log.error("the directory has changed and cannot be read: {error}", error=error)
        return keys
