"""What the server asks the peripheral itself, for a session in agent mode: who the agent is, and in which calls.

Spec: ``cti.md`` §10.1 (2: agent data; 5: calls in progress), §11.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from finesse_tx.cti.core.enums import AgentState, StatusCode
from finesse_tx.cti.core.errors import OpenRefusedError
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.cti.core.messages import (
    BeginCallEvent,
    FailureConf,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SnapshotCallConf,
    SnapshotCallReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
)
from finesse_tx.cti.core.opening import Agent
from finesse_tx.interfaces import IPeripheral

__all__ = ["ANSWER_S", "asking", "calls_of", "find_agent"]

ANSWER_S: Final = 10.0
"""How long the peripheral may take to answer a request (§12.2)."""

Ask = Callable[[Request], Deferred[Message]]


def asking(peripheral: IPeripheral, clock: IReactorTime) -> Ask:
    """How to ask ``peripheral``: what comes back fires with the answer, or fails with `defer.TimeoutError`."""

    def ask(request: Request) -> Deferred[Message]:
        answer: Deferred[Message] = Deferred()

        def reply(message: Message) -> None:
            if isinstance(message, Confirmation) and not answer.called:
                answer.callback(message)

        peripheral.request(request, reply)
        return answer.addTimeout(ANSWER_S, clock)

    return ask


async def find_agent(ask: Ask, agent: Agent) -> tuple[Agent, int]:
    """Find out who, where and how the agent is that an OPEN_REQ names.

    Raises:
        OpenRefusedError: The peripheral does not know the agent, or does not answer.
    """
    question = QueryAgentStateReq(
        agent_extension=agent.extension or None,
        agent_instrument=agent.instrument or None,
        agent_id_long=agent.agent_id or None,
    )
    try:
        answer = await ask(question)
    except defer.TimeoutError:
        raise OpenRefusedError(StatusCode.E_CTI_TIMEOUT, "the engine does not answer") from None
    if isinstance(answer, QueryAgentStateConf):
        found = Agent(
            agent_id=answer.agent_id_long or agent.agent_id,
            extension=answer.agent_extension or agent.extension,
            instrument=answer.agent_instrument or agent.instrument,
        )
        return found, answer.agent_state
    status = answer.status if isinstance(answer, FailureConf) else 0
    if status == StatusCode.E_CTI_AGENT_NOT_LOGGED_ON:
        return agent, AgentState.LOGOUT
    refused = {
        StatusCode.E_CTI_DEVICE_IN_USE,
        StatusCode.E_CTI_INCONSISTENT_AGENT_DATA,
    }
    reason = "the engine does not know the agent"
    if status in refused:
        raise OpenRefusedError(StatusCode(status), reason)
    raise OpenRefusedError(StatusCode.E_CTI_INVALID_AGENT_DATA, reason)


async def calls_of(ask: Ask, device: str) -> list[BeginCallEvent]:
    """The calls that a phone has now, as the events that began them.

    Raises:
        defer.TimeoutError: The peripheral does not answer.
    """
    calls = await ask(SnapshotDeviceReq(agent_instrument=device))
    begun = []
    for entry in calls.calls if isinstance(calls, SnapshotDeviceConf) else ():
        call_id = entry.call_connection_call_id
        if call_id is None:
            continue
        call = await ask(SnapshotCallReq(connection_call_id=call_id, connection_device_id=device))
        if isinstance(call, SnapshotCallConf):
            begun.append(_begin(call_id, device, call))
    return begun


def _begin(call_id: int, device: str, call: SnapshotCallConf) -> BeginCallEvent:
    return BeginCallEvent(
        call_type=call.call_type,
        connection_call_id=call_id,
        called_party_disposition=call.called_party_disposition,
        connection_device_id=device,
        ani=call.ani,
        user_to_user_info=call.user_to_user_info,
        dnis=call.dnis,
        dialed_number=call.dialed_number,
        caller_entered_digits=call.caller_entered_digits,
        call_variables=call.call_variables,
        call_wrapup_data=call.call_wrapup_data,
        named_variables=call.named_variables,
        named_arrays=call.named_arrays,
    )
