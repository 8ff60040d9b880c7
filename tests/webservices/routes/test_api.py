"""`finesse_tx.webservices.routes`: HTTP in, XML out, by a client that nobody here wrote (treq)."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from treq.testing import StubTreq
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import capturedLogs, formatEvent
from twisted.web.resource import Resource

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState
from finesse_tx.directory.core.auth_modes import AuthModes
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError, TooBusyError
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.service import TaskRouting
from finesse_tx.webservices.administration import Administration
from finesse_tx.webservices.client_logs import ClientLogs
from finesse_tx.webservices.core.administration.layouts import DEFAULT_LAYOUT
from finesse_tx.webservices.core.administration.objects import MediaPropertiesLayout
from finesse_tx.webservices.core.administration.settings import Settings, numbered
from finesse_tx.webservices.core.administration.system import default_singles
from finesse_tx.webservices.core.errors import TooManyError
from finesse_tx.webservices.core.figures import Figures
from finesse_tx.webservices.core.nodes import SecondaryNode
from finesse_tx.webservices.core.request_times import RequestTimes
from finesse_tx.webservices.media import MediaDesk
from finesse_tx.webservices.offered import Offered
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.gate import Gate, Limits
from finesse_tx.webservices.routes.tables import families
from finesse_tx.webservices.serviceability import Serviceability
from finesse_tx.webservices.team_messages import Messages
from tests.support.tasks import FakeTaskRecords
from tests.support.webservices import (
    FakeAdministrationRecords,
    FakeAuthenticator,
    FakeConnections,
    FakeTeamMessageRecords,
    FakeTokens,
)
from tests.tasks.core.floor import CHAT, MAIL, SELECTORS
from tests.webservices.core import events
from tests.webservices.core.events import CALL
from tests.webservices.test_service import Case

MAX_BODY = 8192

SETTINGS = Settings({MediaPropertiesLayout: {1: numbered(DEFAULT_LAYOUT, 1)}})
"""What a first start leaves."""

FIGURES = Figures(
    pid=7,
    name="finesse_tx",
    host="a.example",
    system="Linux 6.1",
    python="3.11.2",
    uptime_s=12.5,
    load=0.25,
    memory_bytes=8192,
    own_bytes=4096,
    mapped_bytes=1024,
    threads=3,
    peak_threads=5,
)
"""A process."""

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def here(work: Callable[[], None]) -> Deferred[None]:
    """Does what blocks at once."""
    return maybeDeferred(work)


class Answer:
    """What came back."""

    def __init__(self, response: Any, body: bytes) -> None:
        self.status: int = response.code
        self.headers = response.headers
        self.length: int = response.length  # of Content-Length; without one, not a number
        self.text = body.decode()

    def header(self, name: str) -> str | None:
        """A header's value."""
        found: list[str] | None = self.headers.getRawHeaders(name)
        return found[0] if found else None

    def error(self) -> tuple[int, str, str]:
        """Status, type and data of a refusal, whose form is checked on the way."""
        root = ElementTree.fromstring(self.text)
        names = [child.tag for child in root[0] if child.tag != "ErrorMedia"]
        assert (root.tag, root[0].tag, names) == (
            "ApiErrors",
            "ApiError",
            ["ErrorType", "ErrorData", "ErrorMessage"],
        )
        return self.status, root.findtext("*/ErrorType", ""), root.findtext("*/ErrorData", "")


class ApiCase(Case):
    """In service, over HTTP.

    Attributes:
        secondary: What this node leaves to the other one.
    """

    secondary: SecondaryNode | None = None

    def setUp(self) -> None:
        """The API under its path."""
        super().setUp()
        self.serve()
        self.publisher.take()
        self.authenticator = FakeAuthenticator(self.directory)
        self.tokens = FakeTokens(self.directory)
        self.limits = Limits(10, 100, self.clock.seconds)
        gate = Gate(
            self.authenticator,
            self.service.in_service,
            MAX_BODY,
            self.tokens,
            self.limits,
            secondary=self.secondary,
            seconds=self.clock.seconds,
        )
        self.records = FakeAdministrationRecords(self.directory)
        self.administration = Administration(
            self.directory,
            self.directory,
            self.records,
            SETTINGS,
            lambda: events.START,
            defaults=default_singles("cti.example", 12028, None, ""),
        )
        self.messages = Messages(
            (),
            FakeTeamMessageRecords(),
            People(self.service.model, self.directory),
            self.publisher,
            self.clock,
            lambda: events.START,
        )
        self.client_logs = ClientLogs(
            self.directory, Path(self.mktemp()), 2_097_152, lambda: events.START, here
        )
        self.connections = FakeConnections({"ann": ("desktop",), "sue": ("exporter",)})
        self.times = RequestTimes()
        self.serviceability = Serviceability(
            self.service.model,
            self.directory,
            self.connections,
            self.service.system_info,
            lambda: FIGURES,
            self.clock.seconds,
            self.times,
            self.service.call_totals,
            modes=AuthModes("HYBRID", ("ann",)),
        )
        self.task_records = FakeTaskRecords()
        self.tasks = TaskRouting(
            Roster((CHAT, MAIL), SELECTORS, self.directory.snapshot),
            100,
            (),
            (),
            self.task_records,
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            map("C{}".format, count(1)).__next__,
        )
        self.media = MediaDesk(
            self.tasks, People(self.service.model, self.directory), self.publisher
        )
        self.tasks.use(self.media)
        self.service.follow_users(self.media.user_changed)
        self.tasks.startService()
        self.root, finesse = Resource(), Resource()
        self.root.putChild(b"finesse", finesse)
        finesse.putChild(
            b"api",
            ApiResource(
                gate,
                families(
                    self.service.operations,
                    self.media,
                    Offered(self.directory, self.administration),
                    self.administration,
                    self.messages,
                    self.client_logs,
                    self.serviceability,
                ),
                times=self.times,
                seconds=self.clock.seconds,
            ),
        )
        self.http: Any = StubTreq(self.root)

    def tearDown(self) -> None:
        """Tasks have a timer."""
        self.successResultOf(self.tasks.stopService())
        super().tearDown()

    def ask(self, method: str, path: str, body: str | None = None, **more: Any) -> Answer:
        """Send a request, as Ann unless told otherwise."""
        more.setdefault("auth", ("ann", "finesse"))
        data = body.encode() if body is not None else None
        response = self.successResultOf(
            self.http.request(method, f"http://x/finesse/api{path}", data=data, **more)
        )
        return Answer(response, self.successResultOf(self.http.content(response)))


class CachingTests(ApiCase):
    """What may be kept."""

    def kept(self, path: str, auth: tuple[str, str] | None, **headers: str) -> Answer:
        """Ask again."""
        return self.ask("GET", path, auth=auth, headers=headers)

    def test_configured(self) -> None:
        """What administrators have configured is not sent twice to the same client, and is when it has changed."""
        for path, auth in (
            ("/ReasonCodes?category=NOT_READY", ("adm", "finesse")),
            ("/openapi.json", None),
        ):
            first = self.kept(path, auth)
            tag = first.header("etag") or ""
            self.assertEqual(first.header("cache-control"), "private, no-cache")
            for known in (tag, f'"x", W/{tag}'):
                again = self.kept(path, auth, **{"If-None-Match": known})
                self.assertEqual((again.status, again.text, again.header("etag")), (304, "", tag))
            self.assertEqual(self.kept(path, auth, **{"If-None-Match": '"x"'}).text, first.text)
        tag = self.kept("/ReasonCodes?category=NOT_READY", ("adm", "finesse")).header("etag") or ""
        self.directory.without_reasons()
        changed = self.kept(
            "/ReasonCodes?category=NOT_READY", ("adm", "finesse"), **{"If-None-Match": tag}
        )
        self.assertEqual(changed.status, 200)

    def test_not_for_others(self) -> None:
        """Whoever may not read it is not told that it is the same."""
        tag = self.kept("/ReasonCodes?category=NOT_READY", ("adm", "finesse")).header("etag") or ""
        for auth in (("ann", "finesse"), None):
            self.assertEqual(
                self.kept("/ReasonCodes?category=NOT_READY", auth, **{"If-None-Match": tag}).status,
                401,
            )

    def test_live(self) -> None:
        """What changes by itself is not to be kept."""
        for path in ("/User/ann", "/User/ann/Dialogs", "/SystemInfo"):
            answer = self.ask("GET", path)
            self.assertEqual(answer.header("cache-control"), "no-cache, no-store")
            self.assertIsNone(answer.header("etag"))

    def test_session(self) -> None:
        """A client without the original's cookie gets one, which stands for nobody."""
        cookie = self.ask("GET", "/User/ann").header("set-cookie") or ""
        self.assertRegex(cookie, "^JSESSIONID=[0-9A-F]{32}; Path=/finesse; HttpOnly$")
        sent = {"Cookie": cookie.partition(";")[0]}
        self.assertIsNone(self.ask("GET", "/User/ann", headers=sent).header("set-cookie"))
        self.assertEqual(self.ask("GET", "/User/ann", headers=sent, auth=None).status, 401)


class TrailTests(ApiCase):
    """What the log has of a request."""

    def trail(self, **headers: str) -> tuple[list[str], str]:
        """Ann becomes not ready: the lines of the log, and what clients read."""
        with capturedLogs() as logged:
            self.ask(
                "PUT",
                "/User/ann",
                "<User><state>NOT_READY</state><reasonCodeId>16</reasonCodeId></User>",
                headers=headers,
            )
            self.link.confirm()
            self.service.link_message(events.state("ann", AgentState.NOT_READY))
        lines = [formatEvent(event) or "" for event in logged]
        return [line for line in lines if line.startswith("request ")], self.publisher.take()[0][1]

    def test_one_id(self) -> None:
        """One id leads from the request to the engine and to the event, the client's own if it gave one."""
        lines, payload = self.trail(requestId="r7")
        self.assertEqual(
            lines,
            [
                "request r7: SetAgentStateReq about /finesse/api/User/ann",
                "request r7: PUT /finesse/api/User/ann from 127.0.0.1: 202",
                "request r7: PUT on /finesse/api/User/ann",
            ],
        )
        self.assertIn("<requestId>r7</requestId>", payload)

    def test_made(self) -> None:
        """Without one it is made; clients are not told it."""
        lines, payload = self.trail()
        self.assertEqual(len({line.split(":")[0] for line in lines}), 1)
        self.assertEqual(len(lines), 3)
        self.assertIn("<requestId></requestId>", payload)

    def test_refused(self) -> None:
        """A refusal is there too; a password and a question are not."""
        with capturedLogs() as logged:
            self.ask(
                "PUT", "/User/ann", "<User/>", auth=("ann", "s3cret"), headers={"requestId": "r8"}
            )
            self.ask("GET", "/User/ann?password=s3cret")
        lines = [formatEvent(event) or "" for event in logged]
        self.assertEqual(lines, ["request r8: PUT /finesse/api/User/ann from 127.0.0.1: 401"])


class AuthenticationTests(ApiCase):
    """Who asks."""

    def test_nobody(self) -> None:
        """No credentials, or what is none: 401, with the challenge that clients wait for."""
        for auth in (None, ("ann", "wrong"), ("eve", "finesse"), ("", "")):
            answer = self.ask("GET", "/User/ann", auth=auth)
            self.assertEqual(answer.error()[:2], (401, "Authorization Failure"))
            self.assertEqual(answer.header("www-authenticate"), 'Basic realm="Finesse"')
        for header in ("Basic", "Basic !", "Basic YW5u", "Bearer x", "Digest y"):
            answer = self.ask("GET", "/User/ann", auth=None, headers={"Authorization": header})
            self.assertEqual(answer.status, 401, header)

    def test_bearer(self) -> None:
        """A token is taken instead of a password, whatever the case of its scheme; a bad one is refused."""
        for scheme in ("Bearer", "bearer", "BEARER "):
            answer = self.ask(
                "GET", "/User/ann", auth=None, headers={"Authorization": f"{scheme} token-ann"}
            )
            self.assertEqual(answer.status, 200, scheme)
        for token in ("token-eve", "ann", ""):
            header = {"Authorization": f"Bearer {token}"}
            answer = self.ask("GET", "/User/ann", auth=None, headers=header)
            self.assertEqual(answer.error()[:2], (401, "Authorization Failure"))

    def test_sign_in_with_a_token(self) -> None:
        """The engine, whose passwords are short, gets a ticket for the one who has a token."""
        self.ask(
            "PUT",
            "/User/ann",
            "<User><state>LOGIN</state><extension>1001</extension></User>",
            auth=None,
            headers={"Authorization": "Bearer token-ann"},
        )
        (request,) = self.link.waiting
        assert isinstance(request, messages.SetAgentStateReq)
        self.assertEqual(request.agent_password, "ticket-ann")

    def test_too_many(self) -> None:
        """Who sends too many requests is told when to come back; others are not disturbed, until the address is."""
        for _ in range(100):
            self.limits.admit_person("ann")
        answer = self.ask("GET", "/User/ann")
        self.assertEqual(answer.error(), (429, "Too Many Requests", "ann"))
        self.assertEqual(answer.header("retry-after"), "1")
        self.assertEqual(self.ask("GET", "/User/bob", auth=("bob", "finesse")).status, 200)
        self.clock.advance(0.1)
        self.assertEqual(self.ask("GET", "/User/ann").status, 200)
        address = "127.0.0.1"  # of StubTreq
        refused: TooManyError | None = None
        while refused is None:
            try:
                self.limits.admit_address(address)
            except TooManyError as error:
                refused = error
        self.assertEqual(
            self.ask("GET", "/SystemInfo", auth=None).error(), (429, "Too Many Requests", address)
        )

    def test_too_many_of_gadgets(self) -> None:
        """Who asks too much beside the desktop, or in a gadget, does not keep the desktop from asking; it may not ask without end, too."""
        for _ in range(100):
            self.limits.admit_person("ann")
        desktop = "https://fin1.example.com:8445"
        for page, status in (
            ("/gadgets/ifr?url=https://fin1.example.com/desktop/", 429),
            ("/desktop/assets/js/finesse.js", 429),
            ("/desktop/container/?locale=fr_FR", 200),
            ("/desktop", 200),
            ("/", 200),
        ):
            answer = self.ask("GET", "/User/ann", headers={"Referer": f"{desktop}{page}"})
            self.assertEqual(answer.status, status, page)
        for _ in range(97):
            self.limits.admit_desktop("ann")
        answer = self.ask("GET", "/User/ann", headers={"Referer": f"{desktop}/desktop/container/"})
        self.assertEqual(answer.error(), (429, "Too Many Requests", "ann"))

    def test_latin_1(self) -> None:
        """A password in Latin-1, as browsers send it, is read."""
        answer = self.ask(
            "GET", "/User/ann", auth=None, headers={"Authorization": "Basic YW5uOukK"}
        )
        self.assertEqual(answer.status, 401)

    def test_locked_out(self) -> None:
        """A locked-out user is told no more than a wrong password is, and for how long it will be so: never no time."""
        for until_s, told in ((299.2, "300"), (300.0, "300"), (0.2, "1"), (-1.0, "1")):
            self.authenticator.error = LockedOutError(self.clock.seconds() + until_s)
            answer = self.ask("GET", "/User/ann")
            self.assertEqual(answer.error(), (401, "Authorization Failure", "ann"))
            self.assertEqual(answer.header("retry-after"), told)
        self.authenticator.error = BadCredentialsError()
        answer = self.ask("GET", "/User/ann")
        self.assertEqual(answer.error(), (401, "Authorization Failure", "ann"))
        self.assertIsNone(answer.header("retry-after"))

    def test_busy(self) -> None:
        """Too many sign-ins at once: 503, which says to come back."""
        self.authenticator.error = TooBusyError()
        self.assertEqual(self.ask("GET", "/User/ann").error()[0], 503)

    def test_our_fault(self) -> None:
        """What we did not foresee is logged, and told without its inside."""
        self.authenticator.error = ZeroDivisionError("secret")
        answer = self.ask("GET", "/User/ann")
        self.assertEqual(answer.error()[:2], (500, "Internal Server Error"))
        self.assertNotIn("secret", answer.text)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_out_of_service(self) -> None:
        """Everything but SystemInfo and the configuration answers 503, whoever asks."""
        self.service.link_closed("cut")
        for method, path in (
            ("GET", "/User/ann"),
            ("PUT", "/User/ann"),
            ("GET", "/Dialog/1"),
            ("GET", "/Team/1"),
        ):
            answer = self.ask(method, path)
            self.assertEqual(answer.error(), (503, "Service Unavailable", ""))
            self.assertIn("SERVER_OUT_OF_SERVICE", answer.text)
        answer = self.ask("GET", "/WrapUpReasons", auth=("adm", "finesse"))
        self.assertEqual(answer.status, 200, "which is what may have to be mended")
        answer = self.ask("GET", "/SystemInfo", auth=None)
        self.assertEqual(answer.status, 200)
        self.assertIn("<status>OUT_OF_SERVICE</status>", answer.text)


class PathTests(ApiCase):
    """Paths and methods, as existing clients write them."""

    def test_system_info(self) -> None:
        """Open to all, with the declaration and the content type."""
        answer = self.ask("GET", "/SystemInfo", auth=None)
        self.assertTrue(answer.text.startswith(DECLARATION + "<SystemInfo>"))
        self.assertEqual(answer.header("content-type"), "application/xml;charset=UTF-8")
        self.assertEqual(answer.header("cache-control"), "no-cache, no-store")
        self.assertEqual(answer.length, len(answer.text.encode()))
        root = ElementTree.fromstring(answer.text)
        self.assertEqual(root.findtext("status"), "IN_SERVICE")
        self.assertEqual(root.findtext("primaryNode/host"), root.findtext("xmppDomain"))

    def test_slashes(self) -> None:
        """A trailing slash, a doubled one and unknown arguments do not matter."""
        for path in ("/User/ann/", "//User/ann", "/User//ann", "/User/ann?nocache=123&_=4"):
            self.assertEqual(self.ask("GET", path).status, 200, path)

    def test_no_such_resource(self) -> None:
        """Paths are case-sensitive, and what is not there is 404."""
        for path in ("/user/ann", "/", "", "/User", "/User/ann/Wishes", "/Nothing"):
            self.assertEqual(self.ask("GET", path).error()[:2], (404, "Not Found"), path)

    def test_no_text(self) -> None:
        """A path that is no UTF-8 is a bad request, and nothing for the log."""
        self.assertEqual(self.ask("GET", "/User/%ff").error(), (400, "Bad Request", ""))

    def test_methods(self) -> None:
        """OPTIONS needs no password; a wrong method is told the right ones."""
        for path, allowed in (
            ("/User/ann", "GET,OPTIONS,HEAD,PUT"),
            ("/User/ann/Dialogs", "GET,OPTIONS,HEAD,POST"),
        ):
            answer = self.ask("OPTIONS", path, auth=None)
            self.assertEqual(
                (answer.status, answer.header("allow"), answer.text), (200, allowed, "")
            )
            answer = self.ask("DELETE", path)
            self.assertEqual((answer.error()[0], answer.header("allow")), (405, allowed))

    def test_head(self) -> None:
        """HEAD is GET without the body."""
        answer = self.ask("HEAD", "/User/ann")
        self.assertEqual((answer.status, answer.text), (200, ""))


class UserTests(ApiCase):
    """``/User``."""

    def test_get(self) -> None:
        """The elements stand as the original's do: in order, the empty ones too."""
        answer = self.ask("GET", "/User/ann")
        root = ElementTree.fromstring(answer.text)
        self.assertEqual(
            [child.tag for child in root],
            [
                "dialogs", "extension", "firstName", "lastName", "loginId", "loginName", "mediaType", "pendingState",
                "roles", "settings", "state", "stateChangeTime", "teamId", "teamName", "uri", "wrapUpTimer",
            ],
        )  # fmt: skip
        self.assertIn("<pendingState></pendingState>", answer.text)
        self.assertEqual((root.findtext("state"), root.findtext("extension")), ("READY", "1001"))

    def test_change_state(self) -> None:
        """202 with nothing in it, and the requestId in the header."""
        answer = self.ask(
            "PUT", "/User/ann", "<User><state>READY</state></User>", headers={"requestId": "r-1"}
        )
        self.assertEqual((answer.status, answer.text), (202, ""))
        self.assertEqual((answer.length, answer.header("requestId")), (0, "r-1"))
        self.assertEqual(len(self.link.waiting), 1)

    def test_sign_in(self) -> None:
        """The password travels to the engine, which may want to check it."""
        self.ask("PUT", "/User/ann", "<User><state>LOGIN</state><extension>1001</extension></User>")
        (request,) = self.link.waiting
        assert isinstance(request, messages.SetAgentStateReq)
        self.assertIn(b"finesse", repr(request.agent_password).encode())

    def test_refusal_echoes(self) -> None:
        """A refusal carries the requestId too, so that the client stops waiting for an event."""
        answer = self.ask("PUT", "/User/ann", "<User/>", headers={"requestId": "r-2"})
        self.assertEqual(answer.error(), (400, "Parameter Missing", "state"))
        self.assertEqual(answer.header("requestId"), "r-2")

    def test_bad_bodies(self) -> None:
        """No XML, a bomb, too much: 400, and nothing is sent."""
        bomb = '<!DOCTYPE x [<!ENTITY a "aa">]><User><state>&a;</state></User>'
        for body in (
            "",
            "state=READY",
            bomb,
            "<User>" + "x" * MAX_BODY + "</User>",
            "<User>" * 100,
        ):
            self.assertEqual(
                self.ask("PUT", "/User/ann", body).error()[:2], (400, "Bad Request"), body[:40]
            )
        self.assertEqual(self.link.waiting, [])

    def test_dialogs(self) -> None:
        """None is exactly one tag; a call is there in full."""
        self.assertEqual(self.ask("GET", "/User/ann/Dialogs").text, "<Dialogs/>")
        for message in [*events.queued(), *events.offered()]:
            self.service.link_message(message)
        root = ElementTree.fromstring(self.ask("GET", "/User/ann/Dialogs").text)
        self.assertEqual(root.findtext("Dialog/uri"), f"/finesse/api/Dialog/{CALL}")
        self.assertEqual(
            len(root.findall("Dialog/mediaProperties/callvariables/CallVariable")),
            11,
            "ten, and one named",
        )

    def test_make_call(self) -> None:
        """202; the dialog's id comes with the event."""
        body = (
            "<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>1001</fromAddress>"
            "<toAddress>0699</toAddress></Dialog>"
        )
        self.assertEqual(self.ask("POST", "/User/ann/Dialogs", body).status, 202)
        self.assertIsInstance(self.link.waiting[0], messages.MakeCallReq)

    def test_reason_codes(self) -> None:
        """One category, which has to be named."""
        answer = self.ask("GET", "/User/ann/ReasonCodes?category=NOT_READY")
        root = ElementTree.fromstring(answer.text)
        self.assertEqual((root.tag, root.get("category")), ("ReasonCodes", "NOT_READY"))
        self.assertEqual(root.findtext("ReasonCode/label"), "Meeting")
        self.assertEqual(
            self.ask("GET", "/User/ann/ReasonCodes?category=LOGOUT").text,
            '<ReasonCodes category="LOGOUT"/>',
        )
        for query in ("", "?category=BREAK"):
            self.assertEqual(self.ask("GET", f"/User/ann/ReasonCodes{query}").error()[0], 400)


class DialogTests(ApiCase):
    """``/Dialog`` and ``/Team``."""

    def setUp(self) -> None:
        """A call rings at Ann's."""
        super().setUp()
        for message in [*events.queued(), *events.offered()]:
            self.service.link_message(message)

    def test_get(self) -> None:
        """The dialog, as the original writes it."""
        root = ElementTree.fromstring(self.ask("GET", f"/Dialog/{CALL}").text)
        self.assertEqual(
            [child.tag for child in root],
            [
                "associatedDialogUri", "fromAddress", "id", "mediaProperties", "mediaType", "participants", "state",
                "toAddress", "uri",
            ],
        )  # fmt: skip
        self.assertEqual(root.findtext("participants/Participant[2]/actions/action"), "ANSWER")

    def test_answer(self) -> None:
        """202, and the request is on its way."""
        body = "<Dialog><targetMediaAddress>1001</targetMediaAddress><requestedAction>ANSWER</requestedAction></Dialog>"
        self.assertEqual(self.ask("PUT", f"/Dialog/{CALL}", body).status, 202)
        self.assertIsInstance(self.link.waiting[0], messages.AnswerCallReq)

    def test_not_there(self) -> None:
        """404 in both its forms."""
        body = "<Dialog><targetMediaAddress>1001</targetMediaAddress><requestedAction>ANSWER</requestedAction></Dialog>"
        self.assertEqual(self.ask("GET", "/Dialog/5").error(), (404, "Not Found", "5"))
        self.assertEqual(self.ask("PUT", "/Dialog/5", body).error(), (404, "Dialog Not Found", "5"))

    def test_team(self) -> None:
        """A team's members, for the supervisor."""
        answer = self.ask("GET", "/Team/1?includeLoggedOutAgents=false", auth=("sue", "finesse"))
        root = ElementTree.fromstring(answer.text)
        for wrong in ("x", "9", "9" * 5_000):
            answer = self.ask("GET", f"/Team/{wrong}", auth=("sue", "finesse"))
            self.assertEqual(answer.error()[:2], (404, "Not Found"))
        self.assertEqual(
            [user.findtext("loginId") for user in root.findall("users/User")], ["ann", "bob"]
        )
