"""`finesse_tx.gadgets.checker` and ``/gadgets/check``: what is said of a gadget that was looked up, and to whom."""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

from finesse_tx.gadgets.check_page import check_resource
from finesse_tx.gadgets.checker import Checker
from finesse_tx.gadgets.core.checking import Kind
from finesse_tx.gadgets.core.features import FEATURES
from finesse_tx.gadgets.core.fetching import Answer
from finesse_tx.gadgets.core.outbound import HostRule, Policy, Refusal, Why
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.core.report import Report
from finesse_tx.gadgets.files import Folder
from tests.gadgets.asking import AskingTestCase, FakeSource, basic
from tests.support.twistd import LIMIT_S, environment

CRM = "https://crm.example.com"
OWN = "https://finesse:8445/3rdpartygadget/files"
SPEC = b"""<Module><ModulePrefs><Locale messages="m.xml"/></ModulePrefs><Content><![CDATA[<script src="a.js"></script>
<script src="/desktop/assets/js/finesse.js"></script><script src="/finesse/api/User"></script>
<link href="https://cdn.example.com/a.css">]]></Content></Module>"""
BUNDLE = b"<messagebundle/>"


def texts(report: Report, kind: Kind) -> list[str]:
    """What is said of one kind."""
    return [one.text for one in report.findings if one.kind is kind]


class CheckerTests(SynchronousTestCase):
    """Looking gadgets up."""

    def setUp(self) -> None:
        """A folder, other servers, and this one's statuses."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.others = FakeSource()
        self.asked: list[str] = []
        self.checker = self.checking(self.ask)

    def ask(self, path: str) -> Deferred[int]:
        """Stand in for the server."""
        self.asked.append(path)
        return succeed(404)

    def checking(self, ask: Any) -> Checker:
        """Make one."""
        policy = Policy((HostRule.parse("crm.example.com"), HostRule.parse("apart.example.com")))
        isolated = Places(["apart.example.com", "/3rdpartygadget/files/Apart/"])
        return Checker(Folder(self.folder), policy, self.others.fetch, ask, FEATURES, isolated)

    def check(self, url: str) -> Report:
        """Check."""
        checking = Deferred.fromCoroutine(self.checker.check(url, "finesse:8445"))
        return self.successResultOf(checking)

    def test_own(self) -> None:
        """Of the folder's, all that is beside it is found or missed, and nothing of it is fetched."""
        (self.folder / "g.xml").write_bytes(SPEC)
        found = self.check(f"{OWN}/g.xml")
        self.assertEqual(texts(found, Kind.NOTE)[0], "it is in the server's own folder")
        self.assertEqual(
            texts(found, Kind.ERROR),
            [f'locale all_ALL: {OWN}/m.xml: there is no file "m.xml" in the folder of gadgets'],
        )
        self.assertEqual(
            texts(found, Kind.WARNING),
            [
                'script "a.js" leads to nothing: there is no file "a.js" in the folder of gadgets',
                'script "/desktop/assets/js/finesse.js" leads to nothing: this server answers 404',
            ],
        )
        self.assertIn(
            'script "/finesse/api/User" is not looked at: it is the server\'s',
            texts(found, Kind.NOTE),
        )
        self.assertEqual(self.asked, ["/desktop/assets/js/finesse.js"])
        self.assertEqual([one.url for one in self.others.asked], ["https://cdn.example.com/a.css"])
        (self.folder / "m.xml").write_bytes(BUNDLE)
        (self.folder / "a.js").write_bytes(b"")
        found = self.check(f"{OWN}/g.xml")
        self.assertEqual((texts(found, Kind.ERROR), found.verdict), ([], "valid"))
        self.assertIn("references: 1 of 4 are there", texts(found, Kind.NOTE))

    def test_without_server(self) -> None:
        """The command has no server to ask for what is the server's."""
        self.checker = self.checking(None)
        (self.folder / "g.xml").write_bytes(SPEC.replace(b' messages="m.xml"', b""))
        self.assertIn(
            'script "/desktop/assets/js/finesse.js" is not looked at: it is the server\'s',
            texts(self.check(f"{OWN}/g.xml"), Kind.NOTE),
        )

    def test_trusted(self) -> None:
        """Of a host whose gadgets are rendered: read as the server reads it, and looked at without being read."""
        self.others.put(f"{CRM}/g.xml", SPEC)
        self.others.put(f"{CRM}/m.xml", BUNDLE)
        self.others.put(f"{CRM}/a.js", status=404)
        self.others.put("https://cdn.example.com/a.css", status=405)
        found = self.check(f"{CRM}/g.xml")
        self.assertEqual(texts(found, Kind.ERROR), [])
        self.assertEqual(texts(found, Kind.NOTE)[0], "gadgets of crm.example.com are rendered")
        self.assertEqual(
            texts(found, Kind.WARNING), ['script "a.js" leads to nothing: its server answers 404']
        )
        self.assertIn(
            'link "https://cdn.example.com/a.css" is not looked at: its server answers 405',
            texts(found, Kind.NOTE),
        )
        self.assertEqual([one.method for one in self.others.asked], ["GET", "GET", *["HEAD"] * 4])

    def test_isolated(self) -> None:
        """What is isolated is said to be."""
        (self.folder / "Apart").mkdir()
        (self.folder / "Apart" / "g.xml").write_bytes(b"<Module><ModulePrefs/><Content/></Module>")
        self.others.put(
            "https://apart.example.com/g.xml", b"<Module><ModulePrefs/><Content/></Module>"
        )
        for url in (f"{OWN}/Apart/g.xml", "https://apart.example.com/g.xml"):
            found = self.check(url)
            self.assertIn(", and isolated: ", texts(found, Kind.NOTE)[0])
            self.assertEqual(found.verdict, "valid")

    def test_not_trusted(self) -> None:
        """Of another host: what would have to be added, also where the outbound policy lets it be read."""
        url = "https://other.example.com:8443/g.xml"
        for there, errors in (
            (None, 2),
            (Answer(url, 200, (), b"<Module><ModulePrefs/><Content/></Module>"), 1),
        ):
            if there:
                self.others.there[url] = there
            found = texts(self.check(url), Kind.ERROR)
            self.assertEqual(len(found), errors)
            self.assertEqual(
                found[0],
                "gadgets from there are not rendered: other.example.com is not in gadgets.hosts; "
                'add "other.example.com:8443" to gadgets.hosts',
            )
        bundle = b'<Module><ModulePrefs><Locale messages="http://10.0.0.1/m.xml"/></ModulePrefs><Content/></Module>'
        self.others.put(f"{CRM}/g.xml", bundle)
        (error,) = texts(self.check(f"{CRM}/g.xml"), Kind.ERROR)
        self.assertIn('; add "10.0.0.1" to gadgets.hosts', error)
        self.assertNotIn("http://10.0.0.1/m.xml", [one.url for one in self.others.asked])

    def test_not_to_be_had(self) -> None:
        """A gadget that is not there, not allowed, no URL, or elsewhere after a redirect, with the reason."""
        self.others.put(f"{CRM}/gone.xml", status=410)
        self.others.there[f"{CRM}/in.xml"] = Refusal(Why.ADDRESS, "10.0.0.1 is private")
        self.others.there[f"{CRM}/away.xml"] = Answer("https://evil.example.com/", 200, (), SPEC)
        for url, reason in (
            (f"{CRM}/gone.xml", "its server answers 410"),
            (
                f"{CRM}/in.xml",
                "10.0.0.1 is private; its network would have to be in gadgets.outbound.private_networks",
            ),
            (
                f"{CRM}/away.xml",
                "a redirect leads where gadgets are not rendered: evil.example.com is not in gadgets.outbound.hosts",
            ),
            (f"{OWN}/../x.xml", 'there is no file "../x.xml" in the folder of gadgets'),
        ):
            self.assertEqual(texts(self.check(url), Kind.ERROR)[-1], reason)
        for url in ("http://[", "http://", "http://a@b/", "x"):
            self.assertNotEqual(self.check(url).verdict, "valid", url)


class CheckPageTests(AskingTestCase):
    """``/gadgets/check`` on a real port."""

    def add(self) -> None:
        """Add it to what is there, for administrators and for everybody."""
        folder = Path(self.mktemp())
        folder.mkdir()
        (folder / "g.xml").write_bytes(
            b"<Module><ModulePrefs title='\xc3\xa4'/><Content/></Module>"
        )
        checker = Checker(Folder(folder), Policy(), self.others.fetch, None, FEATURES)
        root: Resource = self.gadgets
        for name, is_open in ((b"check", False), (b"open", True)):
            root.putChild(
                name, check_resource(self.admission, self.gathering, checker, is_open=is_open)
            )
        self.url = f"http://127.0.0.1:{self.port}/3rdpartygadget/files/g.xml"

    async def test_json(self) -> None:
        """Administrators get JSON, and whoever asks where everybody may."""
        self.add()
        for path, who in (("check", {"Authorization": basic("admin")}), ("open", {})):
            got = await self.get(
                f"/gadgets/{path}", {"url": self.url}, {"Accept": "application/json", **who}
            )
            self.assertEqual(got.status, 200, got.body)
            self.assertEqual(got.headers["content-type"], "application/json; charset=utf-8")
            told = json.loads(got.body)
            self.assertEqual(
                (told["gadget"], told["isValid"], told["errors"], told["warnings"]),
                (self.url, True, 0, 0),
            )
            self.assertEqual(
                told["findings"][1],
                {"kind": "note", "topic": "gadget", "line": 0, "text": 'title "ä"'},
            )

    async def test_refused(self) -> None:
        """Agents, nobody, wrong passwords and pages of other origins are refused; so is what is no address."""
        self.add()
        admin = {"Authorization": basic("admin")}
        for path, headers, url, status in (
            ("check", {}, self.url, 401),
            ("check", {"Authorization": basic("admin", "wrong")}, self.url, 401),
            ("check", {"Authorization": "Bearer wrong"}, self.url, 401),
            ("check", {"Authorization": basic("agent1")}, self.url, 403),
            ("check", {"X-Shindig-ST": self.token}, self.url, 401),
            ("check", {**admin, "Sec-Fetch-Site": "same-site"}, self.url, 403),
            ("open", {"Origin": "https://evil.example.com"}, self.url, 403),
            ("check", admin, "", 400),
            ("check", admin, "file:///etc/passwd", 400),
            ("check", admin, "http://a/" + "a" * 2_040, 400),
        ):
            got = await self.get(
                f"/gadgets/{path}", {"url": url}, {"Accept": "application/json", **headers}
            )
            self.assertEqual(got.status, status, (path, headers, url))
            self.assertNotIn("www-authenticate", got.headers)
        self.limits.is_over = True
        got = await self.get("/gadgets/open", {"url": self.url}, {"Accept": "application/json"})
        self.assertEqual(got.status, 429)

    async def test_page(self) -> None:
        """Anybody gets the page, which loads nothing of others, with its files below; it knows whether it must ask."""
        self.add()
        for path, is_open in (("check", "false"), ("open", "true")):
            got = await self.get(f"/gadgets/{path}", {"url": "x"}, {"Accept": "text/html"})
            self.assertEqual((got.status, got.headers["vary"]), (200, "Accept-Encoding"))
            self.assertIn(f'data-open="{is_open}"', got.body.decode())
            self.assertIn("default-src 'none'", got.headers["content-security-policy"])
            script = got.body.decode().partition('type="module" src="')[2].partition('"')[0]
            there = await self.get(script)
            self.assertEqual(there.status, 200, script)


class Host(BaseHTTPRequestHandler):
    """Has a gadget, and nothing else."""

    def do_GET(self) -> None:
        """Answer."""
        is_there = self.path == "/g.xml"
        body = SPEC.replace(b' messages="m.xml"', b"") if is_there else b""
        self.send_response(200 if is_there else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body:  # else the client may be gone already
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name
        """Nothing."""


class CommandTests(SynchronousTestCase):
    """``finesse-tx gadget check URL``, as a process of its own."""

    def test_url(self) -> None:
        """A gadget is fetched as the operator allows it, with what it refers to; or it is said what is missing."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        self.addCleanup(serving.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        host = f"127.0.0.1:{server.server_port}"
        url = f"http://{host}/g.xml"
        networks = 'gadgets.outbound.private_networks=["127.0.0.1/32"]'
        for settings, status, wanted in (
            (
                (f'gadgets.hosts=["{host}"]', networks),
                0,
                'g.xml:1: warning: script "a.js" leads to nothing: its server answers 404\n',
            ),
            (
                (f'gadgets.hosts=["{host}"]',),
                1,
                "127.0.0.1 is loopback; its network would have to be in gadgets.outbound.private_networks\n",
            ),
            ((), 1, f'; add "{host}" to gadgets.hosts\n'),
            (("gadgets.hosts=[1]",), 1, "gadgets.hosts[0]"),
        ):
            arguments = [part for text in settings for part in ("--set", text)]
            done = subprocess.run(
                [sys.executable, "-m", "finesse_tx.cli", "gadget", "check", url, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=LIMIT_S,
                env=environment(),
                check=False,
            )
            out = done.stdout.decode()
            self.assertEqual((done.returncode, wanted in out), (status, True), out)
