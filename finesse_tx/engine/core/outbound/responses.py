"""What agents say about a customer: BAResponse.

Spec: ``engine.md`` §4; ``cti.md`` §11.12.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Final

from finesse_tx.engine.core.outbound.records import Result

__all__ = [
    "RECLASSIFICATIONS",
    "Answer",
    "CallbackCancelled",
    "CallbackNumber",
    "CallbackTime",
    "Reclassification",
    "Response",
    "ResponseError",
    "read",
]


class ResponseError(ValueError):
    """It is no BAResponse."""


class Answer(Enum):
    """To a reservation."""

    ACCEPT = "Accept"
    REJECT = "Reject"
    REJECT_CLOSE = "Reject-Close"
    SKIP = "Skip"
    SKIP_CLOSE = "Skip-Close"
    CANCEL_RESERVATION = "Cancel Reservation"


@dataclass(frozen=True, slots=True)
class Reclassification:
    """The call came to something else than we thought."""

    result: Result


@dataclass(frozen=True, slots=True)
class CallbackTime:
    """The customer is to be called again.

    Attributes:
        local: When, by the customer's clock; naive.
        is_personal: Whether by the same agent.
    """

    local: datetime
    is_personal: bool


@dataclass(frozen=True, slots=True)
class CallbackNumber:
    """The number for the callback."""

    number: str


@dataclass(frozen=True, slots=True)
class CallbackCancelled:
    """The customer is not to be called again after all."""


Response = Answer | Reclassification | CallbackTime | CallbackNumber | CallbackCancelled

RECLASSIFICATIONS: Final[Mapping[str, Result]] = MappingProxyType(
    {
        "REX_VOICE": Result.VOICE,
        "REX_ANS_MACHINE": Result.ANS_MACHINE,
        "REX_FAX": Result.FAX,
        "REX_INVALID": Result.INVALID,
        "DO_NOT_CALL": Result.DO_NOT_CALL,
        "BUSY": Result.BUSY,
    }
)

_ANSWERS: Final = {answer.value: answer for answer in Answer}
_TIME: Final = re.compile(r"(Callback|P) (\d{8} \d\d:\d\d)")
_NUMBER: Final = re.compile(r"P#([0-9*#+]{1,31})")


def read(text: str) -> Response:
    """Read a BAResponse.

    Raises:
        ResponseError: It is none.
    """
    if text in _ANSWERS:
        return _ANSWERS[text]
    if text in RECLASSIFICATIONS:
        return Reclassification(RECLASSIFICATIONS[text])
    if text == "Callback Cancel":
        return CallbackCancelled()
    if number := _NUMBER.fullmatch(text):
        return CallbackNumber(number[1])
    if time := _TIME.fullmatch(text):
        try:
            local = datetime.strptime(time[2], "%m%d%Y %H:%M")  # the customer's clock
        except ValueError as error:
            raise ResponseError(str(error)) from None
        return CallbackTime(local, time[1] == "P")
    raise ResponseError(f'"{text}" is no BAResponse')
