"""Outbound: who is given which customer, and what becomes of it.

Inbound contacts come first: an agent is given a customer when no contact waits for him. A call is dialled when
`Outbound.claimed` says that its claim is kept.

Spec: ``engine.md`` §4; ``cti.md`` §11.12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import Connect, Drop, Operation
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Dialling, Queue
from finesse_tx.engine.core.outbound.assignment import (
    RESPONSE,
    Agreement,
    Assignment,
    Preview,
    Stage,
    Work,
)
from finesse_tx.engine.core.outbound.ledger import Ledger
from finesse_tx.engine.core.outbound.previews import Previews
from finesse_tx.engine.core.outbound.progressive import Progressive
from finesse_tx.engine.core.outbound.records import Campaign, CampaignState, DialingMode, Result
from finesse_tx.engine.core.outbound.responses import (
    Answer,
    CallbackCancelled,
    CallbackNumber,
    CallbackTime,
    Reclassification,
    Response,
    ResponseError,
    read,
)
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.router import Router
from finesse_tx.engine.core.states import Input
from finesse_tx.telephony.core.events import Cause

__all__ = ["RESULTS", "Outbound"]

RESULTS: Final[Mapping[Cause, Result]] = MappingProxyType(
    {
        Cause.BUSY: Result.BUSY,
        Cause.DEST_NOT_OBTAINABLE: Result.INVALID,
        Cause.INCOMPATIBLE_DESTINATION: Result.INVALID,
        Cause.CALL_NOT_ANSWERED: Result.NO_ANSWER,
    }
)
"""What a call that failed has come to; NO_ANSWER for other causes."""

_CF: Final = ControlFailureCode
_PE: Final = PeripheralErrorCode


class Outbound:
    """All campaigns.

    Attributes:
        ledger: Their records.
    """

    def __init__(self, floor: Floor, roster: Roster, calls: Calls, router: Router) -> None:
        self._floor = floor
        self._queues: Mapping[int, Queue] = {}
        self.ledger = Ledger(floor)
        self._previews = Previews(floor, roster, calls, router, self.ledger)
        self._progressive = Progressive(floor, router, self.ledger)

    def configure(self, queues: Mapping[int, Queue]) -> None:
        """Take the engine's queues."""
        self._queues = queues

    def set_state(self, campaign_id: int, state: CampaignState, now: float) -> None:
        """Let a campaign run, pause or stop."""
        work = self.ledger.works[campaign_id]
        work.listing.campaign = replace(work.campaign, state=state)
        if state is CampaignState.STOPPED:
            for preview in list(self.ledger.assignments.values()):
                is_offered = preview.work is work and preview.stage is Stage.OFFERED
                if isinstance(preview, Preview) and is_offered:
                    self._previews.decline(preview, Input.PREVIEW_REJECTED, now)
        self.ledger.plan(work, now)

    def reconfigure(self, campaign: Campaign, now: float) -> None:
        """Go by what a campaign is now; whether it runs stays. Who is offered or called already is not affected."""
        work = self.ledger.works[campaign.id]
        work.listing.configure(replace(campaign, state=work.campaign.state))
        self.ledger.plan(work, now)

    def forget(self, campaign_id: int, now: float) -> None:
        """A campaign is there no more: nobody new is called for it, and calls that are under way go on."""
        self.set_state(campaign_id, CampaignState.STOPPED, now)
        del self.ledger.works[campaign_id]

    def match(self, now: float) -> None:
        """Give customers to agents for whom no contact waits; take them from those who are gone."""
        while self._floor.deserted:
            self._previews.deserted(self._floor.deserted.popleft(), now)
        offered = bool(self.ledger.works) and not self.ledger.is_held
        while offered:
            offered = False
            for work in self.ledger.works.values():
                if work.next_at is not None and work.next_at <= self.ledger.utc(now):
                    offered = self._offer_one(work, now) or offered

    def _offer_one(self, work: Work, now: float) -> bool:
        queue = self._queues.get(work.campaign.csq_id)
        if queue is None:
            return False
        if work.campaign.mode is DialingMode.PROGRESSIVE:
            return self._progressive.offer_one(work, queue, now)
        return self._previews.offer_one(work, queue, now)

    # What agents say ------------------------------------------------------------------------------------------

    def check(self, call: Call, change: DataChange, now: float) -> Response | None:
        """Find out what an agent says of a customer by what is to be attached to a call.

        Returns:
            What is said; None for nothing of the sort.

        Raises:
            ControlFailureError: It is no BAResponse, or not one for that moment.
        """
        assignment, text = call.outbound, change.named.get(RESPONSE, "")
        if assignment is None or not text:
            return None
        out_of_range = ControlFailureError(_CF.CF_VALUE_OUT_OF_RANGE, _PE.INVALID_ARGUMENT)
        try:
            response = read(text)
        except ResponseError:
            raise out_of_range from None
        offered = assignment.stage is Stage.OFFERED
        wrong = isinstance(response, Answer) is not offered and isinstance(
            response, Answer | Reclassification
        )
        if wrong or not self.ledger.is_current(assignment):
            raise ControlFailureError(_CF.CF_INVALID_OBJECT_STATE)
        if isinstance(response, CallbackTime) and self._when(
            assignment, response
        ) <= self.ledger.utc(now):
            raise out_of_range
        return response

    @staticmethod
    def _when(assignment: Assignment, response: CallbackTime) -> float:
        zone = assignment.work.listing.zone_of(assignment.record)
        return response.local.replace(tzinfo=zone).timestamp()

    def respond(self, call: Call, response: Response, now: float) -> None:
        """Do what an agent says; it has been checked."""
        assignment = call.outbound
        if assignment is None:
            return
        agreement = assignment.agreement
        match response:
            case Answer():
                if isinstance(assignment, Preview):
                    self._previews.answer(assignment, response, now)
                return
            case Reclassification(result):
                self._reclassify(assignment, result, now)
                return
            case CallbackTime(_, is_personal):
                agent_id = assignment.agent_id if is_personal else ""
                due = self._when(assignment, response)
                assignment.agreement = replace(agreement, due=due, agent_id=agent_id)
            case CallbackNumber(number):
                assignment.agreement = replace(agreement, phone=number)
            case CallbackCancelled():
                assignment.agreement = Agreement()
        if assignment.stage is Stage.OVER and assignment.result is not None:
            self.ledger.settle(assignment, assignment.result, now)

    def _reclassify(self, assignment: Assignment, result: Result, now: float) -> None:
        """The agent knows better."""
        assignment.result = result
        if assignment.stage is Stage.OVER:
            self.ledger.settle(assignment, result, now)

    # The call -------------------------------------------------------------------------------------------------

    def claimed(self, record_id: int, now: float) -> None:
        """It has been written down that a customer is being called: dial."""
        assignment = self._claim_of(record_id)
        if isinstance(assignment, Preview):
            self._previews.dial(assignment, now)
        elif assignment is not None:
            self._progressive.dial(assignment, now)

    def not_claimed(self, record_id: int, now: float) -> None:
        """It could not be written down: do not dial."""
        assignment = self._claim_of(record_id)
        if isinstance(assignment, Preview):
            self._previews.not_dialled(assignment, Input.PREVIEW_REJECTED, now)
        elif assignment is not None:
            self.ledger.undo(assignment, now)

    def _claim_of(self, record_id: int) -> Assignment | None:
        assignment = self.ledger.assignments.get(record_id)
        is_claim = assignment is not None and assignment.stage is Stage.CLAIMED
        return assignment if is_claim else None

    def operation_failed(self, operation: Operation, cause: Cause, now: float) -> None:
        """The telephone system did not dial."""
        if not isinstance(operation, Connect):
            return
        self._progressive.not_dialled(operation.address, now)
        if (preview := self._previews.not_begun(operation.address, operation.digits)) is not None:
            is_down = cause in {Cause.RESOURCES_NOT_AVAILABLE, Cause.DEST_NOT_OBTAINABLE}
            happening = Input.PHONE_DOWN if is_down else Input.LINE_BUSY
            self._previews.not_dialled(preview, happening, now)

    def begins(self, call: Call, dialling: Dialling | None) -> DataChange | None:
        """A call has begun.

        Args:
            call: The call.
            dialling: What an agent has asked for and this is; None for any other call.

        Returns:
            What is attached to it; None for nothing.
        """
        ours = self._previews.begins(call) or self._progressive.begins(call)
        return ours if ours is not None or dialling is None else dialling.change

    def dialled(self, call: Call, now: float) -> None:
        """The agent's phone has dialled."""
        if isinstance(call.outbound, Preview):
            self._previews.dialled(call.outbound, call, now)

    def answered(self, call: Call, number: str, now: float) -> None:
        """Somebody has answered; when it is the customer, he is given to an agent who has not been yet."""
        assignment = call.outbound
        if assignment is None or number != assignment.record.number:
            return
        assignment.result = assignment.result or Result.VOICE
        if not isinstance(assignment, Preview):
            self._progressive.answered(assignment, call, now)

    @staticmethod
    def connected(call: Call, agent: Agent) -> None:
        """An agent talks to a customer whom a port has called."""
        if call.outbound is not None:
            call.outbound.agent_id = agent.id

    def failed(self, call: Call, cause: Cause) -> None:
        """The customer cannot be reached: an agent hears why, a port hangs up."""
        assignment = call.outbound
        if assignment is None or assignment.result is not None:
            return
        assignment.result = RESULTS.get(cause, Result.NO_ANSWER)
        if not isinstance(assignment, Preview):
            self._floor.effects.append(Drop(call.id))

    def over(self, call: Call, now: float) -> None:
        """The call is over: keep its result."""
        assignment = call.outbound
        if assignment is None or assignment.stage is Stage.OVER:
            return
        assignment.stage = Stage.OVER
        self.ledger.stop_ringing(assignment)
        if not assignment.agent_id and assignment.result is Result.VOICE:
            assignment.result = Result.UNKNOWN  # he has gone before there was an agent for him
        self.ledger.settle(assignment, assignment.result or Result.NO_ANSWER, now)

    def lose_all(self, now: float) -> None:
        """The telephone system is lost, and with it every call."""
        self._progressive.lose_all()
        self._previews.lose_all()
        for assignment in list(self.ledger.assignments.values()):
            self.ledger.stop_ringing(assignment)
            if isinstance(assignment, Preview):
                if assignment.agent.outbound is assignment:
                    assignment.agent.outbound = None
                self._previews.deserted(assignment, now)
            if assignment.stage is Stage.DIALLED:
                assignment.stage = Stage.OVER
                self.ledger.settle(assignment, assignment.result or Result.UNKNOWN, now)
