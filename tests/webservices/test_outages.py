"""Outages of the CTI link at any byte of a busy day: afterwards REST, events and the engine agree.

No network and no real time: the engine, both ends of the CTI link and the web services run on one clock, over a wire
that carries as many bytes as the test says, and breaks when the test says.
"""

from __future__ import annotations

from random import Random
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from finesse_tx.config import NotificationConfig
from finesse_tx.notification.service import NotificationService
from finesse_tx.webservices.core.objects import UserState
from tests.support.days import AGENTS, LIFE, Day, Step, directory, steps
from tests.support.notification import DOMAIN, notification_service
from tests.support.outages import Follower, MemoryRoad, Wire
from tests.support.webservices import FakePublisher
from tests.support.xmpp import Wire as XMPPWire

NETWORK = ("carry", "bytes", "message", "cut", "down", "up", "deaf")

STEPS = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(LIFE), st.sampled_from(LIFE), st.sampled_from(NETWORK)),
        st.integers(1, AGENTS),
        st.integers(0, 400),
    ),
    max_size=60,
)


def happen(road: MemoryRoad, name: str, number: int) -> None:
    """What networks do."""
    wire: Wire = road.wire
    match name:
        case "carry":
            road.turn(0.0)
        case "bytes":
            wire.carry(number, number)
        case "message":
            wire.carry(sum(wire.messages_coming()[: number % 8]), None)
        case "cut":
            wire.cut()
        case "down":
            wire.cut()
            wire.is_down = True
        case "up":
            wire.is_down = False
        case _:
            wire.is_deaf = True


class OutageTests(SynchronousTestCase):
    """Random days."""

    def live(self, happenings: list[Step], *, replay: bool) -> None:
        """Live a day, and look at its end whether all agree."""
        road = MemoryRoad(directory(), replay=replay)
        day = Day(road)
        try:
            road.settle()
            road.load()
            day.begin()
            for name, agent, number in happenings:
                if name in NETWORK:
                    happen(road, name, number)
                else:
                    day.do((name, agent, number))
            road.settle()
            self.assertTrue(road.web.in_service())
            day.agree(self)
        finally:
            road.stop()
        self.assertEqual(road.clock.getDelayedCalls(), [])

    @settings(deadline=None, max_examples=75)
    @given(happenings=STEPS)
    def test_replayed(self, happenings: list[Step]) -> None:
        """With everything told again after an outage: nothing lost, nothing doubled, whatever the day."""
        self.live(happenings, replay=True)

    @settings(deadline=None, max_examples=75)
    @given(happenings=STEPS)
    def test_differences(self, happenings: list[Step]) -> None:
        """The same when only what has changed is told."""
        self.live(happenings, replay=False)


class RequestTests(SynchronousTestCase):
    """Requests of REST that the link does not survive."""

    def setUp(self) -> None:
        """Agent 1 is signed in; what he asks for does not get through at once."""
        self.road = MemoryRoad(directory())
        self.day = Day(self.road)
        self.addCleanup(self.road.stop)
        self.road.settle()
        self.day.do(("login", 1, 0))
        self.road.turn()
        self.road.load()
        person = self.road.floor.directory.snapshot().person("agent1")
        assert person is not None
        self.person = person

    def ask(self, state: UserState, request_id: str) -> None:
        """The agent asks for a state."""
        self.road.web.operations.users.change_state(self.person, "agent1", state, None, request_id)

    def published(self) -> list[tuple[str, str, str]]:
        """Node, request id, and error or status."""
        found = []
        for node, payload in self.road.publisher.take():
            update = ElementTree.fromstring(payload)
            said = update.findtext(".//errorMessage") or update.findtext(".//status") or ""
            said = said or update.findtext(".//state") or ""
            found.append((node, update.findtext("requestId") or "", said))
        return found

    def test_link_dies(self) -> None:
        """Each request that waits, sent or not, has its one error, before SystemInfo says what happened."""
        self.ask(UserState.READY, "r1")
        self.ask(UserState.NOT_READY, "r2")
        self.road.wire.carry(0, None)  # it is carried out; the answer is on its way
        self.road.wire.cut()
        user = "/finesse/api/User/agent1"
        self.assertEqual(
            self.published(),
            [
                (user, "r1", "LinkDownError"),
                (user, "r2", "LinkDownError"),
                ("/finesse/api/SystemInfo", "", "OUT_OF_SERVICE"),
            ],
        )
        self.road.clock.advance(0)
        self.road.settle()
        ready = [line for line in self.road.follower.told if line.endswith("User/agent1")]
        self.assertEqual(len(ready), 1)
        self.assertEqual(self.road.follower.users, self.road.rest()[0])
        counters = self.road.link.counters
        self.assertEqual((counters.sessions, counters.sessions_lost), (2, 1))

    def test_late_answer(self) -> None:
        """An answer after its time disturbs nobody; what was done is told all the same."""
        self.ask(UserState.READY, "r1")
        self.road.wire.carry(0, None)
        for _ in range(21):
            self.road.clock.advance(0.5)  # heartbeats go, and their answers wait behind that one
        timed_out = ("/finesse/api/User/agent1", "r1", "RequestTimeoutError")
        self.assertEqual(self.published(), [timed_out])
        counters = self.road.link.counters
        self.assertEqual((counters.timeouts, counters.late_answers), (1, 0))
        self.road.wire.carry()
        self.assertEqual((counters.timeouts, counters.late_answers), (1, 1))
        ((node, request_id, said), _team) = self.published()
        self.assertEqual((node, request_id, said), (timed_out[0], "", "READY"))
        self.ask(UserState.NOT_READY, "r2")
        self.road.wire.carry()
        self.road.wire.carry()
        self.assertEqual(self.published()[0], (timed_out[0], "r2", "NOT_READY"))
        self.assertEqual(counters.sessions_lost, 0)


class Publisher(FakePublisher):
    """Hands on to a notification service what it writes down."""

    def __init__(self, service: NotificationService) -> None:
        super().__init__()
        self._service = service

    @override
    def publish(self, node: str, payload: str) -> None:
        super().publish(node, payload)
        self._service.publish(node, payload)


class SubscriberTests(SynchronousTestCase):
    """An XMPP client, who subscribes to nothing but what everyone gets."""

    ITEMS = ".//{http://jabber.org/protocol/pubsub#event}items"
    TEXT = ".//{http://jabber.org/protocol/pubsub}notification"

    def hear(self, client: XMPPWire, follower: Follower) -> None:
        """Read what has come."""
        for stanza in client.stanzas(client.said()):
            items = stanza.find(self.ITEMS)
            if items is not None:
                follower.hear(items.get("node", ""), stanza.findtext(self.TEXT, ""))

    def test_consistent(self) -> None:
        """What REST told before, with the stream's events applied, is what REST tells after, outage by outage."""
        for seed in range(8):
            random = Random(seed)
            config = NotificationConfig(domain=DOMAIN, idle_timeout_s=1_000_000)
            notification = notification_service(Clock(), config=config)
            road = MemoryRoad(directory(), publisher=Publisher(notification), replay=seed % 2 == 0)
            day = Day(road)
            try:
                road.settle()
                clients = {
                    name: XMPPWire(notification.xmpp_factory) for name in ("agent1", "agent2")
                }
                followers = {name: Follower() for name in clients}
                users, dialogs, _ = road.rest()
                for name, client in clients.items():
                    client.sign_in(name)
                    follower = followers[name]
                    follower.in_service = True
                    follower.users = {key: user for key, user in users.items() if key[0] == name}
                    follower.dialogs = {key: it for key, it in dialogs.items() if key[0] == name}
                day.begin()
                for outage in ("cut", "down", "deaf", "cut"):
                    for step in steps(random, 25):
                        day.do(step)
                        happen(road, "bytes", random.randint(0, 400))
                    happen(road, outage, 0)
                    for step in steps(random, 25):
                        day.do(step)
                    road.settle()
                    users, dialogs, _ = road.rest()
                    for name, client in clients.items():
                        follower = followers[name]
                        self.hear(client, follower)
                        self.assertEqual(follower.faults, [])
                        self.assertTrue(follower.in_service)
                        self.assertEqual(follower.users, {(name,): users[name,]})
                        expected = {key: it for key, it in dialogs.items() if key[0] == name}
                        self.assertEqual(follower.dialogs, expected)
                self.assertGreater(sum(len(follower.told) for follower in followers.values()), 30)
            finally:
                road.stop()
