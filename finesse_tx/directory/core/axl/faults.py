"""How AXL says no: faults with a code, and answers that are no SOAP at all.

Spec: ``axl.md`` §4, §6; SOAP 1.1 §4.4 for the fault codes that are SOAP's own.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.directory.core.axl.versions import SOAP, VERSIONS
from finesse_tx.errors import FinesseError
from finesse_tx.xmltext import escape

__all__ = [
    "DUPLICATE",
    "INVALID",
    "NO_COLUMN",
    "NO_TABLE",
    "SEMANTIC",
    "SQL_SYNTAX",
    "THROTTLED",
    "AXLError",
    "RefusedError",
    "duplicate",
    "fault_document",
    "not_found",
    "not_supported",
    "unsupported_version",
]

INVALID: Final = 5007
"""Not there, or not valid."""
SEMANTIC: Final = 5003
"""The request makes no sense."""
THROTTLED: Final = -1
"""Too large, or too much at once."""
DUPLICATE: Final = -239
"""There is one already."""
MISSING_KEY: Final = -691
"""A reference to what is not there."""
SQL_SYNTAX: Final = -201
"""Not SQL, or not the SQL that we know."""
NO_TABLE: Final = -206
"""No such table."""
NO_COLUMN: Final = -217
"""No such column."""


class AXLError(FinesseError):
    """What a client is told in a SOAP fault.

    Attributes:
        code: AXL's code; None for a fault that is SOAP's own, which has no ``axlError``.
        message: For people to read; clients look for some of them.
        faultcode: SOAP's.
    """

    def __init__(self, code: int | None, message: str, faultcode: str = "Server") -> None:
        super().__init__(code, message, faultcode)
        self.code, self.message, self.faultcode = code, message, faultcode

    def __str__(self) -> str:
        return f"{self.faultcode} {self.code}: {self.message}"


class RefusedError(FinesseError):
    """What a client is told by the status of the answer, with a line of text.

    Attributes:
        status: HTTP's.
        text: The body.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text)
        self.status, self.text = status, text

    def __str__(self) -> str:
        return f"{self.status}: {self.text}"


def not_found(title: str) -> AXLError:
    """There is no such object, of a kind such as ``User``."""
    return AXLError(INVALID, f"Item not valid: The specified {title} was not found")


def duplicate() -> AXLError:
    """There is such an object already."""
    return AXLError(
        DUPLICATE,
        "Could not insert new row - duplicate value in a UNIQUE INDEX column (Unique Index:).",
    )


def not_supported(operation: str) -> AXLError:
    """We do not have that operation."""
    return AXLError(SEMANTIC, f"Operation {operation} is not supported by this server")


def unsupported_version() -> RefusedError:
    """We do not speak that version."""
    supported = ",".join(VERSIONS)
    return RefusedError(599, f"Incorrect axl version. Supported axl versions: {supported}")


def fault_document(fault: AXLError, operation: str) -> bytes:
    """The body of the answer.

    Args:
        fault: What is wrong.
        operation: The request's name, which is all of it that is ever shown.
    """
    message = escape(fault.message)
    detail = ""
    if fault.code is not None:
        detail = (
            f"<detail><axlError><axlcode>{fault.code}</axlcode><axlmessage>{message}</axlmessage>"
            f"<request>{escape(operation)}</request></axlError></detail>"
        )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>soapenv:{fault.faultcode}</faultcode><faultstring>{message}</faultstring>"
        f"{detail}</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    ).encode()
