"""`finesse_tx.origins`: whose pages may use us."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.resource import Resource
from twisted.web.server import Request
from typing_extensions import override

from finesse_tx.origins import MAX_AGE_S, Mode, OriginResource, Origins
from finesse_tx.site import BoundedSite
from tests.support.bosh_http import Line, Response

DESK = "https://desk.example.com:8445"
MODES: tuple[Mode, ...] = ("enable_all", "enable", "disable")


class OriginsTests(SynchronousTestCase):
    """The three modes."""

    def test_who(self) -> None:
        """Everyone; who is listed, whatever the case; nobody. What is no origin never is."""
        for mode, desk, other in (
            ("enable_all", True, True),
            ("enable", True, False),
            ("disable", False, False),
        ):
            origins = Origins(mode, [DESK])  # type: ignore[arg-type]  # literals in a tuple
            self.assertEqual(DESK.encode() in origins, desk)
            self.assertEqual(DESK.upper().encode() in origins, desk)
            for origin in (b"https://desk.example.com", b"http://desk.example.com:8445", b"null"):
                self.assertEqual(origin in origins, other, origin)
            for wrong in (b"", b"a b", b"a\r\nb", b"x" * 257):
                self.assertNotIn(wrong, origins)

    def test_judged(self) -> None:
        """What is said of an origin is what is done with it, in each mode."""
        for mode, reason in (
            ("enable_all", "web.cors is enable_all: every origin may"),
            ("disable", "web.cors is disable: no other origin may"),
            ("enable", f"{DESK} is in web.cors_origins"),
        ):
            origins = Origins(mode, [DESK])  # type: ignore[arg-type]  # literals in a tuple
            self.assertEqual(origins.judged(DESK), (DESK.encode() in origins, reason))
        for origin in (
            "",
            "desk",
            "ftp://desk",
            "https://",
            "https://a b",
            "https://desk/x",
            "null",
        ):
            is_in, reason = Origins().judged(origin)
            self.assertFalse(is_in, origin)
            self.assertTrue(reason, origin)
        self.assertEqual(
            Origins("enable", ["http://desk"]).judged("HTTP://Desk:80"),
            (True, "http://desk is in web.cors_origins; browsers send it as http://desk"),
        )
        self.assertTrue(Origins().judged("https://[::1]:8445")[0])

    def test_allowed_since(self) -> None:
        """What is allowed later counts at once, also where it was refused before; then it does not any more."""
        origins, other = Origins("enable", [DESK, "https://old.example:443"]), "https://crm.example"
        before = origins.headers(other.encode(), b"GET")
        self.assertEqual(before, ((b"Vary", b"Origin"),))
        self.assertEqual(
            origins.judged(other), (False, "https://crm.example is none of those listed")
        )
        origins.allow([other])
        self.assertIn(
            (b"Access-Control-Allow-Origin", other.encode()),
            origins.headers(other.encode(), b"GET"),
        )
        self.assertTrue(origins.may_open(other, "h:7443"))
        self.assertIn(other.encode(), origins.ancestors(b"h").split())
        self.assertEqual(
            origins.judged(other), (True, "https://crm.example is one of those listed")
        )
        self.assertEqual(origins.listed, (DESK, "https://old.example", other))
        origins.allow([])
        self.assertEqual(origins.headers(other.encode(), b"GET"), before)
        self.assertIn(DESK.encode(), origins)
        self.assertIn(b"https://old.example", origins)

    def test_headers(self) -> None:
        """The origin comes back by name, with credentials; who may not is told nothing, nor is who is no browser."""
        origins = Origins("enable", [DESK])
        headers = dict(origins.headers(DESK.encode(), b"GET"))
        self.assertEqual(headers[b"Access-Control-Allow-Origin"], DESK.encode())
        self.assertEqual(headers[b"Access-Control-Allow-Credentials"], b"true")
        self.assertEqual(headers[b"Access-Control-Allow-Methods"], b"GET")
        self.assertEqual(headers[b"Access-Control-Max-Age"], b"%d" % MAX_AGE_S)
        self.assertIn(b"requestId", headers[b"Access-Control-Allow-Headers"])
        for name in (b"requestId", b"Location", b"Content-Range", b"Retry-After", b"ETag"):
            self.assertIn(name, headers[b"Access-Control-Expose-Headers"].split(b", "))
        self.assertIn(b"If-None-Match", headers[b"Access-Control-Allow-Headers"])
        for origin in (b"https://other.example", b"null", None):
            self.assertEqual(origins.headers(origin, b"GET"), ((b"Vary", b"Origin"),))
            self.assertEqual(Origins("disable", [DESK]).headers(origin, b"GET"), ())
        self.assertEqual(Origins().headers(None, b"GET"), ((b"Vary", b"Origin"),))

    def test_websockets(self) -> None:
        """Who is no browser may open one, our own pages may, and those of other origins as the mode says."""
        for mode in MODES:
            origins = Origins(mode, [DESK])
            self.assertTrue(origins.may_open(None, "h:7443"))
            self.assertTrue(origins.may_open("https://H:7443", "h:7443"))
            self.assertEqual(origins.may_open(DESK, "h:7443"), mode != "disable")
            for other in ("https://h:8445", "null", "https://h:7443.example", ""):
                self.assertEqual(
                    origins.may_open(other, "h:7443"), mode == "enable_all" and other != ""
                )

    def test_ancestors(self) -> None:
        """A frame's page is anybody's; or of this host's ports and those listed; or of this host's ports."""
        ours = b"'self' https://h:* http://h:*"
        self.assertEqual(Origins("enable_all").ancestors(b"h:1"), b"*")
        self.assertEqual(Origins("enable", [DESK]).ancestors(b"h:1"), ours + b" " + DESK.encode())
        self.assertEqual(Origins("disable", [DESK]).ancestors(b"h"), ours)
        for wrong in (b"", b"h; script-src *", b"h:x"):
            self.assertEqual(Origins("disable").ancestors(wrong), b"'self'")


class _Echo(Resource):
    isLeaf = True

    @override
    def render(self, request: Request) -> bytes:
        return request.method + b" " + b"/".join(request.postpath or [])


class OriginResourceTests(SynchronousTestCase):
    """As the REST API has it."""

    def ask(self, method: bytes, origin: bytes = b"") -> Response:
        """Ask with that method."""
        root, clock = Resource(), Clock()
        root.putChild(b"api", OriginResource(_Echo(), Origins("enable", [DESK]), b"GET, OPTIONS"))
        line = Line(BoundedSite(root, 1_000, 60.0, clock), clock)
        lines = [method + b" /api/User/1 HTTP/1.1", b"Host: h", origin and b"Origin: " + origin]
        line.send(b"\r\n".join(filter(None, lines)) + b"\r\n\r\n")
        (response,) = line.responses
        return response

    def test_preflight(self) -> None:
        """It is told what the page may, where it may."""
        response = self.ask(b"OPTIONS", DESK.encode())
        self.assertEqual((response.code, response.body), (200, b"OPTIONS User/1"))
        self.assertEqual(response.headers["access-control-allow-origin"], DESK)
        self.assertEqual(response.headers["access-control-allow-methods"], "GET, OPTIONS")
        refused = self.ask(b"OPTIONS", b"https://other.example")
        self.assertNotIn("access-control-allow-origin", refused.headers)

    def test_request(self) -> None:
        """Another request is the inner resource's; the answer says what the page may see."""
        response = self.ask(b"GET", DESK.encode())
        self.assertEqual(response.body, b"GET User/1")
        self.assertEqual(response.headers["access-control-allow-origin"], DESK)
        plain = self.ask(b"GET")
        self.assertEqual(plain.body, b"GET User/1")
        self.assertNotIn("access-control-allow-origin", plain.headers)
