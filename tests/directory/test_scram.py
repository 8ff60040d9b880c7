"""`finesse_tx.directory.scram`: verifiers are made, shown, and what comes of a proof."""

import os

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.config import SecurityConfig
from finesse_tx.directory.authenticator import MAX_NAME, Authenticator
from finesse_tx.directory.checks import Checks
from finesse_tx.directory.core.demo import PASSWORD, demo
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError
from finesse_tx.directory.core.scram import verifier
from finesse_tx.directory.passwords import Passwords
from finesse_tx.directory.scram import ScramAuthenticator
from finesse_tx.directory.service import Directory
from finesse_tx.interfaces import IScramAuthenticator
from tests.support.records import FixedRecords
from tests.support.workers import ManualWorkers

QUICK = SecurityConfig(
    argon2_memory_kib=8, argon2_iterations=1, lockout_attempts=3, scram_iterations=4_096
)


class ScramAuthenticatorTests(SynchronousTestCase):
    """`ScramAuthenticator`, with two agents of whom nothing is kept but their hashes."""

    def setUp(self) -> None:
        """Let three wrong proofs lock a user out."""
        hashed = Passwords(QUICK).hash(PASSWORD)
        self.records = FixedRecords(demo(2), dict.fromkeys(("agent1", "agent2"), hashed))
        self.directory = Directory(self.records)
        self.successResultOf(self.directory.reload())
        self.workers, self.clock = ManualWorkers(), Clock()
        self.make(QUICK)

    def make(self, config: SecurityConfig) -> None:
        """Make both with another configuration."""
        self.passwords = Authenticator(
            self.directory,
            Checks(self.workers, at_once=2),
            config,
            self.clock,
            os.urandom,
            makes_verifiers=True,
        )
        self.scram = ScramAuthenticator(
            self.directory,
            self.passwords.lockouts,
            config.scram_iterations,
            self.clock,
            b"key",
        )

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Sign in with a password."""
        answer = self.passwords.authenticate(name, password)
        self.workers.work_off()
        answer.addErrback(lambda failure: failure.trap(BadCredentialsError))
        self.assertTrue(answer.called)

    def wrong(self, name: str) -> None:
        """Prove wrongly."""
        shown = self.scram.verifier(name)
        self.assertRaises(BadCredentialsError, self.scram.settle, name, shown, False)

    def test_interface(self) -> None:
        """It is what it says."""
        verifyObject(IScramAuthenticator, self.scram)

    def test_made_at_sign_in(self) -> None:
        """A password that turns out right is made into a verifier, once; a wrong one is not."""
        self.sign_in("agent1", "wrong")
        self.assertEqual(self.records.kept, [])
        for _ in range(2):
            self.sign_in("agent1")
            self.clock.advance(QUICK.credential_cache_s)
        ((login_id, password_hash, _),) = self.records.kept
        self.assertEqual((login_id, password_hash), ("agent1", self.records.hashes["agent1"]))
        shown = self.scram.verifier("agent1")
        self.assertEqual(shown, verifier(PASSWORD, shown.salt, 4_096))
        self.assertEqual(self.scram.settle("agent1", shown, True).login_id, "agent1")

    def test_made_anew(self) -> None:
        """Other parameters make another verifier at the next sign-in, which goes with the new hash."""
        self.sign_in("agent1")
        self.make(replace_config(argon2_memory_kib=16, scram_iterations=4_097))
        self.sign_in("agent1")
        self.assertEqual(self.scram.verifier("agent1").iterations, 4_097)
        self.assertEqual(self.records.kept[-1][1], self.records.replaced[-1][2])

    def test_not_made(self) -> None:
        """Without SCRAM no verifier is made."""
        self.passwords = Authenticator(
            self.directory, Checks(self.workers, at_once=2), QUICK, self.clock, os.urandom
        )
        self.sign_in("agent1")
        self.assertEqual(self.records.kept, [])

    def test_ready(self) -> None:
        """It is ready once everyone who has a password has signed in with it."""
        for name in ("agent1", "agent2"):
            self.assertFalse(self.scram.is_ready())
            self.sign_in(name)
        self.assertTrue(self.scram.is_ready())

    def test_nobody_can_tell(self) -> None:
        """Who does not exist and who has no verifier look like anybody else, each time the same."""
        self.sign_in("agent1")
        for name in ("nobody", "agent2"):
            shown = self.scram.verifier(name)
            self.assertEqual(shown, self.scram.verifier(name.upper()))
            self.assertEqual(
                (len(shown.salt), shown.iterations),
                (len(self.scram.verifier("agent1").salt), 4_096),
            )
            self.assertRaises(BadCredentialsError, self.scram.settle, name, shown, True)

    def test_too_long(self) -> None:
        """A name that is too long for anybody is nobody's; the longest is asked for."""
        self.scram.verifier("a" * MAX_NAME)
        self.assertRaises(BadCredentialsError, self.scram.verifier, "a" * (MAX_NAME + 1))

    def test_lock_out(self) -> None:
        """Wrong proofs and bad passwords count together; a lock-out holds for both ways, strangers too."""
        self.sign_in("agent1")
        with capturedLogs() as events:
            self.wrong("agent1")
            self.sign_in("agent1", "wrong")
            self.wrong("AGENT1")
        self.assertEqual([(e["log_level"].name, e["user"]) for e in events], [("warn", "agent1")])
        self.assertRaises(LockedOutError, self.scram.verifier, "agent1")
        self.failureResultOf(self.passwords.authenticate("agent1", PASSWORD), LockedOutError)
        for _ in range(3):
            self.wrong("nobody")
        self.assertRaises(LockedOutError, self.scram.verifier, "Nobody")
        self.clock.advance(QUICK.lockout_s - 0.001)
        self.assertRaises(LockedOutError, self.scram.verifier, "agent1")
        self.clock.advance(0.001)
        self.scram.verifier("agent1")

    def test_proofs_at_once(self) -> None:
        """Proofs that were begun before the lock-out do not get past it, not even a right one."""
        self.sign_in("agent1")
        shown = [self.scram.verifier("agent1") for _ in range(5)]
        for one in shown[:3]:
            self.assertRaises(BadCredentialsError, self.scram.settle, "agent1", one, False)
        for one in shown[3:]:
            self.assertRaises(LockedOutError, self.scram.settle, "agent1", one, True)

    def test_success_in_between(self) -> None:
        """The right proof begins the count anew."""
        self.sign_in("agent1")
        for _ in range(3):
            self.wrong("agent1")
            self.wrong("agent1")
            self.scram.settle("agent1", self.scram.verifier("agent1"), True)

    def test_changed_meanwhile(self) -> None:
        """A proof of a password that was changed since is of no use."""
        self.sign_in("agent1")
        shown = self.scram.verifier("agent1")
        self.records.hashes = {"agent1": "other"}
        self.successResultOf(self.directory.reload())
        self.assertRaises(BadCredentialsError, self.scram.settle, "agent1", shown, True)


def replace_config(**changes: int) -> SecurityConfig:
    """The quick configuration, changed."""
    return SecurityConfig(
        **{name: getattr(QUICK, name) for name in QUICK.__struct_fields__} | changes
    )
