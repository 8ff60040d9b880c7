"""What supervisors ask for, agents who call for help, and recording.

Spec: ``cti.md`` §9.9 (118 to 125), §9.11 (147 to 150), §11.10; ``telephony.md`` §4.7, §4.8.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.cti.core.enums import CallType, StatusCode, SupervisoryAction
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    EmergencyCallConf,
    EmergencyCallReq,
    StartRecordingConf,
    StartRecordingReq,
    StopRecordingReq,
    SuperviseCallConf,
    SuperviseCallReq,
    SupervisorAssistConf,
    SupervisorAssistReq,
)
from finesse_tx.engine.call_requests import CallRequests, device
from finesse_tx.engine.runner import Commands, Reply, Runner, failure

__all__ = ["SupervisorRequests"]

_HELP: Final = {
    SupervisorAssistReq: (CallType.CALLTYPE_ASSIST, SupervisorAssistConf),
    EmergencyCallReq: (CallType.CALLTYPE_EMERGENCY, EmergencyCallConf),
}


class SupervisorRequests:
    """What supervisors ask for.

    Attributes:
        commands: What carries out each request.
    """

    def __init__(self, runner: Runner, calls: CallRequests) -> None:
        self._runner, self._calls = runner, calls
        self.commands: Commands = {
            SuperviseCallReq: self._supervise,
            SupervisorAssistReq: self._ask_for_help,
            EmergencyCallReq: self._ask_for_help,
            StartRecordingReq: self._start_recording,
            StopRecordingReq: self._stop_recording,
        }

    def _supervise(self, request: SuperviseCallReq, reply: Reply) -> None:
        try:
            action = SupervisoryAction(request.supervisory_action)
        except ValueError:
            reply(failure(request, StatusCode.E_CTI_INVALID_SUPERVISORY_ACTION))
            return
        supervisor = device(request.supervisor_connection_device_id, request.supervisor_instrument)
        extension = device(
            request.agent_connection_device_id, request.agent_instrument, request.agent_extension
        )
        operations, call_id = self._runner.engine.supervision.supervise(
            action, request.agent_connection_call_id, extension, supervisor
        )
        *before, last = operations
        self._calls.operate(
            last,
            request,
            reply,
            lambda result: SuperviseCallConf(
                invoke_id=request.invoke_id,
                connection_call_id=result if call_id is None else call_id,
                connection_device_id=supervisor,
            ),
            before=tuple(before),
        )

    def _ask_for_help(self, request: SupervisorAssistReq | EmergencyCallReq, reply: Reply) -> None:
        kind, confirmation = _HELP[type(request)]
        extension = device(request.connection_device_id, request.agent_instrument)
        operation = self._runner.engine.supervision.ask_for_help(
            kind, request.connection_call_id, extension, self._runner.now()
        )
        if operation is None:
            reply(failure(request, StatusCode.E_CTI_SUPERVISOR_NOT_FOUND))
            return

        def confirm(call_id: int) -> Message:
            return confirmation(
                invoke_id=request.invoke_id,
                connection_call_id=call_id,
                connection_device_id=extension,
            )

        self._calls.operate(operation, request, reply, confirm)

    def _start_recording(self, request: StartRecordingReq, reply: Reply) -> None:
        extension = device(request.connection_device_id, request.agent_instrument)
        call_id = request.connection_call_id
        operation = self._runner.engine.call_control.record(call_id, extension, True)
        self._calls.operate(
            operation,
            request,
            reply,
            lambda _result: StartRecordingConf(invoke_id=request.invoke_id, session_id=call_id),
        )

    def _stop_recording(self, request: StopRecordingReq, reply: Reply) -> None:
        extension = device(request.connection_device_id, request.agent_instrument)
        operation = self._runner.engine.call_control.record(
            request.connection_call_id, extension, False
        )
        self._calls.operate(operation, request, reply)
