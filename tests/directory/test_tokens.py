"""`finesse_tx.directory.tokens`: tokens in the place of passwords, and their end."""

from dataclasses import replace
from datetime import UTC, datetime

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.config import SSOConfig
from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError
from finesse_tx.directory.core.lockout import LockOut
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.directory.core.tokens import Issued, Revocations, Signer
from finesse_tx.directory.tokens import TICKET_S, TokenAuthenticator, Tokens
from finesse_tx.interfaces import IAuthenticator, IDirectory, ITokenIssuer, ITokens
from tests.support.webservices import FakeAuthenticator
from tests.support.workers import ManualWorkers

EVERYBODY = AuthModes("SSO")
CONFIG = SSOConfig(mode="SSO", access_s=300, refresh_s=1_000)


@implementer(IDirectory)
class People:
    """Everyone, with a password hash that the test changes."""

    def __init__(self) -> None:
        self.now = demo(2)
        self.hashes = dict.fromkeys(("agent1", "agent2"), "hash")

    def snapshot(self) -> Snapshot:
        """As of now."""
        return self.now

    def password_hash(self, login_id: str) -> str | None:
        """As of now."""
        return self.hashes.get(login_id)


class Case(SynchronousTestCase):
    """agent1 has signed in at second 0."""

    def setUp(self) -> None:
        """Sign in."""
        self.clock, self.people, self.workers = Clock(), People(), ManualWorkers()
        self.lockout = LockOut(2, 100, 10)
        self.disk: list[bytes] = []
        self.tokens = self.make()
        self.agent = self.person("agent1")
        self.issued = self.issue("agent1")

    def make(self, modes: AuthModes = EVERYBODY, kept: bytes = b"", **more: bool) -> Tokens:
        """An issuer, as after a restart."""
        self.drawn = getattr(self, "drawn", 0)

        def random(size: int) -> bytes:
            self.drawn += 1
            return self.drawn.to_bytes(size, "big")

        return Tokens(
            self.people,
            CONFIG,
            modes,
            Signer(b"k" * 43, "finesse.local"),
            Revocations(kept),
            self.lockout,
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            random,
            self.workers,
            self.disk.append,
            **more,
        )

    def person(self, login_id: str) -> Person:
        """Somebody."""
        found = self.people.now.person(login_id)
        assert found is not None
        return found

    def issue(self, login_id: str) -> Issued:
        """Somebody signs in."""
        issued = self.tokens.issue(self.person(login_id))
        assert issued is not None
        return issued

    def is_good(self, token: str) -> bool:
        """Whether an access token lets its owner in."""
        try:
            return self.tokens.person(token) == self.agent
        except BadCredentialsError:
            return False


class TokensTests(Case):
    """`Tokens`."""

    def test_interfaces(self) -> None:
        """It issues tokens and checks them."""
        verifyObject(ITokens, self.tokens)
        verifyObject(ITokenIssuer, self.tokens)

    def test_expires(self) -> None:
        """An access token is good for its time, and not a second longer; nor is a refresh token ever one."""
        self.assertEqual((self.issued.expires_in_s, self.issued.refresh_in_s), (300, 1_000))
        self.clock.advance(299)
        self.assertTrue(self.is_good(self.issued.access))
        self.clock.advance(1)
        self.assertFalse(self.is_good(self.issued.access))
        self.assertFalse(self.is_good(self.issued.refresh))

    def test_refresh(self) -> None:
        """A refresh token is exchanged for access tokens until it ends, also after the access token has."""
        self.clock.advance(800)
        again = self.tokens.refresh(self.issued.refresh, self.issued.access)
        self.assertTrue(self.is_good(again.access))
        self.assertEqual((again.expires_in_s, again.refresh), (200, self.issued.refresh))
        self.clock.advance(200)
        self.assertRaises(BadCredentialsError, self.tokens.refresh, self.issued.refresh)

    def test_not_together(self) -> None:
        """An access token of another sign-in, or one in the place of the refresh token, is refused."""
        other = self.issue("agent1")
        for pair in ((self.issued.refresh, other.access), (self.issued.access, "")):
            self.assertRaises(BadCredentialsError, self.tokens.refresh, *pair)

    def test_revoked(self) -> None:
        """What is taken back is so at once, after a restart too, with all of its sign-in and no other."""
        other = self.issue("agent1")
        fresh = self.tokens.refresh(self.issued.refresh)
        revoking = self.tokens.revoke(self.issued.access)
        for token in (self.issued.access, fresh.access):
            self.assertFalse(self.is_good(token))
        self.assertRaises(BadCredentialsError, self.tokens.refresh, self.issued.refresh)
        self.assertTrue(self.is_good(other.access))
        self.workers.work_off()
        self.successResultOf(revoking)
        self.tokens = self.make(kept=self.disk[-1])
        self.assertFalse(self.is_good(fresh.access))
        self.assertTrue(self.is_good(other.access))
        self.assertRaises(BadCredentialsError, self.tokens.revoke, "eyJ..")

    def test_disk_full(self) -> None:
        """What cannot be written down holds until the next start, and the log says so."""
        self.workers.refusing = OSError("full")
        with capturedLogs() as logs:
            self.successResultOf(self.tokens.revoke(self.issued.access))
        self.assertIsInstance(logs[-1]["log_failure"], Failure)
        self.assertFalse(self.is_good(self.issued.access))
        self.flushLoggedErrors(OSError)

    def test_password_changed(self) -> None:
        """With another password, the tokens of the old one are void."""
        self.people.hashes["agent1"] = "another"
        self.assertFalse(self.is_good(self.issued.access))
        self.assertRaises(BadCredentialsError, self.tokens.refresh, self.issued.refresh)

    def test_gone(self) -> None:
        """Who does not work here any more has no token, nor has one whose name is somebody's."""
        self.people.now = replace(self.people.now, people=self.people.now.people[1:])
        self.assertFalse(self.is_good(self.issued.access))
        renamed = replace(self.people.now.people[0], login_name="agent1")
        self.people.now = replace(self.people.now, people=(renamed,))
        self.assertFalse(self.is_good(self.issued.access))

    def test_locked_out(self) -> None:
        """Bad passwords lock a token out as well; nobody else."""
        other = self.issue("agent2")
        for _ in range(2):
            self.lockout.failed("agent1", self.clock.seconds())
        self.assertRaises(LockedOutError, self.tokens.person, self.issued.access)
        self.assertRaises(LockedOutError, self.tokens.refresh, self.issued.refresh)
        self.assertEqual(self.tokens.person(other.access).login_id, "agent2")
        self.clock.advance(100)
        self.assertTrue(self.is_good(self.issued.access))

    def test_hybrid(self) -> None:
        """Some have single sign-on, others have none; whoever loses it loses its tokens."""
        self.tokens = self.make(AuthModes("HYBRID", ("agent2",)))
        self.assertIsNone(self.tokens.issue(self.agent))
        self.assertIsNotNone(self.tokens.issue(self.person("agent2")))
        self.assertFalse(self.is_good(self.issued.access))

    def test_somebody_elses_engine(self) -> None:
        """An engine that does not ask us gets no ticket."""
        self.assertEqual(self.make(gives_tickets=False).ticket(self.agent), "")


class TokenAuthenticatorTests(Case):
    """`TokenAuthenticator`: everybody's password is ``finesse``."""

    def setUp(self) -> None:
        """Put it before the passwords."""
        super().setUp()
        passwords = FakeAuthenticator(self.people)
        self.authenticator = TokenAuthenticator(passwords, self.people, self.tokens)

    def refused(self, username: str, password: str) -> None:
        """That does not let anybody in."""
        asked = self.authenticator.authenticate(username, password)
        self.failureResultOf(asked, BadCredentialsError)

    def let_in(self, username: str, password: str) -> None:
        """That lets agent1 in."""
        asked = self.authenticator.authenticate(username, password)
        self.assertEqual(self.successResultOf(asked), self.agent)

    def test_interface(self) -> None:
        """It is an authenticator."""
        verifyObject(IAuthenticator, self.authenticator)

    def test_each(self) -> None:
        """A password, a token and a ticket let their owner in, and nobody else."""
        ticket = self.tokens.ticket(self.agent)
        for password in ("finesse", self.issued.access, ticket):
            self.let_in("agent1", password)
        for password in (self.issued.access, ticket, self.issued.refresh):
            self.refused("agent2", password)
            self.refused("nobody", password)
        self.clock.advance(TICKET_S)
        self.refused("agent1", ticket)

    def test_bad_token_is_not_counted(self) -> None:
        """A client whose token has expired asks again and again, and its user is not locked out."""
        self.clock.advance(300)
        for _ in range(5):
            self.refused("agent1", self.issued.access)
        self.assertIsNone(self.lockout.locked_until("agent1", self.clock.seconds()))

    def test_locked_out(self) -> None:
        """A lock-out is for tokens and tickets too."""
        ticket = self.tokens.ticket(self.agent)
        for _ in range(2):
            self.lockout.failed("agent1", 0)
        for password in (self.issued.access, ticket):
            self.failureResultOf(
                self.authenticator.authenticate("agent1", password), LockedOutError
            )
