"""`finesse_tx.gadgets.isolated`: what the second origin serves, and to whom."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.internet.interfaces import IReactorTime
from twisted.web.static import Data

from finesse_tx.gadgets.core.library import CRUFT
from finesse_tx.gadgets.core.outbound import HostRule, Policy
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.describing import Describing
from finesse_tx.gadgets.features import library
from finesse_tx.gadgets.files import Folder
from finesse_tx.gadgets.frame import GadgetFrame
from finesse_tx.gadgets.gathering import Gathering, Own
from finesse_tx.gadgets.isolated import OPENED, isolated_root
from finesse_tx.gadgets.make_request import MakeRequest, Token
from finesse_tx.gadgets.metadata import Metadata
from finesse_tx.gadgets.proxy import Proxy
from finesse_tx.gadgets.rpc import Rpc
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.surroundings import Isolation, Surroundings
from finesse_tx.site import BoundedSite
from tests.gadgets.asking import GADGET, NONE, NOW, AskingTestCase, Got, basic

APART = "https://apart.example.com/a.xml"
URL = "http://crm.example.com/a"


class IsolatedTests(AskingTestCase):
    """Both origins, each on a port of its own."""

    async def start(self) -> None:
        """Start the second."""
        folder = Path(self.mktemp())
        (folder / "Apart").mkdir(parents=True)
        (folder / "Apart" / "a.js").write_text("1")
        self.isolation = Isolation(
            Places(["apart.example.com", "/3rdpartygadget/files/Apart/"]),
            "",
            tuple,
            lambda: [self.second],
            lambda: ([self.port], ()),
        )
        first = self.port
        own = Own(lambda: site, ["localhost"], lambda: [self.second, first], 20, OPENED)
        self.every = source = SpecSource(
            Folder(folder),
            Policy((HostRule.parse("apart.example.com"), HostRule.parse("desk.example.com"))),
            self.others.fetch,
            self.clock,
        )
        root = isolated_root(
            GadgetFrame(source, library(), self.isolation, isolation=self.isolation),
            library(),
            self.admitting(self.isolation.has, by_token_alone=True),
            Gathering(self.others, self.cache, own, self.clock, lambda: self.now),
            Folder(folder),
            self.isolation,
            {b"assets": Data(b"scripts", "text/javascript")},
        )
        site = BoundedSite(root, 100_000, 30, IReactorTime(reactor))
        listening = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(site)
        self.addCleanup(listening.stopListening)
        self.second = int(cast("Any", listening.getHost()).port)

    async def there(self, path: str, browser: Mapping[str, str] = NONE, **parameters: str) -> Got:
        """Ask the second origin; ``browser`` are the headers of the browser's own request."""
        first, self.port = self.port, self.second
        try:
            return await self.get(path, parameters, browser)
        finally:
            self.port = first

    async def test_served(self) -> None:
        """What gadgets load is there; the REST API, the console, tokens, and the desktop are not."""
        await self.start()
        self.others.put(APART, b"<Module><ModulePrefs/><Content>x</Content></Module>")
        for path, status in (
            ("/gadgets/js/core.js", 200),
            ("/3rdpartygadget/files/Apart/a.js", 200),
            ("/desktop/assets", 200),
            ("/gadgets/token", 404),
            ("/gadgets/check", 404),
            ("/gadgets/changes", 404),
            ("/finesse/api/User", 404),
            ("/cfadmin", 404),
            ("/desktop/api", 404),
            ("/http-bind", 404),
            ("/", 404),
        ):
            got = await self.there(path, {"Authorization": basic("admin")})
            self.assertEqual(got.status, status, path)
            self.assertNotIn("set-cookie", got.headers)
            self.assertEqual(got.headers["origin-agent-cluster"], "?1")
        got = await self.there("/gadgets/ifr", url=APART)
        self.assertEqual(got.status, 200)

    async def test_make_request(self) -> None:
        """An isolated gadget's token will do there, and nothing else."""
        await self.start()
        self.others.put(URL, b"fetched")
        token = self.signer.issue("agent1", APART, 1, "default", NOW)
        got = await self.there("/gadgets/makeRequest", url=URL, st=token)
        self.assertEqual(got.status, 200)
        self.assertIn(b"fetched", got.body)
        here = f"http://localhost:{self.second}/3rdpartygadget/files/Apart/a.js"
        own = {"Sec-Fetch-Site": "same-origin"}
        for path in ("makeRequest", "proxy", "concat"):
            asked = {"url": URL, "1": URL, "type": "js"}
            for headers, st in (
                ({}, ""),
                ({"Authorization": basic("agent1"), **own}, ""),
                (own, self.token),
                (own, token[:-1]),
            ):
                got = await self.there(f"/gadgets/{path}", headers, st=st, gadget=APART, **asked)
                self.assertEqual(got.status, 403, (path, headers))
            got = await self.there(f"/gadgets/{path}", own, gadget=APART, **asked | {"url": here})
            self.assertEqual(got.status, 403)
        got = await self.there("/gadgets/makeRequest", url=here, st=token)
        self.assertEqual(json.loads(got.body[len(CRUFT) :])[here]["body"], "1")

    async def test_rest(self) -> None:
        """No REST API, not with a token either, at whatever port of this server."""
        await self.start()
        token = self.signer.issue("agent1", APART, 1, "default", NOW)
        for port in (8082, 8445, self.port, self.second):
            got = await self.there(
                "/gadgets/makeRequest",
                url=f"http://localhost:{port}/finesse/api/User/agent1",
                st=token,
                headers="Authorization=" + quote(basic("agent1")),
            )
            self.assertEqual((got.status, b"(host)" in got.body), (403, True), port)

    async def test_first_origin(self) -> None:
        """On the desktop's own, an isolated gadget's token is none; who asks for it is told where it is good."""
        await self.start()
        self.others.put(URL, b"fetched")
        token = self.signer.issue("agent1", APART, 1, "default", NOW)
        admission = self.admitting(lambda gadget, request: not self.isolation.has(gadget, request))
        self.gadgets.putChild(b"makeRequest", MakeRequest(admission, self.gathering))
        self.gadgets.putChild(b"proxy", Proxy(admission, self.gathering))
        for path in ("makeRequest", "proxy"):
            got = await self.get(f"/gadgets/{path}", {"url": URL, "st": token})
            self.assertEqual(got.status, 403, path)
            got = await self.get(f"/gadgets/{path}", {"url": URL, "st": self.token})
            self.assertEqual(got.status, 200, path)
        dev = {GADGET}
        resource = Token(
            self.admission,
            self.gathering,
            self.signer,
            self.every,
            self.isolation,
            lambda url, _host: url in dev,
        )
        self.gadgets.putChild(b"token", resource)
        who = {"Authorization": basic("agent1"), "Sec-Fetch-Site": "same-origin"}
        inside = f"http://127.0.0.1:{self.port}/3rdpartygadget/files/Apart/a.xml"
        for gadget, more in (
            (GADGET, {"dev": True}),
            (APART, {"origin": f"https://127.0.0.1:{self.second}"}),
            (inside, {"origin": f"https://127.0.0.1:{self.second}"}),
        ):
            got = await self.get("/gadgets/token", {"gadget": gadget}, who)
            told = json.loads(got.body)
            del told["token"]
            self.assertEqual(told, {"tokenTTL": 3600, **more}, gadget)

    async def test_described(self) -> None:
        """Pages around gadgets are told what it is, where its frame is, and of its token where that is good."""
        await self.start()
        self.others.put(APART, b"<Module><ModulePrefs title='Apart'/><Content>x</Content></Module>")
        describing = Describing(
            self.every,
            library(),
            self.signer,
            Surroundings(is_shared=True),
            isolation=self.isolation,
        )
        self.gadgets.putChild(b"rpc", Rpc(self.admission, self.gathering, describing))
        self.gadgets.putChild(b"metadata", Metadata(self.admission, self.gathering, describing))
        who = {"Authorization": basic("agent1"), "Sec-Fetch-Site": "same-origin"}
        second = f"127.0.0.1:{self.second}"
        asked = {"ids": APART, "container": "default"}
        got = await self.get("/gadgets/rpc", {"method": "gadgets.metadata", **asked}, who)
        told = json.loads(got.body)["result"][APART]
        self.assertEqual(told["modulePrefs"]["title"], "Apart")
        self.assertTrue(told["iframeUrls"]["default"].startswith(f"//{second}/gadgets/ifr?"), told)
        got = await self.get("/gadgets/rpc", {"method": "gadgets.token", **asked}, who)
        self.assertEqual(json.loads(got.body)["result"][APART]["origin"], f"https://{second}")
        req = json.dumps({"context": {}, "gadgets": [{"url": APART}]})
        got = await self.get("/gadgets/metadata", {"req": req}, who)
        (told,) = json.loads(got.body)["gadgets"]
        self.assertTrue(told["iframeUrl"].startswith(f"//{second}/gadgets/ifr?"), told)
        got = await self.get("/gadgets/metadata", {"req": req}, {"Sec-Fetch-Site": "same-site"})
        self.assertEqual(got.status, 403)

    async def test_origin(self) -> None:
        """The second origin is where the operator says it is, or at the desktop's name and its own port."""
        await self.start()
        for port, origin, told in (
            (8446, "", "https://127.0.0.1:8446"),
            (443, "", "https://127.0.0.1"),
            (8446, "https://gadgets.example.com", "https://gadgets.example.com"),
        ):
            ports: Callable[[], list[int]] = partial(list, [port])
            isolation = Isolation(
                Places(["apart.example.com"]), origin, tuple, ports, lambda: ((), ())
            )
            self.gadgets.putChild(
                b"token", Token(self.admission, self.gathering, self.signer, self.every, isolation)
            )
            got = await self.get(
                "/gadgets/token",
                {"gadget": APART},
                {"Authorization": basic("agent1"), "Sec-Fetch-Site": "same-origin"},
            )
            self.assertEqual(json.loads(got.body)["origin"], told)
