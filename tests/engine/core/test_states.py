"""The personalities' tables are complete, and the engine does what they say, cell by cell."""

from collections.abc import Callable, Iterator
from itertools import product

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core import ccx
from finesse_tx.engine.core.objects import Pending
from finesse_tx.engine.core.personality import RULES
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.reasons import Reason
from finesse_tx.engine.core.states import (
    IN_CALL,
    IN_WRAPUP,
    AfterCall,
    AgentState,
    Input,
    Keep,
    Move,
    Outcome,
    Pend,
    Personality,
    Refuse,
    Request,
    Return,
)
from tests.support.centre import CALLER, Centre, sample

REASON = 17

ASKING = {
    AgentState.READY: Request.READY,
    AgentState.NOT_READY: Request.NOT_READY,
    AgentState.WORK: Request.WORK,
    AgentState.LOGOUT: Request.FORCED_LOGOUT,
}
"""What makes each state pending."""

PAST_THE_ENGINE = {Input.OTHER_CALL, Input.OTHER_CALL_JOINED, Input.OTHER_CALL_ENDED}


def talking(centre: Centre) -> int:
    """Give agent1 a routed call."""
    centre.sign_in(1)
    call_id = centre.call_in()
    centre.answer(call_id)
    return call_id


def on_hold(centre: Centre) -> None:
    """Give agent1 a routed call, and let him put it on hold."""
    centre.hold(talking(centre))


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
    AgentState.HOLD: on_hold,
    AgentState.WORK: in_work,
    AgentState.WORK_READY: in_work,
}


def centre_in(state: AgentState, personality: Personality) -> Centre:
    """A centre whose agent1 is in a state, and whose queues have automatic work."""
    available = state is AgentState.WORK_READY
    centre = Centre(
        sample(auto_work=True, automatic_available=available), Policy(personality=personality)
    )
    SITUATIONS[state](centre)
    assert centre.agent().state is state
    centre.told()
    return centre


def cells() -> Iterator[tuple[Personality, AgentState, Request]]:
    """Every state and request of both personalities."""
    for personality, rules in RULES.items():
        yield from ((personality, *cell) for cell in product(rules.states, Request))


class RequestTests(SynchronousTestCase):
    """`Rules.requests`: every state, every request."""

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
        cell = (centre.engine.floor.policy.personality, agent.state.name, request.name)
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
            case Pend(to, own):
                reason = REASON if own is None else int(own)
                self.assertEqual((error, agent.state), (None, before[0]), cell)
                self.assertEqual(agent.pending, Pending(to, reason), cell)
                self.assertEqual(told, [f"agent1 {before[0].name} {reason} -> {to.name}"], cell)
            case Move(to, own):
                self.assertEqual((error, agent.state), (None, to), cell)
                self.assertEqual(agent.reason, REASON if own is None else own, cell)
                self.assertTrue(told, cell)

    def test_complete(self) -> None:
        """There is a row for every state and request, and the other tables name no others."""
        for rules in RULES.values():
            every = set(product(rules.states, Request))
            self.assertEqual(set(rules.requests), every)
            self.assertLess(set(rules.on_other_call), every)
            self.assertEqual({state for state, _ in rules.changes}, {*rules.states[1:]})

    def test_states(self) -> None:
        """A CCX has neither HOLD nor WORK_READY."""
        ours = {personality: set(rules.states) for personality, rules in RULES.items()}
        self.assertEqual(
            ours[Personality.CCE] - ours[Personality.CCX], {AgentState.HOLD, AgentState.WORK_READY}
        )

    def test_every_cell(self) -> None:
        """The engine does what the table says, and a refusal changes and tells nothing."""
        for personality, state, request in cells():
            outcome = RULES[personality].requests[state, request]
            self.check(centre_in(state, personality), request, outcome)

    def test_on_other_call(self) -> None:
        """While the phone is in a call past the engine, the other table's cells come first."""
        for personality, state in (
            (Personality.CCX, AgentState.NOT_READY),
            (Personality.CCX, AgentState.WORK),
            (Personality.CCE, AgentState.WORK),
            (Personality.CCE, AgentState.WORK_READY),
        ):
            rules = RULES[personality]
            for request in Request:
                centre = centre_in(state, personality)
                centre.call_in("1001")
                centre.told()
                cell = state, request
                outcome = rules.on_other_call.get(cell, rules.requests[cell])
                self.check(centre, request, outcome)

    def test_pending(self) -> None:
        """What is pending gives way to what is asked later, but for the cells that say otherwise."""
        for personality, rules in RULES.items():
            for pending, request in product(ASKING, Request):
                centre = centre_in(AgentState.TALKING, personality)
                centre.request(ASKING[pending])
                centre.told()
                outcome = rules.requests[AgentState.TALKING, request]
                if isinstance(outcome, Pend):
                    outcome = rules.when_pending.get((pending, request), outcome)
                self.check(centre, request, outcome)


class ChangeTests(SynchronousTestCase):
    """`Rules.changes`: every state, everything that happens."""

    def test_every_cell(self) -> None:
        """What has a row moves the agent, with the row's reason; what has none changes and tells nothing."""
        for personality, rules in RULES.items():
            for state, happening in product(rules.states, Input):
                self.check(personality, state, happening)

    def check(self, personality: Personality, state: AgentState, happening: Input) -> None:
        """Let it happen, and compare what became of it with the table."""
        centre = centre_in(state, personality)
        agent, cell = centre.agent(), (personality.name, state.name, happening.name)
        change = RULES[personality].changes.get((state, happening))
        if isinstance(change, Return):
            agent.returns_to = Pending(AgentState.NOT_READY, REASON)
            change = Move(AgentState.NOT_READY)
        if agent.contact is not None and happening in PAST_THE_ENGINE:
            change = None
        if isinstance(change, Move) and change.to is AgentState.LOGOUT and agent.contact:
            change = Pend(change.to, change.reason)
        since = agent.since
        centre.engine.roster.happen(agent, happening, centre.now)
        centre.collect()
        told = [line for line in centre.told() if line.startswith("agent1")]
        match change:
            case None:
                self.assertEqual((agent.state, agent.since, told), (state, since, []), cell)
            case Pend(to, reason):
                self.assertEqual(told, [f"agent1 {state.name} {reason:d} -> {to.name}"], cell)
                self.assertIs(agent.state, state, cell)
            case Move(to, own):
                number = REASON if own is None else int(own)
                reason_text = f" {number}" if number else ""
                self.assertEqual(told, [f"agent1 {to.name}{reason_text}"], cell)
                self.assertIs(agent.state, to, cell)

    def reasons(self, personality: Personality) -> dict[Input, set[int]]:
        """The reasons of each happening, but for none."""
        found: dict[Input, set[int]] = {}
        for (_, happening), change in RULES[personality].changes.items():
            if not isinstance(change, Return) and change.reason:
                found.setdefault(happening, set()).add(int(change.reason))
        return found

    def test_reasons(self) -> None:
        """The reasons are those of the reference's row: ``engine.md`` §2.2, §2.4."""
        self.assertEqual(
            self.reasons(Personality.CCX),
            {
                Input.NOT_ANSWERED: {32763},
                Input.LINE_BUSY: {32762},
                Input.CONSULT_CANCELLED: {32749},
                Input.OUTBOUND_SELECTED: {32747},
                Input.PREVIEW_RESERVED: {32746},
                Input.PREVIEW_SKIPPED: {32751},
                Input.RESERVATION_CANCELLED: {32752},
                Input.RESERVATION_EXPIRED: {32763},
                Input.DIALLED: {32762},
                Input.OTHER_CALL: {32761},
                Input.SECOND_LINE: {32742},
                Input.PHONE_DOWN: {32759},
                Input.PHONE_UP: {32756},
                Input.DEVICE_RESTRICTED: {32754},
                Input.LINE_RESTRICTED: {32753},
                Input.PROVIDER_LOST: {32757},
                Input.TAKEN_OVER: {32764},
                Input.EXTENSION_TAKEN: {32741},
                Input.SIGNED_IN_ELSEWHERE: {32767},
                Input.EXTENSION_CHANGED: {32750},
                Input.DELETED: {32748},
                Input.CLIENT_LOST: {32765},
                Input.CLIENT_CLOSED: {32766},
            },
        )

    def test_reasons_cce(self) -> None:
        """The same of a CCE: ``engine.md`` §2.4, ``rest.md`` §2.6."""
        self.assertEqual(
            self.reasons(Personality.CCE),
            {
                Input.NOT_ANSWERED: {32767},
                Input.MISSED_TOO_OFTEN: {50010},
                Input.LINE_BUSY: {50041},
                Input.RESERVATION_EXPIRED: {32767},
                Input.DIALLED: {50006},
                Input.SECOND_LINE: {50005},
                Input.PHONE_DOWN: {50003},
                Input.DEVICE_RESTRICTED: {50003},
                Input.LINE_RESTRICTED: {50003},
                Input.PROVIDER_LOST: {50002},
                Input.TAKEN_OVER: {65535},
                Input.EXTENSION_TAKEN: {50030},
                Input.SIGNED_IN_ELSEWHERE: {50030},
                Input.EXTENSION_CHANGED: {65533},
                Input.DELETED: {50001},
                Input.CLIENT_LOST: {50002},
                Input.CLIENT_CLOSED: {50002},
            },
        )


class ReferenceTests(SynchronousTestCase):
    """``engine.md`` §2.1, row by row, as the reference words it."""

    def to(self, personality: Personality, state: AgentState, request: Request) -> object:
        """The state that follows at once; a refusal or something pending by its kind."""
        outcome = RULES[personality].requests[state, request]
        return outcome.to if isinstance(outcome, Move) else type(outcome)

    def test_requested(self) -> None:
        """Sign-in, NOT_READY, READY and WORK lead where §2.1 says; in a call nothing is immediate."""
        out, not_ready, ready = AgentState.LOGOUT, AgentState.NOT_READY, AgentState.READY
        for personality, rules in RULES.items():
            is_ccx = personality is Personality.CCX
            self.assertIs(self.to(personality, out, Request.LOGIN), not_ready)
            self.assertIs(self.to(personality, not_ready, Request.READY), ready)
            self.assertIs(self.to(personality, not_ready, Request.LOGOUT), out)
            self.assertIs(self.to(personality, not_ready, Request.NOT_READY), not_ready)
            self.assertIs(self.to(personality, ready, Request.NOT_READY), not_ready)
            self.assertIs(self.to(personality, ready, Request.LOGOUT), out if is_ccx else Refuse)
            for state in IN_WRAPUP & set(rules.states):
                self.assertIs(self.to(personality, state, Request.READY), ready)
                self.assertIs(self.to(personality, state, Request.NOT_READY), not_ready)
            for state in {*IN_CALL, AgentState.RESERVED} & set(rules.states):
                self.assertIs(self.to(personality, state, Request.READY), Pend)
                self.assertIs(self.to(personality, state, Request.NOT_READY), Pend)
                self.assertIs(self.to(personality, state, Request.SUPERVISOR_NOT_READY), Pend)
                self.assertIs(self.to(personality, state, Request.LOGOUT), Refuse)

    def test_engine_driven(self) -> None:
        """§2.2, line by line; what a call delays is pending, and what the sign-in refuses in a call has no row there."""
        ready, reserved, not_ready = AgentState.READY, AgentState.RESERVED, AgentState.NOT_READY
        out, talking_ = AgentState.LOGOUT, AgentState.TALKING
        signed_in = ccx.RULES.states[1:]
        free = (not_ready, ready, AgentState.WORK)
        for states, happening, to, reason in (
            ((ready,), Input.SELECTED, reserved, 0),
            ((reserved,), Input.ANSWERED, talking_, 0),
            ((reserved,), Input.NOT_ANSWERED, not_ready, 32763),
            ((reserved,), Input.PASSED_OVER, ready, 0),
            ((reserved,), Input.CALLER_GONE, ready, 0),
            ((reserved,), Input.LINE_BUSY, not_ready, 32762),
            ((ready,), Input.DIALLED, not_ready, 32762),
            ((ready,), Input.OTHER_CALL, not_ready, 32761),
            ((ready,), Input.SECOND_LINE, not_ready, 32742),
            ((not_ready,), Input.ANSWERED, talking_, 0),
            (signed_in, Input.PHONE_DOWN, not_ready, 32759),
            ((not_ready,), Input.PHONE_UP, not_ready, 32756),
            (signed_in, Input.PROVIDER_LOST, not_ready, 32757),
            (signed_in, Input.TAKEN_OVER, not_ready, 32764),
            (signed_in, Input.DELETED, out, 32748),
            (signed_in, Input.EXTENSION_CHANGED, out, 32750),
            (signed_in, Input.DEVICE_RESTRICTED, out, 32754),
            (signed_in, Input.LINE_RESTRICTED, out, 32753),
            (free, Input.SIGNED_IN_ELSEWHERE, out, 32767),
            (free, Input.EXTENSION_TAKEN, out, 32741),
        ):
            for state in states:
                change = ccx.RULES.changes[state, happening]
                assert not isinstance(change, Return)
                cell = (state, happening)
                self.assertEqual((change.to, change.reason or 0), (to, reason), cell)
                waits = to is out and state in {*IN_CALL, reserved}
                self.assertIs(type(change), Pend if waits else Move, cell)

    def test_supervisor(self) -> None:
        """A supervisor's reasons are 33 and 22, or 999, whatever the agent does."""
        for personality, state, request in cells():
            outcome = RULES[personality].requests[state, request]
            if "by a supervisor" not in request.value or not isinstance(outcome, Move | Pend):
                continue
            leaves = request is Request.SUPERVISOR_LOGOUT
            expected = (22 if leaves else 33) if personality is Personality.CCX else 999
            self.assertEqual(outcome.reason, expected)


class AfterCallTests(SynchronousTestCase):
    """`Rules.after_call` and `Rules.after_work`: the three switches, and what is pending."""

    def after_call(
        self, case: AfterCall, personality: Personality, wrapup_time_s: int = 0
    ) -> Centre:
        """A centre just after agent1's call."""
        centre = Centre(
            sample(
                auto_work=case.auto_work,
                automatic_available=case.automatic_available,
                wrapup_time_s=wrapup_time_s,
            ),
            Policy(personality=personality),
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
        if move.to in IN_WRAPUP and pending in {AgentState.READY, AgentState.NOT_READY}:
            return f"agent1 {move.to.name} {REASON} -> {pending.name}"
        return f"agent1 {move.to.name}" + (f" {reason}" if reason else "")

    def test_rules(self) -> None:
        """The reference's three rules, and that signing out comes before all of them."""
        for case, move in ccx.RULES.after_call.items():
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
        for rules in RULES.values():
            self.assertEqual(len(rules.after_call), 2 * 5 * 2)

    def test_cce(self) -> None:
        """A CCE differs in two things: wrap-up that ends in READY has a state of its own, and there is no 32755."""
        cce = RULES[Personality.CCE]
        for case, move in ccx.RULES.after_call.items():
            theirs = cce.after_call[case]
            if move.to is AgentState.WORK:
                ready = case.pending is AgentState.READY or (
                    case.automatic_available and case.pending is not AgentState.NOT_READY
                )
                self.assertIs(theirs.to, AgentState.WORK_READY if ready else AgentState.WORK, case)
            else:
                self.assertIs(theirs.to, move.to, case)

    def test_every_case(self) -> None:
        """The engine does what the table says."""
        for personality, rules in RULES.items():
            for case, move in rules.after_call.items():
                centre = self.after_call(case, personality)
                self.assertEqual(self.state_lines(centre), [self.line(move, case.pending)], case)
                self.assertIs(centre.agent().state, move.to, case)

    def test_work(self) -> None:
        """Wrap-up ends at its time and not before, and leaves the agent where the table says."""
        for personality, pending, available in product(
            Personality, (None, AgentState.READY, AgentState.NOT_READY), (True, False)
        ):
            case = AfterCall(True, pending, available)
            centre = self.after_call(case, personality, wrapup_time_s=30)
            centre.told()
            centre.wait(29.9)
            self.assertEqual(centre.told(), [])
            centre.wait(0.1)
            move = RULES[personality].after_work[pending, available]
            self.assertEqual(centre.told(), [self.line(move, None), "END_CALL 1001"])

    def test_work_by_hand(self) -> None:
        """Whoever ends wrap-up himself is not disturbed by its timer."""
        for personality in Personality:
            centre = self.after_call(AfterCall(True, None, True), personality, wrapup_time_s=30)
            centre.told()
            centre.request(Request.READY)
            self.assertEqual(centre.told(), ["agent1 READY", "END_CALL 1001"])
            self.assertEqual(centre.engine.due_at(), None)

    def test_work_without_time(self) -> None:
        """A wrap-up time of nought lasts until the agent ends it."""
        centre = self.after_call(AfterCall(True, None, True), Personality.CCX)
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
