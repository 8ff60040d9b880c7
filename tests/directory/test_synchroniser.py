"""`finesse_tx.directory.synchroniser`, and the provider ``local``."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.plugin import IPlugin, getPlugins
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

import finesse_tx.plugins
from finesse_tx.directory.core.axl.records import ObjectWrite
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import Plan, plan
from finesse_tx.directory.core.edits import Author, Edit, Key, Register
from finesse_tx.directory.core.errors import SourceError
from finesse_tx.directory.core.synchronising import FoundPerson, Policy, TooManyGoneError
from finesse_tx.directory.local import LocalDirectory
from finesse_tx.directory.synchroniser import FIRST_S, LOGGED, PIECE, RETRY_S, Synchroniser
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import (
    IDirectoryEditing,
    IDirectoryProvider,
    IDirectorySource,
    ISynchroniser,
)
from tests.support.sources import ScriptedSource
from tests.support.workers import ManualWorkers

ANN, BOB = FoundPerson("ann", "Ann", "Doe", "1500"), FoundPerson("bob", "Bob", "Ray", "1501")


@implementer(IDirectoryEditing)
class Editing:
    """A directory without a database.

    Attributes:
        pieces: How many edits came at once, each time.
        authors: Who wanted them.
    """

    def __init__(self) -> None:
        self.current = Register(demo(2))
        self.pieces: list[int] = []
        self.authors: list[Author] = []

    def register(self) -> Deferred[Register]:
        """Tell it."""
        return succeed(self.current)

    def refresh(self) -> Deferred[int]:
        """Nobody asks."""
        raise NotImplementedError

    def check(self, edits: Sequence[Edit]) -> Deferred[Plan]:
        """Nobody asks."""
        raise NotImplementedError

    def apply(
        self, edits: Sequence[Edit], author: Author, beside: ObjectWrite | None = None
    ) -> Deferred[tuple[Key, ...]]:
        """Do it."""
        self.current = plan(self.current, edits).register
        self.pieces.append(len(edits))
        self.authors.append(author)
        return succeed(())


class SynchroniserTests(SynchronousTestCase):
    """`Synchroniser`."""

    def setUp(self) -> None:
        """Make one that takes people in each quarter of an hour."""
        self.clock, self.source, self.editing = Clock(), ScriptedSource(ANN, BOB), Editing()
        self.synchroniser = Synchroniser(
            self.source, self.editing, Policy("axl"), 900, self.clock, lambda: 0.5
        )

    def people(self) -> list[str]:
        """The provider's."""
        return [p.login_id for p in self.editing.current.snapshot.people if p.source == "axl"]

    def test_interfaces(self) -> None:
        """Everything provides what it says."""
        verifyObject(ISynchroniser, self.synchroniser)
        verifyObject(IDirectoryEditing, self.editing)

    def test_on_demand(self) -> None:
        """A dry run says what would change, and changes nothing; without it, it is done."""
        self.source.found = (ANN, FoundPerson("agent1", "A", "B", "1502"))
        lines = self.successResultOf(self.synchroniser.synchronise(True))
        self.assertEqual(
            [line.partition(",")[0].partition(":")[0] for line in lines], ["+ ann", "! agent1"]
        )
        self.assertEqual(self.people(), [])
        self.assertEqual(self.successResultOf(self.synchroniser.synchronise(False)), lines)
        self.assertEqual(self.people(), ["ann"])
        self.assertEqual(self.editing.authors, [Author("axl", "synchronisation")])

    def test_metrics(self) -> None:
        """What was done, what failed, who was left out and how long ago it was can be seen; a dry run is neither."""

        def told() -> dict[str, object]:
            return {family.name: dict(family.samples) for family in self.synchroniser.families()}

        self.successResultOf(self.synchroniser.synchronise(True))
        self.assertEqual(told(), {"directory_synchronisations": {}, "directory_left_out": {(): 0}})
        self.source.found = (ANN, FoundPerson("agent1", "A", "B", "1502"))
        self.successResultOf(self.synchroniser.synchronise(False))
        self.clock.advance(40)
        self.source.failing = SourceError("it is away")
        self.failureResultOf(self.synchroniser.synchronise(True), SourceError)
        self.failureResultOf(self.synchroniser.synchronise(False), SourceError)
        self.assertEqual(
            told(),
            {
                "directory_synchronisations": {("done",): 1, ("failed",): 1},
                "directory_left_out": {(): 1},
                "directory_synchronised_seconds": {(): 40},
            },
        )

    def test_schedule(self) -> None:
        """The first comes soon after the start, the next after the interval, none after the stop."""
        self.synchroniser.startService()
        self.clock.advance(FIRST_S - 0.1)
        self.assertEqual(self.people(), [])
        self.clock.advance(0.1)
        self.assertEqual(self.people(), ["ann", "bob"])
        self.source.found = (ANN,)
        self.clock.advance(899)
        self.assertEqual(self.editing.current.disabled, frozenset())
        self.clock.advance(1)
        self.assertEqual(self.editing.current.disabled, {"bob"})
        self.successResultOf(self.synchroniser.stopService())
        self.assertTrue(self.source.is_closed)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_failing(self) -> None:
        """One that fails says why and is tried again, ever later; one that works begins anew."""
        self.source.failing = SourceError("it is away")
        self.synchroniser.startService()
        pauses = []
        with capturedLogs() as events:
            self.clock.advance(FIRST_S)
            for _ in range(6):
                (timer,) = self.clock.getDelayedCalls()
                pauses.append(timer.getTime() - self.clock.seconds())
                self.clock.advance(pauses[-1])
        self.assertEqual(pauses, [RETRY_S, RETRY_S * 2, RETRY_S * 4, RETRY_S * 8, 900, 900])
        self.assertEqual(
            formatEvent(events[0]), "people of axl are not taken in: it is away; again in 60 s"
        )
        self.source.failing = None
        self.clock.advance(900)
        self.source.failing = SourceError("it is away")
        self.clock.advance(900)
        (timer,) = self.clock.getDelayedCalls()
        self.assertEqual(timer.getTime() - self.clock.seconds(), RETRY_S)
        self.successResultOf(self.synchroniser.stopService())

    def test_bug(self) -> None:
        """A bug is logged as one, and the next synchronisation comes all the same."""
        self.source.failing = ZeroDivisionError()
        self.synchroniser.startService()
        self.clock.advance(FIRST_S)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.successResultOf(self.synchroniser.stopService())

    def test_too_many_gone(self) -> None:
        """When too many are gone, nothing is done, and whoever asked is told."""
        self.source.found = [FoundPerson(f"p{n}", "A", "B", str(30_000 + n)) for n in range(20)]
        self.successResultOf(self.synchroniser.synchronise(False))
        self.source.found = ()
        for dry_run in (True, False):
            self.failureResultOf(self.synchroniser.synchronise(dry_run), TooManyGoneError)
        self.assertEqual(self.editing.current.disabled, frozenset())

    def test_many(self) -> None:
        """Very many are taken in piece by piece; the log names the first of them."""
        self.source.found = [
            FoundPerson(f"p{n}", "A", "B", str(30_000 + n)) for n in range(PIECE + 1)
        ]
        self.synchroniser.startService()
        with capturedLogs() as events:
            self.clock.advance(FIRST_S)
        self.assertEqual(self.editing.pieces, [PIECE, 1])
        self.assertEqual(len(events), LOGGED + 1)
        self.assertEqual(formatEvent(events[-1]), f"axl: and {PIECE + 1 - LOGGED} more")
        self.successResultOf(self.synchroniser.stopService())

    def test_one_by_one(self) -> None:
        """Two at once come one after the other."""
        asked: list[Deferred[Sequence[FoundPerson]]] = []

        def people() -> Deferred[Sequence[FoundPerson]]:
            asked.append(Deferred())
            return asked[-1]

        self.patch(self.source, "people", people)
        one, two = self.synchroniser.synchronise(True), self.synchroniser.synchronise(True)
        self.assertEqual(len(asked), 1)
        asked[0].callback([ANN])
        self.assertEqual(len(self.successResultOf(one)), 1)
        asked[1].callback([ANN, BOB])
        self.assertEqual(len(self.successResultOf(two)), 2)


class LocalTests(SynchronousTestCase):
    """`LocalDirectory`."""

    def test_plugin(self) -> None:
        """It is found as a plugin, takes no options, and has nobody else to ask."""
        found = {one.name: one for one in getPlugins(IDirectoryProvider, finesse_tx.plugins)}
        self.assertIsInstance(found["local"], LocalDirectory)
        provider = LocalDirectory()
        verifyObject(IDirectoryProvider, provider)
        verifyObject(IPlugin, provider)
        source = provider.make_source({}, ManualWorkers(), None)
        verifyObject(IDirectorySource, source)
        self.assertFalse(source.authenticates or source.synchronises)
        self.failureResultOf(source.authenticate("ann", "x"), SourceError)
        self.failureResultOf(source.people(), SourceError)
        self.successResultOf(source.close())
        with self.assertRaisesRegex(ConfigError, r"directory\.options\.url: there is no such key"):
            provider.make_source({"url": "x"}, ManualWorkers(), None)
