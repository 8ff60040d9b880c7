"""Everybody does anything, for days, and everything fails now and then: what must hold all the same.

Spec: issue 4 (an agent has at most one routed call, a contact is in exactly one place, counts add up, every call ends
in one history record, no timer outlives its owner); ``engine.md`` §8.7, §8.8; ``design.md`` §7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override
from zope.interface.verify import verifyObject

from finesse_tx.cti.core.enums import NULL, CallType, RTPDirection, SupervisoryAction
from finesse_tx.cti.core.enums import AgentState as CTIState
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    BeginCallEvent,
    CallDataUpdateEvent,
    EmergencyCallReq,
    EndCallEvent,
    SetAgentStateReq,
    SetCallDataReq,
    StartRecordingReq,
    StopRecordingReq,
    SuperviseCallReq,
    SupervisorAssistReq,
)
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.directory.core.queues import Competence
from finesse_tx.engine.core.agenda import Deadline
from finesse_tx.engine.core.calendar import Period
from finesse_tx.engine.core.figures import SystemFigures
from finesse_tx.engine.core.outbound.assignment import Preview, Stage
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    CampaignState,
    DialingMode,
    DialingRecord,
    RecordState,
)
from finesse_tx.engine.core.records import CallRecord, PartOutcome, QueueDisposition, TargetType
from finesse_tx.engine.core.recount import BEFORE_S, ended_at
from finesse_tx.engine.core.states import AgentState
from finesse_tx.interfaces import ICampaignRecords, IHistoryRecords, IWorkers
from finesse_tx.scenario.core.language import (
    Note,
    Nothing,
    Press,
    SignIn,
    To,
    Transfer,
    WithReason,
    WrapUp,
)
from finesse_tx.scenario.dialing import DialingRecords
from finesse_tx.telephony.core.errors import ProviderError, UnknownNumberError
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.states import ProviderState
from tests.support.promises import EngineMachine
from tests.support.whole import Hands, NotedHistory, WholeCentre, key_of

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC).timestamp()

PHONES = ("1001", "1002", "1003")
PORTS = ("70001", "70002", "70003")
CUSTOMERS = 6

CENTRE = """
[day]
agents = 3
[engine]
ring_no_answer_s = 15.0
rtp_events = true
client_grace_s = 5.0
personality = "{personality}"
[telephony.options]
ports = 3
busy_trigger = 2
[customer.busy]
number = "0700000005"
when_called = "busy"
[customer.away]
number = "0700000006"
when_called = "no answer"
"""

CAMPAIGNS = (
    Campaign(
        1,
        "Preview",
        csq_id=2,
        max_attempts=2,
        declined_retry_s=60,
        busy_retry_s=120,
        no_answer_retry_s=120,
        state=CampaignState.RUNNING,
    ),
    Campaign(
        2,
        "Progressive",
        DialingMode.PROGRESSIVE,
        csq_id=2,
        max_attempts=3,
        lines_per_agent=2,
        busy_retry_s=120,
        no_answer_retry_s=120,
        state=CampaignState.PAUSED,
    ),
)

AGENTS = st.sampled_from(["agent1", "agent2", "agent3", "supervisor1"])
CALLS = st.integers(0, 5)
NUMBERS = st.sampled_from(["6001", "6002", *PHONES, "2001", "0612345678", "0700000005", "9"])
VERBS = st.sampled_from(
    [
        ("ready", Nothing()),
        ("ready", Nothing()),
        ("not ready", WithReason(3)),
        ("sign out", WithReason()),
        ("wrap up", Nothing()),
        ("answer", Nothing()),
        ("answer", Nothing()),
        ("hold", Nothing()),
        ("retrieve", Nothing()),
        ("hang up", Nothing()),
        ("alternate", Nothing()),
        ("reconnect", Nothing()),
        ("transfer", Transfer()),
        ("conference", Nothing()),
        ("press", Press("1")),
        ("note", Note(3, "gold")),
        ("give wrap-up reason", WrapUp("Sold")),
    ]
)
RESPONSES = st.sampled_from(
    [
        "Accept",
        "Accept",
        "Reject",
        "Reject-Close",
        "Skip",
        "Skip-Close",
        "Cancel Reservation",
        "Callback 11232026 15:00",
        "P 11232026 14:00",
        "REX_ANS_MACHINE",
        "DO_NOT_CALL",
    ]
)


class WholeMachine(EngineMachine):
    """Three agents and a supervisor, two queues, three ports, two campaigns, and whoever calls.

    Attributes:
        personality: The engine's.
    """

    personality = "ccx"

    def __init__(self) -> None:
        super().__init__()
        records = [
            DialingRecord(10 * c.id + n, c.id, f"A{n}", f"070000000{n}")
            for c in CAMPAIGNS
            for n in range(1, CUSTOMERS + 1)
        ]
        text = CENTRE.format(personality=self.personality)
        self.centre = WholeCentre(text, DialingRecords(CAMPAIGNS, records), MONDAY)
        self.callers = 0
        self.before: dict[tuple[int, int], CallRecord] = {}  # what earlier processes have kept
        self.began()

    def began(self) -> None:
        """A process has begun."""
        self.engine = self.centre.stage.engine.engine
        self.begun: Counter[tuple[int, str]] = Counter()
        self.reservations: set[int] = set()
        self.there: Counter[int] = Counter()  # by call, the devices that have to do with it
        self.over: Counter[int] = Counter()  # by call, how often the last one has ceased to
        self.told: dict[str, int] = {}
        self.customers: dict[int, str] = {}

    @property
    @override
    def model(self) -> Provider:
        return self.centre.stage.simulator._switch.model

    @override
    def other_deadlines(self) -> Iterator[Deadline | None]:
        ledger = self.engine.outbound.ledger
        yield from (assignment.deadline for assignment in ledger.assignments.values())
        yield ledger._wake
        yield self.centre.stage.engine._midnight

    @override
    def ports_called_from(self) -> Iterable[str]:
        return self.engine.outbound._progressive._lines

    def pick(self, index: int) -> int:
        """One of the latest calls, over or not."""
        known = [1, *self.there, *self.model.calls]
        return known[-1 - index % len(known)]

    # What people do -------------------------------------------------------------------------------------------

    @rule(agent=AGENTS, phone=st.none() | st.none() | st.sampled_from(PHONES))
    def sign_in(self, agent: str, phone: str | None) -> None:
        """Somebody signs in, mostly at his own phone."""
        self.centre.do(agent, "sign in", SignIn(phone))

    @rule(agent=AGENTS)
    def start_work(self, agent: str) -> None:
        """Somebody signs in at his own phone and gets ready."""
        self.sign_in(agent, None)
        self.centre.do(agent, "ready", Nothing())

    @rule(agent=AGENTS, verb=VERBS)
    def act(self, agent: str, verb: tuple[str, object]) -> None:
        """Somebody does something at his desk."""
        self.centre.do(agent, *verb)

    @rule(agent=AGENTS, to=NUMBERS, does=st.sampled_from(["call", "consult", "transfer"]))
    def dial(self, agent: str, to: str, does: str) -> None:
        """Somebody calls somebody, consults somebody, or sends somebody on."""
        self.centre.do(agent, does, Transfer(to) if does == "transfer" else To(to))

    @rule(agent=AGENTS, joins=st.sampled_from(["transfer", "conference", "alternate", "hang up"]))
    def consult(self, agent: str, joins: str) -> None:
        """Somebody consults somebody who answers, and brings them together, or not."""
        others = [name for name in ("agent1", "agent2", "agent3") if name != agent]
        for other in others[:1]:
            self.centre.do(agent, "consult", To(self.centre.desks[other].phone))
            self.centre.do(other, "answer", Nothing())
        self.centre.do(agent, joins, Transfer() if joins == "transfer" else Nothing())

    @rule(to=st.sampled_from(["6001", "6001", "6002", "6002", "1001"]), talk=CALLS)
    def call_in(self, to: str, talk: int) -> None:
        """A customer calls, whom nobody else is."""
        self.callers += 1
        number = f"06{self.callers:08d}"
        try:
            call_id, _ = self.centre.stage.customers.place_call(to, number, 60.0, 10.0 + 40 * talk)
        except (ProviderError, UnknownNumberError):
            return
        self.customers[call_id] = number
        self.centre.pass_time(0)

    @rule(agent=AGENTS, to=st.sampled_from(["6001", "6002"]))
    def work(self, agent: str, to: str) -> None:
        """Somebody gets ready, a customer calls, and whoever he comes to answers."""
        self.start_work(agent)
        self.call_in(to, 3)
        self.centre.pass_time(4)
        for name in self.centre.desks:
            self.centre.do(name, "answer", Nothing())

    @precondition(lambda self: self.customers)
    @rule(call=CALLS, does=st.sampled_from(["hang up", "hang up", "1", "9#"]))
    def customer(self, call: int, does: str) -> None:
        """A customer hangs up, or keys something."""
        number = list(self.customers.values())[-1 - call % len(self.customers)]
        customers = self.centre.stage.customers
        if does == "hang up":
            customers.hang_up(number)
        else:
            customers.press(number, does)
        self.centre.pass_time(0)

    @rule(
        action=st.sampled_from(list(SupervisoryAction)), call=CALLS, phone=st.sampled_from(PHONES)
    )
    def supervise(self, action: SupervisoryAction, call: int, phone: str) -> None:
        """The supervisor does something in a call, and answers what rings."""
        self.centre.ask(
            SuperviseCallReq(
                agent_connection_call_id=self.pick(call),
                agent_connection_device_id=phone,
                supervisor_connection_device_id="2001",
                supervisory_action=action,
            )
        )
        self.centre.do("supervisor1", "answer", Nothing())

    @rule(state=st.sampled_from([2, 3, 1]), agent=AGENTS)
    def order(self, state: int, agent: str) -> None:
        """The supervisor decides an agent's state."""
        self.centre.ask(
            SetAgentStateReq(
                agent_state=CTIState(state), agent_id_long=agent, supervisor_id="supervisor1"
            )
        )

    @rule(agent=AGENTS, happens=st.sampled_from(["lost", "closed", "back", "presence"]))
    def desktop(self, agent: str, happens: str) -> None:
        """Somebody's own client goes or is back, or the presence of his browser is gone."""
        peripheral, phone = self.centre.stage.engine.peripheral, self.centre.desks[agent].phone
        if happens == "back":
            peripheral.client_came(agent, phone)
        elif happens == "presence":
            self.centre.ask(
                SetAgentStateReq(
                    agent_state=CTIState.LOGOUT,
                    agent_id_long=agent,
                    event_reason_code=255,
                    forced_flag=1,
                )
            )
        else:
            peripheral.client_gone(agent, phone, happens == "closed")
        self.centre.pass_time(0)

    @rule(call=CALLS, phone=st.sampled_from(PHONES), kind=st.integers(0, 3))
    def record(self, call: int, phone: str, kind: int) -> None:
        """Somebody records a call, no more, or calls for help."""
        own = NULL if call > 3 else self.pick(call)
        requests = (
            StartRecordingReq(
                connection_call_id=self.pick(call),
                connection_device_id=phone,
                direction=RTPDirection.BIDIRECTIONAL,
            ),
            StopRecordingReq(
                connection_call_id=self.pick(call),
                connection_device_id=phone,
                session_id=self.pick(call),
                direction=RTPDirection.BIDIRECTIONAL,
            ),
            SupervisorAssistReq(connection_call_id=own, agent_instrument=phone),
            EmergencyCallReq(connection_call_id=own, agent_instrument=phone),
        )
        self.centre.ask(requests[kind])

    # Campaigns ------------------------------------------------------------------------------------------------

    @rule(agent=AGENTS, response=RESPONSES, accepts=st.booleans())
    def say(self, agent: str, response: str, accepts: bool) -> None:
        """Somebody says something of the customer in whatever call he has."""
        phone = self.centre.desks[agent].phone
        calls = [call.id for call in self.engine.calls.by_id.values() if phone in call.begun]
        for call_id in calls[:1]:
            said = NamedVariable("BAResponse", "Accept" if accepts else response)
            self.centre.ask(
                SetCallDataReq(
                    connection_call_id=call_id,
                    connection_device_id=phone,
                    named_variables=(said,),
                )
            )

    @rule(campaign=st.integers(0, 1), state=st.sampled_from(CampaignState))
    def campaign(self, campaign: int, state: CampaignState) -> None:
        """The operator does something with a campaign."""
        self.centre.stage.campaigns.set_campaign_state(CAMPAIGNS[campaign].name, state)
        self.centre.pass_time(0)

    @rule(agent=AGENTS)
    def progressive(self, agent: str) -> None:
        """Somebody is ready while customers are called, and talks to whoever answers."""
        self.campaign(1, CampaignState.RUNNING)
        self.start_work(agent)
        for _ in range(3):
            self.centre.pass_time(4)
            self.centre.do(agent, "answer", Nothing())

    # What else happens ----------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.5, 2.0, 6.0, 16.0, 40.0, 130.0, 1_000.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.centre.pass_time(seconds)

    @rule(chance=st.integers(0, 9))
    def sleep(self, chance: int) -> None:
        """Now and then until the next morning."""
        if not chance:
            self.centre.pass_time(50_000.0)

    @rule(number=st.sampled_from([*PHONES, "2001", "70001"]), cause=st.none() | st.integers(0, 3))
    def plug(self, number: str, cause: int | None) -> None:
        """A cable is pulled, or put back."""
        if self.model.state is not ProviderState.IN_SERVICE:
            return
        simulator = self.centre.stage.simulator
        device = next(iter(self.model.addresses[number].terminals))
        causes = (
            Cause.DEVICE_UNREGISTERED,
            Cause.DEVICE_FAILURE,
            Cause.DEVICE_RESTRICTED,
            Cause.LINE_RESTRICTED,
        )
        if cause is None:
            done = simulator.register(device)
        else:
            done = simulator.unregister(device, causes[cause])
        self.centre.without_error(done)
        self.centre.pass_time(0)

    @rule(chance=st.integers(0, 12), seconds=st.sampled_from([0.0, 0.0, 0.3, 2.0]))
    def switch(self, chance: int, seconds: float) -> None:
        """The telephone system is slow, or lost for a while."""
        simulator = self.centre.stage.simulator
        simulator.slow_down(seconds)
        if not chance and self.model.state is ProviderState.IN_SERVICE:
            self.centre.without_error(simulator.lose())
            self.centre.pass_time(1)
            self.centre.without_error(simulator.restore())
            self.centre.pass_time(0)

    @rule(is_away=st.booleans())
    def database(self, is_away: bool) -> None:
        """The history's database is away, or back."""
        self.centre.database.is_away = is_away

    @rule(agent=st.integers(0, 2), level=st.integers(0, 10), available=st.booleans())
    def learn(self, agent: int, level: int, available: bool) -> None:
        """Somebody learns something, or forgets it."""
        stage = self.centre.stage
        people = list(stage.directory.current.people)
        skills = (Competence(1, level),) if level else ()
        people[agent] = replace(people[agent], competences=skills, automatic_available=available)
        stage.directory.current = replace(stage.directory.current, people=tuple(people))
        stage.engine.reload()
        self.centre.pass_time(0)

    @rule(chance=st.integers(0, 3), is_killed=st.booleans(), away_s=st.sampled_from([1.0, 300.0]))
    def process(self, chance: int, is_killed: bool, away_s: float) -> None:
        """Now and then the process is killed, or restarted."""
        if chance:
            return
        history, underway = self.centre.history, len(self.centre.stage.engine.chronicle)
        complete = len(self.complete)
        if is_killed:
            self.centre.kill(away_s)
        else:
            self.centre.restart(away_s)
            assert len(complete_in(history)) == complete + underway
        self.before.update(kept_in(history))
        self.began()

    # What holds all the same ----------------------------------------------------------------------------------

    @property
    def kept(self) -> dict[tuple[int, int], CallRecord]:
        """The legs that this process has kept, as it has kept them last."""
        return kept_in(self.centre.history)

    @property
    def complete(self) -> list[tuple[float, CallRecord]]:
        """The legs that this process has kept for good, and when."""
        return complete_in(self.centre.history)

    def comes(self, call: int, device: str) -> None:
        """A device has to do with a call from now on."""
        self.begun[call, device] += 1
        assert self.begun[call, device] == 1, (call, device)
        self.there[call] += 1

    def goes(self, call: int, device: str) -> None:
        """A device has nothing to do with a call any more."""
        self.begun[call, device] -= 1
        assert self.begun[call, device] == 0, (call, device)
        self.there[call] -= 1
        if not self.there[call] and call not in self.reservations:
            self.over[call] += 1

    def hear(self, message: Message) -> None:
        """Take a message, and see that it may come now."""
        match message:
            case BeginCallEvent(connection_call_id=call, connection_device_id=str(device)):
                if message.call_type == CallType.CALLTYPE_RESERVATION:
                    self.reservations.add(call)
                self.comes(call, device)
            case CallDataUpdateEvent(connection_call_id=was, new_connection_call_id=now) if (
                was != now
            ):
                self.comes(now, message.connection_device_id or "")
                self.goes(was, message.connection_device_id or "")
            case EndCallEvent(connection_call_id=call, connection_device_id=str(device)):
                self.goes(call, device)
            case AgentStateEvent(agent_id_long=str(agent), agent_state=state):
                self.told[agent] = state

    @invariant()
    def everything_told(self) -> None:
        """Each device is told BEGIN_CALL and END_CALL in turn; and who was told everything knows everything."""
        for message in self.centre.messages:
            self.hear(message)
        self.centre.messages.clear()
        told = {key for key, times in self.begun.items() if times}
        assert told == {(c.id, n) for c in self.engine.calls.by_id.values() for n in c.begun}

    @invariant()
    def answered_once(self) -> None:
        """No request has two answers."""
        for answers in self.centre.answers.values():
            assert sum(map(WholeCentre.is_final, answers)) <= 1, answers

    @invariant()
    def one_record(self) -> None:
        """Every call that is over has exactly one leg in the history, and every other has none that is complete.

        One that goes on without any of our agents is over; when one comes into it again, it is another.
        """
        self.everything_told()
        keys = [key_of(leg) for _, leg in self.complete]
        assert len(keys) == len(set(keys))
        assert not set(keys) & set(self.before)
        assert len(keys) == self.over.total(), (len(keys), self.over)
        legs = Counter(leg.call.originator_dn for leg in (self.before | self.kept).values())
        for call_id, number in self.customers.items():
            assert legs[number] >= min(1, self.over[call_id]), number
            assert legs[number] <= max(1, self.over[call_id]), number

    @invariant()
    def statistics_agree(self) -> None:
        """What is counted of calls is what is in the history, whichever process has written it."""
        engine = self.centre.stage.engine
        now = engine.wall_s()
        midnight = engine._calendar.span(Period.TODAY, now).start
        legs = [leg for at, leg in self.complete if at >= midnight]
        if engine._today is not None and engine._today._reading is None:
            legs += [leg for leg in self.before.values() if counts_since(leg, midnight)]
        system = engine.statistics.system.figures(Period.TODAY, now)
        assert system == system_of(legs), (system, system_of(legs))
        for csq_id, meter in engine.statistics.csqs.items():
            counted = meter.figures(Period.TODAY, now)
            assert counts_of_csq(legs, csq_id) == {
                name: getattr(counted, name) for name in counts_of_csq((), csq_id)
            }
            assert counted.contacts == counted.handled + counted.abandoned + counted.dequeued
        for agent_id, agent in engine.statistics.agents.items():
            figures = agent.figures(Period.TODAY, now)
            assert counts_of_agent(legs, agent_id) == {
                name: getattr(figures, name) for name in counts_of_agent((), agent_id)
            }
            states = (
                figures.available_time,
                figures.not_ready_time,
                figures.reserved_time,
                figures.talking_time,
                figures.working_time,
            )
            assert abs(sum(states) - figures.logged_on_time) < 0.001

    @invariant()
    def live_agrees(self) -> None:
        """What the figures say of now is how it is."""
        statistics = self.centre.stage.engine.statistics
        states = Counter(a.state for a in self.agents if a.state is not AgentState.LOGOUT)
        levels = statistics.system.levels
        assert levels.logged_in == sum(states.values())
        assert levels.available == states[AgentState.READY]
        assert levels.selected == states[AgentState.RESERVED]
        assert levels.unavailable == states[AgentState.NOT_READY]
        for csq_id, meter in statistics.csqs.items():
            queue = self.engine.router.queues[csq_id]
            assert sorted(meter.waiting) == sorted(c.call.id for c in queue.waiting)
            here = [a for a in self.agents if queue in a.queues]
            assert meter.levels.available == sum(a.state is AgentState.READY for a in here)

    @invariant()
    def campaigns_agree(self) -> None:
        """A customer is on the list, with somebody, or done; each call has one result, and none is over without."""
        ledger, dialing = self.engine.outbound.ledger, self.centre.dialing
        for record in dialing.records.values():
            listing = ledger.works[record.campaign_id].listing
            listed, assigned = record.id in listing, record.id in ledger.assignments
            done = record.state in {RecordState.CLOSED, RecordState.MAX_CALLS}
            assert listed + assigned + done == 1, (record, listed, assigned)
            if record.state is RecordState.ACTIVE:
                assert assigned, record
            assert record.attempts <= CAMPAIGNS[record.campaign_id - 1].max_attempts
        for (record_id, number), attempt in dialing.attempts.items():
            current = dialing.records[record_id]
            underway = current.attempts == number and current.state is RecordState.ACTIVE
            assert (attempt.result is None) == underway, (attempt, current)
        for assignment in ledger.assignments.values():
            if isinstance(assignment, Preview) and assignment.stage is Stage.OFFERED:
                assert assignment.agent.outbound is assignment
            if assignment.stage is Stage.DIALLED and not self.centre.stage.simulator._pending:
                assert assignment.call is not None
                assert assignment.call.id in self.model.calls

    @override
    def teardown(self) -> None:
        """Everything ends; what there was is in the database, each leg once, and no timer is left."""
        centre = self.centre
        try:
            self.everything_told()
            centre.database.is_away = False
            centre.pass_time(2_000)
            self.everything_told()
            centre.stop()
            kept = self.before | self.kept
            assert centre.database.legs == kept
        finally:
            centre.remove()


def kept_in(history: NotedHistory) -> dict[tuple[int, int], CallRecord]:
    """The legs of a history, as they were kept last."""
    return {key_of(leg): leg for _, entry in history.noted for leg in entry.calls}


def complete_in(history: NotedHistory) -> list[tuple[float, CallRecord]]:
    """The legs of a history that were kept for good, and when."""
    return [(at, leg) for at, entry in history.noted for leg in entry.calls if leg.is_complete]


def counts_since(leg: CallRecord, midnight: float) -> bool:
    """Whether a leg that an earlier process has kept counts for the day."""
    began = leg.call.start_date_time / 1000
    return ended_at(leg) >= midnight and began >= midnight - BEFORE_S


def system_of(legs: Iterable[CallRecord]) -> SystemFigures:
    """The system's figures, from the history alone."""
    found = SystemFigures()
    for leg in legs:
        disposition = leg.call.contact_disposition
        if not (leg.queues or leg.call.application_name or disposition >= 4):
            continue
        found.contacts += 1
        found.abandoned += disposition == 1
        found.handled += disposition == 2
        found.aborted += disposition == 4
        found.rejected += disposition >= 5
    return found


def counts_of_csq(legs: Iterable[CallRecord], csq_id: int) -> dict[str, int]:
    """A queue's figures, from the history alone."""
    found = dict.fromkeys(("contacts", "handled", "abandoned", "dequeued", "handled_within_sl"), 0)
    for leg in legs:
        for row in leg.queues:
            if (row.target_type, row.target_id) != (TargetType.CSQ, csq_id):
                continue
            kinds = {QueueDisposition.HANDLED: "handled", QueueDisposition.ABANDONED: "abandoned"}
            found["contacts"] += 1
            found[kinds.get(QueueDisposition(row.disposition), "dequeued")] += 1
            found["handled_within_sl"] += row.met_service_level
    return found


def counts_of_agent(legs: Iterable[CallRecord], agent_id: str) -> dict[str, int]:
    """An agent's figures, from the history alone."""
    names = ("calls_presented", "calls_handled", "calls_not_answered", "talk_time", "work_time")
    found = dict.fromkeys(names, 0)
    for leg in legs:
        for row in leg.agents:
            if row.resource_id != agent_id or not row.q_index:
                continue
            answered = row.outcome == PartOutcome.ANSWERED
            found["calls_presented"] += 1
            found["calls_handled"] += answered
            found["calls_not_answered"] += row.outcome == PartOutcome.NOT_ANSWERED
            found["talk_time"] += row.talk_time * answered
            found["work_time"] += row.work_time * answered
    return found


class CCEWholeMachine(WholeMachine):
    """The same in CCE personality."""

    personality = "cce"


class WholeTests(SynchronousTestCase):
    """`WholeMachine`, run."""

    def test_interfaces(self) -> None:
        """What stands for the database, threads and campaigns is what it is to be."""
        centre = WholeCentre(CENTRE.format(personality="ccx"), DialingRecords(), MONDAY)
        self.addCleanup(centre.remove)
        verifyObject(IHistoryRecords, centre.database)
        verifyObject(IWorkers, Hands())
        verifyObject(ICampaignRecords, centre.dialing)
        centre.stop()

    def test_any_day(self) -> None:
        """Whatever happens, in whatever order, everything that is promised holds after every step."""
        run_state_machine_as_test(
            WholeMachine, settings=settings(max_examples=40, stateful_step_count=50)
        )

    def test_any_day_cce(self) -> None:
        """The same in CCE personality."""
        run_state_machine_as_test(
            CCEWholeMachine, settings=settings(max_examples=25, stateful_step_count=50)
        )
