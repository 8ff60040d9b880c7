"""Sessions, as both sides keep them: what may happen when, and what follows.

The tables are the whole of it: what is not in one is the peer's error. Who carries the actions out is
`finesse_tx.cti.server` and `finesse_tx.cti.client`.

Spec: ``cti.md`` §10.1 to §10.3, §10.6 (active and standby), §8.17 (how the status codes are used).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from finesse_tx.cti.core.errors import UnexpectedMessageError

__all__ = [
    "CLIENT_STEP",
    "SERVER_STEP",
    "ClientAction",
    "ClientInput",
    "ClientState",
    "ServerAction",
    "ServerInput",
    "ServerState",
    "client_step",
    "server_step",
]


class ServerState(Enum):
    """Where a connection is, seen from the server."""

    WAITING = auto()
    """No session: an OPEN_REQ is waited for."""
    OPENING = auto()
    """OPEN_REQ is being judged; in agent mode the peripheral is asked about the agent."""
    OPEN = auto()
    STANDBY = auto()
    """A session on the standby: it waits until this side is the active one."""
    LEAVING = auto()
    """This side is no longer the active one: the client is to go over to the other."""
    CLOSED = auto()


class ServerInput(Enum):
    """What happens to a connection, seen from the server."""

    # From the client:
    OPEN_REQ = auto()
    HEARTBEAT_REQ = auto()
    CLOSE_REQ = auto()
    REQUEST = auto()
    """Anything else that a client may send."""
    STOPPING = auto()
    """STOPPING_REQUESTS_TO_THIS_SIDE_IND."""
    MAINTENANCE_RESP = auto()
    """ACTIVE_MAINTENANCE_RESP_MSG."""
    UNKNOWN = auto()
    """A message that no client may send, or that has no published layout."""
    MALFORMED = auto()
    """A message that cannot be decoded."""
    LOST = auto()
    # From our side:
    ACCEPTED = auto()
    ACCEPTED_STANDBY = auto()
    """The session opens, on a side that is not the active one."""
    REFUSED = auto()
    OPEN_OVERDUE = auto()
    IDLE = auto()
    """Nothing came for IdleTimeout seconds."""
    SUPERSEDED = auto()
    """The same client has opened another session."""
    ACTIVATED = auto()
    """This side is the active one now."""
    DEMOTED = auto()
    """This side is no longer the active one, and the client knows another."""
    LEAVING_OVERDUE = auto()
    """The client has not gone over in time."""
    SHUTDOWN = auto()
    """This server stops, or is no longer the master."""


class ServerAction(Enum):
    """What the server does then."""

    JUDGE = auto()
    CONFIRM_OPEN = auto()
    """OPEN_CONF, and a SYSTEM_EVENT."""
    REFUSE = auto()
    """FAILURE_CONF; the client may try again."""
    FAIL_NOT_OPEN = auto()
    """FAILURE_CONF 4."""
    FAIL_ALREADY_OPEN = auto()
    """FAILURE_CONF 5; the session stays."""
    FAIL_UNKNOWN = auto()
    """FAILURE_CONF 2."""
    FAIL_MALFORMED = auto()
    """FAILURE_CONF with what is wrong."""
    FAIL_OFFLINE = auto()
    """FAILURE_CONF 15: the other side is the one to ask."""
    ANNOUNCE_ACTIVE = auto()
    """STANDBY_ACTIVE_EVENT_MSG."""
    AWAIT_STOPPING = auto()
    """Give the client a while to go over."""
    NOTE_MAINTENANCE = auto()
    """Remember whether the client agrees."""
    CONFIRM_HEARTBEAT = auto()
    CONFIRM_CLOSE = auto()
    """CLOSE_CONF, and close."""
    FORWARD = auto()
    """The peripheral answers."""
    EVICT = auto()
    """FAILURE_EVENT 11, and close."""
    ANNOUNCE_END = auto()
    """SYSTEM_EVENT, FAILURE_EVENT, and close."""
    CLOSE = auto()
    ABORT = auto()
    """Reset the connection."""
    FORGET = auto()
    """Free what the session held."""
    IGNORE = auto()


_S, _SI, _SA = ServerState, ServerInput, ServerAction

SERVER_STEP: Final = {
    (_S.WAITING, _SI.OPEN_REQ): (_S.OPENING, _SA.JUDGE),
    (_S.WAITING, _SI.HEARTBEAT_REQ): (_S.WAITING, _SA.FAIL_NOT_OPEN),
    (_S.WAITING, _SI.CLOSE_REQ): (_S.WAITING, _SA.FAIL_NOT_OPEN),
    (_S.WAITING, _SI.REQUEST): (_S.WAITING, _SA.FAIL_NOT_OPEN),
    (_S.WAITING, _SI.STOPPING): (_S.WAITING, _SA.FAIL_NOT_OPEN),
    (_S.WAITING, _SI.MAINTENANCE_RESP): (_S.WAITING, _SA.FAIL_NOT_OPEN),
    (_S.WAITING, _SI.UNKNOWN): (_S.WAITING, _SA.FAIL_NOT_OPEN),
    (_S.WAITING, _SI.MALFORMED): (_S.WAITING, _SA.FAIL_MALFORMED),
    (_S.WAITING, _SI.OPEN_OVERDUE): (_S.CLOSED, _SA.ABORT),
    (_S.WAITING, _SI.SHUTDOWN): (_S.CLOSED, _SA.CLOSE),
    (_S.WAITING, _SI.LOST): (_S.CLOSED, _SA.FORGET),
    (_S.OPENING, _SI.ACCEPTED): (_S.OPEN, _SA.CONFIRM_OPEN),
    (_S.OPENING, _SI.ACCEPTED_STANDBY): (_S.STANDBY, _SA.CONFIRM_OPEN),
    (_S.OPENING, _SI.REFUSED): (_S.WAITING, _SA.REFUSE),
    (_S.OPENING, _SI.OPEN_REQ): (_S.OPENING, _SA.FAIL_ALREADY_OPEN),
    (_S.OPENING, _SI.HEARTBEAT_REQ): (_S.OPENING, _SA.FAIL_NOT_OPEN),
    (_S.OPENING, _SI.CLOSE_REQ): (_S.OPENING, _SA.FAIL_NOT_OPEN),
    (_S.OPENING, _SI.REQUEST): (_S.OPENING, _SA.FAIL_NOT_OPEN),
    (_S.OPENING, _SI.STOPPING): (_S.OPENING, _SA.FAIL_NOT_OPEN),
    (_S.OPENING, _SI.MAINTENANCE_RESP): (_S.OPENING, _SA.FAIL_NOT_OPEN),
    (_S.OPENING, _SI.UNKNOWN): (_S.OPENING, _SA.FAIL_NOT_OPEN),
    (_S.OPENING, _SI.MALFORMED): (_S.OPENING, _SA.FAIL_MALFORMED),
    (_S.OPENING, _SI.OPEN_OVERDUE): (_S.CLOSED, _SA.ABORT),
    (_S.OPENING, _SI.SHUTDOWN): (_S.CLOSED, _SA.CLOSE),
    (_S.OPENING, _SI.LOST): (_S.CLOSED, _SA.FORGET),
    (_S.OPEN, _SI.OPEN_REQ): (_S.OPEN, _SA.FAIL_ALREADY_OPEN),
    (_S.OPEN, _SI.HEARTBEAT_REQ): (_S.OPEN, _SA.CONFIRM_HEARTBEAT),
    (_S.OPEN, _SI.CLOSE_REQ): (_S.CLOSED, _SA.CONFIRM_CLOSE),
    (_S.OPEN, _SI.REQUEST): (_S.OPEN, _SA.FORWARD),
    (_S.OPEN, _SI.STOPPING): (_S.CLOSED, _SA.CLOSE),
    (_S.OPEN, _SI.MAINTENANCE_RESP): (_S.OPEN, _SA.NOTE_MAINTENANCE),
    (_S.OPEN, _SI.UNKNOWN): (_S.OPEN, _SA.FAIL_UNKNOWN),
    (_S.OPEN, _SI.MALFORMED): (_S.OPEN, _SA.FAIL_MALFORMED),
    (_S.OPEN, _SI.IDLE): (_S.CLOSED, _SA.ABORT),
    (_S.OPEN, _SI.SUPERSEDED): (_S.CLOSED, _SA.EVICT),
    (_S.OPEN, _SI.DEMOTED): (_S.LEAVING, _SA.AWAIT_STOPPING),
    (_S.OPEN, _SI.SHUTDOWN): (_S.CLOSED, _SA.ANNOUNCE_END),
    (_S.OPEN, _SI.LOST): (_S.CLOSED, _SA.FORGET),
    (_S.STANDBY, _SI.OPEN_REQ): (_S.STANDBY, _SA.FAIL_ALREADY_OPEN),
    (_S.STANDBY, _SI.HEARTBEAT_REQ): (_S.STANDBY, _SA.CONFIRM_HEARTBEAT),
    (_S.STANDBY, _SI.CLOSE_REQ): (_S.CLOSED, _SA.CONFIRM_CLOSE),
    (_S.STANDBY, _SI.REQUEST): (_S.STANDBY, _SA.FAIL_OFFLINE),
    (_S.STANDBY, _SI.STOPPING): (_S.CLOSED, _SA.CLOSE),
    (_S.STANDBY, _SI.MAINTENANCE_RESP): (_S.STANDBY, _SA.IGNORE),
    (_S.STANDBY, _SI.UNKNOWN): (_S.STANDBY, _SA.FAIL_UNKNOWN),
    (_S.STANDBY, _SI.MALFORMED): (_S.STANDBY, _SA.FAIL_MALFORMED),
    (_S.STANDBY, _SI.IDLE): (_S.CLOSED, _SA.ABORT),
    (_S.STANDBY, _SI.SUPERSEDED): (_S.CLOSED, _SA.EVICT),
    (_S.STANDBY, _SI.ACTIVATED): (_S.OPEN, _SA.ANNOUNCE_ACTIVE),
    (_S.STANDBY, _SI.SHUTDOWN): (_S.CLOSED, _SA.ANNOUNCE_END),
    (_S.STANDBY, _SI.LOST): (_S.CLOSED, _SA.FORGET),
    (_S.LEAVING, _SI.OPEN_REQ): (_S.LEAVING, _SA.FAIL_ALREADY_OPEN),
    (_S.LEAVING, _SI.HEARTBEAT_REQ): (_S.LEAVING, _SA.CONFIRM_HEARTBEAT),
    (_S.LEAVING, _SI.CLOSE_REQ): (_S.CLOSED, _SA.CONFIRM_CLOSE),
    (_S.LEAVING, _SI.REQUEST): (_S.LEAVING, _SA.FAIL_OFFLINE),
    (_S.LEAVING, _SI.STOPPING): (_S.CLOSED, _SA.CLOSE),
    (_S.LEAVING, _SI.MAINTENANCE_RESP): (_S.LEAVING, _SA.IGNORE),
    (_S.LEAVING, _SI.UNKNOWN): (_S.LEAVING, _SA.FAIL_UNKNOWN),
    (_S.LEAVING, _SI.MALFORMED): (_S.LEAVING, _SA.FAIL_MALFORMED),
    (_S.LEAVING, _SI.SUPERSEDED): (_S.CLOSED, _SA.EVICT),
    (_S.LEAVING, _SI.LEAVING_OVERDUE): (_S.CLOSED, _SA.ANNOUNCE_END),
    (_S.LEAVING, _SI.SHUTDOWN): (_S.CLOSED, _SA.ANNOUNCE_END),
    (_S.LEAVING, _SI.LOST): (_S.CLOSED, _SA.FORGET),
    # What is still on its way when the connection is being closed:
    (_S.CLOSED, _SI.OPEN_REQ): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.HEARTBEAT_REQ): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.CLOSE_REQ): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.REQUEST): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.STOPPING): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.MAINTENANCE_RESP): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.UNKNOWN): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.MALFORMED): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.SHUTDOWN): (_S.CLOSED, _SA.IGNORE),
    (_S.CLOSED, _SI.LOST): (_S.CLOSED, _SA.FORGET),
}
"""The server's side of a connection."""


class ClientState(Enum):
    """Where a connection is, seen from the client."""

    CLOSED = auto()
    OPENING = auto()
    """OPEN_REQ is sent."""
    OPEN = auto()
    CLOSING = auto()
    """CLOSE_REQ is sent."""


class ClientInput(Enum):
    """What happens to a connection, seen from the client."""

    # From the server:
    OPEN_CONF = auto()
    OPEN_REFUSED = auto()
    """FAILURE_CONF with OPEN_REQ's InvokeID."""
    HEARTBEAT_CONF = auto()
    HEARTBEAT_REFUSED = auto()
    """FAILURE_CONF with a heartbeat's InvokeID: the server has gone offline."""
    CLOSE_CONF = auto()
    MESSAGE = auto()
    """Anything else."""
    ENDED = auto()
    """A FAILURE_EVENT, or a SYSTEM_EVENT that says that the engine shuts down."""
    LOST = auto()
    # From our side:
    CONNECTED = auto()
    OPEN_OVERDUE = auto()
    BEAT_DUE = auto()
    BEATS_MISSED = auto()
    CLOSE = auto()
    CLOSE_OVERDUE = auto()


class ClientAction(Enum):
    """What the client does then."""

    SEND_OPEN_REQ = auto()
    ANNOUNCE = auto()
    """Tell that the session is open, and start the heartbeats."""
    SEND_HEARTBEAT_REQ = auto()
    NOTE_BEAT = auto()
    DELIVER = auto()
    SEND_CLOSE_REQ = auto()
    DROP = auto()
    """Reset the connection, and free what the session held."""
    FORGET = auto()
    """Free what the session held."""
    IGNORE = auto()


_C, _CI, _CA = ClientState, ClientInput, ClientAction

CLIENT_STEP: Final = {
    (_C.CLOSED, _CI.CONNECTED): (_C.OPENING, _CA.SEND_OPEN_REQ),
    (_C.OPENING, _CI.OPEN_CONF): (_C.OPEN, _CA.ANNOUNCE),
    (_C.OPENING, _CI.OPEN_REFUSED): (_C.CLOSED, _CA.DROP),
    (_C.OPENING, _CI.OPEN_OVERDUE): (_C.CLOSED, _CA.DROP),
    (_C.OPENING, _CI.MESSAGE): (_C.OPENING, _CA.IGNORE),
    (_C.OPENING, _CI.ENDED): (_C.CLOSED, _CA.DROP),
    (_C.OPENING, _CI.CLOSE): (_C.CLOSED, _CA.DROP),
    (_C.OPENING, _CI.LOST): (_C.CLOSED, _CA.FORGET),
    (_C.OPEN, _CI.MESSAGE): (_C.OPEN, _CA.DELIVER),
    (_C.OPEN, _CI.HEARTBEAT_CONF): (_C.OPEN, _CA.NOTE_BEAT),
    (_C.OPEN, _CI.HEARTBEAT_REFUSED): (_C.CLOSED, _CA.DROP),
    (_C.OPEN, _CI.BEAT_DUE): (_C.OPEN, _CA.SEND_HEARTBEAT_REQ),
    (_C.OPEN, _CI.BEATS_MISSED): (_C.CLOSED, _CA.DROP),
    (_C.OPEN, _CI.ENDED): (_C.CLOSED, _CA.DROP),
    (_C.OPEN, _CI.CLOSE): (_C.CLOSING, _CA.SEND_CLOSE_REQ),
    (_C.OPEN, _CI.LOST): (_C.CLOSED, _CA.FORGET),
    (_C.CLOSING, _CI.CLOSE_CONF): (_C.CLOSED, _CA.DROP),
    (_C.CLOSING, _CI.CLOSE_OVERDUE): (_C.CLOSED, _CA.DROP),
    (_C.CLOSING, _CI.MESSAGE): (_C.CLOSING, _CA.IGNORE),
    (_C.CLOSING, _CI.HEARTBEAT_CONF): (_C.CLOSING, _CA.IGNORE),
    (_C.CLOSING, _CI.HEARTBEAT_REFUSED): (_C.CLOSED, _CA.DROP),
    (_C.CLOSING, _CI.ENDED): (_C.CLOSED, _CA.DROP),
    (_C.CLOSING, _CI.CLOSE): (_C.CLOSING, _CA.IGNORE),
    (_C.CLOSING, _CI.LOST): (_C.CLOSED, _CA.FORGET),
    # What is still on its way when the connection is being closed:
    (_C.CLOSED, _CI.OPEN_CONF): (_C.CLOSED, _CA.IGNORE),
    (_C.CLOSED, _CI.OPEN_REFUSED): (_C.CLOSED, _CA.IGNORE),
    (_C.CLOSED, _CI.HEARTBEAT_CONF): (_C.CLOSED, _CA.IGNORE),
    (_C.CLOSED, _CI.HEARTBEAT_REFUSED): (_C.CLOSED, _CA.IGNORE),
    (_C.CLOSED, _CI.CLOSE_CONF): (_C.CLOSED, _CA.IGNORE),
    (_C.CLOSED, _CI.MESSAGE): (_C.CLOSED, _CA.IGNORE),
    (_C.CLOSED, _CI.ENDED): (_C.CLOSED, _CA.IGNORE),
    (_C.CLOSED, _CI.CLOSE): (_C.CLOSED, _CA.IGNORE),
    (_C.CLOSED, _CI.LOST): (_C.CLOSED, _CA.FORGET),
}
"""The client's side of a connection."""


def server_step(state: ServerState, event: ServerInput) -> tuple[ServerState, ServerAction]:
    """What follows on the server's side.

    Raises:
        UnexpectedMessageError: That cannot happen in this state.
    """
    try:
        return SERVER_STEP[state, event]
    except KeyError:
        raise UnexpectedMessageError(state.name, event.name) from None


def client_step(state: ClientState, event: ClientInput) -> tuple[ClientState, ClientAction]:
    """What follows on the client's side.

    Raises:
        UnexpectedMessageError: That cannot happen in this state.
    """
    try:
        return CLIENT_STEP[state, event]
    except KeyError:
        raise UnexpectedMessageError(state.name, event.name) from None
