"""A gadget's ``gadgets.io.makeRequest`` in Chromium, through the real server, to a server that the operator allows."""

from __future__ import annotations

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from signal import SIGHUP
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import quote

import requests
from playwright.sync_api import Page, Route

from tests.gadgets.asking import basic
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import LIMIT_S, QUIET, Twistd

ANSWERS = {
    "/json": ("application/json", b'{"a": [1, "\xc3\xa9"]}'),
    "/text": ("text/plain; charset=iso-8859-1", b"caf\xe9"),
    "/xml": ("text/xml", b"<a><b>c</b></a>"),
    "/broken": ("application/json", b"{"),
    "/script": ("text/html", b"<script>top.executed = 1</script>"),
    "/rss": (
        "text/xml",
        b"<rss><channel><title>T</title><item><pubDate>Tue, 14 Nov 2023 22:13:20 GMT</pubDate></item></channel></rss>",
    ),
}

GADGET = """<!DOCTYPE html><html><head><script src="/gadgets/js/core:core.io:osapi.js"></script></head><body><script>
window.ask = (url, params) => new Promise((done) => gadgets.io.makeRequest(url, (got) => done({
  rc: got.rc, text: got.text, errors: got.errors, headers: got.headers,
  data: got.data && got.data.documentElement ? got.data.documentElement.textContent : got.data,
}), params));
</script></body></html>"""


class Others(BaseHTTPRequestHandler):
    """What is at the other server; ``/echo`` says what it was sent."""

    def do_GET(self) -> None:
        """Answer."""
        kind, body = ANSWERS.get(self.path, ("text/plain", b""))
        length = int(self.headers.get("Content-Length") or 0)
        if self.path == "/echo":
            names = sorted(name.lower() for name in self.headers)
            body = f"{self.command} {names} ".encode() + self.rfile.read(length)
        self.send_response(200 if body else 404)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.send_header("Set-Cookie", "a=b")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name
        """Nothing."""


class MakeRequestStories(StoryTestCase):
    """On a server of their own."""

    def setUp(self) -> None:
        """Start both servers."""
        self.others = ThreadingHTTPServer(("127.0.0.1", 0), Others)
        serving = Thread(target=self.others.serve_forever, daemon=True)
        serving.start()
        self.addCleanup(serving.join)
        self.addCleanup(self.others.server_close)
        self.addCleanup(self.others.shutdown)
        self.there = f"http://127.0.0.1:{self.others.server_port}"
        self.server = Twistd(
            (
                *QUIET,
                f'gadgets.outbound.hosts=["127.0.0.1:{self.others.server_port}"]',
                'gadgets.outbound.private_networks=["127.0.0.1/32"]',
            )
        )
        self.addCleanup(self.server.clean)
        self.server.wait_ready()

    def kept(self) -> int:
        """How many answers the server keeps, by its metrics."""
        found = requests.get(
            f"http://127.0.0.1:{self.server.port('http')}/metrics", timeout=LIMIT_S
        )
        (line,) = re.findall(r"^finesse_gadget_cache_answers (\d+)", found.text, re.MULTILINE)
        return int(line)

    def start(self, page: Page) -> None:
        """Open the gadget, which has a token as soon as the page around it has asked for one."""
        root = f"https://127.0.0.1:{self.server.port('https')}"

        def gadget(route: Route) -> None:
            route.fulfill(body=GADGET, content_type="text/html")

        page.context.route("**/gadget.html?*", gadget)
        spec = quote(f"{root}/3rdpartygadget/files/a.xml", safe="")
        page.goto(f"{root}/gadget.html?url={spec}")
        page.evaluate(
            """async ([gadget, authorization]) => {
              const got = await fetch(`/gadgets/token?gadget=${gadget}&mid=1`, {headers: {authorization}});
              shindig.auth.updateSecurityToken((await got.json()).token);
            }""",
            [spec, basic("agent1")],
        )

    @story
    def test_make_request(self, page: Page) -> None:
        """JSON, text, XML and feeds come as what they are; what is broken, missing or refused comes as an error."""
        self.forgiven = ("403",)
        self.start(page)

        def ask(path: str, **parameters: Any) -> dict[str, Any]:
            url = path if path.startswith("http") else self.there + path
            found: dict[str, Any] = page.evaluate("([url, p]) => ask(url, p)", [url, parameters])
            return found

        got = ask("/json", CONTENT_TYPE="JSON")
        self.assertEqual((got["rc"], got["data"], got["errors"]), (200, {"a": [1, "é"]}, []))
        self.assertEqual(ask("/text")["data"], "café")
        self.assertEqual(ask("/xml", CONTENT_TYPE="DOM")["data"], "c")
        self.assertEqual(ask("/rss", CONTENT_TYPE="FEED")["data"]["Title"], "T")
        self.assertEqual(ask("/script")["text"], "<script>top.executed = 1</script>")
        self.assertFalse(page.evaluate("'executed' in window"))
        full = ask("/text", GET_FULL_HEADERS=True)["headers"]
        self.assertEqual(full["content-type"], ["text/plain; charset=iso-8859-1"])
        self.assertNotIn("set-cookie", full)
        posted = ask("/echo", METHOD="POST", POST_DATA="a=é", HEADERS={"X-A": "1"})["text"]
        self.assertTrue(posted.startswith("POST ") and posted.endswith("a=é"), posted)
        self.assertIn("'x-a'", posted)
        self.assertNotIn("cookie", posted)
        self.assertNotIn("authorization", posted)
        broken = ask("/broken", CONTENT_TYPE="JSON")
        self.assertEqual((broken["rc"], broken["errors"]), (500, ["500 Failed to parse JSON"]))
        missing = ask("/missing")
        self.assertEqual((missing["rc"], missing["errors"]), (404, ["404 Error"]))
        self.old_and_short(page)
        refused = ask("http://169.254.169.254/latest/meta-data")
        self.assertEqual(refused["rc"], 403)
        self.assertEqual(refused["errors"], ["403 The server does not fetch that (host)"])
        self.assertTrue(self.kept())
        self.server.signal(SIGHUP)
        deadline = monotonic() + LIMIT_S
        while self.kept():
            self.assertLess(monotonic(), deadline)
            page.wait_for_timeout(20)
        own = ask(
            "http://localhost:8082/finesse/api/User/agent1",
            HEADERS={"Authorization": basic("agent1")},
            GET_FULL_HEADERS=True,
        )
        self.assertEqual(own["rc"], 200)
        self.assertIn("<loginId>agent1</loginId>", own["text"])

    def old_and_short(self, page: Page) -> None:
        """``osapi.http``, and what gadgets asked with in iGoogle's time, have the same answers."""
        found = page.evaluate(
            """(there) => Promise.all([
              new Promise((done) => osapi.newBatch()
                .add("good", osapi.http.get({ href: `${there}/json` }))
                .add("text", osapi.http.post({ href: `${there}/echo`, format: "text", body: { a: 1 }, headers: { "X-A": ["1"] } }))
                .add("missing", osapi.http.get({ href: `${there}/missing`, format: "text" }))
                .execute(done)),
              new Promise((done) => osapi.newBatch().execute(done)),
              new Promise((done) => _IG_FetchContent(`${there}/text`, done)),
              new Promise((done) => _IG_FetchXmlContent(`${there}/xml`, (found) => done(found.documentElement.textContent))),
              new Promise((done) => _IG_FetchContent(`${there}/missing`, done)),
              new Promise((done) => _IG_FetchContent(`${there}/echo`, done, { method: "POST", post_data: "b=2" })),
              new Promise((done) => _IG_FetchFeedAsJSON(`${there}/rss`, done, 1, true)),
              new Promise((done) => _IG_FetchFeedAsJSON(`${there}/missing`, done)),
            ])""",
            self.there,
        )
        batch, *others = found
        self.assertEqual(
            (batch["good"]["status"], batch["good"]["content"]), (200, {"a": [1, "é"]})
        )
        self.assertEqual(batch["good"]["headers"]["content-type"], ["application/json"])
        self.assertRegex(batch["text"]["content"], r"^POST .*'x-a'.*\] \{\"a\":1\}$")
        self.assertEqual(batch["missing"], {"error": {"code": 404, "message": "404 Error"}})
        self.assertEqual(others[:4], [{}, "café", "c", ""])
        echoed, feed, none = others[4:]
        self.assertTrue(echoed.startswith("POST ") and echoed.endswith("b=2"), echoed)
        self.assertEqual((feed["Title"], feed["Entry"][0]["Date"]), ("T", 1_700_000_000))
        self.assertEqual(none, {"ErrorMsg": "404 Error", "Entry": []})
