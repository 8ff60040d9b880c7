"""Outbound preview on the wire, message by message, and its records' way to the database.

Spec: ``cti.md`` §11.12; ``engine.md`` §4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import AgentState, CallType
from finesse_tx.cti.core.messages import (
    BeginCallEvent,
    CallClearedEvent,
    CallConnectionClearedEvent,
    CallDataUpdateEvent,
    CallDeliveredEvent,
    CallEstablishedEvent,
    CallOriginatedEvent,
    CallServiceInitiatedEvent,
    EndCallEvent,
    SetCallDataConf,
    SetCallDataReq,
    SnapshotCallConf,
    SnapshotCallReq,
)
from finesse_tx.cti.core.messages.groups import CallDevice
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.engine.campaigns import RETRY_S, CampaignError, Campaigns
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    CampaignData,
    CampaignState,
    DialingRecord,
    RecordChange,
    RecordState,
    Result,
)
from finesse_tx.engine.core.outbound.windows import parse
from finesse_tx.interfaces import ICampaignRecords, ICampaigns
from finesse_tx.store.core.errors import StoreUnavailableError
from tests.support.sequences import (
    AGENT,
    CALL,
    LCS,
    NEW,
    NO_DEVICE,
    NONE,
    PHONE,
    PORT,
    SequenceCase,
    addressed,
    cleared,
    connection,
    ends,
    leaves,
    part,
    stands,
    state,
)

CUSTOMER = "0600000001"
CAMPAIGN = Campaign(7, "Renewals", csq_id=1, state=CampaignState.RUNNING)
RECORD = DialingRecord(11, 7, "A1", CUSTOMER, "Zoë", "Bauer")


@implementer(ICampaignRecords)
class FixedRecords:
    """A store that is a dictionary.

    Attributes:
        data: What there is.
        kept: What was kept, one list for each transaction.
        failing: Whether nothing can be kept.
        held: While it is a list, keeping waits in it until somebody fires it.
        states: The campaigns' states that were kept.
        loading: Unless None, what reading waits for.
    """

    def __init__(self, *records: DialingRecord, campaign: Campaign = CAMPAIGN) -> None:
        self.data = CampaignData((campaign,), {campaign.id: records})
        self.kept: list[list[RecordChange]] = []
        self.failing = False
        self.held: list[Deferred[None]] | None = None
        self.states: list[CampaignState] = []
        self.recovered: list[float] = []
        self.loading: Deferred[CampaignData] | None = None

    def recover(self, utc: float) -> Deferred[int]:
        """Nothing is lost."""
        self.recovered.append(utc)
        return succeed(0)

    def load(self, newest: Mapping[int, int]) -> Deferred[CampaignData]:
        """All of it, whatever is wanted."""
        return self.loading or succeed(self.data)

    def keep(self, changes: Sequence[RecordChange]) -> Deferred[None]:
        """Remember them."""
        if self.failing:
            return fail(StoreUnavailableError("no"))
        self.kept.append(list(changes))
        if self.held is not None:
            self.held.append(Deferred())
            return self.held[-1]
        return succeed(None)

    def set_state(self, campaign_id: int, state: CampaignState) -> None:
        """Remember it."""
        self.states.append(state)


class CampaignCase(SequenceCase):
    """A floor with campaigns."""

    def begin(
        self,
        *records: DialingRecord,
        campaign: Campaign = CAMPAIGN,
        may_dial: bool = True,
        config: EngineConfig | None = None,
        **values: Any,
    ) -> None:
        """Start anew, with one agent signed in and READY, and a campaign."""
        self.start(1, config=config, **values)
        self.records = FixedRecords(*records, campaign=campaign)
        base = datetime(2026, 11, 23, 12, tzinfo=UTC)
        clock = self.floor.clock
        self.campaigns = Campaigns(
            self.floor.service,
            self.records,
            clock,
            lambda: base + timedelta(seconds=clock.seconds()),
            may_dial=may_dial,
        )
        self.floor.service.when_settled(self.campaigns.flush)
        self.campaigns.startService()
        self.addCleanup(self.stop)
        self.floor.pass_time()

    def tearDown(self) -> None:
        """Stop the campaigns before the engine."""
        self.stop()
        super().tearDown()

    def stop(self) -> None:
        """Stop them, once."""
        if self.campaigns.running:
            self.successResultOf(self.campaigns.stopService())

    def say(self, response: str, call_id: int) -> None:
        """The agent sets BAResponse."""
        self.floor.request(
            SetCallDataReq,
            connection_call_id=call_id,
            connection_device_id="1001",
            named_variables=(NamedVariable("BAResponse", response),),
        )


def at(call_id: int, device: str = "1001") -> dict[str, Any]:
    """A connection of that call."""
    return {"connection_call_id": call_id, "connection_device_id": device}


def named(status: str, response: str = "") -> dict[str, Any]:
    """The customer's eight variables."""
    values = {
        "BACampaign": "Renewals",
        "BACampaignID": "7",
        "BAStatus": status,
        "BAResponse": response,
        "user.layout": "",
        "BAAccountNumber": "A1",
        "BADialedListID": "11",
        "BABuddyName": "Bauer, Zoë",
    }
    return {"named_variables": tuple(NamedVariable(*item) for item in values.items())}


class PreviewTests(CampaignCase):
    """``cti.md`` §11.12: direct preview."""

    def reserved(self, call_id: int) -> list[Any]:
        """The agent is reserved, and told of the customer."""
        data: dict[str, Any] = {"ani": "70001", "dnis": "1001", "dialed_number": CUSTOMER}
        return [
            state(1, AgentState.RESERVED, 32746, 1),
            BeginCallEvent(
                call_type=CallType.CALLTYPE_RESERVATION, **at(call_id), **data, **named("DO")
            ),
            CallDeliveredEvent(
                **at(call_id),
                **part("alerting", "1001", AGENT),
                **part("calling", "70001", PORT),
                **part("called", "1001", AGENT),
                **part("last_redirect", None, NO_DEVICE),
                **stands(LCS.LCS_ALERTING, NEW),
                **data,
                **named("DO"),
            ),
        ]

    def answered(self, call_id: int, response: str) -> list[Any]:
        """The agent's answer, and the end of the reservation call."""
        return [
            SetCallDataConf(invoke_id=self.floor.next_invoke_id - 1),
            CallDataUpdateEvent(
                **at(call_id),
                new_connection_call_id=call_id,
                new_connection_device_id="1001",
                call_type=CallType.CALLTYPE_RESERVATION,
                named_variables=(NamedVariable("BAResponse", response),),
            ),
            CallConnectionClearedEvent(
                **at(call_id), **part("releasing", "1001", AGENT), **stands(LCS.LCS_NULL, NONE)
            ),
            EndCallEvent(**at(call_id)),
        ]

    def test_accept(self) -> None:
        """The whole sequence: reservation, Accept, the customer's call, its end, and wrap-up with 32745."""
        self.begin(RECORD, auto_work=True, wrapup_time_s=10)
        self.check(*self.reserved(1))
        self.say("Accept", 1)
        data = addressed("1001", CUSTOMER)
        calling, called = part("calling", "1001", AGENT), part("called", CUSTOMER, PHONE)
        self.check(
            *self.answered(1, "Accept"),
            BeginCallEvent(
                call_type=CallType.CALLTYPE_PREVIEW, **connection("1001"), **data, **named("CO")
            ),
            CallServiceInitiatedEvent(
                **connection("1001"), **calling, **stands(LCS.LCS_INITIATE, NONE)
            ),
            CallOriginatedEvent(
                **connection("1001"), **calling, **called, **stands(LCS.LCS_INITIATE, NONE)
            ),
            state(1, AgentState.TALKING, csq=1),
            CallDeliveredEvent(
                **connection("1001"),
                skill_group_number=1,
                **part("alerting", CUSTOMER, PHONE),
                **calling,
                **called,
                **part("last_redirect", None, NO_DEVICE),
                **stands(LCS.LCS_CONNECT, NEW),
                **data,
                **named("CO"),
            ),
        )
        self.floor.simulator.answer_outside(CALL, CUSTOMER)
        self.floor.pass_time()
        self.check(
            CallEstablishedEvent(
                **connection("1001"),
                skill_group_number=1,
                **part("answering", CUSTOMER, PHONE),
                **calling,
                **called,
                **part("last_redirect", None, NO_DEVICE),
                **stands(LCS.LCS_CONNECT, NEW),
            ),
        )
        self.floor.simulator.hang_up_outside(CALL, CUSTOMER)
        self.floor.pass_time()
        self.check(
            leaves(CUSTOMER, PHONE),
            leaves("1001", AGENT),
            cleared("1001"),
            state(1, AgentState.WORK_NOT_READY, 32745, 1),
        )
        self.floor.pass_time(10)
        self.check(state(1, AgentState.AVAILABLE, 32758), ends("1001"))
        results = [[(c.record.state, c.record.result) for c in kept] for kept in self.records.kept]
        self.assertEqual(
            results, [[(RecordState.ACTIVE, None)], [(RecordState.CLOSED, Result.VOICE)]]
        )

    def test_answers(self) -> None:
        """Each other answer ends the call and leaves the agent where the reference has him."""
        for response, now, reason in (
            ("Reject", AgentState.AVAILABLE, 0),
            ("Reject-Close", AgentState.AVAILABLE, 0),
            ("Skip", AgentState.AVAILABLE, 32751),
            ("Skip-Close", AgentState.AVAILABLE, 32751),
            ("Cancel Reservation", AgentState.NOT_READY, 32752),
        ):
            self.begin(RECORD)
            self.check(*self.reserved(1))
            self.say(response, 1)
            self.check(*self.answered(1, response), state(1, now, reason))
            self.tearDown()
        self.begin()

    def test_skip_to_next(self) -> None:
        """Skip with another customer there: the agent stays reserved, and is told of that one."""
        self.begin(RECORD, replace(RECORD, id=12, phone="0600000002"))
        self.check(*self.reserved(1))
        self.say("Skip", 1)
        seen = self.floor.take()
        self.assertEqual(seen[:4], self.answered(1, "Skip"))
        self.assertEqual([type(m) for m in seen[4:]], [BeginCallEvent, CallDeliveredEvent])

    def test_time_out(self) -> None:
        """After 30 seconds without an answer the call ends and the agent is NOT_READY."""
        self.begin(RECORD)
        self.floor.take()
        self.floor.pass_time(29.9)
        self.check()
        self.floor.pass_time(0.1)
        self.check(*self.answered(1, "")[2:], state(1, AgentState.NOT_READY, 32763))

    def test_snapshot(self) -> None:
        """A client that asks for the reservation call is told of it as it is."""
        self.begin(RECORD)
        self.floor.take()
        (answer,) = self.floor.request(SnapshotCallReq, connection_call_id=1)
        assert isinstance(answer, SnapshotCallConf)
        self.assertEqual(
            answer.call_devices,
            (
                CallDevice(
                    call_connection_call_id=1,
                    call_connection_device_id="1001",
                    call_device_type=AGENT,
                    call_device_id="1001",
                    call_device_connection_state=LCS.LCS_ALERTING,
                ),
            ),
        )

    def test_hung_up(self) -> None:
        """An agent who gives up while it rings: the call ends as any, and the result is no answer."""
        self.begin(RECORD)
        self.say("Accept", 1)
        self.floor.take()
        self.floor.simulator.disconnect(CALL, "1001")
        self.floor.pass_time()
        self.check(
            leaves("1001", AGENT),
            leaves(CUSTOMER, PHONE),
            CallClearedEvent(**connection("1001"), **stands(LCS.LCS_NULL, NONE)),
            state(1, AgentState.AVAILABLE),
            ends("1001"),
        )
        self.assertEqual(self.records.kept[-1][0].record.result, Result.NO_ANSWER)


class KeepingTests(CampaignCase):
    """What is kept, and when."""

    def test_interfaces(self) -> None:
        """They are what they are to be."""
        self.begin()
        verifyObject(ICampaigns, self.campaigns)
        verifyObject(ICampaignRecords, self.records)
        self.assertEqual(len(self.records.recovered), 1)

    def test_claim_first(self) -> None:
        """Nobody is dialled before the database has it."""
        self.begin(RECORD)
        self.records.held = []
        self.say("Accept", 1)
        self.assertNotIn("BeginCallEvent 1001", self.floor.told()[-1:])
        self.records.held[0].callback(None)
        self.floor.pass_time()
        self.assertIn("BeginCallEvent 1001", self.floor.told())

    def test_cannot_keep(self) -> None:
        """While the database is away nobody is dialled or offered; then all goes on."""
        self.begin(RECORD, replace(RECORD, id=12, phone="0600000002"))
        self.records.failing = True
        self.say("Accept", 1)
        self.floor.pass_time()
        self.assertEqual(self.floor.told()[-1], "agent1 AVAILABLE")
        self.floor.pass_time(RETRY_S)
        self.assertEqual(self.floor.told(), [])
        self.records.failing = False
        self.floor.pass_time(RETRY_S)
        self.assertEqual(self.floor.told()[0], "agent1 RESERVED 32746")
        kept = [change.record for change in self.records.kept[0]]
        self.assertEqual(
            [(r.id, r.state, r.attempts) for r in kept], [(11, RecordState.PENDING, 0)]
        )

    def test_stop_waits(self) -> None:
        """A stop waits until what there is to keep is kept, and dials nobody."""
        self.begin(RECORD)
        self.records.held = []
        self.say("Accept", 1)
        stopping = self.campaigns.stopService()
        self.assertNoResult(stopping)
        self.records.held[0].callback(None)
        self.assertNoResult(stopping)  # that nobody was dialled is to be kept, too
        self.records.held[1].callback(None)
        self.successResultOf(stopping)
        self.assertEqual(self.records.kept[-1][0].record.attempts, 0)

    def test_commands(self) -> None:
        """The operator lists, starts, pauses and stops campaigns, and is told of a name that there is not."""
        self.begin(RECORD, campaign=replace(CAMPAIGN, state=CampaignState.STOPPED))
        (before,) = self.campaigns.campaigns()
        self.assertEqual(
            (before["state"], before["active"], before["to_call"]), ("stopped", False, 1)
        )
        self.campaigns.set_campaign_state("Renewals", CampaignState.RUNNING)
        (after,) = self.campaigns.campaigns()
        self.assertEqual((after["active"], after["preview"]), (True, 1))
        self.campaigns.set_campaign_state("Renewals", CampaignState.STOPPED)
        self.assertEqual(self.floor.told()[-1], "agent1 AVAILABLE")
        self.assertEqual(self.records.states, [CampaignState.RUNNING, CampaignState.STOPPED])
        with self.assertRaises(CampaignError):
            self.campaigns.set_campaign_state("Removals", CampaignState.RUNNING)

    def test_imported(self) -> None:
        """Records that were imported since are called after a reload; those that were there stay as they are."""
        self.begin(RECORD)
        self.say("Reject-Close", 1)
        more = RECORD, replace(RECORD, id=12, phone="0600000002")
        self.records.data = CampaignData((CAMPAIGN,), {7: more})
        self.campaigns.reload()
        assignment = self.floor.service.engine.agent("agent1").outbound
        self.assertEqual(assignment.record.id if assignment else 0, 12)

    def reloaded(self, *campaigns: Campaign) -> None:
        """Read that there are these campaigns, and nothing new to call."""
        self.records.data = CampaignData(campaigns, {})
        self.successResultOf(self.campaigns.reload())

    def test_reconfigured(self) -> None:
        """What is changed of a campaign holds after a reload; whether it runs, and who is called, stay as they are."""
        self.begin(RECORD, replace(RECORD, id=12, phone="0600000002"))
        agent = self.floor.service.engine.agent("agent1")
        changed = replace(
            CAMPAIGN,
            name="Removals",
            time_zone="Asia/Tokyo",  # where it is 21:00
            windows=parse("mon-fri 09:00-20:00"),
            state=CampaignState.STOPPED,
        )
        self.reloaded(changed)
        (shown,) = self.campaigns.campaigns()
        self.assertEqual((shown["name"], shown["state"]), ("Removals", "running"))
        self.assertIsNotNone(agent.outbound)
        self.say("Reject-Close", 1)
        self.assertIsNone(agent.outbound)
        self.reloaded(replace(changed, time_zone="Europe/London"))
        self.assertEqual(agent.outbound.record.id if agent.outbound else 0, 12)

    def test_removed(self) -> None:
        """A campaign that is gone offers nobody any more; a call that is under way ends as any, and is kept."""
        self.begin(RECORD, replace(RECORD, id=12, phone="0600000002"))
        self.say("Accept", 1)
        self.reloaded()
        self.assertEqual(self.campaigns.campaigns(), [])
        self.floor.service.engine.outbound.lose_all(self.floor.service.now())
        self.floor.service.settle()
        self.assertIs(self.records.kept[-1][-1].record.result, Result.UNKNOWN)
        self.begin(RECORD)
        self.reloaded()
        self.assertEqual(self.floor.told()[-1], "agent1 AVAILABLE")

    def test_later_read(self) -> None:
        """Of two reloads at once, what the later one reads counts."""
        self.begin(RECORD)
        first: Deferred[CampaignData] = Deferred()
        self.records.loading = first
        self.campaigns.reload()
        self.records.loading = None
        self.reloaded(CAMPAIGN)
        first.callback(CampaignData())
        self.assertEqual(len(self.campaigns.campaigns()), 1)

    def test_real_telephones(self) -> None:
        """Where others than simulated customers can be called, no campaign runs."""
        self.begin(RECORD, may_dial=False)
        self.assertEqual(self.campaigns.campaigns()[0]["state"], "stopped")
        with self.assertRaises(CampaignError):
            self.campaigns.set_campaign_state("Renewals", CampaignState.RUNNING)
