"""`finesse_tx.gadgets.metadata` and `rpc`: what a page around gadgets is told, and who is."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from treq.client import HTTPClient
from twisted.internet import reactor
from twisted.internet.interfaces import IReactorTime
from twisted.web.client import Agent
from twisted.web.http_headers import Headers
from typing_extensions import override

from finesse_tx.gadgets.describing import MAX_GADGET, Describing
from finesse_tx.gadgets.features import library
from finesse_tx.gadgets.metadata import Metadata
from finesse_tx.gadgets.rpc import MAX_GADGETS, Rpc
from finesse_tx.gadgets.surroundings import Surroundings
from tests.gadgets.asking import NOW, AskingTestCase, Got, basic

CRM = "https://crm.example.com"
OWN = "http://localhost/3rdpartygadget/files/a.xml"
SPEC = """<Module><ModulePrefs title="__MSG_t__" height="120"><Require feature="setprefs"/>
<Locale lang="de" messages="de.xml"/><Locale><msg name="t">Hello</msg></Locale></ModulePrefs>
<UserPref name="who"/><Content>x</Content><Content view="canvas">y</Content></Module>"""
BUNDLE = b'<messagebundle><msg name="t">Hallo</msg></messagebundle>'


class Case(AskingTestCase):
    """Gadgets of ours and of a host that is trusted."""

    is_open = False

    @override
    async def setUp(self) -> None:  # type: ignore[override]
        await super().setUp()
        (self.folder / "a.xml").write_text(SPEC)
        (self.folder / "de.xml").write_bytes(BUNDLE)
        self.others.put(f"{CRM}/a.xml", SPEC.encode())
        self.others.put(f"{CRM}/de.xml", BUNDLE)
        self.others.put(f"{CRM}/bad.xml", b"<Module/>")
        long = "x" * (MAX_GADGET // 2)
        self.others.put(
            f"{CRM}/long.xml",
            f'<Module><ModulePrefs title="{long}" author="{long}"/><Content>x</Content></Module>'.encode(),
        )
        origins = ["https://x.example"] if self.is_open else []
        describing = Describing(self.specs, library(), self.signer, Surroundings(lambda: origins))
        self.gadgets.putChild(b"metadata", Metadata(self.admission, self.gathering, describing))
        self.gadgets.putChild(b"rpc", Rpc(self.admission, self.gathering, describing))

    async def post(self, path: str, body: object, **headers: str) -> Got:
        """Send JSON."""
        client = HTTPClient(Agent(reactor))
        named = {name.replace("_", "-"): [value] for name, value in headers.items()}
        found = await client.post(
            f"http://127.0.0.1:{self.port}/gadgets/{path}",
            data=body if isinstance(body, bytes) else json.dumps(body).encode(),
            headers=Headers({"content-type": ["application/json"], "host": ["fin:8445"], **named}),
        ).addTimeout(60, IReactorTime(reactor))
        told = {
            name.decode().lower(): values[0].decode()
            for name, values in found.headers.getAllRawHeaders()
        }
        return Got(found.code, told, await found.content())

    async def ask(self, body: object, **headers: str) -> Any:
        """What JSON-RPC answers."""
        got = await self.post("rpc", body, **headers)
        self.assertEqual(got.status, 200, got.body)
        return json.loads(got.body)


class MetadataTests(Case):
    """The old form."""

    async def test_several(self) -> None:
        """Each gadget is told for itself, by the context's locale; one that is not to be had is an error of its own."""
        got = await self.post(
            "metadata",
            {
                "context": {"language": "de", "country": "DE", "container": "c", "view": "canvas"},
                "gadgets": [
                    {"url": OWN, "moduleId": 3, "prefs": {"who": "<ann>"}},
                    {"url": f"{CRM}/a.xml", "moduleId": "4"},
                    {"url": f"{CRM}/bad.xml"},
                    {"url": "https://evil.example.com/a.xml", "moduleId": 5},
                    {"url": "file:///etc/passwd"},
                    {"url": f"{CRM}/long.xml"},
                    {"url": OWN, "moduleId": "<b>"},
                    {"url": OWN, "prefs": "x"},
                ],
            },
        )
        self.assertEqual(
            (got.status, got.headers["content-type"]), (200, "application/json; charset=utf-8")
        )
        own, crm, *bad = json.loads(got.body)["gadgets"]
        self.assertEqual((own["title"], own["moduleId"], own["height"]), ("Hallo", 3, 120))
        self.assertEqual((crm["url"], crm["moduleId"]), (f"{CRM}/a.xml", 4))
        iframe = urlsplit(own["iframeUrl"])
        query = {name: values[0] for name, values in parse_qs(iframe.query).items()}
        self.assertEqual((iframe.netloc, iframe.path), ("fin:8445", "/gadgets/ifr"))
        self.assertEqual(
            (query["url"], query["mid"], query["view"], query["lang"], query["up_who"]),
            (OWN, "3", "canvas", "de", "<ann>"),
        )
        self.assertEqual(
            [one["errors"][0][:33] for one in bad],
            [
                "The gadget's XML, line 1: Module ",
                "gadgets from there are not render",
                "url is not an http or https addre",
                "There is more to tell of it than ",
                'mid is "<b>"; allowed: a whole nu',
                "prefs is not an object",
            ],
        )

    async def test_get(self) -> None:
        """By GET, as JSON or as a script that calls a function; no other name of one is taken."""
        asked = json.dumps({"gadgets": [{"url": OWN}]})
        got = await self.get("/gadgets/metadata", {"req": asked})
        self.assertEqual(json.loads(got.body)["gadgets"][0]["title"], "Hello")
        got = await self.get("/gadgets/metadata", {"req": asked, "callback": "a.b$_1"})
        self.assertEqual(got.headers["content-type"], "text/javascript; charset=utf-8")
        self.assertTrue(got.body.startswith(b'/**/a.b$_1({"gadgets":['), got.body)
        for name in ("alert(1)//", "<script>", "a b", "x" * 201):
            got = await self.get("/gadgets/metadata", {"req": asked, "callback": name})
            self.assertEqual(got.status, 400, name)

    async def test_refused(self) -> None:
        """What is not asked so, and the pages of other sites."""
        for body in (b"", b"[]", b"{}", b'{"gadgets": [1]}', b'{"gadgets": [], "context": 1}'):
            self.assertEqual((await self.post("metadata", body)).status, 400, body)
        many = {"gadgets": [{"url": OWN}] * (MAX_GADGETS + 1)}
        self.assertEqual((await self.post("metadata", many)).status, 400)
        asked = {"gadgets": [{"url": OWN}]}
        got = await self.post("metadata", asked, sec_fetch_site="cross-site")
        self.assertEqual(got.status, 403)


class RpcTests(Case):
    """JSON-RPC."""

    async def test_metadata(self) -> None:
        """By URL: what is told by default, or what is asked for; what is not to be had is an error there."""
        found = await self.ask(
            [
                {
                    "method": "gadgets.metadata",
                    "id": "x",
                    "params": {
                        "ids": [OWN, "https://evil.example.com/a.xml"],
                        "container": "default",
                        "language": "de",
                    },
                },
                {
                    "method": "gadgets.metadata",
                    "id": 2,
                    "params": {"ids": [OWN], "container": "c", "fields": ["modulePrefs.title"]},
                },
                {"method": "gadgets.metadata", "id": None, "params": {"ids": [OWN]}},
            ]
        )
        first, second, third = found
        told = first["result"][OWN]
        self.assertEqual((first["id"], told["modulePrefs"]["title"]), ("x", "Hallo"))
        self.assertEqual(set(told["iframeUrls"]), {"default", "canvas"})
        self.assertIn("view=canvas", told["iframeUrls"]["canvas"])
        self.assertNotIn("checksum", told)
        self.assertEqual(first["result"]["https://evil.example.com/a.xml"]["error"]["code"], 403)
        self.assertEqual(
            second, {"id": 2, "result": {OWN: {"url": OWN, "modulePrefs": {"title": "Hello"}}}}
        )
        self.assertEqual(
            third,
            {"error": {"code": 400, "message": "badRequest: Missing container for request."}},
        )

    async def test_times(self) -> None:
        """What says how long it is good is there for who asks."""
        params = {"ids": [OWN], "container": "c", "fields": ["expireTimeMs", "responseTimeMs"]}
        found = await self.ask({"method": "gadgets.metadata", "params": params})
        told = found["result"][OWN]
        self.assertEqual(
            (told["responseTimeMs"], told["expireTimeMs"]),
            (int(NOW * 1_000), int(NOW * 1_000) + 300_000),
        )

    async def test_token(self) -> None:
        """Tokens for somebody's Authorization, each for its gadget and number; none for gadgets that are not rendered."""
        call = {
            "method": "gadgets.token",
            "id": 1,
            "params": {
                "ids": [f"{OWN}#moduleId=7", f"{CRM}/a.xml", "https://evil.example.com/a.xml", f"{OWN}#moduleId=x"],
                "container": "c",
            },
        }  # fmt: skip
        self.assertEqual((await self.ask(call))["error"]["code"], 403)
        signed = {"authorization": basic("agent1"), "sec_fetch_site": "same-origin"}
        found = (await self.ask(call, **signed))["result"]
        grant = self.signer.read(found[f"{OWN}#moduleId=7"]["token"], NOW)
        assert grant is not None
        self.assertEqual(
            (grant.viewer, grant.gadget, grant.module_id, grant.container), ("agent1", OWN, 7, "c")
        )
        other = self.signer.read(found[f"{CRM}/a.xml"]["token"], NOW)
        self.assertEqual((other.gadget, other.module_id) if other else None, (f"{CRM}/a.xml", 0))
        self.assertEqual(found["https://evil.example.com/a.xml"]["error"]["code"], 403)
        self.assertEqual(found[f"{OWN}#moduleId=x"]["error"]["code"], 400)
        wrong = await self.ask(call, **{**signed, "authorization": basic("agent1", "no")})
        self.assertEqual(wrong["error"]["code"], 401)
        self.assertEqual(self.limits.people, ["agent1"])

    async def test_scripts_and_proxy(self) -> None:
        """Where features' scripts are and what they are, and where the proxy is."""
        found = await self.ask(
            [
                {"method": "gadgets.js", "params": {"features": ["rpc"], "loadedFeatures": ["core"], "container": "c"}},
                {"method": "gadgets.js", "params": {"features": ["settitle"], "fields": ["jsContent"]}},
                {"method": "gadgets.js", "params": {"features": ["weather"]}},
                {"method": "gadgets.js", "params": {}},
                {"method": "gadgets.proxy", "params": {"ids": ["http://a/?x=1&y"], "container": "c"}},
            ]
        )  # fmt: skip
        scripts, content, unknown, nothing, proxy = found
        self.assertRegex(
            scripts["result"]["jsUrl"],
            r"^//fin:8445/gadgets/js/rpc!core\.js\?container=c&v=[0-9a-f]{16}$",
        )
        self.assertNotIn("jsContent", scripts["result"])
        self.assertEqual(set(content["result"]), {"jsContent"})
        self.assertIn("setTitle", content["result"]["jsContent"])
        self.assertEqual((unknown["error"]["code"], nothing["error"]["code"]), (404, 400))
        self.assertEqual(
            proxy["result"]["http://a/?x=1&y"]["proxyUrl"],
            "//fin:8445/gadgets/proxy?container=c&url=http%3A%2F%2Fa%2F%3Fx%3D1%26y",
        )

    async def test_methods(self) -> None:
        """What there is can be asked, by GET as well; what is not there is an error with the id."""
        got = await self.get("/gadgets/rpc", {"method": "system.listMethods", "id": "7"})
        told = json.loads(got.body)
        self.assertEqual(told["id"], "7")
        self.assertIn("gadgets.metadata", told["result"])
        query = {"method": "gadgets.metadata", "ids": OWN, "container": "c", "fields": "checksum"}
        got = await self.get("/gadgets/rpc", query)
        self.assertEqual(set(json.loads(got.body)["result"][OWN]), {"url", "checksum"})
        found = await self.ask({"method": "gadgets.supportedFields"})
        self.assertIn("iframeUrls", found["result"])
        found = await self.ask({"method": "people.get", "id": {"a": 1}})
        self.assertEqual(
            found,
            {
                "id": {"a": 1},
                "error": {
                    "code": 501,
                    "message": "notImplemented: The method people.get is not implemented",
                },
            },
        )

    async def test_bounds(self) -> None:
        """So many gadgets in all calls together; what cannot be read is an error of the whole request."""
        half = [f"{OWN}?{n}" for n in range(MAX_GADGETS // 2)]
        params = {"ids": half, "container": "c", "fields": ["checksum"]}
        call = {"method": "gadgets.metadata", "params": params}
        found = await self.ask([call, call])
        self.assertEqual([len(one["result"]) for one in found], [32, 32])
        more = {"method": "gadgets.proxy", "params": {"ids": "http://a/", "container": "c"}}
        for body in ([call, call, more], b"{", b""):
            got = await self.post("rpc", body)
            self.assertEqual((got.status, json.loads(got.body)["code"]), (400, 400))
        self.assertEqual((await self.get("/gadgets/rpc")).status, 400)
        refused = await self.post("rpc", [call], sec_fetch_site="cross-site")
        self.assertEqual(refused.status, 403)


class OpenTests(Case):
    """Where pages of another origin may have gadgets in a frame."""

    is_open = True

    async def test_told(self) -> None:
        """They are told, too."""
        found = await self.ask({"method": "system.listMethods"}, sec_fetch_site="cross-site")
        self.assertIn("result", found)
