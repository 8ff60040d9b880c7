"""How every port that speaks HTTP does it: with which bounds, and whether HTTP/2 is offered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from twisted.internet.interfaces import IProtocol
from twisted.web.resource import IResource

from finesse_tx.composition.given import Given
from finesse_tx.http2.channel import HTTP2Channel
from finesse_tx.http2.core.families import Counters
from finesse_tx.site import BoundedSite

__all__ = ["HTTP2", "build_http2", "site", "web_site"]


class HTTP2(NamedTuple):
    """HTTP/2, for the ports over TLS that people's browsers use.

    Attributes:
        channel: Makes a connection's protocol; None where only HTTP/1.1 is offered.
        counters: What all connections count.
    """

    channel: Callable[[BoundedSite], IProtocol] | None
    counters: Counters


def build_http2(given: Given) -> HTTP2:
    """As ``web.http2`` says."""
    counters = Counters()
    if not given.config.web.http2:
        return HTTP2(None, counters)
    return HTTP2(partial(HTTP2Channel, clock=given.reactor, counters=counters), counters)


def web_site(given: Given, root: IResource, http2: HTTP2 | None = None) -> BoundedSite:
    """A port for browsers: its bounds are those of ``[web]``."""
    web = given.config.web
    channel = http2.channel if http2 is not None else None
    return BoundedSite(root, web.max_body_bytes, web.idle_timeout_s, given.reactor, channel)


def site(given: Given, root: IResource, max_body: int) -> BoundedSite:
    """A port for other servers and for commands, whose bodies are as long as their protocol says."""
    return BoundedSite(root, max_body, given.config.web.idle_timeout_s, given.reactor)
