"""GED-188 messages of a small contact centre: two agents, one queue, in the order of the engine."""

from datetime import UTC, datetime, timedelta

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import (
    AgentState,
    AgentType,
    CallType,
    DeviceIDType,
    LocalConnectionState,
    TeamOperation,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages.groups import AgentSkill, SkillGroup, TeamMember
from finesse_tx.cti.core.messages.records import AgentRecord, SkillGroupRecord
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.directory.core.records import (
    CSQ,
    Person,
    ReasonCategory,
    ReasonCode,
    Role,
    Snapshot,
    Team,
)

START = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)

AGENT = DeviceIDType.DEVID_AGENT_DEVICE
EXTERNAL = DeviceIDType.DEVID_EXTERNAL
PORT = DeviceIDType.DEVID_CTI_PORT
ROUTE_POINT = DeviceIDType.DEVID_ROUTE_POINT

CUSTOMER = "0612345678"
CALL = 16777217

DIRECTORY = Snapshot(
    people=(
        Person("ann", "Ann", "Ann", "Lee", "1001", frozenset({Role.AGENT}), 1),
        Person("bob", "Bob", "Bob", "Roy", "1002", frozenset({Role.AGENT}), 1),
        Person("sue", "Sue", "Sue", "Fox", "2001", frozenset({Role.AGENT, Role.SUPERVISOR}), 1),
        Person("zed", "Zed", "Zed", "Orr", "1009", frozenset({Role.AGENT}), 2),
        Person("adm", "adm", "", "", "", frozenset({Role.ADMINISTRATOR})),
    ),
    teams=(Team(1, "One", "sue"), Team(2, "Two")),
    csqs=(CSQ(7, "Sales", auto_work=True, wrapup_time_s=15), CSQ(8, "Others", True, 99)),
    reason_codes=(
        ReasonCode(16, ReasonCategory.NOT_READY, 10, "Meeting"),
        ReasonCode(13, ReasonCategory.NOT_READY, 32760, "Agent Logon", system_code=True),
        ReasonCode(40, ReasonCategory.NOT_READY, 32763, "Call Not Answered", system_code=True),
    ),
)


def minute(number: float) -> datetime:
    """So many minutes after the start."""
    return START + timedelta(minutes=number)


def configuration() -> list[Message]:
    """One queue, the agents, their team."""

    def agent(login_id: str, kind: AgentType = AgentType.AGENT) -> AgentRecord:
        person = DIRECTORY.person(login_id)
        assert person
        return AgentRecord(
            login_id=login_id,
            first_name=person.first_name,
            last_name=person.last_name,
            extension=person.extension,
            agent_type=kind,
            skills=(AgentSkill(skill_group_number=7),),
        )

    return [
        messages.ConfigSkillGroupEvent(
            records=(
                SkillGroupRecord(peripheral_number=7, peripheral_name="Sales", auto_work=True),
            )
        ),
        messages.ConfigAgentEvent(
            records=(agent("ann"), agent("bob"), agent("zed"), agent("sue", AgentType.SUPERVISOR))
        ),
        messages.TeamConfigEvent(
            team_id=1,
            operation=TeamOperation.ADD,
            team_name="One",
            members=(TeamMember(agent_id_long="ann"), TeamMember(agent_id_long="bob")),
        ),
    ]


def state(
    login_id: str, agent_state: AgentState, reason: int = 0, pending: AgentState | None = None
) -> Message:
    """An agent's state."""
    person = DIRECTORY.person(login_id)
    assert person
    return messages.AgentStateEvent(
        agent_state=agent_state,
        event_reason_code=reason,
        agent_id_long=login_id,
        agent_extension=person.extension,
        agent_instrument=person.extension,
        next_agent_state=pending,
    )


def queued() -> list[Message]:
    """A customer has dialled 6001, and waits at a port in the queue."""
    return [
        messages.BeginCallEvent(
            call_type=CallType.CALLTYPE_ACD_IN,
            connection_call_id=CALL,
            connection_device_id="6001",
            ani=CUSTOMER,
            dnis="6001",
            dialed_number="6001",
        ),
        delivered("6001", ROUTE_POINT),
        messages.CallDivertedEvent(
            connection_call_id=CALL,
            connection_device_id="6001",
            diverting_device_type=ROUTE_POINT,
            diverting_device_id="6001",
            called_device_type=PORT,
            called_device_id="9001",
            local_connection_state=LocalConnectionState.LCS_NULL,
        ),
        delivered("9001", PORT),
        established("9001", PORT),
        messages.CallQueuedEvent(
            connection_call_id=CALL,
            connection_device_id="9001",
            calling_device_type=EXTERNAL,
            calling_device_id=CUSTOMER,
            called_device_type=ROUTE_POINT,
            called_device_id="6001",
            skill_groups=(SkillGroup(skill_group_number=7),),
            local_connection_state=LocalConnectionState.LCS_QUEUED,
        ),
    ]


def offered(extension: str = "1001") -> list[Message]:
    """The queue's choice rings."""
    return [
        messages.BeginCallEvent(
            call_type=CallType.CALLTYPE_ACD_IN,
            connection_call_id=CALL,
            connection_device_id=extension,
            ani=CUSTOMER,
            dnis="6001",
            dialed_number="6001",
            call_variables=("account 42",),
            named_variables=(NamedVariable("user.layout", "Default"),),
        ),
        messages.CallDivertedEvent(
            connection_call_id=CALL,
            connection_device_id="9001",
            diverting_device_type=PORT,
            diverting_device_id="9001",
            local_connection_state=LocalConnectionState.LCS_NULL,
        ),
        delivered(extension, AGENT, csq_id=7),
    ]


def delivered(address: str, kind: DeviceIDType, **more: int) -> Message:
    """It rings at this number."""
    return messages.CallDeliveredEvent(
        connection_call_id=CALL,
        connection_device_id=address,
        alerting_device_type=kind,
        alerting_device_id=address,
        calling_device_type=EXTERNAL,
        calling_device_id=CUSTOMER,
        called_device_type=ROUTE_POINT,
        called_device_id="6001",
        local_connection_state=LocalConnectionState.LCS_ALERTING,
        skill_group_number=more.get("csq_id", 0xFFFFFFFF),
    )


def established(address: str, kind: DeviceIDType) -> Message:
    """This number has answered."""
    return messages.CallEstablishedEvent(
        connection_call_id=CALL,
        connection_device_id=address,
        answering_device_type=kind,
        answering_device_id=address,
        calling_device_type=EXTERNAL,
        calling_device_id=CUSTOMER,
        called_device_type=ROUTE_POINT,
        called_device_id="6001",
        local_connection_state=LocalConnectionState.LCS_CONNECT,
    )


def held(address: str) -> Message:
    """This number holds."""
    return messages.CallHeldEvent(
        connection_call_id=CALL,
        connection_device_id=address,
        holding_device_type=AGENT,
        holding_device_id=address,
        local_connection_state=LocalConnectionState.LCS_HOLD,
    )


def retrieved(address: str) -> Message:
    """This number is back."""
    return messages.CallRetrievedEvent(
        connection_call_id=CALL,
        connection_device_id=address,
        retrieving_device_type=AGENT,
        retrieving_device_id=address,
        local_connection_state=LocalConnectionState.LCS_CONNECT,
    )


def released(address: str, kind: DeviceIDType) -> Message:
    """This number has hung up."""
    return messages.CallConnectionClearedEvent(
        connection_call_id=CALL,
        connection_device_id=address,
        releasing_device_type=kind,
        releasing_device_id=address,
        local_connection_state=LocalConnectionState.LCS_NULL,
    )


def cleared() -> Message:
    """Nobody is left."""
    return messages.CallClearedEvent(
        connection_call_id=CALL, local_connection_state=LocalConnectionState.LCS_NULL
    )


def ended(address: str) -> Message:
    """The call no longer concerns this number."""
    return messages.EndCallEvent(connection_call_id=CALL, connection_device_id=address)
