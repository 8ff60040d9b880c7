"""The tables of task routing, with nothing left out."""

from itertools import combinations

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.tasks.core.states import STEP, Action, MediaState, TaskState, actions, media_state

OPEN = (
    TaskState.OFFERED,
    TaskState.ACCEPTED,
    TaskState.ACTIVE,
    TaskState.PAUSED,
    TaskState.WRAPPING_UP,
)


class StepTests(SynchronousTestCase):
    """``rest.md`` §4.3."""

    def test_actions(self) -> None:
        """Each state allows what the reference says, and what has no agent allows nothing."""
        for state, words in (
            (TaskState.QUEUED, ""),
            (TaskState.OFFERED, "ACCEPT"),
            (TaskState.ACCEPTED, "START CLOSE TRANSFER"),
            (TaskState.ACTIVE, "PAUSE WRAP_UP CLOSE TRANSFER"),
            (TaskState.PAUSED, "RESUME WRAP_UP CLOSE TRANSFER"),
            (TaskState.WRAPPING_UP, "CLOSE"),
            (TaskState.CLOSED, ""),
        ):
            self.assertEqual(" ".join(one.value for one in actions(state)), words, state)

    def test_ends(self) -> None:
        """From every state that an agent's task is in, a way leads to its end."""
        for state in OPEN:
            seen, following = {state}, [state]
            while following:
                now = following.pop()
                reached = {STEP[now, action] for action in Action if (now, action) in STEP} - seen
                seen |= reached
                following += reached
            self.assertIn(TaskState.CLOSED, seen, state)


class MediaStateTests(SynchronousTestCase):
    """The order in which several tasks make one state."""

    def test_order(self) -> None:
        """The first in this list that an agent has some of is what shows."""
        order = (
            ({TaskState.ACTIVE, TaskState.ACCEPTED}, MediaState.ACTIVE),
            ({TaskState.WRAPPING_UP}, MediaState.WORK_READY),
            ({TaskState.PAUSED}, MediaState.PAUSED),
            ({TaskState.OFFERED}, MediaState.RESERVED),
        )
        for number in range(1, len(OPEN) + 1):
            for tasks in combinations(OPEN, number):
                shown = next(state for some, state in order if some & set(tasks))
                found = media_state(ready=True, interrupted=False, tasks=tasks)
                self.assertIs(found, shown, tasks)
                found = media_state(ready=True, interrupted=True, tasks=tasks)
                self.assertIs(found, MediaState.INTERRUPTED, tasks)
                found = media_state(ready=False, interrupted=True, tasks=tasks)
                self.assertIs(found, MediaState.NOT_READY, tasks)

    def test_nothing(self) -> None:
        """Without tasks an agent is ready or not, whatever comes between."""
        for interrupted in (False, True):
            found = media_state(ready=True, interrupted=interrupted, tasks=())
            self.assertIs(found, MediaState.READY)
