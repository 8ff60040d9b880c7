"""What telephone systems and their model refuse."""

from __future__ import annotations

from enum import IntEnum

from finesse_tx.errors import FinesseError, LocalProtocolError
from finesse_tx.telephony.core.events import Cause

__all__ = ["InvalidStateError", "ProviderError", "UnknownNumberError", "UnknownObjectError"]


class ProviderError(FinesseError):
    """A telephone system did not do what it was asked.

    Attributes:
        cause: JTAPI's word for why.
        reason: The same for people.
    """

    def __init__(self, cause: Cause, reason: str) -> None:
        super().__init__(cause, reason)
        self.cause, self.reason = cause, reason

    def __str__(self) -> str:
        return f"{self.reason} ({self.cause.name})"


class InvalidStateError(ProviderError):
    """An object is in a state from which the wanted one cannot be reached; nothing was changed.

    An operation fails with it when it came too late, such as answering a call whose caller is gone.

    Attributes:
        object: Which object, such as ``16777217/1001``.
        state: Its state.
        wanted: The state that was wanted.
    """

    def __init__(self, object: str, state: IntEnum, wanted: IntEnum) -> None:  # noqa: A002
        super().__init__(Cause.UNKNOWN, f"{object} is {state.name}, it cannot become {wanted.name}")
        self.object, self.state, self.wanted = object, state, wanted


class UnknownObjectError(LocalProtocolError):
    """An event names a call, address or device that the model does not have: a provider's bug.

    Attributes:
        object: Its name.
    """

    def __init__(self, object: str) -> None:  # noqa: A002
        super().__init__(object)
        self.object = object

    def __str__(self) -> str:
        return f"there is no {self.object}"


class UnknownNumberError(FinesseError):
    """A number that nothing answers to.

    Attributes:
        number: As it was dialled.
        reason: For people.
    """

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(number, reason)
        self.number, self.reason = number, reason

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"
