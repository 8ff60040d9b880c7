"""Agents on their phones: signing in, conflicts, calls past the engine, phones lost and found (``engine.md`` §2)."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import ControlFailureCode, PeripheralErrorCode
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.states import AgentState, Request
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
        """A READY agent is selected for the queues that he has now, at once and no others."""
        self.centre.sign_in(1)
        snapshot = sample()
        people = tuple(replace(p, competences=skilled((2,))) for p in snapshot.people)
        self.configure(replace(snapshot, people=people))
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
