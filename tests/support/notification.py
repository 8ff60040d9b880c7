"""Who the notification service serves, and what it asks: scripted."""

from collections.abc import Mapping
from functools import cache
from itertools import count

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator, IReactorTime
from twisted.internet.task import Clock
from zope.interface import implementer

from finesse_tx.config import BOSHConfig, NotificationConfig
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError
from finesse_tx.directory.core.lockout import LockOut, LockOuts
from finesse_tx.directory.core.records import Person, Role, Snapshot
from finesse_tx.directory.core.scram import ScramVerifier, verifier
from finesse_tx.directory.scram import ScramAuthenticator
from finesse_tx.interfaces import (
    IAuthenticator,
    INodePolicy,
    IScramAuthenticator,
    ISessionListener,
)
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.service import NotificationService
from finesse_tx.origins import Origins

__all__ = [
    "DOMAIN",
    "PUBSUB",
    "SYSTEM_INFO",
    "Authenticator",
    "Listener",
    "Policy",
    "ScramPeople",
    "desktop_secret",
    "dialogs",
    "notification_service",
    "scram_authenticator",
    "team_users",
    "user",
]

DOMAIN = "finesse.test"
PUBSUB = f"pubsub.{DOMAIN}"
SYSTEM_INFO = "/finesse/api/SystemInfo"
PROCESS_ID = "8d0f2d1e-7b1c-4a43-9b5f-2f0a5b8f7c0a"


def user(login_id: str) -> str:
    """A person's node."""
    return f"/finesse/api/User/{login_id}"


def dialogs(login_id: str) -> str:
    """The node of a person's calls."""
    return f"/finesse/api/User/{login_id}/Dialogs"


def team_users(team_id: int) -> str:
    """A team's node."""
    return f"/finesse/api/Team/{team_id}/Users"


def person(login_id: str, login_name: str = "") -> Person:
    """Someone."""
    return Person(login_id, login_name or login_id, "A", "B", "1001", frozenset({Role.AGENT}))


def desktop_secret(family: str) -> str:
    """What a browser has from a sign-in."""
    return f"desk:00000000{family}{'x' * 32}"


PEOPLE: Mapping[str, Person] = {
    **{f"agent{number}": person(f"agent{number}") for number in range(1, 2_001)},
    "supervisor1": person("supervisor1"),
    "admin": person("admin"),
    "alee": person("1001", "alee"),
    "1001": person("1001", "alee"),
    "ann@corp": person("Ann@Corp"),
    "Ann@Corp": person("Ann@Corp"),
}
"""By the names that they sign in with."""


@implementer(IAuthenticator)
class Authenticator:
    """Knows ``agent1`` to ``agent2000``, a supervisor and someone with another login name; locks ``locked``.

    Attributes:
        held: While it is a list, checks wait in it until somebody fires them.
    """

    PASSWORD = "finesse"
    FAMILIES = ("0123456789ab", "ba9876543210")
    """Of the two sign-ins at a desktop whose secrets are taken for the password, too."""

    def __init__(self) -> None:
        self._people = PEOPLE
        self.asked: list[str] = []
        self.held: list[Deferred[Person]] | None = None

    def authenticate(self, username: str, password: str) -> Deferred[Person]:
        """Check a password."""
        self.asked.append(username)
        if self.held is not None:
            self.held.append(Deferred())
            return self.held[-1]
        if username == "locked":
            return fail(LockedOutError(0.0))
        if username == "broken":
            return fail(RuntimeError("the directory is down"))
        known = (self.PASSWORD, *map(desktop_secret, self.FAMILIES))
        if username not in self._people or password not in known:
            return fail(BadCredentialsError())
        return succeed(self._people[username])


class ScramPeople:
    """The same people, with what SCRAM is checked with.

    Attributes:
        without_verifier: How many there are said to be of whom nothing is kept.
        forgotten: Those of whom really nothing is.
    """

    def __init__(self) -> None:
        self.without_verifier, self.forgotten = 0, set[str]()
        self._snapshot = Snapshot(tuple(PEOPLE.values()))
        self._verifier = _verifier()

    def snapshot(self) -> Snapshot:
        """Who there is."""
        return self._snapshot

    def scram_verifier(self, login_id: str) -> ScramVerifier | None:
        """Everybody's is the same."""
        return self._verifier if login_id not in self.forgotten else None


@cache
def _verifier() -> ScramVerifier:
    return verifier(Authenticator.PASSWORD, b"salt", 4_096)


def scram_authenticator(
    clock: IReactorTime | None = None, people: ScramPeople | None = None
) -> ScramAuthenticator:
    """The real one, for those people; three wrong proofs lock somebody out for 300 seconds."""
    lockouts = LockOuts(LockOut(3, 300, 10), LockOut(3, 300, 10))
    return ScramAuthenticator(people or ScramPeople(), lockouts, 4_096, clock or Clock(), b"key")


@implementer(INodePolicy)
class Policy:
    """Own nodes, everybody's SystemInfo, and team 1 for its supervisor.

    Attributes:
        supervisors: Who may see team 1; may be changed.
    """

    def __init__(self) -> None:
        self.supervisors = {"supervisor1"}

    def node_access(self, login_id: str, node: str) -> NodeAccess:
        """Whether that person may subscribe to that node."""
        if node == SYSTEM_INFO or node.startswith(user(login_id)):
            return NodeAccess.ALLOWED
        if node == team_users(1):
            return NodeAccess.ALLOWED if login_id in self.supervisors else NodeAccess.FORBIDDEN
        if node.startswith("/finesse/api/User/agent"):
            return NodeAccess.FORBIDDEN
        return NodeAccess.NO_SUCH_NODE

    def automatic_nodes(self, login_id: str) -> tuple[str, ...]:
        """The nodes that this person's sessions receive without asking."""
        return (user(login_id), dialogs(login_id), SYSTEM_INFO)

    def may_create_nodes(self, login_id: str) -> bool:
        """Whether this person may create nodes."""
        return login_id == "admin"


@implementer(ISessionListener)
class Listener:
    """Writes down who comes and goes, and why."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []
        self.departures: list[Departure] = []

    def user_available(self, login_id: str) -> None:
        """The first session is available."""
        self.seen.append((login_id, True))

    def user_unavailable(self, login_id: str, why: Departure) -> None:
        """The last one is gone."""
        self.departures.append(why)
        self.seen.append((login_id, False))


def notification_service(
    clock: IReactorTime | None = None,
    *,
    config: NotificationConfig | None = None,
    bosh: BOSHConfig | None = None,
    authenticator: Authenticator | None = None,
    policy: Policy | None = None,
    listener: Listener | None = None,
    tls: IOpenSSLServerConnectionCreator | None = None,
    scram: IScramAuthenticator | None = None,
    origins: Origins | None = None,
) -> NotificationService:
    """A service that is running; identifiers are ``id00000001…`` and so on."""
    numbers = count(1)
    service = NotificationService(
        config or NotificationConfig(domain=DOMAIN),
        bosh or BOSHConfig(),
        authenticator or Authenticator(),
        policy or Policy(),
        clock or Clock(),
        lambda: f"id{next(numbers):06}xxxxxxxxxxxxxx",
        PROCESS_ID,
        tls,
        listener,
        scram,
        origins,
    )
    service.startService()
    return service
