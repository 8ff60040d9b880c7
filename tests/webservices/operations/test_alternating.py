"""`finesse_tx.webservices.operations.dialogs`: from one call to another, which no phone talks in at once."""

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import CallType
from finesse_tx.cti.core.message import Message
from finesse_tx.webservices.core.dialog_requests import DialogRequest
from finesse_tx.webservices.core.objects import Action
from tests.webservices.core import events
from tests.webservices.core.events import AGENT, CALL
from tests.webservices.operations.case import OperationsCase
from tests.webservices.operations.test_dialogs import CONSULT, consultation


class AlternatingTests(OperationsCase):
    """Ann holds a customer's call, and has another one."""

    def setUp(self) -> None:
        """She has it on hold."""
        super().setUp()
        self.tell(
            *events.queued(),
            *events.offered(),
            events.established("1001", AGENT),
            events.held("1001"),
        )

    def tell(self, *told: Message) -> None:
        """The engine tells something."""
        for message in told:
            self.service.link_message(message)
        self.publisher.take()

    def act(self, action: Action, dialog: int = CALL) -> None:
        """Ann asks for something."""
        wanted = DialogRequest(action, "1001")
        self.operations.dialogs.act(self.person("ann"), str(dialog), wanted, "r1")

    def sent(self) -> list[object]:
        """What the engine is asked for, each answered before the next: the request, and of which calls."""
        found: list[object] = []
        while self.link.waiting:
            match self.link.confirm():
                case messages.AlternateCallReq() as request:
                    calls = request.active_connection_call_id, request.other_connection_call_id
                    numbers = (
                        request.active_connection_device_id,
                        request.other_connection_device_id,
                    )
                    self.assertEqual(numbers, ("1001", "1001"))
                    found.append(("alternate", *calls))
                case messages.RetrieveCallReq() as request:
                    found.append(("retrieve", request.held_connection_call_id))
                case messages.ClearConnectionReq() as request:
                    self.assertEqual(request.connection_device_id, "1001")
                    found.append(("clear", request.connection_call_id))
                case request:
                    found.append(type(request).__name__)
        return found

    def test_to_and_fro(self) -> None:
        """Who retrieves a call while he talks in another puts that one on hold; and back again."""
        self.tell(*consultation())
        self.act(Action.RETRIEVE)
        self.assertEqual(self.sent(), [("alternate", CONSULT, CALL)])
        held = messages.CallHeldEvent(
            connection_call_id=CONSULT, connection_device_id="1001", holding_device_id="1001"
        )
        self.tell(held, events.retrieved("1001"))
        self.act(Action.RETRIEVE, CONSULT)
        self.assertEqual(self.sent(), [("alternate", CALL, CONSULT)])

    def test_both_held(self) -> None:
        """With nobody to be put on hold it is retrieved."""
        held = messages.CallHeldEvent(
            connection_call_id=CONSULT, connection_device_id="1001", holding_device_id="1001"
        )
        self.tell(*consultation(), held)
        self.act(Action.RETRIEVE)
        self.assertEqual(self.sent(), [("retrieve", CALL)])

    def test_unanswered(self) -> None:
        """What nobody has answered cannot be held: whoever goes back gives it up first."""
        self.tell(*consultation()[:2])
        self.act(Action.RETRIEVE)
        self.assertEqual(self.sent(), [("clear", CONSULT), ("retrieve", CALL)])

    def test_answer(self) -> None:
        """Who answers a second call puts the first one on hold."""
        self.tell(events.retrieved("1001"))
        second = CONSULT
        self.tell(
            messages.BeginCallEvent(
                call_type=CallType.CALLTYPE_OTHER_IN,
                connection_call_id=second,
                connection_device_id="1001",
            ),
            messages.CallDeliveredEvent(
                connection_call_id=second,
                connection_device_id="1001",
                alerting_device_type=AGENT,
                alerting_device_id="1001",
                calling_device_id="1002",
                called_device_id="1001",
            ),
        )
        self.act(Action.ANSWER, second)
        self.assertEqual(self.sent(), [("alternate", CALL, second)])

    def test_listening(self) -> None:
        """What one only listens in to is not put on hold."""
        monitoring = messages.BeginCallEvent(
            call_type=CallType.CALLTYPE_SUPERVISOR_MONITOR,
            connection_call_id=CONSULT,
            connection_device_id="1001",
        )
        self.tell(monitoring, *consultation()[1:])
        self.act(Action.RETRIEVE)
        self.assertEqual(self.sent(), [("retrieve", CALL)])
