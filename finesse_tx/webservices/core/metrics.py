"""What the web services have done, as families of numbers."""

from __future__ import annotations

from collections.abc import Iterator

from finesse_tx.metrics.core.families import Family, counter, gauge
from finesse_tx.webservices.core.counters import ServiceCounters

__all__ = ["service_families"]


def service_families(counters: ServiceCounters, *, in_service: bool) -> Iterator[Family]:
    """What the web services say."""
    yield gauge("in_service", "Whether SystemInfo says IN_SERVICE.", in_service)
    yield counter("cti_events", "Messages that the engine sent by itself.", counters.events)
    yield counter("outages", "How often IN_SERVICE was lost.", counters.outages)
    yield counter(
        "synchronisations", "How often everything was learned anew.", counters.synchronisations
    )
    yield counter(
        "synchronisations_failed",
        "Synchronisations that did not come to an end.",
        counters.synchronisations_failed,
    )
    yield counter("synchronisation_questions", "Requests sent for them.", counters.questions)
    yield counter(
        "synchronisation_questions_skipped",
        "Those that stayed without an answer.",
        counters.questions_skipped,
    )
    yield counter(
        "configuration_refreshes",
        "How often the configuration alone was asked for anew.",
        counters.refreshes,
    )
    yield counter(
        "announcements",
        "Notifications of what was found after an outage.",
        counters.announced,
    )
    yield gauge(
        "synchronisation_seconds",
        "How long the last synchronisation took.",
        counters.synchronisation_s,
    )
