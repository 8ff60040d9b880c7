"""The queue of changes, and sessions."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.axl.changes import Changes
from finesse_tx.directory.core.axl.counters import AXLCounters, axl_families
from finesse_tx.directory.core.axl.faults import INVALID, AXLError
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import Model
from finesse_tx.directory.core.axl.sessions import Sessions
from finesse_tx.directory.core.axl.values import Value, children, items, text
from finesse_tx.directory.core.demo import demo
from tests.directory.core.axl.test_model import stored


def model(agents: int = 1, department: str = "") -> Model:
    """The demo's."""
    return Model(demo(agents), [stored(Kind.USER, "agent1", {"department": department})], "")


class ChangesTests(SynchronousTestCase):
    """`Changes`."""

    def changes(self, answer: dict[str, Value]) -> list[tuple[str, str, str]]:
        """Their ids, actions and kinds."""
        found = map(children, items(answer["changes"], "change"))
        return [(text(one["id"]), text(one["action"]), text(one["@type"])) for one in found]

    def test_first(self) -> None:
        """Who asks for the first time learns where the queue is, and what is in it."""
        queue = Changes("q")
        queue.look(model())
        answer = queue.answer("", "", ())
        self.assertEqual(
            answer["queueInfo"],
            {"firstChangeId": "1", "lastChangeId": "0", "nextStartChangeId": "1", "queueId": "q"},
        )
        self.assertEqual(self.changes(answer), [])

    def test_changes(self) -> None:
        """What is new, other or gone is in the queue, of each kind, and once."""
        queue = Changes("q")
        queue.look(model(1))
        queue.look(model(2, "D"))
        answer = queue.answer("1", "q", ())
        found = {(action, kind) for _, action, kind in self.changes(answer)}
        self.assertEqual(found, {("a", "User"), ("u", "User"), ("a", "Phone"), ("a", "Line")})
        (updated,) = (
            one for one in map(children, items(answer["changes"], "change")) if one["action"] == "u"
        )
        self.assertEqual(updated["changedTags"], {"changedTag": ({"@name": "department"},)})
        self.assertEqual(updated["doGet"], "true")
        following = text(children(answer["queueInfo"])["nextStartChangeId"])
        self.assertEqual(self.changes(queue.answer(following, "q", ())), [])
        queue.look(model(1, "D"))
        again = self.changes(queue.answer(following, "q", ()))
        self.assertEqual({action for _, action, _ in again}, {"r"})
        self.assertEqual(
            {kind for _, _, kind in self.changes(queue.answer(following, "q", ("phone",)))},
            {"Phone"},
        )

    def test_lost(self) -> None:
        """Another queue's id, a change that is kept no longer, and one that is still to come are refused alike."""
        queue = Changes("q", most=2)
        queue.look(model(1))
        queue.look(model(3))  # three agents' users, phones and lines are six changes
        self.assertEqual(len(self.changes(queue.answer("", "", ()))), 2)
        for start, queue_id in (("5", "other"), ("4", "q"), ("8", "q"), ("0", "q")):
            fault = self.assertRaises(AXLError, queue.answer, start, queue_id, ())
            self.assertEqual(fault.code, INVALID)
            self.assertTrue(fault.message.startswith("The queueId value does not match the server"))
        self.assertEqual(len(self.changes(queue.answer("5", "q", ()))), 2)
        self.assertEqual(self.changes(queue.answer("7", "q", ())), [])


class SessionsTests(SynchronousTestCase):
    """`Sessions`."""

    def test_idle(self) -> None:
        """A session lasts as long as it is used, to the moment."""
        sessions = Sessions(idle_s=10)
        sessions.begin("s", "ann", 0)
        for now in (9.9, 19.8):
            self.assertEqual(sessions.login_id("s", now), "ann")
        self.assertEqual(sessions.login_id("s", 29.8), "")
        self.assertEqual(len(sessions), 0)
        self.assertEqual(sessions.login_id("none", 0), "")

    def test_bound(self) -> None:
        """Beyond the bound the one goes that was used longest ago."""
        sessions = Sessions(most=2)
        for name in ("a", "b"):
            sessions.begin(name, name, 0)
        sessions.login_id("a", 1)
        sessions.begin("c", "c", 2)
        self.assertEqual([sessions.login_id(name, 3) for name in "abc"], ["a", "", "c"])


class CountersTests(SynchronousTestCase):
    """`AXLCounters`."""

    def test_unknown(self) -> None:
        """Names of operations are counted apart up to a bound, and only if they could be some."""
        counters = AXLCounters()
        for number in range(150):
            counters.asked_for_unknown("a" * (number % 64 + 1) + "b" * (number // 64))
        counters.asked_for_unknown("<x>")
        counters.asked_for_unknown("a")
        self.assertEqual(len(counters.unknown), 101)
        self.assertEqual(counters.unknown["a"], 2)
        self.assertEqual(sum(counters.unknown.values()), 152)
        names = {family.name for family in axl_families(counters)}
        self.assertIn("axl_throttle", names)
