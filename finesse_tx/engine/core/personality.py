"""The tables of each personality.

Spec: ``engine.md``, *CCE* marks; issue 4, point 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from finesse_tx.engine.core import cce, ccx
from finesse_tx.engine.core.states import Personality, Rules

__all__ = ["RULES"]

RULES: Final[Mapping[Personality, Rules]] = MappingProxyType(
    {Personality.CCX: ccx.RULES, Personality.CCE: cce.RULES}
)
"""The agents' state machine."""
