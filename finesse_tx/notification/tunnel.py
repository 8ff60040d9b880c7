"""``/tunnel/``: the page that keeps the XMPP connection for a desktop or a gadget container, in a hidden frame.

Its files are served as written, by the BOSH ports and by the web ports. The page runs our own scripts alone, connects to
where it came from, and is framed by whose pages may use us.

Spec: ``notifications.md`` §10; Content Security Policy Level 3.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from twisted.web.resource import Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.origins import Headers, Origins
from finesse_tx.static import StaticFile, StaticTree

__all__ = ["TUNNEL", "TunnelFiles", "TunnelResource"]

TUNNEL: Final = "/tunnel/"

MAX_AGE_S: Final = 600
"""How long a browser may keep a file: so long an old one may meet a new server."""

_POLICY: Final = (
    b"default-src 'none'; script-src 'self'; connect-src 'self' ws: wss:; base-uri 'none';"
    b" form-action 'none'; frame-ancestors "
)


class TunnelFiles(dict[bytes, StaticFile]):
    """The files by path, such as ``/tunnel/EventTunnel.js``; the page itself is ``/tunnel/``.

    Args:
        origins: Whose pages may have it in a frame.
    """

    def __init__(self, origins: Origins) -> None:
        super().__init__()
        self._origins = origins
        tree = StaticTree({"": files("finesse_tx.notification").joinpath("event_tunnel")})
        for name, file in tree.items():
            self[TUNNEL.encode() + (b"" if name == b"index.html" else name)] = file

    def headers(self, file: StaticFile, host: bytes) -> Headers:
        """What goes with a file.

        Args:
            file: Which.
            host: The request's ``Host``.
        """
        return (
            (b"Content-Type", file.kind),
            (b"Cache-Control", b"max-age=%d" % MAX_AGE_S),
            (b"Content-Security-Policy", _POLICY + self._origins.ancestors(host)),
            (b"Referrer-Policy", b"no-referrer"),
            (b"X-Content-Type-Options", b"nosniff"),
        )


class TunnelResource(Resource):
    """``/tunnel/`` on the web ports.

    Args:
        found: The files.
    """

    isLeaf = True

    def __init__(self, found: TunnelFiles) -> None:
        super().__init__()
        self._files = found

    @override
    def render(self, request: Request) -> bytes:
        headers = request.responseHeaders
        if not request.postpath:
            request.setResponseCode(301)
            headers.setRawHeaders(b"Location", [TUNNEL.encode()])
            return b""
        file = self._files.get(TUNNEL.encode() + b"/".join(request.postpath))
        if file is None:
            request.setResponseCode(404)
            return b""
        if request.method not in {b"GET", b"HEAD"}:
            request.setResponseCode(405)
            headers.setRawHeaders(b"Allow", [b"GET, HEAD"])
            return b""
        host = request.requestHeaders.getRawHeaders(b"Host", [b""])[0]
        for name, value in self._files.headers(file, host):
            headers.setRawHeaders(name, [value])
        headers.setRawHeaders(b"Content-Length", [b"%d" % len(file.body)])
        return b"" if request.method == b"HEAD" else file.body
