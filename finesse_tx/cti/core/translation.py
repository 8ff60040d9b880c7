"""What means the same in both dialects, and is not said the same.

The engine and the web services speak UCCX alone. A session in UCCE's dialect translates at its edge: what it sends
with `to_ucce`, what it receives with `from_ucce`.

- **Login ids** are AgentID [5] in UCCE, at most eleven characters, and AgentIDLong [194] in UCCX. One that is longer
  stays in [194]: cut short it would be another agent's.
- **Agent states** 6 and 7 are TALKING with a change to come in UCCX, WORK_READY and BUSY_OTHER in UCCE. An engine in CCE
  personality has UCCE's states already: then they stay.
- **SYSTEM_EVENT** begins with CCXStatus in UCCX, PGStatus in UCCE.
- **Kinds of configuration** have different bits, the terminals' one.
- **Devices** on secondary lines are ``2006.3006`` in UCCX alone.

Spec: ``cti.md`` §8.3 to §8.5, §8.14, §8.15, §9.5 (30), §10.4, §11.3.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeVar

from finesse_tx.cti.core.dialects import kinds_of, kinds_on_wire
from finesse_tx.cti.core.enums import AgentState, CCXStatus, PGStatus
from finesse_tx.cti.core.layout import Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    ConfigBeginEvent,
    ConfigRequestEvent,
    SetAgentStateReq,
    SystemEvent,
)
from finesse_tx.cti.core.secondary_lines import (
    KNOWN_FROM,
    with_actual_devices,
    without_secondary_lines,
)
from finesse_tx.cti.core.wire import Dialect

__all__ = ["MAX_AGENT_ID", "encode_for", "from_ucce", "to_ucce"]

M = TypeVar("M", bound=Message)

MAX_AGENT_ID: Final = 11
"""How many bytes a login id in AgentID [5] may have."""

_STATES_TO: Final = MappingProxyType(
    {
        AgentState.TALKING_PENDING_WORK: AgentState.TALKING,
        AgentState.TALKING_PENDING_NOT_READY: AgentState.TALKING,
    }
)

_STATES_FROM: Final = MappingProxyType(
    {
        AgentState.WORK_READY: AgentState.WORK,  # a CCX agent has one kind of work
        AgentState.BUSY_OTHER: AgentState.TALKING,
        AgentState.HOLD: AgentState.TALKING,  # a CCX agent who holds a call is talking (§8.5)
    }
)

_STATE_FIELDS: Final = ("agent_state", "skill_group_state")

_GROUPS: Final = (("skill_groups", "skill_group_state"), ("agents", "atc_agent_state"))
"""The groups that have a state, and what it is called there."""


def to_ucce(message: M, *, cce: bool = False) -> M:
    """A message of ours as a UCCE peer knows it; the very same one where nothing changes.

    Args:
        message: The message.
        cce: Whether the engine's states are a CCE's.
    """
    changes: dict[str, Any] = {}
    if not cce and not isinstance(
        message, SetAgentStateReq
    ):  # 6 is no state that a client of UCCX asks for
        _states(message, changes, _STATES_TO)
    name = getattr(message, "agent_id_long", None)
    if name is not None and len(name.encode()) <= MAX_AGENT_ID and hasattr(message, "agent_id"):
        changes |= {"agent_id": name, "agent_id_long": None}
    match message:
        case SystemEvent():
            well = message.pg_status in {CCXStatus.IN_SERVICE, CCXStatus.PARTIAL_SERVICE}
            changes["pg_status"] = PGStatus(0) if well else PGStatus.PGS_PERIPHERAL_OFFLINE
        case ConfigBeginEvent() | ConfigRequestEvent():
            kinds = message.config_information
            changes["config_information"] = kinds_on_wire(kinds, Dialect.UCCE)
    return with_actual_devices(replace(message, **changes) if changes else message)


def from_ucce(message: M, version: int, *, cce: bool = False) -> M:
    """A message from a UCCE peer of that version as our engine and web services know it.

    Args:
        message: The message.
        version: The peer's.
        cce: Whether the engine's states are a CCE's.
    """
    changes: dict[str, Any] = {}
    if not cce:
        _states(message, changes, _STATES_FROM)
    name = getattr(message, "agent_id", None)
    if name is not None and getattr(message, "agent_id_long", "") is None:
        changes |= {"agent_id": None, "agent_id_long": name}
    match message:
        case SystemEvent():
            down = PGStatus.PGS_OPC_DOWN | PGStatus.PGS_PERIPHERAL_OFFLINE
            well = CCXStatus.PARTIAL_SERVICE if message.pg_status else CCXStatus.IN_SERVICE
            changes["pg_status"] = CCXStatus.OUT_OF_SERVICE if message.pg_status & down else well
        case ConfigBeginEvent() | ConfigRequestEvent():
            kinds = kinds_of(message.config_information, Dialect.UCCE, version)
            changes["config_information"] = kinds.value
    return replace(message, **changes) if changes else message


def encode_for(layout: Layout, message: Message, *, cce: bool = False) -> bytes:
    """Write a message of ours as a client of that dialect and version knows it.

    Args:
        layout: The client's.
        message: The message.
        cce: Whether the engine's states are a CCE's.

    Raises:
        EncodeError: It holds what cannot be written.
    """
    if layout.dialect is Dialect.UCCE:
        message = to_ucce(message, cce=cce)
    if layout.version < KNOWN_FROM:
        message = without_secondary_lines(message)
    return layout.encode(message)


def _states(message: Message, changes: dict[str, Any], table: Any) -> None:
    for name in _STATE_FIELDS:
        state = getattr(message, name, None)
        if state in table:
            changes[name] = table[state]
    for name, state_name in _GROUPS:
        groups = getattr(message, name, ())
        if any(getattr(group, state_name, None) in table for group in groups):
            changes[name] = tuple(
                replace(group, **{state_name: table[state]})
                if (state := getattr(group, state_name, None)) in table
                else group
                for group in groups
            )
