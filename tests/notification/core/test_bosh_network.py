"""`finesse_tx.notification.core.bosh` on a network that reorders, loses, doubles and delays."""

from collections.abc import Callable, Set
from typing import Final, NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.body import Reply
from finesse_tx.notification.core.terms import Bounds
from tests.support.bosh import Exchange, Talk, attributes_of, stanzas_of


class Sent(NamedTuple):
    """A request; repeated, it is the same.

    Attributes:
        rid: Its number.
        payload: What it carries.
        attributes: What else.
    """

    rid: int
    payload: str
    attributes: dict[str, str]


class BadNetwork:
    """A client that keeps to its window, a session, and between them anything may happen to a request.

    Args:
        requests: How many requests the client may have open.
        hold: How many of them may be held; 0 polls.
        acks: Whether the client acknowledges answers.

    Attributes:
        said: The payloads that the client sent, in order.
        published: The stanzas for the client, in order.
        answers: By request id, every answer that reached the client.
        stanzas: By request id, the stanzas in its answer.
        over: The condition of a terminate that reached the client.
    """

    def __init__(self, requests: int, hold: int = 1, *, acks: bool = False) -> None:
        self.requests, self.acks = requests, acks
        bounds = Bounds(30, 30, 5, 300, requests, 1_000_000)
        self.talk = Talk(bounds, hold=str(hold), ack="1" if acks else "0").start()
        self.rid = Talk.RID
        self.said: list[str] = []
        self.published: list[str] = ["features"]
        self.answers: dict[int, list[bytes]] = {Talk.RID: [self.talk.first.body]}
        self.stanzas = {Talk.RID: self.talk.first.stanzas}
        self.open: dict[int, Sent] = {}  # what the client waits for
        self.under_way: list[Sent] = []  # requests
        self.returning: list[tuple[int, Reply]] = []  # answers
        self.at_server: list[Exchange] = []
        self.over: str | None = None

    # What may happen: each takes a number that says to which of those it happens.

    def ask(self, _which: int) -> None:
        """The client sends its next request, if it may."""
        if len(self.open) < self.requests:
            acknowledged = self.acknowledged()
            self.rid += 1
            self.said.append(f"c{self.rid}")
            behind = self.acks and acknowledged < self.rid - 1
            sent = Sent(self.rid, self.said[-1], {"ack": str(acknowledged)} if behind else {})
            self.open[self.rid] = sent
            self.under_way.append(sent)

    def repeat(self, which: int) -> None:
        """The client sends a request again that it waits for."""
        if self.open:
            self.under_way.append(self.open[sorted(self.open)[which % len(self.open)]])

    def arrive(self, which: int) -> None:
        """A request arrives, in any order."""
        if self.under_way:
            sent = self.under_way.pop(which % len(self.under_way))
            exchange = self.talk.post(sent.rid, sent.payload, **sent.attributes)
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

    def end(self, _which: int) -> None:
        """The server ends the session."""
        self.talk.session.end("remote-stream-error", b"<error/>")
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
                self.stanzas[rid] = stanzas_of(reply.body)
                self.open.pop(rid, None)

    def collect(self) -> None:
        """Put what the server answered on its way."""
        for exchange in [exchange for exchange in self.at_server if not exchange.open]:
            self.at_server.remove(exchange)
            self.returning.append((exchange.rid, exchange.replies[0]))

    def calm_down(self) -> None:
        """From now on everything arrives: the client repeats what it waits for, and asks until all has come, or the end."""
        for _round in range(200):
            while self.under_way or self.returning:
                self.arrive(0)
                self.hear(0)
            everything = (self.talk.arrived, self.got()) == (self.said, self.published)
            if self.over is not None or (everything and not self.talk.session.ended):
                return
            self.under_way += [self.open[rid] for rid in sorted(self.open)]
            self.ask(0)
        raise AssertionError(f"it never comes: {self.got()} of {self.published}, {self.open}")

    def acknowledged(self) -> int:
        """The highest request of which the client has the answer, and those of all before it."""
        rid = Talk.RID
        while rid + 1 in self.answers:
            rid += 1
        return rid

    def got(self) -> list[str]:
        """The stanzas that the client has: it takes answers in the order of its requests, and no further than the first it lacks."""
        found: list[str] = []
        for rid in range(Talk.RID, self.acknowledged() + 1):
            found += self.stanzas[rid]
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
    @given(st.integers(2, 4), st.integers(0, 3), st.booleans(), courses(HAPPENINGS))
    def test_everything_once_and_in_order(
        self, requests: int, hold: int, acks: bool, course: Course
    ) -> None:
        """Whatever happens, both sides get everything once and in order, or the client is told why not."""
        self.play(BadNetwork(requests, hold, acks=acks), course, REASONS)

    @settings(max_examples=200)
    @given(st.integers(2, 4), st.booleans(), courses([*HAPPENINGS, BadNetwork.end]))
    def test_ended_by_the_server(self, requests: int, acks: bool, course: Course) -> None:
        """The same where the server ends the session in between: what came before is in order, and the end is told."""
        network = BadNetwork(requests, acks=acks)
        self.play(network, course, REASONS | {"remote-stream-error"})
        if BadNetwork.end in {happening for happening, _which in course}:
            self.assertIsNotNone(network.over)

    def play(self, network: BadNetwork, course: Course, reasons: Set[str]) -> None:
        """Play it, and see that the promise is kept."""
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
            self.assertIn(network.over, reasons)
            self.assertEqual(got, published[: len(got)])
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
