"""What the web ports have at their root: the REST API, BOSH, and what monitors ask.

    /finesse/api/…   the REST API
    /http-bind       BOSH, as since Finesse 12.6
    /ws              XMPP over WebSocket
    /health          200 while the process answers
    /metrics         what all parts count, for Prometheus
    /ready           200 while SystemInfo says IN_SERVICE, 503 otherwise

Spec: ``design.md`` §4, ``notifications.md`` §1.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request

__all__ = ["web_root"]


def web_root(
    api: IResource,
    bosh: IResource | None,
    websocket: IResource | None,
    metrics: IResource,
    in_service: Callable[[], bool],
) -> Resource:
    """Make the root.

    Args:
        api: ``/finesse/api``.
        bosh: ``/http-bind``; None where clients connect to somebody else's XMPP server.
        websocket: ``/ws``; the same.
        metrics: ``/metrics``.
        in_service: Whether SystemInfo would say IN_SERVICE.
    """
    root, finesse = Resource(), Resource()
    finesse.putChild(b"api", api)
    root.putChild(b"finesse", finesse)
    if bosh is not None:
        root.putChild(b"http-bind", bosh)
    if websocket is not None:
        root.putChild(b"ws", websocket)
    root.putChild(b"metrics", metrics)
    root.putChild(b"health", _Probe(lambda: True))
    root.putChild(b"ready", _Probe(in_service))
    return root


class _Probe(Resource):
    """Answers yes or no, for programs that only look at the status."""

    isLeaf = True

    def __init__(self, is_fine: Callable[[], bool]) -> None:
        super().__init__()
        self._is_fine = is_fine

    def render_GET(self, request: Request) -> bytes:
        """200 or 503; ``HEAD`` is answered from this too."""
        fine = self._is_fine()
        request.setResponseCode(200 if fine else 503)
        request.setHeader(b"content-type", b"text/plain")
        request.setHeader(b"cache-control", b"no-store")
        return b"ok\n" if fine else b"out of service\n"
