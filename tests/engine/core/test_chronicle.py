"""`finesse_tx.engine.core.chronicle`: what becomes history, and when."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from msgspec.structs import replace
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import CallType, DeviceIDType
from finesse_tx.engine.core.calendar import Period
from finesse_tx.engine.core.chronicle import Chronicle
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.control import CallRequest
from finesse_tx.engine.core.data import CallData, DataChange
from finesse_tx.engine.core.events import CallEvent, CallEventKind, Device
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.records import (
    TABLES,
    AgentConnectionDetail,
    CallRecord,
    ContactDisposition,
    PartOutcome,
    QueueDisposition,
    column_name,
    column_names,
)
from finesse_tx.engine.core.states import Request
from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.events import EventID, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind
from tests.engine.core.test_invariants import CentreMachine
from tests.support.centre import CALLER, sample
from tests.support.history import EPOCH, RecordedCentre

Q = QueueDisposition


def times(row: AgentConnectionDetail) -> tuple[int, int, int, int]:
    """Ring, talk, hold and work."""
    return row.ring_time, row.talk_time, row.hold_time, row.work_time


class ColumnTests(SynchronousTestCase):
    """The names of the reference."""

    def test_names(self) -> None:
        """A field's name becomes the vendor's column."""
        self.assertEqual(
            [
                column_name(name)
                for name in ("session_id", "session_seq_num", "originator_dn", "custom_variable10")
            ],
            ["sessionID", "sessionSeqNum", "originatorDN", "customVariable10"],
        )
        for table in TABLES.values():
            self.assertEqual(len(set(column_names(table))), len(table.__struct_fields__))


class CallCase(SynchronousTestCase):
    """A floor with wrap-up of 30 seconds, whose queues' service level is 5 seconds."""

    def setUp(self) -> None:
        """Start it."""
        self.centre = RecordedCentre(sample(auto_work=True, wrapup_time_s=30))

    def only(self) -> CallRecord:
        """The one finished leg."""
        (found,) = self.centre.finished
        return found

    def states(self) -> list[tuple[int, int]]:
        """Event types and reasons since the last time."""
        found = [(state.event_type, state.reason_code) for state in self.centre.states]
        self.centre.entries.clear()
        return found


class RoutedTests(CallCase):
    """Calls through a route point."""

    def test_handled(self) -> None:
        """A call that was queued, answered, held, wrapped up: every row, and each time in its place."""
        centre = self.centre
        call_id = centre.call_in()
        centre.wait(4)
        centre.sign_in(1)  # that takes a second
        centre.wait(2)
        centre.answer(call_id)
        centre.wait(10)
        centre.do(lambda: centre.engine.control(CallRequest.HOLD, call_id, "1001"))
        centre.wait(5)
        centre.do(lambda: centre.engine.control(CallRequest.RETRIEVE, call_id, "1001"))
        centre.wait(3)
        variables = DataChange(variables={0: "gold"})
        centre.do(lambda: centre.engine.set_data(call_id, "1001", variables, centre.now))
        self.assertEqual(centre.calls, [])
        centre.hang_up(call_id)
        (unfinished,) = centre.calls
        self.assertFalse(unfinished.is_complete)
        centre.wait(7)
        label = DataChange(wrapup="sold")
        centre.do(lambda: centre.engine.set_data(call_id, "1001", label, centre.now))
        centre.wait(23)
        record = self.only()
        self.assertEqual(len(centre.chronicle), 0)
        started = int((EPOCH + 1000) * 1000)
        call = record.call
        self.assertEqual(
            (call.session_id, call.session_seq_num, call.node_id, call.profile_id), (1, 0, 1, 1)
        )
        self.assertEqual((call.contact_type, call.contact_disposition), (1, 2))
        self.assertEqual((call.originator_type, call.originator_dn), (3, CALLER))
        self.assertEqual(
            (call.destination_type, call.destination_id, call.destination_dn), (1, "agent1", "1001")
        )
        self.assertEqual((call.called_number, call.application_name), ("6001", "Sales"))
        self.assertEqual((call.start_date_time, call.end_date_time), (started, started + 25_000))
        self.assertEqual((call.custom_variable1, call.connect_time), ("gold", 25))
        (queue,) = record.queues
        self.assertEqual(
            (queue.target_type, queue.target_id, queue.q_index, queue.disposition), (0, 1, 1, 2)
        )
        self.assertEqual((queue.queue_time, queue.met_service_level), (7, 0))
        assert record.routing is not None
        self.assertEqual(
            (
                record.routing.orig_priority,
                record.routing.final_priority,
                record.routing.queue_time,
            ),
            (1, 1, 7),
        )
        (agent,) = record.agents
        self.assertEqual(times(agent), (3, 13, 5, 30))
        self.assertEqual((agent.resource_id, agent.q_index), ("agent1", 1))
        self.assertEqual((agent.call_wrapup_data, agent.outcome), ("sold", PartOutcome.ANSWERED))
        # The rows that came first are the same, but for what after-call work adds.
        first = replace(unfinished.agents[0], work_time=30, call_wrapup_data="sold")
        self.assertEqual(
            replace(unfinished, agents=(first,), is_complete=True),
            record,
        )

    def test_service_level(self) -> None:
        """A call answered exactly at the service level has met it; half a second more rounds to a second over."""
        for waits, met in ((5.0, 1), (5.6, 0)):
            self.setUp()
            self.centre.sign_in(1)
            call_id = self.centre.call_in()
            self.centre.wait(waits)
            self.centre.answer(call_id)
            self.centre.hang_up(call_id)
            self.centre.wait(30)
            self.assertEqual(self.only().queues[0].met_service_level, met)

    def test_abandoned(self) -> None:
        """Who hangs up in the queue has abandoned, in the call and in the queue."""
        call_id = self.centre.call_in("6002")
        self.centre.wait(12)
        self.centre.hang_up(call_id)
        record = self.only()
        self.assertEqual(record.call.contact_disposition, ContactDisposition.ABANDONED)
        self.assertEqual((record.call.destination_type, record.call.destination_dn), (2, "6002"))
        (queue,) = record.queues
        self.assertEqual(
            (queue.target_id, queue.disposition, queue.queue_time), (2, Q.ABANDONED, 12)
        )
        self.assertEqual(record.agents, ())

    def test_abandoned_ringing(self) -> None:
        """Who hangs up while it rings has abandoned, and the agent is not to blame."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        self.centre.wait(4)
        self.centre.hang_up(call_id)
        record = self.only()
        self.assertEqual(record.queues[0].disposition, Q.ABANDONED)
        (agent,) = record.agents
        self.assertEqual((agent.outcome, times(agent)), (PartOutcome.CALLER_GONE, (4, 0, 0, 0)))

    def test_not_answered(self) -> None:
        """Each agent at whose phone it rang has a row of his own."""
        self.centre.sign_in(1, 2)
        call_id = self.centre.call_in()
        self.centre.wait(20)
        self.centre.wait(2)
        self.centre.answer(call_id, "1002")
        self.centre.wait(9)
        self.centre.hang_up(call_id)
        self.centre.wait(30)
        first, second = self.only().agents
        self.assertEqual((first.resource_id, second.resource_id), ("agent1", "agent2"))
        self.assertEqual((first.outcome, times(first)), (PartOutcome.NOT_ANSWERED, (20, 0, 0, 0)))
        self.assertEqual((second.outcome, times(second)), (PartOutcome.ANSWERED, (2, 9, 0, 30)))
        self.assertEqual(self.only().queues[0].queue_time, 22)

    def test_rejected(self) -> None:
        """A call without a free port, or without an application, is rejected and was in no queue."""
        for number in ("6001", "6001", "6001", "6003"):
            self.centre.call_in(number)
        found = [
            (record.call.contact_disposition, record.call.disposition_reason, record.queues)
            for record in self.centre.finished
        ]
        self.assertEqual(
            found,
            [
                (ContactDisposition.REJECTED, "no free port", ()),
                (ContactDisposition.REJECTED, "no application", ()),
            ],
        )

    def test_switch_lost(self) -> None:
        """When the switch is lost, who waited was aborted, and who talked was handled."""
        self.centre.sign_in(1)
        talking = self.centre.call_in()
        self.centre.answer(talking)
        self.centre.call_in()
        change = Change(self.centre.switch.model, MetaCode.UNKNOWN)
        change.tell(EventID.PROV_OUT_OF_SERVICE)
        self.centre.hear((change.batch(),))
        found = {
            record.call.session_id: (
                record.call.contact_disposition,
                [row.disposition for row in record.queues],
            )
            for record in self.centre.finished
        }
        self.assertEqual(found, {1: (2, [Q.HANDLED]), 2: (4, [Q.ABANDONED])})
        self.assertEqual(len(self.centre.chronicle), 0)


class ScriptTests(SynchronousTestCase):
    """What treatment scripts do to a contact, step by step."""

    def setUp(self) -> None:
        """Let a call come."""
        self.chronicle = Chronicle(lambda _number: AddressKind.EXTERNAL)
        self.chronicle.configure(sample())
        self.at = EPOCH
        self.tell(CallEventKind.BEGIN)

    def tell(self, kind: CallEventKind) -> CallRecord | None:
        """Something of the call."""
        device = Device("6001", DeviceIDType.DEVID_ROUTE_POINT)
        event = CallEvent(kind, 1, device, CallType.CALLTYPE_ACD_IN, CallData())
        entry = self.chronicle.record([event], self.at)
        return entry.calls[-1] if entry else None

    def step(self, step: ContactStep, *csq_ids: int, after: float = 0, **values: Any) -> None:
        """Something of the contact."""
        self.at += after
        self.chronicle.record([ContactEvent(step, 1, csq_ids, **values)], self.at)

    def end(self) -> CallRecord:
        """The call is over."""
        record = self.tell(CallEventKind.END)
        assert record is not None
        return record

    def queues(self, record: CallRecord) -> list[tuple[int, int, int]]:
        """Queue, disposition and time of each row."""
        self.assertEqual(
            [row.q_index for row in record.queues], [*range(1, len(record.queues) + 1)]
        )
        return [(row.target_id, row.disposition, row.queue_time) for row in record.queues]

    def test_several(self) -> None:
        """Of several queues one handles the contact, another loses it to that one, and one had given it up before."""
        self.step(ContactStep.QUEUED, 1, priority=2)
        self.step(ContactStep.QUEUED, 1, 2, after=10)
        self.step(ContactStep.DEQUEUED, 1, after=5)
        self.step(ContactStep.QUEUED, 2, 1, after=5)
        chosen = {"csq_id": 2, "agent_id": "agent1", "priority": 7}
        self.step(ContactStep.SELECTED, 2, 1, after=4, reason="longest available: 9 s", **chosen)
        self.step(ContactStep.ANSWERED, 2, 1, after=1, **chosen)
        record = self.end()
        self.assertEqual(
            self.queues(record),
            [(1, Q.DEQUEUED, 15), (2, Q.HANDLED, 15), (1, Q.HANDLED_BY_OTHER_CSQ, 5)],
        )
        routing = record.routing
        assert routing is not None
        self.assertEqual(
            (routing.orig_priority, routing.final_priority, routing.queue_time), (2, 7, 25)
        )
        self.assertEqual(routing.selection_reason, "longest available: 9 s")

    def test_by_script(self) -> None:
        """Whom a script sends on or says good-bye to, it has handled."""
        for step in (ContactStep.SENT_ON, ContactStep.ENDED):
            self.setUp()
            self.step(ContactStep.QUEUED, 1)
            self.step(step, 1, after=8)
            record = self.end()
            self.assertEqual(self.queues(record), [(1, Q.HANDLED_BY_SCRIPT, 8)])
            self.assertEqual(record.call.contact_disposition, ContactDisposition.HANDLED)

    def test_one_agent(self) -> None:
        """Who waits for one agent and no other has a row for that agent."""
        self.step(ContactStep.QUEUED, wanted_id="agent1")
        self.step(ContactStep.SELECTED, agent_id="agent1", wanted_id="agent1", after=3)
        self.step(ContactStep.ANSWERED, agent_id="agent1", wanted_id="agent1", after=2)
        (row,) = self.end().queues
        self.assertEqual((row.target_type, row.target_id, row.target_agent_id), (1, 0, "agent1"))
        self.assertEqual(
            (row.disposition, row.queue_time, row.met_service_level), (Q.HANDLED, 5, 0)
        )


class StopTests(CallCase):
    """The engine stops while there are calls."""

    def test_stop(self) -> None:
        """Who waits was aborted, who talks was handled up to now; then nothing is under way."""
        centre = self.centre
        centre.sign_in(1)
        talking = centre.call_in()
        centre.answer(talking)
        centre.wait(6)
        centre.call_in()
        entry = centre.chronicle.close(centre.wall)
        assert entry is not None
        talked, waited = entry.calls
        self.assertEqual(talked.call.contact_disposition, ContactDisposition.HANDLED)
        self.assertEqual(times(talked.agents[0]), (0, 6, 0, 0))
        self.assertEqual(waited.call.contact_disposition, ContactDisposition.ABORTED)
        self.assertEqual(waited.call.disposition_reason, "the engine was stopped")
        self.assertEqual(waited.queues[0].disposition, Q.ABANDONED)
        self.assertEqual(len(centre.chronicle), 0)
        self.assertIsNone(centre.chronicle.close(centre.wall))


class PassedOnTests(CallCase):
    """Transfers and conferences."""

    def setUp(self) -> None:
        """Agent 1 talks with a customer, and consults agent 2, who answers."""
        super().setUp()
        centre = self.centre
        centre.sign_in(1)
        centre.sign_in(2, ready=False)
        self.held = centre.call_in()
        centre.answer(self.held)
        centre.wait(10)
        two_calls = centre.engine.two_calls
        centre.do(lambda: two_calls.consult(self.held, "1001", "1002", DataChange()))
        (self.active,) = set(centre.switch.model.calls) - {self.held}
        centre.wait(2)
        centre.answer(self.active, "1002")
        centre.wait(4)

    def legs(self) -> tuple[CallRecord, CallRecord]:
        """The customer's leg, and the consultation."""
        second, first = self.centre.finished
        self.assertEqual((first.call.session_id, first.call.session_seq_num), (1, 0))
        self.assertEqual((second.call.session_id, second.call.session_seq_num), (1, 1))
        return first, second

    def test_transfer(self) -> None:
        """The consultation is the session's second leg; whoever takes over is an agent of the first one."""
        centre = self.centre
        centre.do(
            lambda: centre.engine.two_calls.transfer(self.active, self.held, "1001").operation
        )
        centre.wait(20)
        centre.hang_up(self.held)
        centre.wait(30)
        first, second = self.legs()
        self.assertEqual((first.call.transfer, first.call.conference), (1, 0))
        self.assertEqual(
            {row.resource_id: (*times(row), row.q_index) for row in first.agents},
            {"agent1": (0, 10, 6, 30, 1), "agent2": (0, 20, 0, 30, 1)},
        )
        self.assertEqual([row.disposition for row in first.queues], [Q.HANDLED])
        self.assertEqual((second.call.contact_type, second.call.transfer), (3, 1))
        self.assertEqual(
            {row.resource_id: (*times(row), row.q_index) for row in second.agents},
            {"agent1": (2, 4, 0, 0, 0), "agent2": (2, 4, 0, 0, 0)},
        )
        figures = [meter.total for meter in centre.statistics.agents.values()]
        self.assertEqual([(f.transfers_out, f.transfers_in) for f in figures], [(1, 0), (0, 1)])
        self.assertEqual([f.calls_handled for f in figures], [1, 1])

    def test_conference(self) -> None:
        """In a conference everybody goes on in the customer's leg, until he leaves it himself."""
        centre = self.centre
        centre.do(
            lambda: centre.engine.two_calls.conference(self.active, self.held, "1001").operation
        )
        centre.wait(5)
        centre.hang_up(self.held, "1002")
        centre.wait(5)
        centre.hang_up(self.held)
        centre.wait(30)
        first, second = self.legs()
        self.assertEqual((first.call.transfer, first.call.conference), (0, 1))
        self.assertEqual((second.call.conference, second.queues), (1, ()))
        self.assertEqual(
            {row.resource_id: times(row)[:3] for row in first.agents},
            {"agent1": (0, 20, 6), "agent2": (0, 5, 0)},
        )
        figures = [meter.total for meter in centre.statistics.agents.values()]
        self.assertEqual([(f.transfers_out, f.conferences) for f in figures], [(0, 1), (0, 1)])
        self.assertEqual(centre.statistics.csqs[1].figures(Period.TODAY, centre.wall).handled, 1)


class OtherCallTests(CallCase):
    """Calls past the queues."""

    def test_outgoing(self) -> None:
        """A call to the outside is outgoing; its agent is the originator, and talks from the answer on."""
        self.centre.sign_in(1, ready=False)
        self.centre.do(
            lambda: self.centre.engine.make_call("1001", CALLER, DataChange(), self.centre.now)
        )
        self.centre.wait(5)
        (call_id,) = self.centre.switch.model.calls
        self.centre.hear(self.centre.switch.answer_outside(call_id, CALLER))
        self.centre.wait(8)
        self.centre.hang_up(call_id, "1001")
        record = self.only()
        self.assertEqual((record.call.contact_type, record.call.contact_disposition), (2, 2))
        self.assertEqual(
            (record.call.originator_type, record.call.originator_id, record.call.destination_type),
            (1, "agent1", 3),
        )
        self.assertEqual(record.call.application_name, "")
        (agent,) = record.agents
        self.assertEqual((times(agent), agent.q_index), ((5, 8, 0, 0), 0))

    def test_internal(self) -> None:
        """A call between agents has a row for each of them."""
        self.centre.sign_in(1, 2, ready=False)
        self.centre.do(
            lambda: self.centre.engine.make_call("1001", "1002", DataChange(), self.centre.now)
        )
        (call_id,) = self.centre.switch.model.calls
        self.centre.wait(3)
        self.centre.answer(call_id, "1002")
        self.centre.wait(4)
        self.centre.hang_up(call_id, "1002")
        record = self.only()
        self.assertEqual((record.call.contact_type, record.queues), (3, ()))
        self.assertEqual(
            {row.resource_id: times(row) for row in record.agents},
            {"agent1": (3, 4, 0, 0), "agent2": (3, 4, 0, 0)},
        )


class StateTests(CallCase):
    """Agents' states."""

    def test_day(self) -> None:
        """Each change is written once, with its reason; what is only pending is not."""
        centre = self.centre
        centre.sign_in(1)
        self.assertEqual(self.states(), [(1, 0), (2, 32760), (3, 0)])
        call_id = centre.call_in()
        centre.answer(call_id)
        centre.request(Request.NOT_READY, reason=12)
        self.assertEqual(self.states(), [(4, 0), (5, 0)])
        centre.hang_up(call_id)
        centre.wait(30)
        centre.request(Request.NOT_READY, reason=12)
        centre.request(Request.NOT_READY, reason=13)
        centre.request(Request.LOGOUT, reason=9)
        self.assertEqual(self.states(), [(6, 0), (2, 12), (2, 13), (7, 9)])

    def test_one_time_each(self) -> None:
        """Changes at one moment are a millisecond apart, in their order."""
        self.centre.sign_in(1)
        found = [state.event_date_time for state in self.centre.states]
        first = int((EPOCH + 1000) * 1000)
        self.assertEqual(found, [first, first + 1, first + 2])


class HistoryMachine(CentreMachine):
    """Anything in any order, written down."""

    policy = Policy(ring_no_answer_s=10)

    def __init__(self) -> None:
        super().__init__()
        self.centre: RecordedCentre = RecordedCentre(
            sample(auto_work=True, wrapup_time_s=30), self.policy, ports=3
        )
        self.engine = self.centre.engine

    @invariant()
    def one_record_each(self) -> None:
        """Every leg is under way or in the history, once; what is under way the engine knows too."""
        legs = self.centre.chronicle._legs
        done = Counter(
            (record.call.session_id, record.call.session_seq_num) for record in self.centre.finished
        )
        assert not done or max(done.values()) == 1
        underway = {(leg.session, leg.sequence) for leg in legs.values()}
        assert len(underway) == len(legs)
        assert not underway & set(done)
        assert {session for session, _ in done} == {
            session for session, sequence in done if sequence == 0
        } | {session for session, _ in done if (session, 0) in underway}
        assert set(legs) == {call.id for call in self.engine.calls.by_id.values() if call.begun}

    @invariant()
    def over_is_written(self) -> None:
        """Whoever was told the end of a call finds it in the history."""
        written = {
            (record.call.session_id, record.call.session_seq_num) for record in self.centre.calls
        }
        for leg in self.centre.chronicle._legs.values():
            assert (leg.ended is not None) == ((leg.session, leg.sequence) in written)

    @invariant()
    def dispositions_add_up(self) -> None:
        """What became of contacts is what the router counted; each was in its queue under one disposition."""
        fates: Counter[ContactDisposition] = Counter()
        for record in self.centre.finished:
            call = record.call
            if record.queues or call.contact_disposition >= ContactDisposition.ABORTED:
                fates[ContactDisposition(call.contact_disposition)] += 1
            for queue in record.queues:
                if queue.disposition == Q.HANDLED:
                    assert call.contact_disposition == ContactDisposition.HANDLED
        for leg in self.centre.chronicle._legs.values():
            if leg.fate is not None:
                fates[leg.fate[0]] += 1
        tally = self.engine.router.tally
        assert fates[ContactDisposition.REJECTED] == tally.rejected
        legs = self.centre.chronicle._legs.values()
        passed_on = any(leg.is_transfer or leg.is_conference for leg in legs) or any(
            record.call.transfer or record.call.conference for record in self.centre.finished
        )
        if not passed_on:  # else one call may have been several contacts
            assert fates[ContactDisposition.HANDLED] == tally.handled
            assert fates[ContactDisposition.ABORTED] == tally.aborted

    @invariant()
    def times_fit(self) -> None:
        """An agent's part of a leg is no longer than the leg, and its times are its length."""
        for record in self.centre.finished:
            for row in record.agents:
                assert record.call.start_date_time <= row.start_date_time <= row.end_date_time
                assert row.end_date_time <= record.call.end_date_time
                length = (row.end_date_time - row.start_date_time) / 1000
                assert abs(row.ring_time + row.talk_time + row.hold_time - length) <= 1.5
                assert row.work_time == 0 or row.outcome == PartOutcome.ANSWERED


class AnyOrderTests(SynchronousTestCase):
    """`HistoryMachine`, run."""

    def test_any_order(self) -> None:
        """Whatever happens, every call ends in one record, and the counts add up."""
        run_state_machine_as_test(
            HistoryMachine, settings=settings(max_examples=60, stateful_step_count=50)
        )

    def test_conference_while_a_port_rings(self) -> None:
        """A port that answers for a consultation which is a conference by then takes nobody's contact: once it did."""
        machine = HistoryMachine()
        machine.work(number=1)
        machine.call_in(to="6001")
        machine.call_in(to="6001")
        machine.pass_on(conference=True, digits="6001", number="1001", other="1001")
        machine.work(number=1)
        machine.counts_add_up()
        machine.one_place()
        machine.teardown()
