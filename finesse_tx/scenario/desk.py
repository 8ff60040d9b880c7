"""What an agent does at a desk, as GED-188 requests.

Which call is meant follows from the agent's phone: the desk asks for its calls first (SNAPSHOT_DEVICE), as a client
does whose link has been down.

Spec: ``cti.md`` §9.6 to §9.8, §11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from finesse_tx.cti.core.enums import (
    NULL,
    AgentState,
    LocalConnectionState,
    RTPDirection,
    SupervisoryAction,
)
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import (
    AlternateCallReq,
    AnswerCallReq,
    ClearConnectionReq,
    ConferenceCallReq,
    ConsultationCallReq,
    HoldCallReq,
    MakeCallReq,
    ReconnectCallReq,
    RetrieveCallReq,
    SendDtmfSignalReq,
    SetAgentStateReq,
    SetCallDataReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
    StartRecordingReq,
    StopRecordingReq,
    SuperviseCallReq,
    SupervisorAssistReq,
    TransferCallReq,
)
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.engine.core.outbound.assignment import RESPONSE
from finesse_tx.scenario.core.language import (
    Note,
    Of,
    Press,
    Say,
    SignIn,
    Table,
    To,
    Transfer,
    WithReason,
    WrapUp,
)
from finesse_tx.scenario.link import Link

__all__ = ["PASSWORD", "Desk"]

PASSWORD: Final = "finesse"  # noqa: S105  # everybody's, in the demo
_LCS: Final = LocalConnectionState
_STATES: Final = {
    "ready": AgentState.AVAILABLE,
    "not ready": AgentState.NOT_READY,
    "sign out": AgentState.LOGOUT,
    "wrap up": AgentState.WORK,
}

_ORDERS: Final = {
    "make ready": AgentState.AVAILABLE,
    "make not ready": AgentState.NOT_READY,
    "make sign out": AgentState.LOGOUT,
}
_ACTIONS: Final = {
    "listen in": SupervisoryAction.MONITOR,
    "whisper": SupervisoryAction.WHISPER,
    "barge in": SupervisoryAction.BARGE_IN,
    "intercept": SupervisoryAction.INTERCEPT,
    "leave": SupervisoryAction.CLEAR,
}

Answered = Callable[[Message | str], None]
"""Is told the engine's answer; or, as a text, why it was not asked."""


class Desk:
    """An agent's.

    Attributes:
        agent_id: The agent's login id.
        phone: The number of the agent's phone; where the agent signed in last.
        last_call: The last call that was told of there; 0: none.

    Args:
        agent_id: The agent's login id.
        phone: The agent's own extension.
        link: The way to the engine.
        phone_of: Where another agent's phone is.
    """

    def __init__(
        self,
        agent_id: str,
        phone: str,
        link: Link,
        phone_of: Callable[[str], str] = lambda agent_id: agent_id,
    ) -> None:
        self.agent_id, self._link, self._phone_of = agent_id, link, phone_of
        self.phone = self._extension = phone
        self.last_call = 0

    def do(self, what: str, keys: Table, answered: Answered) -> None:
        """Do one of the things that agents can do."""
        if isinstance(keys, SignIn):
            self.phone = keys.phone or self._extension
            self._ask(
                SetAgentStateReq(
                    agent_state=AgentState.LOGIN,
                    agent_id_long=self.agent_id,
                    agent_password=PASSWORD,
                    agent_instrument=self.phone,
                ),
                answered,
            )
        elif what in _STATES:
            reason = keys.reason if isinstance(keys, WithReason) else 0
            self._ask(
                SetAgentStateReq(
                    agent_state=_STATES[what],
                    agent_id_long=self.agent_id,
                    event_reason_code=reason,
                    agent_instrument=self.phone,
                ),
                answered,
            )
        elif what in _ORDERS and isinstance(keys, Of):
            self._ask(
                SetAgentStateReq(
                    agent_state=_ORDERS[what],
                    agent_id_long=keys.agent,
                    supervisor_id=self.agent_id,
                ),
                answered,
            )
        elif isinstance(keys, Of):
            self._supervise(_ACTIONS[what], self._phone_of(keys.agent), answered)
        elif what == "call" and isinstance(keys, To):
            self._ask(MakeCallReq(agent_instrument=self.phone, dialed_number=keys.to), answered)
        else:
            self._in_a_call(what, keys, answered)

    def _ask(self, request: Request, answered: Answered) -> None:
        if not self._link.ask(request, answered):
            answered("the CTI link is cut")

    def _in_a_call(self, what: str, keys: Table, answered: Answered) -> None:
        self._with_calls(self.phone, lambda calls: self._request(what, keys, calls), answered)

    def _supervise(self, action: SupervisoryAction, phone: str, answered: Answered) -> None:
        def request(calls: dict[int, int]) -> Request | None:
            call = _first(calls, (_LCS.LCS_CONNECT, _LCS.LCS_HOLD))
            if not call:
                return None
            return SuperviseCallReq(
                agent_connection_call_id=call,
                agent_connection_device_id=phone,
                supervisor_connection_device_id=self.phone,
                supervisory_action=action,
            )

        self._with_calls(phone, request, answered)

    def _with_calls(
        self, phone: str, make: Callable[[dict[int, int]], Request | None], answered: Answered
    ) -> None:
        """Ask for what follows from a phone's calls, by their states."""

        def know(answer: Message) -> None:
            if not isinstance(answer, SnapshotDeviceConf):
                answered(answer)
                return
            calls = {
                call.call_connection_call_id or 0: call.call_state or 0 for call in answer.calls
            }
            request = make(calls)
            if request is None:
                answered("there is no call for that")
            else:
                self._ask(request, answered)

        self._ask(SnapshotDeviceReq(agent_instrument=phone), know)  # type: ignore[arg-type]

    def _request(self, what: str, keys: Table, calls: dict[int, int]) -> Request | None:
        phone = self.phone
        ringing = _first(calls, (_LCS.LCS_ALERTING,))
        active = _first(calls, (_LCS.LCS_CONNECT, _LCS.LCS_INITIATE))
        failed = _first(calls, (_LCS.LCS_FAIL,))
        held = _first(calls, (_LCS.LCS_HOLD,))
        match what, keys:
            case "answer", _ if ringing:
                return AnswerCallReq(connection_call_id=ringing, connection_device_id=phone)
            case "hang up", _ if call := active or failed or ringing or held:
                return ClearConnectionReq(connection_call_id=call, connection_device_id=phone)
            case "hold", _ if active:
                return HoldCallReq(connection_call_id=active, connection_device_id=phone)
            case "retrieve", _ if held:
                return RetrieveCallReq(
                    held_connection_call_id=held, held_connection_device_id=phone
                )
            case "consult", To(to=to) if active:
                return ConsultationCallReq(
                    active_connection_call_id=active,
                    active_connection_device_id=phone,
                    dialed_number=to,
                )
            case "transfer", Transfer(to=str(to)) if active:
                return TransferCallReq(
                    active_connection_call_id=active,
                    held_connection_call_id=NULL,
                    active_connection_device_id=phone,
                    dialed_number=to,
                )
            case "alternate", _ if active and held:
                return AlternateCallReq(
                    active_connection_call_id=active,
                    other_connection_call_id=held,
                    active_connection_device_id=phone,
                )
            case (("reconnect" | "transfer" | "conference"), _) if active and held:
                kind: type[ReconnectCallReq | TransferCallReq | ConferenceCallReq] = {
                    "reconnect": ReconnectCallReq,
                    "transfer": TransferCallReq,
                    "conference": ConferenceCallReq,
                }[what]
                return kind(
                    active_connection_call_id=active,
                    held_connection_call_id=held,
                    active_connection_device_id=phone,
                )
            case "record", _ if active:
                return StartRecordingReq(
                    connection_call_id=active,
                    connection_device_id=phone,
                    direction=RTPDirection.BIDIRECTIONAL,
                )
            case "stop recording", _ if active:
                return StopRecordingReq(
                    connection_call_id=active,
                    connection_device_id=phone,
                    session_id=active,
                    direction=RTPDirection.BIDIRECTIONAL,
                )
            case "call for help", _:
                return SupervisorAssistReq(
                    connection_call_id=active or NULL,
                    connection_device_id=phone if active else None,
                    agent_instrument=phone,
                )
            case _, Say(response=said) if call := ringing or active or held or self.last_call:
                return SetCallDataReq(
                    connection_call_id=call,
                    connection_device_id=phone,
                    named_variables=(NamedVariable(RESPONSE, said),),
                )
            case "press", Press(digits=digits) if active:
                return SendDtmfSignalReq(
                    connection_call_id=active, connection_device_id=phone, dtmf_string=digits
                )
            case _, Note(variable=number, value=value) if call := active or held or self.last_call:
                variables = (*[None] * (number - 1), value)
                return SetCallDataReq(
                    connection_call_id=call, connection_device_id=phone, call_variables=variables
                )
            case _, WrapUp(reason=reason) if call := active or held or self.last_call:
                return SetCallDataReq(
                    connection_call_id=call, connection_device_id=phone, call_wrapup_data=reason
                )
        return None


def _first(calls: dict[int, int], states: Iterable[int]) -> int:
    return next((call for call, state in calls.items() if state in states), 0)
