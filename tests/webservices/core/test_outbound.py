"""Customers of campaigns, as REST shows them.

Spec: ``rest.md`` §2.6, §4.3, §4.4; ``notifications.md`` §7.7.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState, CallType, DeviceIDType
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.calls import Call
from finesse_tx.webservices.core.objects import Action, DialogState, UserState
from finesse_tx.webservices.core.vocabulary import ACTIONS, WORDS, actions

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class OutboundTests(SynchronousTestCase):
    """What is special about them."""

    def test_actions(self) -> None:
        """A preview that rings has ACCEPT, REJECT and CLOSE; everything else is as it always is."""
        for call_type, state in product(CallType, ACTIONS):
            special = (call_type, state) == (CallType.CALLTYPE_RESERVATION, DialogState.ALERTING)
            expected = (Action.ACCEPT, Action.REJECT, Action.CLOSE) if special else ACTIONS[state]
            self.assertEqual(actions(call_type, state), expected)

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
            dialog = call.dialog()
            variables = {v.name: v.value for v in dialog.media_properties.callvariables.variables}
            self.assertEqual((dialog.media_properties.call_type, variables["BAStatus"]), shown)

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
