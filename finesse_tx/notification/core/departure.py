"""Why a session is over, as whoever is told of people's presence needs it.

Spec: ``engine.md`` §2.5 (the causes of a forced sign-out), ``notifications.md`` §8.
"""

from __future__ import annotations

from enum import Enum

__all__ = ["Departure", "departure"]


class Departure(Enum):
    """Why."""

    CLOSED = "closed"
    """The client said so: unavailable presence, the end of its stream, BOSH's ``terminate``."""
    TIMED_OUT = "timed out"
    """Nothing was heard for as long as a session may be silent."""
    NETWORK = "network"
    """The connection broke without a word, or had to be dropped."""
    REPLACED = "replaced"
    """Another connection has taken its address."""
    SHUTDOWN = "shutdown"
    """We are stopping."""


def departure(condition: str) -> Departure:
    """What a stream error of ours (RFC 6120 §4.9) means for the session."""
    return {
        "connection-timeout": Departure.TIMED_OUT,
        "conflict": Departure.REPLACED,
        "system-shutdown": Departure.SHUTDOWN,
    }.get(condition, Departure.NETWORK)
