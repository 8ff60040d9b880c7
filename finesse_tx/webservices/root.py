"""What the web ports have at their root: the REST API, BOSH, and what monitors ask.

    /, /desktop      the desktop
    /finesse/api/…   the REST API
    /finesse-dp/rest the diagnostic portal, for monitors
    /ccp/task/…      where applications submit tasks
    /desktop/api     what a desktop asks before anybody has signed in
    /desktop/session a secret for the password, while somebody is signed in at the desktop
    /desktop/sso/…   single sign-on
    /desktop/…       the libraries that gadgets load
    /http-bind       BOSH, as since Finesse 12.6
    /ws              XMPP over WebSocket
    /tunnel/         the page that keeps an XMPP connection for another page
    /cfadmin         the administration console
    /gadgets/…       what gadgets load and have fetched
    /rpc             what pages around gadgets ask about them
    /assets/…        what pages of ours load
    /health          200 while the process answers; in its body what is degraded, a line each
    /metrics         what all parts count, for Prometheus
    /ready           200 while SystemInfo says IN_SERVICE, 503 otherwise

Spec: ``design.md`` §4, ``notifications.md`` §1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.origins import OriginResource, Origins

__all__ = ["METHODS", "redirecting_root", "web_root"]

METHODS: Final = b"GET, PUT, POST, DELETE, OPTIONS"
"""What may be asked of the REST API."""


def web_root(
    api: IResource,
    diagnostics: IResource,
    desktop_api: IResource,
    notification: Mapping[bytes, IResource],
    metrics: IResource,
    in_service: Callable[[], bool],
    origins: Origins,
    sso: IResource,
    pages: Mapping[bytes, IResource],
    task_feed: IResource,
    libraries: Mapping[bytes, IResource],
    desktop: Resource,
    troubles: Callable[[], Iterable[str]] = tuple,
) -> Resource:
    """Make the root.

    Args:
        api: ``/finesse/api``.
        diagnostics: ``/finesse-dp/rest``.
        desktop_api: ``/desktop/api``.
        notification: ``/http-bind``, ``/ws`` and ``/tunnel``; nothing where clients connect to somebody else's XMPP server.
        metrics: ``/metrics``.
        in_service: Whether SystemInfo would say IN_SERVICE.
        origins: Whose pages may use the REST API.
        sso: ``/desktop/sso``; for our own pages alone.
        pages: ``/cfadmin``, ``/gadgets``, and ``/assets`` with what pages load.
        task_feed: ``/ccp``.
        libraries: What gadgets load, by the name below ``/desktop``.
        desktop: ``/desktop``, where more is put below; its page is ``/`` as well.
        troubles: What is degraded, for ``/health``.
    """
    root, finesse = Resource(), Resource()
    finesse.putChild(b"api", OriginResource(api, origins, METHODS))
    root.putChild(b"finesse", finesse)
    portal = Resource()
    portal.putChild(b"rest", OriginResource(diagnostics, origins, METHODS))
    root.putChild(b"finesse-dp", portal)
    desktop.putChild(b"api", OriginResource(desktop_api, origins, METHODS))
    desktop.putChild(b"sso", sso)
    for path, resource in libraries.items():
        desktop.putChild(path, resource)
    root.putChild(b"desktop", desktop)
    root.putChild(b"", desktop.children[b""])
    root.putChild(b"ccp", OriginResource(task_feed, origins, METHODS))
    for path, resource in (*notification.items(), *pages.items()):
        root.putChild(path, resource)
    _add_monitored(root, metrics, in_service, troubles)
    return root


def redirecting_root(
    metrics: IResource,
    in_service: Callable[[], bool],
    host: str,
    https_port: Callable[[], int],
    troubles: Callable[[], Iterable[str]] = tuple,
) -> Resource:
    """Make the root of a port in the clear that sends everybody to the TLS port, as the original since 12.5.

    Monitors are answered here too.

    Args:
        metrics: ``/metrics``.
        in_service: Whether SystemInfo would say IN_SERVICE.
        host: Our name, for clients that give none.
        https_port: Where the TLS port is.
        troubles: What is degraded, for ``/health``.
    """
    root = _Redirect(host, https_port)
    _add_monitored(root, metrics, in_service, troubles)
    return root


def _add_monitored(
    root: Resource,
    metrics: IResource,
    in_service: Callable[[], bool],
    troubles: Callable[[], Iterable[str]],
) -> None:
    root.putChild(b"metrics", metrics)
    root.putChild(b"health", _Probe(lambda: True, troubles))
    root.putChild(b"ready", _Probe(in_service))


_HOST: Final = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


class _Redirect(Resource):
    """Sends everybody to the same path and query on the TLS port."""

    def __init__(self, host: str, https_port: Callable[[], int]) -> None:
        super().__init__()
        self._host, self._https_port = host, https_port

    @override
    def getChild(self, path: bytes, request: Request) -> Resource:
        return self

    @override
    def render(self, request: Request) -> bytes:
        named = _HOST.fullmatch(request.getHeader("host") or "")
        host = named[1].encode() if named else self._host.encode()
        path = request.uri if request.uri.startswith(b"/") else b"/"
        request.setResponseCode(301)
        request.setHeader(b"location", b"https://%b:%d%b" % (host, self._https_port(), path))
        request.setHeader(b"content-length", b"0")
        return b""


class _Probe(Resource):
    """Answers yes or no, for programs that only look at the status; and what is degraded, for those that read."""

    isLeaf = True

    def __init__(
        self, is_fine: Callable[[], bool], troubles: Callable[[], Iterable[str]] = tuple
    ) -> None:
        super().__init__()
        self._is_fine, self._troubles = is_fine, troubles

    def render_GET(self, request: Request) -> bytes:
        """200 or 503; ``HEAD`` is answered from this too."""
        fine = self._is_fine()
        request.setResponseCode(200 if fine else 503)
        request.setHeader(b"content-type", b"text/plain")
        request.setHeader(b"cache-control", b"no-store")
        if not fine:
            return b"out of service\n"
        found = list(self._troubles())
        return "\n".join(["degraded" if found else "ok", *found, ""]).encode()
