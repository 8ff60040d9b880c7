"""What has happened since the start, as plain numbers: for ``/metrics`` and for people.

Spec: ``design.md`` §4 (what operators see).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ServiceCounters"]


@dataclass(slots=True)
class ServiceCounters:
    """The web services' side of the CTI link. All but the last only grow.

    Attributes:
        events: Messages that the engine sent by itself.
        outages: How often IN_SERVICE was lost.
        synchronisations: How often everything was learned anew.
        synchronisations_failed: How often the engine did not say what it was asked.
        questions: Requests that were sent for it.
        questions_skipped: Those that stayed without an answer.
        refreshes: How often the configuration alone was asked for anew.
        announced: Notifications that told clients of what was found after an outage.
        synchronisation_s: How long the last synchronisation took, in seconds.
    """

    events: int = 0
    outages: int = 0
    synchronisations: int = 0
    synchronisations_failed: int = 0
    questions: int = 0
    questions_skipped: int = 0
    refreshes: int = 0
    announced: int = 0
    synchronisation_s: float = 0.0
