"""Changing the configuration: one change after the other, each checked, kept, audited and then shown.

Spec: ``rest.md`` §12.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar, cast

from msgspec import Struct
from twisted.internet.defer import DeferredLock
from twisted.logger import Logger

from finesse_tx.directory.core.records import ReasonCode
from finesse_tx.interfaces import IAdministrationRecords, IDirectory, IReasonCodes
from finesse_tx.store.core.errors import (
    StoreBusyError,
    StoreConflictError,
    StoreError,
    StoreUnavailableError,
)
from finesse_tx.webservices.core.administration.changes import (
    AuditEntry,
    Change,
    completed,
    shown,
)
from finesse_tx.webservices.core.administration.rules import check
from finesse_tx.webservices.core.administration.settings import Settings, applied
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.routing import Call
from finesse_tx.webservices.shielding import to_its_end

__all__ = ["MAX_WAITING", "Administration", "Step"]

T = TypeVar("T")
One = TypeVar("One", bound=Struct)

MAX_WAITING: Final = 100
"""How many changes may wait for each other; one more is refused."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done, decided when its turn has come.

    Attributes:
        action: The method of the request.
        uri: Of what is changed; of something new, what its own begins with.
        change: What to do.
        before: What was there; None for nothing.
        after: What will be, likewise.
    """

    action: str
    uri: str
    change: Change
    before: object = None
    after: object = None


class Administration:
    """The configuration: read from memory, changed in the store.

    Args:
        directory: People, teams, reason codes.
        reasons: Is told that reason codes have changed.
        records: Where changes are kept.
        settings: What is there at the start.
        now: The wall time, in UTC.
        personality: ``ccx`` or ``cce``: which codes reasons may have.
        defaults: What of what there is one each is shown until somebody configures it, by resource.
    """

    log = Logger()

    def __init__(
        self,
        directory: IDirectory,
        reasons: IReasonCodes,
        records: IAdministrationRecords,
        settings: Settings,
        now: Callable[[], datetime],
        personality: str = "ccx",
        defaults: Mapping[str, Struct] = MappingProxyType({}),
    ) -> None:
        self._directory, self._reasons, self._records = directory, reasons, records
        self._now, self._lock = now, DeferredLock()
        self.settings, self.personality = settings, personality
        self._defaults = defaults
        self._followers: list[Callable[[Settings], None]] = []
        self._is_doubtful = False  # the store may have what is not in memory

    def follow(self, follower: Callable[[Settings], None]) -> None:
        """Tell somebody what is configured, now and whenever something else is.

        Args:
            follower: Is called with the settings.
        """
        self._followers.append(follower)
        follower(self.settings)

    def _take(self, settings: Settings) -> None:
        self.settings = settings
        for follower in self._followers:
            follower(settings)

    @property
    def reasons(self) -> tuple[ReasonCode, ...]:
        """All reason codes, in the order of their ids."""
        return self._directory.snapshot().reason_codes

    def single(self, kind: type[One]) -> One | None:
        """What there is one of: as configured, or as it is by itself; None where there is none by itself."""
        found: Any = self.settings.single(kind) or self._defaults.get(kind.__name__)
        return cast("One | None", found)

    def has_team(self, team_id: int) -> bool:
        """Whether there is such a team."""
        return self._directory.snapshot().team(team_id) is not None

    async def change(self, call: Call[Any], decide: Callable[[], Step]) -> tuple[int, ...]:
        """Make a change.

        Args:
            call: Who wants it.
            decide: Says what to do, when every earlier change is done; refuses with an `ApiError`.

        Returns:
            The ids of what is new.

        Raises:
            ApiError: 400 for what may not be, 503 for too many changes at once and a database that is away, 500 for one
                that refuses.
        """
        if len(self._lock.waiting) >= MAX_WAITING:
            raise ApiError(503, "Service Unavailable", "TOO_MANY_REQUESTS", "")
        return await to_its_end(self._in_turn(call, decide), self.log)

    async def _in_turn(self, call: Call[Any], decide: Callable[[], Step]) -> tuple[int, ...]:
        await self._lock.acquire()
        try:
            if self._is_doubtful:
                await self._recall()
            step = decide()
            check(self.settings, self.reasons, step.change)
            try:
                return await self._carry_out(call, step)
            except StoreConflictError:
                await self._recall()
                check(self.settings, self.reasons, decide().change)  # says what it contradicts
                raise
        except StoreError as error:
            raise self._refused(error) from error
        finally:
            self._lock.release()

    async def _recall(self) -> None:
        """Go by what is kept: somebody else has changed it, or a commit of ours whose end nobody saw was made."""
        self._take(await self._records.load())
        await self._show_reasons()
        self._is_doubtful = False

    def _refused(self, error: StoreError) -> ApiError:
        if isinstance(error, StoreConflictError):
            return ApiError(400, "Finesse API Error", "DB_CONSTRAINT_VIOLATION", "")
        if isinstance(error, StoreBusyError):
            return ApiError(503, "Service Unavailable", "DB_BUSY", "")
        self.log.error("a change is not made: {reason}", reason=error)
        if isinstance(error, StoreUnavailableError):
            self._is_doubtful = True
            return ApiError(503, "Service Unavailable", "DB_UNAVAILABLE", "")
        return ApiError(500, "Internal Server Error", "DB_RUNTIME_EXCEPTION", "")

    async def _carry_out(self, call: Call[Any], step: Step) -> tuple[int, ...]:
        entry = AuditEntry(
            self._now(),
            call.person.login_id,
            call.origin.peer,
            step.action,
            step.uri,
            shown(step.before),
            shown(step.after),
        )
        ids = await self._records.apply(step.change, entry)
        self._take(applied(self.settings, step.change, ids))
        if _is_about_reasons(step.change):
            await self._show_reasons()
        self.log.info(
            "{user} at {peer}: {action} {uri}",
            user=entry.login_id,
            peer=entry.peer,
            action=entry.action,
            uri=completed(step.change, entry.uri, ids),
        )
        return ids

    async def refresh(self) -> None:
        """Go by what is kept now: somebody else has changed it. No change is under way meanwhile.

        Raises:
            StoreError: It cannot be read; what was stays.
        """
        await self._lock.acquire()
        try:
            self._take(await self._records.load())
        finally:
            self._lock.release()

    async def _show_reasons(self) -> None:
        """Let the directory see what is kept; the change is made, whether it can or not."""
        try:
            await self._reasons.reload_reason_codes()
        except StoreError as error:
            self.log.error(
                "reason codes have changed, and are shown with the next change: {reason}",
                reason=error,
            )


def _is_about_reasons(change: Change) -> bool:
    kind = getattr(change, "kind", type(getattr(change, "value", None)))
    return kind is ReasonCode
