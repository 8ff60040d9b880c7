"""Small writes that nobody waits for the end of, as their outbox keeps them.

Each changes what is still as it was, so that one that comes late does no harm. Hashes and verifiers are in the journal as
they are in the database: both are for their owner alone.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from finesse_tx.store.core.outbox import Records

__all__ = ["PENDING", "KeepVerifier", "Pending", "ReplacePasswordHash", "SetCampaignState"]


class ReplacePasswordHash(Struct, frozen=True, tag=True):
    """Another hash of the same password; see `IDirectoryRecords.replace_password_hash`."""

    login_id: str
    was: str
    now: str


class KeepVerifier(Struct, frozen=True, tag=True):
    """What SCRAM is checked with; see `IDirectoryRecords.keep_verifier`."""

    login_id: str
    password_hash: str
    verifier: str


class SetCampaignState(Struct, frozen=True, tag=True):
    """Whether a campaign runs; see `ICampaignRecords.set_state`.

    Attributes:
        state: The name of a `CampaignState`.
    """

    campaign_id: int
    state: str


Pending = ReplacePasswordHash | KeepVerifier | SetCampaignState
"""Any of them."""

PENDING: Final[Records[Pending]] = Records(Pending, "store.journal_max_bytes")
"""What their journal holds."""
