"""AXL's operations, asked of somebody else's server: which version it speaks, when to ask again, page by page.

Spec: ``axl.md`` §2 (step down), §5 (paging, a server that ignores ``skip``), §6 (throttling, sizes), §7.2 (SQL).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from twisted.internet.defer import DeferredLock
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from twisted.logger import Logger

from finesse_tx.directory.axl.errors import ThrottledError, TooLargeError, VersionError
from finesse_tx.directory.axl.exchange import Exchange
from finesse_tx.directory.axl.soap import VERSIONS, Messages, rows, soap_action
from finesse_tx.directory.core.errors import SourceError
from finesse_tx.interfaces import IWorkers

__all__ = ["FIRST_PAUSE_S", "MAX_PAGES", "MAX_PAUSE_S", "PAGE", "TRIES", "AXLClient"]

T = TypeVar("T")

TRIES: Final = 4
"""How often a request is sent to a server that has too much to do."""

FIRST_PAUSE_S: Final = 2.0
"""The pause after the first; each further one is twice as long, all with jitter."""

MAX_PAUSE_S: Final = 60.0
"""No longer than this, whatever the server wants."""

PAGE: Final = 500
"""So many objects are asked for at once."""

MAX_PAGES: Final = 400
"""So many pages are read of one list."""


class AXLClient:
    """Asks one server.

    Args:
        exchange: The way to it.
        workers: Where messages are written and read.
        clock: For pauses.
        chance: A number from 0 to 1, for pauses that differ.

    Attributes:
        version: The version of the schema that is spoken; the newest until the server refuses it.
    """

    log = Logger()

    def __init__(
        self,
        exchange: Exchange,
        workers: IWorkers,
        clock: IReactorTime,
        chance: Callable[[], float],
    ) -> None:
        self._exchange, self._workers, self._clock, self._chance = exchange, workers, clock, chance
        self._lock = DeferredLock()
        self._messages: Messages | None = None
        self.version = VERSIONS[0]

    async def call(self, operation: str, tries: int = TRIES, /, **fields: Any) -> Any:
        """Ask for an operation.

        Args:
            operation: Its name.
            tries: How often, while the server has too much to do.
            fields: What is asked.

        Returns:
            What zeep makes of ``return``; None where that is empty.

        Raises:
            SourceError: It was not done; says why.
        """
        refused: set[str] = set()
        sent = 0
        # zeep's objects are one thread's at a time; on the network, several requests may be under way.
        while True:
            try:
                return await self._once(operation, fields)
            except VersionError as error:
                refused.add(error.asked)
                self._step_down(error, refused)
            except ThrottledError as error:
                sent += 1
                if sent >= tries:
                    raise
                await self._pause(error, sent)

    async def _once(self, operation: str, fields: dict[str, Any]) -> Any:
        version = self.version
        body = await self._work(lambda: self._speak(version).request(operation, fields))
        reply = await self._exchange.post(soap_action(version, operation), body)
        return await self._work(lambda: self._speak(version).answer(operation, reply))

    async def _work(self, work: Callable[[], T]) -> T:
        done: T = await self._lock.run(self._workers.run, work)
        return done

    def _speak(self, version: str) -> Messages:
        """The messages of a version; in a thread, one at a time."""
        if self._messages is None or self._messages.version != version:
            self._messages = Messages(version)
        return self._messages

    def _step_down(self, error: VersionError, refused: set[str]) -> None:
        """Speak the newest version that both speak and that was not refused."""
        if error.asked != self.version and self.version not in refused:
            return  # another request has found out meanwhile
        left = [version for version in VERSIONS if version not in refused]
        if error.supported:
            left = [version for version in left if version in error.supported]
        if not left:
            spoken = ", ".join(VERSIONS)
            raise SourceError(f"{error.reason}; we speak {spoken}") from error
        self.log.info(
            "the AXL server does not speak {was}: {version} from now on",
            was=self.version,
            version=left[0],
        )
        self.version = left[0]

    async def _pause(self, error: ThrottledError, sent: int) -> None:
        wanted = error.retry_after_s
        pause_s = FIRST_PAUSE_S * 2 ** (sent - 1) if wanted is None else wanted
        pause_s = min(pause_s, MAX_PAUSE_S) * (1 + 0.25 * self._chance())
        self.log.warn("{error}; again in {pause_s} s", error=error, pause_s=round(pause_s, 1))
        await deferLater(self._clock, pause_s)

    # Lists ------------------------------------------------------------------------------------------------------

    async def all_of(
        self, operation: str, kind: str, criteria: dict[str, str], tags: tuple[str, ...]
    ) -> list[Any]:
        """Ask for all objects of a kind, page by page.

        Args:
            operation: Such as ``listUser``.
            kind: What its answer calls one of them, such as ``user``.
            criteria: What they are to be like.
            tags: What is to be told of each.

        Raises:
            SourceError: Something is missing: never a part of the list.
        """

        async def page(skip: int, first: int) -> list[Any]:
            returned = await self.call(
                operation,
                searchCriteria=criteria,
                returnedTags=dict.fromkeys(tags, ""),
                skip=skip,
                first=first,
            )
            return list(returned[kind] or ()) if returned is not None else []

        return await self._pages(operation, page)

    async def query(self, select: str, rest: str) -> list[dict[str, str]]:
        """Ask by SQL, page by page.

        Args:
            select: The columns.
            rest: Everything from ``from`` on, with an ``order by`` that tells every row.
        """

        async def page(skip: int, first: int) -> list[dict[str, str]]:
            sql = f"select skip {skip} first {first} {select} {rest}"
            return rows(await self.call("executeSQLQuery", sql=sql))

        return await self._pages("executeSQLQuery", page)

    async def _pages(
        self, operation: str, page: Callable[[int, int], Awaitable[list[Any]]]
    ) -> list[Any]:
        found: list[Any] = []
        first, last = PAGE, ""
        for _ in range(MAX_PAGES):
            try:
                some = await page(len(found), first)
            except TooLargeError as error:
                smaller = min(error.rows or first, first) // 2
                if smaller < 1:
                    raise
                first = smaller
                continue
            if not some:
                return found
            if str(some) == last or len(some) > first:
                raise SourceError(f"AXL {operation}: the server does not keep to skip and first")
            last = str(some)
            found += some
        raise SourceError(f"AXL {operation}: the list has over {MAX_PAGES} pages")
