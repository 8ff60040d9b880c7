"""What the AXL server counts, and how `metrics` shows it.

Spec: ``axl.md`` §6, §7.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from finesse_tx.metrics.core.families import Family, Kind, by_label, gauge

__all__ = ["AXLCounters", "axl_families"]

_MAX_UNKNOWN: Final = 100
"""How many different names of operations that we do not have are counted apart."""

_NAME: Final = re.compile(r"[A-Za-z]{1,64}")


@dataclass(slots=True)
class AXLCounters:
    """Since the start.

    Attributes:
        requests: By operation.
        faults: By AXL's code, or ``soap`` for a fault of SOAP's own.
        unknown: By operation, of those that we do not have.
        refused: By status.
        throttled: By reason.
        inflight: The requests that are being answered now.
    """

    requests: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    inflight: int = 0

    def asked_for_unknown(self, operation: str) -> None:
        """Somebody wants what we do not have."""
        is_one = _NAME.fullmatch(operation) is not None
        has_room = operation in self.unknown or len(self.unknown) < _MAX_UNKNOWN
        self.unknown[operation if is_one and has_room else "other"] += 1


def axl_families(counters: AXLCounters) -> Iterator[Family]:
    """What the AXL server says."""
    yield gauge("axl_inflight", "AXL requests that are being answered.", counters.inflight)
    for name, about, label, values in (
        ("axl_requests", "AXL requests for what there is.", "operation", counters.requests),
        ("axl_faults", "AXL requests that were answered with a fault.", "code", counters.faults),
        ("axl_unknown_operations", "AXL requests for what there is not here.", "operation", counters.unknown),
        ("axl_refused", "AXL requests that were refused by an HTTP status.", "status", counters.refused),
        ("axl_throttle", "AXL requests that were too many or too large.", "reason", counters.throttled),
    ):  # fmt: skip
        yield by_label(Kind.COUNTER, name, about, label, values)
