"""Media other than voice, as everybody meets them: an application and two agents, a call between, and a restart."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from shutil import rmtree
from xml.etree import ElementTree

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.rest import Rest
from tests.support.slix import Agent, run
from tests.support.twistd import LIMIT_S, QUIET, Twistd, finesse_tx

CHAT, MAIL = 5000, 5001

SIGN_IN = (
    "<Media><state>LOGIN</state><maxDialogLimit>{limit}</maxDialogLimit>"
    "<interruptAction>ACCEPT</interruptAction><dialogLogoutAction>{logout}</dialogLogoutAction></Media>"
)


class Application:
    """Submits tasks, as an administrator.

    Args:
        server: Where.
    """

    def __init__(self, server: Twistd) -> None:
        self._root = f"http://{server.endpoints['http']}"
        self._session = requests.Session()
        self._session.auth = ("admin", "finesse")
        self._session.trust_env = False

    def submit(self, selector: str, title: str) -> str:
        """Submit one, and return its path."""
        body = (
            f"<Task><name>Zoe</name><title>{title}</title><scriptSelector>{selector}</scriptSelector>"
            "<requeueOnRecovery>true</requeueOnRecovery><variables><variable><name>cv_1</name>"
            f"<value>{title}</value></variable></variables></Task>"
        )
        answer = self._session.post(
            f"{self._root}/ccp/task/feed/100000",
            data=body,
            headers={"Content-Type": "application/xml"},
            timeout=LIMIT_S,
        )
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"].removeprefix(self._root)

    def status(self, path: str) -> str:
        """What has become of it, and whose it is."""
        answer = self._session.get(self._root + path, timeout=LIMIT_S)
        assert answer.status_code == 200, answer.text
        root = ElementTree.fromstring(answer.text)
        return f"{root.findtext('status')} {root.findtext('agentID', '')}".strip()


class Desk:
    """An agent who takes e-mails: REST for what he does, XMPP for what he is told.

    Args:
        server: Where.
        login_id: Who.
    """

    def __init__(self, server: Twistd, login_id: str) -> None:
        self.server, self.login_id = server, login_id
        self.rest = Rest(server, login_id)
        self.xmpp = Agent(f"{login_id}@finesse.local/desktop")

    async def open(self) -> None:
        """Be told."""
        await self.xmpp.sign_in(self.server.port("xmpp"))

    def media(self, body: str, domain: int = MAIL) -> None:
        """Ask for a state in a domain."""
        answer = self.rest.ask("PUT", f"/User/{self.login_id}/Media/{domain}", body)
        assert answer.status_code == 202, answer.text

    def take(self, limit: int, logout: str = "CLOSE", domain: int = MAIL) -> None:
        """Sign in to a domain, and be ready."""
        self.media(SIGN_IN.format(limit=limit, logout=logout), domain)
        self.media("<Media><state>READY</state></Media>", domain)

    def act(self, dialog_id: str, *actions: str, to: str = "") -> None:
        """Do something with a task."""
        more = f"<toAddress>{to}</toAddress>" if to else ""
        for action in actions:
            status = self.rest.act(dialog_id, action, self.login_id, "r1", more)
            assert status == 202, (action, status)

    def tasks(self) -> list[str]:
        """What GET says that there is."""
        return [
            f"{one.findtext('mediaProperties/callvariables/CallVariable/value')} {one.findtext('state')}"
            for one in self.rest.get(f"/User/{self.login_id}/Dialogs/Media")
        ]

    async def told(self, *wanted: str) -> ElementTree.Element:
        """Wait until one of these is told, such as ``media ACTIVE`` or ``POST Hello OFFERED``."""

        async def wait() -> ElementTree.Element:
            while True:
                _node, _name, payload = await self.xmpp.next_event()
                root = ElementTree.fromstring(payload)
                if not set(wanted).isdisjoint(words(root)):
                    return root

        return await asyncio.wait_for(wait(), LIMIT_S)


def words(root: ElementTree.Element) -> list[str]:
    """What an update says."""
    event = root.findtext("event")
    found = [f"media {one.text}" for one in root.iterfind("data/media/state")]
    found += [f"user {one.text}" for one in root.iterfind("data/user/state")]
    for dialog in [*root.iterfind("data/dialogs/Dialog"), *root.iterfind("data/dialog")]:
        title = dialog.findtext("mediaProperties/callvariables/CallVariable/value")
        found.append(f"{event} {title} {dialog.findtext('state')}")
    found += [f"error {one.text}" for one in root.iterfind("data/apiErrors/apiError/errorData")]
    return found


def dialog_id(root: ElementTree.Element) -> str:
    """The id of the dialog in an update."""
    return root.findtext(".//Dialog/id") or root.findtext(".//dialog/id") or ""


class TaskTests(SynchronousTestCase):
    """agent1 and agent2, each with a desktop."""

    def setUp(self) -> None:
        """A server that may be started again."""
        self.home = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, self.home, ignore_errors=True)
        self.server = self.start()

    def start(self) -> Twistd:
        """Start it."""
        server = Twistd((*QUIET, "demo.talk_s=600"), self.home).wait_ready()
        self.addCleanup(server.clean)
        return server

    def test_story(self) -> None:
        """Submitted, offered, accepted, interrupted by a call, resumed, wrapped up, closed."""

        async def scenario() -> None:
            one, application = Desk(self.server, "agent1"), Application(self.server)
            await one.open()
            self.assertEqual(one.rest.put_state("LOGIN", extension="1001"), 202)
            one.take(3)
            await one.told("media READY")
            path = application.submit("email", "Hello")
            task = dialog_id(await one.told("POST Hello OFFERED"))
            self.assertEqual(application.status(path), "RESERVED agent1")
            one.act(task, "ACCEPT", "START")
            await one.told("media ACTIVE")
            self.assertEqual(one.rest.put_state("READY"), 202)
            self.server.call("6001")
            await one.told("media INTERRUPTED")
            self.assertEqual(one.tasks(), ["Hello INTERRUPTED"])
            one.act(task, "PAUSE")
            await one.told("error 30")
            (call,) = one.rest.get("/User/agent1/Dialogs")
            call_id = call.findtext("id", "")
            self.assertEqual(one.rest.act(call_id, "ANSWER", "1001"), 202)
            await one.told("user TALKING")
            self.assertEqual(one.rest.act(call_id, "DROP", "1001"), 202)
            await one.told("user READY", "user WORK")
            self.assertEqual(one.rest.put_state("READY"), 202)
            await one.told("media ACTIVE")
            one.act(task, "PAUSE", "RESUME", "WRAP_UP")
            await one.told("media WORK_READY")
            one.act(task, "CLOSE")
            gone = await one.told("DELETE Hello CLOSED")
            self.assertEqual(gone.findtext(".//dispositionCode"), "CD_NORMAL_END_TASK")
            self.assertEqual(application.status(path), "HANDLED agent1")
            await one.xmpp.leave()

        run(scenario)

    def test_two_agents(self) -> None:
        """A limit of three, a transfer, a sign-out with open tasks, and a restart in between."""

        async def before() -> tuple[list[str], str]:
            one, application = Desk(self.server, "agent1"), Application(self.server)
            await one.open()
            one.take(3, "TRANSFER")
            paths = [application.submit("email", f"Mail{number}") for number in range(4)]
            self.assertEqual(application.status(paths[3]), "QUEUED")
            self.assertEqual([one.split()[0] for one in one.tasks()], ["Mail0", "Mail1", "Mail2"])
            first = dialog_id(await one.told("POST Mail0 OFFERED"))
            one.act(first, "ACCEPT", "START")
            await one.told("PUT Mail0 ACTIVE")
            await one.xmpp.leave()
            return paths, first

        paths, first = run(before)
        self.assertEqual(self.server.stop(), 0)
        self.server = self.start()

        async def after() -> None:
            one, two = Desk(self.server, "agent1"), Desk(self.server, "agent2")
            application = Application(self.server)
            await one.open()
            await two.open()
            self.assertEqual(one.tasks(), ["Mail0 ACTIVE", "Mail1 OFFERED", "Mail2 OFFERED"])
            two.take(2, domain=CHAT)
            two.take(2)
            await two.told("POST Mail3 OFFERED")
            one.act(first, "TRANSFER", to="chat")
            posted = await two.told("POST Mail0 OFFERED")
            self.assertEqual(posted.findtext(".//Dialog/mediaType"), "Chat")
            self.assertEqual(
                posted.findtext(".//Dialog/associatedDialogUri"), f"/finesse/api/Dialog/{first}"
            )
            self.assertEqual(application.status(paths[0]), "RESERVED agent2")
            one.act(dialog_of(one, "Mail1"), "ACCEPT")
            one.media("<Media><state>LOGOUT</state></Media>")
            await one.told("media LOGOUT")
            await two.told("POST Mail1 OFFERED")
            self.assertEqual(one.tasks(), [])
            self.assertEqual(application.status(paths[2]), "QUEUED")
            await one.xmpp.leave()
            await two.xmpp.leave()

        run(after)


class CommandTests(SynchronousTestCase):
    """``finesse-tx task``."""

    def test_story(self) -> None:
        """Submitted, asked for, taken back; and one line says what is wrong."""
        server = Twistd(QUIET).wait_ready()
        self.addCleanup(server.clean)
        home = f"--home={server.home}"
        done = finesse_tx("task", "submit", "--to=chat", "--title=Help", "--set=cv_1=7", home)
        self.assertRegex(done.stdout, r"^submitted: [0-9A-F]{32}\n$", done.stderr)
        contact = done.stdout.split()[1]
        asked = finesse_tx("task", "status", contact, home)
        self.assertEqual(asked.stdout, f"{contact}: QUEUED EXTERNALLY_ROUTED\n")
        self.assertEqual(
            finesse_tx("task", "cancel", contact, home).stdout, f"{contact} is cancelled\n"
        )
        gone = finesse_tx("task", "status", contact, home)
        self.assertEqual(gone.returncode, 1)
        self.assertIn(f"there is no task {contact}", gone.stderr)
        wrong = finesse_tx("task", "submit", "--to=fax", "--title=Help", home)
        self.assertEqual((wrong.returncode, wrong.stderr.count("\n")), (1, 1))


def dialog_of(desk: Desk, title: str) -> str:
    """The id of the task with that title."""
    for dialog in desk.rest.get(f"/User/{desk.login_id}/Dialogs/Media"):
        if dialog.findtext("mediaProperties/callvariables/CallVariable/value") == title:
            return dialog.findtext("id", "")
    raise LookupError(title)
