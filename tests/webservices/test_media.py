"""`finesse_tx.webservices.media`: what agents are told of other media than voice, and what voice has to do with it."""

from __future__ import annotations

from typing import get_args
from xml.etree import ElementTree

from msgspec import convert
from zope.interface.verify import verifyObject

from finesse_tx.config import PresenceConfig, TasksConfig
from finesse_tx.cti.core.enums import AgentState
from finesse_tx.directory.core.records import Person
from finesse_tx.interfaces import ITaskListener
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.notification.core.departure import Departure
from finesse_tx.tasks.core.records import Submission, Task
from finesse_tx.tasks.core.states import Action, MediaState
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.media_requests import MediaBody
from finesse_tx.webservices.media import MediaDesk, Scope
from finesse_tx.webservices.operations.people import People
from finesse_tx.webservices.policy import NodePolicy
from finesse_tx.webservices.presence import Presence
from tests.tasks.core.floor import CHAT, MAIL, TAKES
from tests.webservices.core import events
from tests.webservices.routes.test_api import ApiCase

MEDIA = "/finesse/api/User/ann/Media"
DIALOGS = "/finesse/api/User/ann/Dialogs/Media"


class MediaCase(ApiCase):
    """Ann takes e-mails."""

    def setUp(self) -> None:
        """She is signed in to the domain, and ready, there and in voice."""
        super().setUp()
        self.voice("ann", AgentState.AVAILABLE)
        self.tasks.sign_in("ann", MAIL.id, TAKES)
        self.tasks.set_ready("ann", MAIL.id, True, None)
        self.publisher.take()

    def submit(self) -> Task:
        """An e-mail comes."""
        return self.successResultOf(self.tasks.submit(Submission("mail", "Zoe", "Help")))

    def act(self, task: Task, *actions: Action) -> None:
        """Ann does something with it, by REST."""
        for action in actions:
            body = f"<Dialog><requestedAction>{action.value}</requestedAction><targetMediaAddress>ann</targetMediaAddress></Dialog>"
            answer = self.ask("PUT", f"/Dialog/{task.dialog_id}", body, headers={"requestId": "r7"})
            self.assertEqual(answer.status, 202, answer.text)

    def told(self) -> list[str]:
        """What was published about media and tasks, in a few words each."""
        words = []
        for node, payload in self.publisher.take():
            if node not in {MEDIA, DIALOGS}:
                continue
            root = ElementTree.fromstring(payload)
            states = [one.text for one in root.iterfind("data/*/state")]
            states += [one.text for one in root.iterfind("data/dialogs/Dialog/state")]
            states += [one.text for one in root.iterfind("data/apiErrors/apiError/errorMessage")]
            words.append(f"{node.rpartition('/User/ann/')[2]} {root.findtext('event')} {states[0]}")
        return words

    def voice(self, login_id: str, state: AgentState) -> None:
        """An agent's voice state is this."""
        self.service.link_message(events.state(login_id, state))

    def state(self, domain_id: int = MAIL.id) -> MediaState:
        """Ann's state."""
        media = self.tasks.media("ann", domain_id)
        return media.state if media else MediaState.LOGOUT


class ToldTests(MediaCase):
    """``notifications.md`` §5.1, §7.8."""

    def test_interface(self) -> None:
        """Whom task routing tells."""
        verifyObject(ITaskListener, self.media)

    def test_media(self) -> None:
        """A state is told on the user's node, with the domain's path, and names no request."""
        self.tasks.set_routable("ann", MAIL.id, False)
        ((node, payload),) = self.publisher.take()
        root = ElementTree.fromstring(payload)
        self.assertEqual(node, MEDIA)
        self.assertEqual(root.findtext("event"), "PUT")
        self.assertEqual(root.findtext("source"), f"{MEDIA}/5001")
        self.assertEqual(root.findtext("requestId"), "")
        self.assertEqual(root.findtext("data/media/routable"), "false")
        self.assertEqual(root.findtext("data/media/name"), "Mail")

    def test_task(self) -> None:
        """A task comes with POST and goes with DELETE on the list's path, and changes with PUT on its own."""
        task = self.submit()
        (posted, _media) = self.publisher.take()
        self.act(task, Action.ACCEPT)
        (changed, _media) = self.publisher.take()
        self.act(task, Action.CLOSE)
        (gone, _media) = self.publisher.take()
        for (node, payload), event, source, path in (
            (posted, "POST", f"{MEDIA}/5001/Dialogs", "dialogs/Dialog"),
            (changed, "PUT", f"/finesse/api/Dialog/{task.dialog_id}", "dialog"),
            (gone, "DELETE", f"{MEDIA}/5001/Dialogs", "dialogs/Dialog"),
        ):
            root = ElementTree.fromstring(payload)
            self.assertEqual(node, DIALOGS)
            self.assertEqual((root.findtext("event"), root.findtext("source")), (event, source))
            self.assertEqual(root.findtext(f"data/{path}/id"), task.dialog_id)
            self.assertEqual(root.findtext(f"data/{path}/mediaType"), "Mail")
        last = ElementTree.fromstring(gone[1])
        code = last.findtext("data/dialogs/Dialog/mediaProperties/dispositionCode")
        self.assertEqual(code, "CD_NORMAL_END_TASK")

    def test_refused(self) -> None:
        """What is not possible now is 202, and then an error that names the request and the domain."""
        task = self.submit()
        self.publisher.take()
        self.act(task, Action.WRAP_UP)
        ((node, payload),) = self.publisher.take()
        error = ElementTree.fromstring(payload)
        self.assertEqual((node, error.findtext("event")), (DIALOGS, "put"))
        self.assertEqual(error.findtext("requestId"), "r7")
        found = {child.tag: child.text for child in error.iterfind("data/apiErrors/apiError/*")}
        self.assertEqual(
            found,
            {
                "errorType": "Invalid State",
                "errorMessage": "E_ARM_STAT_INVALID_MESSAGE_SEQUENCE",
                "errorData": "19",
                "errorMedia": "5001",
            },
        )

    def test_signed_in_already(self) -> None:
        """The refusal of the reference, on the node of the media."""
        body = "<Media><state>LOGIN</state><maxDialogLimit>2</maxDialogLimit><interruptAction>IGNORE</interruptAction></Media>"
        self.assertEqual(self.ask("PUT", "/User/ann/Media/5001", body).status, 202)
        (_changed, (node, payload)) = self.publisher.take()
        error = ElementTree.fromstring(payload)
        self.assertEqual((node, error.findtext("source")), (MEDIA, f"{MEDIA}/5001"))
        self.assertEqual(error.findtext("*//errorType"), "Agent already logged into MRD")
        self.assertEqual(error.findtext("*//errorData"), "1")

    def test_nodes(self) -> None:
        """Agents are told without asking, where there are such media; nobody else is."""
        policy = NodePolicy(self.directory, has_media=True)
        self.assertLess({MEDIA, DIALOGS}, set(policy.automatic_nodes("ann")))
        self.assertNotIn(MEDIA, NodePolicy(self.directory).automatic_nodes("ann"))
        for node in (MEDIA, DIALOGS, f"{MEDIA}/5001"):
            self.assertIs(policy.node_access("ann", node), NodeAccess.ALLOWED)
            for login_id in ("bob", "sue", "adm"):
                self.assertIs(policy.node_access(login_id, node), NodeAccess.FORBIDDEN)


class VoiceTests(MediaCase):
    """A call comes, or the agent goes."""

    def test_call(self) -> None:
        """From the ringing to the end of the wrap-up an e-mail rests; then it is told again."""
        task = self.submit()
        self.act(task, Action.ACCEPT, Action.START)
        self.told()
        self.voice("ann", AgentState.RESERVED)
        self.assertEqual(self.told(), ["Media PUT INTERRUPTED"])
        shown = self.ask("GET", f"/Dialog/{task.dialog_id}").text
        self.assertIn("<state>INTERRUPTED</state>", shown)
        self.assertIn("<actions/>", shown)
        self.act(task, Action.PAUSE)
        refused = ["Dialogs/Media put E_ARM_STAT_NOT_VALID_AFTER_INTERRUPT_ADVISORY_ACCEPT"]
        self.assertEqual(self.told(), refused)
        for state in (AgentState.TALKING, AgentState.WORK_READY):
            self.voice("ann", state)
            self.assertEqual(self.told(), [])
        self.voice("ann", AgentState.AVAILABLE)
        self.assertEqual(self.told(), ["Media PUT ACTIVE", "Dialogs/Media PUT ACTIVE"])

    def test_sign_out(self) -> None:
        """Who signs out of voice is signed out of the rest; who never was in voice stays."""
        self.tasks.sign_in("ann", CHAT.id, TAKES)
        self.voice("ann", AgentState.LOGOUT)
        self.assertEqual(self.tasks.domains_in("ann"), ())
        self.tasks.sign_in("ann", MAIL.id, TAKES)
        self.voice("ann", AgentState.LOGOUT)
        self.assertEqual(self.tasks.domains_in("ann"), (MAIL.id,))

    def test_scope(self) -> None:
        """The configuration says what a sign-out takes with it."""
        for scope in get_args(Scope):
            self.assertEqual(convert({"sign_out": scope}, TasksConfig).sign_out, scope)
        self.tasks.sign_in("ann", CHAT.id, TAKES)
        people = People(self.service.model, self.directory)
        voice = MediaDesk(self.tasks, people, self.publisher, "voice")
        self.assertFalse(voice.is_to_leave("ann"))
        configured = MediaDesk(self.tasks, people, self.publisher, "configured")
        configured.leave("ann")
        self.assertEqual(self.tasks.domains_in("ann"), ())

    def test_gone(self) -> None:
        """Whoever is removed has no media."""
        change = self.service.model().user_change("ann", "DELETE")
        assert change is not None
        self.media.user_changed(change)
        self.assertEqual(self.tasks.domains_in("ann"), ())


class DesktopGoneTests(MediaCase):
    """``notifications.md`` §8, for whoever is in other media alone."""

    def test_gone(self) -> None:
        """The sign-out waits as one of voice does, and has its reason."""
        presence = Presence(PresenceConfig(), self.directory, self.clock, self.service._now)
        presence.use(self.service.sessions, self.media)
        presence.startService()
        self.voice("ann", AgentState.LOGOUT)
        self.tasks.sign_in("ann", MAIL.id, TAKES)
        presence.user_available("ann")
        presence.user_unavailable("ann", Departure.CLOSED)
        self.clock.advance(59.5)
        self.assertEqual(self.state(), MediaState.NOT_READY)
        self.clock.advance(0.5)
        self.assertEqual(self.state(), MediaState.LOGOUT)
        self.assertEqual(len(presence.sign_outs("ann")), 1)
        presence.user_available("ann")
        presence.user_unavailable("ann", Departure.CLOSED)
        self.assertEqual(len(presence._attendance), 0)
        presence.stopService()


class ReasonTests(MediaCase):
    """A reason in one domain."""

    def test_checked_first(self) -> None:
        """Of several changes none is made where one is wrong."""
        person: Person | None = events.DIRECTORY.person("ann")
        assert person is not None
        wrong = [
            ("5001", MediaBody(state="NOT_READY", reason_code_id="16")),
            ("5000", MediaBody(state="WORK")),
        ]
        self.assertRaises(ApiError, self.media.change, person, "ann", wrong, "")
        self.assertEqual(self.state(), MediaState.READY)
