"""`finesse_tx.configuration.importing`: taken in by a running server, and then followed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.configuration.core.document import Configuration, DocumentRefusedError
from finesse_tx.configuration.core.planning import Import, planned
from finesse_tx.configuration.core.text import Source, read
from finesse_tx.configuration.importing import ConfigurationText
from finesse_tx.directory.core.edits import Author
from finesse_tx.interfaces import ICampaigns, IConfigurationRecords, IConfigurationText, IWorkers
from finesse_tx.store.core.errors import StoreUnavailableError
from tests.support.documents import SAMPLE

ANN = Author("ann", "here")

SKILL = b'format = 1\nSkill = [{ name = "Juggling" }]'


@implementer(IConfigurationRecords)
class Records:
    """Keeps nothing."""

    def __init__(self) -> None:
        self.taken: list[tuple[Author, bool]] = []
        self.holding: Deferred[Any] = succeed(None)

    def read(self) -> Deferred[Configuration]:
        """All of the sample."""
        return succeed(planned(read(SAMPLE.encode()), Configuration()).after)

    def take(
        self,
        source: Source,
        author: Author,
        at: datetime,
        prune: bool,
        personality: str,
        vet: Callable[[Any], object] | None,
    ) -> Deferred[Import]:
        """Remember who it was."""
        self.taken.append((author, prune))
        return self.holding.addCallback(lambda _: planned(source, Configuration()))


class Editing:
    """Counts who follows."""

    def __init__(self) -> None:
        self.refreshed, self.failing = 0, False

    def refresh(self) -> Deferred[int]:
        """Go by it."""
        self.refreshed += 1
        return fail(StoreUnavailableError("away")) if self.failing else succeed(7)


@implementer(IWorkers)
class Workers:
    """Does it here and now."""

    def run(self, work: Callable[[], Any]) -> Deferred[Any]:
        """Do it."""
        try:
            return succeed(work())
        except Exception:
            return fail()


class Following:
    """Campaigns, which write down what their queues were followed by when they were read."""

    def __init__(self, editing: Editing) -> None:
        self.editing, self.reloaded = editing, list[int]()

    def reload(self) -> Deferred[None]:
        """Write it down."""
        self.reloaded.append(self.editing.refreshed)
        return succeed(None)


class ConfigurationTextTests(SynchronousTestCase):
    """A configuration of a running server."""

    def setUp(self) -> None:
        """One with the sample."""
        self.records, self.editing, self.settings = Records(), Editing(), 0

        async def refresh() -> None:
            self.settings += 1

        editing: Any = self.editing
        self.campaigns = campaigns = Following(self.editing)
        self.text = ConfigurationText(
            self.records,
            editing,
            refresh,
            Workers(),
            lambda: datetime(2026, 11, 22, tzinfo=UTC),
            campaigns=cast("ICampaigns", campaigns),
        )

    def test_interfaces(self) -> None:
        """It is what it says, and so is the fake."""
        verifyObject(IConfigurationText, self.text)
        verifyObject(IConfigurationRecords, self.records)
        verifyObject(IWorkers, Workers())

    def test_text(self) -> None:
        """All of it is written down."""
        self.assertEqual(self.successResultOf(self.text.text("toml")).decode(), SAMPLE)

    def test_check(self) -> None:
        """What would change is said; what cannot be is refused; nobody follows."""
        wanted = self.successResultOf(self.text.check(SKILL, prune=False))
        self.assertEqual((wanted.changes, wanted.lines[1]), (1, '+++ Skill "Juggling"'))
        nowhere = b'format = 1\nTeam = [{ name = "x", workflows = ["y"] }]'
        self.failureResultOf(self.text.check(nowhere, prune=False), DocumentRefusedError)
        self.assertEqual((self.records.taken, self.editing.refreshed), ([], 0))

    def test_take(self) -> None:
        """It is taken in, and then the node goes by it; it is taken in also where that cannot be seen yet."""
        done = self.successResultOf(self.text.take(SKILL, ANN, prune=True))
        self.assertEqual(done.changes, 1)
        self.assertEqual(self.records.taken, [(ANN, True)])
        self.assertEqual((self.editing.refreshed, self.settings), (1, 1))
        self.editing.failing = True
        self.successResultOf(self.text.take(SKILL, ANN, prune=False))
        self.failureResultOf(self.text.take(b"x", ANN, prune=False), DocumentRefusedError)

    def test_cancelled(self) -> None:
        """Whoever gives up waiting does not stop it half-way."""
        waiting: Deferred[None] = Deferred()
        self.records.holding = waiting
        taking = self.text.take(SKILL, ANN, prune=False)
        taking.cancel()
        self.failureResultOf(taking, CancelledError)
        waiting.callback(None)
        self.assertEqual((self.editing.refreshed, self.settings), (1, 1))

    def test_refresh(self) -> None:
        """What another process has configured is gone by: campaigns after the queues that they call for."""
        self.assertEqual(self.successResultOf(self.text.refresh()), 7)
        self.assertEqual((self.settings, self.campaigns.reloaded), (1, [1]))
