"""The root of the web ports, over TLS and in the clear: all that clients, browsers and monitors ask by HTTP."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from twisted.web.resource import Resource

from finesse_tx.composition.administration import Configured
from finesse_tx.composition.gadgets import Gadgets
from finesse_tx.composition.given import Given
from finesse_tx.composition.http import HTTP2, web_site
from finesse_tx.composition.monitoring import Monitoring
from finesse_tx.composition.pages import Pages
from finesse_tx.composition.reception import Reception
from finesse_tx.composition.rest import Rest
from finesse_tx.composition.signing_in import Entrance
from finesse_tx.composition.web import Finesse
from finesse_tx.site import BoundedSite
from finesse_tx.webservices.root import redirecting_root, web_root
from finesse_tx.webservices.routes.sso import SingleSignOn
from finesse_tx.webservices.service import WebServices

__all__ = ["WebPorts", "build_web_ports"]


class WebPorts(NamedTuple):
    """The web ports.

    Attributes:
        secure: Over TLS.
        clear: In the clear; the same one, unless it sends everybody to the other.
    """

    secure: BoundedSite
    clear: BoundedSite


def build_web_ports(
    given: Given,
    entrance: Entrance,
    reception: Reception,
    configured: Configured,
    finesse: Finesse,
    rest: Rest,
    gadgets: Gadgets,
    pages: Pages,
    monitoring: Monitoring,
    http2: HTTP2,
) -> WebPorts:
    """Both, with everything at its path."""
    config = given.config
    own, web = finesse.notifications.own, finesse.web
    sso = SingleSignOn(
        entrance.known,
        entrance.tokens,
        config.notification.domain,
        lambda: secrets.token_urlsafe(16),
        reception.limits,
    )
    root = web_root(
        rest.api,
        rest.diagnostics,
        rest.desktop,
        own.web_resources if own is not None else {},
        monitoring.metrics,
        web.in_service,
        configured.origins,
        sso,
        {**pages.others, **gadgets.pages},
        rest.task_feed,
        gadgets.libraries,
        pages.desktop,
        monitoring.degraded,
    )
    secure = web_site(given, root, http2)
    if not config.web.redirect_http:
        return WebPorts(secure, secure)
    return WebPorts(secure, web_site(given, _redirecting(given, web, monitoring)))


def _redirecting(given: Given, web: WebServices, monitoring: Monitoring) -> Resource:
    return redirecting_root(
        monitoring.metrics,
        web.in_service,
        given.config.host,
        lambda: given.ports.address("https").port,
        monitoring.degraded,
    )
