"""The life of a client's stream: what is allowed when, as one table for TCP, BOSH and WebSocket.

Spec: RFC 6120 §4.2 (streams), §5 (STARTTLS), §6 (SASL), §7 (resource binding); XEP-0198 §3 to §5 (stream management).
Left out: everything that a stream may negotiate beyond those, and XEP-0078.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from finesse_tx.notification.core.errors import StreamError

__all__ = ["STEP", "Action", "Input", "State", "check_version", "step"]


class State(Enum):
    """Where a stream is."""

    CONNECTED = "connected: nothing has been said"
    NEGOTIATING = "STARTTLS and SASL are offered"
    SECURING = "STARTTLS is under way; a new header must follow"
    CHALLENGED = "the client named a mechanism and is asked for more"
    AUTHENTICATING = "the password, or a proof of it, is being checked"
    AUTHENTICATED = "signed in; a new header must follow"
    BINDING = "resource binding is offered"
    BOUND = "the session has its address: stanzas pass"
    CLOSED = "over"


class Input(Enum):
    """What comes in: from the client, or as the outcome of an action."""

    HEADER = "stream header, BOSH session creation or restart, WebSocket open"
    STARTTLS = "<starttls/>"
    AUTH = "<auth/> with its initial response"
    BARE_AUTH = "<auth/> without it"
    RESPONSE = "<response/>"
    ABORT = "<abort/>"
    ASKED = "the mechanism has a question"
    ACCEPTED = "the password is right"
    REFUSED = "it is not, or cannot be checked"
    BIND = "iq with <bind/>"
    RESOURCE_BOUND = "the resource is ours to give"
    STANZA = "iq, message or presence"
    ENABLE = "<enable/> of stream management"
    RESUME = "<resume/>"
    RESUMED = "the session is resumed"
    ACK = "<a/>"
    ACK_REQUEST = "<r/>"
    FOOTER = "end of the stream, BOSH terminate"


class Action(Enum):
    """What to do about it."""

    OFFER_LOGIN = "send the features STARTTLS and SASL"
    START_TLS = "send <proceed/>, start TLS"
    CHALLENGE = "send <challenge/>"
    CHECK = "have what it says checked"
    WELCOME = "send <success/>"
    REFUSE = "send <failure/>, count it"
    OFFER_BIND = "send the features bind, session and stream management"
    BIND = "ask for the resource"
    ANNOUNCE = "send the address"
    ROUTE = "hand the stanza on"
    MANAGE = "send <enabled/>, count from here on"
    RESUME = "look for the session"
    CONTINUE = "send <resumed/>, and what was not acknowledged"
    ACKNOWLEDGE = "forget what is acknowledged"
    ANSWER = "send <a/>"
    REFUSE_MANAGEMENT = "send <failed/>"
    CLOSE = "end the stream"


_S, _I, _A = State, Input, Action

STEP: Final = {
    (_S.CONNECTED, _I.HEADER): (_S.NEGOTIATING, _A.OFFER_LOGIN),
    (_S.NEGOTIATING, _I.STARTTLS): (_S.SECURING, _A.START_TLS),
    (_S.SECURING, _I.HEADER): (_S.NEGOTIATING, _A.OFFER_LOGIN),
    (_S.NEGOTIATING, _I.AUTH): (_S.AUTHENTICATING, _A.CHECK),
    (_S.NEGOTIATING, _I.BARE_AUTH): (_S.CHALLENGED, _A.CHALLENGE),
    (_S.NEGOTIATING, _I.ABORT): (_S.NEGOTIATING, _A.REFUSE),
    (_S.CHALLENGED, _I.RESPONSE): (_S.AUTHENTICATING, _A.CHECK),
    (_S.CHALLENGED, _I.ABORT): (_S.NEGOTIATING, _A.REFUSE),
    (_S.AUTHENTICATING, _I.ASKED): (_S.CHALLENGED, _A.CHALLENGE),
    (_S.AUTHENTICATING, _I.ACCEPTED): (_S.AUTHENTICATED, _A.WELCOME),
    (_S.AUTHENTICATING, _I.REFUSED): (_S.NEGOTIATING, _A.REFUSE),
    (_S.AUTHENTICATED, _I.HEADER): (_S.BINDING, _A.OFFER_BIND),
    (_S.BINDING, _I.BIND): (_S.BINDING, _A.BIND),
    (_S.BINDING, _I.RESOURCE_BOUND): (_S.BOUND, _A.ANNOUNCE),
    (_S.BOUND, _I.BIND): (_S.BOUND, _A.BIND),
    (_S.BOUND, _I.STANZA): (_S.BOUND, _A.ROUTE),
    (_S.BOUND, _I.ENABLE): (_S.BOUND, _A.MANAGE),
    (_S.BOUND, _I.ACK): (_S.BOUND, _A.ACKNOWLEDGE),
    (_S.BOUND, _I.ACK_REQUEST): (_S.BOUND, _A.ANSWER),
    (_S.BOUND, _I.RESUME): (_S.BOUND, _A.REFUSE_MANAGEMENT),
    (_S.BINDING, _I.ENABLE): (_S.BINDING, _A.REFUSE_MANAGEMENT),
    (_S.BINDING, _I.RESUME): (_S.BINDING, _A.RESUME),
    (_S.BINDING, _I.RESUMED): (_S.BOUND, _A.CONTINUE),
} | {(state, _I.FOOTER): (_S.CLOSED, _A.CLOSE) for state in State if state is not _S.CLOSED}
"""What follows from what. Whatever is not in here is the client's error."""


def step(state: State, event: Input) -> tuple[State, Action]:
    """Take one step.

    Raises:
        StreamError: ``not-authorized`` before the session has an address, ``unsupported-stanza-type`` after:
            RFC 6120 §4.9.3.12 and §4.9.3.24.
    """
    try:
        return STEP[state, event]
    except KeyError:
        condition = "unsupported-stanza-type" if state is State.BOUND else "not-authorized"
        raise StreamError(condition, f"{event.name} while {state.name}") from None


def check_version(text: str) -> None:
    """Look at the version of a client's header; one without a version is 0.9's (RFC 6120 §4.7.5).

    Raises:
        StreamError: ``unsupported-version``: before 1.0 there were neither features nor SASL.
    """
    major, _, minor = text.partition(".")
    if not (major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()):
        raise StreamError("unsupported-version", "not a version")
    if not major.strip("0"):
        raise StreamError("unsupported-version", "this is 1.0")
