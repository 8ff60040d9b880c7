"""`finesse_tx.directory.source_authenticator`."""

from __future__ import annotations

from dataclasses import replace

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.config import SecurityConfig
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.errors import (
    BadCredentialsError,
    LockedOutError,
    SignInError,
    SourceError,
    TooBusyError,
)
from finesse_tx.directory.core.lockout import LockOut
from finesse_tx.directory.core.metrics import source_families
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.passwords import MAX_PASSWORD
from finesse_tx.directory.source_authenticator import AT_ONCE, MAX_WAITING, SourceAuthenticator
from finesse_tx.interfaces import IAuthenticator, IDirectorySource
from tests.support.edits import person
from tests.support.sources import ScriptedSource

ANN = person("ann", login_name="Ann.Doe", source="axl")


@implementer(IAuthenticator)
class Others:
    """Lets everyone in, and writes it down."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def authenticate(self, username: str, _password: str) -> Deferred[Person]:
        """Do it."""
        self.asked.append(username)
        return succeed(person(username))


class People:
    """The demo's, one who is another directory's, and very many of them."""

    def __init__(self) -> None:
        many = tuple(person(f"p{n}", source="axl") for n in range(MAX_WAITING + AT_ONCE + 1))
        self.current = replace(demo(1), people=(*demo(1).people, ANN, *many))

    def snapshot(self) -> Snapshot:
        """All of them."""
        return self.current


class SourceAuthenticatorTests(SynchronousTestCase):
    """`SourceAuthenticator`."""

    def setUp(self) -> None:
        """Make one, whose lock-out is of three attempts."""
        self.clock, self.source, self.others, self.people = (
            Clock(),
            ScriptedSource(),
            Others(),
            People(),
        )
        self.authenticator = SourceAuthenticator(
            self.others,
            self.source,
            "axl",
            self.people,
            SecurityConfig(credential_cache_s=60),
            LockOut(3, 300, 100),
            self.clock,
            lambda size: b"\0" * size,
        )

    def ask(self, password: str = "right", name: str = "ann") -> Deferred[Person]:
        """Somebody signs in."""
        return self.authenticator.authenticate(name, password)

    def answer(self, is_right: bool) -> None:
        """The directory answers the next question."""
        self.source.answers.pop(0).callback(is_right)

    def test_interface(self) -> None:
        """It is an authenticator, and the fake source is a source."""
        verifyObject(IAuthenticator, self.authenticator)
        verifyObject(IDirectorySource, self.source)

    def test_right(self) -> None:
        """Its people are let in when it says so, by either name; it is asked by the login id."""
        asking = self.ask(name="ANN.doe")
        self.answer(True)
        self.assertEqual(self.successResultOf(asking), ANN)
        self.assertEqual(self.source.asked, [("ann", "right")])

    def test_others(self) -> None:
        """It is not asked about people who are not its own, nor about strangers."""
        for name in ("agent1", "stranger"):
            self.successResultOf(self.ask(name=name))
        self.assertEqual((self.others.asked, self.source.asked), (["agent1", "stranger"], []))

    def test_wrong(self) -> None:
        """A wrong password is wrong, and so many lock out, also with the right one; nobody else is asked."""
        for _ in range(3):
            asking = self.ask("wrong")
            self.answer(False)
            self.failureResultOf(asking, BadCredentialsError)
        self.failureResultOf(self.ask(), LockedOutError)
        self.assertEqual((len(self.source.asked), self.others.asked), (3, []))
        self.clock.advance(300)
        asking = self.ask()
        self.answer(True)
        self.successResultOf(asking)

    def test_away(self) -> None:
        """When it cannot tell, nobody is let in and nothing is counted; nobody else is asked instead."""
        for error in (SourceError("it is away"), ZeroDivisionError()):
            for _ in range(4):
                with capturedLogs() as events:
                    asking = self.ask()
                    self.source.answers.pop(0).errback(error)
                    self.failureResultOf(asking, TooBusyError)
                self.assertNotIn("'right'", str(events))
        self.assertEqual(self.others.asked, [])
        self.flushLoggedErrors(ZeroDivisionError)
        asking = self.ask()
        self.answer(True)
        self.successResultOf(asking)

    def test_outcomes(self) -> None:
        """How often it was asked is counted by what it said."""
        for is_right in (True, False):
            asking = self.ask(f"guess {is_right}")
            self.answer(is_right)
            asking.addErrback(lambda failure: failure.trap(SignInError) and None)
        asking = self.ask("third")
        self.source.answers.pop(0).errback(SourceError("it is away"))
        self.failureResultOf(asking, TooBusyError)
        self.assertEqual(self.authenticator.outcomes, {"right": 1, "wrong": 1, "unknown": 1})
        (family,) = source_families(self.authenticator.outcomes)
        self.assertEqual(dict(family.samples)["unknown",], 1)

    def test_no_answer_is_no(self) -> None:
        """What is not plainly yes is no."""
        asking = self.ask()
        self.source.answers.pop(0).callback("false")  # type: ignore[arg-type]
        self.failureResultOf(asking, BadCredentialsError)

    def test_cache(self) -> None:
        """What was right is believed for a while, for that password only."""
        asking = self.ask()
        self.answer(True)
        self.successResultOf(asking)
        self.clock.advance(59)
        self.successResultOf(self.ask())
        self.assertNoResult(self.ask("other"))
        self.clock.advance(1)
        self.assertNoResult(self.ask())

    def test_asked_once(self) -> None:
        """The same question twice at once is asked once; who gives up takes nothing from the other."""
        first, second = self.ask(), self.ask()
        self.assertEqual(len(self.source.asked), 1)
        first.cancel()
        self.failureResultOf(first, CancelledError)
        self.answer(True)
        self.assertEqual(self.successResultOf(second), ANN)

    def test_giving_up_in_an_answer(self) -> None:
        """One whose answer makes another give up is no trouble."""
        first, second = self.ask(), self.ask()
        first.addCallback(lambda _person: second.cancel())
        second.addErrback(lambda failure: failure.trap(CancelledError) and None)
        self.answer(True)
        self.successResultOf(first)
        self.successResultOf(second)

    def test_guesses_at_once(self) -> None:
        """No more guesses at once at one person's password than would lock her out."""
        for guess in ("1", "2", "3"):
            self.assertNoResult(self.ask(guess))
        self.failureResultOf(self.ask("4"), TooBusyError)
        self.assertNoResult(self.ask(name="p1"))

    def test_bounds(self) -> None:
        """So many are asked at once, so many wait, and one more is refused."""
        asking = [self.ask(name=f"p{n}") for n in range(MAX_WAITING + AT_ONCE)]
        self.assertEqual(len(self.source.asked), AT_ONCE)
        self.failureResultOf(self.ask(), TooBusyError)
        for one in asking:
            self.answer(True)
            self.successResultOf(one)
        self.assertEqual(len(self.source.asked), MAX_WAITING + AT_ONCE)

    def test_not_worth_asking(self) -> None:
        """An empty password, or one without end, is not asked about: some directories take the first for no question."""
        for password in ("", "x" * (MAX_PASSWORD + 1)):
            self.failureResultOf(self.ask(password), BadCredentialsError)
        self.assertEqual(self.source.asked, [])

    def test_gone_meanwhile(self) -> None:
        """Who is gone by the time the answer comes is not let in."""
        asking = self.ask()
        self.people.current = demo(1)
        self.answer(True)
        self.failureResultOf(asking, BadCredentialsError)
