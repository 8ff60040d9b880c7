"""Customers of campaigns, as REST shows them.

Spec: ``rest.md`` §2.6, §4.3, §4.4; ``notifications.md`` §7.7.
"""

from __future__ import annotations

from datetime import UTC, datetime

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, CallType, DeviceIDType
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.call_events import CALL_EVENTS
from finesse_tx.webservices.core.calls import Call
from finesse_tx.webservices.core.dialog_view import dialog
from finesse_tx.webservices.core.objects import DialogState, UserState
from finesse_tx.webservices.core.vocabulary import WORDS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class OutboundTests(SynchronousTestCase):
    """What is special about them."""

    def test_dialog(self) -> None:
        """The dialog of a preview says what it is, in the words of the REST API."""
        for call_type, status, shown in (
            (
                CallType.CALLTYPE_RESERVATION,
                "DO",
                ("OUTBOUND_DIRECT_PREVIEW", "DIRECT_PREVIEW_OUTBOUND_RESERVATION"),
            ),
            (CallType.CALLTYPE_PREVIEW, "CO", ("OUTBOUND", "DIRECT_PREVIEW_OUTBOUND")),
        ):
            call = Call(1, call_type)
            call.put("1001", DeviceIDType.DEVID_AGENT_DEVICE, DialogState.ALERTING, NOW)
            call.set("BAStatus", status)
            found = dialog(call, "1001", WORDS["ccx"], {})
            variables = {v.name: v.value for v in found.media_properties.callvariables.variables}
            self.assertEqual((found.media_properties.call_type, variables["BAStatus"]), shown)

    def test_response(self) -> None:
        """What an agent says of a customer stands until it is said otherwise; what is no result says nothing of it."""
        call = Call(1, CallType.CALLTYPE_PREVIEW)
        for response, classification, time, number in (
            ("Accept", "", "", ""),
            ("REX_FAX", "FAX", "", ""),
            ("Callback 12312026 09:05", "FAX", "2026-12-31T09:05", ""),
            ("P#0699", "FAX", "2026-12-31T09:05", "0699"),
            ("P 01022027 10:00", "FAX", "2027-01-02T10:00", "0699"),
            ("DO_NOT_CALL", "DO_NOT_CALL", "2027-01-02T10:00", "0699"),
            ("Callback Cancel", "DO_NOT_CALL", "", ""),
        ):
            call.set("BAResponse", response)
            found = dialog(call, "1001", WORDS["ccx"], {})
            self.assertEqual(found.media_properties.outbound_classification, classification)
            info = found.scheduled_callback_info
            shown = (info.callback_time, info.callback_number) if info else ("", "")
            self.assertEqual(shown, (time, number), response)

    def test_not_said_again(self) -> None:
        """What a snapshot cannot tell of the customer any more is kept over an outage, unless it was cancelled."""
        was = Call(1, CallType.CALLTYPE_PREVIEW)
        was.set("BAResponse", "P#0699")
        was.set("BAResponse", "REX_VOICE")
        for response, callback in (("REX_VOICE", ("", "0699")), ("Callback Cancel", ("", ""))):
            call = Call(1)
            call.suppose_value("BAResponse", response)
            call.inherit(was, NOW)
            self.assertEqual((call.callback, call.classification), (callback, "REX_VOICE"))

    def test_accepted(self) -> None:
        """Whoever accepts a preview has ACCEPTED it, before the customer is called: nothing more can be done with it."""
        call = Call(1)
        for message in (
            messages.BeginCallEvent(
                call_type=CallType.CALLTYPE_RESERVATION,
                connection_call_id=1,
                connection_device_id="1001",
            ),
            messages.CallDeliveredEvent(
                connection_call_id=1,
                connection_device_id="1001",
                alerting_device_type=DeviceIDType.DEVID_AGENT_DEVICE,
                alerting_device_id="1001",
            ),
            messages.CallDataUpdateEvent(
                call_type=CallType.CALLTYPE_RESERVATION,
                connection_call_id=1,
                new_connection_call_id=1,
                connection_device_id="1001",
                named_variables=(NamedVariable("BAResponse", "Accept"),),
            ),
        ):
            CALL_EVENTS[type(message)](call, message, NOW)
        self.assertIs(call.state, DialogState.ACCEPTED)

    def test_state(self) -> None:
        """Whoever is reserved for a campaign is so by name on a CCX; on a CCE the reasons mean other things."""
        for words, reason, expected in (
            ("ccx", 32746, UserState.RESERVED_OUTBOUND_PREVIEW),
            ("ccx", 32747, UserState.RESERVED_OUTBOUND),
            ("ccx", 0, UserState.RESERVED),
            ("cce", 32746, UserState.RESERVED),
        ):
            agent = Agent("1", state=AgentState.RESERVED, reserved_for=reason, words=WORDS[words])
            self.assertIs(agent.user_state, expected)
            agent.next_state = AgentState.NOT_READY
            self.assertEqual(agent.pending_state, "NOT_READY")
