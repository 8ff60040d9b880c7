"""`finesse_tx.directory.authenticator`: who is let in, when, and at what cost."""

import os
from dataclasses import replace

from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.interfaces import IReactorFromThreads
from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface.verify import verifyObject

from finesse_tx.config import SecurityConfig
from finesse_tx.directory.authenticator import MAX_NAME, Authenticator
from finesse_tx.directory.checks import Checks
from finesse_tx.directory.core.demo import PASSWORD, demo
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError, TooBusyError
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.passwords import MAX_PASSWORD, Passwords
from finesse_tx.directory.service import Directory
from finesse_tx.interfaces import IAuthenticator
from finesse_tx.store.records import DirectoryRecords
from finesse_tx.store.repositories.samples import add_demo
from finesse_tx.store.service import Store
from tests.support.database import empty_url, inside
from tests.support.outbox import NotedOutbox
from tests.support.records import FixedRecords
from tests.support.workers import ManualWorkers

QUICK = SecurityConfig(argon2_memory_kib=8, argon2_iterations=1, lockout_attempts=3)
PEOPLE = replace(
    demo(2), people=(replace(demo(2).people[0], login_name="Liam.Murphy"), *demo(2).people[1:])
)


class AuthenticatorTests(SynchronousTestCase):
    """`Authenticator`, with two agents, one of whom has another login name."""

    def setUp(self) -> None:
        """Let three bad passwords lock a user out."""
        hashed = Passwords(QUICK).hash(PASSWORD)
        self.records = FixedRecords(PEOPLE, dict.fromkeys(("agent1", "agent2"), hashed))
        self.directory = Directory(self.records)
        self.successResultOf(self.directory.reload())
        self.workers, self.clock = ManualWorkers(), Clock()
        self.authenticator = self.make(QUICK)

    def make(self, config: SecurityConfig) -> Authenticator:
        """Make one with another configuration."""
        checks = Checks(self.workers, at_once=2)
        return Authenticator(self.directory, checks, config, self.clock, os.urandom)

    def ask(self, username: str, password: str = PASSWORD) -> Deferred[Person]:
        """Ask, and let the pool work."""
        answer = self.authenticator.authenticate(username, password)
        self.hashed = self.workers.work_off()
        return answer

    def good(self, username: str) -> Person:
        """The right password is accepted."""
        return self.successResultOf(self.ask(username))

    def bad(self, username: str, password: str = "wrong") -> None:
        """That password is not."""
        self.failureResultOf(self.ask(username, password), BadCredentialsError)

    def locked(self, username: str, password: str = PASSWORD) -> LockedOutError:
        """Nobody gets in, and nothing is hashed."""
        error: LockedOutError = self.failureResultOf(
            self.ask(username, password), LockedOutError
        ).value
        self.assertEqual(self.hashed, 0)
        return error

    def test_interface(self) -> None:
        """It is an authenticator."""
        verifyObject(IAuthenticator, self.authenticator)

    def test_names(self) -> None:
        """A login id or a login name, whose case does not matter, tells who it is."""
        for name in ("agent1", "Liam.Murphy", "LIAM.MURPHY"):
            self.assertEqual(self.good(name).login_id, "agent1")

    def test_bad(self) -> None:
        """A wrong password and an unknown name look the same, and cost one hash each."""
        for name in ("agent1", "nobody"):
            self.bad(name)
            self.assertEqual(self.hashed, 1)

    def test_nobodys_password(self) -> None:
        """Somebody without a password of ours gets in with none, at the same cost."""
        for password in ("", PASSWORD):
            self.bad("admin", password)
            self.assertEqual(self.hashed, 1)

    def test_once(self) -> None:
        """A password is hashed once for all requests of its lifetime, whatever name it comes with."""
        self.good("agent1")
        self.assertEqual(self.hashed, 1)
        self.clock.advance(QUICK.credential_cache_s - 0.001)
        for name in ("agent1", "liam.murphy"):
            self.good(name)
            self.assertEqual(self.hashed, 0)
        self.clock.advance(0.001)
        self.good("agent1")
        self.assertEqual(self.hashed, 1)

    def test_cache_off(self) -> None:
        """With a lifetime of nothing, each request is hashed."""
        self.authenticator = self.make(SecurityConfig(8, 1, 1, credential_cache_s=0))
        for _ in range(2):
            self.good("agent1")
            self.assertEqual(self.hashed, 1)

    def test_not_somebody_elses(self) -> None:
        """A remembered password lets nobody else in, nor any other password."""
        self.good("agent1")
        self.good("agent2")
        self.assertEqual(self.hashed, 1)
        self.bad("agent1", PASSWORD + "x")

    def test_together(self) -> None:
        """The same sign-in from REST and XMPP at once is hashed once."""
        both = [self.authenticator.authenticate("agent1", PASSWORD) for _ in range(2)]
        self.assertEqual(self.workers.work_off(), 1)
        for answer in both:
            self.assertEqual(self.successResultOf(answer).login_id, "agent1")

    def test_locked_out(self) -> None:
        """The last bad password locks the user out, under every name, with every password, until it ends."""
        with capturedLogs() as events:
            for name in ("agent1", "liam.murphy", "agent1"):
                self.bad(name)
        self.assertEqual([(e["log_level"].name, e["user"]) for e in events], [("warn", "agent1")])
        self.clock.advance(QUICK.lockout_s - 0.001)
        for name in ("agent1", "Liam.Murphy"):
            self.assertEqual(self.locked(name).until_s, QUICK.lockout_s)
        self.good("agent2")
        self.clock.advance(0.001)
        self.good("agent1")

    def test_remembered_and_locked_out(self) -> None:
        """A remembered password does not get past a lock-out either."""
        self.good("agent1")
        for number in range(3):
            self.bad("agent1", str(number))
        self.locked("agent1")

    def test_consecutive(self) -> None:
        """The right password in between begins the count anew, remembered or not."""
        for _ in range(3):
            self.bad("agent1", "a")
            self.bad("agent1", "b")
            self.good("agent1")

    def test_strangers_locked_out(self) -> None:
        """A name that nobody has is locked out as well, in any case, without a word in the log."""
        with capturedLogs() as events:
            for name in ("nobody", "Nobody", "NOBODY"):
                self.bad(name)
            self.locked("nobody")
        self.assertEqual(events, [])

    def test_strangers_push_nobody_out(self) -> None:
        """Made-up names, however many, do not make us forget somebody's bad passwords."""
        self.bad("agent1")
        self.bad("agent1")
        for number in range(100):
            self.bad(f"nobody{number}")
        self.bad("agent1")
        self.locked("agent1")

    def test_guesses_at_once(self) -> None:
        """Guesses made all at once are no more than guesses made one after the other."""
        guesses = [self.authenticator.authenticate("agent1", str(n)) for n in range(10)]
        for refused in guesses[3:]:
            self.failureResultOf(refused, TooBusyError)
        self.assertEqual(self.workers.work_off(), 3)
        for guess in guesses[:3]:
            self.failureResultOf(guess, BadCredentialsError)
        self.locked("agent1")

    def test_too_long(self) -> None:
        """A name or a password that is too long for anybody costs nothing; the longest are checked."""
        for name, password in (("a" * (MAX_NAME + 1), ""), ("agent1", "a" * (MAX_PASSWORD + 1))):
            self.bad(name, password)
            self.assertEqual(self.hashed, 0)
        for name, password in (("a" * MAX_NAME, ""), ("agent1", "a" * MAX_PASSWORD)):
            self.bad(name, password)
            self.assertEqual(self.hashed, 1)

    def test_any_text(self) -> None:
        """Whatever comes in as a name or password is just not right."""
        for text in ("", "\0", "\ud800", "'; DROP TABLE people; --", "ﬁ" * MAX_NAME):
            self.bad(text, text)

    def test_password_changed(self) -> None:
        """After a change the old password is no longer remembered, and the new one works."""
        self.good("agent1")
        self.records.hashes = {"agent1": Passwords(QUICK).hash("new")}
        self.successResultOf(self.directory.reload())
        self.bad("agent1", PASSWORD)
        self.assertEqual(self.successResultOf(self.ask("agent1", "new")).login_id, "agent1")

    def test_removed_meanwhile(self) -> None:
        """Somebody who was removed while the password was being checked does not get in."""
        answer = self.authenticator.authenticate("agent1", PASSWORD)
        self.records.snapshot = Snapshot()
        self.successResultOf(self.directory.reload())
        self.workers.work_off()
        self.failureResultOf(answer, BadCredentialsError)
        self.bad("agent1", PASSWORD)

    def test_renewed(self) -> None:
        """When the parameters change, each password is hashed anew at its next sign-in, once."""
        self.authenticator = self.make(SecurityConfig(16, 1, 1, credential_cache_s=0))
        self.good("agent1")
        ((login_id, was, now),) = self.records.replaced
        self.assertEqual((login_id, was), ("agent1", self.records.hashes["agent1"]))
        self.assertTrue(now.startswith("$argon2id$v=19$m=16,t=1,p=1$"))
        self.good("agent1")
        self.assertEqual(len(self.records.replaced), 1)

    def test_not_renewed(self) -> None:
        """A wrong password renews nothing."""
        self.authenticator = self.make(SecurityConfig(16, 1, 1))
        self.bad("agent1")
        self.assertEqual(self.records.replaced, [])


class WholeTests(TestCase):
    """The database, the threads, argon2 as configured by default, and the directory on top."""

    async def test_sign_in(self) -> None:
        """A demo agent gets in while a stranger does not, REST and XMPP at once, and the reactor goes on."""
        threads = IReactorFromThreads(reactor)
        config = SecurityConfig()
        url = empty_url(self)
        passwords = Passwords(config)
        inside(url, lambda session: add_demo(session, 2, lambda: passwords.hash(PASSWORD)))
        store = Store(threads, url, threads=2)
        store.startService()
        self.addCleanup(store.stopService)
        directory = Directory(DirectoryRecords(store, NotedOutbox()))
        await directory.reload().addTimeout(60, reactor)
        checks = Checks(store, at_once=1)
        authenticator = Authenticator(directory, checks, config, reactor, os.urandom)
        asked = gatherResults(
            [
                authenticator.authenticate("agent1", PASSWORD),
                authenticator.authenticate("AGENT1", PASSWORD),
                authenticator.authenticate("agent2", PASSWORD),
                self.assertFailure(
                    authenticator.authenticate("nobody", PASSWORD), BadCredentialsError
                ),
            ]
        )
        self.assertNoResult(asked)
        found = await asked.addTimeout(60, reactor)
        self.assertEqual([p.login_id for p in found[:3]], ["agent1", "agent1", "agent2"])
