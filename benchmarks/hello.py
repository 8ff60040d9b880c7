"""What the REST API is compared with: ``twisted.web`` that says hello, in a process of its own.

It has no access log, since ours has none.
"""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet import reactor as global_reactor
from twisted.web.resource import Resource
from twisted.web.server import Request, Site
from typing_extensions import override

__all__ = ["main"]

reactor: Any = global_reactor


class _Hello(Resource):
    isLeaf = True

    def __init__(self, length: int) -> None:
        super().__init__()
        self._said = b"x" * length or b"hello, world\n"

    def render_GET(self, request: Request) -> bytes:
        request.setHeader(b"content-type", b"text/plain")
        return self._said


class _QuietSite(Site):
    @override
    def log(self, request: object) -> None:
        """Nothing."""


def main() -> None:
    """Serve on the loopback, and print the port; the argument is how many bytes are said."""
    length = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    port = reactor.listenTCP(0, _QuietSite(_Hello(length)), interface="127.0.0.1")
    print(port.getHost().port, flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
