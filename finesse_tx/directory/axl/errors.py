"""What may go wrong with somebody else's AXL server, each in words that an operator can act upon."""

from __future__ import annotations

from collections.abc import Sequence

from finesse_tx.directory.core.errors import SourceError

__all__ = ["FaultError", "ThrottledError", "TooLargeError", "VersionError"]


class FaultError(SourceError):
    """The server answers with a SOAP fault.

    Attributes:
        operation: What was asked.
        code: ``axlcode``; 0 where there is none.
    """

    def __init__(self, operation: str, code: int, message: str) -> None:
        super().__init__(f"AXL {operation}: {message} (code {code})")
        self.operation, self.code = operation, code


class TooLargeError(FaultError):
    """It has too much to answer at once.

    Attributes:
        rows: So many rows it would answer; 0 where it does not say.
    """

    def __init__(self, operation: str, code: int, message: str, rows: int) -> None:
        super().__init__(operation, code, message)
        self.rows = rows


class ThrottledError(SourceError):
    """It has too much to do.

    Attributes:
        retry_after_s: When it wants to be asked again; None where it does not say.
    """

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class VersionError(SourceError):
    """It does not speak the version of the schema that it was asked in.

    Attributes:
        asked: That version.
        supported: Those that it speaks; empty where it does not say.
    """

    def __init__(self, asked: str, supported: Sequence[str]) -> None:
        said = ", ".join(supported) or "others"
        super().__init__(f"the AXL server does not speak version {asked} of the schema, but {said}")
        self.asked, self.supported = asked, tuple(supported)
