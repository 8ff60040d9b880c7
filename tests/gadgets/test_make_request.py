"""`finesse_tx.gadgets.make_request`, with what it stands on, through real sockets."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater

from finesse_tx.gadgets.asking import MAX_PARAMETERS
from finesse_tx.gadgets.core.fetching import Fetch
from finesse_tx.gadgets.core.library import CRUFT
from finesse_tx.gadgets.core.outbound import Refusal, Why
from finesse_tx.gadgets.core.signing import RequestSigner
from finesse_tx.gadgets.core.tokens import LIFE_S
from finesse_tx.gadgets.make_request import MakeRequest
from tests.gadgets.asking import GADGET, NONE, AskingTestCase, Got, basic

URL = "http://crm.example.com/a?b=ü&c=%20"


class MakeRequestTests(AskingTestCase):
    """What a gadget asks for."""

    async def ask(
        self,
        url: str = URL,
        method: str = "GET",
        browser: Any = NONE,
        **parameters: str,
    ) -> Got:
        """Ask with the token; ``browser`` are the headers of the browser's own request."""
        sent = {"url": url, "st": self.token, **parameters}
        return await self.get("/gadgets/makeRequest", sent, browser, method)

    async def told(self, url: str = URL, method: str = "GET", **parameters: str) -> dict[str, Any]:
        """What is told of one that is answered."""
        got = await self.ask(url, method, **parameters)
        text = got.body.decode("ascii")
        self.assertEqual((got.status, text[: len(CRUFT)]), (200, CRUFT), text)
        found = json.loads(text[len(CRUFT) :])
        self.assertEqual(list(found), [url])
        told: dict[str, Any] = found[url]
        return told

    async def test_bytes(self) -> None:
        """The answer is Shindig's, to the byte, and never a script or a page."""
        self.others.put("u", b"a\xc3\xa9<", 404, (("location", "x"), ("x-a", "1"), ("x-a", "2")))
        got = await self.ask("u")
        self.assertEqual(
            got.body,
            b"throw 1; < don't be evil' >"
            b'{"u":{"rc":404,"body":"a\\u00e9<","headers":{"location":["x"]}}}',
        )
        self.assertEqual(got.headers["content-type"], "application/json; charset=UTF-8")
        self.assertEqual(got.headers["content-disposition"], "attachment;filename=p.txt")
        self.assertEqual(got.headers["x-content-type-options"], "nosniff")

    async def test_full_headers(self) -> None:
        """With ``getFullHeaders`` all headers come, each with all its values; the URL comes back as it was sent."""
        self.others.put(URL, b"", 200, (("location", "x"), ("x-a", "1"), ("x-a", "2")))
        told = await self.told(getFullHeaders="true")
        self.assertEqual(told["headers"], {"location": ["x"], "x-a": ["1", "2"]})

    async def test_what_is_sent(self) -> None:
        """Method, headers and body are the gadget's; of the browser's own, only its User-Agent goes out."""
        self.others.put(URL)
        own = {"Cookie": "a=b", "User-Agent": "B/1", "Authorization": "Basic own", "X-C": "1"}
        headers = "Authorization=Basic%20x%2By&X-A=a%26b%253D"
        form = {"httpMethod": "POST", "headers": headers, "postData": "ü=1"}
        await self.ask(URL, "POST", own, **form)
        await self.ask(URL, "POST", {"User-Agent": "B/1"}, **{**form, "httpMethod": "DELETE"})
        await self.ask(headers="User-Agent=Mine&Content-Type=a%2Fb", httpMethod="post")
        kept = (("Authorization", "Basic x+y"), ("X-A", "a&b%3D"))
        self.assertEqual(
            self.others.asked,
            [
                Fetch(
                    URL,
                    "POST",
                    (
                        *kept,
                        ("Content-Type", "application/x-www-form-urlencoded"),
                        ("User-Agent", "B/1"),
                    ),
                    "ü=1".encode(),
                ),
                Fetch(URL, "DELETE", (*kept, ("User-Agent", "B/1"))),
                Fetch(URL, "POST", (("User-Agent", "Mine"), ("Content-Type", "a/b"))),
            ],
        )

    async def test_refusals(self) -> None:
        """What is wrong has a status and a reason; nothing is fetched."""
        for parameters, status, word in (
            ({"url": ""}, 400, "url"),
            ({"headers": "a"}, 400, "header"),
            ({"headers": "a=b=c"}, 400, "header"),
            ({"headers": "=b"}, 400, "header"),
            ({"refresh": "soon"}, 400, "refresh"),
            ({"refresh": "-1"}, 400, "refresh"),
            ({"numEntries": "x"}, 400, "numEntries"),
            ({"authz": "signed"}, 403, "authz"),
            ({"authz": "oauth"}, 403, "authz"),
        ):
            got = await self.get(
                "/gadgets/makeRequest", {"url": URL, "st": self.token, **parameters}
            )
            self.assertEqual((got.status, self.others.asked), (status, []), parameters)
            self.assertIn(word, got.body.decode())
            self.assertEqual(got.headers["content-type"], "text/plain; charset=utf-8")
        put = await self.get("/gadgets/makeRequest", {"url": URL}, method="PUT")
        self.assertEqual(put.status, 405)

    async def test_signed(self) -> None:
        """Signed, the other server is told who asks, once and only what was not refused; for this server nothing is signed."""
        signer = RequestSigner("desk", "secret", lambda: "n0nce")
        self.gadgets.putChild(b"makeRequest", MakeRequest(self.admission, self.gathering, signer))
        url = "http://crm.example.com/a?b=%C3%BC&c=+"
        self.others.put(url)
        for more, told in (
            ({}, {"opensocial_owner_id": "agent1", "opensocial_viewer_id": "agent1"}),
            ({"signOwner": "false"}, {"opensocial_viewer_id": "agent1"}),
            ({"signOwner": "false", "signViewer": "false"}, {}),
        ):
            got = await self.ask("http://crm.example.com/a?b=ü&c=%20", authz="SIGNED", **more)
            self.assertEqual(got.status, 200)
            self.assertEqual(got.headers["cache-control"], "no-store")
            there = dict(parse_qsl(urlsplit(self.others.asked[-1].url).query))
            self.assertTrue(there.pop("oauth_signature"))
            self.assertEqual(
                {name: text for name, text in there.items() if name.startswith("opensocial_")},
                {
                    "opensocial_app_id": GADGET,
                    "opensocial_app_url": GADGET,
                    "opensocial_container": "default",
                    **told,
                },
            )
        self.assertEqual((len(self.others.asked), self.cache.taken), (3, 0))
        await self.ask(f"http://localhost:{self.port}/finesse/api/User", authz="signed")
        self.assertEqual(len(self.others.asked), 3)

    async def test_failures(self) -> None:
        """Each reason of the policy has its status; a gadget learns the word, and no address of ours."""
        expected = {
            **dict.fromkeys(("url", "method", "header", "request_size"), 400),
            **dict.fromkeys(("scheme", "userinfo", "host", "port", "address", "redirect"), 403),
            "busy": 503,
            "time": 504,
        }
        for why in Why:
            self.others.there[URL] = Refusal(why, "the reason")
            got = await self.ask()
            self.assertEqual(got.status, expected.get(why.value, 502), why)
            self.assertIn(f"({why.value})", got.body.decode())
        got = await self.ask("http://elsewhere.example/")
        self.assertNotIn(b"10.1.2.3", got.body)

    async def test_who(self) -> None:
        """A token, or an Authorization in a request of our own origin; nobody else."""
        self.others.put(URL, b"1")
        same = {"Sec-Fetch-Site": "same-origin"}
        ann, host = basic("agent1"), f"127.0.0.1:{self.port}"
        expired = self.signer.issue("agent1", GADGET, 1, "default", self.now - LIFE_S)
        nobody = self.signer.issue("", GADGET, 1, "default", self.now)
        gone = self.signer.issue("gone", GADGET, 1, "default", self.now)
        for st, headers, status in (
            (self.token, {}, 200),
            (self.token, {"Sec-Fetch-Site": "cross-site"}, 200),
            ("", {"X-Shindig-ST": self.token}, 200),
            ("", {"Authorization": ann, **same}, 200),
            ("", {"Authorization": ann, "Origin": f"http://{host}"}, 200),
            ("", {"Authorization": "Bearer token-agent1", **same}, 200),
            ("", {}, 403),
            ("", same, 403),
            ("", {"Authorization": ann}, 403),
            ("", {"Authorization": ann, "Sec-Fetch-Site": "same-site"}, 403),
            ("", {"Authorization": ann, "Sec-Fetch-Site": "cross-site"}, 403),
            ("", {"Authorization": ann, "Origin": "http://evil.example"}, 403),
            ("", {"Authorization": basic("agent1", "wrong"), **same}, 401),
            ("", {"Authorization": "Bearer other", **same}, 401),
            ("", {"Authorization": "Digest x", **same}, 401),
            (expired, {}, 403),
            (nobody, {}, 403),
            (gone, {}, 403),
            (self.token[:-1] + "g", {}, 403),
            ("john.doe:john.doe:appid:cont:url:0:default", {}, 403),
        ):
            sent = {"url": URL, "st": st, "gadget": GADGET}
            got = await self.get("/gadgets/makeRequest", sent, headers)
            self.assertEqual(got.status, status, (st, headers))
        missing = await self.get(
            "/gadgets/makeRequest", {"url": URL}, {"Authorization": ann, **same}
        )
        self.assertEqual((missing.status, missing.body), (403, b"gadget is missing"))
        self.assertEqual(set(self.limits.people), {"agent1"})
        self.limits.is_over = True
        self.assertEqual((await self.ask()).status, 429)

    async def test_token(self) -> None:
        """A token is given to an Authorization of our own origin, and renewed with an answer when it grows old."""
        self.others.put(URL, b"1")
        headers = {"Authorization": basic("agent1"), "Sec-Fetch-Site": "same-origin"}
        sent = {"gadget": GADGET, "mid": "7", "container": "c"}
        got = await self.get("/gadgets/token", sent, headers)
        grant = self.signer.read(json.loads(got.body)["token"], self.now)
        assert grant is not None
        self.assertEqual(
            (grant.viewer, grant.gadget, grant.module_id, grant.container),
            ("agent1", GADGET, 7, "c"),
        )
        self.assertEqual((await self.get("/gadgets/token", {**sent, "st": self.token})).status, 403)
        self.assertEqual((await self.get("/gadgets/token", {"mid": "7"}, headers)).status, 400)
        self.assertEqual(
            (await self.get("/gadgets/token", {**sent, "mid": "x"}, headers)).status, 400
        )
        for gadget in (
            "https://evil.example.com/a.xml",
            "ftp://crm.example.com/a.xml",
            "x",
            "http://[/",
        ):
            got = await self.get("/gadgets/token", {**sent, "gadget": gadget}, headers)
            self.assertEqual(got.status, 403, gadget)
        self.assertNotIn("st", await self.told())
        self.now += LIFE_S - 1
        newer = (await self.told())["st"]
        self.now += LIFE_S / 2
        self.assertEqual((await self.ask()).status, 403)
        self.token = newer
        await self.told()

    async def test_own(self) -> None:
        """Our own REST API is answered here, by what the gadget sends along, and by the browser's address."""
        headers = "Authorization=Basic%20x&requestId=7&Cookie=a%3Db"
        names = (
            "localhost:8082",
            "desk.example.com:8445",
            f"localhost:{self.port}",
            "localhost",
            "10.1.2.3:8082",
        )
        for host in names:  # the last as the browser calls us
            url = f"http://{host}/finesse/api/User/1?a=b"
            form = {"httpMethod": "PUT", "postData": "<User/>", "gadget": GADGET, "st": ""}
            cookie = {"Cookie": "own=1", "Host": "10.1.2.3:8445"}
            got = await self.ask(url, "POST", cookie, headers=headers, getFullHeaders="1", **form)
            told = json.loads(got.body[len(CRUFT) :])[url]
            self.assertEqual(told["rc"], 202)
            method, uri, body, peer, sent = told["body"].split("\n")
            self.assertEqual((method, uri, body), ("PUT", "/finesse/api/User/1?a=b", "<User/>"))
            self.assertEqual((peer, sent), ("127.0.0.1", "authorization,requestid"))
            self.assertEqual(told["headers"]["requestid"], ["7"])
            self.assertNotIn("set-cookie", told["headers"])
            self.assertEqual(got.headers["cache-control"], "no-store")
        self.assertEqual(self.others.asked, [])

    async def test_own_refused(self) -> None:
        """Nothing else of ours is asked for, and not from other origins' pages without a token."""
        for path in (
            "/gadgets/makeRequest",
            "/cfadmin",
            "/finesse/api/%2e%2e/x",
            "/finesse/api/../x",
        ):
            self.assertEqual((await self.ask(f"http://localhost:8082{path}")).status, 403, path)
        sent = {"url": "http://localhost:8082/finesse/api/User", "gadget": GADGET}
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
            self.assertEqual((await self.get("/gadgets/makeRequest", sent, headers)).status, 403)
        self.assertEqual((await self.get("/gadgets/makeRequest", sent)).status, 200)
        for url in ("http://localhost:9/finesse/api/x", "http://a@localhost:8082/finesse/api/x"):
            await self.ask(url)
            self.assertEqual(self.others.asked.pop().url, url)

    async def test_own_slow(self) -> None:
        """What takes us too long is given up."""
        url = "http://localhost:8082/finesse/api/slow"
        asking = Deferred.fromCoroutine(self.ask(url)).addTimeout(60, IReactorTime(reactor))
        while not self.clock.getDelayedCalls():
            await deferLater(IReactorTime(reactor), 0)
        self.clock.advance(19.9)
        self.assertFalse(asking.called)
        self.clock.advance(0.1)
        self.assertEqual((await asking).status, 504)
        self.assertEqual(self.rest.gone, 1)

    async def test_gone(self) -> None:
        """When the browser goes, what was asked for it is given up."""
        self.others.is_waiting = True
        asking = Deferred.fromCoroutine(self.ask())
        while not self.others.asked:
            await deferLater(IReactorTime(reactor), 0)
        asking.addErrback(lambda _given_up: None)
        asking.cancel()
        while not self.others.given_up:
            await deferLater(IReactorTime(reactor), 0)

    test_gone.timeout = 30  # type: ignore[attr-defined]  # trial's way

    async def test_cached(self) -> None:
        """A GET is kept for as long as is said or asked, apart by headers; nothing with an Authorization or a body is."""
        self.others.put(URL, b"1")
        for parameters, asked, kept in (
            ({}, 1, "private, max-age=3600"),
            ({}, 1, "private, max-age=3600"),
            ({"nocache": "1"}, 2, "no-store"),
            ({"nocache": "0"}, 2, "private, max-age=3600"),
            ({"refresh": "60"}, 2, "private, max-age=60"),
            ({"refresh": "0"}, 3, "no-cache"),
            ({"headers": "X-Key=1"}, 4, "private, max-age=3600"),
            ({"headers": "X-Key=2"}, 5, "private, max-age=3600"),
            ({"headers": "X-Key=1"}, 5, "private, max-age=3600"),
            ({"headers": "Authorization=x"}, 6, "no-store"),
            ({"headers": "Authorization=x"}, 7, "no-store"),
            ({"httpMethod": "PUT"}, 8, "no-store"),
        ):
            got = await self.ask(**parameters)
            self.assertEqual(len(self.others.asked), asked, parameters)
            self.assertEqual(got.headers["cache-control"], kept, parameters)
        other = "http://crm.example.com/never"
        self.others.put(other, b"1", 200, (("cache-control", "no-store"),))
        for asked in (9, 10):
            got = await self.ask(other, refresh="60")
            self.assertEqual(len(self.others.asked), asked)
            self.assertEqual(got.headers["cache-control"], "no-cache")

    async def test_feed(self) -> None:
        """A feed comes as JSON in the body; what is none is told so; one that is not there is as it is."""
        self.others.put(URL, b"<rss><channel><title>T</title><item/><item/></channel></rss>")
        told = json.loads((await self.told(contentType="FEED", numEntries="1"))["body"])
        self.assertEqual((told["URL"], told["Title"], len(told["Entry"])), (URL, "T", 1))
        self.others.put("n", b"<html/>")
        self.assertEqual((await self.ask("n", contentType="FEED")).status, 400)
        self.others.put("m", b"<html/>", 404)
        self.assertEqual((await self.told("m", contentType="FEED"))["body"], "<html/>")

    async def test_unreadable(self) -> None:
        """Parameters that are not UTF-8, or too many, are refused."""
        many = {f"p{number}": "1" for number in range(MAX_PARAMETERS)}
        self.assertEqual((await self.ask(**many)).status, 400)
        self.assertEqual((await self.get("/gadgets/makeRequest?url=%ff&x", {})).status, 400)
