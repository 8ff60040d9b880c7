"""What must be done before the reactor runs and before ``twistd`` becomes a daemon; ``finesse-tx check`` does it too.

Certificates, the schema, the demo's people; and everything that the parts start with is read from the database.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from sqlalchemy import URL
from sqlalchemy.orm import Session
from twisted.logger import Logger

from finesse_tx.certificates import (
    Identity,
    InstalledCertificates,
    ServerTLS,
    operator_identity,
    own_identity,
)
from finesse_tx.composition.mentions import unknown_mentions
from finesse_tx.composition.secret_files import component_secret, secret_file
from finesse_tx.config import Config, addresses
from finesse_tx.directory.core.axl.records import StoredObject
from finesse_tx.directory.core.demo import PASSWORD
from finesse_tx.directory.core.limits import check_queues
from finesse_tx.directory.core.reason_codes import CCE_SYSTEM_CODES
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.directory.hashing import verifier_of
from finesse_tx.directory.passwords import Passwords
from finesse_tx.engine.core.records import HistoryMark
from finesse_tx.engine.core.scripts.checking import check_treatment
from finesse_tx.engine.core.scripts.triggers import CallTreatment
from finesse_tx.engine.scripts import load_treatment
from finesse_tx.home import Home
from finesse_tx.store.core.sealing import SETTINGS_KEY, Sealer, UnreadableError
from finesse_tx.store.database import database_url
from finesse_tx.store.prepare import prepare as prepare_store
from finesse_tx.store.repositories.axl import read_objects
from finesse_tx.store.repositories.history import read_mark
from finesse_tx.store.repositories.passwords import (
    keep_verifier,
    read_password_hashes,
    read_verifiers,
)
from finesse_tx.store.repositories.pending import take_left_over
from finesse_tx.store.repositories.reason_codes import add_system_codes
from finesse_tx.store.repositories.samples import add_demo
from finesse_tx.store.repositories.settings import read_settings, seal_settings
from finesse_tx.store.repositories.snapshots import read_snapshot
from finesse_tx.store.repositories.tasks import read_media, read_tasks
from finesse_tx.store.repositories.team_messages import read_messages
from finesse_tx.tasks.core.records import Media, Task
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.team_messages import Message

__all__ = ["PENDING_FOLDER", "Prepared", "has_scram", "prepare", "settings_sealer"]

_log = Logger()

PENDING_FOLDER: Final = "pending"
"""The folder in the home folder with what the database is still to have."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is ready before anything runs.

    Attributes:
        tls: The certificate of every TLS port.
        url: The database, at the newest schema.
        snapshot: The directory as it is now.
        hashes: Everyone's encoded password hash, by login id.
        verifiers: What SCRAM is checked with, encoded, by login id.
        treatment: The call-treatment scripts and triggers, checked against the directory.
        history: Up to where the database has the history.
        settings: What administrators have configured.
        messages: What teams are still to be told.
        tasks: The tasks that there are.
        media: Who was signed in to media other than voice.
        axl: What AXL knows beside the directory.
    """

    tls: ServerTLS
    url: URL
    snapshot: Snapshot
    hashes: Mapping[str, str]
    verifiers: Mapping[str, str]
    treatment: CallTreatment
    history: HistoryMark
    settings: Settings
    messages: tuple[Message, ...]
    tasks: tuple[Task, ...]
    media: tuple[Media, ...]
    axl: tuple[StoredObject, ...]


def prepare(config: Config, home: Home) -> Prepared:
    """Do what must be done before the reactor runs: certificates, the schema, the demo's people.

    Args:
        config: The configuration.
        home: The home folder, locked.

    Raises:
        FinesseError: Something is in the way; one line says what.
    """
    domain, installed = config.notification.domain, InstalledCertificates(home)

    def identity() -> Identity:
        now = datetime.now(UTC)
        if config.tls.certificate_file:
            return operator_identity(config.tls, now)
        return installed.current() or own_identity(
            home, (config.host, domain, config.notification.pubsub_domain), now
        )

    if config.notification.mode == "component":
        component_secret(config)
    if addresses(config.listen.accounts):
        secret_file("accounts.token_file", config.accounts.token_file)
    secret_file("gadgets.signing_secret_file", config.gadgets.signing_secret_file)
    tls = ServerTLS(identity)
    url = database_url(config.store, home.path)
    passwords = Passwords(config.security)
    treatment = load_treatment(config.engine.scripts_file)
    found: list[Prepared] = []
    sealer = settings_sealer(home)

    def seed(session: Session) -> None:
        take_left_over(session, home.path / PENDING_FOLDER, config.store.journal_max_bytes)
        if config.engine.personality == "cce":
            add_system_codes(session, CCE_SYSTEM_CODES)
        if config.demo.enabled:
            _seed_demo(session, config, passwords)
        snapshot = read_snapshot(session)
        check_treatment(treatment, snapshot)
        for doubt in check_queues(snapshot):
            _log.warn("the directory: {doubt}", doubt=doubt)
        for doubt in unknown_mentions(config, snapshot):
            _log.warn("the configuration: {doubt}", doubt=doubt)
        hashes, verifiers = read_password_hashes(session), read_verifiers(session)
        seal_settings(session, sealer.seal)
        mark, settings = read_mark(session), read_settings(session, partial(_opened, sealer))
        found.append(
            Prepared(
                tls,
                url,
                snapshot,
                hashes,
                verifiers,
                treatment,
                mark,
                settings,
                read_messages(session),
                read_tasks(session),
                read_media(session),
                read_objects(session),
            )
        )

    prepare_store(url, seed, config.store.start_wait_s)
    return found[0]


def settings_sealer(home: Home) -> Sealer:
    """Seals the passwords of the settings, which are kept in the database, with a key that is not."""
    return Sealer(home.secret(SETTINGS_KEY).encode(), secrets.token_bytes)


def _opened(sealer: Sealer, name: str, text: str) -> str:
    """A password of the settings; none where the key is another one, for an administrator to give it again."""
    try:
        return sealer.open(name, text)
    except UnreadableError as error:
        _log.warn(
            "{error}: bring {file} back, or give the password again", error=error, file=SETTINGS_KEY
        )
        return ""


def _seed_demo(session: Session, config: Config, passwords: Passwords) -> None:
    """Put the demo's people in, whose password is known: they can sign in by all ways at once."""

    def hash_password() -> str:
        hashes.append(passwords.hash(PASSWORD))
        return hashes[-1]

    hashes: list[str] = []
    add_demo(session, config.demo.agents, hash_password)
    if has_scram(config):
        for encoded in hashes:
            make = verifier_of(config.security.scram_iterations)
            keep_verifier(session, encoded, make(PASSWORD))


def has_scram(config: Config) -> bool:
    """Whether anybody can sign in with SCRAM, as far as the configuration says."""
    if config.notification.mode == "component":
        return False  # somebody else's server asks us yes or no
    if config.directory.provider != "local":
        # A client would choose it, and who knows the password cannot prove it with that.
        return False
    if config.sso.mode != "NON_SSO":
        return False  # a client would choose it, and cannot prove with it that it has a token
    return any(name != "PLAIN" for name in config.notification.sasl)
