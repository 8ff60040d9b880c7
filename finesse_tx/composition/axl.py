"""AXL: what it knows of phones beside the directory, and the server that tells others."""

from __future__ import annotations

import secrets
import uuid
from typing import NamedTuple

from msgspec import structs

from finesse_tx.composition.given import Given, now
from finesse_tx.composition.http import site
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.composition.storage import Storage
from finesse_tx.directory.axl.application import Application
from finesse_tx.directory.axl.resource import Entrance as AXLEntrance
from finesse_tx.directory.axl.resource import axl_root
from finesse_tx.directory.core.axl.envelope import MAX_BODY
from finesse_tx.directory.editing import DirectoryEditing
from finesse_tx.directory.service import Directory
from finesse_tx.interfaces import IAuthenticator
from finesse_tx.preflight import listening
from finesse_tx.site import BoundedSite
from finesse_tx.store.axl_records import AXLRecords

__all__ = ["AXL", "build_axl"]


class AXL(NamedTuple):
    """AXL.

    Attributes:
        application: What it knows, whether anybody is served it or not: phones above all.
        site: Where others ask; None where it does not listen.
    """

    application: Application
    site: BoundedSite | None


def build_axl(
    given: Given,
    storage: Storage,
    directory: Directory,
    entrance: Entrance,
    editing: DirectoryEditing,
) -> AXL:
    """Both, of the directory and of what is kept beside it."""
    application = _application(given, storage, directory, entrance.known, editing)
    if "axl" not in listening(given.config):
        return AXL(application, None)
    return AXL(application, _site(given, directory, entrance.known, application))


def _application(
    given: Given,
    storage: Storage,
    directory: Directory,
    authenticator: IAuthenticator,
    editing: DirectoryEditing,
) -> Application:
    config = given.config
    # Not all threads: passwords are checked and calls are recorded in the same ones.
    at_once = min(config.axl.reads_at_once, max(1, config.store.threads // 2))
    return Application(
        directory,
        authenticator,
        AXLRecords(storage.store),
        given.ready.axl,
        editing,
        storage.store,
        structs.replace(config.axl, reads_at_once=at_once),
        config.security,
        given.reactor,
        now,
        lambda: str(uuid.uuid4()),
        secrets.token_hex(8),
    )


def _site(
    given: Given, directory: Directory, authenticator: IAuthenticator, application: Application
) -> BoundedSite:
    config = given.config
    entrance = AXLEntrance(
        directory,
        authenticator,
        config.axl,
        given.reactor,
        lambda: secrets.token_hex(16).upper(),
    )

    def address() -> str:
        return f"https://{config.host}:{given.ports.address('axl').port}/axl/"

    root = axl_root(entrance, application, address)
    return site(given, root, MAX_BODY)
