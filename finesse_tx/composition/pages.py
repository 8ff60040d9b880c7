"""The desktop and the administration console: their pages, and what only they ask."""

from __future__ import annotations

from typing import NamedTuple

from twisted.web.resource import IResource

from finesse_tx.admin.pages import console_pages
from finesse_tx.certificates import CertificateDesk, InstalledCertificates
from finesse_tx.composition.administration import Configured
from finesse_tx.composition.given import Given, now
from finesse_tx.composition.reception import Reception
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.composition.storage import Storage
from finesse_tx.config import Config
from finesse_tx.desktop.pages import desktop_page
from finesse_tx.directory.editing import DirectoryEditing
from finesse_tx.static import PageFolder, StaticResource, page_tree
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.certificates import CERTIFICATES
from finesse_tx.webservices.routes.console import CONSOLE, ConsoleFacts
from finesse_tx.webservices.routes.desktop_session import DESKTOP_SESSION
from finesse_tx.webservices.routes.origins import ORIGINS, following

__all__ = ["Pages", "build_pages"]


class Pages(NamedTuple):
    """Pages of ours.

    Attributes:
        desktop: ``/desktop``; its page is ``/`` as well.
        others: ``/assets``, which they all load from, and ``/cfadmin``.
    """

    desktop: PageFolder
    others: dict[bytes, IResource]


def build_pages(
    given: Given,
    storage: Storage,
    entrance: Entrance,
    reception: Reception,
    editing: DirectoryEditing,
    configured: Configured,
) -> Pages:
    """Both, of one tree of files."""
    tree, gate = page_tree(), reception.gate
    console = ApiResource(
        gate,
        [
            Family(CONSOLE, ConsoleFacts(configured.records, editing, configured.text)),
            Family(CERTIFICATES, _certificates(given, storage, configured)),
            Family(ORIGINS, following(configured.origins, configured.administration)),
        ],
        is_described=False,
    )
    others = {
        b"assets": StaticResource(tree),
        **console_pages(tree, reception.console, entrance.known, console),
    }
    desktop = desktop_page(
        tree,
        ApiResource(gate, [Family(DESKTOP_SESSION, entrance.sessions)], is_described=False),
        _other_hosts(given.config),
        lambda: configured.origins.listed,
    )
    return Pages(desktop, others)


def _certificates(given: Given, storage: Storage, configured: Configured) -> CertificateDesk:
    config = given.config
    return CertificateDesk(
        given.ready.tls,
        InstalledCertificates(given.home),
        config.tls.certificate_file,
        config.host,
        (config.notification.domain, config.notification.pubsub_domain),
        configured.records,
        storage.store,
        now,
    )


def _other_hosts(config: Config) -> list[str]:
    """The other node, where there is one."""
    found = config.server.primary_host if config.is_secondary else config.server.secondary_host
    return [found] if found else []
