"""Whether an OPEN_REQ opens a session, and what the session may do.

Our server speaks UCCX's dialect: versions 10 to 18.

Spec: ``cti.md`` §10.1 (the order of the checks), §8.1 (services), §8.4, §4.5.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from finesse_tx.cti.core.enums import NULL, ConfigMask, CTIService, StatusCode
from finesse_tx.cti.core.errors import BadMessageError, OpenRefusedError
from finesse_tx.cti.core.framing import Frame
from finesse_tx.cti.core.layout import VERSIONS, Dialect, Layout, detect_widths
from finesse_tx.cti.core.messages import OpenReq

__all__ = ["MIN_IDLE_TIMEOUT_S", "SERVICES", "Agent", "Grant", "Mode", "Terms", "judge"]

MIN_IDLE_TIMEOUT_S: Final = 20
"""A shorter IdleTimeout is refused (§10.2)."""

SERVICES: Final = (
    CTIService.CTI_SERVICE_CLIENT_EVENTS
    | CTIService.CTI_SERVICE_CALL_DATA_UPDATE
    | CTIService.CTI_SERVICE_CLIENT_CONTROL
    | CTIService.CTI_SERVICE_ALL_EVENTS
    | CTIService.CTI_SERVICE_SUPERVISOR
    | CTIService.CTI_SERVICE_CONFIG_EVENTS
)
"""What can be granted; other bits are ignored, as UCCX does."""


_KINDS: Final = ConfigMask(0x1F)


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
    """

    master: bool = True
    credentials: Mapping[str, str] | None = None


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
        config_mask: Which configuration it gets.
        idle_timeout_s: After how long without a message it is ended; None for never.
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


def judge(frame: Frame, terms: Terms) -> tuple[OpenReq, Grant]:
    """Judge the OPEN_REQ in ``frame``, in the order of §10.1.

    Raises:
        OpenRefusedError: It opens no session; FAILURE_CONF says why.
    """
    layout = _layout(frame.body)
    request = layout.decode(frame)
    if not isinstance(request, OpenReq):
        raise TypeError(request)
    if request.client_id is None or request.client_password is None:
        raise _refuse("E_CTI_REQUIRED_DATA_MISSING", "ClientID and ClientPassword are required")
    if request.idle_timeout < MIN_IDLE_TIMEOUT_S:
        raise _refuse("E_CTI_INVALID_TIMEOUT", f"IdleTimeout is {request.idle_timeout}")
    services = CTIService(request.services_requested & SERVICES.value)
    mode = _mode(services)
    if not terms.master:
        raise _refuse("E_CTI_SERVER_NOT_MASTER", "this is the standby")
    if not _known(request.client_id, request.client_password, terms.credentials):
        raise _refuse("E_CTI_INVALID_PASSWORD", "ClientID or ClientPassword is wrong")
    grant = Grant(
        layout=layout,
        mode=mode,
        agent=_agent(request) if mode is Mode.AGENT else None,
        client_id=request.client_id,
        services=services,
        call_msg_mask=request.call_msg_mask,
        agent_state_mask=request.agent_state_mask,
        config_mask=_config_mask(request, services),
        idle_timeout_s=None if request.idle_timeout == NULL else request.idle_timeout,
    )
    return request, grant


def _refuse(status: str, reason: str) -> OpenRefusedError:
    return OpenRefusedError(StatusCode[status], reason)


def _layout(body: bytes) -> Layout:
    version = int.from_bytes(body[4:8], "big")
    if len(body) < 8 or version not in VERSIONS[Dialect.UCCX]:
        raise _refuse("E_CTI_INVALID_VERSION", f"version {version}")
    try:
        widths = detect_widths(body, Dialect.UCCX, version)
    except BadMessageError as error:
        raise OpenRefusedError(error.status, error.reason) from None
    return Layout.of(Dialect.UCCX, version, widths)


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


def _config_mask(request: OpenReq, services: CTIService) -> ConfigMask:
    if CTIService.CTI_SERVICE_CONFIG_EVENTS not in services:
        return ConfigMask(0)
    known = _KINDS if request.version_number >= 18 else _KINDS & ~ConfigMask.TERMINALS
    return ConfigMask(request.config_msg_mask & known.value)
