"""``/gadgets/changes``: an event stream that tells desktops which gadgets' files have changed.

Only where gadgets are written. A page that was cut off says on its return what it heard last; if that was not the last, it
is told that everything has changed.

Spec: the HTML standard, "Server-sent events"; ``docs/gadgets.rst`` has what is told.
"""

from __future__ import annotations

import json
from typing import Final

from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.internet.task import LoopingCall
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from zope.interface import implementer

from finesse_tx.gadgets.core.places import FILES
from finesse_tx.gadgets.watching import FolderWatch

__all__ = ["BEAT_S", "MAX_LISTENERS", "ChangesResource"]

MAX_LISTENERS: Final = 64
"""So many pages listen at once."""

BEAT_S: Final = 20.0
"""How often something is sent to those who listen, so that what has died on the way is noticed."""

RETRY_MS: Final = 1_000
"""After how long a page that was cut off comes back."""


@implementer(IPushProducer)
class _Stream:
    """A page that listens.

    Args:
        request: Its request.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._is_behind = False
        request.registerProducer(self, True)

    def send(self, text: str) -> None:
        """Send something; a page that takes nothing is left, and comes back."""
        if self._is_behind:
            self.end()
        else:
            self._request.write(text.encode())

    def end(self) -> None:
        """That was all."""
        self._request.unregisterProducer()
        self._request.finish()

    def pauseProducing(self) -> None:
        """What was sent waits."""
        self._is_behind = True

    def resumeProducing(self) -> None:
        """It is gone."""
        self._is_behind = False

    def stopProducing(self) -> None:
        """So is the page, of which the request tells."""


class ChangesResource(Resource):
    """The resource.

    Args:
        watch: Knows what changes.
        run: What tells this run of the server from others, without blanks.
        clock: Beats.
    """

    isLeaf = True

    def __init__(self, watch: FolderWatch, run: str, clock: IReactorTime) -> None:
        super().__init__()
        self._watch, self._run = watch, run
        self._streams: set[_Stream] = set()
        self._is_closed = False
        self._beat = LoopingCall(self._send, ":\n\n")
        self._beat.clock = clock

    def render_GET(self, request: Request) -> int | bytes:
        """Answer with the stream."""
        request.setHeader(b"cache-control", b"no-store")
        if request.getHeader(b"sec-fetch-site") in {b"same-site", b"cross-site"}:
            return _say(request, 403, b"Only the desktop's own pages may listen.\n")
        if len(self._streams) >= MAX_LISTENERS or self._is_closed:
            return _say(request, 503, b"Too many pages listen.\n")
        heard = (request.getHeader(b"last-event-id") or b"").decode("latin-1")
        request.setHeader(b"content-type", b"text/event-stream")
        request.setHeader(b"x-content-type-options", b"nosniff")
        stream = _Stream(request)
        self._streams.add(stream)
        request.notifyFinish().addBoth(self._gone, stream)
        if len(self._streams) == 1:
            self._watch.listen(self._changed)
            self._beat.start(BEAT_S, now=False)
        greeting = f"retry: {RETRY_MS}\n"
        if heard and heard != self._id():
            stream.send(greeting + self._event((FILES,)))
        else:
            stream.send(f"{greeting}id: {self._id()}\n\n")
        return NOT_DONE_YET

    def close(self) -> None:
        """End all streams, for the server stops."""
        self._is_closed = True
        for stream in tuple(self._streams):
            stream.end()

    def _id(self) -> str:
        return f"{self._run}-{self._watch.changes.version}"

    def _event(self, folders: tuple[str, ...]) -> str:
        data = json.dumps({"folders": folders})
        return f"id: {self._id()}\nevent: changed\ndata: {data}\n\n"

    def _changed(self, folders: tuple[str, ...]) -> None:
        self._send(self._event(folders))

    def _send(self, text: str) -> None:
        for stream in tuple(self._streams):
            stream.send(text)

    def _gone(self, _how: object, stream: _Stream) -> None:
        self._streams.discard(stream)
        if not self._streams and self._beat.running:
            self._watch.leave(self._changed)
            self._beat.stop()


def _say(request: Request, status: int, text: bytes) -> bytes:
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"text/plain; charset=utf-8")
    return text
