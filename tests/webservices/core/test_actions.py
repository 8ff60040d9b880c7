"""`finesse_tx.webservices.core.actions`: what an agent may do, in every state and situation.

Spec: ``rest.md`` §4.3.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import get_args

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import CallType
from finesse_tx.webservices.core.actions import MONITORING, RESERVATIONS, Situation, actions
from finesse_tx.webservices.core.objects import DialogState
from finesse_tx.webservices.core.vocabulary import WORDS, DropPolicy

S = DialogState

ORDINARY = {
    S.INITIATING: "DROP UPDATE_CALL_DATA",
    S.INITIATED: "DROP UPDATE_CALL_DATA",
    S.ALERTING: "ANSWER",
    S.ACCEPTED: "",
    S.ACTIVE: "HOLD DROP UPDATE_CALL_DATA CONSULT_CALL SEND_DTMF TRANSFER_SST",
    S.HELD: "RETRIEVE DROP UPDATE_CALL_DATA",
    S.FAILED: "DROP",
    S.DROPPED: "",
    S.WRAP_UP: "UPDATE_CALL_DATA",
}
"""The table of the specification, for the only call of an agent, on a CCE."""

OUTBOUND = " UPDATE_SCHEDULED_CALLBACK CANCEL_SCHEDULED_CALLBACK RECLASSIFY"


class ActionsTests(SynchronousTestCase):
    """The rule."""

    def may(self, now: Situation, words: str = "cce") -> str:
        """What may be done, as a text."""
        return " ".join(action.value for action in actions(now, WORDS[words]))

    def test_table(self) -> None:
        """Every state has the actions of the specification; recording is a CCX's."""
        self.assertEqual(set(ORDINARY), set(DialogState))
        for state, expected in ORDINARY.items():
            self.assertEqual(self.may(Situation(state)), expected)
            records = " START_RECORDING" if state is S.ACTIVE else ""
            self.assertEqual(self.may(Situation(state), "ccx"), expected + records)

    def test_call_types(self) -> None:
        """A preview that rings is accepted or not, a monitored call only left; all other types are alike."""
        for kind, state in product(CallType, DialogState):
            expected = ORDINARY[state]
            if kind in RESERVATIONS and state is S.ALERTING:
                expected = "ACCEPT REJECT CLOSE"
            if kind in MONITORING and state is S.ACTIVE:
                expected = "DROP"
            self.assertEqual(self.may(Situation(state, kind)), expected, (kind, state))

    def test_other_calls(self) -> None:
        """Two calls can be joined from the held one, while the other is active; a single step needs one call of two."""
        held = Situation(S.HELD, has_other=True)
        self.assertEqual(self.may(held), ORDINARY[S.HELD])
        joined = self.may(replace(held, talks_elsewhere=True))
        self.assertEqual(joined, ORDINARY[S.HELD] + " TRANSFER CONFERENCE")
        for active in (Situation(S.ACTIVE, has_other=True), Situation(S.ACTIVE, parties=3)):
            self.assertNotIn("TRANSFER_SST", self.may(active))

    def test_outbound(self) -> None:
        """A campaign's call has its own actions, also in wrap-up."""
        for state in DialogState:
            more = OUTBOUND if state in {S.ACTIVE, S.WRAP_UP} else ""
            self.assertEqual(self.may(Situation(state, is_outbound=True)), ORDINARY[state] + more)

    def test_dropping_others(self) -> None:
        """Who may take others out of a conference is the operator's policy; on a CCX nobody may."""
        expected: dict[DropPolicy, set[tuple[bool, bool]]] = {
            "supervisor_only": {(True, False), (True, True)},
            "conference_controller_and_supervisor": {(True, False), (True, True), (False, True)},
            "all": {(one, other) for one in (False, True) for other in (False, True)},
        }
        self.assertEqual(set(expected), set(get_args(DropPolicy)))
        for policy, (supervisor, controller) in product(expected, product((False, True), repeat=2)):
            now = Situation(S.ACTIVE, parties=3, is_supervisor=supervisor, is_controller=controller)
            words = replace(WORDS["cce"], drop_policy=policy)
            may = {action.value for action in actions(now, words)}
            self.assertEqual(
                "PARTICIPANT_DROP" in may, (supervisor, controller) in expected[policy]
            )
            two = actions(replace(now, parties=2), words)
            self.assertNotIn("PARTICIPANT_DROP", {action.value for action in two})
            self.assertNotIn("PARTICIPANT_DROP", self.may(now, "ccx"))
