"""A page in headless Chromium, and a way to hear from it: it tells JSON, and takes JSON, over HTTP."""

import json
from collections import deque
from pathlib import Path
from typing import Any, Final

from twisted.internet import reactor as global_reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site
from typing_extensions import override

from tests.support.debian import needs

__all__ = ["Page", "open_page", "open_url"]

FLAGS: Final = (
    "--headless",
    "--no-sandbox",  # tests may be root's
    "--disable-gpu",
    "--disable-dev-shm-usage",  # which is small in containers
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
)

LIMIT_S: Final = 120

SCRIPT: Final = b"""
let telling = Promise.resolve();
window.tell = (what) => {
  telling = telling.then(() => fetch("/told", { method: "POST", body: JSON.stringify(what) }));
};
window.addEventListener("error", (event) => tell({ error: event.message }));
(async () => {
  for (;;) {
    const response = await fetch("/next");
    window.hear(await response.json());
  }
})();
"""
"""In the page: ``tell(what)``, and ``window.hear``, which the page's own script sets."""

reactor: Any = global_reactor


class Page(Resource):
    """A page of ours, and its conversation with the test.

    Args:
        script: The page's own, after `SCRIPT`.

    Attributes:
        told: Everything that the page told.
    """

    isLeaf = True

    def __init__(self, script: str) -> None:
        super().__init__()
        self._script = script.encode()
        self.told: list[Any] = []
        self._taken = 0
        self._waiting: tuple[Any, Deferred[Any]] | None = None
        self._commands: deque[bytes] = deque()
        self._asking: Request | None = None

    def say(self, what: object) -> None:
        """Have the page hear something."""
        self._commands.append(json.dumps(what).encode())
        self._give()

    def next(self, what: object) -> Deferred[Any]:
        """Fires when the page tells that; what else it tells until then is passed over."""
        waiting: Deferred[Any] = Deferred()
        self._waiting = what, waiting
        self._look()

        def never(_result: object, _seconds: float) -> None:
            raise AssertionError(f"it never told {what}: {self.told}")

        return waiting.addTimeout(LIMIT_S, reactor, never)

    @override
    def render(self, request: Request) -> int | bytes:
        if request.path == b"/told":
            assert request.content is not None
            self.told.append(json.loads(request.content.read()))
            self._look()
            return b"{}"
        if request.path == b"/next":
            self._asking = request
            request.notifyFinish().addErrback(self._gone)
            self._give()
            return NOT_DONE_YET
        if request.path != b"/":
            request.setResponseCode(404)
            return b""
        request.setHeader(b"content-type", b"text/html; charset=utf-8")
        return b"<!DOCTYPE html><body><script>%s\n%s</script></body>" % (SCRIPT, self._script)

    def _gone(self, _reason: Failure) -> None:
        self._asking = None

    def _give(self) -> None:
        if self._asking is not None and self._commands:
            request, self._asking = self._asking, None
            request.write(self._commands.popleft())
            request.finish()

    def _look(self) -> None:
        while self._waiting is not None and self._taken < len(self.told):
            what, waiting = self._waiting
            self._taken += 1
            if self.told[self._taken - 1] == what:
                self._waiting = None
                waiting.callback(what)


class _Browser(ProcessProtocol):
    transport: IProcessTransport

    def __init__(self) -> None:
        self.ended: Deferred[None] = Deferred()

    @override
    def processEnded(self, reason: Failure) -> None:
        self.ended.callback(None)

    def stop(self) -> Deferred[None]:
        """End it, and all its processes."""
        if not self.ended.called:
            self.transport.signalProcess("TERM")
        return self.ended.addTimeout(LIMIT_S, reactor)


def open_page(test: TestCase, script: str) -> Page:
    """Open a page in Chromium; it is gone at the end of the test.

    Args:
        test: The test, which is skipped where there is no Chromium.
        script: The page's.
    """
    needs("chromium", "chromium")
    page = Page(script)
    port = reactor.listenTCP(0, Site(page), interface="127.0.0.1")
    test.addCleanup(port.stopListening)
    open_url(test, f"http://127.0.0.1:{port.getHost().port}/")
    return page


def open_url(test: TestCase, url: str, *flags: str) -> None:
    """Open what somebody else serves, in Chromium, which ends with the test.

    Args:
        test: The test, which is skipped where there is no Chromium.
        url: What to open.
        flags: More of the command line.
    """
    path = needs("chromium", "chromium")
    browser = _Browser()
    profile = Path(test.mktemp()).absolute()
    command = [path, *FLAGS, *flags, f"--user-data-dir={profile}", url]
    reactor.spawnProcess(browser, path, command, env=None)
    test.addCleanup(browser.stop)
