"""`finesse_tx.webservices.core.agent_history`: what is told of calls and states."""

from datetime import UTC, datetime, timedelta

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.agent_history import (
    AgentCall,
    AgentStateChange,
    CallKind,
    CallOutcome,
    StateWord,
    calls_told,
    states_told,
)
from tests.webservices.core.events import DIRECTORY

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def a_call(
    kind: CallKind = CallKind.INCOMING, originator: str = "", csq_id: int | None = None
) -> AgentCall:
    """A call of a minute."""
    return AgentCall(
        id="1-2-0-3",
        started=AT,
        ended=AT + timedelta(minutes=1),
        kind=kind,
        outcome=CallOutcome.ANSWERED,
        originator=originator,
        from_number="from",
        to_number="to",
        csq_id=csq_id,
        ring_s=1,
        talk_s=50,
        hold_s=9,
        work_s=15,
        wrap_up="Sale,Complaint",
        transferred=False,
        conferenced=True,
    )


def a_change(minutes: int, state: StateWord, reason: int = 0) -> AgentStateChange:
    """A change after so many minutes."""
    return AgentStateChange(at=AT + timedelta(minutes=minutes), state=state, reason=reason)


class CallsTests(SynchronousTestCase):
    """`calls_told`."""

    def test_number(self) -> None:
        """Of what one has dialled, where it went; of what came, where it came from."""
        for kind in CallKind:
            for originator in ("ann", "bob", ""):
                (told,) = calls_told("ann", (a_call(kind, originator),), 9, DIRECTORY).calls
                is_out = originator == "ann" or kind is CallKind.PREVIEW
                self.assertEqual(
                    (told.direction, told.number), ("out", "to") if is_out else ("in", "from")
                )

    def test_queue(self) -> None:
        """The queue is told by its name, as long as it has one."""
        for csq_id, name in ((7, "Sales"), (99, ""), (None, "")):
            (told,) = calls_told("ann", (a_call(csq_id=csq_id),), 9, DIRECTORY).calls
            self.assertEqual(told.queue_name, name)

    def test_limit(self) -> None:
        """One more than the limit is not told, but that there is more."""
        for count, told, is_whole in ((0, 0, True), (2, 2, True), (3, 2, False)):
            found = calls_told("ann", (a_call(),) * count, 2, DIRECTORY)
            self.assertEqual((len(found.calls), found.is_whole), (told, is_whole))


class StatesTests(SynchronousTestCase):
    """`states_told`."""

    def test_states(self) -> None:
        """A state lasts until the next; reasons have their labels, and a code that nobody knows is told as it is."""
        found = (
            a_change(60, StateWord.LOGOUT, 7),
            a_change(30, StateWord.READY, 10),
            a_change(5, StateWord.NOT_READY, 32760),
            a_change(1, StateWord.NOT_READY, 10),
            a_change(0, StateWord.LOGIN),
        )
        told = states_told(found, 9, DIRECTORY)
        self.assertTrue(told.is_whole)
        self.assertEqual(
            [(state.state, state.reason, state.seconds) for state in told.states],
            [
                (StateWord.LOGOUT, "7", None),
                (StateWord.READY, "", 1800),
                (StateWord.NOT_READY, "Agent Logon", 1500),
                (StateWord.NOT_READY, "Meeting", 240),
                (StateWord.LOGIN, "", 60),
            ],
        )

    def test_limit(self) -> None:
        """One more than the limit is not told, but that there is more."""
        found = states_told(
            (a_change(1, StateWord.READY), a_change(0, StateWord.LOGIN)), 1, DIRECTORY
        )
        self.assertEqual((len(found.states), found.is_whole), (1, False))
