"""Messages between clients, and to the operators (UCCE).

Spec: ``cti.md`` §9.3, but for SYSTEM_EVENT and REGISTER_VARIABLES, complete.
"""

from typing import Annotated

from finesse_tx.cti.core import enums, tags
from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.message import Confirmation, Event, Request, message
from finesse_tx.cti.core.wire import TIME, UINT, USHORT

__all__ = [
    "ClientEventReportConf",
    "ClientEventReportReq",
    "UserMessageConf",
    "UserMessageEvent",
    "UserMessageReq",
]


@message(MessageType.CLIENT_EVENT_REPORT_CONF)
class ClientEventReportConf(Confirmation):
    """33: the event is reported."""


@message(MessageType.CLIENT_EVENT_REPORT_REQ)
class ClientEventReportReq(Request):
    """32: report an event to the server's operators."""

    CONFIRMATION = ClientEventReportConf

    state: Annotated[USHORT, enums.ClientEventState]
    object_name: tags.OBJECT_NAME | None = None
    text: tags.TEXT | None = None


@message(MessageType.USER_MESSAGE_CONF)
class UserMessageConf(Confirmation):
    """108: the text is sent."""


@message(MessageType.USER_MESSAGE_REQ)
class UserMessageReq(Request):
    """107: send a text to other clients."""

    CONFIRMATION = UserMessageConf

    peripheral_id: UINT = 1
    distribution: Annotated[USHORT, enums.Distribution]
    client_id: tags.CLIENT_ID | None = None
    agent_extension: tags.AGENT_EXTENSION | None = None
    agent_id: tags.AGENT_ID | None = None
    agent_instrument: tags.AGENT_INSTRUMENT | None = None
    text: tags.TEXT | None = None


@message(MessageType.USER_MESSAGE_EVENT)
class UserMessageEvent(Event):
    """109: a text from another client."""

    icm_central_controller_time: TIME = 0
    distribution: Annotated[USHORT, enums.Distribution]
    client_id: tags.CLIENT_ID | None = None
    text: tags.TEXT | None = None
