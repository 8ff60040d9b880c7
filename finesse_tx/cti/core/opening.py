"""Whether an OPEN_REQ opens a session, and what the session may do.

Our server speaks both dialects: UCCX's versions 10 to 18, UCCE's 9 to 17 and 19 to 25. Where both have a version, a
setting tells them apart: nothing in OPEN_REQ does.

Spec: ``cti.md`` §10.1 (the order of the checks), §8.1 (services), §8.4, §4.5, §10.6.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from finesse_tx.cti.core.dialects import (
    dialect_of,
    granted_services,
    has_meaningless_service,
    kinds_of,
)
from finesse_tx.cti.core.enums import NULL, CallMsgMask, ConfigMask, CTIService, StatusCode
from finesse_tx.cti.core.errors import BadMessageError, OpenRefusedError
from finesse_tx.cti.core.framing import Frame
from finesse_tx.cti.core.layout import Dialect, Layout, detect_widths
from finesse_tx.cti.core.messages import OpenReq
from finesse_tx.cti.core.translation import from_ucce

__all__ = ["MIN_IDLE_TIMEOUT_S", "PERIPHERAL_ID", "Agent", "Grant", "Mode", "Terms", "judge"]

MIN_IDLE_TIMEOUT_S: Final = 20
"""A shorter IdleTimeout is refused (§10.2)."""

PERIPHERAL_ID: Final = 1
"""The one peripheral that there is; what UCCX's dialect has for a PeripheralID in all requests and events."""


class Mode(Enum):
    """Whose events a session gets."""

    NOBODY = auto()
    AGENT = auto()
    """Those of the one agent, or phone, that OPEN_REQ names: CTI_SERVICE_CLIENT_EVENTS."""
    BRIDGE = auto()
    """Everyone's: CTI_SERVICE_ALL_EVENTS."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who a session in agent mode is for; what is not known is empty.

    Attributes:
        agent_id: The login id.
        extension: The number of the phone's ICD line.
        instrument: The phone; in UCCX the same number.
    """

    agent_id: str
    extension: str
    instrument: str

    @property
    def device(self) -> str:
        """The phone; empty while it is not known."""
        return self.instrument or self.extension

    @property
    def key(self) -> str:
        """What no two sessions share: the phone, or the agent while no phone is known."""
        return self.device or self.agent_id


@dataclass(frozen=True, slots=True)
class Terms:
    """What a server asks of its clients.

    Attributes:
        master: Whether it is the active one of its pair.
        credentials: The password for each ClientID; None lets everyone in.
        dialect: Who speaks the versions that both dialects have.
        cce: Whether the engine's agent states are a CCE's.
    """

    master: bool = True
    credentials: Mapping[str, str] | None = None
    dialect: Dialect = Dialect.UCCX
    cce: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What a session may do.

    Attributes:
        layout: What it speaks.
        mode: Whose events it gets.
        agent: In agent mode, who it is for.
        client_id: ClientID.
        services: The services that were asked for and can be granted.
        call_msg_mask: Which call events it gets.
        agent_state_mask: Which agent states it gets.
        config_mask: Which configuration it gets, in UCCX's bits.
        idle_timeout_s: After how long without a message it is ended; None for never.
        standby: Whether it is a session on the standby: without events or requests, until this side is the active
            one.
        cce: Whether the engine's agent states are a CCE's.
    """

    layout: Layout
    mode: Mode
    agent: Agent | None
    client_id: str
    services: CTIService
    call_msg_mask: int
    agent_state_mask: int
    config_mask: ConfigMask
    idle_timeout_s: int | None
    standby: bool = False
    cce: bool = False

    @property
    def ucce(self) -> bool:
        """Whether it speaks UCCE's dialect."""
        return self.layout.dialect is Dialect.UCCE

    @property
    def wants_teams(self) -> bool:
        """Whether it is told of teams without asking for each: UCCE's supervisors are, who have the bit for it."""
        is_supervisor = CTIService.CTI_SERVICE_SUPERVISOR in self.services
        asks = self.call_msg_mask & CallMsgMask.AGENT_TEAM_CONFIG_MASK
        return self.ucce and is_supervisor and bool(asks)

    @property
    def active_standby(self) -> bool:
        """Whether the client has a session on each side, and changes sides when it is told to."""
        return CTIService.CTI_SERVICE_ACTIVE_STANDBY in self.services


def judge(frame: Frame, terms: Terms) -> tuple[OpenReq, Grant]:
    """Judge the OPEN_REQ in ``frame``, in the order of §10.1.

    Raises:
        OpenRefusedError: It opens no session; FAILURE_CONF says why.
    """
    layout = _layout(frame.body, terms.dialect)
    request = layout.decode(frame)
    ucce = layout.dialect is Dialect.UCCE
    if ucce:
        request = from_ucce(request, layout.version, cce=terms.cce)
    if not isinstance(request, OpenReq):
        raise TypeError(request)
    if request.client_id is None or request.client_password is None:
        raise _refuse("E_CTI_REQUIRED_DATA_MISSING", "ClientID and ClientPassword are required")
    if request.idle_timeout < MIN_IDLE_TIMEOUT_S:
        raise _refuse("E_CTI_INVALID_TIMEOUT", f"IdleTimeout is {request.idle_timeout}")
    asked = request.services_requested
    if has_meaningless_service(asked, layout.dialect):
        raise _refuse("E_CTI_INVALID_SERVICE_MASK", f"services {asked:#x}")
    services = granted_services(asked, layout.dialect, layout.version)
    mode = _mode(services)
    standby = not terms.master
    if standby and CTIService.CTI_SERVICE_ACTIVE_STANDBY not in services:
        status = "E_CTI_INVALID_CLIENT_FOR_STANDBY" if ucce else "E_CTI_SERVER_NOT_MASTER"
        raise _refuse(status, "this is the standby")
    if not _known(request.client_id, request.client_password, terms.credentials):
        raise _refuse("E_CTI_INVALID_PASSWORD", "ClientID or ClientPassword is wrong")
    if ucce and mode is Mode.AGENT and request.peripheral_id != PERIPHERAL_ID:
        raise _refuse("E_CTI_INVALID_PERIPHERAL_ID", f"peripheral {request.peripheral_id}")
    grant = Grant(
        layout=layout,
        mode=mode,
        agent=_agent(request) if mode is Mode.AGENT else None,
        client_id=request.client_id,
        services=services,
        call_msg_mask=request.call_msg_mask,
        agent_state_mask=request.agent_state_mask,
        config_mask=_config_mask(request, services, layout),
        idle_timeout_s=None if request.idle_timeout == NULL else request.idle_timeout,
        standby=standby,
        cce=terms.cce,
    )
    return request, grant


def _refuse(status: str, reason: str) -> OpenRefusedError:
    return OpenRefusedError(StatusCode[status], reason)


def _layout(body: bytes, preferred: Dialect) -> Layout:
    version = int.from_bytes(body[4:8], "big")
    dialect = dialect_of(version, preferred)
    if len(body) < 8 or dialect is None:
        raise _refuse("E_CTI_INVALID_VERSION", f"version {version}")
    try:
        widths = detect_widths(body, dialect, version)
    except BadMessageError as error:
        raise OpenRefusedError(error.status, error.reason) from None
    return Layout.of(dialect, version, widths)


def _mode(services: CTIService) -> Mode:
    bridge = CTIService.CTI_SERVICE_ALL_EVENTS in services
    agent = CTIService.CTI_SERVICE_CLIENT_EVENTS in services
    if bridge and agent:
        raise _refuse("E_CTI_INVALID_SERVICE_MASK", "both ALL_EVENTS and CLIENT_EVENTS")
    return Mode.BRIDGE if bridge else Mode.AGENT if agent else Mode.NOBODY


def _known(client_id: str, password: bytes, credentials: Mapping[str, str] | None) -> bool:
    if credentials is None:
        return True
    expected = credentials.get(client_id, "")
    given = password.partition(b"\0")[0]
    # Compared even for an unknown client: the time taken tells nothing.
    right = hmac.compare_digest(given, expected.encode())
    return right and client_id in credentials


def _agent(request: OpenReq) -> Agent:
    agent = Agent(
        agent_id=request.agent_id_long or "",
        extension=request.agent_extension or "",
        instrument=request.agent_instrument or "",
    )
    if not agent.key:
        raise _refuse("E_CTI_REQUIRED_DATA_MISSING", "agent mode, and no agent is named")
    return agent


def _config_mask(request: OpenReq, services: CTIService, layout: Layout) -> ConfigMask:
    if CTIService.CTI_SERVICE_CONFIG_EVENTS not in services:
        return ConfigMask(0)
    return kinds_of(request.config_msg_mask, layout.dialect, layout.version)
