"""Listeners of a telephone system."""

from __future__ import annotations

from zope.interface import implementer

from finesse_tx.interfaces import IProviderListener
from finesse_tx.telephony.core.events import Batch

__all__ = ["RecordingListener"]


@implementer(IProviderListener)
class RecordingListener:
    """Keeps every batch."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    def provider_changed(self, batch: Batch) -> None:
        """See `IProviderListener`."""
        self.batches.append(batch)

    def said(self) -> list[str]:
        """The call-control events since the last time, in short, such as ``CONN_OFFERED 6001``."""
        batches, self.batches = self.batches, []
        return [
            f"{event.id.name.removeprefix('CALL_CTL_')} {event.address}"
            for batch in batches
            for event in batch.events
            if 203 <= event.id <= 220
        ]
