"""`finesse_tx.webservices.service` and its synchronisation: into service, out of it, and what is published."""

from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import (
    AgentState,
    ConfigMask,
    LocalConnectionState,
    StatusCode,
    SystemEventID,
)
from finesse_tx.cti.core.errors import RequestFailedError, RequestTimeoutError
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages.groups import CallDevice, DeviceCall
from finesse_tx.cti.core.messages.records import AgentRecord
from finesse_tx.directory.core.axl.phones import Phone
from finesse_tx.interfaces import (
    IAuthenticator,
    ICTILink,
    ICTILinkListener,
    IDirectory,
    INodePolicy,
    IPublisher,
)
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.webservices.core.configuration import WANTED
from finesse_tx.webservices.core.objects import Node, SystemStatus
from finesse_tx.webservices.core.resynchronisation import ATTEMPTS
from finesse_tx.webservices.core.system_info import NodeFacts
from finesse_tx.webservices.core.vocabulary import WORDS, Words
from finesse_tx.webservices.policy import NodePolicy
from finesse_tx.webservices.service import (
    ANNOUNCED_AT_ONCE,
    MAX_HELD,
    RETRY_S,
    WebServices,
)
from finesse_tx.webservices.synchronisation import PATIENCE_S
from tests.support.webservices import FakeAuthenticator, FakeDirectory, FakeLink, FakePublisher
from tests.webservices.core import events
from tests.webservices.core.events import AGENT, CALL, CUSTOMER, EXTERNAL

FACTS = NodeFacts(Node("a.example"), Node(""), "a.example", "pubsub.a.example", 16, 5.0)

Answers = dict[str, Callable[[], Message]]


class InterfaceTests(SynchronousTestCase):
    """Who provides what."""

    def test_provided(self) -> None:
        """Ours and the fakes provide what they say they do."""
        directory = FakeDirectory(events.DIRECTORY)
        verifyObject(ICTILinkListener, Case.make(directory)[0])
        verifyObject(INodePolicy, NodePolicy(directory))
        verifyObject(IDirectory, directory)
        verifyObject(ICTILink, FakeLink())
        verifyObject(IPublisher, FakePublisher())
        verifyObject(IAuthenticator, FakeAuthenticator(directory))

    def test_policy(self) -> None:
        """The policy follows the directory as it is now."""
        directory = FakeDirectory(events.DIRECTORY)
        policy = NodePolicy(directory)
        self.assertIs(policy.node_access("ann", "/finesse/api/User/ann"), NodeAccess.ALLOWED)
        self.assertIn("/finesse/api/User/ann", policy.automatic_nodes("ann"))
        directory.now = type(directory.now)()
        self.assertIs(policy.node_access("ann", "/finesse/api/User/ann"), NodeAccess.FORBIDDEN)


PHONES: dict[str, tuple[Phone, ...]] = {
    "1001": (
        Phone("CSFANN", 0, "Cisco Unified Client Services Framework"),
        Phone("SEP000000001001", 684, "Cisco 8861"),
    )
}
"""Ann's; nobody else has one."""


async def phones_at(extension: str) -> tuple[Phone, ...]:
    """The phones of an extension."""
    return PHONES.get(extension, ())


class Case(SynchronousTestCase):
    """Web services with a link whose engine the test plays."""

    @staticmethod
    def make(
        directory: FakeDirectory,
        *,
        new_session_id: Callable[[], str] | None = None,
        replay: bool = True,
        words: Words = WORDS["ccx"],
        queue_statistics_s: float = 0.0,
    ) -> tuple[WebServices, FakeLink, FakePublisher, Clock]:
        """Put the parts together."""
        clock, publisher, link = Clock(), FakePublisher(), FakeLink()
        clock.advance(1000)
        service = WebServices(
            directory,
            publisher,
            lambda: FACTS,
            clock,
            lambda: datetime.fromtimestamp(clock.seconds(), UTC),
            words=words,
            new_session_id=new_session_id,
            replay=replay,
            queue_statistics_s=queue_statistics_s,
            phones_at=phones_at,
        )
        service.use(link)
        return service, link, publisher, clock

    def setUp(self) -> None:
        """Not started."""
        self.directory = FakeDirectory(events.DIRECTORY)
        self.service, self.link, self.publisher, self.clock = self.make(self.directory)
        self.talking = self.held = False
        self.signed_out: set[str] = set()
        self.many = 0

    def tearDown(self) -> None:
        """Nothing is left to do for the clock once the service has stopped."""
        if self.service.running:
            self.service.stopService()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def answer(self, request: Message) -> Message:
        """Answer as an engine with two signed-in agents would."""
        if isinstance(request, messages.QueryAgentStateReq):
            states = {
                "ann": AgentState.TALKING if self.talking else AgentState.AVAILABLE,
                "bob": AgentState.AVAILABLE,
            }
            login_id = request.agent_id_long or ""
            person = events.DIRECTORY.person(login_id)
            if person is None:
                return messages.QueryAgentStateConf(
                    invoke_id=0, agent_state=AgentState.NOT_READY, agent_instrument=f"9{login_id}"
                )
            for login in self.signed_out:
                states[login] = AgentState.LOGOUT
            return messages.QueryAgentStateConf(
                invoke_id=0,
                agent_state=states.get(login_id, AgentState.LOGOUT),
                agent_instrument=person.extension,
            )
        if isinstance(request, messages.SnapshotDeviceReq):
            busy = self.talking and request.agent_instrument == "1001"
            calls = (DeviceCall(call_connection_call_id=CALL, call_connection_device_id="1001"),)
            return messages.SnapshotDeviceConf(invoke_id=0, calls=calls if busy else ())
        if isinstance(request, messages.SnapshotCallReq):
            connected = LocalConnectionState.LCS_CONNECT
            return messages.SnapshotCallConf(
                invoke_id=0,
                ani=CUSTOMER,
                call_devices=(
                    CallDevice(
                        call_device_id=CUSTOMER,
                        call_device_type=EXTERNAL,
                        call_device_connection_state=connected,
                    ),
                    CallDevice(
                        call_device_id="1001",
                        call_device_type=AGENT,
                        call_device_connection_state=LocalConnectionState.LCS_HOLD
                        if self.held
                        else connected,
                    ),
                ),
            )
        assert isinstance(request, messages.TeamConfigReq)
        return messages.TeamConfigConf(invoke_id=0)

    def upload(self) -> None:
        """Send the configuration, as two kinds one after the other."""
        queues, agents, team = events.configuration()
        assert isinstance(agents, messages.ConfigAgentEvent)
        more = (AgentRecord(login_id=f"agent{number}") for number in range(self.many))
        agents = messages.ConfigAgentEvent(records=(*agents.records, *more))
        self.service.link_message(messages.ConfigKeyEvent())
        for kind, event in ((ConfigMask.CSQS, queues), (ConfigMask.AGENTS, agents)):
            self.service.link_message(
                messages.ConfigBeginEvent(config_type=1, config_information=kind)
            )
            self.service.link_message(event)
            self.service.link_message(messages.ConfigEndEvent())
        self.service.link_message(team)

    def synchronise(self) -> None:
        """Play the engine until nothing more is asked."""
        self.upload()
        while self.link.waiting:
            self.link.confirm(self.answer(self.link.waiting[0]))

    def serve(self) -> None:
        """Start, and come into service."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.synchronise()
        self.assertTrue(self.service.in_service())


def envelope(payload: str) -> dict[str, str]:
    """An update's parts."""
    root = ElementTree.fromstring(payload)
    data = root.find("data")
    assert data is not None
    return {
        "event": root.findtext("event", ""),
        "source": root.findtext("source", ""),
        "requestId": root.findtext("requestId", ""),
        "object": data[0].tag if len(data) else "",
        "state": root.findtext("data/*/state", ""),
    }


class ServiceTests(Case):
    """In service or not."""

    def test_before_the_link(self) -> None:
        """Out of service, saying why; the account of the web services is present all the same."""
        self.service.startService()
        info = self.service.system_info()
        self.assertEqual(
            (info.status, info.status_reason),
            (SystemStatus.OUT_OF_SERVICE, "There is no link to an engine"),
        )
        self.assertTrue(self.publisher.available)

    def test_into_service(self) -> None:
        """When the last answer is in, and not before: SystemInfo, then everyone who is signed in."""
        waiting = self.service.when_in_service()
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.upload()
        while self.link.waiting:
            self.assertNoResult(waiting)
            self.assertEqual(self.publisher.published, [])
            self.link.confirm(self.answer(self.link.waiting[0]))
        self.successResultOf(waiting)
        self.successResultOf(self.service.when_in_service())
        told = [(node, envelope(payload)) for node, payload in self.publisher.take()]
        self.assertEqual(
            [(node, update["object"], update["state"]) for node, update in told],
            [
                ("/finesse/api/SystemInfo", "systemInfo", ""),
                ("/finesse/api/User/ann", "user", "READY"),
                ("/finesse/api/Team/1/Users", "user", "READY"),
                ("/finesse/api/User/bob", "user", "READY"),
                ("/finesse/api/Team/1/Users", "user", "READY"),
            ],
        )
        self.assertTrue(all(update["event"] == "PUT" for _, update in told))

    def test_system_info(self) -> None:
        """In service, with the link's figures."""
        self.serve()
        self.clock.advance(3)
        info = self.service.system_info()
        self.assertEqual((info.status, info.status_reason), (SystemStatus.IN_SERVICE, ""))
        self.assertEqual(
            (info.xmpp_domain, info.xmpp_pub_sub_domain), ("a.example", "pubsub.a.example")
        )
        self.assertEqual(info.last_cti_heartbeat_status, "success")
        self.assertEqual(info.last_success_cti_heartbeat_time, "0000001000000")
        self.assertEqual([server.connected_duration for server in info.cti_servers], [3])
        self.link.heartbeat_missed = True
        self.assertEqual(self.service.system_info().last_cti_heartbeat_status, "failure")

    def test_asked(self) -> None:
        """The keys, then queues and agents, then teams, then each agent."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.assertEqual([type(m).__name__ for m in self.link.sent], ["ConfigRequestKeyEvent"])
        self.upload()
        request = self.link.sent[1]
        assert isinstance(request, messages.ConfigRequestEvent)
        self.assertEqual(request.config_information, WANTED)
        self.assertIsInstance(
            self.link.confirm(self.answer(self.link.waiting[0])), messages.TeamConfigReq
        )
        asked = [
            request.agent_id_long
            for request in self.link.waiting
            if isinstance(request, messages.QueryAgentStateReq)
        ]
        self.assertEqual(sorted(filter(None, asked)), ["ann", "bob", "sue", "zed"])

    def test_no_teams(self) -> None:
        """An engine that tells no teams is served all the same, with the directory's."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.upload()
        self.link.refuse(RequestFailedError(StatusCode.E_CTI_INVALID_MESSAGE_TYPE))
        while self.link.waiting:
            self.link.confirm(self.answer(self.link.waiting[0]))
        self.assertTrue(self.service.in_service())

    def test_not_signed_on(self) -> None:
        """Some engines refuse the question about an agent who is signed out."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.upload()
        self.link.confirm(self.answer(self.link.waiting[0]))
        while self.link.waiting:
            self.link.refuse(RequestFailedError(StatusCode.E_CTI_AGENT_NOT_LOGGED_ON))
        self.assertTrue(self.service.in_service())

    def test_configuration_refused(self) -> None:
        """A failed upload is asked for again, three times in all; then everything is, after a pause."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        for attempt in range(1, ATTEMPTS + 1):
            self.assertEqual(len(self.link.sent), 2 * attempt - 1)
            self.service.link_message(messages.ConfigKeyEvent())
            self.service.link_message(messages.ConfigEndEvent(config_end_status=3, text="no"))
        self.assertIn("ConfigEndStatus 3 no", self.service.system_info().status_reason)
        self.clock.advance(RETRY_S - 0.01)
        self.assertEqual(len(self.link.sent), 2 * ATTEMPTS)
        self.clock.advance(0.01)
        self.assertEqual(len(self.link.sent), 2 * ATTEMPTS + 1)
        self.synchronise()
        self.assertTrue(self.service.in_service())

    def test_silent_engine(self) -> None:
        """So is an engine that does not answer."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.clock.advance(PATIENCE_S - 0.01)
        self.assertEqual(len(self.link.sent), 1)
        self.clock.advance(0.01)
        self.clock.advance(RETRY_S)
        self.assertEqual(len(self.link.sent), 2)

    def test_link_lost_on_the_way(self) -> None:
        """A link that is lost during the synchronisation ends it, and nothing is tried on a dead link."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.upload()
        self.link.lose()
        self.service.link_closed("the peer is gone")
        self.assertEqual(self.service.system_info().status_reason, "the peer is gone")
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(self.service.counters.synchronisations_failed, 0)

    def test_link_lost_at_once(self) -> None:
        """So does one that is gone before the first thing is sent, or when it is."""
        self.service.startService()
        self.link.side = ""
        self.service.link_opened("127.0.0.1:12028", True)
        self.service.link_closed("gone")
        self.link.side = "127.0.0.1:12028"
        self.service.link_opened("127.0.0.1:12028", True)
        self.link.side = ""
        self.upload()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.service.link_closed("gone again")
        self.assertEqual(self.service.system_info().status_reason, "gone again")
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_out_of_service(self) -> None:
        """SystemInfo says so at once, and then there is silence."""
        self.serve()
        self.publisher.take()
        self.link.lose()
        self.service.link_closed("3 heartbeats missed")
        ((node, payload),) = self.publisher.take()
        self.assertEqual(node, "/finesse/api/SystemInfo")
        self.assertIn("<status>OUT_OF_SERVICE</status>", payload)
        self.assertIn("<statusReason>3 heartbeats missed</statusReason>", payload)
        self.service.link_message(events.state("ann", AgentState.NOT_READY))
        self.assertEqual(self.publisher.take(), [])

    def test_back_in_service(self) -> None:
        """After a gap: what ended unseen is deleted, what is there is told as new."""
        self.talking = True
        self.serve()
        self.publisher.take()
        self.service.link_closed("cut")
        self.talking = False
        self.service.link_opened("127.0.0.1:12018", True)
        self.synchronise()
        told = [(node, envelope(payload)) for node, payload in self.publisher.take()]
        deleted = [node for node, update in told if update["event"] == "DELETE"]
        self.assertEqual(deleted, ["/finesse/api/User/ann/Dialogs"])
        self.assertIn(
            ("/finesse/api/User/ann", "READY"), [(node, update["state"]) for node, update in told]
        )

    def test_talking_through_the_gap(self) -> None:
        """A call that outlives the gap is a POST again, and goes on from there."""
        self.talking = True
        self.serve()
        self.publisher.take()
        self.service.link_closed("cut")
        self.service.link_opened("127.0.0.1:12018", True)
        self.synchronise()
        dialogs = [
            envelope(payload)
            for node, payload in self.publisher.take()
            if node.endswith("/Dialogs")
        ]
        self.assertEqual([update["event"] for update in dialogs], ["POST"])
        self.service.link_message(events.held("1001"))
        ((_, payload),) = self.publisher.take()
        self.assertEqual(envelope(payload)["source"], f"/finesse/api/Dialog/{CALL}")

    def test_differences_alone(self) -> None:
        """Where nothing is to be told again, what is unchanged is silent; what changed is a PUT."""
        self.service, self.link, self.publisher, self.clock = self.make(
            self.directory, replay=False
        )
        self.talking = True
        self.serve()
        for is_held in (False, True):
            self.publisher.take()
            self.service.link_closed("cut")
            self.service.link_opened("127.0.0.1:12018", True)
            self.held = is_held
            self.synchronise()
            told = [(node, envelope(payload)["event"]) for node, payload in self.publisher.take()]
            dialogs = [("/finesse/api/User/ann/Dialogs", "PUT")] if is_held else []
            self.assertEqual(told, [("/finesse/api/SystemInfo", "PUT")] * 2 + dialogs)

    def test_signed_out_in_the_gap(self) -> None:
        """Whoever was signed in and is not is told once; the others as ever."""
        self.serve()
        self.publisher.take()
        self.service.link_closed("cut")
        self.signed_out = {"bob"}
        self.service.link_opened("127.0.0.1:12018", True)
        self.synchronise()
        told = [(node, envelope(payload)["state"]) for node, payload in self.publisher.take()]
        self.assertEqual(told.count(("/finesse/api/User/bob", "LOGOUT")), 1)
        self.assertEqual(told.count(("/finesse/api/User/ann", "READY")), 1)

    def test_lost_while_announcing(self) -> None:
        """What is left to be told when the link goes again is told before that; events that waited are void."""
        self.many = ANNOUNCED_AT_ONCE * 2
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.synchronise()
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.service.link_message(events.state("ann", AgentState.NOT_READY))
        self.link.lose()
        self.service.link_closed("cut")
        told = [(node, envelope(payload)["state"]) for node, payload in self.publisher.take()]
        self.assertEqual(told[-1][0], "/finesse/api/SystemInfo")
        users = [node for node, _ in told if "/User/" in node]
        self.assertEqual((len(users), len(set(users))), (self.many + 2, self.many + 2))
        self.assertNotIn(("/finesse/api/User/ann", "NOT_READY"), told)

    def test_announced_in_turns(self) -> None:
        """A hundred changes go in a turn; an event that comes meanwhile is told after all of them."""
        self.many = ANNOUNCED_AT_ONCE * 2
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.synchronise()
        self.service.link_message(events.state("ann", AgentState.NOT_READY))
        turns = [self.publisher.take()]
        self.clock.advance(0)  # a clock runs all that is due now in one go
        turns.append(self.publisher.take())
        told = [[node for node, _ in turn if "/User/" in node] for turn in turns]
        self.assertEqual([len(turn) for turn in told], [100, 100 + 2 + 1])
        self.assertEqual(told[-1][-1], "/finesse/api/User/ann")
        self.assertEqual(self.service.counters.announced, self.many + 2)

    def test_asked_while_announcing(self) -> None:
        """What is announced answers no request; the event that does comes after it, with the request's id."""
        self.many = ANNOUNCED_AT_ONCE * 2
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.synchronise()
        self.service._correlation.expect("/finesse/api/User/agent199", "r1", self.clock.seconds())
        self.service.link_message(
            messages.AgentStateEvent(
                agent_state=AgentState.AVAILABLE,
                agent_id_long="agent199",
                agent_instrument="9agent199",
            )
        )
        self.clock.advance(0)
        told = [
            (update["state"], update["requestId"])
            for node, update in ((n, envelope(p)) for n, p in self.publisher.take())
            if node == "/finesse/api/User/agent199"
        ]
        self.assertEqual(told, [("NOT_READY", ""), ("READY", "r1")])

    def test_too_much_held(self) -> None:
        """When too many events wait for the announcement, the rest of it goes at once."""
        self.many = ANNOUNCED_AT_ONCE * 2
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.synchronise()
        quiet = messages.AgentStateEvent(agent_state=AgentState.LOGIN, agent_id_long="ann")
        for _ in range(MAX_HELD - 1):
            self.service.link_message(quiet)
        self.assertEqual(self.service.counters.announced, ANNOUNCED_AT_ONCE)
        self.service.link_message(quiet)
        self.assertEqual(self.service.counters.announced, self.many + 2)

    def test_one_phone_silent(self) -> None:
        """A phone that nobody answers for is asked about three times, logged, and left out."""
        self.talking = True
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.upload()
        asked = 0
        with capturedLogs() as logs:
            while self.link.waiting:
                request = self.link.waiting[0]
                if getattr(request, "agent_instrument", "") == "1001":
                    asked += 1
                    self.link.refuse(RequestTimeoutError("SnapshotDeviceReq", 10))
                else:
                    self.link.confirm(self.answer(request))
        self.assertTrue(self.service.in_service())
        self.assertEqual((asked, self.service.counters.questions_skipped), (ATTEMPTS, 1))
        (line,) = [entry for entry in logs if entry.get("about")]
        self.assertEqual(line["about"], "the calls of ann at 1001")

    def test_begun_again(self) -> None:
        """A synchronisation that is cut off leaves nothing behind; a late answer to it disturbs nobody."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.upload()
        self.link.confirm(self.answer(self.link.waiting[0]))
        self.service.link_closed("cut")
        self.service.link_opened("127.0.0.1:12018", True)
        late = messages.QueryAgentStateConf(invoke_id=1, agent_state=AgentState.TALKING)
        self.service.link_message(late)
        self.synchronise()
        self.assertTrue(self.service.in_service())
        self.assertEqual(self.service.counters.synchronisations, 1)

    def test_configuration_reset(self) -> None:
        """FAILURE_EVENT 96: the configuration is asked for anew, in service; what is new is asked about."""
        self.serve()
        self.publisher.take()
        reset = messages.FailureEvent(status=StatusCode.E_CTI_AUTO_CONFIG_RESET)
        self.service.link_message(reset)
        self.assertIsInstance(self.link.sent[-1], messages.ConfigRequestKeyEvent)
        self.many = 1
        self.synchronise()
        self.assertTrue(self.service.in_service())
        told = [(node, envelope(payload)["event"]) for node, payload in self.publisher.take()]
        self.assertEqual(
            told, [("/finesse/api/User/agent0", "POST"), ("/finesse/api/User/agent0", "PUT")]
        )
        self.assertEqual(self.service.counters.refreshes, 1)

    def test_configuration_unreadable(self) -> None:
        """An engine that does not tell its new configuration is out of service, and read anew."""
        self.serve()
        reset = messages.FailureEvent(status=StatusCode.E_CTI_AUTO_CONFIG_RESET)
        with capturedLogs():
            for _ in range(1 + ATTEMPTS):
                self.service.link_message(reset)
        self.assertFalse(self.service.in_service())
        self.synchronise()
        self.assertTrue(self.service.in_service())

    def test_engine_offline(self) -> None:
        """An engine that says it is offline is out of service, until it says otherwise."""
        self.serve()
        told = {
            event_id: messages.SystemEvent(pg_status=0x400, system_event_id=event_id)
            for event_id in (
                SystemEventID.SYS_PERIPHERAL_OFFLINE,
                SystemEventID.SYS_PERIPHERAL_ONLINE,
            )
        }
        self.service.link_message(told[SystemEventID.SYS_PERIPHERAL_OFFLINE])
        self.assertFalse(self.service.in_service())
        self.service.link_message(told[SystemEventID.SYS_PERIPHERAL_ONLINE])
        self.synchronise()
        self.assertTrue(self.service.in_service())

    def test_opened_offline(self) -> None:
        """A link to an engine that is up but not in service waits for it."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", False)
        self.assertEqual(self.link.sent, [])
        self.service.link_message(
            messages.SystemEvent(
                pg_status=0x400, system_event_id=SystemEventID.SYS_PERIPHERAL_ONLINE
            )
        )
        self.synchronise()
        self.assertTrue(self.service.in_service())

    def test_events_during_synchronisation(self) -> None:
        """What happens meanwhile is known afterwards."""
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.upload()
        while self.link.waiting:
            request = self.link.confirm(self.answer(self.link.waiting[0]))
            if isinstance(request, messages.QueryAgentStateReq) and request.agent_id_long == "bob":
                self.service.link_message(events.state("bob", AgentState.NOT_READY, 10))
        (bob,) = [p for n, p in self.publisher.take() if n == "/finesse/api/User/bob"]
        self.assertEqual(envelope(bob)["state"], "NOT_READY")

    def test_stop(self) -> None:
        """A stopped service is unavailable and out of service."""
        self.serve()
        self.service.stopService()
        self.assertFalse(self.publisher.available)
        self.assertFalse(self.service.in_service())


class PublishTests(Case):
    """Which change goes where."""

    def setUp(self) -> None:
        """In service."""
        super().setUp()
        self.serve()
        self.publisher.take()

    def tell(self, *told: Message) -> list[tuple[str, dict[str, str]]]:
        """Let the engine tell, and see what is published."""
        for message in told:
            self.service.link_message(message)
        return [(node, envelope(payload)) for node, payload in self.publisher.take()]

    def test_user(self) -> None:
        """A user's change goes to its own node and to its team's, both with the user as source."""
        told = self.tell(events.state("ann", AgentState.NOT_READY, 10))
        self.assertEqual(
            [node for node, _ in told], ["/finesse/api/User/ann", "/finesse/api/Team/1/Users"]
        )
        self.assertEqual({update["source"] for _, update in told}, {"/finesse/api/User/ann"})

    def test_dialog(self) -> None:
        """A dialog comes and goes with the collection as source, and changes with its own path."""
        told = self.tell(
            *events.queued(),
            *events.offered(),
            events.established("1001", AGENT),
            events.cleared(),
            events.ended("1001"),
        )
        self.assertEqual({node for node, _ in told}, {"/finesse/api/User/ann/Dialogs"})
        collection, own = "/finesse/api/User/ann/Dialogs", f"/finesse/api/Dialog/{CALL}"
        self.assertEqual(
            [(update["event"], update["object"], update["source"]) for _, update in told],
            [
                ("POST", "dialogs", collection),
                ("PUT", "dialog", own),
                ("PUT", "dialog", own),
                ("DELETE", "dialogs", collection),
            ],
        )
