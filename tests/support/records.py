"""The directory's records, without a database."""

from collections.abc import Mapping

from twisted.internet.defer import Deferred, fail, succeed
from zope.interface import implementer

from finesse_tx.directory.core.records import ReasonCode, Snapshot
from finesse_tx.interfaces import IDirectoryRecords


@implementer(IDirectoryRecords)
class FixedRecords:
    """Has what it was given.

    Attributes:
        snapshot: What there is.
        hashes: Encoded hashes, by login id.
        failing: What it fails with; None while it works.
        replaced: The hashes that were replaced: whose, which, by what.
        kept: The verifiers that were kept: whose, of which hash, what.
        verifiers: Encoded verifiers, by login id.
    """

    def __init__(self, snapshot: Snapshot, hashes: Mapping[str, str]) -> None:
        self.snapshot, self.hashes = snapshot, hashes
        self.failing: Exception | None = None
        self.replaced: list[tuple[str, str, str]] = []
        self.kept: list[tuple[str, str, str]] = []
        self.verifiers: Mapping[str, str] = {}

    def load(self) -> Deferred[tuple[Snapshot, Mapping[str, str], Mapping[str, str]]]:
        """Tell it."""
        if self.failing is not None:
            return fail(self.failing)
        return succeed((self.snapshot, self.hashes, self.verifiers))

    def load_reason_codes(self) -> Deferred[tuple[ReasonCode, ...]]:
        """Tell them alone."""
        if self.failing is not None:
            return fail(self.failing)
        return succeed(self.snapshot.reason_codes)

    def replace_password_hash(self, login_id: str, was: str, now: str) -> None:
        """Write it down."""
        self.replaced.append((login_id, was, now))

    def keep_verifier(self, login_id: str, password_hash: str, verifier: str) -> None:
        """Write it down."""
        self.kept.append((login_id, password_hash, verifier))
