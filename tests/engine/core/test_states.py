"""`finesse_tx.engine.core.states`: the tables are complete, and the engine does what they say, cell by cell."""

from collections.abc import Callable
from itertools import product

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import ControlFailureCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core.objects import Pending
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.reasons import Reason
from finesse_tx.engine.core.states import (
    AFTER_CALL,
    AFTER_WORK,
    CHANGES,
    ON_OTHER_CALL,
    PENDING_REFUSED,
    REQUESTS,
    AfterCall,
    AgentState,
    Input,
    Keep,
    Move,
    Outcome,
    Pend,
    Refuse,
    Request,
)
from tests.support.centre import CALLER, Centre, sample

STATES = [state for state in AgentState if state is not AgentState.LOGIN]

REASON = 17

ASKING = {
    AgentState.READY: Request.READY,
    AgentState.NOT_READY: Request.NOT_READY,
    AgentState.WORK: Request.WORK,
    AgentState.LOGOUT: Request.FORCED_LOGOUT,
}
"""What makes each state pending."""


def talking(centre: Centre) -> int:
    """Give agent1 a routed call."""
    centre.sign_in(1)
    call_id = centre.call_in()
    centre.answer(call_id)
    return call_id


def in_work(centre: Centre) -> None:
    """Let agent1 wrap a call up."""
    centre.hang_up(talking(centre))


def reserved(centre: Centre) -> None:
    """Let agent1's phone ring with a routed call."""
    centre.sign_in(1)
    centre.call_in()


SITUATIONS: dict[AgentState, Callable[[Centre], object]] = {
    AgentState.LOGOUT: lambda centre: None,
    AgentState.NOT_READY: lambda centre: centre.sign_in(1, ready=False),
    AgentState.READY: lambda centre: centre.sign_in(1),
    AgentState.RESERVED: reserved,
    AgentState.TALKING: talking,
    AgentState.WORK: in_work,
}


def centre_in(state: AgentState) -> Centre:
    """A centre whose agent1 is in a state, and whose queues have automatic work."""
    centre = Centre(sample(auto_work=True, automatic_available=False))
    SITUATIONS[state](centre)
    assert centre.agent().state is state
    centre.told()
    return centre


class RequestTests(SynchronousTestCase):
    """`REQUESTS`: every state, every request."""

    def ask(self, centre: Centre, request: Request) -> ControlFailureError | None:
        """Ask, and return the refusal."""
        try:
            if request is Request.LOGIN:
                centre.do(lambda: centre.engine.sign_in("agent1", "1001", False, centre.now))
            else:
                centre.request(request, reason=REASON)
        except ControlFailureError as error:
            return error
        return None

    def check(self, centre: Centre, request: Request, outcome: Outcome) -> None:
        """Ask, and compare what became of it with the table."""
        agent = centre.agent()
        before = (agent.state, agent.reason, agent.pending, agent.station, agent.since)
        cell = (agent.state.name, request.name)
        error = self.ask(centre, request)
        told = centre.told()
        match outcome:
            case Refuse(code):
                self.assertIsNotNone(error, cell)
                assert error is not None
                self.assertEqual(error.failure_code, code, cell)
                after = (agent.state, agent.reason, agent.pending, agent.station, agent.since)
                self.assertEqual((after, told), (before, []), cell)
            case Keep():
                self.assertEqual((error, agent.state), (None, before[0]), cell)
                self.assertEqual(len(told), 1, cell)
            case Pend(to):
                self.assertEqual((error, agent.state), (None, before[0]), cell)
                self.assertEqual(agent.pending, Pending(to, REASON), cell)
                self.assertEqual(told, [f"agent1 {before[0].name} {REASON} -> {to.name}"], cell)
            case Move(to, reason):
                self.assertEqual((error, agent.state), (None, to), cell)
                self.assertEqual(agent.reason, REASON if reason is None else reason, cell)
                self.assertTrue(told, cell)

    def test_complete(self) -> None:
        """There is a row for every state and request."""
        self.assertEqual(set(REQUESTS), set(product(STATES, Request)))

    def test_every_cell(self) -> None:
        """The engine does what the table says, and a refusal changes and tells nothing."""
        for (state, request), outcome in REQUESTS.items():
            self.check(centre_in(state), request, outcome)

    def test_on_other_call(self) -> None:
        """While the phone is in a call past the engine, the other table's cells come first."""
        for state, request in product((AgentState.NOT_READY, AgentState.WORK), Request):
            centre = centre_in(state)
            centre.call_in("1001")
            centre.told()
            outcome = ON_OTHER_CALL.get((state, request), REQUESTS[state, request])
            self.check(centre, request, outcome)

    def test_pending(self) -> None:
        """What is pending gives way to what is asked later, but for the cells that refuse it."""
        for pending, request in product(ASKING, Request):
            centre = centre_in(AgentState.TALKING)
            centre.request(ASKING[pending])
            centre.told()
            outcome = REQUESTS[AgentState.TALKING, request]
            if isinstance(outcome, Pend):
                outcome = PENDING_REFUSED.get((pending, request), outcome)
            self.check(centre, request, outcome)

    def test_sign_in_again(self) -> None:
        """Signing in again on the same phone keeps the state; it takes back a pending sign-out."""
        centre = centre_in(AgentState.TALKING)
        centre.request(Request.FORCED_LOGOUT)
        self.assertIsNone(self.ask(centre, Request.LOGIN))
        self.assertEqual(centre.agent().pending, None)
        self.assertEqual(centre.told()[-1], "agent1 TALKING")

    def test_reason(self) -> None:
        """The last configurable reason is taken; the next one, and the engine's own, are not."""
        centre = centre_in(AgentState.READY)
        centre.request(Request.NOT_READY, reason=999)
        self.assertEqual(centre.told(), ["agent1 NOT_READY 999"])
        for reason in (1000, Reason.AGT_RNA):
            error = self.assertRaises(
                ControlFailureError, centre.request, Request.NOT_READY, 1, reason
            )
            self.assertEqual(error.failure_code, ControlFailureCode.CF_INVALID_AGENT_REASON_CODE)
        self.assertEqual(centre.told(), [])


class ChangeTests(SynchronousTestCase):
    """`CHANGES`: every state, everything that happens."""

    def test_every_cell(self) -> None:
        """What has a row moves the agent, with the row's reason; what has none changes and tells nothing."""
        for state, happening in product(STATES, Input):
            centre = centre_in(state)
            agent, cell = centre.agent(), (state.name, happening.name)
            since = agent.since
            centre.engine.roster.happen(agent, happening, centre.now)
            centre.collect()
            told = [line for line in centre.told() if line.startswith("agent1")]
            move = CHANGES.get((state, happening))
            if move is None:
                self.assertEqual((agent.state, agent.since, told), (state, since, []), cell)
                continue
            reason = f" {move.reason:d}" if move.reason else ""
            self.assertEqual(told, [f"agent1 {move.to.name}{reason}"], cell)
            self.assertIs(agent.state, move.to, cell)

    def test_signed_out(self) -> None:
        """Nothing happens to an agent who is signed out."""
        self.assertFalse([cell for cell in CHANGES if cell[0] is AgentState.LOGOUT])

    def test_reasons(self) -> None:
        """The reasons are those of the reference."""
        self.assertEqual(
            {
                happening: int(move.reason)
                for (_, happening), move in CHANGES.items()
                if move.reason
            },
            {
                Input.NOT_ANSWERED: 32763,
                Input.LINE_BUSY: 32762,
                Input.DIALLED: 32762,
                Input.OTHER_CALL: 32761,
                Input.PHONE_DOWN: 32759,
                Input.PHONE_UP: 32756,
                Input.PROVIDER_LOST: 32757,
                Input.EXTENSION_TAKEN: 32741,
                Input.SIGNED_IN_ELSEWHERE: 32767,
                Input.EXTENSION_CHANGED: 32750,
                Input.DELETED: 32748,
            },
        )


class AfterCallTests(SynchronousTestCase):
    """`AFTER_CALL` and `AFTER_WORK`: the three switches, and what is pending."""

    def after_call(self, case: AfterCall, wrapup_time_s: int = 0) -> Centre:
        """A centre just after agent1's call."""
        centre = Centre(
            sample(
                auto_work=case.auto_work,
                automatic_available=case.automatic_available,
                wrapup_time_s=wrapup_time_s,
            )
        )
        call_id = talking(centre)
        if case.pending is not None:
            centre.request(ASKING[case.pending], reason=REASON)
        centre.told()
        centre.hang_up(call_id)
        return centre

    def state_lines(self, centre: Centre) -> list[str]:
        """What was told of agent1's state."""
        return [line for line in centre.told() if line.startswith("agent1")]

    def line(self, move: Move, pending: AgentState | None) -> str:
        """How a move is told."""
        reason = REASON if move.reason is None else int(move.reason)
        if move.to is AgentState.WORK and pending in {AgentState.READY, AgentState.NOT_READY}:
            return f"agent1 WORK {REASON} -> {pending.name}"
        return f"agent1 {move.to.name}" + (f" {reason}" if reason else "")

    def test_rules(self) -> None:
        """The reference's three rules, and that signing out comes before all of them."""
        for case, move in AFTER_CALL.items():
            if case.pending is AgentState.LOGOUT:
                expected = AgentState.LOGOUT
            elif case.auto_work:
                expected = AgentState.WORK
            elif case.pending is not None:
                expected = case.pending
            elif case.automatic_available:
                expected = AgentState.READY
            else:
                expected = AgentState.NOT_READY
                self.assertIs(move.reason, Reason.CALL_ENDED)
            self.assertIs(move.to, expected, case)
        self.assertEqual(len(AFTER_CALL), 2 * 5 * 2)

    def test_every_case(self) -> None:
        """The engine does what the table says."""
        for case, move in AFTER_CALL.items():
            centre = self.after_call(case)
            self.assertEqual(self.state_lines(centre), [self.line(move, case.pending)], case)
            self.assertIs(centre.agent().state, move.to, case)

    def test_work(self) -> None:
        """Wrap-up ends at its time and not before, and leaves the agent where the table says."""
        for pending, available in product(
            (None, AgentState.READY, AgentState.NOT_READY), (True, False)
        ):
            centre = self.after_call(AfterCall(True, pending, available), wrapup_time_s=30)
            centre.told()
            centre.wait(29.9)
            self.assertEqual(centre.told(), [])
            centre.wait(0.1)
            move = AFTER_WORK[pending, available]
            self.assertEqual(centre.told(), [self.line(move, None), "END_CALL 1001"])

    def test_work_by_hand(self) -> None:
        """Whoever ends wrap-up himself is not disturbed by its timer."""
        centre = self.after_call(AfterCall(True, None, True), wrapup_time_s=30)
        centre.told()
        centre.request(Request.READY)
        self.assertEqual(centre.told(), ["agent1 READY", "END_CALL 1001"])
        self.assertEqual(centre.engine.due_at(), None)

    def test_work_without_time(self) -> None:
        """A wrap-up time of nought lasts until the agent ends it."""
        centre = self.after_call(AfterCall(True, None, True))
        self.assertEqual(centre.engine.due_at(), None)
        self.assertIs(centre.agent().state, AgentState.WORK)

    def test_pending_beats_ring(self) -> None:
        """What was asked for while it rang is done when the caller hangs up; not answering beats all but leaving."""
        for request, abandoned, unanswered in (
            (Request.READY, "agent1 READY 17", "agent1 NOT_READY 32763"),
            (Request.NOT_READY, "agent1 NOT_READY 17", "agent1 NOT_READY 32763"),
            (Request.FORCED_LOGOUT, "agent1 LOGOUT 17", "agent1 LOGOUT 17"),
        ):
            for wait, expected in ((0, abandoned), (20, unanswered)):
                centre = Centre(policy=Policy(ring_no_answer_s=20))
                centre.sign_in(1)
                call_id = centre.call_in()
                centre.request(request, reason=REASON)
                centre.told()
                centre.wait(wait)
                if not wait:
                    centre.hang_up(call_id, CALLER)
                lines = self.state_lines(centre)
                self.assertEqual(lines, [expected])
