"""AXL: what it knows of phones beside the directory, and the server that tells others."""

from __future__ import annotations

import secrets
import uuid

from msgspec import structs

from finesse_tx.composition.given import Given, now
from finesse_tx.composition.storage import Storage
from finesse_tx.directory.axl.application import Application as AXLApplication
from finesse_tx.directory.axl.resource import Entrance as AXLEntrance
from finesse_tx.directory.axl.resource import axl_root
from finesse_tx.directory.core.axl.envelope import MAX_BODY
from finesse_tx.directory.editing import DirectoryEditing
from finesse_tx.directory.service import Directory
from finesse_tx.interfaces import IAuthenticator
from finesse_tx.preflight import listening
from finesse_tx.site import BoundedSite
from finesse_tx.store.axl_records import AXLRecords

__all__ = ["build_axl", "build_axl_site"]


def build_axl(
    given: Given,
    storage: Storage,
    directory: Directory,
    authenticator: IAuthenticator,
    editing: DirectoryEditing,
) -> AXLApplication:
    """What AXL knows, whether anybody is served it or not: phones above all."""
    config = given.config
    # Not all threads: passwords are checked and calls are recorded in the same ones.
    at_once = min(config.axl.reads_at_once, max(1, config.store.threads // 2))
    return AXLApplication(
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


def build_axl_site(
    given: Given,
    directory: Directory,
    authenticator: IAuthenticator,
    application: AXLApplication,
) -> BoundedSite | None:
    """The AXL server; None where it does not listen."""
    config = given.config
    if "axl" not in listening(config):
        return None
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
    return BoundedSite(root, MAX_BODY, config.web.idle_timeout_s, given.reactor)
