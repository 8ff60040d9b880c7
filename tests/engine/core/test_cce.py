"""Unified CCE's personality: what its agents' days are like (``rest.md`` §2.6, ``notifications.md`` §7.1 to §7.3, §8)."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import EventCause, LocalConnectionState
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import CallEvent, CallEventKind
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.states import AgentState, Personality, Request
from tests.support.centre import CALLER, Centre, sample

CCE = Personality.CCE

KEEPS_READY = Policy(ring_no_answer_s=10, ready_after_ring_no_answer=True, ring_no_answer_skip_s=1)


class CCETests(SynchronousTestCase):
    """Agents on a CCE."""

    def start(
        self, policy: Policy | None = None, *, second_line: str = "", auto_work: bool = False
    ) -> None:
        """Start with agent1 READY."""
        self.centre = Centre(
            sample(auto_work=auto_work),
            replace(policy or Policy(), personality=CCE),
            second_line=second_line,
        )
        self.centre.sign_in(1)
        self.centre.told()

    def states(self) -> list[str]:
        """What was told of agent1's state."""
        return [line for line in self.centre.told() if line.startswith("agent1")]

    def test_sign_in(self) -> None:
        """Sign-in has no reason; on a phone that is in a call it has 51004."""
        self.centre = Centre(policy=Policy(personality=CCE))
        self.centre.sign_in(1, ready=False)
        self.assertEqual(self.states(), ["agent1 LOGIN", "agent1 NOT_READY"])
        self.centre.call_in("1002")
        self.centre.sign_in(2, ready=False)
        self.assertEqual(
            self.centre.told()[-3:],
            ["agent2 NOT_READY 51004", "BEGIN_CALL 1002", "CALL_DELIVERED 1002"],
        )

    def test_called(self) -> None:
        """A call past the engine is RESERVED, then TALKING; afterwards the agent is as before."""
        self.start()
        for request, expected in (
            (Request.READY, "agent1 READY"),
            (Request.NOT_READY, "agent1 NOT_READY 5"),
        ):
            self.centre.request(request, reason=5)
            self.centre.told()
            call_id = self.centre.call_in("1001")
            self.centre.answer(call_id)
            self.centre.hang_up(call_id)
            self.assertEqual(self.states(), ["agent1 RESERVED", "agent1 TALKING", expected])

    def test_caller_gone(self) -> None:
        """The same when the caller hangs up before."""
        self.start()
        self.centre.hang_up(self.centre.call_in("1001"))
        self.assertEqual(self.states(), ["agent1 RESERVED", "agent1 READY"])

    def test_asked_meanwhile(self) -> None:
        """What is asked for during such a call is pending, and done after it."""
        self.start()
        call_id = self.centre.call_in("1001")
        self.centre.answer(call_id)
        self.centre.request(Request.NOT_READY, reason=5)
        self.centre.hang_up(call_id)
        self.assertEqual(
            self.states(),
            [
                "agent1 RESERVED",
                "agent1 TALKING",
                "agent1 TALKING 5 -> NOT_READY",
                "agent1 NOT_READY 5",
            ],
        )

    def test_dials(self) -> None:
        """MAKE_CALL from READY is NOT_READY with 50006, then TALKING, then READY; CALL_ORIGINATED has LCS 3."""
        self.start()
        centre = self.centre
        centre.do(lambda: centre.engine.make_call("1001", "1002", DataChange(), centre.now))
        (originated,) = (
            event
            for event in centre.events
            if isinstance(event, CallEvent) and event.kind is CallEventKind.ORIGINATED
        )
        self.assertEqual(
            (originated.state, originated.cause),
            (LocalConnectionState.LCS_CONNECT, EventCause.CEC_NEW_CALL),
        )
        centre.hang_up(next(iter(centre.engine.calls.by_id)), "1001")
        self.assertEqual(
            self.states(), ["agent1 NOT_READY 50006", "agent1 TALKING", "agent1 READY"]
        )

    def test_hold(self) -> None:
        """Whoever has all calls on hold is in HOLD, and TALKING when one is off hold, or when another is taken."""
        self.start()
        call_id = self.centre.call_in()
        self.centre.answer(call_id)
        self.centre.told()
        self.centre.hold(call_id)
        self.assertEqual(self.centre.told(), ["CALL_HELD 1001", "agent1 HOLD"])
        self.centre.retrieve(call_id)
        self.assertEqual(self.centre.told(), ["CALL_RETRIEVED 1001", "agent1 TALKING"])
        self.centre.hold(call_id)
        self.centre.hang_up(call_id)
        self.assertEqual(self.states(), ["agent1 HOLD", "agent1 READY"])

    def test_hold_past_the_engine(self) -> None:
        """The same in a call that the engine did not route; the agent still comes back to what he was."""
        self.start()
        call_id = self.centre.call_in("1001")
        self.centre.answer(call_id)
        self.centre.hold(call_id)
        self.centre.retrieve(call_id)
        self.centre.hang_up(call_id)
        self.assertEqual(
            self.states(),
            ["agent1 RESERVED", "agent1 TALKING", "agent1 HOLD", "agent1 TALKING", "agent1 READY"],
        )

    def test_ccx_has_no_hold(self) -> None:
        """A CCX's agent stays TALKING."""
        self.start()
        self.centre = Centre()
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        self.centre.answer(call_id)
        self.centre.told()
        self.centre.hold(call_id)
        self.assertEqual(self.centre.told(), ["CALL_HELD 1001"])

    def test_missed(self) -> None:
        """Not answering is 32767; with READY after it, the second miss in a row is 50010."""
        self.start(Policy(ring_no_answer_s=10))
        self.centre.call_in()
        self.centre.wait(10)
        self.assertEqual(self.states()[-1], "agent1 NOT_READY 32767")
        self.start(KEEPS_READY)
        self.centre.call_in()
        self.centre.wait(20.9)
        self.assertEqual(self.states(), ["agent1 RESERVED", "agent1 READY", "agent1 RESERVED"])
        self.centre.wait(0.1)
        self.assertEqual(self.states(), ["agent1 NOT_READY 50010"])

    def test_leaves_after_missing(self) -> None:
        """A pending sign-out beats that, too."""
        self.start(replace(KEEPS_READY, missed_calls=1))
        self.centre.call_in()
        self.centre.request(Request.FORCED_LOGOUT, reason=5)
        self.centre.wait(10)
        self.assertEqual(self.states()[-1], "agent1 LOGOUT 5")

    def test_answered_in_between(self) -> None:
        """An answered call begins the count anew."""
        self.start(KEEPS_READY)
        call_id = self.centre.call_in()
        self.centre.wait(11)
        self.centre.answer(call_id)
        self.centre.hang_up(call_id)
        self.centre.call_in()
        self.centre.wait(10)
        self.assertEqual(self.states()[-1], "agent1 READY")

    def test_second_line(self) -> None:
        """A call on another line is 50005."""
        self.start(second_line="3001")
        self.centre.hang_up(self.centre.call_in("3001"))
        self.assertEqual(self.states(), ["agent1 NOT_READY 50005", "agent1 READY"])

    def test_phone_lost(self) -> None:
        """A phone that is lost signs the agent out with 50003, in a call after it."""
        self.start()
        call_id = self.centre.call_in("1001")
        self.centre.answer(call_id)
        self.centre.told()
        terminal = next(iter(self.centre.switch.model.addresses["1001"].terminals))
        self.centre.hear(self.centre.switch.unregister(terminal))
        self.assertEqual(self.states(), ["agent1 TALKING 50003 -> LOGOUT", "agent1 LOGOUT 50003"])

    def test_wrap_up(self) -> None:
        """Wrap-up that ends in READY is WORK_READY, other wrap-up is WORK."""
        for reason, expected in ((0, "WORK_READY"), (5, "WORK")):
            self.start(auto_work=True)
            call_id = self.centre.call_in()
            self.centre.answer(call_id)
            if reason:
                self.centre.request(Request.NOT_READY, reason=reason)
            self.centre.hang_up(call_id, CALLER)
            self.assertEqual(self.centre.agent().state.name, expected)

    def test_desktop_gone(self) -> None:
        """An agent whose desktop is gone is NOT_READY with 50002; with the setting, signed out with it."""
        self.start()
        self.centre.request(Request.DISCONNECTED, reason=255)
        self.assertEqual(self.states(), ["agent1 NOT_READY 50002"])
        self.start(Policy(logout_on_disconnect=True))
        self.centre.request(Request.DISCONNECTED, reason=255)
        self.assertEqual(self.states(), ["agent1 LOGOUT 50002"])
        self.assertIs(self.centre.agent().state, AgentState.LOGOUT)
