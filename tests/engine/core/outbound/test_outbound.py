"""Customers who are given to agents: the engine's core on a simulated switch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import CallType, ControlFailureCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import CallEvent, CallEventKind
from finesse_tx.engine.core.outbound.assignment import RESPONSE
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    CampaignState,
    DialingRecord,
    RecordChange,
    RecordState,
    Result,
)
from finesse_tx.engine.core.outbound.windows import parse
from finesse_tx.engine.core.states import AgentState, Request
from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.events import Cause, EventID, MetaCode
from finesse_tx.telephony.core.switch import FIRST_CALL_ID
from tests.support.centre import Centre, sample

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
"""A Monday."""

CAMPAIGN = Campaign(7, "Renewals", csq_id=1, windows=parse("mon-sun 09:00-20:00"), max_attempts=2)


def phone(number: int) -> str:
    """A customer's."""
    return f"06000000{number:02d}"


def records(count: int) -> list[DialingRecord]:
    """Customers."""
    return [
        DialingRecord(n, CAMPAIGN.id, f"A{n}", phone(n), "Zoë", f"Bauer{n}")
        for n in range(1, count + 1)
    ]


class OutboundCase(SynchronousTestCase):
    """A centre with a campaign.

    Attributes:
        kept: What was kept, by record id; a claim is kept at once.
        changes: Every change, in order.
        holds_claims: Whether claims wait for `claim`.
    """

    def start(
        self,
        customers: Iterable[DialingRecord] = (),
        *agents: int,
        campaign: Campaign = CAMPAIGN,
        **values: object,
    ) -> None:
        """Start a running campaign, then let agents be READY."""
        self.centre = Centre(sample(**values))  # type: ignore[arg-type]
        self.outbound = self.centre.engine.outbound
        self.kept: dict[int, DialingRecord] = {}
        self.changes: list[RecordChange] = []
        self.holds_claims = False
        self.outbound.ledger.synchronise(self.centre.now, NOON)
        self.outbound.ledger.load(campaign, customers, ZoneInfo)
        self.run_campaign(CampaignState.RUNNING)
        self.centre.sign_in(*agents)
        self.write()
        self.centre.told()

    @property
    def figures(self) -> dict[str, int]:
        """What the campaign has come to, without what is 0."""
        statistics = self.outbound.ledger.works[CAMPAIGN.id].statistics
        names = statistics.__dataclass_fields__
        return {name: value for name in names if (value := getattr(statistics, name))}

    def run_campaign(self, state: CampaignState) -> None:
        """Let the campaign be in a state."""
        self.outbound.set_state(CAMPAIGN.id, state, self.centre.now)
        self.centre.engine.match(self.centre.now)
        self.centre.settle()

    def write(self) -> None:
        """Keep what is to be kept, until there is no more."""
        while changes := self.outbound.ledger.take_changes():
            for change in changes:
                self.changes.append(change)
                self.kept[change.record.id] = change.record
                if change.record.state is RecordState.ACTIVE and not self.holds_claims:
                    self.claim(change.record.id)

    def claim(self, record_id: int) -> None:
        """A claim has been kept."""
        self.outbound.claimed(record_id, self.centre.now)
        self.centre.engine.match(self.centre.now)
        self.centre.settle()

    def reservation(self, number: int = 1) -> int:
        """The id of the agent's reservation call."""
        assignment = self.centre.agent(number).outbound
        assert assignment is not None
        assert assignment.call is not None
        return assignment.call.id

    def say(self, response: str, number: int = 1, call_id: int | None = None) -> None:
        """An agent sets BAResponse."""
        call = self.reservation(number) if call_id is None else call_id
        device, change = str(1000 + number), DataChange(named={RESPONSE: response})
        self.centre.engine.set_data(call, device, change, self.centre.now)
        self.centre.settle()
        self.write()

    def refused(self, response: str, number: int = 1, call_id: int | None = None) -> int:
        """An agent sets a BAResponse that is refused; nothing is told."""
        self.centre.told()
        with self.assertRaises(ControlFailureError) as caught:
            self.say(response, number, call_id)
        self.assertEqual(self.centre.told(), [])
        return int(caught.exception.failure_code)

    def customer_answers(self, number: int = 1, call_id: int = FIRST_CALL_ID) -> None:
        """The customer picks up."""
        self.centre.hear(self.centre.switch.answer_outside(call_id, phone(number)))
        self.centre.settle()

    def customer_leaves(self, number: int = 1, call_id: int = FIRST_CALL_ID) -> None:
        """The customer hangs up."""
        self.centre.hang_up(call_id, phone(number))
        self.write()


class ReservationTests(OutboundCase):
    """A preview, and what agents say of it."""

    def test_offered(self) -> None:
        """A READY agent is reserved with 32746 and told of a call with the customer's eight variables."""
        self.start(records(1))
        self.centre.sign_in(1)
        begin = self.centre.events[-2]
        assert isinstance(begin, CallEvent)
        self.assertEqual(begin.call_type, CallType.CALLTYPE_RESERVATION)
        self.assertEqual(
            begin.data.named,
            {
                "BACampaign": "Renewals",
                "BACampaignID": "7",
                "BAStatus": "DO",
                "BAResponse": "",
                "user.layout": "",
                "BAAccountNumber": "A1",
                "BADialedListID": "1",
                "BABuddyName": "Bauer1, Zoë",
            },
        )
        self.assertEqual((begin.data.ani, begin.data.dialed_number), ("70001", phone(1)))
        self.assertEqual(
            self.centre.told()[-3:],
            ["agent1 RESERVED 32746", "BEGIN_CALL 1001", "CALL_DELIVERED 1001"],
        )
        self.assertEqual(self.figures, {"preview": 1})

    def test_longest_available(self) -> None:
        """Customers go to the agents of the campaign's queue, the one who has been available longest first."""
        self.start((), 1, 2)
        self.outbound.ledger.add_records(CAMPAIGN.id, records(1), self.centre.now)
        self.centre.engine.match(self.centre.now)
        self.assertIsNotNone(self.centre.agent(1).outbound)
        self.assertIsNone(self.centre.agent(2).outbound)

    def test_inbound_first(self) -> None:
        """An agent for whom a contact waits gets that, not a customer."""
        self.start(records(1))
        self.centre.call_in()
        self.centre.sign_in(1)
        agent = self.centre.agent()
        self.assertIsNotNone(agent.contact)
        self.assertIsNone(agent.outbound)

    def test_reject(self) -> None:
        """Reject: the call ends, the agent is READY, and the customer is offered again after the delay."""
        self.start(records(1), 1)
        self.say("Reject")
        self.assertEqual(
            self.centre.told(),
            [
                "CALL_DATA_UPDATE 1001",
                "CALL_CONNECTION_CLEARED 1001",
                "END_CALL 1001",
                "agent1 READY",
            ],
        )
        kept = self.kept[1]
        self.assertEqual((kept.state, kept.attempts), (RecordState.PENDING, 0))
        self.centre.wait(299)
        self.assertIs(self.centre.agent().state, AgentState.READY)
        self.centre.wait(2)
        self.assertEqual(self.centre.told()[0], "agent1 RESERVED 32746")
        self.assertEqual(self.figures, {"preview": 2, "rejected": 1})

    def test_reject_close(self) -> None:
        """Reject-Close: the same, and the customer is never offered again."""
        self.start(records(1), 1)
        self.say("Reject-Close")
        self.assertEqual(self.centre.told()[-1], "agent1 READY")
        self.assertEqual(
            (self.kept[1].state, self.kept[1].result), (RecordState.CLOSED, Result.CLOSED)
        )
        self.assertIsNone(self.outbound.ledger.works[CAMPAIGN.id].next_at)
        self.assertEqual(self.figures, {"preview": 1, "closed": 1})

    def test_skip(self) -> None:
        """Skip: the agent stays reserved and is told of the next customer; without one he is READY with 32751."""
        self.start(records(2), 1)
        first = self.reservation()
        self.say("Skip")
        self.assertEqual(
            self.centre.told(),
            [
                "CALL_DATA_UPDATE 1001",
                "CALL_CONNECTION_CLEARED 1001",
                "END_CALL 1001",
                "BEGIN_CALL 1001",
                "CALL_DELIVERED 1001",
            ],
        )
        self.assertNotEqual(self.reservation(), first)
        self.say("Skip-Close")
        self.assertEqual(self.centre.told()[-2:], ["END_CALL 1001", "agent1 READY 32751"])
        self.assertEqual(
            [self.kept[n].state for n in (1, 2)], [RecordState.PENDING, RecordState.CLOSED]
        )

    def test_cancel(self) -> None:
        """Cancel Reservation: NOT_READY with 32752, and the customer stays to be called."""
        self.start(records(1), 1)
        self.say("Cancel Reservation")
        self.assertEqual(self.centre.told()[-1], "agent1 NOT_READY 32752")
        self.assertIs(self.kept[1].state, RecordState.PENDING)

    def test_no_answer(self) -> None:
        """An agent who says nothing for 30 seconds is NOT_READY, and the customer is offered again later."""
        self.start(records(1), 1)
        reserved_at = self.centre.agent().since
        self.centre.wait(reserved_at + 29.9 - self.centre.now)
        self.assertEqual(self.centre.told(), [])
        self.centre.wait(0.2)
        self.assertEqual(
            self.centre.told(),
            ["CALL_CONNECTION_CLEARED 1001", "END_CALL 1001", "agent1 NOT_READY 32763"],
        )
        self.assertEqual(len(self.outbound.ledger.works[CAMPAIGN.id].listing), 1)

    def test_pending(self) -> None:
        """What the agent has asked for meanwhile beats READY; a skip then brings no other customer."""
        self.start(records(2), 1)
        self.centre.request(Request.NOT_READY)
        self.say("Skip")
        self.assertEqual(self.centre.told()[-1], "agent1 NOT_READY")

    def test_phone_down(self) -> None:
        """An agent whose phone is gone is not reserved any more; another is given the customer at his time."""
        self.start(records(1), 1)
        self.centre.hear(self.centre.switch.unregister("SEP0000000003E9"))
        self.centre.settle()
        self.assertEqual(
            self.centre.told(),
            [
                "PhoneServiceChanged",
                "agent1 NOT_READY 32759",
                "CALL_CONNECTION_CLEARED 1001",
                "END_CALL 1001",
            ],
        )
        self.assertEqual(self.outbound.ledger.assignments, {})
        self.assertEqual(list(self.centre.engine.calls.by_id), [])

    def test_stop(self) -> None:
        """A campaign that is stopped takes back what nobody has answered; one that pauses does not."""
        for state, expected in ((CampaignState.PAUSED, 1), (CampaignState.STOPPED, 0)):
            self.start(records(2), 1)
            self.run_campaign(state)
            self.assertEqual(len(self.outbound.ledger.assignments), expected)
            self.centre.sign_in(2)
            self.assertIs(self.centre.agent(2).state, AgentState.READY)

    def test_window(self) -> None:
        """Outside the window nobody is offered; when it opens, at once."""
        evening = replace(CAMPAIGN, windows=parse("mon 13:00-14:00"))
        self.start(records(1), 1, campaign=evening)
        self.assertIs(self.centre.agent().state, AgentState.READY)
        self.centre.wait(3598.5)  # signing in has taken a second
        self.assertEqual(self.centre.told(), [])
        self.centre.wait(1)
        self.assertIs(self.centre.agent().state, AgentState.RESERVED)

    def test_never_called(self) -> None:
        """Who is on the do-not-call list, and a number of our own, are closed and not offered."""
        own = replace(records(2)[1], phone="1002")
        self.start((), 1)
        self.outbound.ledger.do_not_call.update([phone(1)])
        self.outbound.ledger.add_records(CAMPAIGN.id, [records(1)[0], own], self.centre.now)
        self.centre.engine.match(self.centre.now)
        self.write()
        self.assertIs(self.centre.agent().state, AgentState.READY)
        self.assertEqual(
            [self.kept[n].result for n in (1, 2)], [Result.DO_NOT_CALL, Result.INVALID]
        )

    def test_forbidden_meanwhile(self) -> None:
        """Who has come on the do-not-call list while the agent looked is not dialled."""
        self.start(records(1), 1)
        self.outbound.ledger.do_not_call.update([phone(1)])
        self.say("Accept")
        self.assertEqual(self.centre.told()[-1], "agent1 READY")
        self.assertEqual(self.kept[1].result, Result.DO_NOT_CALL)
        self.assertEqual(list(self.centre.switch.model.calls), [])

    def test_refused(self) -> None:
        """What is no answer to a reservation is refused, and nothing changes."""
        self.start(records(1), 1)
        codes = ControlFailureCode
        self.assertEqual(self.refused("Perhaps"), codes.CF_VALUE_OUT_OF_RANGE)
        self.assertEqual(self.refused("REX_FAX"), codes.CF_INVALID_OBJECT_STATE)
        self.assertEqual(self.refused("Callback 11232026 12:00"), codes.CF_VALUE_OUT_OF_RANGE)
        self.assertIs(self.centre.agent().state, AgentState.RESERVED)

    def test_personal_callback(self) -> None:
        """A personal callback that is due goes to its agent, although another has been available longer."""
        self.start((), 2, 1)
        back = replace(records(1)[0], state=RecordState.CALLBACK, due=NOON, agent_id="agent1")
        self.outbound.ledger.add_records(CAMPAIGN.id, [back], self.centre.now)
        self.centre.engine.match(self.centre.now)
        self.assertIsNotNone(self.centre.agent(1).outbound)


class CallTests(OutboundCase):
    """From Accept to the result."""

    def test_whole(self) -> None:
        """Accept: the agent's phone dials, he is TALKING, the customer answers, and the record is closed once."""
        self.start(records(1), 1)
        self.say("Accept")
        self.assertEqual(
            self.centre.told(),
            [
                "CALL_DATA_UPDATE 1001",
                "CALL_CONNECTION_CLEARED 1001",
                "END_CALL 1001",
                "BEGIN_CALL 1001",
                "CALL_SERVICE_INITIATED 1001",
                "CALL_ORIGINATED 1001",
                "agent1 TALKING",
                "CALL_DELIVERED 1001",
            ],
        )
        self.customer_answers()
        self.customer_leaves()
        self.assertEqual(
            self.centre.told(),
            [
                "CALL_ESTABLISHED 1001",
                f"CALL_CONNECTION_CLEARED {phone(1)}",
                "CALL_CONNECTION_CLEARED 1001",
                "CALL_CLEARED 1001",
                "agent1 READY",
                "END_CALL 1001",
            ],
        )
        self.assertEqual(
            [(c.record.state, c.attempt and c.attempt.result) for c in self.changes],
            [(RecordState.ACTIVE, None), (RecordState.CLOSED, Result.VOICE)],
        )
        self.assertEqual(self.figures, {"preview": 1, "accepted": 1, "answered": 1})
        self.assertEqual(
            (self.outbound.ledger.assignments, self.centre.engine.calls.by_id), ({}, {})
        )

    def test_written_first(self) -> None:
        """Nobody dials before it has been written down that the customer is being called."""
        self.start(records(1), 1)
        self.holds_claims = True
        self.say("Accept")
        self.assertEqual(list(self.centre.switch.model.calls), [])
        self.assertEqual(self.kept[1].attempts, 1)
        self.claim(1)
        self.assertEqual(len(self.centre.switch.model.calls), 1)

    def test_not_written(self) -> None:
        """When it cannot be written down the agent is READY, and the customer has not been called."""
        self.start(records(1), 1)
        self.holds_claims = True
        self.say("Accept")
        self.outbound.not_claimed(1, self.centre.now)
        self.centre.settle()
        self.write()
        self.assertEqual(self.centre.told()[-1], "agent1 READY")
        self.assertEqual((self.kept[1].state, self.kept[1].attempts), (RecordState.PENDING, 0))

    def test_gone_meanwhile(self) -> None:
        """An agent whose phone is gone when it has been written down does not dial; it does not count."""
        self.start(records(1), 1)
        self.holds_claims = True
        self.say("Accept")
        self.centre.hear(self.centre.switch.unregister("SEP0000000003E9"))
        self.centre.settle()
        self.claim(1)
        self.write()
        self.assertEqual((self.kept[1].state, self.kept[1].attempts), (RecordState.PENDING, 0))
        self.assertEqual(list(self.centre.switch.model.calls), [])

    def test_not_dialled(self) -> None:
        """A phone that does not dial makes its agent NOT_READY, and does not count as an attempt."""
        self.start(records(1), 1)
        self.holds_claims = True
        self.say("Accept")
        terminal = next(iter(self.centre.switch.model.addresses["1001"].terminals))
        self.centre.switch.connect(self.centre.switch.allocate(), terminal, "1001", "0699999999")
        self.claim(1)
        self.write()
        self.assertEqual(self.centre.told()[-1], "agent1 NOT_READY 32762")
        self.assertEqual((self.kept[1].state, self.kept[1].attempts), (RecordState.PENDING, 0))

    def test_no_answer(self) -> None:
        """An agent who gives up gives the result no answer; the second time the record is used up."""
        self.start(records(1), 1)
        for attempt, state in ((1, RecordState.PENDING), (2, RecordState.MAX_CALLS)):
            self.say("Accept")
            self.centre.hang_up(FIRST_CALL_ID + attempt - 1, "1001")
            self.write()
            kept = self.kept[1]
            self.assertEqual(
                (kept.state, kept.attempts, kept.result), (state, attempt, Result.NO_ANSWER)
            )
            self.centre.wait(3601)
        self.assertEqual(self.figures["no_answer"], 2)

    def test_invalid(self) -> None:
        """A number that there is not closes the record."""
        wrong = replace(records(1)[0], phone="12")
        self.start([wrong], 1)
        self.say("Accept")
        call_id = next(iter(self.centre.switch.model.calls))
        self.centre.hang_up(call_id, "1001")
        self.write()
        self.assertEqual(
            (self.kept[1].state, self.kept[1].result), (RecordState.CLOSED, Result.INVALID)
        )

    def test_work(self) -> None:
        """A queue with automatic work lets the agent wrap up, with 32745, in the customer's call."""
        self.start(records(1), 1, auto_work=True, wrapup_time_s=10)
        self.say("Accept")
        self.customer_answers()
        self.customer_leaves()
        self.assertEqual(self.centre.told()[-2:], ["CALL_CLEARED 1001", "agent1 WORK 32745"])
        self.centre.wait(11)
        self.assertEqual(self.centre.told(), ["agent1 READY 32758", "END_CALL 1001"])

    def test_reclassified(self) -> None:
        """The agent's word is the result, in the call and in wrap-up; each call counts once."""
        self.start(records(1), 1, auto_work=True)
        self.say("Accept")
        self.customer_answers()
        self.say("REX_ANS_MACHINE", call_id=FIRST_CALL_ID)
        self.customer_leaves()
        self.assertEqual(self.kept[1].result, Result.ANS_MACHINE)
        self.assertEqual(self.figures, {"preview": 1, "accepted": 1, "machine": 1})
        self.say("REX_FAX", call_id=FIRST_CALL_ID)
        self.assertEqual(
            (self.kept[1].state, self.kept[1].result), (RecordState.CLOSED, Result.FAX)
        )
        self.assertEqual(self.figures, {"preview": 1, "accepted": 1, "fax": 1})
        attempts = {(c.attempt.record_id, c.attempt.number) for c in self.changes if c.attempt}
        self.assertEqual(attempts, {(1, 1)})
        codes = ControlFailureCode
        self.assertEqual(
            self.refused("Accept", call_id=FIRST_CALL_ID), codes.CF_INVALID_OBJECT_STATE
        )

    def test_too_late(self) -> None:
        """Once somebody else has called the customer, the word about the earlier call comes too late."""
        busy = replace(CAMPAIGN, busy_retry_s=0, declined_retry_s=0)
        self.start(records(1), 1, campaign=busy, auto_work=True)
        self.say("Accept")
        self.outbound.failed(self.centre.engine.calls.by_id[FIRST_CALL_ID], Cause.BUSY)
        self.centre.hang_up(FIRST_CALL_ID, "1001")
        self.write()
        self.assertIs(self.centre.agent().state, AgentState.WORK)
        code = ControlFailureCode.CF_INVALID_OBJECT_STATE
        self.centre.sign_in(2)
        self.assertEqual(self.refused("REX_FAX", call_id=FIRST_CALL_ID), code)
        self.say("Accept", 2)
        self.centre.hang_up(FIRST_CALL_ID + 1, "1002")
        self.write()
        self.centre.request(Request.READY, 2)
        self.assertEqual(self.refused("REX_FAX", call_id=FIRST_CALL_ID), code)
        self.assertEqual(self.kept[1].attempts, 2)

    def test_do_not_call(self) -> None:
        """A customer who does not want to be called never is again, whatever else was agreed."""
        self.start(records(1), 1)
        self.say("Accept")
        self.customer_answers()
        self.say("Callback 11242026 10:00", call_id=FIRST_CALL_ID)
        self.say("DO_NOT_CALL", call_id=FIRST_CALL_ID)
        self.customer_leaves()
        self.assertEqual(self.kept[1].state, RecordState.CLOSED)
        self.assertEqual(self.changes[-1].do_not_call, phone(1))

    def test_callback(self) -> None:
        """A callback is at the agreed time by the customer's clock, at the agreed number, for its agent."""
        customer = replace(records(1)[0], time_zone="Europe/Amsterdam")
        self.start([customer], 1)
        self.say("Accept")
        self.customer_answers()
        self.say("P 11232026 15:00", call_id=FIRST_CALL_ID)
        self.say("P#0699999999", call_id=FIRST_CALL_ID)
        self.customer_leaves()
        kept = self.kept[1]
        self.assertEqual(
            (kept.state, kept.due, kept.agent_id, kept.number),
            (RecordState.CALLBACK, NOON + 2 * 3600, "agent1", "0699999999"),
        )
        self.assertEqual(self.figures["callback"], 1)
        self.centre.wait(2 * 3600 + 1)
        assignment = self.centre.agent().outbound
        self.assertEqual(assignment.record.number if assignment else "", "0699999999")

    def test_callback_cancelled(self) -> None:
        """A callback that was agreed and given up is none, also one that the reservation brought."""
        self.start(records(1), 1)
        self.say("Callback 11242026 10:00")
        self.say("Accept")
        self.customer_answers()
        self.say("Callback Cancel", call_id=FIRST_CALL_ID)
        self.customer_leaves()
        self.assertEqual(self.kept[1].result, Result.VOICE)

    def test_callback_instead(self) -> None:
        """A callback agreed while the agent looks at the customer holds, however he answers."""
        self.start(records(1), 1)
        self.say("Callback 11242026 10:00")
        self.say("Reject-Close")
        self.assertIs(self.kept[1].state, RecordState.CALLBACK)
        self.assertEqual(self.figures["callback"], 1)

    def test_provider_lost(self) -> None:
        """Calls that are lost with the switch have one result, and reservations none."""
        self.start(records(2), 1, 2)
        self.say("Accept")
        self.assertEqual(len(self.outbound.ledger.assignments), 2)
        change = Change(self.centre.switch.model, MetaCode.UNKNOWN)
        change.tell(EventID.PROV_OUT_OF_SERVICE)
        self.centre.hear((change.batch(),))
        self.write()
        self.assertEqual(
            [(self.kept[n].attempts, self.kept[n].result) for n in (1, 2)],
            [(1, Result.UNKNOWN), (0, None)],
        )
        self.assertEqual(
            (self.outbound.ledger.assignments, self.centre.engine.calls.by_id), ({}, {})
        )
        self.assertEqual([self.centre.agent(n).outbound for n in (1, 2)], [None, None])

    def test_busy(self) -> None:
        """A customer who is busy is called again after the delay of that."""
        self.start(records(1), 1)
        self.say("Accept")
        call = self.centre.engine.calls.by_id[FIRST_CALL_ID]
        self.outbound.failed(call, Cause.BUSY)
        self.centre.hang_up(FIRST_CALL_ID, "1001")
        self.write()
        self.assertEqual(self.kept[1].result, Result.BUSY)

    def test_types(self) -> None:
        """The customer's call is a preview with BAStatus CO."""
        self.start(records(1), 1)
        self.centre.events.clear()
        self.say("Accept")
        begins = [
            event
            for event in self.centre.events
            if isinstance(event, CallEvent) and event.kind is CallEventKind.BEGIN
        ]
        self.assertEqual([event.call_type for event in begins], [CallType.CALLTYPE_PREVIEW])
        self.assertEqual(begins[0].data.named["BAStatus"], "CO")
        self.assertEqual(begins[0].data.named["BAResponse"], "")
