"""What all parts count, in the order in which ``/metrics`` tells it, and what ``/health`` says is degraded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from ipaddress import ip_network
from typing import NamedTuple

from finesse_tx.composition.axl import AXL
from finesse_tx.composition.engine import Embedded
from finesse_tx.composition.gadgets import Gadgets
from finesse_tx.composition.given import Given
from finesse_tx.composition.http import HTTP2
from finesse_tx.composition.rest import Rest
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.composition.storage import Storage
from finesse_tx.composition.web import Finesse
from finesse_tx.cti.core.metrics import link_families, server_families
from finesse_tx.directory.core.axl.counters import axl_families
from finesse_tx.directory.core.metrics import source_families
from finesse_tx.directory.synchroniser import Synchroniser
from finesse_tx.http2.core.families import http2_families
from finesse_tx.metrics.exposition import MetricsResource, Source
from finesse_tx.notification.core.metrics import (
    account_families,
    component_families,
    notification_families,
)
from finesse_tx.store.core.outbox import outbox_families
from finesse_tx.store.core.status import store_families, troubles
from finesse_tx.webservices.core.metrics import service_families

__all__ = ["Monitoring", "build_monitoring"]


class Monitoring(NamedTuple):
    """What monitors ask.

    Attributes:
        metrics: ``/metrics``.
        degraded: What does not do all it should, a line each, for ``/health``.
    """

    metrics: MetricsResource
    degraded: Callable[[], Iterable[str]]


def build_monitoring(
    given: Given,
    storage: Storage,
    entrance: Entrance,
    embedded: Embedded | None,
    synchroniser: Synchroniser | None,
    axl: AXL,
    finesse: Finesse,
    rest: Rest,
    http2: HTTP2,
    gadgets: Gadgets,
) -> Monitoring:
    """Every part that counts something; it is asked anew each time."""
    notifications, web, link, tasks = finesse
    sources: list[Source] = [
        lambda: service_families(web.counters, in_service=web.in_service()),
        tasks.routing.families,
        rest.times.families,
        lambda: link_families(link.status()),
        lambda: notification_families(notifications.service.status()),
        lambda: store_families(storage.store.status()),
        lambda: outbox_families("pending", storage.pending.status()),
    ]
    if (joined := notifications.joined) is not None:
        sources.append(lambda: component_families(joined.link_status()))
    if (outside := entrance.outside) is not None:
        sources.append(lambda: source_families(outside.outcomes))
    if synchroniser is not None:
        sources.append(synchroniser.families)
    if embedded is not None:
        server = embedded.server
        sources += [lambda: server_families(server.status()), embedded.engine.families]
    if http2.channel is not None:
        sources.append(lambda: http2_families(http2.counters))
    sources += gadgets.sources
    if (accounts := notifications.accounts) is not None:
        sources.append(lambda: account_families(accounts.outcomes))
    if axl.site is not None:
        sources.append(lambda: axl_families(axl.application.counters))
    networks = [ip_network(text) for text in given.config.web.metrics_from]
    return Monitoring(MetricsResource(sources, networks), partial(_degraded, storage, embedded))


def _degraded(storage: Storage, embedded: Embedded | None) -> Iterable[str]:
    outboxes = {"pending": storage.pending.status()}
    if embedded is not None and embedded.engine.history is not None:
        outboxes["history"] = embedded.engine.history.status()
    return troubles(storage.store.status(), outboxes)
