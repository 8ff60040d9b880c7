"""`finesse_tx.telephony.core.merging`: second calls, transfers and conferences, event by event."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError
from finesse_tx.telephony.core.events import Cause, EventID, MetaCode
from finesse_tx.telephony.core.merging import MAX_PARTIES
from finesse_tx.telephony.core.numbering import inventory
from finesse_tx.telephony.core.parties import Batches
from tests.telephony.test_switch import AWAY, CALLER, World, device


def story(batches: Batches) -> list[str]:
    """All events but the core's, with their calls counted from 1."""
    return [
        " ".join(
            filter(
                None,
                (
                    event.id.name.removeprefix("CALL_CTL_"),
                    str(event.call_id - 2**24),
                    str(event.other_call_id - 2**24) if event.other_call_id else "",
                    event.address,
                ),
            )
        )
        for batch in batches
        for event in batch.events
        if event.id >= 203 or event.id in {EventID.CALL_ACTIVE, EventID.CALL_INVALID}
    ]


class MergingCase(SynchronousTestCase):
    """A customer talks to 1001, in the first call."""

    busy_trigger = 1

    def setUp(self) -> None:
        """Let him call."""
        self.world = World(self.busy_trigger)
        self.switch = self.world.switch
        self.first = self.world.call_in("1001")
        self.do(self.switch.answer, self.first, "1001", device("1001"))

    def do(self, operation: Any, *arguments: object) -> Batches:
        """Do something, and let the observer hear of it."""
        return self.world.hear(operation(*arguments))

    def consult(self, digits: str = "1002", *, answer: bool = True, call: int = 0) -> int:
        """1001 calls somebody besides."""
        new = self.switch.allocate()
        self.do(self.switch.consult, new, call or self.first, "1001", device("1001"), digits)
        if answer:
            self.do(self.switch.answer, new, digits, device(digits))
        return new

    def fails(self, cause: Cause, operation: Any, *arguments: object) -> None:
        """Ask for what cannot be; nothing may change."""
        before = {call_id: self.world.parties(call_id) for call_id in self.world.told.calls}
        error = self.assertRaises(ProviderError, operation, *arguments)
        self.assertIs(error.cause, cause, error)
        after = {
            call.id: {n: c.call_control_state.name for n, c in call.connections.items()}
            for call in self.switch.model.calls.values()
        }
        self.assertEqual(after, before)


class ConsultTests(MergingCase):
    """Second calls: ``telephony.md`` §4.4 point 1 and 2."""

    def test_consult(self) -> None:
        """The call is put on hold, then the other one dialled; the new one says what it is for."""
        new = self.switch.allocate()
        held, dialled = self.do(
            self.switch.consult, new, self.first, "1001", device("1001"), "1002"
        )
        self.assertEqual(
            (held.meta, dialled.meta), (MetaCode.CALL_PROGRESS, MetaCode.CALL_STARTING)
        )
        self.assertEqual(
            story((held, dialled)),
            [
                "TERM_CONN_HELD 1 1001",
                "CALL_ACTIVE 2 1",
                "CONN_INITIATED 2 1001",
                "TERM_CONN_TALKING 2 1001",
                "CONN_DIALING 2 1001",
                "CONN_ESTABLISHED 2 1001",
                "CONN_OFFERED 2 1002",
                "CONN_ALERTING 2 1002",
                "TERM_CONN_RINGING 2 1002",
            ],
        )
        self.assertEqual(self.world.told.call(new).consults_for, self.first)

    def test_from_hold(self) -> None:
        """A call that is on hold already stays so."""
        self.do(self.switch.hold, self.first, "1001", device("1001"))
        new = self.switch.allocate()
        (dialled,) = self.do(self.switch.consult, new, self.first, "1001", device("1001"), "1002")
        self.assertIs(dialled.meta, MetaCode.CALL_STARTING)

    def test_failed(self) -> None:
        """A busy number leaves the consulting phone with a tone, and the first call on hold."""
        self.world.call_in("1002")
        new = self.consult(answer=False)
        self.assertEqual(self.world.parties(new), {"1001": "ESTABLISHED", "1002": "FAILED"})
        self.fails(Cause.UNKNOWN, self.switch.merging.transfer, self.first, new, device("1001"))
        self.assertEqual(self.world.held(self.first, "1001"), "HELD")

    def test_refused(self) -> None:
        """Not from a call that one is not in, nor in two conversations, nor to oneself."""
        self.consult()
        new, here = self.switch.allocate(), ("1001", device("1001"))
        for call, digits, cause in (
            (self.first, "1003", Cause.BUSY),
            (self.first, "1001", Cause.INCOMPATIBLE_DESTINATION),
            (77, "1003", Cause.CALL_CANCELLED),
        ):
            self.fails(cause, self.switch.consult, new, call, *here, digits)
        ringing = self.world.call_in("1003")
        self.assertRaises(
            InvalidStateError,
            self.switch.consult,
            new,
            ringing,
            "1003",
            device("1003"),
            "1004",
        )

    def test_alternate(self) -> None:
        """The calls change places as often as one likes, each time in one batch with cause ALTERNATE."""
        new = self.consult()
        for active, held in ((new, self.first), (self.first, new)):
            (batch,) = self.do(self.switch.alternate, active, held, device("1001"))
            self.assertEqual(
                [(event.id, event.call_id, event.cause) for event in batch.events],
                [
                    (EventID.CALL_CTL_TERM_CONN_HELD, active, Cause.ALTERNATE),
                    (EventID.CALL_CTL_TERM_CONN_TALKING, held, Cause.ALTERNATE),
                ],
            )
        for pair in ((self.first, new), (new, new), (new, 77)):
            self.assertRaises(ProviderError, self.switch.alternate, *pair, device("1001"))

    def test_left_alone(self) -> None:
        """When the customer hangs up on hold, the consultation goes on as a call of its own."""
        new = self.consult()
        self.do(self.switch.disconnect, self.first, CALLER)
        self.assertEqual(self.world.parties(new), {"1001": "ESTABLISHED", "1002": "ESTABLISHED"})


class WaitingCallTests(MergingCase):
    """A busy trigger of two."""

    busy_trigger = 2

    def test_waiting_call(self) -> None:
        """A second call rings while one talks, a third is busy; one can go over to it."""
        second = self.world.call_in("1001")
        self.assertEqual(self.world.parties(second)["1001"], "ALERTING")
        self.assertEqual(self.world.parties(self.world.call_in("1001")), {})
        self.fails(Cause.BUSY, self.switch.answer, second, "1001", device("1001"))
        held, answered = self.do(self.switch.alternate, self.first, second, device("1001"))
        self.assertEqual(
            story((held, answered)),
            ["TERM_CONN_HELD 1 1001", "CONN_ESTABLISHED 2 1001", "TERM_CONN_TALKING 2 1001"],
        )


class TransferTests(MergingCase):
    """``telephony.md`` §4.4 point 3 and 5."""

    def test_consulted(self) -> None:
        """The consulted party goes on in the first call, the controller leaves both, the second call ends."""
        new = self.consult()
        (batch,) = self.do(self.switch.merging.transfer, self.first, new, device("1001"))
        self.assertIs(batch.meta, MetaCode.CALL_TRANSFERRING)
        self.assertEqual(
            story((batch,)),
            [
                "TRANSFER_STARTED 1 2 1001",
                "TERM_CONN_DROPPED 2 1001",
                "CONN_DISCONNECTED 2 1001",
                "CALL_CHANGED 1 2 1002",
                "CALL_INVALID 2",
                "TERM_CONN_DROPPED 1 1001",
                "CONN_DISCONNECTED 1 1001",
                "TRANSFER_ENDED 1 2 1001",
            ],
        )
        self.assertEqual({event.cause for event in batch.events}, {Cause.TRANSFER})
        self.assertEqual(
            self.world.parties(self.first), {CALLER: "ESTABLISHED", "1002": "ESTABLISHED"}
        )
        self.assertEqual(self.world.held(self.first, "1002"), "TALKING")
        self.assertNotIn(new, self.world.told.calls)

    def test_before_the_answer(self) -> None:
        """It goes on ringing in the first call; when it is answered there, nobody is called back."""
        new = self.consult(answer=False)
        self.do(self.switch.merging.transfer, self.first, new, device("1001"))
        self.assertEqual(
            self.world.parties(self.first), {CALLER: "ESTABLISHED", "1002": "ALERTING"}
        )
        self.do(self.switch.answer, self.first, "1002", device("1002"))
        self.assertEqual(self.switch._parties.transfers, {})

    def test_called_back(self) -> None:
        """When the destination refuses or vanishes before its answer, the controller rings again."""
        for end in ("reject", "unregister", "reject_single"):
            self.setUp()
            if end == "reject_single":
                self.do(self.switch.merging.transfer_to, self.first, "1001", "1002")
            else:
                new = self.consult(answer=False)
                self.do(self.switch.merging.transfer, self.first, new, device("1001"))
            if end == "unregister":
                self.do(self.switch.unregister, device("1002"))
            else:
                self.do(self.switch.reject, self.first, "1002", Cause.CALL_NOT_ANSWERED)
            self.assertEqual(
                self.world.parties(self.first), {CALLER: "ESTABLISHED", "1001": "ALERTING"}
            )
            self.do(self.switch.answer, self.first, "1001", device("1001"))
            self.do(self.switch.disconnect, self.first, "1001")
            self.assertEqual(self.world.told.calls, {})

    def test_nobody_to_call_back(self) -> None:
        """When the controller is in another call by then, the customer is released."""
        self.do(self.switch.merging.transfer_to, self.first, "1001", "1002")
        self.world.call_in("1001")
        self.do(self.switch.reject, self.first, "1002", Cause.BUSY)
        self.assertNotIn(self.first, self.world.told.calls)

    def test_single_step(self) -> None:
        """One batch: the controller leaves, the destination rings."""
        (batch,) = self.do(self.switch.merging.transfer_to, self.first, "1001", "1002")
        self.assertEqual(
            story((batch,)),
            [
                "TRANSFER_STARTED 1 1001",
                "TERM_CONN_DROPPED 1 1001",
                "CONN_DISCONNECTED 1 1001",
                "CONN_OFFERED 1 1002",
                "CONN_ALERTING 1 1002",
                "TERM_CONN_RINGING 1 1002",
                "TRANSFER_ENDED 1 1001",
            ],
        )

    def test_to_route_point_and_outside(self) -> None:
        """A route point is offered the call and sends it on; somebody outside rings in the network."""
        self.do(self.switch.merging.transfer_to, self.first, "1001", "6001")
        self.do(self.switch.redirect, self.first, "6001", "70001")
        self.assertEqual(self.switch._parties.transfers, {})
        self.setUp()
        self.do(self.switch.merging.transfer_to, self.first, "1001", AWAY)
        self.do(self.switch.answer_outside, self.first, AWAY)
        self.assertEqual(
            self.world.parties(self.first), {CALLER: "ESTABLISHED", AWAY: "ESTABLISHED"}
        )

    def test_refused(self) -> None:
        """A destination that cannot take the call leaves everything as it was."""
        self.world.call_in("1003")
        blind = self.switch.merging.transfer_to
        for number, digits, cause in (
            ("1001", "1003", Cause.BUSY),
            ("1001", "9", Cause.DEST_NOT_OBTAINABLE),
            ("1001", CALLER, Cause.INCOMPATIBLE_DESTINATION),
            ("1002", "1004", Cause.CALL_CANCELLED),
        ):
            self.fails(cause, blind, self.first, number, digits)
        new = self.consult("1002", answer=False)
        self.do(self.switch.merging.transfer, self.first, new, device("1001"))
        self.fails(Cause.UNKNOWN, blind, self.first, CALLER, "1004")
        ringing = self.world.call_in("1004")
        self.fails(Cause.UNKNOWN, blind, ringing, "1004", "1001")

    def test_not_in_both(self) -> None:
        """Both calls must be the device's, and nobody may be in both of them."""
        new = self.consult(CALLER, answer=False)
        both = self.switch.merging.transfer
        self.do(self.switch.answer_outside, new, CALLER)
        self.fails(Cause.INCOMPATIBLE_DESTINATION, both, self.first, new, device("1001"))
        self.fails(Cause.INCOMPATIBLE_DESTINATION, both, self.first, self.first, device("1001"))
        self.fails(Cause.CALL_CANCELLED, both, self.first, new, device("1002"))
        self.fails(Cause.CALL_CANCELLED, both, self.first, 77, device("1001"))

    def test_in_a_queue(self) -> None:
        """Transferred while the consulted port rings an agent: the port goes on holding the customer for him."""
        new = self.consult("6001", answer=False)
        self.do(self.switch.redirect, new, "6001", "70001")
        self.do(self.switch.accept, new, "70001")
        self.do(self.switch.answer, new, "70001", device("70001"))
        self.do(self.switch.redirect, new, "70001", "1002")
        self.do(self.switch.media.play, new, "70001", "vivaldi", True)
        self.do(self.switch.merging.transfer, self.first, new, device("1001"))
        self.assertEqual(self.world.told.connection(self.first, "70001").media.name, "MUSIC")
        self.do(self.switch.answer, self.first, "1002", device("1002"))
        self.assertEqual(
            self.world.parties(self.first), {CALLER: "ESTABLISHED", "1002": "ESTABLISHED"}
        )


class ConferenceTests(MergingCase):
    """``telephony.md`` §4.4 point 4."""

    def conference(self, other: int) -> Batches:
        """1001 brings two calls together."""
        return self.do(self.switch.merging.conference, self.first, other, device("1001"))

    def test_three(self) -> None:
        """All three are in the first call, and talk; they leave one by one, and two go on as any two do."""
        (batch,) = self.conference(self.consult())
        self.assertIs(batch.meta, MetaCode.CALL_MERGING)
        self.assertEqual(
            story((batch,)),
            [
                "CONFERENCE_STARTED 1 2 1001",
                "TERM_CONN_DROPPED 2 1001",
                "CONN_DISCONNECTED 2 1001",
                "TERM_CONN_TALKING 1 1001",
                "CALL_CHANGED 1 2 1002",
                "CALL_INVALID 2",
                "CONFERENCE_ENDED 1 2 1001",
            ],
        )
        (left,) = self.do(self.switch.disconnect, self.first, "1001")
        self.assertIs(left.meta, MetaCode.CALL_REMOVING_PARTY)
        self.assertEqual(
            self.world.parties(self.first), {CALLER: "ESTABLISHED", "1002": "ESTABLISHED"}
        )
        (last,) = self.do(self.switch.disconnect, self.first, "1002")
        self.assertIs(last.meta, MetaCode.CALL_ENDING)

    def test_active_first(self) -> None:
        """It does not matter which of the calls is the one that is on hold."""
        new = self.consult()
        self.do(self.switch.alternate, new, self.first, device("1001"))
        (batch,) = self.conference(new)
        self.assertNotIn("TERM_CONN_TALKING 1 1001", story((batch,)))
        self.assertEqual(self.world.held(self.first, "1001"), "TALKING")

    def test_limit(self) -> None:
        """Sixteen are in a conference, not seventeen, however the last one would come."""
        self.world = World(numbers=inventory(["1001-1020"], [], "70001", 0))
        self.switch, phone = self.world.switch, device("1001")
        self.first = self.world.call_in("1001")
        self.do(self.switch.answer, self.first, "1001", phone)
        for number in range(1002, 1016):
            self.conference(self.consult(str(number)))
        self.assertEqual(len(self.world.parties(self.first)), MAX_PARTIES)
        new = self.consult("1016")
        full, merging = Cause.RESOURCES_NOT_AVAILABLE, self.switch.merging
        self.fails(full, merging.conference, self.first, new, phone)
        self.fails(full, merging.add_party, self.first, "1020")
        self.do(merging.transfer, self.first, new, phone)
        self.assertEqual(len(self.world.parties(self.first)), MAX_PARTIES)

    def test_add_party(self) -> None:
        """Somebody more is rung; the two go on, whether he answers or not."""
        add = self.switch.merging.add_party
        (batch,) = self.do(add, self.first, "1002")
        self.assertEqual(
            story((batch,)),
            ["CONN_OFFERED 1 1002", "CONN_ALERTING 1 1002", "TERM_CONN_RINGING 1 1002"],
        )
        self.do(self.switch.reject, self.first, "1002", Cause.CALL_NOT_ANSWERED)
        self.assertEqual(
            self.world.parties(self.first), {CALLER: "ESTABLISHED", "1001": "ESTABLISHED"}
        )
        self.do(add, self.first, "1002")
        self.do(self.switch.answer, self.first, "1002", device("1002"))
        self.assertEqual(len(self.world.parties(self.first)), 3)
        for number, cause in (
            ("1002", Cause.INCOMPATIBLE_DESTINATION),
            ("9", Cause.DEST_NOT_OBTAINABLE),
        ):
            self.fails(cause, add, self.first, number)
        self.fails(Cause.CALL_CANCELLED, add, 77, "1003")
        self.fails(Cause.UNKNOWN, add, self.world.call_in("1003"), "1004")
