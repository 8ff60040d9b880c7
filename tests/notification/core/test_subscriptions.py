"""`finesse_tx.notification.core.subscriptions`: who asked for what."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.refusals import PubsubError, Refusal
from finesse_tx.notification.core.subscriptions import Subscription, Subscriptions

TEAM = "/finesse/api/Team/1/Users"


class SubscriptionsTests(SynchronousTestCase):
    """XEP-0060, as far as it goes here."""

    def setUp(self) -> None:
        """Nobody is subscribed, and each person may have three."""
        numbers = count(1)
        self.new_subid = lambda: f"s{next(numbers)}"
        self.subscriptions = Subscriptions(max_per_user=3)

    def subscribe(self, login_id: str, resource: str | None = None, node: str = TEAM) -> str:
        """Subscribe, and return the SubID."""
        return self.subscriptions.subscribe(login_id, resource, node, self.new_subid).subid

    def refused(self, *arguments: str | None) -> Refusal:
        """Unsubscribe in vain, and return why."""
        error: PubsubError = self.assertRaises(
            PubsubError, self.subscriptions.unsubscribe, *arguments
        )
        return error.refusal

    def test_repeat(self) -> None:
        """Who subscribes again gets the same SubID; a session of the same person gets its own."""
        self.assertEqual(self.subscribe("a"), self.subscribe("a"))
        self.assertNotEqual(self.subscribe("a"), self.subscribe("a", "desktop"))

    def test_of_and_on(self) -> None:
        """A subscription is found by its person and by its node."""
        self.subscribe("a")
        made = Subscription("a", None, TEAM, "s1")
        self.assertEqual(self.subscriptions.of("a"), (made,))
        self.assertEqual(list(self.subscriptions.on(TEAM)), [made])
        self.assertEqual(self.subscriptions.of("b"), ())
        self.assertEqual(list(self.subscriptions.on("/other")), [])

    def test_unsubscribe(self) -> None:
        """Afterwards nothing is left, and another time is an error."""
        subid = self.subscribe("a")
        self.subscriptions.unsubscribe("a", None, TEAM, subid)
        self.assertEqual((self.subscriptions.of("a"), list(self.subscriptions.on(TEAM))), ((), []))
        self.assertEqual(self.refused("a", None, TEAM), Refusal.NOT_SUBSCRIBED)

    def test_wrong_subid(self) -> None:
        """A SubID that is not the subscription's is refused, and the subscription stays."""
        self.subscribe("a")
        self.assertEqual(self.refused("a", None, TEAM, "x"), Refusal.INVALID_SUBID)
        self.assertEqual(len(self.subscriptions.of("a")), 1)

    def test_bound(self) -> None:
        """The last one that is allowed is made, the next is refused; a repeat is none."""
        for node in ("/1", "/2", "/3", "/3"):
            self.subscribe("a", node=node)
        error = self.assertRaises(PubsubError, self.subscribe, "a", None, "/4")
        self.assertEqual(error.refusal, Refusal.TOO_MANY_SUBSCRIPTIONS)
        self.subscribe("b", node="/4")

    def test_session_ends(self) -> None:
        """What a session asked for goes with it; what was asked for the person stays."""
        self.subscribe("a")
        self.subscribe("a", "desktop")
        self.subscribe("a", "gadget")
        self.subscriptions.session_ended("a", "desktop")
        self.assertEqual([s.resource for s in self.subscriptions.of("a")], [None, "gadget"])

    def test_keep(self) -> None:
        """Nodes that a person may no longer see are unsubscribed."""
        self.subscribe("a")
        self.subscribe("a", node="/mine")
        self.subscriptions.keep("a", lambda node: node == "/mine")
        self.assertEqual([s.node for s in self.subscriptions.of("a")], ["/mine"])
        self.assertEqual(list(self.subscriptions.on(TEAM)), [])

    @given(
        st.lists(
            st.tuples(
                st.sampled_from("+-x"),
                st.sampled_from("ab"),
                st.sampled_from([None, "r"]),
                st.sampled_from("12"),
            )
        )
    )
    def test_any_course(self, course: list[tuple[str, str, str | None, str]]) -> None:
        """After any course of requests, both views hold exactly what a plain set would."""
        subscriptions = Subscriptions()
        model: set[tuple[str, str | None, str]] = set()
        for what, login_id, resource, node in course:
            if what == "+":
                subscriptions.subscribe(login_id, resource, node, lambda: "s")
                model.add((login_id, resource, node))
            elif what == "-" and (login_id, resource, node) in model:
                subscriptions.unsubscribe(login_id, resource, node)
                model.remove((login_id, resource, node))
            elif what == "x":
                subscriptions.session_ended(login_id, "r")
                model -= {(login_id, "r", "1"), (login_id, "r", "2")}
        for held in (
            [s for login_id in "ab" for s in subscriptions.of(login_id)],
            [s for node in "12" for s in subscriptions.on(node)],
        ):
            self.assertEqual(len(held), len(model))
            self.assertEqual({(s.login_id, s.resource, s.node) for s in held}, model)
