"""The directory: who works here, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from twisted.internet.defer import Deferred, DeferredLock
from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.directory.core.records import ReasonCode, Snapshot
from finesse_tx.directory.core.scram import ScramVerifier, decoded
from finesse_tx.interfaces import IDirectory, IDirectoryRecords, IReasonCodes

__all__ = ["Directory", "Turnover"]


@dataclass(frozen=True, slots=True)
class Turnover:
    """Who may not go on as before, now that the directory is another.

    Attributes:
        gone: The login ids of those who may no longer sign in.
        other_password: Of those whose password has changed, or is none any more.
    """

    gone: frozenset[str]
    other_password: frozenset[str]


@implementer(IDirectory, IReasonCodes)
class Directory:
    """Everyone, as of the last `reload`; before the first, as given.

    Args:
        records: Where the directory is kept.
        snapshot: Who is known from the beginning.
        hashes: Their encoded password hashes, by login id.
        verifiers: What SCRAM is checked with, encoded, by login id; of people who have a hash.
    """

    log = Logger()

    def __init__(
        self,
        records: IDirectoryRecords,
        snapshot: Snapshot = Snapshot(),  # noqa: B008  # a value
        hashes: Mapping[str, str] = MappingProxyType({}),
        verifiers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._records = records
        self._snapshot = snapshot
        self._hashes, self._verifiers = dict(hashes), dict(verifiers)
        self._reloading = DeferredLock()
        self._followers: list[Callable[[Turnover], None]] = []

    def follow(self, follower: Callable[[Turnover], None]) -> None:
        """Call ``follower`` each time after the directory was loaded anew, the first that asked first."""
        self._followers.append(follower)

    def snapshot(self) -> Snapshot:
        """The directory as it was last loaded."""
        return self._snapshot

    def reload(self) -> Deferred[None]:
        """Load the directory from its records, and tell who follows; two reloads come one after the other.

        Returns:
            Fires when that is done, or fails with a `StoreError`; then the old one stays.
        """
        loading: Deferred[tuple[Snapshot, Mapping[str, str], Mapping[str, str]]] = (
            self._reloading.run(self._records.load)
        )
        return loading.addCallback(self._loaded)

    def _loaded(self, found: tuple[Snapshot, Mapping[str, str], Mapping[str, str]]) -> None:
        people, hashes = self._snapshot.people, self._hashes
        self._snapshot, self._hashes, self._verifiers = found[0], dict(found[1]), dict(found[2])
        there = {person.login_id for person in self._snapshot.people}
        turnover = Turnover(
            frozenset(person.login_id for person in people) - there,
            frozenset(who for who, was in hashes.items() if self._hashes.get(who) != was) & there,
        )
        for follower in self._followers:
            try:
                follower(turnover)
            except Exception:  # one that cannot does not keep the others from it
                self.log.failure("somebody could not follow the directory")

    def reload_reason_codes(self) -> Deferred[None]:
        """Load the reason codes alone; see `IReasonCodes`."""
        loading: Deferred[tuple[ReasonCode, ...]] = self._reloading.run(
            self._records.load_reason_codes
        )
        return loading.addCallback(self._reasons_loaded)

    def _reasons_loaded(self, found: tuple[ReasonCode, ...]) -> None:
        self._snapshot = replace(self._snapshot, reason_codes=found)

    def password_hash(self, login_id: str) -> str | None:
        """Somebody's encoded password hash; None for one who has none here."""
        return self._hashes.get(login_id)

    def renew_password_hash(self, login_id: str, was: str, now: str) -> None:
        """Keep another hash of the same password; at once here, and in the records when they can.

        Args:
            login_id: Whose.
            was: What it was made for; if that is no longer theirs, nothing happens.
            now: The other one.
        """
        if self._hashes.get(login_id) != was:
            return
        self._hashes[login_id] = now
        self._records.replace_password_hash(login_id, was, now)

    @property
    def without_verifier(self) -> int:
        """How many people have a password of ours and could not sign in with SCRAM yet."""
        return len(self._hashes) - len(self._verifiers)

    def scram_verifier(self, login_id: str) -> ScramVerifier | None:
        """What SCRAM is checked with for somebody; None for one who has nothing yet."""
        encoded = self._verifiers.get(login_id)
        return decoded(encoded) if encoded is not None else None

    def keep_verifier(self, login_id: str, password_hash: str, verifier: ScramVerifier) -> None:
        """Keep what was made of somebody's password; at once here, and in the records when they can.

        Args:
            login_id: Whose.
            password_hash: The hash of that password; if it is no longer theirs, nothing happens.
            verifier: What was made.
        """
        if self._hashes.get(login_id) != password_hash:
            return
        self._verifiers[login_id] = verifier.encoded
        self._records.keep_verifier(login_id, password_hash, verifier.encoded)
