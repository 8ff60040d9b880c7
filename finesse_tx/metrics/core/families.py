"""What a part says of itself: families of numbers, each with its labels, as plain data.

A part makes them of its own counters when it is asked; nothing is kept here, and nobody is told of each step.

Spec: Prometheus' data model and naming: base units, ``_total`` for what only grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

__all__ = ["PREFIX", "Family", "Histogram", "Kind", "by_label", "counter", "gauge"]

PREFIX = "finesse_"
"""What all names begin with."""


class Kind(Enum):
    """What a number does."""

    COUNTER = "counter"
    """It only grows, from 0 at the start."""
    GAUGE = "gauge"
    """It is as it is now."""


class Family(NamedTuple):
    """Numbers of one kind.

    Attributes:
        name: In snake case, without `PREFIX` and without ``_total``.
        kind: What they do.
        help: What they are, in one sentence.
        labels: The names of their labels.
        samples: The values of the labels, each time, and the number.
    """

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...]
    samples: tuple[tuple[tuple[str, ...], float], ...]


class Histogram(NamedTuple):
    """How often something was how much.

    Attributes:
        name: In snake case, with its unit, without `PREFIX`.
        help: What it is, in one sentence.
        labels: The names of their labels.
        bounds: The upper bounds of the buckets, ascending; there is one more bucket, without a bound.
        samples: The values of the labels, each time, how many fell into each bucket alone, and the sum of all.
    """

    name: str
    help: str
    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    samples: tuple[tuple[tuple[str, ...], tuple[int, ...], float], ...]


def gauge(name: str, about: str, value: float) -> Family:
    """One number that is as it is."""
    return Family(name, Kind.GAUGE, about, (), (((), value),))


def counter(name: str, about: str, value: float) -> Family:
    """One number that only grows."""
    return Family(name, Kind.COUNTER, about, (), (((), value),))


def by_label(kind: Kind, name: str, about: str, label: str, values: Mapping[str, float]) -> Family:
    """Numbers that one label tells apart."""
    samples = tuple(((key,), value) for key, value in sorted(values.items()))
    return Family(name, kind, about, (label,), samples)
