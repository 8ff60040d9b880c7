"""`finesse_tx.notification.core.audience` and ``sessions``: who is here, and who gets an event."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.audience import audience
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.sessions import BindError, Session, Sessions
from finesse_tx.notification.core.subscriptions import Subscriptions

SYSTEM = "/finesse/api/SystemInfo"
TEAM = "/finesse/api/Team/1/Users"


def automatic_nodes(login_id: str) -> tuple[str, ...]:
    """What everybody gets without asking; the administrator has no phone."""
    personal = f"/finesse/api/User/{login_id}"
    if login_id == "admin":
        return (personal, SYSTEM)
    return (personal, f"{personal}/Dialogs", SYSTEM, "/finesse/api/Agents")


class Sink:
    """An outlet that keeps nothing."""

    def write(self, stanza: bytes) -> None:
        """Do nothing."""

    def end(self, failure: StreamError | None) -> None:
        """Do nothing."""


class AudienceTests(SynchronousTestCase):
    """Recipients of a publish."""

    def setUp(self) -> None:
        """Nobody is here."""
        self.asked: list[str] = []
        self.sessions = Sessions("d", automatic_nodes, max_per_user=3)
        self.subscriptions = Subscriptions()

    def here(self, login_id: str, resource: str = "desktop", priority: int | None = 0) -> Session:
        """Someone connects."""
        session, _old = self.sessions.bind(login_id, resource, Sink())
        session.priority = priority
        return session

    def subscribe(self, login_id: str, resource: str | None = None, node: str = TEAM) -> None:
        """Someone subscribes."""
        self.subscriptions.subscribe(login_id, resource, node, lambda: "s")

    def get(self, node: str) -> dict[str, bytes]:
        """The addresses of those who get what is published there, each with what is in ``to``."""

        def policy(login_id: str) -> tuple[str, ...]:
            self.asked.append(login_id)
            return automatic_nodes(login_id)

        found = audience(node, self.sessions, self.subscriptions, policy)
        return {session.jid: to for session, to in found.items()}

    def test_own_node(self) -> None:
        """A person's own nodes reach each of that person's sessions, and nobody else is even asked about."""
        self.here("a")
        self.here("a", "gadget")
        self.here("b")
        self.assertEqual(
            self.get("/finesse/api/User/a/Dialogs"), {"a@d/desktop": b"a@d", "a@d/gadget": b"a@d"}
        )
        self.assertEqual(self.asked, ["a"])

    def test_not_automatic(self) -> None:
        """A node under a person's path that is not automatic reaches nobody unasked."""
        self.here("a")
        self.assertEqual(self.get("/finesse/api/User/a/Queues"), {})
        self.subscribe("a", node="/finesse/api/User/a/Queues")
        self.assertEqual(list(self.get("/finesse/api/User/a/Queues")), ["a@d/desktop"])

    def test_shared_node(self) -> None:
        """A node that many receive unasked reaches those, and only those; then nobody once they are gone."""
        agent, admin = self.here("a"), self.here("admin")
        self.assertEqual(list(self.get(SYSTEM)), ["a@d/desktop", "admin@d/desktop"])
        self.assertEqual(list(self.get("/finesse/api/Agents")), ["a@d/desktop"])
        self.sessions.unbind(agent)
        self.assertEqual(list(self.get("/finesse/api/Agents")), [])
        self.sessions.unbind(admin)
        self.assertFalse(self.sessions.is_shared(SYSTEM))

    def test_shared_costs_nothing(self) -> None:
        """A thousand people with the same shared nodes keep one list of them between them."""
        lists = {id(self.here(f"agent{number}").user.shared) for number in range(1_000)}
        self.assertEqual(len(lists), 1)

    def test_bare_subscription(self) -> None:
        """A subscription of the bare address reaches every session, also one that came later."""
        self.subscribe("a")
        self.here("a")
        self.here("a", "gadget")
        self.assertEqual(self.get(TEAM), {"a@d/desktop": b"a@d", "a@d/gadget": b"a@d"})

    def test_full_subscription(self) -> None:
        """A subscription of the full address reaches that session, under that address."""
        self.here("a")
        self.here("a", "gadget&co")
        self.subscribe("a", "gadget&co")
        self.assertEqual(self.get(TEAM), {"a@d/gadget&co": b"a@d/gadget&amp;co"})

    def test_once(self) -> None:
        """Who is subscribed automatically, with the bare and with the full address gets it once."""
        self.here("a")
        for resource in (None, "desktop"):
            self.subscribe("a", resource, SYSTEM)
            self.subscribe("a", resource)
        self.assertEqual(self.get(SYSTEM), {"a@d/desktop": b"a@d"})
        self.assertEqual(self.get(TEAM), {"a@d/desktop": b"a@d"})

    def test_availability(self) -> None:
        """Only sessions that are available with a priority of 0 or more get events."""
        for resource, priority in (("quiet", None), ("low", -1), ("zero", 0)):
            self.here("a", resource, priority)
        for node in (SYSTEM, "/finesse/api/User/a"):
            self.assertEqual(list(self.get(node)), ["a@d/zero"])
        self.subscribe("a")
        self.subscribe("a", "low")
        self.assertEqual(list(self.get(TEAM)), ["a@d/zero"])

    def test_absent(self) -> None:
        """A subscription of someone who is not here reaches nobody."""
        self.subscribe("a")
        self.subscribe("a", "desktop")
        self.assertEqual(self.get(TEAM), {})

    def test_odd_login_ids(self) -> None:
        """Mail addresses and capitals: the node has the login id as it is, the address has it escaped."""
        self.here("Ann@Corp")
        self.assertEqual(
            self.get("/finesse/api/User/Ann@Corp"), {"ann\\40corp@d/desktop": b"ann\\40corp@d"}
        )
        self.assertEqual(self.get("/finesse/api/User/ann@corp"), {})


class SessionsTests(SynchronousTestCase):
    """Opening and closing."""

    def setUp(self) -> None:
        """Three sessions each."""
        self.sessions = Sessions("d", automatic_nodes, max_per_user=3)

    def test_same_address(self) -> None:
        """The session that had the address is handed back, and closing it then changes nothing."""
        first, nobody = self.sessions.bind("a", "r", Sink())
        second, old = self.sessions.bind("a", "r", Sink())
        self.assertIs(nobody, None)
        self.assertIs(old, first)
        self.assertFalse(self.sessions.unbind(first))
        self.assertEqual(list(self.sessions), [second])

    def test_bound(self) -> None:
        """The third session is opened, the fourth refused; taking over an address is always allowed."""
        for resource in "123":
            self.sessions.bind("a", resource, Sink())
        error = self.assertRaises(BindError, self.sessions.bind, "a", "4", Sink())
        self.assertEqual(error.condition, "resource-constraint")
        self.sessions.bind("a", "3", Sink())
        self.sessions.bind("b", "4", Sink())

    def test_case(self) -> None:
        """Two people whose login ids differ only in case do not become one."""
        self.sessions.bind("Bob", "r", Sink())
        error = self.assertRaises(BindError, self.sessions.bind, "bob", "s", Sink())
        self.assertEqual(error.condition, "not-allowed")
        self.assertIs(self.sessions.person("bob"), None)

    def test_gone(self) -> None:
        """Who has closed the last session is not there, and nothing is kept."""
        session, _ = self.sessions.bind("a", "r", Sink())
        self.assertIs(self.sessions.user("a"), session.user)
        self.sessions.unbind(session)
        self.assertIs(self.sessions.user("a"), None)
        self.assertEqual((len(self.sessions.users), self.sessions._interned), (0, {}))
