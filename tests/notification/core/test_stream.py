"""`finesse_tx.notification.core.stream`: every input in every state."""

from itertools import product

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.stream import STEP, Action, Input, State, step


def run(*events: Input) -> State:
    """Where a stream is after these."""
    state = State.CONNECTED
    for event in events:
        state, _action = step(state, event)
    return state


SIGNED_IN = (
    Input.HEADER,
    Input.AUTH,
    Input.ACCEPTED,
    Input.HEADER,
    Input.BIND,
    Input.RESOURCE_BOUND,
)


class StepTests(SynchronousTestCase):
    """The table."""

    def test_every_pair(self) -> None:
        """Each pair of state and input is in the table or is the client's error, with the right condition."""
        for state, event in product(State, Input):
            if (state, event) in STEP:
                self.assertEqual(step(state, event), STEP[state, event])
                continue
            error = self.assertRaises(StreamError, step, state, event)
            self.assertEqual(
                error.condition,
                "unsupported-stanza-type" if state is State.BOUND else "not-authorized",
            )

    def test_every_state_is_reached_and_left(self) -> None:
        """No state is a dead end but the last, and every action is taken somewhere."""
        self.assertEqual({state for state, _ in STEP.values()} | {State.CONNECTED}, set(State))
        self.assertEqual({state for state, _ in STEP}, set(State) - {State.CLOSED})
        self.assertEqual({action for _, action in STEP.values()}, set(Action))
        self.assertEqual({event for _, event in STEP}, set(Input))

    def test_no_stanza_before_an_address(self) -> None:
        """There is no road to ROUTE that leaves out the password, the new header or the resource."""
        for index, left_out in enumerate(SIGNED_IN):
            if left_out is not Input.BIND:  # what it asks for is RESOURCE_BOUND
                road = [*SIGNED_IN[:index], *SIGNED_IN[index + 1 :], Input.STANZA]
                self.assertRaises(StreamError, run, *road)
        self.assertEqual(run(*SIGNED_IN, Input.STANZA), State.BOUND)

    def test_over(self) -> None:
        """A closed stream takes nothing."""
        for event in Input:
            self.assertRaises(StreamError, step, State.CLOSED, event)
