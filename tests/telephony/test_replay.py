"""The same day twice; and any day at all, whose timers never outlive what they are for.

Spec: ``telephony.md`` §5 (deterministic, seeded), issue 4.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.telephony.core.errors import ProviderError
from finesse_tx.telephony.core.events import Batch, EventID
from finesse_tx.telephony.core.media import DigitRules
from finesse_tx.telephony.customers import Customers
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions
from tests.support.telephony import RecordingListener

PORTS = ("70001", "70002", "70003")


def device(number: str) -> str:
    """A number's device."""
    return f"SEP{int(number):012X}" if len(number) == 4 else f"CTIP{number}"


class Staff:
    """Those who answer on our side: ports that ask for digits, agents who answer, hold, consult and pass on.

    Everything they do is a chance of their own, at a time of their own; what comes too late is refused.
    """

    def __init__(self, simulator: Simulator, rng: Random, clock: Clock) -> None:
        self._simulator, self._rng, self._clock = simulator, rng, clock
        simulator.observe(self.saw)

    def saw(self, batch: Batch) -> None:
        """React to what happens."""
        simulator, rng = self._simulator, self._rng
        for event in batch.events:
            call_id, number = event.call_id, event.address
            if event.id is EventID.CALL_CTL_CONN_OFFERED and number == "6001":
                self.do(simulator.redirect(call_id, number, rng.choice(PORTS)))
            elif event.id is EventID.CALL_CTL_CONN_OFFERED and number in PORTS:
                self.do(simulator.accept(call_id, number))
            elif event.id is EventID.CALL_CTL_TERM_CONN_RINGING:
                self.later(lambda e=event: simulator.answer(e.call_id, e.address, e.terminal))
            elif event.id is EventID.CALL_CTL_TERM_CONN_TALKING and number in PORTS:
                self.do(simulator.collect(call_id, number, DigitRules(2, prompt="which")))
            elif event.id is EventID.MEDIA_IDLE:
                self.do(simulator.play(call_id, number, "vivaldi", True))
                phone = f"100{rng.randint(1, 4)}"
                self.later(lambda e=event, p=phone: simulator.redirect(e.call_id, e.address, p))
            elif event.id is EventID.CALL_CTL_TERM_CONN_TALKING and rng.random() < 0.5:
                self.later(lambda e=event: self.pass_on(e.call_id, e.address, e.terminal))
            elif event.id is EventID.CALL_ACTIVE and event.other_call_id:
                joining = rng.choice([simulator.transfer, simulator.conference])
                other = event.other_call_id
                phones = simulator._switch.model.call(other).connections
                for each in [n for n in phones if len(n) == 4][:1]:
                    self.later(lambda c=call_id, o=other, e=each, j=joining: j(o, c, device(e)))

    def pass_on(self, call_id: int, number: str, terminal: str) -> Deferred[Any]:
        """Consult somebody, inside or outside, or send the call on."""
        simulator, rng = self._simulator, self._rng
        digits = rng.choice(["1001", "1002", "1003", "1004", "6001", "0699999999"])
        if rng.random() < 0.7:
            return simulator.consult(call_id, number, terminal, digits)
        return simulator.transfer_to(call_id, number, digits)

    def later(self, operation: Any) -> None:
        """Do something within some seconds."""
        self._clock.callLater(self._rng.uniform(0.5, 20), lambda: self.do(operation()))

    def do(self, done: Deferred[Any]) -> None:
        """Let something be done, if it still can."""
        done.addErrback(lambda failure: failure.trap(ProviderError))


class ReplayTests(SynchronousTestCase):
    """A day with a seed."""

    def day(self, seed: int, hours: float = 2.0) -> list[str]:
        """All that is told within some hours, as a list of lines."""
        clock, listener = Clock(), RecordingListener()
        options = SimulatorOptions(phones=("1001-1004",), ports=3, confirm_s=0.05, busy_trigger=2)
        simulator = Simulator(options, listener, clock)
        rng = Random(seed)
        customers = Customers(
            simulator,
            ["6001"],
            rng,
            clock,
            calls_per_minute=3,
            patience_s=60,
            talk_s=90,
            busy=0.2,
            no_answer=0.2,
            keys="42",
        )
        simulator.startService()
        customers.startService()
        Staff(simulator, rng, clock)
        faults = [simulator.unregister, simulator.register]
        for hour_part in range(int(hours * 12)):
            clock.pump([0.5] * 600)
            device_ = device(rng.choice(["1001", "1002", "70001"]))
            rng.choice(faults)(device_)
            if hour_part == 11:
                simulator.lose()
                clock.pump([1] * 30)
                simulator.restore()
        customers.stopService()
        for call_id in list(simulator._switch.model.calls):
            simulator.drop(call_id).addErrback(lambda failure: failure.trap(ProviderError))
        clock.pump([1] * 60)
        self.assertEqual(simulator._switch.model.calls, {})
        self.assertEqual(simulator._media, {})
        self.assertEqual(clock.getDelayedCalls(), [])
        return [f"{event}" for batch in listener.batches for event in batch.events]

    def test_same(self) -> None:
        """The same seed makes the same day, event for event; and it is a day with everything in it."""
        first = self.day(7)
        self.assertEqual(first, self.day(7))
        self.assertNotEqual(first, self.day(8))
        seen = {line.partition("(")[0] for line in first}
        self.assertGreater(
            seen,
            {
                "CALL_CHANGED",
                "TRANSFER_ENDED",
                "CONFERENCE_ENDED",
                "MEDIA_DTMF",
                "MEDIA_COLLECTING",
                "CALL_CTL_CONN_FAILED",
                "CALL_CTL_TERM_CONN_HELD",
                "PROV_OUT_OF_SERVICE",
                "ADDR_OUT_OF_SERVICE",
            },
        )


class TimerMachine(RuleBasedStateMachine):
    """Ports play and collect while callers come, key and go."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        options = SimulatorOptions(phones=("1001-1002",), ports=3)
        self.simulator = Simulator(options, RecordingListener(), self.clock)
        self.simulator.startService()
        self.clock.advance(0)
        self.calls: list[int] = []

    def do(self, name: str, *arguments: object) -> None:
        """Ask for something, which may be refused."""
        done: Deferred[object] = getattr(self.simulator, name)(*arguments)
        done.addErrback(lambda failure: failure.trap(ProviderError))
        self.clock.advance(0)

    calls_ = st.integers(0, 3)
    ports = st.sampled_from(PORTS)

    @rule(port=ports)
    def arrives(self, port: str) -> None:
        """A caller comes to a port, if it is free."""
        if self.simulator._switch.model.state.name != "IN_SERVICE":
            return
        call_id = self.simulator.place_call("6001", "0612345678")
        self.calls.append(call_id)
        self.do("redirect", call_id, "6001", port)
        self.do("accept", call_id, port)
        self.do("answer", call_id, port, device(port))

    @precondition(lambda self: self.calls)
    @rule(
        call=calls_,
        port=ports,
        name=st.sampled_from(
            ["play", "music", "collect", "key", "stop", "ring", "hang up", "drop"]
        ),
    )
    def act(self, call: int, port: str, name: str) -> None:
        """Something happens in a call."""
        call_id = self.calls[-1 - call % len(self.calls)]
        operation, *arguments = {
            "play": ("play", call_id, port, "hello", False),
            "music": ("play", call_id, port, "vivaldi", True),
            "collect": ("collect", call_id, port, DigitRules(3, prompt="which")),
            "key": ("key_outside", call_id, "0612345678", "1"),
            "stop": ("stop_media", call_id, port),
            "ring": ("redirect", call_id, port, "1001"),
            "hang up": ("hang_up_outside", call_id, "0612345678"),
            "drop": ("drop", call_id),
        }[name]
        self.do(str(operation), *arguments)

    @rule(seconds=st.sampled_from([0.5, 2.0, 4.0, 9.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.clock.advance(seconds)
        self.clock.advance(0)

    @rule(name=st.sampled_from(["lose", "restore", "unregister", "register"]), port=ports)
    def fault(self, name: str, port: str) -> None:
        """Something goes away, or comes back."""
        self.do(name, *([device(port)] if "register" in name else []))

    @invariant()
    def timers_have_owners(self) -> None:
        """There is exactly one timer for each port that waits for something, and no other."""
        media = self.simulator._switch.media
        waits = {port: wait for port in PORTS if (wait := media.wait(port)) is not None}
        assert {port: wait for port, (wait, _) in self.simulator._media.items()} == waits
        timers = {timer for _, timer in self.simulator._media.values()}
        assert set(self.clock.getDelayedCalls()) == timers

    def teardown(self) -> None:
        """Nothing is left after the end."""
        self.simulator.stopService()
        assert not self.clock.getDelayedCalls()


class AnyDayTests(SynchronousTestCase):
    """`TimerMachine`, run."""

    def test_any_day(self) -> None:
        """Whatever happens at the ports, in whatever order, no timer outlives what it is for."""
        run_state_machine_as_test(
            TimerMachine,
            settings=settings(max_examples=60, stateful_step_count=40, deadline=None),
        )
