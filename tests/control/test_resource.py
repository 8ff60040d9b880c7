"""`finesse_tx.control.resource`: the operator's commands by HTTP."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from treq.testing import StubTreq
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.configuration.core.telling import Told
from finesse_tx.configuration.core.text import Format
from finesse_tx.control.resource import control_resource
from finesse_tx.directory.core.axl.records import ObjectWrite
from finesse_tx.directory.core.editing import Plan
from finesse_tx.directory.core.edits import Author, Edit, Key, Register
from finesse_tx.engine.core.outbound.records import CampaignState
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import (
    ICallPlacer,
    ICampaigns,
    IConfigurationText,
    IDirectoryEditing,
    ISignOuts,
    IStanzaTrace,
    ISynchroniser,
    ITaskRouting,
)
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.states import Action as TaskAction
from finesse_tx.tasks.service import TaskRouting
from tests.support.tasks import FakeTaskRecords
from tests.tasks.core.floor import CHAT, SELECTORS, SNAPSHOT, TAKES


@implementer(ICallPlacer)
class Placer:
    """Writes down the calls."""

    def __init__(self) -> None:
        self.placed: list[tuple[object, ...]] = []

    def place_call(
        self,
        to: str,
        from_: str | None = None,
        patience_s: float | None = None,
        talk_s: float | None = None,
    ) -> tuple[int, str]:
        """Write it down; nobody has the number 9."""
        if to == "9":
            raise FinesseError("nobody has the number 9")
        self.placed.append((to, from_, patience_s, talk_s))
        return 16777217, from_ or "0600000000"


@implementer(ISignOuts)
class SignOuts:
    """Remembers one of everybody."""

    def sign_outs(self, login_id: str) -> list[dict[str, str]]:
        """Tell it."""
        return [{"login_id": login_id or "anybody", "cause": "closed"}]


@implementer(IStanzaTrace)
class Tracing:
    """Traces anybody."""

    def __init__(self) -> None:
        self.people: list[str] = []

    def trace(self, login_id: str, *, on: bool) -> list[str]:
        """Write it down; ``full`` is one too many."""
        if login_id == "full":
            raise FinesseError("too many are traced")
        if login_id and on:
            self.people.append(login_id)
        elif login_id:
            self.people.remove(login_id)
        return self.people


@implementer(ICampaigns)
class CampaignList:
    """Has one campaign, and writes down what is done to it."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def campaigns(self) -> list[dict[str, object]]:
        """The one."""
        return [{"name": "Renewals", "active": True}]

    def set_campaign_state(self, name: str, state: CampaignState) -> None:
        """Write it down."""
        if name != "Renewals":
            raise FinesseError("there is no such campaign")
        self.done.append(state)

    def reload(self) -> Deferred[None]:
        """Write it down."""
        self.done.append("reload")
        return succeed(None)


class CommandTests(SynchronousTestCase):
    """The endpoint.

    Attributes:
        path: The command.
    """

    path = "call"
    tasks: ITaskRouting | None = None

    def setUp(self) -> None:
        """With customers."""
        self.placer, self.sign_outs, self.tracing = Placer(), SignOuts(), Tracing()
        self.use(self.placer)

    def use(self, placer: Placer | None) -> None:
        """With these customers."""
        self.campaigns = CampaignList()
        self.http: Any = StubTreq(
            control_resource(
                "secret",
                placer,
                self.sign_outs,
                self.tracing,
                self.campaigns,
                tasks=self.tasks,
            )
        )

    def post(
        self, body: object, token: str | None = "secret", method: str = "POST"
    ) -> tuple[int, Any]:
        """Send a command, and return the status and the answer."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        response = self.successResultOf(
            self.http.request(method, f"http://x/{self.path}", data=data, headers=headers)
        )
        text = self.successResultOf(self.http.content(response))
        return response.code, msgspec.json.decode(text) if text.startswith(b"{") else text


class SignOutTests(CommandTests):
    """``POST /sign-outs``."""

    path = "sign-outs"

    def test_interface(self) -> None:
        """The fake is one."""
        verifyObject(ISignOuts, self.sign_outs)

    def test_asked(self) -> None:
        """Somebody's, or everybody's; with the token only, and without customers too."""
        self.use(None)
        for body, who in (({"login_id": "agent1"}, "agent1"), ({}, "anybody")):
            answer = {"sign_outs": [{"login_id": who, "cause": "closed"}]}
            self.assertEqual(self.post(body), (200, answer))
        self.assertEqual(self.post({}, token="wrong")[0], 401)
        self.assertEqual(self.post({"who": "agent1"})[0], 400)
        self.assertEqual(self.post({"login_id": "x" * 129})[0], 400)

    def test_no_customers(self) -> None:
        """Where there are no customers, none can be made to call."""
        self.use(None)
        self.path = "call"
        self.assertEqual(self.post({"to": "6001"})[0], 404)


class TraceTests(CommandTests):
    """``POST /trace``."""

    path = "trace"

    def test_interface(self) -> None:
        """The fake is one."""
        verifyObject(IStanzaTrace, self.tracing)

    def test_trace(self) -> None:
        """On, asked, off; what cannot be done is 409, what is no command 400."""
        for body, people in (
            ({"login_id": "agent1"}, ["agent1"]),
            ({}, ["agent1"]),
            ({"login_id": "agent1", "on": False}, []),
        ):
            self.assertEqual(self.post(body), (200, {"traced": people}))
        self.assertEqual(self.post({"login_id": "full"}), (409, {"error": "too many are traced"}))
        self.assertEqual(self.post({"login_id": "a", "on": "yes"})[0], 400)
        self.assertEqual(self.post({}, token=None)[0], 401)


class CampaignTests(CommandTests):
    """``POST /campaigns``."""

    path = "campaigns"

    def test_interface(self) -> None:
        """The fake is one."""
        verifyObject(ICampaigns, self.campaigns)

    def test_commands(self) -> None:
        """Each command does its own, and answers how the campaigns stand."""
        for action in ("list", "start", "pause", "stop", "reload"):
            status, answer = self.post({"action": action, "name": "Renewals"})
            self.assertEqual((status, answer["campaigns"][0]["name"]), (200, "Renewals"))
        states = CampaignState
        self.assertEqual(
            self.campaigns.done, [states.RUNNING, states.PAUSED, states.STOPPED, "reload"]
        )
        self.assertEqual(self.post({"action": "start", "name": "Removals"})[0], 409)
        self.assertEqual(self.post({"action": "burn"})[0], 400)


@implementer(IDirectoryEditing)
class Editing:
    """Can be told that the directory is another; it answers when it is let, or with a failure."""

    def __init__(self) -> None:
        self.answer: Deferred[int] = Deferred()

    def refresh(self) -> Deferred[int]:
        """Go by it."""
        return self.answer

    def register(self) -> Deferred[Register]:
        """Nobody asks."""
        raise NotImplementedError

    def check(self, edits: Sequence[Edit]) -> Deferred[Plan]:
        """Nobody asks."""
        raise NotImplementedError

    def apply(
        self, edits: Sequence[Edit], author: Author, beside: ObjectWrite | None = None
    ) -> Deferred[tuple[Key, ...]]:
        """Nobody asks."""
        raise NotImplementedError


@implementer(ISynchroniser)
class Synchronising:
    """Takes in one person."""

    def synchronise(self, dry_run: bool) -> Deferred[tuple[str, ...]]:
        """Do it."""
        return succeed((f"+ ann {dry_run}",))


class DirectoryTests(CommandTests):
    """``POST /directory``."""

    path = "directory"

    def setUp(self) -> None:
        """With a directory."""
        super().setUp()
        self.editing = Editing()
        self.http = StubTreq(
            control_resource("secret", None, self.sign_outs, self.tracing, None, self.editing)
        )

    def begin(self) -> Any:
        """Send the command; the answer is still to come."""
        headers = {"Authorization": "Bearer secret"}
        asking = self.http.request("POST", "http://x/directory", data=b"{}", headers=headers)
        self.assertNoResult(asking)
        return asking

    def test_interface(self) -> None:
        """The fake is one."""
        verifyObject(IDirectoryEditing, self.editing)

    def test_refresh(self) -> None:
        """The answer comes when the server goes by it."""
        asking = self.begin()
        self.editing.answer.callback(7)
        self.http.flush()
        response = self.successResultOf(asking)
        self.assertEqual(response.code, 200)
        self.assertEqual(self.successResultOf(self.http.content(response)), b'{"people":7}\n')

    def test_fails(self) -> None:
        """What cannot be is told in so many words; of a bug, the log has the words."""
        for error, status, said, logged in (
            (FinesseError("no database"), 409, b"no database", 0),
            (ZeroDivisionError("secret"), 500, b"log", 1),
        ):
            self.editing.answer = Deferred()
            asking = self.begin()
            self.editing.answer.errback(error)
            self.http.flush()
            response = self.successResultOf(asking)
            text = self.successResultOf(self.http.content(response))
            self.assertEqual(response.code, status)
            self.assertIn(said, text)
            self.assertNotIn(b"secret", text)
            self.assertEqual(len(self.flushLoggedErrors(type(error))), logged)

    def test_refused(self) -> None:
        """The token is asked for first, and what is no command is none."""
        self.assertEqual(self.post({}, token="wrong")[0], 401)
        self.assertEqual(self.post({"action": "burn"})[0], 400)

    def test_synchronise(self) -> None:
        """What another directory tells is taken in, or only told of; where there is none, that is said."""
        status, answer = self.post({"action": "sync"})
        self.assertEqual((status, "directory.provider is local" in answer["error"]), (409, True))
        synchroniser = Synchronising()
        verifyObject(ISynchroniser, synchroniser)
        self.http = StubTreq(
            control_resource(
                "secret", None, self.sign_outs, self.tracing, None, self.editing, synchroniser
            )
        )
        for dry_run in (True, False):
            status, answer = self.post({"action": "sync", "dry_run": dry_run})
            self.assertEqual((status, answer), (200, {"lines": [f"+ ann {dry_run}"]}))

    def test_nobody_edits(self) -> None:
        """Where nobody edits, there is no such command."""
        self.use(None)
        self.assertEqual(self.post({})[0], 404)


class CallTests(CommandTests):
    """``POST /call``."""

    def test_interface(self) -> None:
        """The fake is one."""
        verifyObject(ICallPlacer, self.placer)

    def test_call(self) -> None:
        """A number is enough; the rest may be said."""
        self.assertEqual(
            self.post({"to": "6001"}), (200, {"call": 16777217, "to": "6001", "from": "0600000000"})
        )
        self.assertEqual(
            self.post({"to": "6001", "from": "0612", "patience_s": 3, "talk_s": 4.5})[0], 200
        )
        self.assertEqual(self.placer.placed, [("6001", None, None, None), ("6001", "0612", 3, 4.5)])

    def test_token(self) -> None:
        """Without the token nothing happens, whatever is asked."""
        for token in (None, "", "secre", "secret2", "Secret"):
            self.assertEqual(self.post({"to": "6001"}, token)[0], 401)
        self.assertEqual(self.placer.placed, [])

    def test_wrong(self) -> None:
        """What is wrong is told, and nothing happens."""
        for body in (
            b"",
            b"{",
            b'{"to":"\xff"}',
            {},
            {"to": 6001},
            {"to": ""},
            {"to": "x"},
            {"to": "6001", "form": "1"},
        ):
            status, answer = self.post(body)
            self.assertEqual((status, list(answer)), (400, ["error"]), body)
        self.assertEqual(self.post({"to": "6001", "talk_s": -1})[0], 400)
        self.assertEqual(self.post({"to": "9"}), (409, {"error": "nobody has the number 9"}))
        self.assertEqual(self.post({"to": "6001"}, method="GET")[0], 405)
        self.assertEqual(self.placer.placed, [])


class TaskTests(CommandTests):
    """``POST /tasks``."""

    path = "tasks"

    def setUp(self) -> None:
        """Task routing, with nobody there."""
        self.clock = Clock()
        self.tasks = self.routing = TaskRouting(
            Roster((CHAT,), SELECTORS[:1], lambda: SNAPSHOT),
            1,
            (),
            (),
            FakeTaskRecords(),
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            lambda: "C1",
        )
        self.routing.startService()
        self.addCleanup(self.routing.stopService)
        super().setUp()

    def submit(self, **more: object) -> tuple[int, Any]:
        """Submit one."""
        return self.post(
            {"action": "submit", "selector": "chat", "title": "Help", "name": "Zoe"} | more
        )

    def test_story(self) -> None:
        """Submitted, asked for, taken back, and gone."""
        self.assertEqual(self.submit(variables={"cv_1": "4711"}), (200, {"contact": "C1"}))
        asked = {"action": "status", "contact": "C1"}
        status, answer = self.post(asked)
        self.assertEqual((status, answer["status"], answer["agent"]), (200, "QUEUED", ""))
        self.assertEqual(self.post({"action": "cancel", "contact": "C1"})[0], 200)
        self.assertEqual(self.post(asked), (409, {"error": "there is no task C1"}))

    def test_refused(self) -> None:
        """What an application is refused an operator is too; what is accepted cannot be taken back."""
        self.assertEqual(self.submit(selector="fax")[0], 409)
        self.assertEqual(self.submit(title="")[0], 409)
        self.assertEqual(self.submit(variables={"cv_1": "x" * 41})[0], 409)
        self.assertEqual(self.submit()[0], 200)
        self.assertEqual(self.submit()[0], 409)
        self.routing.sign_in("ann", CHAT.id, TAKES)
        self.routing.set_ready("ann", CHAT.id, True, None)
        (task,) = self.routing.tasks_of("ann", CHAT.id)
        self.routing.act("ann", task.dialog_id, TaskAction.ACCEPT, "")
        self.assertEqual(self.post({"action": "cancel", "contact": "C1"})[0], 409)
        status, answer = self.post({"action": "status", "contact": "C1"})
        self.assertEqual((status, answer["agent"], answer["task"]), (200, "ann", task.dialog_id))


@implementer(IConfigurationText)
class ConfigurationText:
    """Seven people may sign in."""

    def refresh(self) -> Deferred[int]:
        """Go by it."""
        return succeed(7)

    def text(self, as_: Format) -> Deferred[bytes]:
        """Nobody asks."""
        raise NotImplementedError

    def check(self, data: bytes, *, prune: bool) -> Deferred[Told]:
        """Nobody asks."""
        raise NotImplementedError

    def take(self, data: bytes, author: Author, *, prune: bool) -> Deferred[Told]:
        """Nobody asks."""
        raise NotImplementedError


class ConfigurationTests(CommandTests):
    """``POST /configuration``."""

    path = "configuration"

    def test_reload(self) -> None:
        """The server goes by what is kept, and that is all that it is asked."""
        text = ConfigurationText()
        verifyObject(IConfigurationText, text)
        self.http = StubTreq(
            control_resource(
                "secret", None, self.sign_outs, self.tracing, None, None, None, None, text
            )
        )
        self.assertEqual(self.post({}), (200, {"people": 7}))
        self.assertEqual(self.post({"action": "burn"})[0], 400)
