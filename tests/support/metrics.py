"""What all parts say of themselves when nothing has happened yet."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC

from finesse_tx.cti.core.counters import LinkCounters, LinkStatus, ServerCounters, ServerStatus
from finesse_tx.cti.core.metrics import link_families, server_families
from finesse_tx.directory.core.axl.counters import AXLCounters, axl_families
from finesse_tx.directory.core.metrics import source_families, synchroniser_families
from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.metrics import engine_families
from finesse_tx.engine.core.router import Tally
from finesse_tx.engine.core.statistics import Statistics
from finesse_tx.gadgets.core.fetch_cache import FetchCache, cache_families
from finesse_tx.gadgets.core.fetching import Counters as FetchCounters
from finesse_tx.gadgets.core.fetching import Status as FetchStatus
from finesse_tx.gadgets.core.fetching import families as fetch_families
from finesse_tx.http2.core.families import Counters, http2_families
from finesse_tx.metrics.core.families import Family, Histogram
from finesse_tx.notification.core.counters import ComponentCounters, ComponentStatus
from finesse_tx.notification.core.metrics import (
    account_families,
    component_families,
    notification_families,
)
from finesse_tx.store.core.outbox import OutboxStatus, outbox_families
from finesse_tx.store.core.status import StoreStatus, store_families
from finesse_tx.tasks.core.metrics import task_families
from finesse_tx.webservices.core.counters import ServiceCounters
from finesse_tx.webservices.core.metrics import service_families
from finesse_tx.webservices.core.request_times import RequestTimes
from tests.support.notification import notification_service

__all__ = ["sources"]


def sources() -> list[Iterable[Family | Histogram]]:
    """Each part's families."""
    link = LinkStatus(LinkCounters(), "CLOSED", "", None, 0, 0, heartbeat_missed=False)
    return [
        service_families(ServiceCounters(), in_service=False),
        RequestTimes().families(),
        task_families(0, 0, 0, 0, Counter()),
        link_families(link),
        notification_families(notification_service().status()),
        account_families({}),
        http2_families(Counters()),
        fetch_families(FetchStatus(FetchCounters(), 0, 0)),
        cache_families(FetchCache(0)),
        source_families({}),
        synchroniser_families({}, 0, 0.0),
        axl_families(AXLCounters()),
        component_families(ComponentStatus(ComponentCounters(), False, "", 0, 0, 0)),
        server_families(ServerStatus(ServerCounters(), 0, 0, 0, 0)),
        engine_families(Statistics(Calendar(UTC), Period.HALF_HOUR, 0.0), Tally(), 0.0),
        outbox_families("history", OutboxStatus(0, 0, 0, 0, 0, False, False)),
        store_families(StoreStatus(None, 0, 0)),
        outbox_families("pending", OutboxStatus(0, 0, 0, 0, 0, False, False)),
    ]
