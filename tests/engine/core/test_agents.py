"""Agents on their phones: signing in, conflicts, calls past the engine, phones lost and found (``engine.md`` §2)."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.directory.core.records import ReasonCategory, ReasonCode, Snapshot
from finesse_tx.engine.core.control import CallRequest
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import AgentStateChanged
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.states import AgentState, Personality, Request
from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.events import Cause, EventID, MetaCode
from tests.support.centre import CALLER, Centre, sample, skilled

CF, PE = ControlFailureCode, PeripheralErrorCode


def phone(centre: Centre, extension: str) -> str:
    """The device of a number."""
    return next(iter(centre.switch.model.addresses[extension].terminals))


class CentreCase(SynchronousTestCase):
    """A centre, and refusals."""

    def setUp(self) -> None:
        """Nobody is signed in."""
        self.centre = Centre()

    def sign_in(self, agent: str, extension: str, forced: bool = False) -> None:
        """Sign somebody in."""
        centre = self.centre
        centre.do(lambda: centre.engine.sign_in(agent, extension, forced, centre.now))

    def refused(self, agent: str, extension: str, forced: bool = False) -> tuple[int, int]:
        """Try to sign somebody in who cannot be; nothing may be told."""
        self.centre.told()
        error = self.assertRaises(ControlFailureError, self.sign_in, agent, extension, forced)
        self.centre.collect()
        self.assertEqual(self.centre.told(), [])
        return error.failure_code, error.peripheral_error_code


class SignInTests(CentreCase):
    """Who signs in where."""

    def test_sign_in(self) -> None:
        """LOGIN is told, then NOT_READY with the reason of a new session."""
        self.sign_in("agent1", "1001")
        self.assertEqual(self.centre.told(), ["agent1 LOGIN", "agent1 NOT_READY 32760"])

    def test_other_phone(self) -> None:
        """Any phone in service will do, not only one's own."""
        self.sign_in("agent1", "1009")
        self.assertEqual(self.centre.agent().extension, "1009")

    def test_wrong_phone(self) -> None:
        """A number that is no phone, or none of ours, cannot be signed in on, nor one out of service."""
        self.centre.hear(self.centre.switch.unregister(phone(self.centre, "1002")))
        wrong = CF.CF_INVALID_LOGON_DEVICE_SPECIFIED
        for extension, code in (
            ("9999", PE.NUMBER_NOT_ASSIGNED),
            ("", PE.NUMBER_NOT_ASSIGNED),
            ("6001", PE.NUMBER_NOT_ASSIGNED),
            ("70001", PE.NUMBER_NOT_ASSIGNED),
            (CALLER, PE.NUMBER_NOT_ASSIGNED),
            ("1002", PE.DEVICE_OFF),
        ):
            self.assertEqual(self.refused("agent1", extension), (wrong, code))

    def test_unknown_agent(self) -> None:
        """Nor can somebody who is unknown, or no agent."""
        for name in ("nobody", "admin", ""):
            self.assertEqual(
                self.refused(name, "1001"), (CF.CF_INVALID_AGENT_ID_SPECIFIED, PE.AGENT_INVALID)
            )

    def test_elsewhere(self) -> None:
        """Whoever is signed in elsewhere stays there, unless it is forced: then the old session ends."""
        self.sign_in("agent1", "1001")
        self.assertEqual(
            self.refused("agent1", "1002"), (CF.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON, PE.NONE)
        )
        self.sign_in("agent1", "1002", forced=True)
        self.assertEqual(
            self.centre.told(),
            ["agent1 LOGOUT 32767", "agent1 LOGIN", "agent1 NOT_READY 32760"],
        )
        self.assertEqual(list(self.centre.engine.floor.stations), ["1002"])

    def test_elsewhere_in_a_call(self) -> None:
        """Nobody is forced off a phone that is in a call."""
        self.centre.sign_in(1, ready=False)
        self.centre.call_in("1001")
        self.assertEqual(
            self.refused("agent1", "1002", forced=True), (CF.CF_RESOURCE_BUSY, PE.DEVICE_BUSY)
        )

    def test_extension_taken(self) -> None:
        """Signing in on another agent's phone signs that one out."""
        self.sign_in("agent2", "1001")
        self.centre.told()
        self.sign_in("agent1", "1001")
        self.assertEqual(
            self.centre.told(),
            ["agent2 LOGOUT 32741", "agent1 LOGIN", "agent1 NOT_READY 32760"],
        )

    def test_extension_in_a_call(self) -> None:
        """But not while that one is in a call, be it routed or not."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        in_use = (CF.CF_SPECIFIED_EXTENSION_ALREADY_IN_USE, PE.DEVICE_BUSY)
        self.assertEqual(self.refused("agent2", "1001"), in_use)
        self.centre.hang_up(call_id)
        self.centre.call_in("1001")
        self.assertEqual(self.refused("agent2", "1001"), in_use)

    def test_phone_in_a_call(self) -> None:
        """On a phone that is in a call one can sign in, but be READY only after it; the call is not told."""
        call_id = self.centre.call_in("1001")
        terminal = next(iter(self.centre.switch.model.addresses["1001"].terminals))
        self.centre.hear(self.centre.switch.answer(call_id, "1001", terminal))
        self.sign_in("agent1", "1001")
        self.centre.told()
        error = self.assertRaises(ControlFailureError, self.centre.request, Request.READY)
        self.assertEqual(error.failure_code, CF.CF_RESOURCE_BUSY)
        self.centre.hang_up(call_id)
        self.assertEqual(self.centre.told(), [])
        self.centre.request(Request.READY)
        self.assertEqual(self.centre.told(), ["agent1 READY"])


class OtherCallTests(CentreCase):
    """Calls that the engine does not route."""

    def test_called(self) -> None:
        """A READY agent who is called directly is NOT_READY until it is over."""
        self.centre.sign_in(1)
        self.centre.told()
        call_id = self.centre.call_in("1001")
        self.assertEqual(
            self.centre.told(),
            ["BEGIN_CALL 1001", "agent1 NOT_READY 32761", "CALL_DELIVERED 1001"],
        )
        self.centre.answer(call_id)
        self.assertEqual(self.centre.told(), ["CALL_ESTABLISHED 1001"])
        self.centre.hang_up(call_id)
        self.assertEqual(
            self.centre.told(),
            [
                f"CALL_CONNECTION_CLEARED {CALLER}",
                "CALL_CONNECTION_CLEARED 1001",
                "CALL_CLEARED 1001",
                "END_CALL 1001",
                "agent1 READY",
            ],
        )

    def test_rejects(self) -> None:
        """Whoever refuses such a call is READY again at once, not only when the caller has hung up."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in("1001")
        engine = self.centre.engine
        self.centre.do(lambda: engine.control(CallRequest.CLEAR_CONNECTION, call_id, "1001"))
        self.assertEqual(self.centre.told()[-1], "agent1 READY")

    def test_stays_not_ready(self) -> None:
        """Whoever was not READY before keeps his state and reason, and nothing is told of it."""
        self.centre.sign_in(1, ready=False)
        self.centre.request(Request.NOT_READY, reason=5)
        self.centre.told()
        call_id = self.centre.call_in("1001")
        self.centre.hang_up(call_id)
        self.assertFalse([line for line in self.centre.told() if line.startswith("agent1")])
        self.assertEqual(
            (self.centre.agent().reason, self.centre.agent().state.name), (5, "NOT_READY")
        )

    def test_changed_his_mind(self) -> None:
        """Whoever asks for NOT_READY during the call is not READY after it."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in("1001")
        self.centre.request(Request.NOT_READY, reason=5)
        self.centre.hang_up(call_id)
        self.assertIs(self.centre.agent().state, AgentState.NOT_READY)

    def test_by_configuration(self) -> None:
        """With ``ready_after_other_call`` off nobody becomes READY by hanging up."""
        self.centre = Centre(policy=Policy(ready_after_other_call=False))
        self.centre.sign_in(1)
        self.centre.hang_up(self.centre.call_in("1001"))
        self.assertIs(self.centre.agent().state, AgentState.NOT_READY)

    def test_not_selected(self) -> None:
        """No contact is given to an agent in such a call, and it is given to him after it."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in("1001")
        self.centre.call_in()
        self.assertIn("CALL_QUEUED 70001", self.centre.told())
        self.centre.hang_up(call_id)
        self.assertIs(self.centre.agent().state, AgentState.RESERVED)

    def test_during_work(self) -> None:
        """A call during wrap-up delays being READY, not the end of wrap-up."""
        self.centre = Centre(sample(auto_work=True, wrapup_time_s=30))
        self.centre.sign_in(1)
        routed = self.centre.call_in()
        self.centre.answer(routed)
        self.centre.hang_up(routed)
        call_id = self.centre.call_in("1001")
        self.centre.told()
        self.centre.wait(30)
        self.assertEqual(self.centre.told(), ["agent1 NOT_READY 32761", "END_CALL 1001"])
        self.centre.hang_up(call_id)
        self.assertEqual(self.centre.told()[-1], "agent1 READY")

    def test_forced_out(self) -> None:
        """Whoever is forced out during such a call is signed out after it."""
        self.centre.sign_in(1, ready=False)
        call_id = self.centre.call_in("1001")
        self.centre.request(Request.FORCED_LOGOUT, reason=255)
        self.centre.told()
        self.centre.hang_up(call_id)
        self.assertEqual(self.centre.told()[-2:], ["END_CALL 1001", "agent1 LOGOUT 255"])

    def make_call(self, digits: str) -> None:
        """Let agent1 dial."""
        centre = self.centre
        centre.do(lambda: centre.engine.make_call("1001", digits, DataChange(), centre.now))

    def test_dials(self) -> None:
        """Whoever dials is NOT_READY from the request on, and READY again when his phone is free."""
        self.centre.sign_in(1)
        self.centre.told()
        operation = self.centre.engine.make_call("1001", "1002", DataChange(), self.centre.now)
        self.centre.collect()
        self.assertEqual(self.centre.told(), ["agent1 NOT_READY 32762"])
        self.centre.do(lambda: operation)
        self.assertEqual(
            self.centre.told(),
            [
                "BEGIN_CALL 1001",
                "CALL_SERVICE_INITIATED 1001",
                "CALL_ORIGINATED 1001",
                "CALL_DELIVERED 1001",
            ],
        )
        self.centre.hang_up(next(iter(self.centre.engine.calls.by_id)), "1001")
        self.assertEqual(self.centre.told()[-2:], ["END_CALL 1001", "agent1 READY"])

    def test_cannot_dial(self) -> None:
        """When the switch refuses, everything is as before, and the agent can be selected again."""
        self.centre.sign_in(1)
        operation = self.centre.engine.make_call("1001", "1002", DataChange(), self.centre.now)
        self.centre.hear(self.centre.switch.unregister(phone(self.centre, "1001")))
        self.centre.hear(self.centre.switch.register(phone(self.centre, "1001")))
        self.centre.request(Request.NOT_READY, reason=5)
        self.centre.engine.operation_failed(operation, Cause.BUSY, self.centre.now)
        self.centre.settle()
        self.assertEqual((self.centre.agent().dialling, self.centre.agent().reason), (None, 5))
        self.centre.request(Request.READY)
        failing = self.centre.engine.make_call("1001", "1002", DataChange(), self.centre.now)
        self.centre.engine.operation_failed(failing, Cause.BUSY, self.centre.now)
        self.centre.settle()
        self.assertIs(self.centre.agent().state, AgentState.READY)
        self.centre.call_in()
        self.assertIs(self.centre.agent().state, AgentState.RESERVED)

    def test_not_while_dialling(self) -> None:
        """Between the request and the call nobody can be READY, nor dial once more."""
        self.centre.sign_in(1)
        self.centre.engine.make_call("1001", "1002", DataChange(), self.centre.now)
        error = self.assertRaises(ControlFailureError, self.centre.request, Request.READY)
        self.assertEqual(error.failure_code, CF.CF_RESOURCE_BUSY)
        error = self.assertRaises(ControlFailureError, self.make_call, "1003")
        self.assertEqual(error.failure_code, CF.CF_RESOURCE_BUSY)

    def test_calls_a_queue(self) -> None:
        """An agent may call a queue; his own part is a call of his, and another agent gets it."""
        self.centre.sign_in(1)
        self.centre.sign_in(2)
        self.centre.told()
        self.make_call("6001")
        self.assertEqual(
            self.centre.told(),
            [
                "agent1 NOT_READY 32762",
                "BEGIN_CALL 1001",
                "CALL_SERVICE_INITIATED 1001",
                "CALL_ORIGINATED 1001",
                "BEGIN_CALL 6001",
                "CALL_DELIVERED 6001",
                "CALL_DIVERTED 6001",
                "CALL_DELIVERED 70001",
                "CALL_ESTABLISHED 70001",
                "agent2 RESERVED",
                "BEGIN_CALL 1002",
                "CALL_DIVERTED 70001",
                "CALL_DELIVERED 1002",
            ],
        )

    def test_who_may_dial(self) -> None:
        """The device, the digits and the state are looked at, in this order."""
        self.centre.sign_in(1)
        for extension, digits, code in (
            ("1002", "1003", CF.CF_INVALID_CALLING_DEVICE),
            ("1001", "", CF.CF_INVALID_DESTINATION),
            ("1001", "1001", CF.CF_INVALID_DESTINATION),
        ):
            error = self.assertRaises(
                ControlFailureError,
                self.centre.engine.make_call,
                extension,
                digits,
                DataChange(),
                self.centre.now,
            )
            self.assertEqual(error.failure_code, code)
        call_id = self.centre.call_in()
        error = self.assertRaises(ControlFailureError, self.make_call, "1003")
        self.assertEqual(error.failure_code, CF.CF_INVALID_OBJECT_STATE)
        self.centre.hang_up(call_id)
        call_id = self.centre.call_in("1001")
        self.centre.answer(call_id)
        error = self.assertRaises(ControlFailureError, self.make_call, "1003")
        self.assertEqual(error.failure_code, CF.CF_INVALID_OBJECT_STATE)


class PhoneTests(CentreCase):
    """Phones lost and found."""

    def lose(self, extension: str = "1001") -> None:
        """Pull a phone's cable."""
        self.centre.hear(self.centre.switch.unregister(phone(self.centre, extension)))
        self.centre.settle()

    def find(self, extension: str = "1001") -> None:
        """Put it back."""
        self.centre.hear(self.centre.switch.register(phone(self.centre, extension)))
        self.centre.settle()

    def test_idle(self) -> None:
        """The agent is NOT_READY while the phone is gone, cannot be READY then, and must ask for it afterwards."""
        self.centre.sign_in(1)
        self.centre.told()
        self.lose()
        self.assertEqual(self.centre.told(), ["PhoneServiceChanged", "agent1 NOT_READY 32759"])
        error = self.assertRaises(ControlFailureError, self.centre.request, Request.READY)
        self.assertEqual(error.failure_code, CF.CF_RESOURCE_OUT_OF_SERVICE)
        self.find()
        self.assertEqual(self.centre.told(), ["PhoneServiceChanged", "agent1 NOT_READY 32756"])
        self.centre.request(Request.READY)

    def test_ringing(self) -> None:
        """A phone that is lost while it rings leaves the caller in the queue, for somebody else."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        self.centre.told()
        self.lose()
        self.assertEqual(
            self.centre.told(),
            [
                "PhoneServiceChanged",
                "agent1 NOT_READY 32759",
                "CALL_CONNECTION_CLEARED 1001",
                "END_CALL 1001",
                "CALL_QUEUED 70001",
            ],
        )
        self.centre.sign_in(2)
        self.centre.answer(call_id, "1002")
        self.assertIs(self.centre.agent(2).state, AgentState.TALKING)

    def test_lost_before_it_rings(self) -> None:
        """So does one that is lost between the reservation and the ringing."""
        self.centre.sign_in(1, ready=False)
        self.centre.call_in()
        self.centre.told()
        self.centre.engine.request_state("agent1", Request.READY, 0, self.centre.now)
        self.centre.collect()
        self.centre.hear(self.centre.switch.unregister(phone(self.centre, "1001")))
        self.centre.settle()
        self.assertEqual(
            self.centre.told(),
            ["agent1 READY", "agent1 RESERVED", "PhoneServiceChanged", "agent1 NOT_READY 32759"],
        )
        self.centre.sign_in(2)
        self.assertIs(self.centre.agent(2).state, AgentState.RESERVED)

    def test_talking(self) -> None:
        """A phone that is lost during a call ends it; the agent is NOT_READY, whatever the queue wants."""
        self.centre = Centre(sample(auto_work=True))
        self.centre.sign_in(1)
        self.centre.answer(self.centre.call_in())
        self.centre.told()
        self.lose()
        told = self.centre.told()
        self.assertEqual(told[:2], ["PhoneServiceChanged", "agent1 NOT_READY 32759"])
        self.assertEqual(told[-1], "END_CALL 1001")
        self.assertEqual(len([line for line in told if line.startswith("agent1")]), 1)
        self.assertEqual(self.centre.engine.calls.by_id, {})

    def test_leaving_while_talking(self) -> None:
        """Whoever is to be signed out after the call is, also when the phone goes first."""
        self.centre.sign_in(1)
        self.centre.answer(self.centre.call_in())
        self.centre.request(Request.FORCED_LOGOUT, reason=255)
        self.lose()
        self.assertEqual(self.centre.told()[-2:], ["agent1 LOGOUT 255", "END_CALL 1001"])

    def test_leaving_while_ringing(self) -> None:
        """The same when it only rang."""
        self.centre.sign_in(1)
        self.centre.call_in()
        self.centre.request(Request.FORCED_LOGOUT, reason=255)
        self.lose()
        self.assertIn("agent1 LOGOUT 255", self.centre.told())

    def test_nobody_there(self) -> None:
        """A phone without an agent is told too, and changes nobody."""
        self.lose("1005")
        self.assertEqual(self.centre.told(), ["PhoneServiceChanged"])

    def test_provider_lost(self) -> None:
        """With the telephone system every call is gone and everyone NOT_READY; then it can go on."""
        self.centre = Centre(sample(auto_work=True), ports=4)
        self.centre.sign_in(1, 2, 3)
        for number in (1, 2):
            self.centre.answer(self.centre.call_in(), f"100{number}")
        self.centre.hang_up(next(iter(self.centre.engine.calls.by_id)))
        self.centre.call_in()
        self.centre.call_in()
        self.assertEqual(
            [self.centre.agent(n).state.name for n in (1, 2, 3)], ["WORK", "TALKING", "RESERVED"]
        )
        self.centre.told()
        change = Change(self.centre.switch.model, MetaCode.UNKNOWN)
        change.tell(EventID.PROV_OUT_OF_SERVICE)
        self.centre.hear((change.batch(),))
        told = self.centre.told()
        self.assertEqual(told[0], "ServiceChanged")
        self.assertEqual(told.count("CALL_CLEARED 70004"), 0)
        for number in (1, 2, 3):
            self.assertIn(f"agent{number} NOT_READY 32757", told)
            self.assertIn(f"END_CALL 100{number}", told)
        engine = self.centre.engine
        self.assertEqual((engine.calls.by_id, engine.router.contacts), ({}, {}))
        self.assertEqual(engine.router.tally.aborted, 2)
        self.assertFalse(engine.is_online())
        self.assertEqual(engine.due_at(), None)
        self.centre.hear(self.centre.switch.start())
        self.centre.request(Request.READY, 1)
        self.centre.call_in()
        self.assertIs(self.centre.agent(1).state, AgentState.RESERVED)


class RestrictionTests(CentreCase):
    """``telephony.md`` §1.5, out-of-service causes 1008 and 1009."""

    def restrict(self, cause: Cause) -> None:
        """Take control of 1001 away."""
        change = Change(self.centre.switch.model, MetaCode.UNKNOWN)
        change.tell(EventID.ADDR_OUT_OF_SERVICE, cause, address="1001")
        self.centre.hear((change.batch(),))
        self.centre.settle()

    def test_restricted(self) -> None:
        """The agent is signed out, and cannot sign in there until it is over."""
        for cause, reason, code in (
            (Cause.DEVICE_RESTRICTED, 32754, CF.CF_DEVICE_RESTRICTED),
            (Cause.LINE_RESTRICTED, 32753, CF.CF_LINE_RESTRICTED),
        ):
            self.centre = Centre()
            self.centre.sign_in(1)
            self.centre.told()
            self.restrict(cause)
            told = self.centre.told()
            self.assertEqual(told, ["PhoneServiceChanged", f"agent1 LOGOUT {reason}"])
            self.assertEqual(self.refused("agent1", "1001"), (code, PE.DEVICE_OFF))
            self.centre.hear(self.centre.switch.register(phone(self.centre, "1001")))
            self.sign_in("agent1", "1001")
            self.assertIs(self.centre.agent().state, AgentState.NOT_READY)

    def test_in_a_call(self) -> None:
        """In a call, after it."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        self.centre.answer(call_id)
        self.centre.told()
        self.restrict(Cause.DEVICE_RESTRICTED)
        self.assertEqual(self.centre.told()[-1], "agent1 TALKING 32754 -> LOGOUT")
        self.centre.hang_up(call_id)
        self.assertIn("agent1 LOGOUT 32754", self.centre.told())


class SecondLineTests(CentreCase):
    """A call on another line of the agent's phone."""

    def setUp(self) -> None:
        """The phone of 1001 has 3001 as well."""
        self.centre = Centre(second_line="3001")
        self.centre.sign_in(1)
        self.centre.told()

    def states(self) -> list[str]:
        """What was told of agents; of the line's own calls `tests.engine.test_lines` asserts it."""
        return [one for one in self.centre.told() if one.startswith("agent")]

    def test_called(self) -> None:
        """A READY agent is NOT_READY with 32742 until it is over, and gets no contact meanwhile."""
        call_id = self.centre.call_in("3001")
        self.assertEqual(self.states(), ["agent1 NOT_READY 32742"])
        error = self.assertRaises(ControlFailureError, self.centre.request, Request.READY)
        self.assertEqual(error.failure_code, CF.CF_RESOURCE_BUSY)
        self.centre.hang_up(call_id)
        self.assertEqual(self.states(), ["agent1 READY"])

    def test_dials(self) -> None:
        """The same for a call that is made there by hand."""
        name = phone(self.centre, "3001")
        call_id = self.centre.switch.allocate()
        self.centre.hear(self.centre.switch.connect(call_id, name, "3001", "1002"))
        self.assertEqual(self.states()[0], "agent1 NOT_READY 32742")
        self.centre.hang_up(call_id, "3001")
        self.assertEqual(self.centre.told()[-1], "agent1 READY")

    def test_after_a_call(self) -> None:
        """Whoever hangs up a routed call while the other line rings is NOT_READY with 32742, then READY."""
        routed = self.centre.call_in()
        self.centre.answer(routed)
        other = self.centre.call_in("3001")
        self.centre.told()
        self.centre.hang_up(routed)
        self.assertIn("agent1 NOT_READY 32742", self.centre.told())
        self.centre.hang_up(other)
        self.assertEqual(self.states(), ["agent1 READY"])

    def test_somebody_elses(self) -> None:
        """A line on which another agent is signed in is that agent's."""
        self.sign_in("agent2", "3001")
        self.centre.request(Request.READY, 2)
        self.centre.told()
        self.centre.call_in("3001")
        self.assertIn("agent2 NOT_READY 32761", self.centre.told())
        self.assertIs(self.centre.agent(1).state, AgentState.READY)

    def test_left(self) -> None:
        """When that one has left, the line is the first agent's again, and both can sign out."""
        self.sign_in("agent2", "3001")
        self.centre.request(Request.LOGOUT, 2)
        self.centre.told()
        self.centre.hang_up(self.centre.call_in("3001"))
        self.assertEqual(self.states(), ["agent1 NOT_READY 32742", "agent1 READY"])
        self.centre.request(Request.LOGOUT)
        self.assertEqual(self.centre.told(), ["agent1 LOGOUT"])


class ClientTests(CentreCase):
    """An agent's own CTI client goes (``engine.md`` §2.4: 32765, 32766; ``cti.md`` §10.3)."""

    def setUp(self) -> None:
        """agent1 is READY."""
        super().setUp()
        self.centre.sign_in(1)
        self.centre.told()

    def gone(self, closed: bool = False) -> None:
        """It goes."""
        self.centre.engine.roster.client_gone(self.centre.agent(), closed, self.centre.now)

    def test_stays_away(self) -> None:
        """After the grace, and not before, the agent is signed out: 32765 when it was lost, 32766 when closed."""
        for closed, reason in ((False, 32765), (True, 32766)):
            self.gone(closed)
            self.centre.wait(59.9)
            self.assertEqual(self.centre.told(), [])
            self.centre.wait(0.1)
            self.assertEqual(self.centre.told(), [f"agent1 LOGOUT {reason}"])
            self.centre.sign_in(1)
            self.centre.told()

    def test_comes_back(self) -> None:
        """One that is back in time changes nothing."""
        self.gone()
        self.centre.wait(59.9)
        self.centre.engine.roster.client_came(self.centre.agent())
        self.assertEqual(self.centre.engine.due_at(), None)

    def test_in_a_call(self) -> None:
        """In a call, after it."""
        call_id = self.centre.call_in()
        self.centre.answer(call_id)
        self.gone()
        self.centre.wait(60)
        self.assertEqual(self.centre.told()[-1], "agent1 TALKING 32765 -> LOGOUT")
        self.centre.hang_up(call_id)
        self.assertIn("agent1 LOGOUT 32765", self.centre.told())

    def test_signed_out(self) -> None:
        """Whoever signs out is not waited for, nor is whoever is signed out."""
        self.gone()
        self.centre.request(Request.LOGOUT)
        self.gone()
        self.assertEqual(self.centre.engine.due_at(), None)

    def test_off(self) -> None:
        """With a grace of nought nobody is signed out for that."""
        self.centre = Centre(policy=Policy(client_grace_s=0))
        self.centre.sign_in(1)
        self.gone()
        self.assertEqual(self.centre.engine.due_at(), None)


class ReasonTests(CentreCase):
    """Reasons that people give."""

    CODES = (
        ReasonCode(1, ReasonCategory.NOT_READY, 7, "Lunch"),
        ReasonCode(2, ReasonCategory.NOT_READY, 8, "Audit", False, frozenset({2})),
        ReasonCode(3, ReasonCategory.NOT_READY, 32763, "Missed", system_code=True),
        ReasonCode(4, ReasonCategory.LOGOUT, 9, "Home", False, frozenset({1})),
    )

    def setUp(self) -> None:
        """Team 1 has 7 for NOT_READY, and 9 for LOGOUT; agent3 is in team 3, which has 7 alone."""
        self.use(Policy())

    def use(self, policy: Policy) -> None:
        """Start with these settings."""
        snapshot = sample()
        people = tuple(
            replace(p, team_id=3) if p.login_id == "agent3" else p for p in snapshot.people
        )
        self.centre = Centre(replace(snapshot, people=people, reason_codes=self.CODES), policy)
        self.centre.sign_in(1, 2, 3, ready=False)
        self.centre.told()

    def code(self, request: Request, reason: int, number: int = 1) -> int:
        """Ask with a reason; say how it is refused, 0 for not at all."""
        try:
            self.centre.request(request, number, reason)
        except ControlFailureError as error:
            self.assertEqual(self.centre.told(), [])
            return error.failure_code
        self.centre.told()
        return 0

    def test_chosen(self) -> None:
        """A reason must be one of the team's; none at all will do."""
        invalid = CF.CF_INVALID_AGENT_REASON_CODE
        for reason, expected in ((7, 0), (8, invalid), (9, invalid), (32763, invalid), (0, 0)):
            self.assertEqual(self.code(Request.NOT_READY, reason), expected, reason)
        for reason, expected in ((7, invalid), (9, 0)):
            self.assertEqual(self.code(Request.LOGOUT, reason), expected, reason)

    def test_free(self) -> None:
        """Where a team has none to choose from, 999 will do, and 1000 will not."""
        self.assertEqual(self.code(Request.LOGOUT, 1000, 3), CF.CF_INVALID_AGENT_REASON_CODE)
        self.assertEqual(self.code(Request.LOGOUT, 999, 3), 0)

    def test_required(self) -> None:
        """With ``reason_required`` there must be one, where there are some; READY never has one."""
        self.use(Policy(reason_required=True))
        self.assertEqual(self.code(Request.NOT_READY, 0), CF.CF_REASON_CODE_REQUIRED)
        self.assertEqual(self.code(Request.LOGOUT, 0), CF.CF_REASON_CODE_REQUIRED)
        self.assertEqual(self.code(Request.LOGOUT, 0, 3), 0)
        self.assertEqual(self.code(Request.READY, 0), 0)

    def test_forced(self) -> None:
        """Whoever is forced out, or by a supervisor, needs none of the team's reasons."""
        self.assertEqual(self.code(Request.FORCED_LOGOUT, 77), 0)
        self.assertEqual(self.code(Request.SUPERVISOR_LOGOUT, 77, 2), 0)
        self.assertEqual(self.code(Request.DISCONNECTED, 255, 3), 0)

    def test_cce(self) -> None:
        """A CCE's reasons go up to 65535."""
        self.use(Policy(personality=Personality.CCE))
        self.assertEqual(self.code(Request.LOGOUT, 65_535, 3), 0)


class SupervisorTests(CentreCase):
    """``engine.md`` §2.1, the supervisor's row; ``cti.md`` §11.10."""

    def ask(self, request: Request, by: str = "boss", number: int = 1) -> None:
        """Let a supervisor ask."""
        centre, name = self.centre, f"agent{number}"
        centre.do(lambda: centre.engine.request_state(name, request, 0, centre.now, supervisor=by))

    def test_states(self) -> None:
        """READY, NOT_READY and LOGOUT, with the supervisor's reasons; the agent is told."""
        self.centre.sign_in(1, ready=False)
        self.centre.told()
        for request in (
            Request.SUPERVISOR_READY,
            Request.SUPERVISOR_NOT_READY,
            Request.SUPERVISOR_LOGOUT,
        ):
            self.ask(request)
        self.assertEqual(
            self.centre.told(), ["agent1 READY 33", "agent1 NOT_READY 33", "agent1 LOGOUT 22"]
        )

    def test_not_his_team(self) -> None:
        """Nobody but a supervisor of the agent's team may, and nothing else may be asked for."""
        self.centre.sign_in(1)
        self.centre.told()
        for request, by in (
            (Request.SUPERVISOR_NOT_READY, "agent2"),
            (Request.SUPERVISOR_NOT_READY, "admin"),
            (Request.SUPERVISOR_NOT_READY, "nobody"),
            (Request.WORK, "boss"),
        ):
            error = self.assertRaises(ControlFailureError, self.ask, request, by)
            self.assertEqual(error.failure_code, CF.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE)
        self.assertEqual(self.centre.told(), [])

    def test_in_a_call(self) -> None:
        """In a call it is pending; the agent cannot undo a sign-out by signing in again."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        self.centre.answer(call_id)
        self.centre.told()
        self.ask(Request.SUPERVISOR_NOT_READY)
        self.ask(Request.SUPERVISOR_LOGOUT)
        self.sign_in("agent1", "1001")
        self.centre.hang_up(call_id)
        states = [line for line in self.centre.told() if line.startswith("agent1")]
        self.assertEqual(
            states,
            [
                "agent1 TALKING 33 -> NOT_READY",
                "agent1 TALKING 22 -> LOGOUT",
                "agent1 TALKING 22 -> LOGOUT",
                "agent1 LOGOUT 22",
            ],
        )

    def test_ends_wrap_up(self) -> None:
        """READY ends the agent's wrap-up."""
        self.centre = Centre(sample(auto_work=True))
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        self.centre.answer(call_id)
        self.centre.hang_up(call_id)
        self.centre.told()
        self.ask(Request.SUPERVISOR_READY)
        self.assertEqual(self.centre.told(), ["agent1 READY 33", "END_CALL 1001"])


class SessionTests(CentreCase):
    """A forced sign-out names its session (``engine.md`` §2.5)."""

    def enter(self, session_id: str) -> None:
        """Sign agent1 in, in a session."""
        centre = self.centre
        centre.do(
            lambda: centre.engine.sign_in(
                "agent1", "1001", False, centre.now, session_id=session_id
            )
        )

    def leave(self, session_id: str) -> None:
        """Force agent1 out of a session."""
        centre = self.centre
        centre.do(
            lambda: centre.engine.request_state(
                "agent1", Request.DISCONNECTED, 255, centre.now, session_id=session_id
            )
        )

    def test_own(self) -> None:
        """Whoever means the session that there is, or does not say which, is obeyed."""
        for session_id, meant in (("a", "a"), ("a", ""), ("", "")):
            self.enter(session_id)
            self.leave(meant)
            self.assertEqual(self.centre.told()[-1], "agent1 LOGOUT 255")

    def test_newer(self) -> None:
        """A session that has another one after it, even on the same phone, is signed out no more."""
        for newer in ("b", ""):
            self.enter("a")
            self.enter(newer)
            self.centre.told()
            error = self.assertRaises(ControlFailureError, self.leave, "a")
            self.assertEqual(error.failure_code, CF.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON)
            self.assertEqual(self.centre.told(), [])

    def test_other_requests(self) -> None:
        """What else is asked for is for whichever session there is."""
        self.enter("a")
        centre = self.centre
        centre.do(
            lambda: centre.engine.request_state(
                "agent1", Request.READY, 0, centre.now, session_id="b"
            )
        )
        self.assertEqual(centre.told()[-1], "agent1 READY")

    def test_terminal(self) -> None:
        """A sign-in may name its device, which must have the number."""
        centre = self.centre
        name = phone(centre, "1001")
        centre.do(lambda: centre.engine.sign_in("agent1", "1001", False, 0.0, terminal=name))
        self.assertIs(centre.agent().state, AgentState.NOT_READY)
        error = self.assertRaises(
            ControlFailureError,
            centre.engine.sign_in, "agent2", "1002", False, 0.0, terminal=name,
        )  # fmt: skip
        self.assertEqual(error.failure_code, CF.CF_INVALID_LOGON_DEVICE_SPECIFIED)


class DirectoryTests(CentreCase):
    """The directory changes while people work."""

    def configure(self, snapshot: Snapshot) -> None:
        """Take in another directory."""
        self.centre.engine.configure(snapshot, self.centre.now)
        self.centre.settle()

    def without(self, login_id: str) -> Snapshot:
        """The directory, but for one."""
        snapshot = sample()
        return replace(snapshot, people=tuple(p for p in snapshot.people if p.login_id != login_id))

    def test_deleted(self) -> None:
        """Whoever is gone from the directory is signed out, and unknown afterwards."""
        self.centre.sign_in(1)
        self.centre.told()
        self.configure(self.without("agent1"))
        self.assertEqual(self.centre.told(), ["agent1 LOGOUT 32748"])
        self.assertEqual(self.refused("agent1", "1001")[0], CF.CF_INVALID_AGENT_ID_SPECIFIED)

    def test_deleted_in_a_call(self) -> None:
        """In a call, after it."""
        self.centre.sign_in(1)
        call_id = self.centre.call_in()
        self.centre.answer(call_id)
        self.centre.told()
        self.configure(self.without("agent1"))
        self.assertEqual(self.centre.told(), ["agent1 TALKING 32748 -> LOGOUT"])
        self.centre.hang_up(call_id)
        self.assertIn("agent1 LOGOUT 32748", self.centre.told())
        self.configure(self.without("agent1"))
        self.assertNotIn("agent1", self.centre.engine.roster.agents)

    def test_extension_changed(self) -> None:
        """Whoever gets another extension is signed out; whoever is signed out notices nothing."""
        self.centre.sign_in(1)
        self.centre.told()
        snapshot = sample()
        self.configure(
            replace(
                snapshot,
                people=tuple(
                    replace(p, extension="1019") if p.login_id != "agent2" else p
                    for p in snapshot.people
                ),
            )
        )
        self.assertEqual(self.centre.told(), ["agent1 LOGOUT 32750"])

    def test_queues_changed(self) -> None:
        """A READY agent is told with the queues that he has now, at once, and selected for them and no others."""
        self.centre.sign_in(1)
        snapshot = sample()
        people = tuple(replace(p, competences=skilled((2,))) for p in snapshot.people)
        self.centre.events.clear()
        self.configure(replace(snapshot, people=people))
        (told,) = self.centre.events
        assert isinstance(told, AgentStateChanged)
        self.assertEqual((told.state, told.csq_ids), (AgentState.READY, (2,)))
        self.configure(replace(snapshot, people=people))
        self.assertEqual(len(self.centre.events), 1)
        self.centre.call_in("6001")
        self.assertIs(self.centre.agent().state, AgentState.READY)
        self.centre.call_in("6002")
        self.assertIs(self.centre.agent().state, AgentState.RESERVED)

    def test_queue_added(self) -> None:
        """An agent who gets the queue of a waiting contact gets the contact."""
        snapshot = sample()
        self.centre = Centre(
            replace(snapshot, people=tuple(replace(p, competences=()) for p in snapshot.people))
        )
        self.centre.sign_in(1)
        self.centre.call_in()
        self.assertIs(self.centre.agent().state, AgentState.READY)
        self.configure(snapshot)
        self.assertIs(self.centre.agent().state, AgentState.RESERVED)
