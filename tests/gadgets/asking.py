"""What surrounds the endpoints that fetch: a site with them, and what they fetch from."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlencode

from treq.client import HTTPClient
from twisted.internet import reactor
from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Clock
from twisted.trial.unittest import TestCase
from twisted.web.client import Agent
from twisted.web.http_headers import Headers
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from typing_extensions import override

from finesse_tx.directory.core.demo import demo
from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.core.fetch_cache import FetchCache
from finesse_tx.gadgets.core.fetch_headers import Pairs
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.outbound import HostRule, Policy, Refusal, Why
from finesse_tx.gadgets.core.tokens import TokenSigner
from finesse_tx.gadgets.files import Folder
from finesse_tx.gadgets.gathering import Gathering, Own, Source
from finesse_tx.gadgets.make_request import MakeRequest, Token
from finesse_tx.gadgets.proxy import Concat, Proxy
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.site import BoundedSite
from finesse_tx.webservices.core.errors import TooManyError
from tests.support.webservices import FakeAuthenticator, FakeDirectory, FakeTokens

__all__ = ["GADGET", "NONE", "NOW", "AskingTestCase", "FakeSource", "Got", "Rest", "basic"]

NOW = 1_700_000_000.0
GADGET = "https://desk.example.com/3rdpartygadget/files/a.xml"
NONE: Mapping[str, str] = MappingProxyType({})


def basic(login_id: str, password: str = "finesse") -> str:
    """An Authorization."""
    return "Basic " + b64encode(f"{login_id}:{password}".encode()).decode()


class FakeSource:
    """Other servers: what is at each URL, and what was asked."""

    def __init__(self) -> None:
        self.there: dict[str, Answer | Refusal] = {}
        self.asked: list[Fetch] = []
        self.is_waiting, self.given_up = False, 0

    def put(self, url: str, body: bytes = b"", status: int = 200, headers: Pairs = ()) -> None:
        """Have something there."""
        self.there[url] = Answer(url, status, headers, body)

    def fetch(self, asked: Fetch) -> Deferred[Answer | Refusal]:
        """Answer at once, or never."""
        self.asked.append(asked)
        if self.is_waiting:
            return Deferred(self._cancelled)
        unsigned = asked.url.partition("&opensocial_")[0]
        return succeed(self.there.get(unsigned, Refusal(Why.HOST, "not in the list: 10.1.2.3")))

    def _cancelled(self, _waiting: Deferred[Answer | Refusal]) -> None:
        self.given_up += 1


class Rest(Resource):
    """Says what it was asked; ``/finesse/api/slow`` says nothing."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.gone = 0

    @override
    def render(self, request: Request) -> int | bytes:
        if request.path.endswith(b"slow"):
            request.notifyFinish().addErrback(self._lost)
            return NOT_DONE_YET
        content = request.content
        assert content is not None
        request.setHeader(b"requestId", request.getHeader(b"requestid") or b"none")
        request.setHeader(b"set-cookie", b"JSESSIONID=1")
        request.setResponseCode(202 if request.method == b"PUT" else 200)
        peer = getattr(request.getClientAddress(), "host", "")
        names = ",".join(
            sorted(n.decode().lower() for n, _ in request.requestHeaders.getAllRawHeaders())
        )
        told = [request.method, request.uri, content.read(), peer.encode(), names.encode()]
        return b"\n".join(told)

    def _lost(self, _gone: object) -> None:
        self.gone += 1


class Limits:
    """Counts."""

    def __init__(self) -> None:
        self.people: list[str] = []
        self.is_over = False

    def admit_person(self, login_id: str) -> None:
        """One more."""
        self.people.append(login_id)

    def admit_address(self, address: str) -> None:
        """One more."""
        if self.is_over:
            raise TooManyError(address, 1)


class Got:
    """An answer of ours."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


class AskingTestCase(TestCase):
    """The endpoints on a real port, and a token for them."""

    def source(self) -> Source:
        """Where they fetch from."""
        self.others = FakeSource()
        return self.others

    async def setUp(self) -> None:  # type: ignore[override]
        """Start them."""
        self.clock, self.now, self.limits = Clock(), NOW, Limits()
        self.signer = TokenSigner(b"k" * 32)
        self.cache = FetchCache(100_000)
        self.admission = admission = self.admitting()
        root, finesse = Resource(), Resource()
        self.gadgets = gadgets = Resource()
        self.rest = Rest()
        finesse.putChild(b"api", self.rest)
        root.putChild(b"finesse", finesse)
        root.putChild(b"gadgets", gadgets)
        site = BoundedSite(root, 100_000, 30, IReactorTime(reactor))
        own = Own(lambda: site, ["localhost", "Desk.example.com"], lambda: [self.port], 20)
        self.gathering = gathering = Gathering(
            self.source(), self.cache, own, self.clock, lambda: self.now
        )
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        trusted = Policy((HostRule.parse("desk.example.com"), HostRule.parse("crm.example.com")))
        self.specs = SpecSource(
            Folder(self.folder), trusted, gathering._source.fetch, IReactorTime(self.clock)
        )
        gadgets.putChild(b"makeRequest", MakeRequest(admission, gathering))
        gadgets.putChild(b"proxy", Proxy(admission, gathering))
        gadgets.putChild(b"concat", Concat(admission, gathering))
        gadgets.putChild(b"token", Token(admission, gathering, self.signer, self.specs))
        listening = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(site)
        self.addCleanup(listening.stopListening)
        self.port = int(cast("Any", listening.getHost()).port)
        self.token = self.signer.issue("agent1", GADGET, 1, "default", NOW)

    def admitting(
        self,
        takes: Callable[[str, Request], bool] = lambda _gadget, _request: True,
        *,
        by_token_alone: bool = False,
    ) -> Admission:
        """What says who asks."""
        directory = FakeDirectory(demo(1))
        return Admission(
            self.signer,
            FakeAuthenticator(directory),
            FakeTokens(directory),
            self.limits,
            lambda login_id: directory.snapshot().person(login_id) is not None,
            lambda: self.now,
            takes,
            by_token_alone=by_token_alone,
        )

    async def get(
        self,
        path: str,
        parameters: Mapping[str, str] = NONE,
        headers: Mapping[str, str] = NONE,
        method: str = "GET",
    ) -> Got:
        """Ask one of them; a POST sends the parameters as a form."""
        url, sent = f"http://127.0.0.1:{self.port}{path}", None
        if method == "POST":
            sent = urlencode(parameters).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        else:
            url += ("&" if "?" in url else "?") + urlencode(parameters)
        client = HTTPClient(Agent(reactor))
        found = await client.request(
            method,
            url,
            headers=Headers({name: [value] for name, value in headers.items()}),
            data=sent,
        ).addTimeout(60, IReactorTime(reactor))
        told = {
            name.decode().lower(): b", ".join(values).decode()
            for name, values in found.headers.getAllRawHeaders()
        }
        return Got(found.code, told, await found.content())
