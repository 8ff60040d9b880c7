"""What a message from a client is to the server, before anything is done about it.

Spec: ``cti.md`` §6 (who sends what), §8.17 (2, 25, 48).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from finesse_tx.cti.core.dialects import knows
from finesse_tx.cti.core.enums import MessageType, StatusCode
from finesse_tx.cti.core.errors import BadMessageError
from finesse_tx.cti.core.framing import Frame
from finesse_tx.cti.core.message import Message, OpaqueMessage, Request
from finesse_tx.cti.core.messages import (
    CATALOGUE,
    ActiveMaintenanceRespMsg,
    ConfigRequestEvent,
    ConfigRequestKeyEvent,
    StoppingRequestsToThisSideInd,
)
from finesse_tx.cti.core.opening import Grant
from finesse_tx.cti.core.session import ServerInput

__all__ = ["FROM_CLIENTS", "INPUTS", "Incoming", "invoke_id", "understand"]

FROM_CLIENTS: Final = (
    Request,
    ConfigRequestKeyEvent,
    ConfigRequestEvent,
    StoppingRequestsToThisSideInd,
    ActiveMaintenanceRespMsg,
)
"""What clients send."""

INPUTS: Final[Mapping[int, ServerInput]] = MappingProxyType(
    {
        MessageType.OPEN_REQ: ServerInput.OPEN_REQ,
        MessageType.HEARTBEAT_REQ: ServerInput.HEARTBEAT_REQ,
        MessageType.CLOSE_REQ: ServerInput.CLOSE_REQ,
        MessageType.STOPPING_REQUESTS_TO_THIS_SIDE_IND: ServerInput.STOPPING,
        MessageType.ACTIVE_MAINTENANCE_RESP_MSG: ServerInput.MAINTENANCE_RESP,
    }
)
"""The messages that the server answers or uses itself; other requests are the peripheral's."""


class Incoming(NamedTuple):
    """What came.

    Attributes:
        event: What it is in the table of sessions.
        message: Decoded; None where there is nothing to decode yet, or no more.
        status: What is wrong with it.
        fault: The same for people; empty for nothing that is worth a line in the log.
    """

    event: ServerInput
    message: Message | None = None
    status: StatusCode = StatusCode.E_CTI_NO_ERROR
    fault: str = ""


_UNKNOWN: Final = Incoming(ServerInput.UNKNOWN, status=StatusCode.E_CTI_INVALID_MESSAGE_TYPE)


def understand(frame: Frame, grant: Grant | None) -> Incoming:
    """Tell what a message is.

    Args:
        frame: As it came.
        grant: What the session may do; None before it is open, when nothing but the type is looked at.
    """
    cls = CATALOGUE.get(frame.message_type, OpaqueMessage)
    if not issubclass(cls, FROM_CLIENTS):
        return _UNKNOWN
    event = INPUTS.get(frame.message_type, ServerInput.REQUEST)
    if grant is None or event is ServerInput.OPEN_REQ:
        return Incoming(event)
    layout = grant.layout
    if not knows(layout.dialect, layout.version, frame.message_type):
        if not grant.ucce:
            return _UNKNOWN
        return _UNKNOWN._replace(status=StatusCode.E_CTI_INVALID_MSG_TYPE_FOR_VERSION)
    try:
        return Incoming(event, layout.decode(frame))
    except BadMessageError as error:
        return Incoming(ServerInput.MALFORMED, None, error.status, str(error))


def invoke_id(frame: Frame) -> int:
    """The InvokeID that a message has, or would have."""
    return int.from_bytes(frame.body[:4], "big")
