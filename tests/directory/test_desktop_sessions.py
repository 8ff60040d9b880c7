"""`finesse_tx.directory.desktop_sessions`: a secret in the place of the password, and its end."""

from dataclasses import replace
from datetime import UTC, datetime

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.directory.core.errors import BadCredentialsError
from finesse_tx.directory.core.records import Person
from finesse_tx.directory.core.tokens import Revocations, Signer, sign_in_of
from finesse_tx.directory.desktop_sessions import (
    DesktopSessions,
    SessionAuthenticator,
    revocations,
)
from finesse_tx.interfaces import IAuthenticator, IDesktopSessions
from tests.directory.test_tokens import People
from tests.support.webservices import FakeAuthenticator
from tests.support.workers import ManualWorkers


class DesktopSessionsTests(SynchronousTestCase):
    """agent1 has begun a session of 1,000 seconds at second 0."""

    def setUp(self) -> None:
        """Begin it."""
        self.clock, self.people, self.workers = Clock(), People(), ManualWorkers()
        self.disk: list[bytes] = []
        self.drawn = 0
        self.sessions = self.make()
        self.agent = self.person("agent1")
        self.secret, self.lasts_s = self.sessions.begin(self.agent)
        self.authenticator = SessionAuthenticator(FakeAuthenticator(self.people), self.sessions)

    def make(self, kept: bytes = b"") -> DesktopSessions:
        """As after a restart."""

        def random(size: int) -> bytes:
            self.drawn += 1
            return self.drawn.to_bytes(size, "big")

        return DesktopSessions(
            self.people,
            AuthModes("HYBRID", ("agent2",)),
            Signer(b"k" * 43, "finesse.local"),
            Revocations(kept),
            1_000,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            random,
            self.workers,
            self.disk.append,
        )

    def person(self, login_id: str) -> Person:
        """Somebody."""
        found = self.people.now.person(login_id)
        assert found is not None
        return found

    def is_good(self, secret: str, username: str = "agent1") -> bool:
        """Whether a secret is agent1's."""
        try:
            return self.sessions.person(username, secret) == self.agent
        except BadCredentialsError:
            return False

    def test_interfaces(self) -> None:
        """It is what the others know of it."""
        verifyObject(IDesktopSessions, self.sessions)
        verifyObject(IAuthenticator, self.authenticator)

    def test_auth_mode(self) -> None:
        """Some have single sign-on, which their gadgets go by."""
        modes = [self.sessions.auth_mode(self.person(name)) for name in ("agent1", "agent2")]
        self.assertEqual(modes, ["NON_SSO", "SSO"])

    def test_expires(self) -> None:
        """It is good for its time, and not a second longer."""
        self.assertEqual(self.lasts_s, 1_000)
        self.clock.advance(999)
        self.assertTrue(self.is_good(self.secret))
        self.clock.advance(1)
        self.assertFalse(self.is_good(self.secret))

    def test_restart(self) -> None:
        """It outlives a restart."""
        self.sessions = self.make()
        self.assertTrue(self.is_good(self.secret))

    def test_ended(self) -> None:
        """What is ended is so at once, after a restart too; another session of the same person goes on."""
        other, _ = self.sessions.begin(self.agent)
        self.assertNotEqual(other, self.secret)
        ending = self.sessions.end(self.agent, self.secret)
        self.assertFalse(self.is_good(self.secret))
        self.workers.work_off()
        self.successResultOf(ending)
        self.successResultOf(self.sessions.end(self.agent, self.secret))
        self.successResultOf(self.sessions.end(self.agent, "finesse"))
        self.assertEqual(len(self.disk), 1)
        self.sessions = self.make(self.disk[-1])
        self.assertFalse(self.is_good(self.secret))
        self.assertTrue(self.is_good(other))

    def test_told(self) -> None:
        """Who follows is told once of what is ended, when it holds no more, and by what its secret shows; of nothing else."""
        told: list[tuple[str, str, bool]] = []

        def ended(login_id: str, family: str) -> None:
            told.append((login_id, family, self.is_good(self.secret)))

        self.sessions.follow(ended)
        self.sessions.end(self.person("agent2"), self.secret)
        self.sessions.end(self.agent, "finesse")
        self.assertEqual(told, [])
        self.sessions.end(self.agent, self.secret)
        self.sessions.end(self.agent, self.secret)
        self.assertEqual(told, [("agent1", sign_in_of(self.secret), False)])
        self.assertEqual([len(sign_in_of(self.secret)), sign_in_of("finesse")], [12, ""])

    def test_somebody_elses(self) -> None:
        """Nobody ends, or is, somebody else by a secret."""
        self.successResultOf(self.sessions.end(self.person("agent2"), self.secret))
        self.assertTrue(self.is_good(self.secret))
        for name in ("agent2", "nobody"):
            self.assertFalse(self.is_good(self.secret, name))

    def test_disk_full(self) -> None:
        """What cannot be written down holds until the next start, and the log says so."""
        self.workers.refusing = OSError("full")
        with capturedLogs() as logs:
            self.successResultOf(self.sessions.end(self.agent, self.secret))
        self.assertIsInstance(logs[-1]["log_failure"], Failure)
        self.assertFalse(self.is_good(self.secret))
        self.flushLoggedErrors(OSError)

    def test_password_changed(self) -> None:
        """With another password, the sessions of the old one are over."""
        self.people.hashes["agent1"] = "another"
        self.assertFalse(self.is_good(self.secret))

    def test_gone(self) -> None:
        """So are those of who does not work here any more."""
        self.people.now = replace(self.people.now, people=self.people.now.people[1:])
        self.assertFalse(self.is_good(self.secret))

    def test_authenticator(self) -> None:
        """A password and a secret let their owner in, and nobody else."""
        for password in ("finesse", self.secret):
            asked = self.authenticator.authenticate("agent1", password)
            self.assertEqual(self.successResultOf(asked), self.agent)
        for username, password in (
            ("agent2", self.secret),
            ("nobody", self.secret),
            ("agent1", "x"),
        ):
            asked = self.authenticator.authenticate(username, password)
            self.failureResultOf(asked, BadCredentialsError)

    def test_unreadable(self) -> None:
        """Where nobody knows which sessions were ended, all that began before are."""
        with capturedLogs() as logs:
            ended = revocations(b"rubbish", 1)
        self.assertEqual(len(logs), 1)
        self.sessions = self.make(ended.encoded)
        self.assertFalse(self.is_good(self.secret))
        self.clock.advance(1)
        self.assertTrue(self.is_good(self.sessions.begin(self.agent)[0]))
        self.assertEqual(len(revocations(None, 1)), 0)
