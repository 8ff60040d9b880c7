"""`finesse_tx.webservices.core.dialog_requests`: bodies about calls, and what is wrong with them."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.dialog_requests import (
    BEGINNING,
    MAX_DIGITS,
    CallRequest,
    DialogBody,
    DialogRequest,
)
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Action
from finesse_tx.webservices.core.reading import read
from finesse_tx.webservices.core.vocabulary import CLASSIFICATIONS

MAX = 10_000

RING = "<targetMediaAddress>1001</targetMediaAddress>"


def dialog(body: bytes) -> DialogRequest:
    """Read and check a body of ``PUT /Dialog/{id}``."""
    return DialogRequest.of(read(DialogBody, body, MAX))


def begin(body: bytes) -> CallRequest:
    """Read and check a body of ``POST /User/{id}/Dialogs``."""
    return CallRequest.of(read(DialogBody, body, MAX))


class DialogRequestTests(SynchronousTestCase):
    """``PUT /Dialog/{id}`` and ``POST /User/{id}/Dialogs``."""

    def test_actions(self) -> None:
        """Either order of the elements, since clients send both."""
        for body in (
            b"<Dialog><targetMediaAddress>1001</targetMediaAddress><requestedAction>HOLD</requestedAction></Dialog>",
            b"<Dialog><requestedAction>HOLD</requestedAction><targetMediaAddress>1001</targetMediaAddress></Dialog>",
        ):
            self.assertEqual(dialog(body), DialogRequest(Action.HOLD, "1001"))

    def test_begin(self) -> None:
        """From and to; what is dialled is passed on as it is."""
        body = (
            b"<Dialog><requestedAction>MAKE_CALL</requestedAction><toAddress>+33 1*2#</toAddress>"
            b"<fromAddress>1001</fromAddress></Dialog>"
        )
        self.assertEqual(begin(body), CallRequest(Action.MAKE_CALL, "1001", "+33 1*2#"))

    def test_refusals(self) -> None:
        """Each mistake has its type and its data."""
        for parse, body, status, error_type, data in (
            (dialog, "<Dialog/>", 400, "Parameter Missing", "requestedAction"),
            (
                dialog,
                "<Dialog><requestedAction>HOLD</requestedAction></Dialog>",
                400,
                "Parameter Missing",
                "targetMediaAddress",
            ),
            (
                dialog,
                "<Dialog><requestedAction>MAKE_CALL</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
            (
                dialog,
                "<Dialog><requestedAction>JUMP</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
            (
                dialog,
                f"<Dialog><requestedAction>DROP</requestedAction><targetMediaAddress>{'1' * 64}</targetMediaAddress></Dialog>",
                400,
                "Invalid Input",
                "targetMediaAddress",
            ),
            (
                begin,
                "<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>1</fromAddress><toAddress>1</toAddress></Dialog>",
                400,
                "Invalid Destination",
                "1",
            ),
            (
                begin,
                "<Dialog><requestedAction>HOLD</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
        ):
            error: ApiError = self.assertRaises(ApiError, parse, body.encode())
            self.assertEqual(
                (error.status, error.error_type, error.error_data), (status, error_type, data), body
            )


class ActionTests(SynchronousTestCase):
    """What each action needs."""

    def ask(self, action: Action | str, more: str = "", target: str = RING) -> DialogRequest:
        """Read a request for an action."""
        name = action.value if isinstance(action, Action) else action
        body = f"<Dialog>{target}<requestedAction>{name}</requestedAction>{more}</Dialog>"
        return dialog(body.encode())

    def params(self, **values: str) -> str:
        """Parameters of an action."""
        inner = "".join(
            f"<ActionParam><name>{name}</name><value>{value}</value></ActionParam>"
            for name, value in values.items()
        )
        return f"<actionParams>{inner}</actionParams>"

    def refused(self, action: Action, more: str = "", target: str = RING) -> tuple[str, str]:
        """Type and data of the refusal."""
        error: ApiError = self.assertRaises(ApiError, self.ask, action, more, target)
        self.assertEqual(error.status, 400)
        return error.error_type, error.error_data

    def test_every_action(self) -> None:
        """What begins a dialog is none of its actions; what needs nothing more is taken as it is."""
        needing = {
            Action.CONSULT_CALL: "toAddress",
            Action.TRANSFER_SST: "toAddress",
            Action.SEND_DTMF: "dtmfString",
            Action.UPDATE_CALL_DATA: "mediaProperties",
            Action.RECLASSIFY: "outboundClassification",
            Action.UPDATE_SCHEDULED_CALLBACK: "callbackTime",
        }
        for action in Action:
            if action in BEGINNING:
                self.assertEqual(self.refused(action), ("Invalid Input", "requestedAction"))
            elif action in needing:
                self.assertEqual(self.refused(action), ("Parameter Missing", needing[action]))
            else:
                self.assertEqual(self.ask(action).action, action)

    def test_destination(self) -> None:
        """Where to, which is not where one is."""
        for action in (Action.CONSULT_CALL, Action.TRANSFER_SST):
            self.assertEqual(self.ask(action, "<toAddress>1002</toAddress>").to_address, "1002")
            self.assertEqual(
                self.refused(action, "<toAddress>1001</toAddress>"), ("Invalid Destination", "1001")
            )

    def test_digits(self) -> None:
        """Up to so many digits; which are digits is the engine's to know."""
        for digits, fine in (
            ("*" * MAX_DIGITS, True),
            ("1" * (MAX_DIGITS + 1), False),
            ("é", False),
        ):
            more = self.params(dtmfString=digits)
            if fine:
                self.assertEqual(self.ask(Action.SEND_DTMF, more).digits, digits)
            else:
                self.assertEqual(
                    self.refused(Action.SEND_DTMF, more), ("Invalid Input", "dtmfString")
                )

    def test_customer(self) -> None:
        """What is said of a customer is one BAResponse, or two."""
        for action, values, responses in (
            (Action.ACCEPT, {}, ("Accept",)),
            (Action.REJECT, {}, ("Reject",)),
            (Action.CLOSE, {}, ("Reject-Close",)),
            (Action.CANCEL_SCHEDULED_CALLBACK, {}, ("Callback Cancel",)),
            *(
                (Action.RECLASSIFY, {"outboundClassification": name}, (response,))
                for name, response in CLASSIFICATIONS.items()
            ),
            (
                Action.UPDATE_SCHEDULED_CALLBACK,
                {"callbackTime": "2027-02-28T23:59"},
                ("Callback 02282027 23:59",),
            ),
            (Action.UPDATE_SCHEDULED_CALLBACK, {"callbackNumber": "0699"}, ("P#0699",)),
            (
                Action.UPDATE_SCHEDULED_CALLBACK,
                {"callbackNumber": "0699", "callbackTime": "2027-01-02T03:04"},
                ("Callback 01022027 03:04", "P#0699"),
            ),
        ):
            self.assertEqual(self.ask(action, self.params(**values)).responses, responses)

    def test_customer_refused(self) -> None:
        """No such result, no such time, no such number."""
        for action, name, value in (
            (Action.RECLASSIFY, "outboundClassification", "REX_VOICE"),
            (Action.UPDATE_SCHEDULED_CALLBACK, "callbackTime", "2027-02-29T10:00"),
            (Action.UPDATE_SCHEDULED_CALLBACK, "callbackTime", "2027-02-28 10:00"),
            (Action.UPDATE_SCHEDULED_CALLBACK, "callbackTime", "2027-02-28T10:00:00"),
            (Action.UPDATE_SCHEDULED_CALLBACK, "callbackNumber", "06 99"),
            (Action.UPDATE_SCHEDULED_CALLBACK, "callbackNumber", "1" * 32),
        ):
            more = self.params(**{name: value})
            self.assertEqual(self.refused(action, more), ("Invalid Input", name), value)

    def test_data(self) -> None:
        """Data needs no target: finesse.js names none with a wrap-up reason."""
        more = "<mediaProperties><wrapUpReason>Sale</wrapUpReason></mediaProperties>"
        wanted = self.ask(Action.UPDATE_CALL_DATA, more, target="")
        assert wanted.data
        self.assertEqual((wanted.target, wanted.data.wrap_up), ("", "Sale"))


class BeginningTests(SynchronousTestCase):
    """What begins a dialog."""

    def ask(self, action: str, more: str = "") -> CallRequest:
        """Read a request."""
        return begin(
            f"<Dialog><requestedAction>{action}</requestedAction><fromAddress>2001</fromAddress>"
            f"<toAddress>1001</toAddress>{more}</Dialog>".encode()
        )

    def test_monitor(self) -> None:
        """From the supervisor's phone, about an agent's."""
        self.assertEqual(
            self.ask("SILENT_MONITOR"), CallRequest(Action.SILENT_MONITOR, "2001", "1001")
        )

    def test_barge(self) -> None:
        """BARGE_CALL names the dialog in which one listens, by its path."""
        uri = "<associatedDialogUri>{}</associatedDialogUri>".format
        wanted = self.ask("BARGE_CALL", uri("/finesse/api/Dialog/17"))
        self.assertEqual(wanted.associated_id, 17)
        for more, error_type in (
            ("", "Parameter Missing"),
            (uri("17"), "Invalid Input"),
            (uri("/finesse/api/Dialog/17x"), "Invalid Input"),
        ):
            error: ApiError = self.assertRaises(ApiError, self.ask, "BARGE_CALL", more)
            self.assertEqual(
                (error.error_type, error.error_data), (error_type, "associatedDialogUri")
            )
