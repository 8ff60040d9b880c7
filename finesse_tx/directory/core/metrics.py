"""What is told of another directory (``directory.provider``): questions about passwords, and synchronisations.

Spec: ``axl.md`` §6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from finesse_tx.metrics.core.families import Family, Kind, by_label, gauge

__all__ = ["source_families", "synchroniser_families"]


def source_families(outcomes: Mapping[str, int]) -> Iterator[Family]:
    """How often it was asked for passwords.

    Args:
        outcomes: By ``right``, ``wrong`` and ``unknown``.
    """
    yield by_label(
        Kind.COUNTER,
        "directory_passwords",
        "Passwords that the directory provider was asked about.",
        "outcome",
        outcomes,
    )


def synchroniser_families(
    outcomes: Mapping[str, int], left_out: int, age_s: float | None
) -> Iterator[Family]:
    """How its people were taken in.

    Args:
        outcomes: By ``done`` and ``failed``; dry runs are neither.
        left_out: Who was told of and not taken in by the last that was done.
        age_s: How long ago that was; None: never yet.
    """
    yield by_label(
        Kind.COUNTER,
        "directory_synchronisations",
        "Synchronisations with the directory provider.",
        "outcome",
        outcomes,
    )
    yield gauge(
        "directory_left_out", "People whom the last one told of and did not take in.", left_out
    )
    if age_s is not None:
        yield gauge("directory_synchronised_seconds", "How long ago the last one was done.", age_s)
