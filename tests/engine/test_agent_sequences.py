"""What CTI clients are sent of agents' states, message by message, where calls are not the matter.

Ring-no-answer and refusals are in `tests.engine.test_inbound`, off-hook and calls past the engine in
`tests.engine.test_outgoing`.

Spec: ``engine.md`` §2.1, §2.2, §2.5; ``cti.md`` §8.15, §8.16, §11.4, §11.7, §11.10.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import (
    AgentState,
    CCXStatus,
    ForcedFlag,
    SystemEventID,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AnswerCallReq,
    CallHeldEvent,
    CallRetrievedEvent,
    ControlFailureConf,
    HoldCallConf,
    HoldCallReq,
    RetrieveCallConf,
    RetrieveCallReq,
    SetAgentStateConf,
    SetAgentStateReq,
    SystemEvent,
)
from finesse_tx.telephony.core.events import Batch, Cause, Event, EventID, MetaCode
from tests.support.centre import CALLER
from tests.support.sequences import (
    AGENT,
    CALL,
    LCS,
    NONE,
    PHONE,
    SequenceCase,
    answered,
    cleared,
    connection,
    ends,
    leaves,
    part,
    stands,
    state,
)

SEP = "SEP0000000003E9"


def service(number: str, in_service: bool) -> Message:
    """A phone goes, or is back; its agent is signed in."""
    return SystemEvent(
        pg_status=CCXStatus.IN_SERVICE,
        system_event_id=SystemEventID.SYS_INSTRUMENT_BACK_IN_SERVICE
        if in_service
        else SystemEventID.SYS_INSTRUMENT_OUT_OF_SERVICE,
        system_event_arg1=1,
        system_event_arg2=int(number),
        event_device_type=AGENT,
        event_device_id=number,
    )


def peripheral(in_service: bool) -> Message:
    """The telephone system goes, or is back."""
    return SystemEvent(
        pg_status=CCXStatus.IN_SERVICE if in_service else CCXStatus.OUT_OF_SERVICE,
        system_event_id=SystemEventID.SYS_PERIPHERAL_ONLINE
        if in_service
        else SystemEventID.SYS_PERIPHERAL_OFFLINE,
        system_event_arg1=1,
        system_event_arg2=21,
    )


class SessionSequenceTests(SequenceCase):
    """Who is signed in where."""

    def confirmed(self) -> Message:
        """The confirmation of the latest request."""
        return SetAgentStateConf(invoke_id=self.floor.next_invoke_id - 1)

    def test_second_device(self) -> None:
        """Signing in on a second device: the first session's LOGOUT names the first device."""
        self.start(1)
        self.sign_in(agent_instrument="1005", forced_flag=ForcedFlag.FORCED)
        place: dict[str, Any] = {
            "agent_extension": "1005",
            "agent_instrument": "1005",
            "active_terminal": "SEP0000000003ED",
        }
        first, second = state(1, AgentState.LOGIN), state(1, AgentState.NOT_READY, 32760)
        self.check(
            self.confirmed(),
            state(1, AgentState.LOGOUT, 32767),
            moved(first, place),
            moved(second, place),
        )

    def test_extension_conflict(self) -> None:
        """Somebody else signs in on the extension."""
        self.start(2)
        self.sign_in(1, agent_instrument="1002")
        place: dict[str, Any] = {
            "agent_extension": "1002",
            "agent_instrument": "1002",
            "active_terminal": "SEP0000000003EA",
        }
        self.check(
            self.confirmed(),
            state(2, AgentState.LOGOUT, 32741),
            moved(state(1, AgentState.LOGIN), place),
            moved(state(1, AgentState.NOT_READY, 32760), place),
        )

    def test_supervisor(self) -> None:
        """A supervisor makes an agent NOT_READY, READY, and signs him out."""
        self.start(1)
        for wanted, reason in (
            (AgentState.NOT_READY, 33),
            (AgentState.AVAILABLE, 33),
            (AgentState.LOGOUT, 22),
        ):
            self.set_state(wanted, agent_instrument="1001", supervisor_id="boss")
            self.check(self.confirmed(), state(1, wanted, reason))

    def test_supervisor_in_a_call(self) -> None:
        """During a call the sign-out is told as pending, and done after it; END_CALL comes last."""
        self.start(1)
        self.customer_calls()
        self.answer()
        self.floor.seen.clear()
        self.set_state(AgentState.LOGOUT, supervisor_id="boss")
        self.check(
            self.confirmed(),
            state(1, AgentState.TALKING, 22, 1, next_agent_state=AgentState.LOGOUT),
        )
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("1001", AGENT),
            cleared("1001"),
            ends("6001"),
            state(1, AgentState.LOGOUT, 22),
            ends("1001"),
        )

    def test_desktop_gone(self) -> None:
        """A forced sign-out: of a session that is over by now it is refused, of the one that there is it is done."""
        self.start()
        self.sign_in(1, position_id="new")
        self.floor.seen.clear()
        gone: dict[str, Any] = {"event_reason_code": 255, "forced_flag": ForcedFlag.FORCED}
        self.set_state(AgentState.LOGOUT, position_id="old", **gone)
        invoke_id = self.floor.next_invoke_id - 1
        self.check(ControlFailureConf(invoke_id=invoke_id, failure_code=259))
        self.set_state(AgentState.LOGOUT, position_id="new", **gone)
        self.check(self.confirmed(), state(1, AgentState.LOGOUT, 255))


def moved(event: Message, place: dict[str, Any]) -> Message:
    """The same event of another place."""
    return replace(event, **place)


class ServiceSequenceTests(SequenceCase):
    """Phones and the telephone system, lost and found."""

    def test_phone(self) -> None:
        """The phone is told first, then its agent: 32759, and 32756 when it is back."""
        self.start(1)
        self.floor.simulator.unregister(SEP)
        self.floor.pass_time()
        self.check(service("1001", False), state(1, AgentState.NOT_READY, 32759))
        self.floor.simulator.register(SEP)
        self.floor.pass_time()
        self.check(service("1001", True), state(1, AgentState.NOT_READY, 32756))

    def test_phone_in_a_call(self) -> None:
        """A phone that goes during a routed call: the agent at once, then the call; then he is NOT_READY still."""
        self.start(1)
        self.customer_calls()
        self.answer()
        self.floor.seen.clear()
        self.floor.simulator.unregister(SEP)
        self.floor.pass_time()
        seen = self.floor.take()
        self.assertEqual(
            seen[:2], [service("1001", False), state(1, AgentState.NOT_READY, 32759, 1)]
        )
        self.assertEqual(seen[-1], ends("1001"))

    def test_provider(self) -> None:
        """The telephone system is lost: the system's event, the calls' ends, 32757; back: the system's event alone."""
        self.start(1, 2)
        self.customer_calls()
        self.answer()
        self.floor.seen.clear()
        lost = Event(EventID.PROV_OUT_OF_SERVICE, Cause.NORMAL)
        self.floor.service.provider_changed(Batch(MetaCode.UNKNOWN, (lost,)))
        self.check(
            peripheral(False),
            cleared("1001"),
            ends("6001"),
            ends("1001"),
            state(1, AgentState.NOT_READY, 32757),
            state(2, AgentState.NOT_READY, 32757),
        )
        inventory = self.floor.simulator.inventory()
        back = [Event(EventID.PROV_IN_SERVICE, Cause.SNAPSHOT)]
        back += [
            Event(EventID.ADDR_IN_SERVICE, Cause.SNAPSHOT, 0, address.number)
            for address in inventory.addresses
        ]
        self.floor.service.provider_changed(Batch(MetaCode.SNAPSHOT, tuple(back)))
        self.check(peripheral(True))
        self.set_state(AgentState.AVAILABLE)
        self.assertEqual(self.floor.told()[-1], "agent1 AVAILABLE")


class CCESequenceTests(SequenceCase):
    """The same of a CCE (``notifications.md`` §7.1, §7.2)."""

    CONFIG = EngineConfig(personality="cce")

    def test_hold(self) -> None:
        """HOLD follows CALL_HELD, TALKING follows CALL_RETRIEVED, READY the call."""
        self.start(1, config=self.CONFIG)
        self.customer_calls()
        self.floor.seen.clear()
        self.floor.request(AnswerCallReq, connection_call_id=CALL, connection_device_id="1001")
        self.check(self.floor.seen[0], *answered())
        holding: dict[str, Any] = {"connection_call_id": CALL, "connection_device_id": "1001"}
        self.floor.request(HoldCallReq, **holding)
        self.check(
            HoldCallConf(invoke_id=self.floor.next_invoke_id - 1),
            CallHeldEvent(
                **connection("1001"), **part("holding", "1001", AGENT), **stands(LCS.LCS_HOLD, NONE)
            ),
            state(1, AgentState.HOLD, csq=1),
        )
        self.floor.request(
            RetrieveCallReq, held_connection_call_id=CALL, held_connection_device_id="1001"
        )
        self.check(
            RetrieveCallConf(invoke_id=self.floor.next_invoke_id - 1),
            CallRetrievedEvent(
                **connection("1001"),
                **part("retrieving", "1001", AGENT),
                **stands(LCS.LCS_CONNECT, NONE),
            ),
            state(1, AgentState.TALKING, csq=1),
        )

    def test_phone(self) -> None:
        """A phone that goes signs its agent out with 50003."""
        self.start(1, config=self.CONFIG)
        self.floor.simulator.unregister(SEP)
        self.floor.pass_time()
        self.check(service("1001", False), state(1, AgentState.LOGOUT, 50003))

    def test_missed(self) -> None:
        """Not answering is 32767, after the call's end for the agent."""
        self.start(1, config=self.CONFIG)
        self.customer_calls()
        self.floor.seen.clear()
        self.floor.pass_time(20)
        told = self.floor.told()
        self.assertLess(told.index("EndCallEvent 1001"), told.index("agent1 NOT_READY 32767"))

    def test_supervisor(self) -> None:
        """A supervisor's reason is 999 for every state."""
        self.start(1, config=self.CONFIG)
        for wanted in (AgentState.NOT_READY, AgentState.AVAILABLE, AgentState.LOGOUT):
            self.floor.request(
                SetAgentStateReq,
                agent_state=wanted,
                agent_id_long="agent1",
                supervisor_id="boss",
            )
            self.check(
                SetAgentStateConf(invoke_id=self.floor.next_invoke_id - 1), state(1, wanted, 999)
            )
