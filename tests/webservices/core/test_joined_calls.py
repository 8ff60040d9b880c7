"""`finesse_tx.webservices.core.joined_calls`: the dialogs of transfers and conferences, from the engine's own messages."""

from __future__ import annotations

from typing import Any

from finesse_tx.cti.core.enums import NULL, ConfigMask
from finesse_tx.cti.core.messages import (
    AlternateCallReq,
    AnswerCallReq,
    CallDataUpdateEvent,
    CallTransferredEvent,
    ClearConnectionReq,
    ConferenceCallReq,
    ConsultationCallReq,
    HoldCallReq,
    RetrieveCallReq,
    TransferCallReq,
)
from finesse_tx.webservices.core.changes import DialogChange
from finesse_tx.webservices.core.model import Model
from tests.support.centre import CALLER, sample
from tests.support.sequences import CALL, SequenceCase
from tests.webservices.core.events import START

CONSULT = CALL + 1


class JoinedCallsTests(SequenceCase):
    """A customer's call is with agent 1, who consults agent 2."""

    def setUp(self) -> None:
        """Let a model hear everything from the configuration on."""
        self.start()
        self.model = Model(sample)
        everything = ConfigMask.AGENTS | ConfigMask.CSQS
        configuration = self.floor.service.configuration
        for message in (*configuration.upload(everything), *configuration.teams()):
            self.model.apply(message, START)
        self.floor.peripheral.subscribe(self.hear)
        self.changes: list[DialogChange] = []
        for agent in (1, 2):
            self.ready(agent)
        self.customer_calls()
        self.answer(1)
        self.ask(ConsultationCallReq, active_connection_call_id=CALL, dialed_number="1002")
        self.floor.request(AnswerCallReq, connection_call_id=CONSULT, connection_device_id="1002")
        self.changes.clear()

    def hear(self, message: Any) -> None:
        """Let the model take in a message."""
        found = self.model.apply(message, START)
        self.changes += [change for change in found if isinstance(change, DialogChange)]

    def ask(self, kind: type[Any], **values: Any) -> None:
        """Agent 1 asks for something."""
        if kind is ConsultationCallReq:
            values["consult_type"] = 1
        if "connection_device_id" not in values:
            values["active_connection_device_id"] = "1001"
        self.floor.request(kind, **values)

    def join(self, kind: type[Any]) -> None:
        """Agent 1 brings the calls together."""
        self.ask(kind, active_connection_call_id=CONSULT, held_connection_call_id=CALL)

    def dialogs(self, agent: int) -> list[str]:
        """An agent's dialogs: each with its parties."""
        return [
            f"{int(dialog.id) - CALL}: "
            + ", ".join(f"{p.media_address} {p.state.value}" for p in dialog.participants)
            for dialog in self.model.dialogs(f"agent{agent}")
        ]

    def told(self, agent: int) -> list[str]:
        """What is published for an agent: adjacent ones of one kind count as one."""
        found: list[str] = []
        for change in self.changes:
            line = f"{change.event} {int(change.dialog.id) - CALL}"
            if change.login_id == f"agent{agent}" and found[-1:] != [line]:
                found.append(line)
        return found

    def test_consulting(self) -> None:
        """Two dialogs for who consults, one for who is consulted."""
        self.assertEqual(
            self.dialogs(1),
            [
                f"0: {CALLER} ACTIVE, 1001 HELD",
                "1: 1001 ACTIVE, 1002 ACTIVE",
            ],
        )
        self.assertEqual(self.dialogs(2), ["1: 1001 ACTIVE, 1002 ACTIVE"])

    def actions(self, agent: int, call: int) -> str:
        """What an agent may do in a call."""
        dialog = self.model.dialog(call, f"agent{agent}")
        assert dialog
        (own,) = (p for p in dialog.participants if p.media_address == f"100{agent}")
        return " ".join(action.value for action in own.actions)

    def kind(self, agent: int, call: int) -> str:
        """What a call is to an agent."""
        dialog = self.model.dialog(call, f"agent{agent}")
        assert dialog
        return dialog.media_properties.call_type

    def test_may_join(self) -> None:
        """Who talks in one call may join the other to it, is told so when it begins, and when it ends."""
        self.assertEqual(
            self.actions(1, CALL), "RETRIEVE DROP UPDATE_CALL_DATA TRANSFER CONFERENCE"
        )
        self.assertNotIn("TRANSFER_SST", self.actions(1, CONSULT))
        self.assertIn("TRANSFER_SST", self.actions(2, CONSULT))
        self.ask(HoldCallReq, connection_call_id=CONSULT, connection_device_id="1001")
        self.assertEqual(self.told(1), ["PUT 1", "PUT 0"])
        self.assertEqual(self.actions(1, CALL), "RETRIEVE DROP UPDATE_CALL_DATA")
        self.changes.clear()
        self.floor.request(
            RetrieveCallReq, held_connection_call_id=CONSULT, held_connection_device_id="1001"
        )
        self.assertEqual(self.told(1), ["PUT 1", "PUT 0"])
        self.changes.clear()
        self.floor.request(
            ClearConnectionReq, connection_call_id=CONSULT, connection_device_id="1002"
        )
        self.assertEqual(self.told(1), ["PUT 1", "PUT 0", "DELETE 1"])
        self.assertEqual(self.actions(1, CALL), "RETRIEVE DROP UPDATE_CALL_DATA")

    def test_call_types(self) -> None:
        """A consultation is not the same to both; after the transfer the customer's call is."""
        self.assertEqual((self.kind(1, CONSULT), self.kind(2, CONSULT)), ("CONSULT", "TRANSFER"))
        self.join(TransferCallReq)
        self.assertEqual(self.kind(2, CALL), "TRANSFER")
        (dialog,) = self.model.dialogs("agent2")
        self.assertEqual(dialog.secondary_id, str(CONSULT))

    def test_transferred(self) -> None:
        """The consulted agent has the customer's dialog instead of the other; the first agent has none."""
        self.join(TransferCallReq)
        self.assertEqual(self.dialogs(1), [])
        self.assertEqual(self.dialogs(2), [f"0: {CALLER} ACTIVE, 1001 DROPPED, 1002 ACTIVE"])
        self.assertEqual(self.told(2), ["POST 0", "DELETE 1", "PUT 0"])
        self.assertEqual(self.told(1)[-1], "DELETE 0")
        self.customer_leaves()
        self.assertEqual((self.dialogs(2), self.model.calls), ([], {}))

    def test_alternated(self) -> None:
        """Who talks to the customer last has the consultation left, which is the customer's call from then on: with his queue."""
        self.ask(AlternateCallReq, active_connection_call_id=CONSULT, other_connection_call_id=CALL)
        self.assertEqual(
            self.actions(1, CONSULT), "RETRIEVE DROP UPDATE_CALL_DATA TRANSFER CONFERENCE"
        )
        (customer,) = (dialog for dialog in self.model.dialogs("agent1") if dialog.id == str(CALL))
        self.ask(TransferCallReq, active_connection_call_id=CALL, held_connection_call_id=CONSULT)
        self.assertEqual(self.dialogs(2), [f"1: 1001 DROPPED, 1002 ACTIVE, {CALLER} ACTIVE"])
        (dialog,) = self.model.dialogs("agent2")
        self.assertEqual(dialog.secondary_id, str(CALL))
        self.assertIsNotNone(customer.media_properties.queue_name)
        self.assertEqual(dialog.media_properties.queue_name, customer.media_properties.queue_name)

    def test_conference(self) -> None:
        """Both agents have one dialog, with all three; the consultation's is gone."""
        self.join(ConferenceCallReq)
        all_three = f"0: {CALLER} ACTIVE, 1001 ACTIVE, 1002 ACTIVE"
        for agent in (1, 2):
            self.assertEqual(self.dialogs(agent), [all_three])
        self.assertEqual(self.told(2)[:2], ["POST 0", "DELETE 1"])
        (dialog,) = self.model.dialogs("agent2")
        assert dialog.media_properties is not None
        self.assertEqual(dialog.media_properties.call_type, "CONFERENCE")
        self.floor.request(ClearConnectionReq, connection_call_id=CALL, connection_device_id="1001")
        self.assertEqual(self.dialogs(1), [])
        self.customer_leaves()
        self.assertEqual(self.model.calls, {})

    def test_single_step(self) -> None:
        """Without a consultation the other agent has a new dialog that rings."""
        self.floor.request(
            ClearConnectionReq, connection_call_id=CONSULT, connection_device_id="1001"
        )
        self.ask(
            TransferCallReq,
            active_connection_call_id=CALL,
            held_connection_call_id=NULL,
            dialed_number="1002",
        )
        self.assertEqual(self.dialogs(1), [])
        self.assertEqual(self.dialogs(2), [f"0: {CALLER} ACTIVE, 1001 DROPPED, 1002 ALERTING"])

    def test_unknown(self) -> None:
        """What is told of calls that nobody knows changes nothing."""
        for message in (
            CallTransferredEvent(primary_call_id=99, secondary_call_id=CONSULT),
            CallDataUpdateEvent(call_type=4, connection_call_id=CONSULT, new_connection_call_id=99),
        ):
            self.assertEqual(self.model.apply(message, START), [])
        self.assertEqual(len(self.model.calls), 2)
