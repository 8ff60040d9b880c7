"""What ``makeRequest``, ``proxy`` and ``concat`` have in common: a request is read, looked at, answered or refused.

Spec: ``gadgets.md`` §6, §7.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from urllib.parse import parse_qsl

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from typing_extensions import override

from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.core.proxied import FORM, AskedError
from finesse_tx.gadgets.gathering import Gathering

__all__ = ["MAX_PARAMETERS", "Asking"]

MAX_PARAMETERS = 256
"""So many in one request."""

ATTACHMENT = b"attachment;filename=p.txt"
"""Never a page: what others wrote is not to be shown in our origin."""


class Asking(Resource):
    """A resource that fetches.

    Args:
        admission: Says who asks.
        gathering: Fetches.
    """

    isLeaf = True
    log = Logger()

    def __init__(self, admission: Admission, gathering: Gathering) -> None:
        super().__init__()
        self.admission, self.gathering = admission, gathering

    @abstractmethod
    async def answer(self, request: Request, parameters: Mapping[str, str]) -> bytes:
        """Answer: the body; everything else is in ``request`` by then.

        Raises:
            AskedError: It is refused.
        """

    @override
    def render(self, request: Request) -> int | bytes:
        if request.method not in {b"GET", b"HEAD", b"POST"}:
            request.setHeader(b"allow", b"GET, HEAD, POST")
            return _say(request, 405, "GET or POST")
        answering = Deferred.fromCoroutine(self._answered(request))
        request.notifyFinish().addErrback(lambda _gone: answering.cancel())
        answering.addErrback(self._failed, request)
        return NOT_DONE_YET

    async def _answered(self, request: Request) -> None:
        for name, value in (
            (b"content-disposition", ATTACHMENT),
            (b"x-content-type-options", b"nosniff"),
            (b"content-security-policy", b"default-src 'none'; sandbox"),
            (b"cross-origin-resource-policy", b"same-site"),
        ):
            request.setHeader(name, value)
        try:
            body = await self.answer(request, _parameters(request))
            request.setHeader(b"content-length", b"%d" % len(body))
        except AskedError as error:
            body = _say(request, error.status, error.text)
        if request.method != b"HEAD":
            request.write(body)
        request.finish()

    def _failed(self, failure: Failure, request: Request) -> None:
        if failure.check(CancelledError):
            return
        self.log.failure("a gadget's {path} failed", failure, path=request.path)
        if not request.startedWriting and not request._disconnected:  # noqa: SLF001 - else it raises
            request.write(_say(request, 500, "Internal Server Error"))
            request.finish()


def _parameters(request: Request) -> dict[str, str]:
    """The query's, and a form's over them.

    Raises:
        AskedError: 400: they cannot be read.
    """
    query = request.uri.partition(b"?")[2]
    form = b""
    kind = (request.getHeader("content-type") or "").partition(";")[0].strip().lower()
    if request.method == b"POST" and kind == FORM and request.content is not None:
        form = request.content.read()
    found: dict[str, str] = {}
    try:
        for text in (query.decode("ascii"), form.decode("ascii")):
            found.update(parse_qsl(text, True, errors="strict", max_num_fields=MAX_PARAMETERS))
    except ValueError:  # UnicodeDecodeError among them
        raise AskedError(400, "The parameters cannot be read") from None
    return found


def _say(request: Request, status: int, text: str) -> bytes:
    body = text.encode()
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"text/plain; charset=utf-8")
    request.setHeader(b"x-content-type-options", b"nosniff")
    request.setHeader(b"cache-control", b"no-store")
    request.setHeader(b"content-length", b"%d" % len(body))
    return body
