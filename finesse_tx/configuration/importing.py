"""The configuration of a running server as text: read, compared, taken in, and then followed by everyone.

Spec: ``design.md`` §8 (every change is in an audit log).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.configuration.core.document import Document, DocumentRefusedError, Fault
from finesse_tx.configuration.core.exporting import document_of
from finesse_tx.configuration.core.planning import Import, planned
from finesse_tx.configuration.core.text import Source
from finesse_tx.directory.core.edits import Author
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import (
    IConfigurationRecords,
    IConfigurationText,
    IDirectoryEditing,
    IWorkers,
)
from finesse_tx.store.core.errors import StoreError

__all__ = ["ConfigurationText"]


@implementer(IConfigurationText)
class ConfigurationText:
    """The whole configuration, for whoever writes it down or takes it in.

    Args:
        records: Where it is kept.
        editing: Has the directory follow.
        refresh_settings: Has the web services follow in all the rest.
        workers: Where documents are compared.
        now: The wall time, in UTC.
        personality: ``ccx`` or ``cce``: which codes reasons may have.
        vet: Looks, in another thread, at what the directory would be; raises a `FinesseError` for what cannot be.
    """

    log = Logger()

    def __init__(
        self,
        records: IConfigurationRecords,
        editing: IDirectoryEditing,
        refresh_settings: Callable[[], Coroutine[Any, Any, None]],
        workers: IWorkers,
        now: Callable[[], datetime],
        personality: str = "ccx",
        vet: Callable[[Snapshot], object] | None = None,
    ) -> None:
        self._records, self._editing, self._workers = records, editing, workers
        self._refresh_settings, self._now = refresh_settings, now
        self._personality, self._vet = personality, vet

    def document(self) -> Deferred[Document]:
        """See `IConfigurationText`."""
        return self._records.read().addCallback(document_of)

    def check(self, source: Source, *, prune: bool) -> Deferred[Import]:
        """See `IConfigurationText`."""
        return Deferred.fromCoroutine(self._check(source, prune))

    async def _check(self, source: Source, prune: bool) -> Import:
        there = await self._records.read()
        work = partial(self._planned, source, there, prune)
        return await self._workers.run(work)

    def _planned(self, source: Source, there: Any, prune: bool) -> Import:
        wanted = planned(source, there, prune=prune, personality=self._personality)
        if self._vet is not None:
            try:
                self._vet(wanted.after.register.shown)
            except ConfigError as error:
                raise DocumentRefusedError([Fault("", str(error))]) from None
        return wanted

    def take(self, source: Source, author: Author, *, prune: bool) -> Deferred[Import]:
        """See `IConfigurationText`."""
        return Deferred.fromCoroutine(self._take(source, author, prune))

    async def _take(self, source: Source, author: Author, prune: bool) -> Import:
        done = await self._records.take(
            source, author, self._now(), prune, self._personality, self._vet
        )
        self.log.info(
            "{user} at {peer} has taken in a configuration: {changes} changes",
            user=author.login_id,
            peer=author.peer,
            changes=done.changes,
        )
        try:
            await self._follow()
        except StoreError as error:  # it is done all the same, and seen with the next change
            self.log.error("the configuration has changed and cannot be read: {e}", e=error)
        return done

    def refresh(self) -> Deferred[int]:
        """See `IConfigurationText`."""
        return Deferred.fromCoroutine(self._follow())

    async def _follow(self) -> int:
        await self._refresh_settings()
        return await self._editing.refresh()
