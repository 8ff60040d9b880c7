"""`finesse_tx.notification.core.bosh` on a network that reorders, loses, doubles and delays."""

from collections.abc import Callable
from typing import Final

from hypothesis import event, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.body import Reply
from finesse_tx.notification.core.terms import Bounds
from tests.support.bosh import Exchange, Talk, attributes_of


class BadNetwork:
    """A client that keeps to its window, a session, and between them anything may happen to a request.

    Attributes:
        said: The payloads that the client sent, in order.
        published: The stanzas for the client, in order.
        answers: By request id, every answer that reached the client.
        over: The condition of a terminate that reached the client.
    """

    def __init__(self, requests: int) -> None:
        self.requests = requests
        self.talk = Talk(Bounds(30, 30, 5, 300, requests, 1_000_000)).start()
        self.rid = Talk.RID
        self.said: list[str] = []
        self.published: list[str] = ["features"]
        self.answers: dict[int, list[bytes]] = {Talk.RID: [self.talk.first.body]}
        self.open: dict[int, str] = {}  # what the client waits for
        self.under_way: list[tuple[int, str]] = []  # requests
        self.returning: list[tuple[int, Reply]] = []  # answers
        self.at_server: list[Exchange] = []
        self.over: str | None = None

    # What may happen: each takes a number that says to which of those it happens.

    def ask(self, _which: int) -> None:
        """The client sends its next request, if it may."""
        if len(self.open) < self.requests:
            self.rid += 1
            self.said.append(f"c{self.rid}")
            self.open[self.rid] = self.said[-1]
            self.under_way.append((self.rid, self.said[-1]))

    def repeat(self, which: int) -> None:
        """The client sends a request again that it waits for."""
        if self.open:
            rid = sorted(self.open)[which % len(self.open)]
            self.under_way.append((rid, self.open[rid]))

    def arrive(self, which: int) -> None:
        """A request arrives, in any order."""
        if self.under_way:
            rid, payload = self.under_way.pop(which % len(self.under_way))
            exchange = self.talk.post(rid, payload)
            self.at_server.append(exchange)
            self.collect()

    def double(self, which: int) -> None:
        """A request is on its way twice."""
        if self.under_way:
            self.under_way.append(self.under_way[which % len(self.under_way)])

    def lose_request(self, which: int) -> None:
        """A request never arrives."""
        if self.under_way:
            self.under_way.pop(which % len(self.under_way))

    def lose_answer(self, which: int) -> None:
        """An answer never arrives."""
        if self.returning:
            self.returning.pop(which % len(self.returning))

    def hang_up(self, which: int) -> None:
        """The connection of a waiting request breaks, and the server sees it."""
        waiting = [exchange for exchange in self.at_server if exchange.open]
        if waiting:
            gone = waiting[which % len(waiting)]
            self.at_server.remove(gone)
            self.talk.lose(gone)

    def publish(self, _which: int) -> None:
        """Something happens that the client is told."""
        self.published.append(f"s{len(self.published)}")
        self.talk.publish(self.published[-1])
        self.collect()

    def wait(self, which: int) -> None:
        """Time passes."""
        self.talk.pass_time(which / 4)
        self.collect()

    def hear(self, which: int) -> None:
        """An answer arrives, in any order."""
        if self.returning:
            rid, reply = self.returning.pop(which % len(self.returning))
            attributes = attributes_of(reply.body)
            if attributes.get("type") == "terminate":
                self.over = attributes.get("condition", "")
            elif attributes.get("type") != "error":
                self.answers.setdefault(rid, []).append(reply.body)
                self.open.pop(rid, None)

    def collect(self) -> None:
        """Put what the server answered on its way."""
        for exchange in [exchange for exchange in self.at_server if not exchange.open]:
            self.at_server.remove(exchange)
            self.returning.append((exchange.rid, exchange.replies[0]))

    def calm_down(self) -> None:
        """From now on everything arrives: the client repeats what it waits for, and asks until all has come."""
        for _round in range(200):
            while self.under_way or self.returning:
                self.arrive(0)
                self.hear(0)
            everything = (self.talk.arrived, self.got()) == (self.said, self.published)
            if self.over is not None or everything:
                return
            self.under_way += sorted(self.open.items())
            self.ask(0)
        raise AssertionError(f"it never comes: {self.got()} of {self.published}, {self.open}")

    def got(self) -> list[str]:
        """The stanzas that the client has, in the order of its requests."""
        found: list[str] = []
        for rid in sorted(self.answers):
            exchange = Exchange(rid)
            exchange.answer(Reply(self.answers[rid][0]))
            found += exchange.stanzas
        return found


Happening = Callable[[BadNetwork, int], None]
Course = list[tuple[Happening, int]]

HAPPENINGS: Final[list[Happening]] = [
    BadNetwork.ask,
    BadNetwork.ask,
    BadNetwork.arrive,
    BadNetwork.arrive,
    BadNetwork.hear,
    BadNetwork.hear,
    BadNetwork.publish,
    BadNetwork.repeat,
    BadNetwork.double,
    BadNetwork.lose_request,
    BadNetwork.lose_answer,
    BadNetwork.hang_up,
    BadNetwork.wait,
]


def courses(happenings: list[Happening]) -> st.SearchStrategy[Course]:
    """Any course of these."""
    return st.lists(
        st.tuples(st.sampled_from(happenings), st.integers(0, 9)), min_size=20, max_size=80
    )


REASONS: Final = {
    "item-not-found",  # a copy came so late that its answer is forgotten, or the client was silent too long
    "policy-violation",  # one request was repeated too often
    "other-request",  # the same, as the request beside it sees it
}


class BadNetworkTests(SynchronousTestCase):
    """XEP-0124's promise."""

    @settings(max_examples=400)
    @given(st.integers(2, 4), courses(HAPPENINGS))
    def test_everything_once_and_in_order(self, requests: int, course: Course) -> None:
        """Whatever happens, both sides get everything once and in order, or the client is told why not."""
        network = BadNetwork(requests)
        for happening, which in course:
            happening(network, which)
        network.calm_down()
        said, published = network.said, network.published
        self.assertEqual(network.talk.arrived, said[: len(network.talk.arrived)])
        got = network.got()
        for answers in network.answers.values():
            self.assertEqual(len(set(answers)), 1, "a repeated request was answered differently")
        if network.over is None:
            event("all came through")
            self.assertEqual((network.talk.arrived, got), (said, published))
        else:
            event(f"told: {network.over}")
            self.assertIn(network.over, REASONS)
            self.assertTrue(network.talk.session.ended)

    @settings(max_examples=200)
    @given(st.integers(2, 4), courses(HAPPENINGS[:7]))
    def test_reordering_alone(self, requests: int, course: Course) -> None:
        """Where requests and answers only overtake each other, no session ever ends."""
        network = BadNetwork(requests)
        for happening, which in course:
            happening(network, which)
        network.calm_down()
        self.assertIs(network.over, None)
        self.assertEqual((network.talk.arrived, network.got()), (network.said, network.published))
