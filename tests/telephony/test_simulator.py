"""`finesse_tx.telephony.simulator`: latency, confirmations, delivery, and the plugin."""

from collections.abc import Mapping
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogLevel, capturedLogs
from twisted.plugin import IPlugin, getPlugins
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

import finesse_tx.plugins
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import IOutsideLines, IProvider, IProviderListener, ITelephonySystem
from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError, UnknownNumberError
from finesse_tx.telephony.core.events import Batch, Cause, Event, EventID, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.observers import MAX_FAULTS, MAX_IN_LINE, Observers
from finesse_tx.telephony.simulator import MAX_PENDING, Simulator, SimulatorOptions, SimulatorSystem
from finesse_tx.verbosity import Verbosity
from tests.support.telephony import RecordingListener

CALLER = "0612345678"

PHONE = "SEP0000000003E9"
"""The device of 1001."""


class SimulatorCase(SynchronousTestCase):
    """A simulator in service, on a clock."""

    confirm_s = 0.0

    def setUp(self) -> None:
        """Start it."""
        self.clock, self.listener = Clock(), RecordingListener()
        verifyObject(IProviderListener, self.listener)
        self.simulator = Simulator(
            SimulatorOptions(phones=("1001-1003",), ports=2, confirm_s=self.confirm_s),
            self.listener,
            self.clock,
        )
        self.simulator.startService()
        self.clock.advance(self.confirm_s)
        self.started = self.listener.batches.copy()
        self.listener.batches.clear()


class SimulatorTests(SimulatorCase):
    """A switch that needs one turn."""

    def test_interfaces(self) -> None:
        """It provides what it says."""
        verifyObject(IProvider, self.simulator)
        verifyObject(IOutsideLines, self.simulator)

    def test_start(self) -> None:
        """It comes into service in a later turn, with all its numbers, in one SNAPSHOT batch."""
        (batch,) = self.started
        self.assertIs(batch.meta, MetaCode.SNAPSHOT)
        self.assertEqual(batch.events[0].id, EventID.PROV_IN_SERVICE)
        self.assertEqual(
            {event.address for event in batch.events[1:]},
            {address.number for address in self.simulator.inventory().addresses},
        )

    def test_add_numbers(self) -> None:
        """A number that it lacks gets a phone, or is a route point, told as one that is in service; no other is told."""
        self.simulator.add_numbers(["1003", "3001", "70001"], ["6001", "6999"])
        self.clock.advance(self.confirm_s)
        (batch,) = self.listener.batches
        told = {(event.id, event.address) for event in batch.events}
        in_service = EventID.ADDR_IN_SERVICE
        self.assertEqual(told, {(in_service, "3001"), (in_service, "6999")})
        kinds = {a.number: a.kind for a in self.simulator.inventory().addresses}
        self.assertEqual(
            (kinds["3001"], kinds["6999"], kinds["70001"]),
            (AddressKind.PHONE, AddressKind.ROUTE_POINT, AddressKind.CTI_PORT),
        )
        self.simulator.place_call("3001", CALLER)
        self.listener.batches.clear()
        self.simulator.add_numbers(["3001"], [])
        self.clock.advance(self.confirm_s)
        self.assertFalse([b for b in self.listener.batches if b.events[0].id is in_service])

    def test_not_before(self) -> None:
        """Nothing can be asked of it before its start, nor after its stop."""
        simulator = Simulator(SimulatorOptions(), self.listener, self.clock)
        error = self.failureResultOf(simulator.drop(1), ProviderError).value
        self.assertIs(error.cause, Cause.RESOURCES_NOT_AVAILABLE)
        self.assertRaises(ProviderError, simulator.place_call, "6001", CALLER)
        self.simulator.stopService()
        self.failureResultOf(self.simulator.drop(1), ProviderError)

    def test_later_turn(self) -> None:
        """Neither confirmation nor event comes before the operation has returned; the confirmation is first."""
        order: list[str] = []
        self.simulator.observe(lambda batch: order.append(batch.meta.name))
        self.simulator.connect(PHONE, "1001", "1002").addCallback(
            lambda call_id: order.append(f"confirmed {call_id}")
        )
        self.assertEqual(order, [])
        self.clock.advance(0)
        self.assertEqual(order, ["confirmed 16777217", "CALL_STARTING"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_one_turn_each(self) -> None:
        """What an observer asks for while it is told comes after everything it is being told."""
        asked: list[Deferred[None]] = []

        def saw(batch: Batch) -> None:
            if batch.meta is MetaCode.CALL_STARTING:
                asked.append(self.simulator.disconnect(batch.events[0].call_id, CALLER))
                self.assertNoResult(asked[0])

        self.simulator.observe(saw)
        self.simulator.place_call("1001", CALLER)
        self.clock.advance(0)
        self.successResultOf(asked[0])
        self.assertEqual(self.listener.said()[-1], "CONN_DISCONNECTED 1001")

    def test_operations(self) -> None:
        """A caller goes over a port to an agent, is put on hold, and everyone leaves."""
        call_id = self.simulator.place_call("6001", CALLER)
        port, terminal = "70001", "CTIP70001"
        for operation, said in (
            (lambda: self.simulator.redirect(call_id, "6001", port), f"CONN_OFFERED {port}"),
            (lambda: self.simulator.accept(call_id, port), f"TERM_CONN_RINGING {port}"),
            (lambda: self.simulator.answer(call_id, port, terminal), f"TERM_CONN_TALKING {port}"),
            (lambda: self.simulator.redirect(call_id, port, "1001"), "TERM_CONN_RINGING 1001"),
            (
                lambda: self.simulator.reject(call_id, "1001", Cause.CALL_NOT_ANSWERED),
                "CONN_DISCONNECTED 1001",
            ),
            (lambda: self.simulator.redirect(call_id, port, "1001"), "TERM_CONN_RINGING 1001"),
            (lambda: self.simulator.answer(call_id, "1001", PHONE), f"CONN_DISCONNECTED {port}"),
            (lambda: self.simulator.hold(call_id, "1001", PHONE), "TERM_CONN_HELD 1001"),
            (lambda: self.simulator.unhold(call_id, "1001", PHONE), "TERM_CONN_TALKING 1001"),
            (lambda: self.simulator.drop(call_id), "CONN_DISCONNECTED 1001"),
        ):
            done = operation()
            self.clock.advance(0)
            self.successResultOf(done)
            self.assertIn(said, self.listener.said())

    def test_failure(self) -> None:
        """What cannot be done fails with the cause, or with the state that forbids it."""
        call_id = self.simulator.place_call("1001", CALLER)
        gone = self.simulator.drop(call_id + 1)
        early = self.simulator.hold(call_id, "1001", PHONE)
        self.clock.advance(0)
        self.assertIs(self.failureResultOf(gone, ProviderError).value.cause, Cause.CALL_CANCELLED)
        self.failureResultOf(early, InvalidStateError)

    def test_outside(self) -> None:
        """An outside party answers a phone's call, and hangs up."""
        made = self.simulator.connect(PHONE, "1001", CALLER)
        self.clock.advance(0)
        call_id = self.successResultOf(made)
        self.assertIs(self.simulator.kind(CALLER), AddressKind.EXTERNAL)
        self.successResultOf(self.after(self.simulator.answer_outside(call_id, CALLER)))
        self.successResultOf(self.after(self.simulator.hang_up_outside(call_id, CALLER)))
        self.assertEqual(self.listener.said()[-1], "CONN_DISCONNECTED 1001")

    def after(self, done: Deferred[Any]) -> Deferred[Any]:
        """Let the turn pass."""
        self.clock.advance(0)
        return done

    def test_phones(self) -> None:
        """A phone is lost and found."""
        self.successResultOf(self.after(self.simulator.unregister(PHONE)))
        self.successResultOf(self.after(self.simulator.register(PHONE)))
        self.assertEqual(
            [event.id for batch in self.listener.batches for event in batch.events],
            [EventID.ADDR_OUT_OF_SERVICE, EventID.ADDR_IN_SERVICE],
        )
        self.failureResultOf(self.after(self.simulator.unregister("SEP0")), UnknownNumberError)

    def test_lost_and_back(self) -> None:
        """The system goes out of service with all its calls and timers, and comes back with the devices that are there."""
        call_id = self.simulator.place_call("6001", CALLER)
        for operation in (
            lambda: self.simulator.redirect(call_id, "6001", "70001"),
            lambda: self.simulator.accept(call_id, "70001"),
            lambda: self.simulator.answer(call_id, "70001", "CTIP70001"),
            lambda: self.simulator.play(call_id, "70001", "hello", False),
            lambda: self.simulator.unregister(PHONE, Cause.DEVICE_RESTRICTED),
        ):
            self.successResultOf(self.after(operation()))
        (event,) = self.listener.batches[-1].events
        self.assertIs(event.cause, Cause.DEVICE_RESTRICTED)
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.listener.batches.clear()
        for _ in range(2):
            self.successResultOf(self.after(self.simulator.lose()))
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertRaises(ProviderError, self.simulator.place_call, "6001", CALLER)
        self.failureResultOf(self.after(self.simulator.drop(call_id)), ProviderError)
        self.failureResultOf(
            self.after(self.simulator.connect(PHONE, "1001", "1002")), ProviderError
        )
        self.successResultOf(self.after(self.simulator.unregister("SEP0000000003EA")))
        self.successResultOf(self.after(self.simulator.register(PHONE)))
        for _ in range(2):
            self.successResultOf(self.after(self.simulator.restore()))
        (lost,), (back, *numbers) = (batch.events for batch in self.listener.batches)
        self.assertEqual((lost.id, back.id), (EventID.PROV_OUT_OF_SERVICE, EventID.PROV_IN_SERVICE))
        phones = [event.address for event in numbers if len(event.address) == 4]
        self.assertEqual(phones[:3], ["1001", "1003", "6001"])

    def test_lines(self) -> None:
        """A phone has as many lines as its ranges say; it talks on one of them at a time."""
        self.simulator.stopService()
        options = SimulatorOptions(phones=("1001-1002+3001-3002+4001-4002",), auto_answer=("3002",))
        self.simulator = Simulator(options, self.listener, self.clock)
        self.simulator.startService()
        (phone, _) = self.simulator.inventory().terminals[:2]
        self.assertEqual((phone.name, phone.addresses), (PHONE, ("1001", "3001", "4001")))
        first = self.simulator.place_call("1001", CALLER)
        second = self.simulator.place_call("3001", "0611111111")
        self.successResultOf(self.after(self.simulator.answer(first, "1001", PHONE)))
        self.failureResultOf(
            self.after(self.simulator.answer(second, "3001", PHONE)), ProviderError
        )
        self.successResultOf(self.after(self.simulator.alternate(first, second, PHONE)))
        self.successResultOf(self.after(self.simulator.conference(first, second, PHONE)))
        call = self.simulator._switch.model.call(first)
        self.assertEqual(list(call.connections), [CALLER, "1001", "0611111111"])

    def test_auto_answer(self) -> None:
        """A line that answers by itself does so in a later turn, unless its phone has an active call."""
        self.simulator.stopService()
        options = SimulatorOptions(phones=("1001-1002+3001-3002",), auto_answer=("1001", "3001"))
        self.simulator = Simulator(options, self.listener, self.clock)
        self.simulator.startService()
        first = self.simulator.place_call("1001", CALLER)
        second = self.simulator.place_call("3001", "0611111111")
        third = self.simulator.place_call("1002", "0622222222")
        self.clock.advance(0)
        calls = self.simulator._switch.model.calls
        self.assertEqual(
            [
                calls[call_id].connections[number].call_control_state.name
                for call_id, number in ((first, "1001"), (second, "3001"), (third, "1002"))
            ],
            ["ESTABLISHED", "ALERTING", "ALERTING"],
        )

    def test_place_call(self) -> None:
        """Who cannot be called, and who cannot call, is told apart."""
        for to, from_, culprit in (
            ("6999", CALLER, "6999"),
            ("70001", CALLER, "70001"),
            ("6001", "1001", "1001"),
            ("6001", "me", "me"),
        ):
            error = self.assertRaises(UnknownNumberError, self.simulator.place_call, to, from_)
            self.assertEqual(error.number, culprit)
        self.assertEqual(
            str(self.assertRaises(UnknownNumberError, self.simulator.place_call, "1", CALLER)),
            "1: there is no such route point or phone",
        )

    def test_stop(self) -> None:
        """What waits at a stop fails, and no timer is left."""
        waiting = [self.simulator.drop(1), self.simulator.drop(2)]
        self.simulator.stopService()
        for done in waiting:
            self.failureResultOf(done, ProviderError)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_bound(self) -> None:
        """At the bound an operation fails at once; the one before it does not."""
        waiting = [self.simulator.drop(1) for _ in range(MAX_PENDING)]
        error = self.failureResultOf(self.simulator.drop(1), ProviderError).value
        self.assertIs(error.cause, Cause.NETWORK_CONGESTION)
        self.assertRaises(ProviderError, self.simulator.place_call, "6001", CALLER)
        self.assertNoResult(waiting[-1])
        self.clock.advance(0)
        for done in waiting:
            self.failureResultOf(done, ProviderError)


class LatencyTests(SimulatorCase):
    """The same, with a switch that takes its time."""

    confirm_s = 0.25

    def test_latency(self) -> None:
        """Nothing happens a moment before the latency is over; then it does, be it a success or a failure."""
        made, failed = self.simulator.connect(PHONE, "1001", "1002"), self.simulator.drop(1)
        self.clock.advance(0.249)
        self.assertNoResult(made)
        self.assertNoResult(failed)
        self.clock.advance(0.001)
        self.successResultOf(made)
        self.failureResultOf(failed, ProviderError)

    def test_slowed(self) -> None:
        """From when it is slower each operation takes longer; from when it is faster, none comes before an earlier one."""
        self.simulator.slow_down(2.0)
        first = self.simulator.connect(PHONE, "1001", "1002")
        self.simulator.slow_down(0.0)
        second = self.simulator.drop(1)
        self.clock.advance(1.999)
        self.assertNoResult(first)
        self.assertNoResult(second)
        self.clock.advance(0.001)
        self.successResultOf(first)
        self.clock.advance(0)
        self.failureResultOf(second, ProviderError)

    def test_order(self) -> None:
        """What is asked for later is done later, each after the whole latency."""
        first = self.simulator.drop(1)
        self.clock.advance(0.1)
        second = self.simulator.drop(2)
        self.clock.advance(0.15)
        self.failureResultOf(first, ProviderError)
        self.clock.advance(0.099)
        self.assertNoResult(second)
        self.clock.advance(0.001)
        self.failureResultOf(second, ProviderError)

    def test_before_it_begins(self) -> None:
        """An operation on a call that is only about to begin is carried out after its beginning."""
        call_id = self.simulator.place_call("1001", CALLER)
        done = self.simulator.answer(call_id, "1001", PHONE)
        self.clock.advance(0.25)
        self.successResultOf(done)

    def test_one_timer(self) -> None:
        """However much is waiting, there is one timer; with nothing waiting there is none."""
        for _ in range(3):
            self.simulator.drop(1).addErrback(lambda failure: failure.trap(ProviderError))
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.advance(0.25)
        self.assertEqual(self.clock.getDelayedCalls(), [])


class SystemTests(SynchronousTestCase):
    """The plugin point."""

    def make(self, options: Mapping[str, object]) -> Simulator:
        """Make a provider."""
        return SimulatorSystem().make_provider(options, RecordingListener(), Clock())

    def test_found(self) -> None:
        """The simulator is found as any plugin is, by its name."""
        systems = {s.name: s for s in getPlugins(ITelephonySystem, finesse_tx.plugins)}
        verifyObject(ITelephonySystem, systems["simulator"])
        verifyObject(IPlugin, systems["simulator"])

    def test_options(self) -> None:
        """A wrong option is told with its whole key."""
        for options, key in (
            ({"port": 3}, "telephony.options.port"),
            ({"ports": -1}, "telephony.options.ports"),
            ({"ports": 10_001}, "telephony.options.ports"),
            ({"confirm_s": 10.5}, "telephony.options.confirm_s"),
            ({"first_port": "7x"}, "telephony.options.first_port"),
            ({"phones": "1001"}, "telephony.options.phones"),
            ({"phones": ["1001-1"]}, "telephony.options.phones"),
            ({"phones": ["1001-1002+3001"]}, "telephony.options.phones"),
            ({"phones": ["1001+1001"]}, "telephony.options.phones"),
            ({"auto_answer": ["x"]}, "telephony.options.auto_answer"),
            ({"busy_trigger": 0}, "telephony.options.busy_trigger"),
            ({"busy_trigger": 17}, "telephony.options.busy_trigger"),
            ({"prompt_s": 301}, "telephony.options.prompt_s"),
            ({"phones": ["6001"]}, "telephony.options.route_points"),
            ({"first_port": "1001"}, "telephony.options.ports"),
        ):
            error = self.assertRaises(ConfigError, self.make, options)
            self.assertEqual(error.key, key)
        for options in ({"ports": 0}, {"ports": 10_000}, {"confirm_s": 10}):
            self.make(options)


class ObserversTests(SynchronousTestCase):
    """`Observers`: telling, and what becomes of those who raise."""

    BATCH = Batch(MetaCode.UNKNOWN, (Event(EventID.PROV_IN_SERVICE),))

    def test_faults(self) -> None:
        """Who raises is logged and told again, but not after the last fault; the others notice nothing."""
        told: list[str] = []

        def bad(_batch: Batch) -> None:
            told.append("bad")
            raise ZeroDivisionError

        observers = Observers(Verbosity())
        observers.add(bad)
        observers.add(lambda _batch: told.append("good"))
        with capturedLogs() as logs:
            for _ in range(MAX_FAULTS + 1):
                observers.tell(self.BATCH)
        self.assertEqual(told.count("bad"), MAX_FAULTS)
        self.assertEqual(told.count("good"), MAX_FAULTS + 1)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), MAX_FAULTS)
        levels = [event["log_level"] for event in logs]
        self.assertEqual(levels.count(LogLevel.critical), MAX_FAULTS)
        self.assertEqual(levels.count(LogLevel.error), 1)

    def test_remove(self) -> None:
        """An observer that is removed, also by another one, is told nothing more."""
        told: list[str] = []
        observers = Observers(Verbosity())

        def first(_batch: Batch) -> None:
            told.append("first")
            remove_first()
            remove_second()

        remove_first = observers.add(first)
        remove_second = observers.add(lambda _batch: told.append("second"))
        observers.tell(self.BATCH)
        observers.tell(self.BATCH)
        self.assertEqual(told, ["first"])

    def test_wire_log(self) -> None:
        """Each event is in the debug log with its number, as many of a batch in a line as may be."""
        with capturedLogs() as logs:
            Observers(Verbosity()).tell(self.BATCH)
        (log,) = logs
        self.assertEqual(str(log["batch"]), "UNKNOWN: PROV_IN_SERVICE(111) NORMAL(100)")
        for count, lines in ((MAX_IN_LINE, [50]), (MAX_IN_LINE + 1, [50, 1])):
            with capturedLogs() as logs:
                Observers(Verbosity()).tell(Batch(self.BATCH.meta, self.BATCH.events * count))
            self.assertEqual([len(log["batch"].events) for log in logs], lines)

    def test_nobody_reads_it(self) -> None:
        """No line is made that nobody reads."""
        verbosity = Verbosity()
        verbosity.debug = False
        with capturedLogs() as logs:
            Observers(verbosity).tell(self.BATCH)
        self.assertEqual(logs, [])
