"""`finesse_tx.telephony.customers`: who calls when, waits how long, and hangs up."""

from random import Random
from typing import Any

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.interfaces import ICallPlacer
from finesse_tx.telephony.core.errors import ProviderError, UnknownNumberError
from finesse_tx.telephony.core.events import Batch, Cause, EventID
from finesse_tx.telephony.core.media import DigitRules
from finesse_tx.telephony.customers import (
    KEY_S,
    MAX_CUSTOMERS,
    NO_ANSWER_S,
    RING_S,
    Conduct,
    Customers,
)
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions
from tests.support.telephony import RecordingListener

PHONE = "SEP0000000003E9"
"""The device of 1001."""


class CustomersCase(SynchronousTestCase):
    """Customers on a simulator."""

    def start(
        self,
        calls_per_minute: float = 0.0,
        seed: int = 1,
        max_customers: int = MAX_CUSTOMERS,
        **behaviour: Any,
    ) -> None:
        """Start both."""
        self.clock, self.listener = Clock(), RecordingListener()
        self.simulator = Simulator(
            SimulatorOptions(phones=("1001-1002",), ports=2), self.listener, self.clock
        )
        self.customers = Customers(
            self.simulator,
            ["6001", "6002"],
            Random(seed),
            self.clock,
            calls_per_minute=calls_per_minute,
            patience_s=30,
            talk_s=60,
            max_customers=max_customers,
            **behaviour,
        )
        self.simulator.startService()
        self.clock.advance(0)
        self.customers.startService()

    def pump(self, seconds: float) -> None:
        """Let time pass, as many small steps."""
        self.clock.pump([0.5] * int(seconds * 2))


class CallingTests(CustomersCase):
    """Customers who call."""

    def arrivals(self, seed: int) -> list[tuple[str, str]]:
        """Who calls what within an hour."""
        self.start(calls_per_minute=6, seed=seed)
        self.clock.pump([1] * 3600)
        self.customers.stopService()
        made = [
            (batch.events[1].address, event.address)
            for batch in self.listener.batches
            for event in batch.events
            if event.id is EventID.CALL_CTL_CONN_OFFERED
        ]
        self.simulator.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        return made

    def test_rate(self) -> None:
        """They come as often as configured, evenly to all route points, from numbers that look real."""
        made = self.arrivals(seed=1)
        self.assertTrue(300 < len(made) < 420, len(made))
        to_first = sum(to == "6001" for _, to in made)
        self.assertTrue(0.4 < to_first / len(made) < 0.6, to_first)
        for number, _ in made:
            self.assertRegex(number, r"^06\d{8}$")

    def test_seed(self) -> None:
        """The same seed makes the same day, another seed another."""
        self.assertEqual(self.arrivals(seed=7), self.arrivals(seed=7))
        self.assertNotEqual(self.arrivals(seed=7), self.arrivals(seed=8))

    def test_never(self) -> None:
        """At a rate of nought nobody calls, and there is no timer."""
        self.start()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_patience(self) -> None:
        """Whoever is not answered hangs up, sooner or later; on average after his patience."""
        self.start()
        waited: list[float] = []
        begun: dict[int, float] = {}

        def saw(batch: Batch) -> None:
            for event in batch.events:
                if event.id is EventID.CALL_INVALID:
                    waited.append(self.clock.seconds() - begun[event.call_id])

        self.simulator.observe(saw)
        for _ in range(300):
            begun[self.customers.place_call("6001")[0]] = self.clock.seconds()
        self.pump(600)
        self.assertEqual((len(waited), self.customers.on_the_telephone), (300, 0))
        self.assertTrue(25 < sum(waited) / 300 < 35, sum(waited) / 300)

    def test_talk(self) -> None:
        """An agent's answer ends the waiting, and the customer hangs up when he has said it all."""
        self.start()
        call_id, number = self.customers.place_call("1001", "0612345678")
        self.assertEqual(number, "0612345678")
        self.clock.advance(0)
        self.simulator.answer(call_id, "1001", PHONE)
        self.clock.advance(0)
        (talking,) = self.clock.getDelayedCalls()
        self.clock.advance(talking.getTime() - self.clock.seconds() - 0.001)
        self.assertEqual(self.customers.on_the_telephone, 1)
        self.simulator.hold(call_id, "1001", PHONE)
        self.clock.advance(0)
        self.simulator.unhold(call_id, "1001", PHONE)
        self.clock.advance(0.001)
        self.assertEqual(self.listener.said()[-1], "CONN_DISCONNECTED 1001")
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_port_is_no_agent(self) -> None:
        """A port that answers does not end the waiting."""
        self.start()
        call_id, number = self.customers.place_call("6001")
        self.assertRegex(number, r"^06\d{8}$")
        (patience,) = [c for c in self.clock.getDelayedCalls() if c.getTime() > 0]
        self.simulator.redirect(call_id, "6001", "70001")
        self.simulator.accept(call_id, "70001")
        self.simulator.answer(call_id, "70001", "CTIP70001")
        self.clock.advance(0)
        self.assertTrue(patience.active())

    def test_agent_hangs_up(self) -> None:
        """When the agent hangs up, the customer's timer goes with the call."""
        self.start()
        call_id, _ = self.customers.place_call("1001")
        self.clock.advance(0)
        self.simulator.drop(call_id)
        self.clock.advance(0)
        self.assertEqual((self.customers.on_the_telephone, self.clock.getDelayedCalls()), (0, []))

    def test_interface(self) -> None:
        """They are what the operator's command talks to."""
        self.start()
        verifyObject(ICallPlacer, self.customers)

    def test_wrong_number(self) -> None:
        """A wrong number is told to whoever asked, and nobody is left on the telephone."""
        self.start()
        self.assertRaises(UnknownNumberError, self.customers.place_call, "6999")
        for from_ in ("1002", ""):
            self.assertRaises(UnknownNumberError, self.customers.place_call, "6001", from_)
        self.assertEqual(self.customers.on_the_telephone, 0)

    def test_simulator_stopped(self) -> None:
        """A customer whose call never began gives up without trace, and new ones are only logged."""
        self.start(calls_per_minute=60)
        self.customers.place_call("6001")
        self.simulator.stopService()
        with capturedLogs() as logs:
            self.pump(300)
        self.assertEqual(self.customers.on_the_telephone, 0)
        self.assertEqual(
            {event["log_format"] for event in logs}, {"a customer could not call: {error}"}
        )
        self.customers.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_bound(self) -> None:
        """At the bound nobody calls of his own accord; below it they do."""
        self.start(calls_per_minute=60, max_customers=3)
        with capturedLogs() as logs:
            for _ in range(60):
                self.clock.advance(0.2)
                self.assertLessEqual(self.customers.on_the_telephone, 3)
        self.assertIn("{count} customers are on the telephone", [e["log_format"] for e in logs])


class KeyingTests(CustomersCase):
    """Customers who are asked for digits."""

    def test_keys(self) -> None:
        """They key what they were given to key, each time they are asked, after a moment; without it, nothing."""
        for keys, heard in (("12#", ["12"]), ("", [])):
            self.start(keys=keys)
            call_id, _ = self.customers.place_call("6001", patience_s=100)
            for operation in (
                lambda c=call_id: self.simulator.redirect(c, "6001", "70001"),
                lambda c=call_id: self.simulator.accept(c, "70001"),
                lambda c=call_id: self.simulator.answer(c, "70001", "CTIP70001"),
                lambda c=call_id: self.simulator.play(c, "70001", "hello", False),
            ):
                operation()
                self.clock.advance(0)
            self.clock.advance(2 * KEY_S)
            for _ in range(2):
                self.listener.batches.clear()
                self.simulator.collect(call_id, "70001", DigitRules(4))
                self.clock.advance(0)
                self.clock.advance(KEY_S)
                self.clock.advance(0)
                ends = [
                    event.text
                    for batch in self.listener.batches
                    for event in batch.events
                    if event.id is EventID.MEDIA_IDLE and event.text
                ]
                self.assertEqual(ends, heard)
            self.simulator.drop(call_id)
            self.clock.advance(0)
            self.assertEqual(self.clock.getDelayedCalls(), [])


class CalledTests(CustomersCase):
    """Customers who are called."""

    def calls_out(self, digits: str = "0612345678") -> int:
        """1001 calls somebody outside."""
        made = self.simulator.connect(PHONE, "1001", digits)
        self.clock.advance(0)
        return self.successResultOf(made)

    def test_busy(self) -> None:
        """One who is busy refuses in the next turn."""
        self.start(busy=1.0, no_answer=1.0)
        self.calls_out()
        self.assertEqual(self.listener.said()[-1], "CONN_FAILED 0612345678")
        self.assertEqual((self.customers.on_the_telephone, self.clock.getDelayedCalls()), (0, []))

    def test_no_answer(self) -> None:
        """One who does not answer lets it ring as long as the network does, not a moment less."""
        self.start(no_answer=1.0)
        self.calls_out()
        self.listener.said()
        self.clock.advance(NO_ANSWER_S - 0.001)
        self.assertEqual(self.listener.said(), [])
        self.clock.advance(0.001)
        self.clock.advance(0)
        self.assertEqual(self.listener.said(), ["CONN_FAILED 0612345678"])
        self.assertEqual((self.customers.on_the_telephone, self.clock.getDelayedCalls()), (0, []))

    def test_some(self) -> None:
        """Of many who are called some are busy, some do not answer, and the others do; a seed decides who."""
        self.start(busy=0.3, no_answer=0.5)
        outcomes: list[str] = []
        for _ in range(100):
            call_id = self.calls_out()
            self.clock.pump([0.5] * 65)
            outcomes += self.listener.said()
            self.simulator.drop(call_id).addErrback(lambda failure: failure.trap(ProviderError))
            self.clock.advance(0)
        failed = outcomes.count("CONN_FAILED 0612345678")
        self.assertEqual(failed + outcomes.count("CONN_ESTABLISHED 0612345678"), 100)
        self.assertTrue(50 < failed < 80, failed)  # 0.3 + 0.7 * 0.5 = 0.65

    def test_transferred(self) -> None:
        """Two customers are brought together: each goes on in the call that is left, and whoever has said it all hangs up."""
        self.start()
        first = self.calls_out("0611111111")
        self.clock.advance(RING_S[1])
        consulted = self.simulator.consult(first, "1001", PHONE, "0622222222")
        self.clock.advance(0)
        second = self.successResultOf(consulted)
        self.clock.advance(RING_S[1])
        self.simulator.transfer(first, second, PHONE)
        self.clock.advance(0)
        self.assertEqual(self.customers.on_the_telephone, 2)
        self.pump(600)
        self.assertEqual((self.customers.on_the_telephone, self.clock.getDelayedCalls()), (0, []))

    def test_answers(self) -> None:
        """A customer answers within his time, talks and hangs up."""
        self.start()
        made = self.simulator.connect(PHONE, "1001", "0612345678")
        self.clock.advance(RING_S[0] - 0.001)
        self.successResultOf(made)
        self.assertNotIn("CONN_ESTABLISHED 0612345678", self.listener.said())
        self.clock.pump([0.1] * 70)
        self.assertIn("CONN_ESTABLISHED 0612345678", self.listener.said())
        self.pump(600)
        self.assertEqual(self.listener.said()[-1], "CONN_DISCONNECTED 1001")
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_caller_gives_up(self) -> None:
        """A caller who hangs up while it rings leaves no customer behind."""
        self.start()
        made = self.simulator.connect(PHONE, "1001", "0612345678")
        self.clock.advance(0)
        self.simulator.drop(self.successResultOf(made))
        self.clock.advance(0)
        self.assertEqual((self.customers.on_the_telephone, self.clock.getDelayedCalls()), (0, []))


class KnownTests(CustomersCase):
    """Customers who leave nothing to chance, and who are told what to do."""

    def call_out(self) -> None:
        """1001 calls the one who is known."""
        self.simulator.connect(PHONE, "1001", "0612345678")
        self.clock.advance(0)

    def test_conduct(self) -> None:
        """Whoever is known is busy, does not answer, or answers and talks for a set time, whatever the chances."""
        known = {"0612345678": Conduct(Cause.BUSY)}
        self.start(known=known)
        self.call_out()
        self.assertEqual(self.listener.said()[-1], "CONN_FAILED 0612345678")
        self.start(known={"0612345678": Conduct(Cause.CALL_NOT_ANSWERED)})
        self.call_out()
        self.clock.advance(NO_ANSWER_S - 0.001)
        self.assertNotIn("CONN_FAILED 0612345678", self.listener.said())
        self.clock.advance(0.001)
        self.clock.advance(0)
        self.assertEqual(self.listener.said(), ["CONN_FAILED 0612345678"])
        self.start(busy=1.0, known={"0612345678": Conduct(talk_s=100.0)})
        self.call_out()
        self.pump(RING_S[1])
        self.assertEqual(self.listener.said()[-1], "CONN_ESTABLISHED 0612345678")
        self.pump(100 - RING_S[1])
        self.assertNotIn("CONN_DISCONNECTED 0612345678", self.listener.said())
        self.pump(RING_S[1])
        self.assertIn("CONN_DISCONNECTED 0612345678", self.listener.said())

    def test_told(self) -> None:
        """Someone who is told to keys and hangs up in the last call; without one there is nothing to do."""
        self.start()
        self.assertFalse(self.customers.press("0612345678", "1"))
        self.assertFalse(self.customers.hang_up("0612345678"))
        first, _ = self.customers.place_call("6001", "0612345678", patience_s=100)
        self.customers.place_call("6002", "0612345678", patience_s=100)
        self.clock.advance(0)
        self.assertTrue(self.customers.press("0612345678", "1"))
        self.assertTrue(self.customers.hang_up("0612345678"))
        self.clock.advance(0)
        self.assertEqual(self.customers.on_the_telephone, 1)
        self.simulator.drop(first)
        self.clock.advance(0)
        self.assertEqual((self.customers.on_the_telephone, self.clock.getDelayedCalls()), (0, []))
