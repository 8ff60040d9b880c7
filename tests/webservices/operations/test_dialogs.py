"""`finesse_tx.webservices.operations.dialogs`: what is sent for each action, and what becomes of a refusal."""

from typing import Any, TypeVar

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import NULL, AgentState, CallType, ControlFailureCode
from finesse_tx.cti.core.errors import (
    ControlFailureError,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.webservices.core.call_data import CallData
from finesse_tx.webservices.core.dialog_requests import CallRequest, DialogRequest
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Action
from tests.webservices.core import events
from tests.webservices.core.events import AGENT, CALL, CUSTOMER
from tests.webservices.operations.case import WRONG_USER, OperationsCase
from tests.webservices.test_service import envelope

T = TypeVar("T")

CONSULT = CALL + 1

TRANSFERRED = messages.TransferCallConf(invoke_id=0, new_connection_call_id=CALL)


class CallTests(OperationsCase):
    """Making calls and acting on them."""

    def dial(
        self,
        who: str = "ann",
        whom: str = "ann",
        from_: str = "1001",
        to: str = "0699",
        data: CallData | None = None,
    ) -> None:
        """Ask for a call."""
        wanted = CallRequest(Action.MAKE_CALL, from_, to, data)
        self.operations.dialogs.make_call(self.person(who), whom, wanted, "r1")

    def act(
        self,
        action: Action,
        who: str = "ann",
        target: str = "1001",
        dialog: str = str(CALL),
        **more: Any,
    ) -> None:
        """Act on the dialog."""
        wanted = DialogRequest(action, target, **more)
        self.operations.dialogs.act(self.person(who), dialog, wanted, "r1")

    def ring(self) -> None:
        """The queue's call rings at Ann's."""
        for message in [*events.queued(), *events.offered()]:
            self.service.link_message(message)
        self.publisher.take()

    def test_make_call(self) -> None:
        """From the own phone to whatever was dialled."""
        self.dial()
        (request,) = self.link.waiting
        assert isinstance(request, messages.MakeCallReq)
        self.assertEqual((request.agent_instrument, request.dialed_number), ("1001", "0699"))

    def test_make_call_refusals(self) -> None:
        """Another's phone, another user, an administrator, somebody signed out."""
        self.assertEqual(
            self.refused(self.dial, from_="1002"), (400, "Invalid Input", "fromAddress")
        )
        self.assertEqual(self.refused(self.dial, whom="bob"), (401, WRONG_USER, "bob"))
        self.assertEqual(
            self.refused(self.dial, who="adm", whom="adm"),
            (401, WRONG_USER, "The user is not authorized to perform this operation"),
        )
        self.assertEqual(self.refused(self.dial, "zed", "zed", "1009")[:2], (401, "Invalid State"))

    def test_make_call_fails(self) -> None:
        """The engine's refusal comes on the user's dialogs, since there is no dialog."""
        self.dial()
        self.link.refuse(ControlFailureError(ControlFailureCode.CF_INVALID_DESTINATION, 0))
        ((node, payload),) = self.publisher.take()
        self.assertEqual(node, "/finesse/api/User/ann/Dialogs")
        self.assertIn("<errorType>Call Operation Failure</errorType>", payload)
        self.assertEqual(envelope(payload)["source"], "/finesse/api/User/ann/Dialogs")

    def test_actions(self) -> None:
        """Each action is its request, for the participant's own connection."""
        self.ring()
        self.act(Action.ANSWER)
        request = self.link.confirm()
        assert isinstance(request, messages.AnswerCallReq)
        self.assertEqual((request.connection_call_id, request.connection_device_id), (CALL, "1001"))
        self.service.link_message(events.established("1001", AGENT))
        self.act(Action.HOLD)
        self.assertIsInstance(self.link.confirm(), messages.HoldCallReq)
        self.service.link_message(events.held("1001"))
        self.act(Action.RETRIEVE)
        request = self.link.confirm()
        assert isinstance(request, messages.RetrieveCallReq)
        self.assertEqual(
            (request.held_connection_call_id, request.held_connection_device_id), (CALL, "1001")
        )
        self.service.link_message(events.retrieved("1001"))
        self.act(Action.DROP)
        self.assertIsInstance(self.link.confirm(), messages.ClearConnectionReq)

    def test_request_id(self) -> None:
        """The dialog's next event carries the id, the agent's state does not."""
        self.ring()
        self.act(Action.ANSWER)
        self.service.link_message(events.established("1001", AGENT))
        self.service.link_message(events.state("ann", AgentState.TALKING))
        ids = [envelope(payload)["requestId"] for _, payload in self.publisher.take()]
        self.assertEqual(ids, ["r1", "", ""])

    def test_not_allowed_now(self) -> None:
        """An action that the participant may not take is accepted, then refused by an event."""
        self.ring()
        self.act(Action.HOLD)
        self.assertEqual(self.link.waiting, [])
        ((node, payload),) = self.publisher.take()
        self.assertEqual(node, "/finesse/api/User/ann/Dialogs")
        self.assertEqual(envelope(payload)["source"], f"/finesse/api/Dialog/{CALL}")
        for part in ("Generic Error", "INVALID_ACTION HOLD on extension 1001", "<errorData>4047<"):
            self.assertIn(part, payload)

    def test_judged_in_turn(self) -> None:
        """A second click is judged when its turn has come: HOLD twice holds once."""
        self.ring()
        self.service.link_message(events.established("1001", AGENT))
        self.publisher.take()
        self.act(Action.HOLD)
        self.act(Action.HOLD)
        self.service.link_message(events.held("1001"))
        self.link.confirm()
        self.assertEqual(self.link.waiting, [])
        self.assertIn("INVALID_ACTION HOLD", self.publisher.take()[-1][1])

    def test_refusals(self) -> None:
        """Somebody else's dialog, somebody else's phone, no dialog at all."""
        self.ring()
        answer = Action.ANSWER
        self.assertEqual(
            self.refused(self.act, answer, who="bob", target="1002")[:2], (401, WRONG_USER)
        )
        self.assertEqual(self.refused(self.act, answer, who="sue")[:2], (401, WRONG_USER))
        self.assertEqual(
            self.refused(self.act, answer, target="1002"),
            (400, "Invalid Input", "targetMediaAddress"),
        )
        self.assertEqual(self.refused(self.act, answer, dialog="5"), (404, "Dialog Not Found", "5"))

    def test_call_operation_failure(self) -> None:
        """The switch's refusal of an action."""
        self.ring()
        self.act(Action.ANSWER)
        self.link.refuse(ControlFailureError(ControlFailureCode.CF_RESOURCE_OUT_OF_SERVICE, 88004))
        ((_, payload),) = self.publisher.take()
        self.assertIn("<peripheralErrorCode>88004</peripheralErrorCode>", payload)
        self.assertIn("<errorType>Call Operation Failure</errorType>", payload)

    def talk(self) -> None:
        """Ann has answered."""
        self.ring()
        self.service.link_message(events.established("1001", AGENT))
        self.publisher.take()

    def two_calls(self) -> None:
        """Ann holds the customer, and talks to Bob."""
        self.talk()
        self.service.link_message(events.held("1001"))
        for message in consultation():
            self.service.link_message(message)
        self.publisher.take()

    def sent(self, kind: type[T]) -> T:
        """The one request that was sent."""
        (request,) = self.link.waiting
        assert isinstance(request, kind)
        return request

    def test_call_with_data(self) -> None:
        """A call is made with data where the engine's kind has that; not with what agents say of calls."""
        data = CallData({"callVariable1": "x"})
        self.assertEqual(
            self.refused(self.dial, data=data), (400, "Invalid Input", "mediaProperties")
        )
        self.become("cce")
        for wrong in (CallData(wrap_up="x"), CallData(scalars={"BAResponse": "x"})):
            self.assertEqual(self.refused(self.dial, data=wrong)[2], "mediaProperties")
        self.dial(data=data)
        self.assertEqual(self.sent(messages.MakeCallReq).call_variables[0], "x")

    def test_consult(self) -> None:
        """A second call from the own phone."""
        self.talk()
        self.act(Action.CONSULT_CALL, to_address="1002")
        sent = self.sent(messages.ConsultationCallReq)
        self.assertEqual(
            (sent.active_connection_call_id, sent.active_connection_device_id, sent.dialed_number),
            (CALL, "1001", "1002"),
        )

    def test_joining(self) -> None:
        """TRANSFER and CONFERENCE are sent to either dialog, and name the same two calls."""
        self.two_calls()
        for dialog in (CALL, CONSULT):
            self.act(Action.TRANSFER, dialog=str(dialog))
            transfer = self.sent(messages.TransferCallReq)
            ids = transfer.active_connection_call_id, transfer.held_connection_call_id
            self.assertEqual(ids, (CONSULT, CALL))
            self.link.confirm(TRANSFERRED)
            self.act(Action.CONFERENCE, dialog=str(dialog))
            conference = self.sent(messages.ConferenceCallReq)
            ids = conference.active_connection_call_id, conference.held_connection_call_id
            self.assertEqual(ids, (CONSULT, CALL))
            self.link.confirm(messages.ConferenceCallConf(invoke_id=0, new_connection_call_id=CALL))

    def test_nothing_to_join(self) -> None:
        """One call alone cannot be joined: that is refused at once, in words that scripts match on."""
        self.talk()
        for action in (Action.TRANSFER, Action.CONFERENCE):
            error: ApiError = self.assertRaises(ApiError, self.act, action)
            self.assertEqual(
                (error.status, error.error_type, error.error_data, error.error_message),
                (400, "Invalid State", "", f"No Active call available on agent for {action.value}"),
            )

    def test_joined_meanwhile(self) -> None:
        """A second click on TRANSFER finds nothing to transfer when its turn has come."""
        self.two_calls()
        self.act(Action.TRANSFER)
        self.act(Action.TRANSFER)
        self.service.link_message(events.retrieved("1001"))
        self.link.confirm(TRANSFERRED)
        self.assertIn("INVALID_ACTION TRANSFER", self.publisher.take()[-1][1])

    def test_single_step(self) -> None:
        """Without a second call."""
        self.talk()
        self.act(Action.TRANSFER_SST, to_address="1002")
        sent = self.sent(messages.TransferCallReq)
        self.assertEqual(
            (sent.active_connection_call_id, sent.held_connection_call_id, sent.dialed_number),
            (CALL, NULL, "1002"),
        )

    def test_data(self) -> None:
        """What is said of a call goes to it, without a target too."""
        self.talk()
        data = CallData({"callVariable3": "42"}, wrap_up="Sale,Gift", has_items=True)
        self.act(Action.UPDATE_CALL_DATA, target="", data=data)
        sent = self.sent(messages.SetCallDataReq)
        self.assertEqual((sent.connection_call_id, sent.connection_device_id), (CALL, "1001"))
        self.assertEqual((sent.call_variables[2], sent.call_wrapup_data), ("42", "Sale,Gift"))
        self.link.confirm()
        self.become("cce")
        self.talk()
        self.assertEqual(
            self.refused(self.act, Action.UPDATE_CALL_DATA, data=data),
            (400, "Invalid Input", "wrapUpItems"),
        )

    def test_digits(self) -> None:
        """Letters are a CCE's; no event answers, so no event takes the id."""
        self.talk()
        self.act(Action.SEND_DTMF, digits="12*")
        self.assertEqual(self.sent(messages.SendDtmfSignalReq).dtmf_string, "12*")
        self.link.confirm()
        self.service.link_message(events.held("1001"))
        self.assertEqual(envelope(self.publisher.take()[0][1])["requestId"], "")
        self.service.link_message(events.retrieved("1001"))
        self.publisher.take()
        self.act(Action.SEND_DTMF, digits="A")
        ((_, payload),) = self.publisher.take()
        for part in ("Generic Error", "CF_VALUE_OUT_OF_RANGE", "<errorData>3<", "<requestId>r1<"):
            self.assertIn(part, payload)
        self.become("cce")
        self.talk()
        self.act(Action.SEND_DTMF, digits="A")
        self.assertEqual(self.sent(messages.SendDtmfSignalReq).dtmf_string, "A")

    def test_recording(self) -> None:
        """On a CCX, where the dialog tells it, with the request's id; elsewhere there is none."""
        self.talk()
        self.act(Action.START_RECORDING)
        self.assertEqual(self.sent(messages.StartRecordingReq).connection_call_id, CALL)
        self.link.confirm(messages.StartRecordingConf(invoke_id=0, session_id=CALL))
        self.service.link_message(
            messages.CallDataUpdateEvent(
                call_type=CallType.CALLTYPE_ACD_IN,
                connection_call_id=CALL,
                new_connection_call_id=CALL,
                connection_device_id="1001",
                named_variables=(NamedVariable("recording", "on"),),
            )
        )
        self.assertEqual(envelope(self.publisher.take()[0][1])["requestId"], "r1")
        self.become("cce")
        self.talk()
        self.assertEqual(
            self.refused(self.act, Action.START_RECORDING),
            (501, "Not Implemented", "START_RECORDING"),
        )

    def test_held(self) -> None:
        """In a held call nothing is keyed or recorded: that is refused at once."""
        self.talk()
        self.service.link_message(events.held("1001"))
        self.publisher.take()
        for action in (Action.SEND_DTMF, Action.START_RECORDING):
            self.assertEqual(
                self.refused(self.act, action, digits="1"), (401, "Invalid State", str(CALL))
            )

    def test_taking_out(self) -> None:
        """Another agent is taken out of a conference by who may, on a CCE; nobody else is."""
        self.assertEqual(
            [self.conference("ccx")[:2], self.conference("cce")[:2]],
            [(501, "Not Implemented"), (202, "INVALID_ACTION PARTICIPANT_DROP on extension 1001")],
        )
        self.become("cce", drop_policy="all")
        self.conference("")
        for target in (CUSTOMER, "1009"):
            self.assertEqual(
                self.refused(self.act, Action.PARTICIPANT_DROP, target=target),
                (400, "Invalid Input", "targetMediaAddress"),
            )
        sent = self.sent_after(Action.PARTICIPANT_DROP, "1002")
        self.assertEqual((sent.connection_device_id, sent.agent_instrument), ("1002", "1001"))

    def sent_after(self, action: Action, target: str) -> messages.ClearConnectionReq:
        """The request of an action."""
        self.act(action, target=target)
        return self.sent(messages.ClearConnectionReq)

    def conference(self, words: str) -> tuple[int, str]:
        """Ann, Bob and the customer; and what becomes of Ann's taking out Bob."""
        if words:
            self.become(words)
        self.talk()
        self.service.link_message(events.established("1002", AGENT))
        self.publisher.take()
        if not words:
            return 0, ""
        try:
            self.act(Action.PARTICIPANT_DROP, target="1002")
        except ApiError as error:
            return error.status, error.error_type
        ((_, payload),) = self.publisher.take()
        return 202, payload.partition("<errorMessage>")[2].partition("<")[0]

    def test_customer(self) -> None:
        """What is said of a campaign's customer is sent one by one; the first refusal ends it."""
        self.talk()
        update = messages.CallDataUpdateEvent(
            call_type=CallType.CALLTYPE_PREVIEW,
            connection_call_id=CALL,
            new_connection_call_id=CALL,
            connection_device_id="1001",
            named_variables=(NamedVariable("BAStatus", "CO"),),
        )
        self.act(Action.RECLASSIFY, responses=("REX_FAX",))
        self.assertIn("INVALID_ACTION RECLASSIFY", self.publisher.take()[-1][1])
        self.service.link_message(update)
        self.publisher.take()
        said = ("Callback 01022027 03:04", "P#0699")
        self.act(Action.UPDATE_SCHEDULED_CALLBACK, responses=said)
        for response in said:
            sent = self.sent(messages.SetCallDataReq)
            self.assertEqual(sent.named_variables, (NamedVariable("BAResponse", response),))
            self.link.confirm()
        self.act(Action.UPDATE_SCHEDULED_CALLBACK, responses=said)
        self.link.refuse(ControlFailureError(ControlFailureCode.CF_INVALID_OBJECT_STATE, 0))
        self.assertEqual(self.link.waiting, [])
        self.assertIn("CF_INVALID_OBJECT_STATE", self.publisher.take()[-1][1])


def consultation() -> list[Message]:
    """Ann consults Bob, who answers."""
    return [
        messages.BeginCallEvent(
            call_type=CallType.CALLTYPE_CONSULT,
            connection_call_id=CONSULT,
            connection_device_id="1001",
        ),
        messages.CallOriginatedEvent(
            connection_call_id=CONSULT,
            connection_device_id="1001",
            calling_device_type=AGENT,
            calling_device_id="1001",
            called_device_id="1002",
        ),
        messages.CallEstablishedEvent(
            connection_call_id=CONSULT,
            connection_device_id="1002",
            calling_device_type=AGENT,
            calling_device_id="1001",
            answering_device_type=AGENT,
            answering_device_id="1002",
        ),
    ]
