"""``/metrics``: what all parts say of themselves, in Prometheus' text form.

Spec: Prometheus' exposition formats, 0.0.4; ``prometheus_client`` writes it and adds the process's own figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.web.resource import Resource
from twisted.web.server import Request

from finesse_tx.metrics.core.families import PREFIX, Family, Histogram, Kind

__all__ = ["MetricsResource", "Source"]

Source = Callable[[], Iterable[Family | Histogram]]
"""Says what a part counts, as of now."""

_KINDS: Final = {Kind.COUNTER: CounterMetricFamily, Kind.GAUGE: GaugeMetricFamily}


class _Collector:
    """What the registry asks."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """Everything, as of now."""
        for source in self._sources:
            for family in source():
                if isinstance(family, Histogram):
                    yield _histogram(family)
                    continue
                made = _KINDS[family.kind](PREFIX + family.name, family.help, labels=family.labels)
                for labels, value in family.samples:
                    made.add_metric(labels, value)
                yield made

    def describe(self) -> tuple[()]:
        """Nothing beforehand: the registry need not ask to be built."""
        return ()


def _histogram(found: Histogram) -> Metric:
    """As Prometheus has it: each bucket counts what is in the ones before it, too."""
    made = HistogramMetricFamily(PREFIX + found.name, found.help, labels=found.labels)
    names = [*map(str, found.bounds), "+Inf"]
    for labels, counts, total in found.samples:
        buckets = list(zip(names, map(float, accumulate(counts)), strict=True))
        made.add_metric(labels, buckets, total)
    return made


class MetricsResource(Resource):
    """``/metrics``.

    Args:
        sources: The parts.
        allowed: The networks that may ask; everybody else gets 403.
    """

    isLeaf = True

    def __init__(
        self, sources: Sequence[Source], allowed: Sequence[IPv4Network | IPv6Network]
    ) -> None:
        super().__init__()
        self._allowed = allowed
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._registry.register(_Collector(sources))

    def render_GET(self, request: Request) -> bytes:
        """Everything, as of now; or 403."""
        if not self._may_ask(request):
            request.setResponseCode(403)
            request.setHeader(b"content-type", b"text/plain; charset=utf-8")
            return b"web.metrics_from does not have this address\n"
        request.setHeader(b"content-type", CONTENT_TYPE_LATEST.encode())
        request.setHeader(b"cache-control", b"no-store")
        return generate_latest(self._registry)

    def _may_ask(self, request: Request) -> bool:
        peer = request.getClientAddress()
        if not isinstance(peer, IPv4Address | IPv6Address):
            return False
        address = ip_address(peer.host.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._allowed)
