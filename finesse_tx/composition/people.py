"""Who works here, who tells of them, and who changes that: the console, the AXL server, commands, a source by itself."""

from __future__ import annotations

from collections import Counter
from random import Random

from twisted.logger import Logger
from twisted.plugin import getPlugins

from finesse_tx import plugins
from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.given import Given, now
from finesse_tx.composition.preparing import has_scram
from finesse_tx.composition.storage import Storage
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.directory.core.synchronising import Policy
from finesse_tx.directory.editing import DirectoryEditing
from finesse_tx.directory.hashing import verifier_of
from finesse_tx.directory.passwords import Passwords
from finesse_tx.directory.service import Directory
from finesse_tx.directory.synchroniser import Synchroniser
from finesse_tx.errors import UNPLACED, ConfigError
from finesse_tx.interfaces import IDirectoryProvider, IDirectorySource
from finesse_tx.store.records import DirectoryEditRecords, DirectoryRecords

__all__ = ["build_directory", "build_editing", "build_source", "build_synchroniser"]

_log = Logger()


def build_directory(given: Given, storage: Storage) -> Directory:
    """Who works here; who follows it is told in the order of the plan."""
    ready = given.ready
    records = DirectoryRecords(storage.store, storage.pending)
    return Directory(records, ready.snapshot, ready.hashes, ready.verifiers)


def build_source(given: Given, storage: Storage) -> IDirectorySource:
    """Who tells of people, as the operator chose.

    Raises:
        ConfigError: There is none of that name, or it does not take those options.
    """
    found = given.config.directory
    providers = {provider.name: provider for provider in getPlugins(IDirectoryProvider, plugins)}
    if found.provider not in providers:
        raise ConfigError(
            UNPLACED,
            "directory.provider",
            f'there is no directory provider "{found.provider}"',
            f"choose one of {', '.join(sorted(providers))}",
        )
    source: IDirectorySource = providers[found.provider].make_source(
        found.options, storage.store, given.reactor
    )
    _warn_of_strangers(found.provider, given.ready.snapshot)
    return source


def _warn_of_strangers(provider: str, snapshot: Snapshot) -> None:
    """Nobody can say whether the passwords of another provider's people are right."""
    theirs = Counter(person.source for person in snapshot.people)
    for name, count in theirs.items():
        if name not in {"", provider}:
            _log.warn(
                "{count} people are of the directory provider {name}, which is not directory.provider: "
                "none of them can sign in",
                count=count,
                name=name,
            )


def build_editing(
    given: Given, storage: Storage, directory: Directory, embedded: Embedded | None
) -> DirectoryEditing:
    """Changes the directory, as far as our own engine can follow."""
    security = given.config.security
    return DirectoryEditing(
        DirectoryEditRecords(storage.store),
        directory,
        storage.store,
        Passwords(security),
        now,
        embedded.engine.vet if embedded is not None else None,
        verifier_of(security.scram_iterations) if has_scram(given.config) else None,
    )


def build_synchroniser(
    given: Given, source: IDirectorySource, editing: DirectoryEditing
) -> Synchroniser | None:
    """Brings the directory to what its source says, now and then; None where the source says nothing by itself."""
    if not source.synchronises:
        return None
    found = given.config.directory
    return Synchroniser(
        source,
        editing,
        Policy(found.provider, found.team, found.max_gone_percent),
        found.sync_s,
        given.reactor,
        Random().random,  # noqa: S311  # chance, not a secret
    )
