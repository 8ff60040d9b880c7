"""`finesse_tx.gadgets.frame`: what ``/gadgets/ifr`` says to whom."""

from email.message import Message
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource

from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.outbound import HostRule, Policy, Refusal, Why
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.features import library
from finesse_tx.gadgets.files import Folder
from finesse_tx.gadgets.frame import GadgetFrame
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.surroundings import Isolation, Surroundings
from finesse_tx.site import BoundedSite
from tests.gadgets.core.test_outbound import ANYONE, ATTEMPTS

CRM = "https://crm.example.com"
OWN = "https://finesse/3rdpartygadget/files"
SPEC = """<Module><ModulePrefs title="T"><Locale lang="de" messages="de.xml"/><Locale lang="fr" messages="fr.xml"/></ModulePrefs>
<UserPref name="a"/><Content view="default"><![CDATA[<p>__MSG_hello__ __UP_a__<img src="a.png">]]></Content>
<Content view="there" href="there.html"/><Content type="url" view="page" href="https://x.example/__UP_a__"/></Module>"""
BUNDLE = '<messagebundle><msg name="hello">Hallo</msg></messagebundle>'


class FrameTests(SynchronousTestCase):
    """The resource."""

    def setUp(self) -> None:
        """A folder and a host that have the same gadget."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.there: dict[str, str | int | Refusal | Answer] = {
            f"{CRM}/a.xml": SPEC,
            f"{CRM}/de.xml": BUNDLE,
            f"{CRM}/there.html": "<b>__UP_a__</b>",
            f"{CRM}/bad.xml": "<Module>\n<ModulePrefs/>\n<Content></p></Module>",
            f"{CRM}/needs.xml": '<Module><ModulePrefs><Require feature="x&lt;y"/></ModulePrefs><Content>x</Content></Module>',
            f"{CRM}/canvas.xml": '<Module><ModulePrefs/><Content view="canvas">x</Content></Module>',
            f"{CRM}/other.xml": '<Module><ModulePrefs/><Content view="other">x</Content></Module>',
            f"{CRM}/slow.xml": Refusal(Why.TIME, "took longer than 20 s"),
            f"{CRM}/gone.xml": 410,
        }
        (self.folder / "a.xml").write_text(SPEC)
        (self.folder / "de.xml").write_text(BUNDLE)
        self.fetched: list[str] = []
        self.serve()

    def serve(self, *ancestors: str, is_dev: bool = False, isolated: Places | None = None) -> None:
        """Serve."""
        self.clock = Clock()
        rules = (HostRule.parse("crm.example.com"), HostRule.parse("apart.example.com"))
        self.source = SpecSource(
            Folder(self.folder), Policy(rules), self.fetch, self.clock, isolated
        )
        self.root = Resource()
        here = Surroundings(lambda: ancestors, is_shared=bool(isolated))
        frame = GadgetFrame(self.source, library(), here, lambda _url, _host: is_dev)
        self.root.putChild(b"ifr", frame)

    def isolate(self) -> None:
        """Serve what is isolated, as on the second origin: ``finesse:8446``, of a desktop at ``finesse:8445``."""
        self.serve()
        isolation = Isolation(
            Places(["apart.example.com", "/3rdpartygadget/files/Apart/"]),
            "",
            lambda: ["https://desk.example.com"],
            lambda: [8446],
            lambda: ([8445], [8082, 80]),
        )
        frame = GadgetFrame(self.source, library(), isolation, isolation=isolation)
        self.root.putChild(b"ifr", frame)

    def fetch(self, asked: Fetch) -> Deferred[Answer | Refusal]:
        """Stand in for the fetcher."""
        self.fetched.append(asked.url)
        found = self.there.get(asked.url, 404)
        if isinstance(found, Refusal | Answer):
            return succeed(found)
        status, body = (found, "") if isinstance(found, int) else (200, found)
        return succeed(Answer(asked.url, status, (), body.encode()))

    def ask(
        self, url: str = f"{CRM}/a.xml", header: str = "", host: str = "finesse", **query: str
    ) -> tuple[int, Message, str]:
        """Ask for a gadget."""
        channel = BoundedSite(self.root, 1_000, 60.0, self.clock).buildProtocol(None)
        assert channel is not None
        transport = StringTransport()
        channel.makeConnection(transport)
        given = urlencode({"url": url, **query})
        line = f"GET /ifr?{given} HTTP/1.1\r\nHost: {host}\r\n{header}\r\n"
        channel.dataReceived(line.encode())
        self.clock.advance(0)
        head, _, body = transport.value().decode().partition("\r\n\r\n")
        status, _, rest = head.partition("\r\n")
        headers = Message()
        for one in rest.split("\r\n"):
            name, _, value = one.partition(": ")
            headers[name] = value
        channel.connectionLost(Failure(ConnectionDone()))
        return int(status.split()[1]), headers, body

    def test_page(self) -> None:
        """The gadget of a host that is trusted, with its messages, and its references there."""
        status, headers, body = self.ask(lang="de", up_a="<x>")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=UTF-8"))
        self.assertIn(f'<p>Hallo &lt;x&gt;<img src="{CRM}/a.png">', body)
        self.assertEqual(headers["Content-Security-Policy"], "frame-ancestors 'self'")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertIn('<html lang="de">', body)

    def test_own(self) -> None:
        """Ours comes from the folder, with references that stay ours, and nothing is fetched."""
        status, headers, body = self.ask(f"{OWN}/a.xml", lang="de", refresh="86400")
        self.assertEqual((status, headers["Cache-Control"]), (200, "private,no-cache"))
        self.assertIn('Hallo <img src="/3rdpartygadget/files/a.png">', body)
        self.assertEqual(self.fetched, [])
        again = self.ask(
            f"{OWN}/a.xml", f"If-None-Match: {headers['ETag']}\r\n", lang="de", refresh="86400"
        )
        self.assertEqual((again[0], again[2]), (304, ""))

    def put_apart(self) -> None:
        """Have an isolated gadget in the folder, and one at another host."""
        (self.folder / "Apart").mkdir()
        (self.folder / "Apart" / "a.xml").write_text(SPEC)
        (self.folder / "Apart" / "de.xml").write_text(BUNDLE)
        self.there["https://apart.example.com/a.xml"] = SPEC

    def test_isolated_elsewhere(self) -> None:
        """An isolated gadget is not shown on the desktop's origin, and nothing of it in others."""
        self.put_apart()
        self.serve(isolated=Places(["apart.example.com", "/3rdpartygadget/files/Apart/"]))
        self.there[f"{CRM}/b.xml"] = SPEC.replace("de.xml", "https://apart.example.com/de.xml")
        self.there[f"{CRM}/c.xml"] = SPEC.replace("there.html", "https://apart.example.com/t")
        for url, query in (
            ("https://apart.example.com/a.xml", {}),
            ("https://APART.example.com:443/%61.xml", {}),
            (f"{OWN}/Apart/a.xml", {}),
            (f"{OWN}/Apart%2Fa.xml", {}),
            (f"{CRM}/b.xml", {"lang": "de"}),
            (f"{CRM}/c.xml", {"view": "there"}),
        ):
            status, _, body = self.ask(url, **query)
            self.assertEqual(status, 403, url)
            self.assertIn("isolated", body)
        self.assertEqual(self.ask()[0], 200)
        same_site = "Sec-Fetch-Site: same-site\r\n"  # such as the second origin
        self.assertEqual(self.ask(header=same_site)[0], 403)
        self.serve()
        self.assertEqual(self.ask(header=same_site)[0], 200)

    def test_isolated_redirect(self) -> None:
        """Nor is one that another host's redirect leads to."""
        self.serve(isolated=Places(["apart.example.com"]))
        self.there[f"{CRM}/a.xml"] = Answer(
            "https://apart.example.com/a.xml", 200, (), SPEC.encode()
        )
        status, _, body = self.ask()
        self.assertEqual(
            (status, "after a redirect: gadgets from there are isolated" in body), (403, True)
        )

    def test_isolated_here(self) -> None:
        """On the second origin it is, for the desktop's pages, in a sandbox; and others are not."""
        self.put_apart()
        self.isolate()
        for url in (
            "https://finesse:8445/3rdpartygadget/files/Apart/a.xml",
            "http://finesse:8082/3rdpartygadget/files/Apart/a.xml",
            "http://finesse/3rdpartygadget/files/Apart/a.xml",
            "https://desk.example.com/3rdpartygadget/files/Apart/a.xml",
            "https://apart.example.com/a.xml",
        ):
            site = "Sec-Fetch-Site: same-site\r\n"
            status, headers, body = self.ask(url, site, "finesse:8446")
            self.assertEqual(status, 200, body)
            self.assertIn('<script>gadgets.rpc?.call(null,"set_title",null,"T");</script>', body)
            sandbox, ancestors = headers["Content-Security-Policy"].split("; ")
            self.assertIn("sandbox allow-scripts ", sandbox)
            self.assertNotIn("top-navigation", sandbox)
            self.assertEqual(
                ancestors,
                "frame-ancestors 'self' https://finesse:8445 http://finesse http://finesse:8082 https://desk.example.com",
            )
        for url in (
            "https://finesse:8445/3rdpartygadget/files/a.xml",
            "https://evil.example.com/3rdpartygadget/files/Apart/a.xml",
            f"{CRM}/a.xml",
        ):
            status, _, body = self.ask(url, "", "finesse:8446")
            self.assertEqual((status, "Only isolated gadgets" in body), (403, True), url)
        odd = self.ask("https://apart.example.com/a.xml", "", "x;script-src *")[1]
        self.assertNotIn("script-src", odd["Content-Security-Policy"])

    def test_attempts(self) -> None:
        """Where every host's gadgets are rendered, none of the known ways to ask for another address is gone."""
        self.source = SpecSource(Folder(self.folder), ANYONE, self.fetch, self.clock)
        self.root.putChild(b"ifr", GadgetFrame(self.source, library(), Surroundings()))
        refused = [url for url, why in ATTEMPTS if why is not None and url.isprintable()]
        for url in refused:
            self.there[f"{CRM}/to.xml"] = SPEC.replace("de.xml", escape(url, quote=True))
            for asked, query in ((url, {}), (f"{CRM}/to.xml", {"lang": "de"})):
                status, _, _ = self.ask(asked, **query)
                self.assertIn(status, (400, 403, 404), (url, asked))
        self.assertEqual({url for url in self.fetched if not url.startswith(CRM)}, set())
        self.assertGreater(len(refused), 70)

    def test_caching(self) -> None:
        """As long as who asks says, a year with the right version, and not at all for who wants it fresh."""
        version = sha256(SPEC.encode()).hexdigest()[:32]
        for query, caching in (
            ({}, "private,max-age=300"),
            ({"refresh": "86400"}, "private,max-age=86400"),
            ({"refresh": "0"}, "private,max-age=0"),
            ({"v": version}, "private,max-age=31536000"),
            ({"v": "other"}, "private,max-age=300"),
            ({"nocache": "1", "v": version, "refresh": "5"}, "no-cache"),
        ):
            self.assertEqual(self.ask(**query)[1]["Cache-Control"], caching, query)
        since = "If-Modified-Since: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
        self.assertEqual(self.ask(header=since, v=version)[0], 304)
        self.assertEqual(self.ask(header=since, v="other")[0], 200)
        self.assertEqual(self.ask(header=since, v=version, nocache="1")[0], 200)

    def test_kept(self) -> None:
        """What was fetched is not fetched again, but for who wants it fresh, and for who writes gadgets."""
        for _ in range(2):
            self.ask(lang="de")
        self.assertEqual(self.fetched, [f"{CRM}/a.xml", f"{CRM}/de.xml"])
        self.ask(lang="de", nocache="1")
        self.assertEqual(len(self.fetched), 4)
        self.serve(is_dev=True)
        for _ in range(2):
            self.assertEqual(self.ask(lang="de", nocache="0")[1]["Cache-Control"], "no-cache")
        self.assertEqual(len(self.fetched), 8)

    def test_refused(self) -> None:
        """Each error has its status, and says in words what is wrong, and where."""
        for url, query, status, told in (
            ("", {}, 400, "url is missing"),
            (f"{CRM}/a.xml", {"mid": "<b>"}, 400, "mid is &quot;&lt;b&gt;&quot;"),
            ("file:///etc/passwd", {}, 403, "not an http or https address"),
            ("https://evil.example.com/a.xml", {}, 403, "not rendered here: evil.example.com is not in gadgets.hosts"),
            (f"{CRM}/nothing.xml", {}, 404, "https://crm.example.com answers 404"),
            (f"{CRM}/gone.xml", {}, 410, "answers 410"),
            (f"{CRM}/slow.xml", {}, 504, "took longer"),
            (f"{OWN}/nothing.xml", {}, 404, "no file &quot;nothing.xml&quot;"),
            (f"{OWN}/%3Cscript%3E", {}, 404, "&lt;script&gt;"),
            (f"{CRM}/bad.xml", {}, 400, "line 3"),
            (f"{CRM}/needs.xml", {}, 400, "line 1: the feature &quot;x&lt;y&quot; is required"),
            (f"{CRM}/other.xml", {"view": "<i>"}, 404, "no view &quot;&lt;i&gt;&quot;"),
            (f"{CRM}/a.xml", {"lang": "fr"}, 404, "The message bundle https://crm.example.com/fr.xml is not to be had"),
            (f"{CRM}/a.xml", {"view": "page", "up_a": "x", "parent": "javascript:x"}, 400, "parent"),
        ):  # fmt: skip
            code, headers, body = self.ask(url, **query)
            self.assertEqual((code, headers["Content-Type"]), (status, "text/html; charset=UTF-8"))
            self.assertIn(told, body)
            self.assertEqual(headers["Cache-Control"], "no-cache")
        self.assertEqual(self.ask(f"{CRM}/canvas.xml")[0], 200)

    def test_bad_bundle(self) -> None:
        """A message bundle that is broken is named."""
        self.there[f"{CRM}/de.xml"] = "<messagebundle>\n<msg>x</msg></messagebundle>"
        status, _, body = self.ask(lang="de")
        self.assertEqual(status, 400)
        self.assertIn("bundle https://crm.example.com/de.xml, line 2: msg has no name", body)

    def test_other_sites(self) -> None:
        """A page of another site cannot make a link to a gadget, unless the operator lists somebody; nor do we ask ourselves."""
        cross = "Sec-Fetch-Site: cross-site\r\n"
        self.assertEqual(self.ask(header=cross)[0], 403)
        for site in ("same-origin", "same-site", "none"):
            self.assertEqual(self.ask(header=f"Sec-Fetch-Site: {site}\r\n")[0], 200)
        self.assertEqual(self.ask(header="User-Agent: finesse_tx\r\n")[0], 403)
        self.serve("https://portal.example.com")
        status, headers, _ = self.ask(header=cross)
        self.assertEqual(status, 200)
        self.assertEqual(
            headers["Content-Security-Policy"], "frame-ancestors 'self' https://portal.example.com"
        )

    def test_elsewhere(self) -> None:
        """A view's text may be elsewhere, from who is trusted; a page of its own is redirected to."""
        self.assertIn("<b>&lt;x&gt;</b>", self.ask(view="there", up_a="<x>")[2])
        status, headers, body = self.ask(view="page", up_a="<x>\r\nY: z")
        self.assertEqual((status, body, headers["Y"]), (302, "", None))
        self.assertTrue(
            headers["Location"].startswith(
                "https://x.example/%3Cx%3E%0D%0AY%3A%20z?up_a=%3Cx%3E%0D%0AY%3A%20z&lang=all"
            )
        )

    def test_gone(self) -> None:
        """A browser that goes away while a gadget is fetched disturbs nothing."""
        waiting: Deferred[Answer | Refusal] = Deferred()
        self.patch(self.source, "_fetch", lambda _asked: waiting)
        channel = BoundedSite(self.root, 1_000, 60.0, self.clock).buildProtocol(None)
        assert channel is not None
        channel.makeConnection(StringTransport())
        channel.dataReceived(f"GET /ifr?url={CRM}/a.xml HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        channel.connectionLost(Failure(ConnectionDone()))
        waiting.callback(Answer(f"{CRM}/a.xml", 200, (), SPEC.encode()))
        self.assertEqual(self.ask()[0], 200)

    def test_broken(self) -> None:
        """A fault of ours is 500, and on the log."""
        self.patch(self.source, "_fetch", lambda _asked: fail(ZeroDivisionError()))
        self.assertEqual(self.ask()[0], 500)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
