"""What can be wrong with a gadget's specification or with a message bundle."""

from __future__ import annotations

from finesse_tx.errors import FinesseError

__all__ = ["SourceError", "SpecError", "UnknownFeatureError"]


class SpecError(FinesseError):
    """A specification or a message bundle breaks the rules.

    Attributes:
        line: Where, from 1.
        reason: What is wrong; it may quote the document, so whoever shows it in HTML escapes it.
        allowed: What may stand there instead; empty if the reason says it.
    """

    def __init__(self, line: int, reason: str, allowed: str = "") -> None:
        super().__init__(line, reason, allowed)
        self.line, self.reason, self.allowed = line, reason, allowed

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" + (f"; {self.allowed}" if self.allowed else "")


class UnknownFeatureError(FinesseError):
    """A feature is asked for that is not served.

    Attributes:
        name: Which.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"there is no feature {self.name}"


class SourceError(FinesseError):
    """Something that a gadget is made of is not to be had.

    Attributes:
        status: What HTTP says.
        reason: Why; it may quote an address, so whoever shows it in HTML escapes it.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason

    def __str__(self) -> str:
        return self.reason
