"""What a server asks of a request before the peripheral sees it, and how a request fails.

Spec: ``cti.md`` §8.1 (services), §8.17 to §8.19, §9.0 (AgentInstrument), §10.1 (agent mode), §12.2 (5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from finesse_tx.cti.core.enums import (
    ControlFailureCode,
    CTIService,
    PeripheralErrorCode,
    StatusCode,
)
from finesse_tx.cti.core.floating import tags_of
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.cti.core.messages import (
    AlternateCallReq,
    AnswerCallReq,
    ChangeMonitorMaskReq,
    ClearCallReq,
    ClearConnectionReq,
    ConferenceCallReq,
    ConsultationCallReq,
    ControlFailureConf,
    DeflectCallReq,
    EmergencyCallReq,
    FailureConf,
    HoldCallReq,
    ListAgentTeamReq,
    MakeCallReq,
    MakePredictiveCallReq,
    MonitorAgentTeamStartReq,
    MonitorAgentTeamStopReq,
    MonitorStartReq,
    MonitorStopReq,
    QueryAgentStateReq,
    QueryAgentStatisticsReq,
    QueryDeviceInfoReq,
    ReconnectCallReq,
    RegisterServiceReq,
    ReleaseCallReq,
    RetrieveCallReq,
    SendDtmfSignalReq,
    SessionMonitorStartReq,
    SessionMonitorStopReq,
    SetAgentStateReq,
    SetCallDataReq,
    SnapshotDeviceReq,
    SuperviseCallReq,
    SupervisorAssistReq,
    TransferCallReq,
    UnregisterServiceReq,
)
from finesse_tx.cti.core.opening import PERIPHERAL_ID, Agent, Grant
from finesse_tx.cti.core.sums import wrong_sum
from finesse_tx.cti.core.table import table_of
from finesse_tx.cti.core.translation import from_ucce

__all__ = ["CONTROL", "NEEDS", "admit", "failure", "overdue", "too_many"]

NOBODY: Final = "Unknown"
"""The AgentInstrument of a SET_AGENT_STATE_REQ that only checks a password (§9.7)."""

CONTROL: Final = frozenset(
    {
        AlternateCallReq,
        AnswerCallReq,
        ClearCallReq,
        ClearConnectionReq,
        ConferenceCallReq,
        ConsultationCallReq,
        DeflectCallReq,
        EmergencyCallReq,
        HoldCallReq,
        MakeCallReq,
        MakePredictiveCallReq,
        ReconnectCallReq,
        RetrieveCallReq,
        SendDtmfSignalReq,
        SetAgentStateReq,
        SuperviseCallReq,
        SupervisorAssistReq,
        TransferCallReq,
    }
)
"""The requests that control calls and agents: CONTROL_FAILURE_CONF says why one failed."""

_SUPERVISOR: Final = CTIService.CTI_SERVICE_SUPERVISOR
_CALL_DATA: Final = CTIService.CTI_SERVICE_CALL_DATA_UPDATE

NEEDS: Final[Mapping[type[Request], CTIService]] = {
    **dict.fromkeys(CONTROL, CTIService.CTI_SERVICE_CLIENT_CONTROL),
    SetCallDataReq: _CALL_DATA,
    ReleaseCallReq: _CALL_DATA,
    SuperviseCallReq: _SUPERVISOR,
    ListAgentTeamReq: _SUPERVISOR,
    MonitorAgentTeamStartReq: _SUPERVISOR,
    MonitorAgentTeamStopReq: _SUPERVISOR,
    MonitorStartReq: CTIService.CTI_SERVICE_PERIPHERAL_MONITOR,
    MonitorStopReq: CTIService.CTI_SERVICE_PERIPHERAL_MONITOR,
    ChangeMonitorMaskReq: CTIService.CTI_SERVICE_PERIPHERAL_MONITOR,
    SessionMonitorStartReq: CTIService.CTI_SERVICE_CLIENT_MONITOR,
    SessionMonitorStopReq: CTIService.CTI_SERVICE_CLIENT_MONITOR,
    RegisterServiceReq: CTIService.CTI_SERVICE_SERVER,
    UnregisterServiceReq: CTIService.CTI_SERVICE_SERVER,
}
"""The service that a session must have for a request; the others need none."""

_OWN_PHONE: Final = frozenset(
    {
        *CONTROL - {MakePredictiveCallReq},  # it has an OriginatingDeviceID, and no AgentInstrument
        QueryAgentStateReq,
        QueryAgentStatisticsReq,
        QueryDeviceInfoReq,
        SnapshotDeviceReq,
    }
)
"""The requests about a phone or an agent: in agent mode the session's own, unless it has the supervisor service."""


def failure(invoke_id: int, status: StatusCode) -> FailureConf:
    """A FAILURE_CONF."""
    return FailureConf(invoke_id=invoke_id, status=status)


def overdue(request: Request) -> Confirmation:
    """The answer to a request that the peripheral has not answered in time."""
    if type(request) in CONTROL:
        return _control(request, ControlFailureCode.CF_REQUEST_TIMEOUT_REJECTION)
    return failure(request.invoke_id, StatusCode.E_CTI_TIMEOUT)


def too_many(request: Request) -> Confirmation:
    """The answer to a request of a session that has too many unanswered ones."""
    if type(request) in CONTROL:
        return _control(request, ControlFailureCode.CF_OUTSTANDING_REQUEST_LIMIT_EXCEEDED)
    return failure(request.invoke_id, StatusCode.E_CTI_UNSPECIFIED_FAILURE)


def _control(
    request: Request,
    code: ControlFailureCode,
    peripheral: PeripheralErrorCode = PeripheralErrorCode.NONE,
) -> ControlFailureConf:
    return ControlFailureConf(
        invoke_id=request.invoke_id, failure_code=code, peripheral_error_code=peripheral
    )


def admit(request: Request, grant: Grant) -> Request | Confirmation:
    """Check a request of an open session.

    Returns:
        The request as the peripheral gets it: in UCCX's terms, and in agent mode the session's phone is filled in,
        and its agent as the supervisor who changes somebody else's state. Or the failure that answers it.
    """
    if _misfits(request):
        return failure(request.invoke_id, StatusCode.E_CTI_INVALID_FIELD_LENGTH)
    if (status := wrong_sum(request)) is not None:
        return failure(request.invoke_id, status)
    if grant.ucce:
        request = from_ucce(request, grant.layout.version, cce=grant.cce)
    if getattr(request, "peripheral_id", PERIPHERAL_ID) != PERIPHERAL_ID:
        return failure(request.invoke_id, StatusCode.E_CTI_INVALID_PERIPHERAL_ID)
    if not _may(request, grant.services):
        return _not_granted(request, grant)
    is_supervisors = isinstance(request, SetAgentStateReq) and bool(request.supervisor_id)
    if is_supervisors and _SUPERVISOR not in grant.services:
        return _control(request, ControlFailureCode.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE)
    if grant.agent is None or type(request) not in _OWN_PHONE:
        return request
    if not getattr(request, "agent_instrument", None):
        named: dict[str, Any] = {"agent_instrument": grant.agent.device}
        return replace(request, **named) if grant.agent.device else request
    if _is_own(request, grant.agent):
        return request
    if _SUPERVISOR in grant.services:
        if isinstance(request, SetAgentStateReq):
            # In whose name: nobody but the session's own agent.
            return replace(request, supervisor_id=grant.agent.agent_id)
        return request
    return failure(request.invoke_id, StatusCode.E_CTI_INVALID_AGENT_DATA)


def _not_granted(request: Request, grant: Grant) -> Confirmation:
    if type(request) in CONTROL:
        return _control(
            request,
            ControlFailureCode.CF_GENERIC_OPERATION_REJECTION,
            PeripheralErrorCode.CALL_CONTROL_NOT_GRANTED,
        )
    # UCCX has no status for it.
    status = "E_CTI_FUNCTION_NOT_AVAILABLE" if grant.ucce else "E_CTI_UNSPECIFIED_FAILURE"
    return failure(request.invoke_id, StatusCode[status])


def _may(request: Request, services: CTIService) -> bool:
    if CTIService.CTI_AGENT_STATE_CONTROL_ONLY in services and type(request) in CONTROL:
        return isinstance(request, SetAgentStateReq)
    return NEEDS.get(type(request), CTIService(0)) in services


def _is_own(request: Request, agent: Agent) -> bool:
    phone = getattr(request, "agent_instrument", "")
    name = getattr(request, "agent_id_long", None)
    own_phone = phone in {agent.instrument, agent.extension, NOBODY} or not agent.device
    return own_phone and (not name or not agent.agent_id or name == agent.agent_id)


def _misfits(message: Message) -> bool:
    """Whether a field has data that its type cannot have."""
    unread = {field.tag for field in message.unread_fields}
    return bool(unread) and not unread.isdisjoint(
        tag for field in table_of(type(message)).floating for tag in tags_of(field)
    )
