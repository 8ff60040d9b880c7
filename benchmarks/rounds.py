"""Rivals measured in turns: on a machine that others use, only what ran side by side can be compared."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from math import nan
from statistics import median

__all__ = ["cpu_seconds", "ratio", "rounds"]


def cpu_seconds(work: Callable[[], object]) -> float:
    """The processor's time that ``work`` takes: the time in which others had the processor does not count."""
    began = time.process_time()
    work()
    return time.process_time() - began


def ratio(this: float, that: float) -> float:
    """How many times that is in this; NaN, of which no goal is met, when it was too short for the machine's clock."""
    return this / that if that else nan


def rounds(rivals: Mapping[str, Callable[[], object]], number: int) -> dict[str, float]:
    """Let each rival do its work once in each round.

    Args:
        rivals: The work of each.
        number: How many rounds, after one that does not count.

    Returns:
        For each rival the median of its processor's time, in seconds.
    """
    for work in rivals.values():
        work()
    gc.collect()
    gc.disable()
    try:
        turns = [{name: cpu_seconds(work) for name, work in rivals.items()} for _ in range(number)]
    finally:
        gc.enable()
    return {name: median(turn[name] for turn in turns) for name in rivals}
