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

from finesse_tx.configuration.core.document import Configuration, DocumentRefusedError, Fault
from finesse_tx.configuration.core.exporting import document_of
from finesse_tx.configuration.core.planning import planned
from finesse_tx.configuration.core.telling import Told, told
from finesse_tx.configuration.core.text import Format, read, written
from finesse_tx.directory.core.edits import Author
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import (
    ICampaigns,
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
        campaigns: Follow, too; None where the engine is somebody else's.
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
        campaigns: ICampaigns | None = None,
    ) -> None:
        self._records, self._editing, self._workers = records, editing, workers
        self._refresh_settings, self._now = refresh_settings, now
        self._personality, self._vet, self._campaigns = personality, vet, campaigns

    def text(self, as_: Format) -> Deferred[bytes]:
        """See `IConfigurationText`."""
        return Deferred.fromCoroutine(self._text(as_))

    async def _text(self, as_: Format) -> bytes:
        there = await self._records.read()
        return await self._workers.run(lambda: written(document_of(there), as_))

    def check(self, data: bytes, *, prune: bool) -> Deferred[Told]:
        """See `IConfigurationText`."""
        return Deferred.fromCoroutine(self._check(data, prune))

    async def _check(self, data: bytes, prune: bool) -> Told:
        there = await self._records.read()
        return await self._workers.run(partial(self._planned, data, there, prune))

    def _planned(self, data: bytes, there: Configuration, prune: bool) -> Told:
        wanted = planned(read(data), there, prune=prune, personality=self._personality)
        if self._vet is not None:
            try:
                self._vet(wanted.after.register.shown)
            except ConfigError as error:
                raise DocumentRefusedError([Fault("", str(error))]) from None
        return told(wanted)

    def take(self, data: bytes, author: Author, *, prune: bool) -> Deferred[Told]:
        """See `IConfigurationText`.

        Once it is begun, it is carried to its end: cancelling gives up waiting, no more.
        """
        answer: Deferred[Told] = Deferred()
        Deferred.fromCoroutine(self._take(data, author, prune)).chainDeferred(answer)
        return answer

    async def _take(self, data: bytes, author: Author, prune: bool) -> Told:
        source = await self._workers.run(partial(read, data))
        wanted = await self._records.take(
            source, author, self._now(), prune, self._personality, self._vet
        )
        done = await self._workers.run(partial(told, wanted))
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
        signing_in = await self._editing.refresh()
        if self._campaigns is not None:  # after the queues that they call for
            await self._campaigns.reload()
        return signing_in
