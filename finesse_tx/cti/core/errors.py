"""What goes wrong on a CTI link.

Spec: ``cti.md`` §8.17 (status codes), §8.18 and §8.19 (control failures).
"""

from __future__ import annotations

from finesse_tx.cti.core.enums import ControlFailureCode, StatusCode
from finesse_tx.errors import FinesseError, LocalProtocolError, RemoteProtocolError

__all__ = [
    "BadMessageError",
    "ControlFailureError",
    "EncodeError",
    "FrameTooLargeError",
    "LinkDownError",
    "LostSyncError",
    "MessageTooLongError",
    "RequestFailedError",
    "RequestTimeoutError",
    "UnexpectedMessageError",
]


class FrameTooLargeError(RemoteProtocolError):
    """A header promises more than we read; nothing after it can be understood.

    Attributes:
        length: What it promises, in bytes of body.
        limit: The most we read.
    """

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(length, limit)
        self.length, self.limit = length, limit

    def __str__(self) -> str:
        return f"a message of {self.length} bytes, over the limit of {self.limit}"


class LostSyncError(RemoteProtocolError):
    """A header names a message that cannot be; nothing after it can be understood.

    Attributes:
        message_type: What it names.
    """

    def __init__(self, message_type: int) -> None:
        super().__init__(message_type)
        self.message_type = message_type

    def __str__(self) -> str:
        return f"there is no message type {self.message_type}"


class BadMessageError(RemoteProtocolError):
    """One message is wrong; the next one may be right.

    Attributes:
        status: What FAILURE_CONF says of it, a `StatusCode`.
        message_type: Which message.
        offset: Where in its body.
        reason: What was expected there.
    """

    def __init__(self, status: StatusCode, message_type: int, offset: int, reason: str) -> None:
        super().__init__(status, message_type, offset, reason)
        self.status, self.message_type = status, message_type
        self.offset, self.reason = offset, reason

    def __str__(self) -> str:
        return (
            f"message {self.message_type}, body offset {self.offset}: {self.reason}"
            f" ({self.status.name})"
        )


class UnexpectedMessageError(RemoteProtocolError):
    """The peer sent what its session's state does not allow.

    Attributes:
        state: The state's name.
        event: What came.
    """

    def __init__(self, state: str, event: str) -> None:
        super().__init__(state, event)
        self.state, self.event = state, event

    def __str__(self) -> str:
        return f"{self.event} while {self.state}"


class EncodeError(LocalProtocolError):
    """A message holds a value that its field cannot carry.

    Attributes:
        message: The message's class.
        field: The field's attribute, empty when the message as a whole is at fault.
        reason: What is wrong.
    """

    def __init__(self, message: str, field: str, reason: str) -> None:
        super().__init__(message, field, reason)
        self.message, self.field, self.reason = message, field, reason

    def __str__(self) -> str:
        return f"{self.message}{'.' * bool(self.field)}{self.field}: {self.reason}"


class MessageTooLongError(EncodeError):
    """A message is longer than a peer of that version reads."""


class ControlFailureError(FinesseError):
    """The peripheral refused a request: CONTROL_FAILURE_CONF.

    Attributes:
        failure_code: A `ControlFailureCode`, or a number that is none.
        peripheral_error_code: The peripheral's own code; UCCX's are 88xxx.
    """

    def __init__(self, failure_code: int, peripheral_error_code: int = 0) -> None:
        super().__init__(failure_code, peripheral_error_code)
        self.failure_code, self.peripheral_error_code = failure_code, peripheral_error_code

    def __str__(self) -> str:
        known = {code.value: code.name for code in ControlFailureCode}
        name = known.get(self.failure_code, f"failure {self.failure_code}")
        return f"{name}, peripheral error {self.peripheral_error_code}"


class RequestFailedError(FinesseError):
    """The CTI server refused a request: FAILURE_CONF.

    Attributes:
        status: A `StatusCode`, or a number that is none.
        text: What the server says about it; often empty.
    """

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(status, text)
        self.status, self.text = status, text

    def __str__(self) -> str:
        known = {code.value: code.name for code in StatusCode}
        name = known.get(self.status, f"status {self.status}")
        return f"{name}: {self.text}" if self.text else name


class RequestTimeoutError(FinesseError):
    """A request was sent and not answered in time; it may have been carried out.

    Attributes:
        request: The request's class.
        seconds: How long it was waited for.
    """

    def __init__(self, request: str, seconds: float) -> None:
        super().__init__(request, seconds)
        self.request, self.seconds = request, seconds

    def __str__(self) -> str:
        return f"{self.request} was not answered within {self.seconds:g} s"


class LinkDownError(FinesseError):
    """There is no session with an engine, or there is none any more.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason
