"""`finesse_tx.webservices.team_messages`: sent, told, taken back, and over."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.directory.core.records import Person
from finesse_tx.interfaces import ITeamMessageRecords
from finesse_tx.store.core.errors import StoreBusyError, StoreRefusedError, StoreUnavailableError
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.team_messages import MAX_ACTIVE, Draft
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.team_messages import MAX_WAITING, Messages
from tests.support.webservices import FakeDirectory, FakePublisher, FakeTeamMessageRecords
from tests.webservices.core import events
from tests.webservices.test_service import envelope

SHORT = Draft("Tea", 600, (1,))


class MessagesTests(SynchronousTestCase):
    """Sue supervises team 1."""

    def setUp(self) -> None:
        """No message yet."""
        self.clock, self.publisher = Clock(), FakePublisher()
        self.directory = FakeDirectory(events.DIRECTORY)
        self.records = FakeTeamMessageRecords()
        self.messages = self.make()
        self.messages.startService()

    def tearDown(self) -> None:
        """Nothing is left for the clock."""
        self.messages.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def make(self) -> Messages:
        """As a start makes it."""
        return Messages(
            tuple(self.records.kept.values()),
            self.records,
            People(lambda: Model(self.directory.snapshot), self.directory),
            self.publisher,
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
        )

    def person(self, login_id: str) -> Person:
        """Someone of the directory."""
        person = events.DIRECTORY.person(login_id)
        assert person
        return person

    def begin(self, work: Coroutine[Deferred[Any], Any, Any]) -> Deferred[Any]:
        """Let somebody do something."""
        return Deferred.fromCoroutine(work)

    def send(self, who: str = "sue", draft: Draft = SHORT) -> int:
        """Send one."""
        sending = self.begin(self.messages.create(self.person(who), draft, "r1"))
        number: int = self.successResultOf(sending)
        return number

    def refused(self, work: Coroutine[Deferred[Any], Any, Any]) -> tuple[int, str, str]:
        """The refusal."""
        error = self.failureResultOf(self.begin(work), ApiError).value
        return error.status, error.error_type, error.error_data

    def shown(self, who: str = "ann", team: str = "1") -> list[int]:
        """The ids of what a team is shown."""
        return [one.id for one in self.messages.of_team(self.person(who), team).messages]

    def test_provided(self) -> None:
        """The fake provides what it says."""
        verifyObject(ITeamMessageRecords, self.records)

    def test_sent(self) -> None:
        """It is kept, shown, and told on both nodes of each team, with the request's id."""
        number = self.send("adm", Draft("Fire", 600, (1, 2)))
        self.assertEqual(list(self.records.kept), [number])
        self.assertEqual((self.shown(), self.shown("zed", "2")), ([number], [number]))
        told = self.publisher.take()
        self.assertEqual(
            [node for node, _ in told],
            [
                f"/finesse/api/Team/{team}/{name}"
                for team in (1, 2)
                for name in ("TeamMessage", "TeamMessages")
            ],
        )
        for _, payload in told:
            self.assertEqual(
                envelope(payload),
                {
                    "event": "POST",
                    "source": f"/finesse/api/TeamMessage/{number}",
                    "requestId": "r1",
                    "object": "TeamMessage",
                    "state": "",
                },
            )
            self.assertIn("<content>Fire</content>", payload)

    def test_kept_first(self) -> None:
        """Nobody hears of what is not kept; whoever asked may be gone by then."""
        self.records.holding = []
        sending = self.begin(self.messages.create(self.person("sue"), SHORT, ""))
        self.assertEqual((self.shown(), self.publisher.take()), ([], []))
        sending.cancel()
        self.failureResultOf(sending)
        self.records.holding[0].callback(None)
        self.assertEqual(self.shown(), [1])
        self.assertEqual(len(self.publisher.take()), 2)

    def test_who_may_send(self) -> None:
        """A supervisor to her teams, an administrator to all, nobody else; teams must be there."""
        for who, teams, status in (
            ("ann", (1,), 401),
            ("sue", (1, 2), 401),
            ("sue", (1, 9), 404),
            ("adm", (9,), 404),
        ):
            work = self.messages.create(self.person(who), Draft("x", 600, teams), "")
            self.assertEqual(self.refused(work)[0], status, (who, teams))
        self.assertEqual((self.records.kept, self.publisher.take()), ({}, []))

    def test_limit(self) -> None:
        """A team has so many at once; another one is none the worse."""
        for _ in range(MAX_ACTIVE):
            self.send()
        self.assertEqual(
            self.refused(self.messages.create(self.person("sue"), SHORT, "")),
            (400, "System Resource Limit Exceeded", "teammessage.max.limit.exceeded"),
        )
        self.send("adm", Draft("x", 600, (2,)))
        self.clock.advance(600)
        self.send()

    def test_limit_at_once(self) -> None:
        """However many are sent at once."""
        held: list[Deferred[None]] = []
        self.records.holding = held
        sending = [
            self.begin(self.messages.create(self.person("sue"), SHORT, ""))
            for _ in range(MAX_ACTIVE + 1)
        ]
        while held:
            held.pop(0).callback(None)
        for each in sending[:-1]:
            self.successResultOf(each)
        self.failureResultOf(sending[-1], ApiError)
        self.assertEqual(len(self.records.kept), MAX_ACTIVE)

    def test_too_many_wait(self) -> None:
        """More than so many at once are refused."""
        held: list[Deferred[None]] = []
        self.records.holding = held
        draft = Draft("x", 600, (2,))
        sending = [
            self.begin(self.messages.create(self.person("adm"), draft, ""))
            for _ in range(MAX_WAITING + 1)
        ]
        work = self.messages.create(self.person("adm"), draft, "")
        self.assertEqual(self.refused(work)[0], 503)
        while held:
            held.pop(0).callback(None)
        for each in sending:
            each.addErrback(lambda failure: failure.trap(ApiError) and None)
        self.assertEqual(len(self.records.kept), MAX_ACTIVE)

    def test_taken_back(self) -> None:
        """By whoever has sent it, and by administrators; once."""
        first, second = self.send(), self.send()
        self.publisher.take()
        for who in ("ann", "tim", "zed"):
            person = events.DIRECTORY.person(who) or self.person("bob")
            self.assertEqual(self.refused(self.messages.delete(person, str(first), ""))[0], 401)
        both = [
            self.begin(self.messages.delete(self.person(who), str(first), "r2"))
            for who in ("sue", "adm")
        ]
        self.assertIsNone(self.successResultOf(both[0]))
        self.failureResultOf(both[1], ApiError)
        self.assertEqual((self.shown(), list(self.records.kept)), ([second], [second]))
        told = self.publisher.take()
        self.assertEqual(
            [(envelope(payload)["event"], envelope(payload)["requestId"]) for _, payload in told],
            [("DELETE", "r2")] * 2,
        )

    def test_over(self) -> None:
        """When its time is over nobody is shown it, and it is kept no longer; nothing is told of that."""
        number = self.send()
        later = self.send("sue", Draft("More", 900, (1,)))
        self.publisher.take()
        self.clock.advance(599.5)
        self.assertEqual(self.shown(), [number, later])
        self.clock.advance(0.5)
        self.assertEqual((self.shown(), list(self.records.kept)), ([later], [later]))
        self.assertEqual(
            self.refused(self.messages.delete(self.person("sue"), str(number), ""))[0], 404
        )
        self.assertEqual(self.publisher.take(), [])

    def test_restart(self) -> None:
        """What was sent is there after a restart, for the rest of its time."""
        number = self.send()
        self.messages.stopService()
        self.clock.advance(300)
        self.messages = self.make()
        self.messages.startService()
        self.assertEqual(self.shown(), [number])
        self.clock.advance(300)
        self.assertEqual((self.shown(), self.records.kept), ([], {}))

    def test_who_may_see(self) -> None:
        """One by its id, and a sender's: those in the team, the sender, administrators."""
        number = str(self.send())
        for who in ("ann", "sue", "adm"):
            self.assertEqual(self.messages.message(self.person(who), number).content, "Tea")
        self.assertRaises(ApiError, self.messages.message, self.person("zed"), number)
        self.assertRaises(ApiError, self.messages.message, self.person("ann"), "99")
        sent = self.messages.of_user
        for who in ("sue", "adm"):
            self.assertEqual(len(sent(self.person(who), "sue").messages), 1)
        self.assertEqual(sent(self.person("ann"), "ann").messages, ())
        for who, whom, status in (("ann", "sue", 401), ("sue", "ann", 401), ("adm", "eve", 404)):
            error: ApiError = self.assertRaises(ApiError, sent, self.person(who), whom)
            self.assertEqual(error.status, status)

    def test_store(self) -> None:
        """What the store cannot keep is not sent."""
        for failing, status in (
            (StoreBusyError(9), 503),
            (StoreUnavailableError("gone"), 503),
            (StoreRefusedError("no"), 500),
        ):
            self.records.failing = failing
            work = self.messages.create(self.person("sue"), SHORT, "")
            self.assertEqual(self.refused(work)[0], status)
        self.assertEqual((self.shown(), self.publisher.take()), ([], []))
        self.records.failing = None
        number = self.send()
        self.records.failing = StoreUnavailableError("gone")
        removing = self.messages.delete(self.person("sue"), str(number), "")
        self.assertEqual(self.refused(removing)[0], 503)
        self.assertEqual(self.shown(), [number])
        self.clock.advance(600)
        self.assertEqual(self.shown(), [])
        self.records.failing = None
