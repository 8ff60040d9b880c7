"""`finesse_tx.directory.editing`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from twisted.internet.defer import Deferred, fail, succeed
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.config import SecurityConfig
from finesse_tx.directory.core.axl.records import ObjectWrite
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import plan
from finesse_tx.directory.core.edits import (
    Add,
    Author,
    Edit,
    EditsRefusedError,
    Key,
    Register,
    Remove,
    SetEnabled,
    SetHash,
    SetPassword,
)
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.editing import MAX_WAITING, DirectoryEditing
from finesse_tx.directory.passwords import Passwords
from finesse_tx.directory.service import Directory, Turnover
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import IDirectoryEditing, IDirectoryEditRecords
from finesse_tx.store.core.errors import StoreBusyError, StoreUnavailableError
from tests.support.edits import person
from tests.support.records import FixedRecords
from tests.support.workers import ManualWorkers

CHEAP = SecurityConfig(argon2_memory_kib=8, argon2_iterations=1, argon2_lanes=1)
ADMIN = Author("admin", "192.0.2.7")
AT = datetime(2026, 11, 22, tzinfo=UTC)


@implementer(IDirectoryEditRecords)
class EditRecords:
    """Plans edits as the real one does, and keeps them for `FixedRecords`."""

    def __init__(self, records: FixedRecords) -> None:
        self._records, self._register = records, Register(records.snapshot)
        self.done: list[Edit] = []
        self.beside: list[ObjectWrite | None] = []
        self.failing: Exception | None = None
        self.held: Deferred[None] | None = None

    def register(self) -> Deferred[Register]:
        """Tell it."""
        return succeed(self._register)

    def edit(
        self,
        edits: Sequence[Edit],
        author: Author,
        at: datetime,
        judge: Callable[[Snapshot], object] | None,
        beside: ObjectWrite | None = None,
    ) -> Deferred[tuple[Key, ...]]:
        """Do it, at once or when it is let."""
        if self.failing is not None:
            return fail(self.failing)
        assert (author, at) == (ADMIN, AT)
        self.beside.append(beside)
        if self.held is not None:
            return self.held.addCallback(lambda _: self._edit(edits))
        return succeed(self._edit(edits))

    def _edit(self, edits: Sequence[Edit]) -> tuple[Key, ...]:
        planned = plan(self._register, edits)
        self.done += edits
        self._register = planned.register
        self._records.snapshot = planned.register.shown
        hashes = {e.login_id: e.password_hash for e in edits if isinstance(e, SetHash)}
        there = {p.login_id for p in planned.register.shown.people}
        self._records.hashes = {
            who: value for who, value in {**self._records.hashes, **hashes}.items() if who in there
        }
        return tuple(range(len(edits)))


class EditingTests(SynchronousTestCase):
    """`DirectoryEditing`."""

    def setUp(self) -> None:
        """Make a directory of two agents with passwords."""
        fixed = FixedRecords(demo(2), {"agent1": "$1", "agent2": "$2"})
        self.fixed, self.records = fixed, EditRecords(fixed)
        self.directory = Directory(fixed, fixed.snapshot, fixed.hashes)
        self.turnovers: list[Turnover] = []
        self.directory.follow(self.turnovers.append)
        self.workers = ManualWorkers()
        self.vetted: list[Snapshot] = []
        self.passwords = Passwords(CHEAP)
        self.editing = DirectoryEditing(
            self.records,
            self.directory,
            self.workers,
            self.passwords,
            lambda: AT,
            self.vetted.append,
            lambda password: f"scram of {len(password)}",
        )

    def apply(self, *edits: Edit) -> Deferred[tuple[Key, ...]]:
        """Want something."""
        return self.editing.apply(edits, ADMIN)

    def test_interface(self) -> None:
        """It provides what it says."""
        verifyObject(IDirectoryEditing, self.editing)
        verifyObject(IDirectoryEditRecords, self.records)

    def test_apply(self) -> None:
        """What is done is seen in the directory when the answer comes, and those who follow are told."""
        self.successResultOf(self.apply(Add(person("ann")), Remove(Person, "agent2")))
        self.assertIsNotNone(self.directory.snapshot().person("ann"))
        self.assertEqual(self.turnovers, [Turnover(frozenset({"agent2"}), frozenset())])

    def test_password(self) -> None:
        """A password is hashed in a thread, with its verifier; who had another one is told of, and it is not shown."""
        with capturedLogs() as events:
            applying = self.apply(SetPassword("agent1", "correct horse"))
            self.assertNoResult(applying)
            self.workers.work_off()
            self.successResultOf(applying)
        (kept,) = self.records.done
        assert isinstance(kept, SetHash)
        self.assertTrue(self.passwords.verify(kept.password_hash, "correct horse"))
        self.assertEqual(kept.verifier, "scram of 13")
        self.assertEqual(self.turnovers, [Turnover(frozenset(), frozenset({"agent1"}))])
        self.assertNotIn("horse", str(events))

    def test_no_password(self) -> None:
        """Who has no password any more had another one."""
        self.fixed.hashes = {"agent1": "$1"}
        applying = self.apply(SetPassword("agent2", None))
        self.workers.work_off()
        self.successResultOf(applying)
        self.assertEqual(self.turnovers, [Turnover(frozenset(), frozenset({"agent2"}))])

    def test_refused_before_hashing(self) -> None:
        """What may not be is refused before anything is hashed, and nothing has changed."""
        applying = self.apply(Add(person("ann", team_id=9)), SetPassword("ann", "correct horse"))
        self.workers.work_off()
        self.failureResultOf(applying, EditsRefusedError)
        self.assertEqual((self.records.done, self.turnovers), ([], []))

    def test_check(self) -> None:
        """A check says what would be, asks whoever may veto, and changes nothing."""
        checking = self.editing.check([SetEnabled("agent1", False)])
        self.workers.work_off()
        planned = self.successResultOf(checking)
        self.assertEqual(planned.register.disabled, {"agent1"})
        self.assertEqual(self.vetted, [planned.register.shown])
        self.assertEqual((self.records.done, self.turnovers), ([], []))

    def test_veto(self) -> None:
        """A veto is the answer."""

        def veto(_snapshot: Snapshot) -> None:
            raise ConfigError("scripts.toml:3", "queue", 'there is no "Sales"')

        editing = DirectoryEditing(
            self.records, self.directory, self.workers, self.passwords, lambda: AT, veto
        )
        checking = editing.check([SetEnabled("agent1", False)])
        self.workers.work_off()
        error = self.failureResultOf(checking, EditsRefusedError).value
        self.assertEqual(str(error), 'scripts.toml:3: queue: there is no "Sales"')

    def test_store(self) -> None:
        """What the store cannot do is told; what it cannot read afterwards is done all the same."""
        self.records.failing = StoreUnavailableError("disk I/O error")
        self.failureResultOf(self.apply(SetEnabled("agent1", False)), StoreUnavailableError)
        self.records.failing, self.fixed.failing = None, StoreUnavailableError("disk I/O error")
        with capturedLogs() as events:
            self.successResultOf(self.apply(SetEnabled("agent1", False)))
        self.assertIn("error", [event["log_level"].name for event in events])
        self.assertIsNotNone(self.directory.snapshot().person("agent1"))

    def test_one_by_one(self) -> None:
        """Edits are made one list after the other; so many wait, and one more is refused."""
        first: Deferred[None] = Deferred()
        self.records.held = first
        waiting = [self.apply(SetEnabled("agent1", False)) for _ in range(MAX_WAITING + 1)]
        self.failureResultOf(self.apply(SetEnabled("agent1", False)), StoreBusyError)
        self.assertEqual(self.records.done, [])
        self.records.held = None
        first.callback(None)
        for one in waiting:
            self.successResultOf(one)

    def test_cancelled(self) -> None:
        """Who gives up waiting changes nothing about what is done."""
        held: Deferred[None] = Deferred()
        self.records.held = held
        applying = self.apply(SetEnabled("agent1", False))
        applying.cancel()
        self.failureResultOf(applying)
        held.callback(None)
        self.assertEqual(self.records.done, [SetEnabled("agent1", False)])
        self.assertIsNone(self.directory.snapshot().person("agent1"))

    def test_refresh(self) -> None:
        """What another process has changed is gone by when it is said."""
        self.fixed.snapshot, self.fixed.hashes = demo(1), {"agent1": "$other"}
        self.assertEqual(self.successResultOf(self.editing.refresh()), 4)
        turnover = Turnover(frozenset({"agent2"}), frozenset({"agent1"}))
        self.assertEqual(self.turnovers, [turnover])

    def test_register(self) -> None:
        """Everyone is told, also who is disabled."""
        self.successResultOf(self.apply(SetEnabled("agent1", False)))
        register = self.successResultOf(self.editing.register())
        self.assertIn("agent1", [p.login_id for p in register.snapshot.people])

    def test_broken_follower(self) -> None:
        """One who cannot follow keeps nobody else from it."""

        def broken(_turnover: Turnover) -> None:
            raise ZeroDivisionError

        directory = Directory(self.fixed, self.fixed.snapshot)
        told: list[Turnover] = []
        directory.follow(broken)
        directory.follow(told.append)
        self.successResultOf(directory.reload())
        self.assertEqual(len(told), 1)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
