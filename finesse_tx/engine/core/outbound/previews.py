"""Direct preview: an agent is given a customer, and says what is to become of him.

Spec: ``engine.md`` §4; ``cti.md`` §11.12; ``telephony.md`` §4.6; ``notifications.md`` §7.7.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.cti.core.enums import EventCause
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.data import CallData, DataChange
from finesse_tx.engine.core.events import CallEventKind, Connect
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Dialling, Queue
from finesse_tx.engine.core.outbound.assignment import (
    RESERVED_STATUS,
    TALKING_STATUS,
    Preview,
    Stage,
    Work,
    variables,
)
from finesse_tx.engine.core.outbound.ledger import Ledger
from finesse_tx.engine.core.outbound.records import CampaignState, DialingRecord, Result
from finesse_tx.engine.core.outbound.responses import Answer
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.router import Router
from finesse_tx.engine.core.selection import selected
from finesse_tx.engine.core.states import Input
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.objects import Call as TelephonyCall
from finesse_tx.telephony.core.objects import Connection
from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallState,
    ConnectionState,
)

__all__ = ["LAST_RESERVATION_ID", "Previews"]

LAST_RESERVATION_ID: Final = 2**24 - 1
"""Reservation calls are numbered from 1 to this and again from 1: below what a telephone system gives its calls."""

_K: Final = CallEventKind


class Previews:
    """The customers at whom agents look, and whom they call then."""

    def __init__(
        self, floor: Floor, roster: Roster, calls: Calls, router: Router, ledger: Ledger
    ) -> None:
        self._floor, self._roster, self._calls = floor, roster, calls
        self._router, self._ledger = router, ledger
        self._last_id = 0
        self._dialling: list[Preview] = []  # whom a phone is to call, until the call begins

    def offer_one(self, work: Work, queue: Queue, now: float) -> bool:
        """Give one customer of a campaign to an agent; say whether there were both."""
        first = queue.ready.first()
        if first is None:
            return False
        for agent_id in work.listing.owners(self._ledger.utc(now)):
            own = self._roster.agents.get(agent_id)
            if own is not None and own in queue.ready:
                return self._offer_to(work, own, queue, now)
        return self._offer_to(work, first[1], queue, now)

    def _offer_to(self, work: Work, agent: Agent, queue: Queue, now: float) -> bool:
        record = self._ledger.next(work, agent.id, now)
        if record is None:
            return False
        preview = self._assign(work, record, queue, agent)
        selected(queue, agent)
        self._roster.happen(agent, Input.PREVIEW_RESERVED, now)
        self._reserve(preview, now)
        return True

    def _assign(self, work: Work, record: DialingRecord, queue: Queue, agent: Agent) -> Preview:
        preview = agent.outbound = Preview(
            work=work, record=record, queue=queue, agent=agent, agent_id=agent.id
        )
        self._ledger.assign(preview)
        return preview

    # The reservation ------------------------------------------------------------------------------------------

    def _reserve(self, preview: Preview, now: float) -> None:
        """Tell the agent's clients of a call that rings nowhere."""
        agent, work = preview.agent, preview.work
        work.statistics.preview += 1
        port = next(
            (
                address.number
                for address in self._floor.model.addresses.values()
                if address.kind is AddressKind.CTI_PORT
            ),
            "",
        )
        model = TelephonyCall(
            self._reservation_id(), CallState.ACTIVE, calling=port, called=agent.extension
        )
        address = self._floor.model.addresses[agent.extension]
        alerting = ConnectionState.ALERTING, CallControlConnectionState.ALERTING
        model.connections[agent.extension] = Connection(model, address, *alerting)
        call = preview.call = self._calls.create(model)
        call.outbound = preview
        call.data = CallData(port, agent.extension, preview.record.number).changed_by(
            DataChange(named=variables(preview, RESERVED_STATUS))
        )
        party = self._calls.join(call, agent.extension)
        self._calls.begin(party, call)
        self._calls.tell(call, _K.DELIVERED, agent.extension, cause=EventCause.CEC_NEW_CALL)
        preview.deadline = self._floor.agenda.set(
            now + work.campaign.reservation_s,
            lambda later: self.decline(preview, Input.RESERVATION_EXPIRED, later),
        )

    def _reservation_id(self) -> int:
        while True:
            self._last_id = self._last_id % LAST_RESERVATION_ID + 1
            if self._last_id not in self._calls.by_id:
                return self._last_id

    def _end_reservation(self, preview: Preview) -> None:
        """The artificial call is over."""
        self._ledger.stop_ringing(preview)
        call, preview.call = preview.call, None
        if call is None:
            return
        extension = next(iter(call.model.connections))
        self._calls.tell(call, _K.CONNECTION_CLEARED, extension)
        call.model.connections.clear()
        call.parties.clear()
        call.is_over, call.outbound = True, None
        self._calls.end(call, extension)

    def decline(self, preview: Preview, happening: Input, now: float) -> None:
        """The agent does not take this customer, now."""
        self.give_back(preview, now)
        preview.agent.outbound = None
        self._roster.happen(preview.agent, happening, now)

    def give_back(self, preview: Preview, now: float) -> None:
        """The reservation is over, and the customer is offered again later."""
        self._end_reservation(preview)
        self._ledger.give_back(preview, now)

    def _close(self, preview: Preview, result: Result, now: float) -> None:
        self._end_reservation(preview)
        self._ledger.close(preview, result, now)

    def deserted(self, preview: Preview, now: float) -> None:
        """The agent is not reserved any more: his phone is gone, or he is."""
        if preview.stage is Stage.OFFERED:
            self.give_back(preview, now)
        # One that is being written down is undone when it has been: see `dial`.

    # What the agent says --------------------------------------------------------------------------------------

    def answer(self, preview: Preview, answer: Answer, now: float) -> None:
        """Do what the agent says; the last word about that customer was not said yet."""
        agent, statistics = preview.agent, preview.work.statistics
        match answer:
            case Answer.ACCEPT:
                self._accept(preview, now)
            case Answer.REJECT:
                statistics.rejected += 1
                self.decline(preview, Input.PREVIEW_REJECTED, now)
            case Answer.REJECT_CLOSE:
                self._close(preview, Result.CLOSED, now)
                agent.outbound = None
                self._roster.happen(agent, Input.PREVIEW_REJECTED, now)
            case Answer.SKIP:
                statistics.rejected += 1
                self.give_back(preview, now)
                self._skip(preview, now)
            case Answer.SKIP_CLOSE:
                self._close(preview, Result.CLOSED, now)
                self._skip(preview, now)
            case Answer.CANCEL_RESERVATION:
                self.decline(preview, Input.RESERVATION_CANCELLED, now)

    def _skip(self, preview: Preview, now: float) -> None:
        """Give an agent who stays reserved the next customer; without one he is READY."""
        agent, work = preview.agent, preview.work
        agent.outbound = None
        runs = work.campaign.state is CampaignState.RUNNING and not self._ledger.is_held
        record = self._ledger.next(work, agent.id, now) if runs and agent.pending is None else None
        if record is None:
            self._roster.happen(agent, Input.PREVIEW_SKIPPED, now)
        else:
            self._reserve(self._assign(work, record, preview.queue, agent), now)

    def _accept(self, preview: Preview, now: float) -> None:
        agent = preview.agent
        forbidden = self._ledger.forbidden(preview.record)
        if forbidden is not None:  # since it was offered
            self._close(preview, forbidden, now)
            agent.outbound = None
            self._roster.happen(agent, Input.PREVIEW_REJECTED, now)
            return
        preview.work.statistics.accepted += 1
        self._end_reservation(preview)
        self._ledger.claim(preview, now)

    # The call -------------------------------------------------------------------------------------------------

    def dial(self, preview: Preview, now: float) -> None:
        """Let the agent's phone dial; that the customer is called has been written down."""
        agent = preview.agent
        if agent.outbound is not preview or agent.station is None:
            self._ledger.undo(preview, now)
            return
        preview.stage, preview.extension = Stage.DIALLED, agent.extension
        agent.dialling = Dialling(preview.record.number, DataChange())
        self._dialling.append(preview)
        self._floor.effects.append(
            Connect(agent.station.terminal, agent.extension, preview.record.number)
        )

    def begins(self, call: Call) -> DataChange | None:
        """A call has begun: perhaps one of ours; what is attached to it comes back."""
        model = call.model
        preview = None if model.consults_for else self.not_begun(model.calling, model.called)
        if preview is None:
            return None
        call.outbound, preview.call = preview, call
        return DataChange(named=variables(preview, TALKING_STATUS))

    def not_begun(self, extension: str, digits: str) -> Preview | None:
        """Find out whom a phone was to call, and will not."""
        for preview in self._dialling:
            if (preview.extension, preview.record.number) == (extension, digits):
                self._dialling.remove(preview)
                return preview
        return None

    def lose_all(self) -> None:
        """The telephone system is lost."""
        self._dialling.clear()

    def dialled(self, preview: Preview, call: Call, now: float) -> None:
        """The agent's phone has dialled: the customer is the agent's contact from now on.

        An agent who has got another contact meanwhile, or is not reserved any more, has made a call of his own.
        """
        agent = preview.agent
        if agent.outbound is not preview:
            return
        self._roster.happen(agent, Input.PREVIEW_DIALLED, now)
        agent.outbound = None
        self._router.connect(call, preview.trigger, preview.queue, agent)

    def not_dialled(self, preview: Preview, happening: Input, now: float) -> None:
        """The phone has not dialled after all, and will not."""
        self._ledger.undo(preview, now)
        if preview.agent.outbound is preview:
            preview.agent.outbound = None
            self._roster.happen(preview.agent, happening, now)
