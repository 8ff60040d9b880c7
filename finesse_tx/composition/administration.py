"""What administrators configure: the settings of the REST API, and all of the configuration as one text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.given import Given, now
from finesse_tx.composition.preparing import settings_sealer
from finesse_tx.composition.storage import Storage
from finesse_tx.config import Address, Config, addresses
from finesse_tx.configuration.importing import ConfigurationText
from finesse_tx.directory.editing import DirectoryEditing
from finesse_tx.directory.service import Directory
from finesse_tx.origins import Origins
from finesse_tx.preflight import listening
from finesse_tx.store.administration_records import AdministrationRecords
from finesse_tx.store.configuration_records import ConfigurationRecords
from finesse_tx.webservices.administration import Administration
from finesse_tx.webservices.core.administration.system import default_singles

__all__ = ["Configured", "build_administration"]


class Configured(NamedTuple):
    """What administrators configure.

    Attributes:
        administration: The settings, who follows them, and their changes.
        records: Where those are kept, with the audit log.
        text: Everything, the people too, out and in as a text.
        origins: Whose pages may use what this server has; they are configured, too.
    """

    administration: Administration
    records: AdministrationRecords
    text: ConfigurationText
    origins: Origins


def build_administration(
    given: Given,
    storage: Storage,
    directory: Directory,
    editing: DirectoryEditing,
    embedded: Embedded | None,
) -> Configured:
    """Settings and texts; a text is taken as far as our own engine can follow."""
    store, personality = storage.store, given.config.engine.personality
    records = AdministrationRecords(store, settings_sealer(given.home))
    administration = Administration(
        directory,
        directory,
        records,
        given.ready.settings,
        now,
        personality,
        _defaults(given.config),
    )
    text = ConfigurationText(
        ConfigurationRecords(store, settings_sealer(given.home)),
        editing,
        administration.refresh,
        store,
        now,
        personality,
        embedded.engine.vet if embedded is not None else None,
        embedded.campaigns if embedded is not None else None,
    )
    origins = Origins(given.config.web.cors, given.config.web.cors_origins)
    return Configured(administration, records, text, origins)


def _defaults(config: Config) -> Mapping[str, Struct]:
    """What is shown of the system's own objects until an administrator changes them."""
    client = config.cti.client
    sides = [*addresses(client.side_a), *addresses(client.side_b)]
    if not sides:  # our own engine
        sides = list(listening(config).get("cti", ()))[:1]
    first = sides[0] if sides else Address(config.host, 42_027)
    backup = (sides[1].host, sides[1].port) if len(sides) > 1 else None
    secondary = config.host if config.is_secondary else config.server.secondary_host
    return default_singles(first.host, first.port, backup, secondary)
