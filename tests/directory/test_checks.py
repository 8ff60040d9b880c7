"""`finesse_tx.directory.checks`: the queue of passwords, and its bounds."""

from collections.abc import Callable

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.directory.checks import Checks, Question, Verdict
from finesse_tx.directory.core.errors import BadCredentialsError, TooBusyError
from finesse_tx.directory.core.records import Person, Role
from finesse_tx.interfaces import IWorkers
from finesse_tx.store.core.errors import StoreBusyError
from tests.support.workers import ManualWorkers

ANN = Person("ann", "ann", "Ann", "Lee", "1001", frozenset({Role.AGENT}))
RIGHT = Verdict(right=True)


class ChecksTests(SynchronousTestCase):
    """`Checks`, with two at once, room for six callers and for three strangers."""

    def setUp(self) -> None:
        """Start with an empty queue."""
        self.workers = ManualWorkers()
        self.checks = Checks(self.workers, at_once=2, max_waiting=6, max_strangers=3)
        self.settled: list[bytes] = []

    def ask(
        self,
        digest: bytes,
        user: str = "",
        *,
        stranger: bool = False,
        allowance: int = 9,
        check: Callable[[], Verdict] = lambda: RIGHT,
    ) -> Deferred[Person]:
        """Ask, for a user of its own where nothing else is said."""

        def settle(_: Verdict) -> Person:
            self.settled.append(digest)
            if stranger:
                raise BadCredentialsError
            return ANN

        question = Question(digest, user or digest.decode(), stranger, check, settle)
        return self.checks.ask(question, allowance)

    def refused(self, answer: Deferred[Person]) -> None:
        """It was refused at once."""
        self.failureResultOf(answer, TooBusyError)

    def test_interface(self) -> None:
        """The fake pool is a pool."""
        verifyObject(IWorkers, self.workers)

    def test_order(self) -> None:
        """Two run at once, the others in the order in which they came; each gets its answer."""
        answers = [self.ask(digest) for digest in (b"a", b"b", b"c", b"d")]
        self.assertEqual(len(self.workers), 2)
        self.workers.work()
        self.assertEqual(len(self.workers), 2)
        self.workers.work_off()
        self.assertEqual(self.settled, [b"a", b"b", b"c", b"d"])
        self.assertEqual([self.successResultOf(answer) for answer in answers], [ANN] * 4)

    def test_asked_twice(self) -> None:
        """The same question, waiting or running, is checked and settled once, and answers everybody."""
        answers = [self.ask(digest) for digest in (b"a", b"b", b"c", b"a", b"c")]
        self.assertEqual(self.workers.work_off(), 3)
        self.assertEqual(self.settled, [b"a", b"b", b"c"])
        self.assertEqual([self.successResultOf(answer) for answer in answers], [ANN] * 5)
        self.ask(b"a")
        self.assertEqual(self.workers.work_off(), 1)

    def test_waiting_bound(self) -> None:
        """At the bound the next caller is refused, even with a known question; there is room again later."""
        for digest in (b"a", b"b", b"c", b"d", b"e", b"a"):
            self.ask(digest)
        self.refused(self.ask(b"f"))
        self.refused(self.ask(b"a"))
        self.workers.work()
        self.ask(b"f")
        self.ask(b"g")
        self.refused(self.ask(b"h"))

    def test_strangers_bound(self) -> None:
        """Made-up names fill their share of the queue; real ones still get in, and the share comes back."""
        answers = [self.ask(digest, stranger=True) for digest in (b"x", b"y", b"z")]
        self.refused(self.ask(b"w", stranger=True))
        self.ask(b"a")
        self.workers.work()
        self.failureResultOf(answers[0], BadCredentialsError)
        answers.append(self.ask(b"w", stranger=True))
        self.workers.work_off()
        for answer in answers[1:]:
            self.failureResultOf(answer, BadCredentialsError)

    def test_allowance(self) -> None:
        """No more guesses at one user are under way than allowed; a stranger's count is apart."""
        self.ask(b"1", "ann", allowance=2)
        self.ask(b"2", "ann", allowance=2)
        self.refused(self.ask(b"3", "ann", allowance=2))
        self.ask(b"1", "ann", allowance=0)  # no new guess
        stranger = self.ask(b"4", "ann", stranger=True, allowance=2)
        self.ask(b"5", "bob", allowance=1)
        self.workers.work()
        self.ask(b"3", "ann", allowance=2)
        self.workers.work_off()
        self.failureResultOf(stranger, BadCredentialsError)

    def test_taken_back(self) -> None:
        """A question that nobody waits for any more is not checked, if it was still in the queue."""
        running = self.ask(b"a")
        self.ask(b"b")
        waiting, twice, again = self.ask(b"c"), self.ask(b"d"), self.ask(b"d")
        for answer in (running, waiting, twice):
            answer.cancel()
            self.failureResultOf(answer, CancelledError)
        self.assertEqual(self.workers.work_off(), 3)
        self.assertEqual(self.settled, [b"a", b"b", b"d"])
        self.assertIs(self.successResultOf(again), ANN)

    def test_taken_back_makes_room(self) -> None:
        """So whoever asks and runs away fills nothing."""
        for digest in (b"a", b"b"):
            self.ask(digest)
        for number in range(100):
            self.ask(b"%d" % number, "ann", stranger=True, allowance=1).addErrback(
                lambda failure: failure.trap(CancelledError)
            ).cancel()
        answers = [self.ask(b"%d" % number) for number in range(4)]
        self.assertEqual(self.workers.work_off(), 6)
        for answer in answers:
            self.successResultOf(answer)

    def test_gives_up_on_an_answer(self) -> None:
        """A caller may ask again, and give up for another, while answers are being told."""
        first, second = self.ask(b"a"), self.ask(b"a")
        asked: list[Deferred[Person]] = []

        def answered(_: object) -> None:
            asked.append(self.ask(b"a"))
            second.cancel()

        first.addBoth(answered)
        self.assertEqual(self.workers.work_off(), 2)
        self.failureResultOf(second, CancelledError)
        self.assertIs(self.successResultOf(asked[0]), ANN)

    def test_guess_counts(self) -> None:
        """A guess that has begun is settled, though the one who made it is gone."""
        answer = self.ask(b"a", stranger=True)
        answer.cancel()
        self.failureResultOf(answer, CancelledError)
        self.workers.work()
        self.assertEqual(self.settled, [b"a"])

    def test_pool_busy(self) -> None:
        """When the pool takes nothing, everybody is told to come again, however many wait."""
        checks = Checks(self.workers, at_once=1)
        question = Question(b"", "ann", False, lambda: RIGHT, lambda _: ANN)
        first = checks.ask(question, 9)
        many = [
            checks.ask(Question(b"%d" % n, str(n), False, lambda: RIGHT, lambda _: ANN), 9)
            for n in range(5_000)
        ]
        self.workers.refusing = StoreBusyError(1)
        self.workers.work()
        self.successResultOf(first)
        for answer in many:
            self.failureResultOf(answer, TooBusyError)

    def test_bug(self) -> None:
        """A check that breaks is our fault: it is logged, told, and the next one goes on."""

        def broken() -> Verdict:
            raise ZeroDivisionError

        first, second = self.ask(b"a", check=broken), self.ask(b"b")
        with capturedLogs() as events:
            self.workers.work_off()
        self.failureResultOf(first, ZeroDivisionError)
        self.successResultOf(second)
        self.assertEqual([event["log_level"].name for event in events], ["critical"])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
