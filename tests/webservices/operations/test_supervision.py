"""`finesse_tx.webservices.operations.supervision`: who may listen to whom, and join.

Spec: ``rest.md`` §5.4, ``notifications.md`` §7.6.
"""

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, CallType, SupervisoryAction
from finesse_tx.webservices.core.dialog_requests import CallRequest
from finesse_tx.webservices.core.objects import Action
from tests.webservices.core import events
from tests.webservices.core.events import AGENT, CALL
from tests.webservices.operations.case import WRONG_USER, OperationsCase
from tests.webservices.test_service import envelope

MONITORING = CALL + 9


class SupervisionTests(OperationsCase):
    """Sue supervises Ann, who talks to a customer."""

    def setUp(self) -> None:
        """Sue is signed in, and not ready."""
        super().setUp()
        self.service.link_message(events.state("sue", AgentState.NOT_READY))
        for message in [
            *events.queued(),
            *events.offered(),
            events.established("1001", AGENT),
            events.state("ann", AgentState.TALKING),
        ]:
            self.service.link_message(message)
        self.publisher.take()

    def monitor(
        self, who: str = "sue", whom: str = "sue", from_: str = "2001", to: str = "1001"
    ) -> None:
        """Ask to listen in."""
        wanted = CallRequest(Action.SILENT_MONITOR, from_, to)
        self.operations.supervision.silent_monitor(self.person(who), whom, wanted, "r1")

    def barge(self, associated: int = MONITORING, to: str = "1001") -> None:
        """Ask to join."""
        wanted = CallRequest(Action.BARGE_CALL, "2001", to, associated_id=associated)
        self.operations.supervision.barge(self.person("sue"), "sue", wanted, "r2")

    def listen(self) -> None:
        """Sue listens to Ann."""
        for message in (
            messages.BeginCallEvent(
                call_type=CallType.CALLTYPE_SUPERVISOR_MONITOR,
                connection_call_id=MONITORING,
                connection_device_id="2001",
            ),
            messages.CallEstablishedEvent(
                connection_call_id=MONITORING,
                connection_device_id="2001",
                calling_device_type=AGENT,
                calling_device_id="2001",
                answering_device_type=AGENT,
                answering_device_id="2001",
                called_device_id="1001",
            ),
        ):
            self.service.link_message(message)

    def sent(self) -> messages.SuperviseCallReq:
        """The one request that was sent."""
        (request,) = self.link.waiting
        assert isinstance(request, messages.SuperviseCallReq)
        return request

    def test_monitor(self) -> None:
        """The engine is asked about the call in which the agent talks; the new dialog names it, and takes the id."""
        self.monitor()
        sent = self.sent()
        self.assertEqual(
            (sent.supervisory_action, sent.agent_connection_call_id, sent.supervisor_instrument),
            (SupervisoryAction.MONITOR, CALL, "2001"),
        )
        self.listen()
        ((node, payload),) = self.publisher.take()
        self.assertEqual(node, "/finesse/api/User/sue/Dialogs")
        self.assertEqual(envelope(payload)["requestId"], "r1")
        for part in (
            f"<associatedDialogUri>/finesse/api/Dialog/{CALL}</associatedDialogUri>",
            "<callType>SUPERVISOR_MONITOR</callType>",
            "<action>DROP</action>",
        ):
            self.assertIn(part, payload)
        self.assertNotIn("<action>HOLD</action>", payload)

    def test_who_may_not(self) -> None:
        """No agent, for nobody else, from no other phone, about nobody of another team, and nobody at all."""
        self.service.link_message(events.state("zed", AgentState.NOT_READY))
        self.assertEqual(
            [
                self.refused(self.monitor, *who)
                for who in (
                    ("ann", "ann", "1001", "1002"),
                    ("adm", "sue"),
                    ("sue", "ann"),
                    ("sue", "sue", "1001", "1002"),
                    ("sue", "sue", "2001", "1009"),
                    ("sue", "sue", "2001", "999"),
                )
            ],
            [
                (401, WRONG_USER, "ann"),
                (401, WRONG_USER, "sue"),
                (401, WRONG_USER, "ann"),
                (400, "Invalid Input", "fromAddress"),
                (401, WRONG_USER, "1009"),
                (400, "Invalid Destination", "999"),
            ],
        )

    def why_not(self) -> str:
        """Type and data of what becomes of listening in."""
        self.publisher.take()
        self.monitor()
        self.assertEqual(self.link.waiting, [])
        ((node, payload),) = self.publisher.take()
        self.assertEqual(node, "/finesse/api/User/sue/Dialogs")
        parts = (payload.partition(f"<{name}>")[2] for name in ("errorType", "errorData"))
        return " ".join(part.partition("<")[0] for part in parts)

    def test_not_now(self) -> None:
        """A supervisor who is not NOT_READY, an agent who is in no conversation."""
        self.service.link_message(events.state("sue", AgentState.AVAILABLE))
        self.assertEqual(self.why_not(), "Invalid State 22")
        self.service.link_message(events.state("sue", AgentState.NOT_READY))
        self.service.link_message(events.held("1001"))
        self.service.link_message(events.state("ann", AgentState.HOLD))
        self.assertEqual(self.why_not(), "Generic Error 88049")
        self.service.link_message(events.state("ann", AgentState.AVAILABLE))
        self.assertEqual(self.why_not(), "Invalid State 22")

    def test_barge(self) -> None:
        """Whoever listens may join."""
        self.listen()
        self.barge()
        sent = self.sent()
        self.assertEqual(
            (sent.supervisory_action, sent.agent_connection_call_id),
            (SupervisoryAction.BARGE_IN, CALL),
        )

    def test_barge_refused(self) -> None:
        """Without listening, by another's dialog, to somebody else, or when nobody talks."""
        self.assertEqual(self.refused(self.barge), (404, "Dialog Not Found", str(MONITORING)))
        self.assertEqual(self.refused(self.barge, CALL), (404, "Dialog Not Found", str(CALL)))
        self.listen()
        self.assertEqual(
            self.refused(self.barge, to="1002"), (400, "Invalid State", "associatedDialogUri")
        )
        self.service.link_message(events.held("1001"))
        self.assertEqual(self.refused(self.barge), (400, "Invalid State", "toAddress"))

    def test_not_the_controller(self) -> None:
        """Into a conference that somebody else has made nobody is taken."""
        self.listen()
        self.service.link_message(events.established("1002", AGENT))
        call = self.service.model().call(CALL)
        assert call
        call.controller = "1002"
        self.assertEqual(self.refused(self.barge)[:2], (400, "20999"))
        call.controller = "1001"
        self.barge()
