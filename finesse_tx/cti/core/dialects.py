"""The two dialects side by side: who speaks which, and what each has of messages, services and configuration.

Whatever differs only in bytes is the layout's business; whatever differs in what a value means is translated in
`finesse_tx.cti.core.translation`.

Spec: ``cti.md`` §5 (versions), §6 (messages), §8.1 (services), §8.4 (kinds of configuration), §10.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from finesse_tx.cti.core.enums import ConfigMask, CTIService, UCCEConfigMask
from finesse_tx.cti.core.layout import VERSIONS
from finesse_tx.cti.core.message import CATALOGUE
from finesse_tx.cti.core.wire import Dialect

__all__ = [
    "ACTIVE_STANDBY_FROM",
    "KINDS",
    "SERVICES",
    "dialect_of",
    "granted_services",
    "has_meaningless_service",
    "kinds_of",
    "kinds_on_wire",
    "known_from",
    "knows",
]

ACTIVE_STANDBY_FROM: Final = 24
"""UCCE's first version with a session on each side at once."""

_UCCX_ONLY: Final = 18
"""UCCE's version 18 was never public: on the wire it is UCCX's (§4.2)."""


def dialect_of(version: int, preferred: Dialect) -> Dialect | None:
    """Who speaks a version.

    Args:
        version: VersionNumber of OPEN_REQ.
        preferred: Who it is where both have that version: from 10 to 17.

    Returns:
        None where nobody does.
    """
    if version == _UCCX_ONLY:
        return Dialect.UCCX
    speakers = [dialect for dialect in Dialect if version in VERSIONS[dialect]]
    return preferred if preferred in speakers else next(iter(speakers), None)


# Messages ---------------------------------------------------------------------------------------------------------

_NOT_IN_UCCX: Final = frozenset(
    number
    for first, last in (
        (22, 22),  # translation route
        (28, 29),  # RELEASE_CALL
        (32, 34),  # CLIENT_EVENT_REPORT, CALL_REACHED_NETWORK
        (52, 53),  # DEFLECT_CALL
        (93, 104),  # monitors of calls and sessions
        (121, 123),  # EMERGENCY_CALL: "?", and §14.9 says no
        (129, 130),  # SET_APP_DATA
        (
            133,
            138,
        ),  # LIST_AGENT_TEAM, MONITOR_AGENT_TEAM: "?", and the engine has TEAM_CONFIG instead
        (141, 146),  # devices, server applications
        (151, 215),  # tasks and routing
        (240, 240),
        (245, 275),  # call types, greetings, media routing domains, network recording
        (277, 284),  # active and standby, agent services
    )
    for number in range(first, last + 1)
)
"""What has no X in the reference's list; most of what has a "?" there is for the peripheral to refuse.

Recording (147 to 150) has none either, and is not here: Finesse's START_RECORDING is a CCX's alone (``rest.md`` §5.1),
and a desktop server has no other way to ask for it.
"""

_FIRST: Final[Mapping[Dialect, Mapping[int, int]]] = {
    Dialect.UCCX: {276: 18},
    Dialect.UCCE: {
        **dict.fromkeys(range(230, 246), 10),
        **dict.fromkeys(range(248, 251), 15),
        254: 20,
        **dict.fromkeys((260, 261), 22),
        **dict.fromkeys(range(267, 275), 23),
        **dict.fromkeys(range(276, 285), 24),
    },
}
"""The messages that came after a dialect's first version."""


def known_from(dialect: Dialect, number: int) -> int | None:
    """The first version of ``dialect`` that has the message of that number; None where none has."""
    if dialect is Dialect.UCCX and (number in _NOT_IN_UCCX or number not in CATALOGUE):
        return None
    return _FIRST[dialect].get(number, VERSIONS[dialect].start)


def knows(dialect: Dialect, version: int, number: int) -> bool:
    """Whether a peer of that version knows the message of that number."""
    first = known_from(dialect, number)
    return first is not None and version >= first


# Services ---------------------------------------------------------------------------------------------------------

_S: Final = CTIService

_COMMON: Final = {
    _S.CTI_SERVICE_CLIENT_EVENTS: 0,
    _S.CTI_SERVICE_CALL_DATA_UPDATE: 0,
    _S.CTI_SERVICE_CLIENT_CONTROL: 0,
    _S.CTI_SERVICE_ALL_EVENTS: 0,
    _S.CTI_SERVICE_SUPERVISOR: 0,
    _S.CTI_SERVICE_CONFIG_EVENTS: 0,
}

SERVICES: Final[Mapping[Dialect, Mapping[CTIService, int]]] = MappingProxyType(
    {
        Dialect.UCCX: {**_COMMON, _S.CTI_AGENT_STATE_CONTROL_ONLY: 12},
        Dialect.UCCE: {
            **_COMMON,
            _S.CTI_SERVICE_CONFIG_EVENTS: 10,
            _S.CTI_AGENT_STATE_CONTROL_ONLY: 0,
            _S.CTI_SERVICE_ACTIVE_STANDBY: ACTIVE_STANDBY_FROM,
        },
    }
)
"""The services that our server grants, each with its first version."""

_WITH_A_ROW: Final = sum(service.value for service in CTIService) | 0x4200
"""Every bit of §8.1. The two without a name are there because a recorded session of CTI OS sets 0x200."""


def granted_services(requested: int, dialect: Dialect, version: int) -> CTIService:
    """What is granted of what was asked for."""
    offered = sum(service.value for service, first in SERVICES[dialect].items() if version >= first)
    return CTIService(requested & offered)


def has_meaningless_service(requested: int, dialect: Dialect) -> bool:
    """Whether a bit is set that the dialect refuses; UCCX ignores what it does not know."""
    return dialect is Dialect.UCCE and requested & ~_WITH_A_ROW != 0


# Kinds of configuration -------------------------------------------------------------------------------------------

_U: Final = UCCEConfigMask

KINDS: Final[Mapping[Dialect, Mapping[int, tuple[ConfigMask, int]]]] = MappingProxyType(
    {
        Dialect.UCCX: {
            **{kind.value: (kind, 0) for kind in ConfigMask},
            ConfigMask.TERMINALS.value: (ConfigMask.TERMINALS, 18),
        },
        Dialect.UCCE: {
            _U.SERVICES.value: (ConfigMask.APPLICATIONS, 0),
            _U.SKILL_GROUPS.value: (ConfigMask.CSQS, 0),
            _U.AGENTS.value: (ConfigMask.AGENTS, 0),
            _U.DEVICES.value: (ConfigMask.DEVICES, 0),
            _U.TERMINALS.value: (ConfigMask.TERMINALS, 24),
        },
    }
)
"""The bits on the wire of what a CCX engine has, each with what it is there and its first version."""


def kinds_of(mask: int, dialect: Dialect, version: int) -> ConfigMask:
    """The kinds of a CCX engine that a mask from the wire asks for; other bits are dropped."""
    kinds = ConfigMask(0)
    for bit, (kind, first) in KINDS[dialect].items():
        if mask & bit and version >= first:
            kinds |= kind
    return kinds


def kinds_on_wire(kinds: int, dialect: Dialect) -> int:
    """The mask that names these kinds on the wire."""
    return sum(bit for bit, (kind, _first) in KINDS[dialect].items() if kinds & kind)
