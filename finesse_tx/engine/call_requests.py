"""Call control, call data, snapshots.

What the telephone system has to do for a request is confirmed when that confirms it.

Spec: ``cti.md`` §9.6, §9.8, §10.4, §11.3, §11.6 to §11.9, §11.11.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from finesse_tx.cti.core.enums import NULL, ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import (
    AlternateCallReq,
    AnswerCallReq,
    ClearCallReq,
    ClearConnectionReq,
    ConferenceCallConf,
    ConferenceCallReq,
    ConsultationCallConf,
    ConsultationCallReq,
    DeflectCallReq,
    HoldCallReq,
    MakeCallConf,
    MakeCallReq,
    QueryDeviceInfoReq,
    ReconnectCallReq,
    RetrieveCallReq,
    SendDtmfSignalReq,
    SetCallDataConf,
    SetCallDataReq,
    SnapshotCallReq,
    SnapshotDeviceReq,
    TransferCallConf,
    TransferCallReq,
)
from finesse_tx.cti.core.messages.groups import ConnectedParty
from finesse_tx.cti.core.secondary_lines import actual_device
from finesse_tx.engine.core import answers
from finesse_tx.engine.core.control import CAUSES, CallRequest, require_room
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import Operation
from finesse_tx.engine.core.two_calls import Joining
from finesse_tx.engine.runner import Command, Commands, Reply, Runner, failure, refusal
from finesse_tx.telephony.core.errors import ProviderError

__all__ = ["CallRequests", "device"]

_UNKNOWN: Final = (ControlFailureCode.CF_GENERIC_OPERATION, PeripheralErrorCode.JTAPI_EXCEPTION)


class CallRequests:
    """What is asked of calls.

    Attributes:
        commands: What carries out each request.
    """

    log = Logger()

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self.commands: Commands = {
            AnswerCallReq: self._control(CallRequest.ANSWER),
            HoldCallReq: self._control(CallRequest.HOLD),
            RetrieveCallReq: self._retrieve,
            ClearConnectionReq: self._control(CallRequest.CLEAR_CONNECTION),
            ClearCallReq: self._clear,
            MakeCallReq: self._make,
            ConsultationCallReq: self._consult,
            AlternateCallReq: self._alternate,
            ReconnectCallReq: self._reconnect,
            TransferCallReq: self._transfer,
            ConferenceCallReq: self._conference,
            SendDtmfSignalReq: self._send_dtmf,
            DeflectCallReq: self._deflect,
            SetCallDataReq: self._set_data,
            SnapshotDeviceReq: self._snapshot_device,
            SnapshotCallReq: self._snapshot_call,
            QueryDeviceInfoReq: self._query_device_info,
        }

    def operate(
        self,
        operation: Operation,
        request: Request,
        reply: Reply,
        confirm: Callable[[int], Message] | None = None,
        then: Callable[[], object] | None = None,
        before: Sequence[Operation] = (),
    ) -> None:
        """Let the telephone system do what a request wants, and confirm or refuse the request.

        Args:
            operation: What it is to do.
            request: The request.
            reply: Where the answer goes.
            confirm: Makes the confirmation of the operation's result; None: it has nothing but the InvokeID.
            then: What is done after the confirmation; that it fails is not the request's affair any more.
            before: What must be done before, in order; the first that fails ends it.
        """
        confirmation: Callable[..., Message] = request.CONFIRMATION

        def done(result: int) -> None:
            reply(confirm(result) if confirm else confirmation(invoke_id=request.invoke_id))
            if then is not None:
                then()

        def not_done(reason: Failure) -> None:
            error = reason.value
            if isinstance(error, ProviderError):
                codes = CAUSES.get(error.cause, _UNKNOWN)
                reply(refusal(request, ControlFailureError(*codes)))
            else:
                self.log.failure("{request} failed", reason, request=type(request).__name__)
                reply(failure(request))

        if before:
            operating = Deferred.fromCoroutine(self._in_order((*before, operation)))
        else:
            operating = self._runner.operate(operation)
        operating.addCallbacks(done, not_done)

    async def _in_order(self, operations: Sequence[Operation]) -> Any:
        """Do one thing after the other; the result is the last one's."""
        result = None
        for operation in operations:
            result = await self._runner.operate(operation)
        return result

    def _control(self, wanted: CallRequest) -> Command:
        def command(
            request: AnswerCallReq | HoldCallReq | ClearConnectionReq, reply: Reply
        ) -> None:
            extension = device(request.connection_device_id, request.agent_instrument)
            engine = self._runner.engine
            operation = engine.control(wanted, request.connection_call_id, extension)
            self.operate(operation, request, reply)

        return command

    def _retrieve(self, request: RetrieveCallReq, reply: Reply) -> None:
        extension = device(request.held_connection_device_id, request.agent_instrument)
        call_id = request.held_connection_call_id
        operation = self._runner.engine.control(CallRequest.RETRIEVE, call_id, extension)
        self.operate(operation, request, reply)

    def _clear(self, request: ClearCallReq, reply: Reply) -> None:
        extension = device(request.connection_device_id, request.agent_instrument)
        operation = self._runner.engine.clear_call(request.connection_call_id, extension)
        self.operate(operation, request, reply)

    def _send_dtmf(self, request: SendDtmfSignalReq, reply: Reply) -> None:
        extension = device(request.connection_device_id, request.agent_instrument)
        operation = self._runner.engine.call_control.send_dtmf(
            request.connection_call_id, extension, request.dtmf_string or ""
        )
        self.operate(operation, request, reply)

    def _deflect(self, request: DeflectCallReq, reply: Reply) -> None:
        extension = device(request.connection_device_id, request.agent_instrument)
        operation = self._runner.engine.call_control.deflect(
            request.connection_call_id, extension, request.called_device_id or ""
        )
        self.operate(operation, request, reply)

    def _make(self, request: MakeCallReq, reply: Reply) -> None:
        extension = device(request.agent_instrument)
        operation = self._runner.engine.make_call(
            extension, request.dialed_number or "", _change(request), self._runner.now()
        )
        self.operate(
            operation,
            request,
            reply,
            lambda call_id: MakeCallConf(
                invoke_id=request.invoke_id,
                new_connection_call_id=call_id,
                new_connection_device_id=extension,
            ),
        )

    def _consult(self, request: ConsultationCallReq, reply: Reply) -> None:
        extension = device(request.active_connection_device_id, request.agent_instrument)
        operation = self._runner.engine.two_calls.consult(
            request.active_connection_call_id,
            extension,
            request.dialed_number or "",
            _change(request),
        )
        self.operate(
            operation,
            request,
            reply,
            lambda call_id: ConsultationCallConf(
                invoke_id=request.invoke_id,
                new_connection_call_id=call_id,
                new_connection_device_id=extension,
            ),
        )

    def _alternate(self, request: AlternateCallReq, reply: Reply) -> None:
        extension = device(request.active_connection_device_id, request.agent_instrument)
        operation = self._runner.engine.two_calls.alternate(
            request.active_connection_call_id,
            request.other_connection_call_id,
            extension,
            device(request.other_connection_device_id),
        )
        self.operate(operation, request, reply)

    def _reconnect(self, request: ReconnectCallReq, reply: Reply) -> None:
        extension = device(request.active_connection_device_id, request.agent_instrument)
        give_up, go_back = self._runner.engine.two_calls.reconnect(
            request.active_connection_call_id,
            request.held_connection_call_id,
            extension,
            device(request.held_connection_device_id),
        )
        self.operate(give_up, request, reply, then=lambda: self._also(go_back))

    def _transfer(self, request: TransferCallReq, reply: Reply) -> None:
        extension = device(request.active_connection_device_id, request.agent_instrument)
        active, held = request.active_connection_call_id, request.held_connection_call_id
        two_calls = self._runner.engine.two_calls
        if held == NULL:
            joining = two_calls.transfer_to(active, extension, request.dialed_number or "")
        else:
            held_device = device(request.held_connection_device_id)
            joining = two_calls.transfer(active, held, extension, held_device)
        self._join(joining, extension, request, reply, TransferCallConf)

    def _conference(self, request: ConferenceCallReq, reply: Reply) -> None:
        extension = device(request.active_connection_device_id, request.agent_instrument)
        joining = self._runner.engine.two_calls.conference(
            request.active_connection_call_id,
            request.held_connection_call_id,
            extension,
            device(request.held_connection_device_id),
        )
        self._join(joining, extension, request, reply, ConferenceCallConf)

    def _join(
        self,
        joining: Joining,
        extension: str,
        request: TransferCallReq | ConferenceCallReq,
        reply: Reply,
        confirmation: type[TransferCallConf | ConferenceCallConf],
    ) -> None:
        """Bring two calls together; what the request attaches is attached to the call that is left, before that is told.

        So is what the other call brings.
        """
        change = joining.data.then(_change(request))
        engine, call_id = self._runner.engine, joining.call_id
        require_room(engine.call(call_id).data, change)
        self.operate(
            joining.operation,
            request,
            reply,
            lambda _result: confirmation(
                invoke_id=request.invoke_id,
                new_connection_call_id=call_id,
                new_connection_device_id=joining.device,
                connected_parties=tuple(
                    ConnectedParty(
                        connected_party_call_id=call_id, connected_party_device_id=number
                    )
                    for number in joining.parties
                ),
            ),
            lambda: (
                engine.set_data(call_id, extension, change, self._runner.now()) if change else None
            ),
        )

    def _also(self, operation: Operation) -> None:
        """Do what follows a request's own operation; its client has its answer already."""

        def not_done(reason: Failure) -> None:
            if reason.check(ProviderError):
                self.log.debug("{operation}: {error}", operation=operation, error=reason.value)
            else:
                self.log.failure("{operation} failed", reason, operation=operation)

        self._runner.operate(operation).addErrback(not_done)

    def _set_data(self, request: SetCallDataReq, reply: Reply) -> None:
        self._runner.engine.set_data(
            request.connection_call_id,
            device(request.connection_device_id),
            _change(request),
            self._runner.now(),
        )
        reply(SetCallDataConf(invoke_id=request.invoke_id))

    def _snapshot_device(self, request: SnapshotDeviceReq, reply: Reply) -> None:
        engine, extension = self._runner.engine, device(request.agent_instrument)
        reply(answers.device_snapshot(engine, extension, request.invoke_id))

    def _snapshot_call(self, request: SnapshotCallReq, reply: Reply) -> None:
        engine, call_id = self._runner.engine, request.connection_call_id
        reply(answers.call_snapshot(engine, call_id, request.invoke_id))

    def _query_device_info(self, request: QueryDeviceInfoReq, reply: Reply) -> None:
        engine, extension = self._runner.engine, device(request.agent_instrument)
        reply(answers.device_info(engine, extension, request.invoke_id))


def device(*devices: str | None) -> str:
    """The first of these that is given, as the line that it means: ``3001`` for ``1001.3001``."""
    return actual_device(next(filter(None, devices), ""))


def _change(
    request: SetCallDataReq
    | MakeCallReq
    | ConsultationCallReq
    | TransferCallReq
    | ConferenceCallReq,
) -> DataChange:
    """What a request wants attached to a call."""
    caller = request if isinstance(request, SetCallDataReq) else None
    return DataChange(
        ani=caller.ani if caller else None,
        caller_entered_digits=caller.caller_entered_digits if caller else None,
        variables={
            index: value for index, value in enumerate(request.call_variables) if value is not None
        },
        wrapup=request.call_wrapup_data,
        named={
            **{variable.name: variable.value for variable in request.named_variables},
            **{(array.name, array.index): array.value for array in request.named_arrays},
        },
    )
