"""What can be wrong with a gadget's specification or with a message bundle."""

from __future__ import annotations

from finesse_tx.errors import FinesseError

__all__ = ["SpecError"]


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
