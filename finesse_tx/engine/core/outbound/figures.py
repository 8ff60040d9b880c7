"""What a campaign has come to.

Spec: ``engine.md`` §4, campaign statistics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from finesse_tx.engine.core.outbound.records import Result

__all__ = ["CampaignStatistics"]

_NAMES: Final[Mapping[Result, str]] = MappingProxyType(
    {
        Result.VOICE: "answered",
        Result.BUSY: "busy",
        Result.INVALID: "invalid",
        Result.FAX: "fax",
        Result.ANS_MACHINE: "machine",
        Result.CALLBACK: "callback",
        Result.NO_ANSWER: "no_answer",
        Result.DO_NOT_CALL: "do_not_call",
        Result.CLOSED: "closed",
        Result.UNKNOWN: "unknown",
    }
)


@dataclass(slots=True)
class CampaignStatistics:
    """Counts since the server's start.

    Attributes:
        preview: Customers offered to an agent.
        accepted: Those whom the agent accepted.
        rejected: Those whom he rejected or skipped, to be offered again.
        closed: Those whom he closed without a call.
        answered: Calls that the customer answered.
        busy: Calls to somebody who was busy.
        invalid: Calls to a number that there is not.
        fax: Calls that a fax machine answered.
        machine: Calls that an answering machine answered.
        callback: Calls after which the customer is called again at an agreed time.
        no_answer: Calls that nobody answered.
        do_not_call: Customers who are not to be called, be it found before the call or said in it.
        unknown: Calls that we lost.
    """

    preview: int = 0
    accepted: int = 0
    rejected: int = 0
    closed: int = 0
    answered: int = 0
    busy: int = 0
    invalid: int = 0
    fax: int = 0
    machine: int = 0
    callback: int = 0
    no_answer: int = 0
    do_not_call: int = 0
    unknown: int = 0

    def count(self, result: Result, times: int = 1) -> None:
        """Count a result; or, with -1, take it back because it was another."""
        name = _NAMES[result]
        setattr(self, name, getattr(self, name) + times)
