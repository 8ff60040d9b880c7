"""The contact-centre engine: commands, provider events and time in; events and operations out.

Nothing here waits, and nothing knows what time it is: whoever runs it passes ``now``, takes the effects after each
call, and calls `Engine.advance` when `Engine.due_at` has come. Contacts are given to agents at the end of each call,
so a reservation is never seen half made.

Spec: ``engine.md`` §1 to §3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.agent_control import AgentControl
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.control import CallRequest, Control
from finesse_tx.engine.core.data import DataChange, DataTooLargeError
from finesse_tx.engine.core.events import Effect, Operation
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call
from finesse_tx.engine.core.observer import Observer
from finesse_tx.engine.core.outbound.outbound import Outbound
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.router import Router
from finesse_tx.engine.core.scripts.steps import Script
from finesse_tx.engine.core.states import Request
from finesse_tx.engine.core.supervision import Supervision
from finesse_tx.engine.core.two_calls import TwoCalls
from finesse_tx.telephony.core.events import Batch, Cause
from finesse_tx.telephony.core.inventory import Inventory
from finesse_tx.telephony.core.states import ProviderState

__all__ = ["Engine"]

_CF: Final = ControlFailureCode
_PE: Final = PeripheralErrorCode


class Engine:
    """The engine.

    Attributes:
        floor: What its parts share; to be read.
        calls: The calls; to be read.
        roster: The agents; to be read.
        router: Contacts and queues; to be read.
        call_control: What may be done in a call; what changes an agent is asked for by the methods below.
        supervision: What supervisors may do in their agents' calls.
        two_calls: What may be done with two calls of a device; it changes nothing but what a dialled call begins with.
        outbound: Campaigns; what changes them is followed by `match`.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        policy: Policy | None = None,
        scripts: Mapping[str, Script] = MappingProxyType({}),
    ) -> None:
        self.floor = Floor(policy or Policy())
        self.calls = Calls(self.floor)
        self.roster = Roster(self.floor, self.calls)
        self.router = Router(self.floor, self.roster, self.calls, scripts)
        self.call_control = Control(self.floor, self.roster, self.calls)
        self.supervision = Supervision(self.floor, self.roster, self.calls, self.call_control)
        self.outbound = Outbound(self.floor, self.roster, self.calls, self.router)
        self._observer = Observer(
            self.floor, self.roster, self.router, self.calls, self.supervision, self.outbound
        )
        self.two_calls = TwoCalls(self.floor, self.calls, self.call_control)
        self._agents = AgentControl(self.floor, self.roster, self.calls)
        self.configure(snapshot, 0.0)

    # Time and effects -----------------------------------------------------------------------------------------

    def take_effects(self) -> list[Effect]:
        """What has been told and asked for since the last time, in causal order."""
        effects, self.floor.effects = self.floor.effects, []
        return effects

    def due_at(self) -> float | None:
        """When `advance` has something to do; None: not until something else happens."""
        return self.floor.agenda.due_at()

    def match(self, now: float) -> None:
        """Give contacts and customers of campaigns to agents."""
        self.router.match(now)
        self.outbound.match(now)
        if self.floor.unmatched:  # whoever was given back, to those who wait
            self.router.match(now)

    def advance(self, now: float) -> None:
        """Do whatever is due."""
        while (deadline := self.floor.agenda.take(now)) is not None:
            deadline.action(now)
            self.match(now)

    # What it learns -------------------------------------------------------------------------------------------

    def configure(self, snapshot: Snapshot, now: float) -> None:
        """Take in the directory, for the first time or again."""
        self.floor.snapshot = snapshot
        self.router.configure(snapshot)
        self.roster.configure(snapshot, self.router.queues, now)
        self.outbound.configure(self.router.queues)
        self.match(now)

    def add_inventory(self, inventory: Inventory) -> None:
        """Take in the telephone system's numbers and devices; before their first event."""
        self.floor.add(inventory)

    def is_online(self) -> bool:
        """Whether the telephone system can be reached."""
        return self.floor.model.state is ProviderState.IN_SERVICE

    def provider_changed(self, batch: Batch, now: float) -> None:
        """Take in what happened on the telephone system.

        Raises:
            ProviderError: It cannot be: a bug of the provider's. What came before it in the batch stands.
            UnknownObjectError: The same.
        """
        try:
            self._observer.changed(batch, now)
        finally:
            self.match(now)

    def operation_failed(self, operation: Operation, cause: Cause, now: float) -> None:
        """Take in that the telephone system did not do what was wanted."""
        self.call_control.operation_failed(operation, now)
        self.supervision.operation_failed(operation)
        self.router.operation_failed(operation, cause, now)
        self.outbound.operation_failed(operation, cause, now)
        self.match(now)

    # What clients ask for -------------------------------------------------------------------------------------

    def agent(self, agent_id: str) -> Agent:
        """Find an agent.

        Raises:
            ControlFailureError: There is none of that login id.
        """
        try:
            return self.roster.agents[agent_id]
        except KeyError:
            raise ControlFailureError(
                _CF.CF_INVALID_AGENT_ID_SPECIFIED, _PE.AGENT_INVALID
            ) from None

    def sign_in(
        self,
        agent_id: str,
        extension: str,
        forced: bool,
        now: float,
        *,
        terminal: str = "",
        session_id: str = "",
    ) -> None:
        """Sign an agent in, whose password has been checked.

        Args:
            agent_id: The login id.
            extension: The phone.
            forced: Whether to leave another phone where the agent is signed in.
            now: The time.
            terminal: Which of the extension's devices; empty for the first one.
            session_id: What the client calls this session; empty for nothing.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        self._agents.sign_in(
            self.agent(agent_id), extension, forced, now, terminal=terminal, session_id=session_id
        )
        self.match(now)

    def request_state(
        self,
        agent_id: str,
        request: Request,
        reason: int,
        now: float,
        *,
        supervisor: str = "",
        session_id: str = "",
    ) -> None:
        """Change an agent's state, or what follows the call.

        Args:
            agent_id: The login id.
            request: Anything but LOGIN.
            reason: Its reason.
            now: The time.
            supervisor: The login id of the supervisor who asks; empty when somebody else has checked that.
            session_id: The session that a forced sign-out is meant for; empty for whichever there is.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        self._agents.request_for(
            self.agent(agent_id),
            request,
            reason,
            now,
            supervisor=supervisor,
            session_id=session_id,
        )
        self.match(now)

    def control(self, request: CallRequest, call_id: int, extension: str) -> Operation:
        """Check what an agent wants to do in a call.

        Returns:
            What the telephone system has to do for it.

        Raises:
            ControlFailureError: It cannot be done.
        """
        return self.call_control.request(request, call_id, extension)

    def clear_call(self, call_id: int, extension: str) -> Operation:
        """Check whether an agent may end a call.

        Returns:
            What the telephone system has to do for it.

        Raises:
            ControlFailureError: It cannot be done.
        """
        return self.call_control.clear_call(call_id, extension)

    def make_call(self, extension: str, digits: str, change: DataChange, now: float) -> Operation:
        """Check whether an agent may make a call; one who is READY is not from now on.

        Args:
            extension: The agent's phone.
            digits: What is to be dialled.
            change: What is attached to the call.
            now: The time.

        Returns:
            What the telephone system has to do for it; its result is the call's id.

        Raises:
            ControlFailureError: It cannot be done; nothing changed.
        """
        operation = self.call_control.make_call(extension, digits, change, now)
        self.match(now)
        return operation

    def call(self, call_id: int) -> Call:
        """Find a call, by its id or that of one that has become part of it; one that is being wrapped up counts.

        Raises:
            ControlFailureError: There is none.
        """
        by_id = self.calls.by_id
        call = by_id.get(call_id) or by_id.get(self.calls.current(call_id))
        if call is None:
            raise ControlFailureError(_CF.CF_INVALID_CSTA_CALL_IDENTIFIER, _PE.CALL_MISSING)
        return call

    def set_data(self, call_id: int, device: str, change: DataChange, now: float) -> None:
        """Attach data to a call.

        Args:
            call_id: The call.
            device: A device that has to do with it.
            change: What changes; BAResponse is what an agent says of a campaign's customer.
            now: The time.

        Raises:
            ControlFailureError: There is no such call, the device has nothing to do with it, it is too much, or
                BAResponse is none for that moment.
        """
        call = self.call(call_id)
        if device not in call.begun:
            raise ControlFailureError(
                _CF.CF_INVALID_CSTA_CONNECTION_IDENTIFIER, _PE.TERMINAL_CONNECTION_MISSING
            )
        response = self.outbound.check(call, change, now)
        try:
            self.calls.attach(call, change)
        except DataTooLargeError:
            raise ControlFailureError(_CF.CF_VALUE_OUT_OF_RANGE, _PE.INVALID_ARGUMENT) from None
        if response is not None:
            self.outbound.respond(call, response, now)
            self.match(now)
