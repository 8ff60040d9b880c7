"""Whatever is asked of the endpoints of gadgets, they answer, and never with an error of their own."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, quote_from_bytes, urlencode

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

from finesse_tx.directory.core.demo import demo
from finesse_tx.gadgets.admission import Admission
from finesse_tx.gadgets.check_page import check_resource
from finesse_tx.gadgets.checker import Checker
from finesse_tx.gadgets.core.features import FEATURES
from finesse_tx.gadgets.core.fetch_cache import FetchCache
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.outbound import HostRule, Policy, Refusal, judge
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.core.tokens import TokenSigner
from finesse_tx.gadgets.describing import Describing
from finesse_tx.gadgets.features import library
from finesse_tx.gadgets.files import Folder, FolderResource
from finesse_tx.gadgets.frame import GadgetFrame
from finesse_tx.gadgets.gathering import Gathering, Own
from finesse_tx.gadgets.javascript import JavaScript
from finesse_tx.gadgets.make_request import MakeRequest, Token
from finesse_tx.gadgets.metadata import Metadata
from finesse_tx.gadgets.preloading import Preloading
from finesse_tx.gadgets.proxy import Concat, Proxy
from finesse_tx.gadgets.rpc import Rpc
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.surroundings import Isolation, Surroundings
from finesse_tx.site import BoundedSite
from tests.gadgets.asking import NOW, Limits, basic
from tests.support.webservices import FakeAuthenticator, FakeDirectory, FakeTokens

EXAMPLES = 50
"""Of each endpoint; more have been tried by hand."""

SPEC = """<Module><ModulePrefs title="__UP_a__"><Require feature="pubsub-2"/><Preload href="/__UP_a__"/>
<Locale lang="de" messages="__UP_a__.xml"/><Locale><msg name="m">__UP_a__</msg></Locale></ModulePrefs>
<UserPref name="a"/><Content><![CDATA[<img src="__UP_a__"><script>'__UP_a__' __MSG_m__</script>]]></Content>
<Content view="page" type="url" href="https://x.example/__UP_a__?__UP_a__"/><Content view="text" href="__UP_a__"/></Module>"""

HOST = "crm.example.com"
OWN = "https://desk:8445/3rdpartygadget/files/"

URLS = st.sampled_from(
    [
        f"https://{HOST}/a.xml",
        f"http://{HOST}:80/a.xml",
        f"{OWN}a.xml",
        f"{OWN}..%2Fa.xml",
        f"{OWN}%00",
        f"{OWN}Apart/a.xml",
        "http://localhost:8082/finesse/api/User/agent1",
        "http://localhost:8082/finesse/api/%zz",
        "http://localhost/\u00e4",
        "http://[::1",
        "http://[::ffff:127.0.0.1]/",
        "http://a:b@c/",
        "http://\u2028/",
        "http://xn--/",
        "http://x:99999/",
        "//x",
        "javascript:1",
        "",
    ]
)

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["0", "1", "-1", "9" * 30, "\u0663", "1.5", "NaN", "a:b!c", "core", "..", "POST", "FEED", "signed", "{}", "[]", "A=b&c", "__UP_a__", "\x00", "\ud800", "\r\nX: y"]
    ),
    URLS,
)  # fmt: skip

NAMES = st.sampled_from(
    [
        "url",
        "gadget",
        "container",
        "synd",
        "mid",
        "view",
        "lang",
        "country",
        "parent",
        "libs",
        "refresh",
        "nocache",
        "bpc",
        "v",
        "st",
        "up_a",
        "up_",
        "headers",
        "postData",
        "httpMethod",
        "contentType",
        "numEntries",
        "getSummaries",
        "getFullHeaders",
        "authz",
        "rewriteMime",
        "fallback_url",
        "type",
        "1",
        "2",
        "json",
        "c",
        "onload",
        "init",
        "debug",
        "req",
        "callback",
        "method",
        "id",
        "ids",
        "fields",
        "params",
    ]
)

QUERIES = st.one_of(
    st.dictionaries(NAMES, TEXTS, max_size=6).map(
        lambda found: urlencode(found, errors="surrogatepass")
    ),
    st.binary(max_size=40).map(lambda raw: quote_from_bytes(raw, safe="&=%;+")),
)

PATHS = (
    "ifr",
    "makeRequest",
    "proxy",
    "concat",
    "token",
    "js/core.js",
    "js/a!b:c.js",
    "metadata",
    "rpc",
    "check",
    "files/a.xml",
    "isolated",
)


class AnyParametersTests(SynchronousTestCase):
    """All endpoints, on a site without a socket."""

    def setUp(self) -> None:
        """Make them; of other servers each page is what was asked for."""
        folder = Path(self.mktemp())
        (folder / "Apart").mkdir(parents=True)
        for name in ("a.xml", "Apart/a.xml"):
            (folder / name).write_text(SPEC)
        self.clock = clock = Clock()
        directory = FakeDirectory(demo(1))
        self.signer = signer = TokenSigner(b"k" * 32)
        admission = Admission(
            signer,
            FakeAuthenticator(directory),
            FakeTokens(directory),
            Limits(),
            lambda login_id: login_id == "agent1",
            lambda: NOW,
        )
        self.policy = policy = Policy((HostRule.parse(HOST),))
        files, features = Folder(folder), library()
        root = Resource()
        self.site = site = BoundedSite(root, 100_000, 60.0, clock)
        own = Own(lambda: site, ["localhost", "desk"], lambda: [8445], 20)
        gathering = Gathering(self, FetchCache(100_000), own, clock, lambda: NOW)
        isolation = Isolation(
            Places(["/3rdpartygadget/files/Apart/"]),
            "",
            tuple,
            lambda: [8446],
            lambda: ([8445], ()),
        )
        every = SpecSource(files, policy, self.fetch, clock)
        preloading = Preloading(admission, gathering, clock)
        here = Surroundings()
        describing = Describing(every, features, signer, here, isolation=isolation)
        checker = Checker(files, policy, self.fetch, lambda _path: succeed(404), FEATURES)
        for name, resource in (
            ("ifr", GadgetFrame(every, features, here, preloading=preloading)),
            ("isolated", GadgetFrame(every, features, isolation, isolation=isolation)),
            ("makeRequest", MakeRequest(admission, gathering)),
            ("proxy", Proxy(admission, gathering)),
            ("concat", Concat(admission, gathering)),
            ("token", Token(admission, gathering, signer, every, isolation)),
            ("js", JavaScript(features)),
            ("metadata", Metadata(admission, gathering, describing)),
            ("rpc", Rpc(admission, gathering, describing)),
            ("check", check_resource(admission, gathering, checker, is_open=True)),
            ("files", FolderResource(files, here)),
        ):
            root.putChild(name.encode(), resource)

    def fetch(self, asked: Fetch) -> Deferred[Answer | Refusal]:
        """Stand in for the fetcher."""
        target = judge(asked.url, self.policy)
        if isinstance(target, Refusal):
            return succeed(target)
        return succeed(Answer(target.url, 200, (("content-type", "text/xml"),), SPEC.encode()))

    def ask(
        self, method: str, path: str, query: str, body: bytes = b"", host: str = "desk:8445"
    ) -> int:
        """Ask, and wait; the status."""
        channel = self.site.buildProtocol(None)
        assert channel is not None
        transport = StringTransport()
        channel.makeConnection(transport)
        head = (
            f"{method} /{path}?{query} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n"
            f"Sec-Fetch-Site: same-origin\r\nAuthorization: {basic('agent1')}\r\n"
            f"X-Shindig-ST: {self.signer.issue('agent1', f'https://{HOST}/a.xml', 1, 'default', NOW)}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        channel.dataReceived(head.encode() + body)
        self.clock.advance(6)
        self.clock.advance(60)
        answer = transport.value()
        channel.connectionLost(Failure(ConnectionDone()))
        self.assertTrue(answer.startswith(b"HTTP/1.1 "), (method, path, query, body, answer))
        return int(answer[9:12])

    @settings(max_examples=EXAMPLES * 6, deadline=None)
    @given(path=st.sampled_from(PATHS), url=URLS, query=QUERIES)
    def test_get(self, path: str, url: str, query: str) -> None:
        """A GET with any parameters is answered."""
        status = self.ask("GET", path, f"url={quote(url)}&{query}")
        self.assertNotEqual(status, 500, (path, url, query))

    @settings(max_examples=EXAMPLES * 2, deadline=None)
    @given(path=st.sampled_from(PATHS), query=QUERIES, form=QUERIES)
    def test_post(self, path: str, query: str, form: str) -> None:
        """So is a form, and JSON that is none."""
        status = self.ask("POST", path, query, form.encode())
        self.assertNotEqual(status, 500, (path, query, form))
