"""What every GED-188 message is."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Message", "Request"]


@dataclass(frozen=True, slots=True)
class Message:
    """The root of all messages."""


@dataclass(frozen=True, slots=True)
class Request(Message):
    """A message that asks for exactly one confirmation or failure."""
