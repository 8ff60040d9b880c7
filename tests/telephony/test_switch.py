"""`finesse_tx.telephony.core.switch`: what the simulated switch does, and that its events tell all of it."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError, UnknownNumberError
from finesse_tx.telephony.core.events import Batch, Cause, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.merging import MAX_PARTIES
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.numbering import (
    MAX_NUMBERS,
    NumberingError,
    additional,
    expand,
    inventory,
    is_outside,
    ranges,
)
from finesse_tx.telephony.core.parties import Batches
from finesse_tx.telephony.core.states import (
    CORE_CONNECTION,
    CORE_TERMINAL_CONNECTION,
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    CallState,
    ConnectionState,
)
from finesse_tx.telephony.core.switch import FIRST_CALL_ID, Switch

INVENTORY = inventory(["1001-1004"], ["6001-6002"], "70001", 2)

CALLER = "0612345678"
AWAY = "0611111111"


def device(number: str) -> str:
    """The device that a number of the inventory has."""
    return f"SEP{int(number):012X}" if len(number) == 4 else f"CTIP{number}"


class World:
    """A switch, and an observer's model that knows only what it was told."""

    def __init__(self, busy_trigger: int = 1, numbers: Inventory = INVENTORY) -> None:
        self.switch = Switch(numbers, is_outside, busy_trigger=busy_trigger)
        self.told = Provider(numbers)
        self.hear(self.switch.start())

    def hear(self, batches: Batches) -> Batches:
        """Tell the observer."""
        batches = (*batches, *self.switch.monitoring.aftermath())
        for batch in batches:
            for event in batch.events:
                self.told.apply(event)
        return batches

    def call_in(self, to: str = "6001") -> int:
        """An outside caller calls."""
        call_id = self.switch.allocate()
        self.hear(self.switch.call_from_outside(call_id, CALLER, to))
        return call_id

    def waiting(self) -> int:
        """A caller waits at the first port."""
        call_id = self.call_in()
        self.hear(self.switch.redirect(call_id, "6001", "70001"))
        self.hear(self.switch.accept(call_id, "70001"))
        self.hear(self.switch.answer(call_id, "70001", device("70001")))
        return call_id

    def parties(self, call_id: int) -> dict[str, str]:
        """Who is in a call, and how, as the observer knows it; empty when it is over."""
        call = self.told.calls.get(call_id)
        if call is None:
            return {}
        return {n: c.call_control_state.name for n, c in call.connections.items()}

    def held(self, call_id: int, number: str) -> str:
        """How a device stands."""
        part = self.told.terminal_connection(call_id, number, device(number))
        return part.call_control_state.name


def said(batches: Batches) -> list[str]:
    """The call-control events, in short."""
    return [
        f"{event.id.name.removeprefix('CALL_CTL_')} {event.address}"
        for batch in batches
        for event in batch.events
        if 203 <= event.id <= 220
    ]


class DeliveryTests(SynchronousTestCase):
    """From the route point over a port to an agent: ``telephony.md`` §4.1, §4.2."""

    def setUp(self) -> None:
        """A caller at a port."""
        self.world = World()
        self.switch, self.call_id = self.world.switch, self.world.waiting()

    def failure(self, error: type[ProviderError], operation: Any, *arguments: object) -> Any:
        """Ask for something that cannot be; nothing may change."""
        before = self.world.parties(self.call_id)
        failure = self.assertRaises(error, operation, *arguments)
        calls = self.switch.model.calls
        call = calls.get(self.call_id)
        after = {n: c.call_control_state.name for n, c in call.connections.items()} if call else {}
        self.assertEqual(after, before)
        return failure

    def test_at_port(self) -> None:
        """The route point has left, the caller is connected to the port."""
        self.assertEqual(
            self.world.parties(self.call_id), {CALLER: "ESTABLISHED", "70001": "ESTABLISHED"}
        )
        self.assertEqual(self.world.told.call(self.call_id).last_redirected, "6001")
        self.assertEqual(self.call_id, FIRST_CALL_ID)

    def test_answered(self) -> None:
        """While the phone rings the port holds the caller; on answer the port leaves, redirected."""
        self.world.hear(self.switch.redirect(self.call_id, "70001", "1001"))
        self.assertEqual(
            self.world.parties(self.call_id),
            {CALLER: "ESTABLISHED", "70001": "ESTABLISHED", "1001": "ALERTING"},
        )
        (batch,) = self.world.hear(self.switch.answer(self.call_id, "1001", device("1001")))
        self.assertEqual(
            said((batch,)),
            [
                "CONN_ESTABLISHED 1001",
                "TERM_CONN_TALKING 1001",
                "TERM_CONN_DROPPED 70001",
                "CONN_DISCONNECTED 70001",
            ],
        )
        self.assertIs(batch.events[-1].cause, Cause.REDIRECTED)
        self.assertEqual(
            self.world.parties(self.call_id), {CALLER: "ESTABLISHED", "1001": "ESTABLISHED"}
        )

    def test_not_answered(self) -> None:
        """A refusal takes only the phone out; the same phone can be tried again."""
        for cause in (Cause.CALL_NOT_ANSWERED, Cause.BUSY):
            self.world.hear(self.switch.redirect(self.call_id, "70001", "1001"))
            (batch,) = self.world.hear(self.switch.reject(self.call_id, "1001", cause))
            self.assertIs(batch.meta, MetaCode.CALL_REMOVING_PARTY)
            self.assertEqual({event.cause for event in batch.events}, {cause})
            self.assertEqual(
                self.world.parties(self.call_id), {CALLER: "ESTABLISHED", "70001": "ESTABLISHED"}
            )

    def test_too_late(self) -> None:
        """Once answered, it can no longer be refused: a conversation is not ended by a timer."""
        self.world.hear(self.switch.redirect(self.call_id, "70001", "1001"))
        self.world.hear(self.switch.answer(self.call_id, "1001", device("1001")))
        self.failure(
            InvalidStateError, self.switch.reject, self.call_id, "1001", Cause.CALL_NOT_ANSWERED
        )
        self.failure(InvalidStateError, self.switch.answer, self.call_id, "1001", device("1001"))

    def test_abandoned(self) -> None:
        """The caller hangs up while the phone rings: everyone leaves, and the call is over."""
        self.world.hear(self.switch.redirect(self.call_id, "70001", "1001"))
        (batch,) = self.world.hear(self.switch.disconnect(self.call_id, CALLER))
        self.assertIs(batch.meta, MetaCode.CALL_ENDING)
        self.assertEqual(
            [line for line in said((batch,)) if line.startswith("CONN")],
            ["CONN_DISCONNECTED " + number for number in (CALLER, "70001", "1001")],
        )
        self.assertEqual(self.world.told.calls, {})
        self.failure(ProviderError, self.switch.answer, self.call_id, "1001", device("1001"))

    def test_port_leaves(self) -> None:
        """When the port that holds the caller goes, so does the call."""
        self.world.hear(self.switch.redirect(self.call_id, "70001", "1001"))
        self.world.hear(self.switch.disconnect(self.call_id, "70001"))
        self.assertEqual(self.world.told.calls, {})

    def test_busy(self) -> None:
        """A phone that is in a call, out of service or not there cannot be offered another."""
        self.world.call_in("1001")
        self.world.hear(self.switch.unregister(device("1002")))
        for number, cause in (
            ("1001", Cause.BUSY),
            ("1002", Cause.DEST_NOT_OBTAINABLE),
            ("1009", Cause.DEST_NOT_OBTAINABLE),
            ("0611", Cause.DEST_NOT_OBTAINABLE),
            (CALLER, Cause.INCOMPATIBLE_DESTINATION),
        ):
            failure = self.failure(
                ProviderError, self.switch.redirect, self.call_id, "70001", number
            )
            self.assertIs(failure.cause, cause)

    def test_to_outside(self) -> None:
        """A call can be sent on to the outside; the port stays until somebody answers there, or nobody does."""
        away = AWAY
        self.world.hear(self.switch.redirect(self.call_id, "70001", away))
        self.assertEqual(self.world.parties(self.call_id)["70001"], "ESTABLISHED")
        self.world.hear(self.switch.refuse_outside(self.call_id, away, Cause.BUSY))
        self.assertEqual(
            self.world.parties(self.call_id), {CALLER: "ESTABLISHED", "70001": "ESTABLISHED"}
        )
        self.world.hear(self.switch.redirect(self.call_id, "70001", away))
        self.world.hear(self.switch.answer_outside(self.call_id, away))
        self.assertEqual(
            self.world.parties(self.call_id), {CALLER: "ESTABLISHED", away: "ESTABLISHED"}
        )

    def test_to_route_point(self) -> None:
        """A call can be sent to another route point and on from there: the port stays until the last one answers."""
        self.world.hear(self.switch.redirect(self.call_id, "70001", "6002"))
        self.world.hear(self.switch.redirect(self.call_id, "6002", "1001"))
        self.assertEqual(
            self.world.parties(self.call_id),
            {CALLER: "ESTABLISHED", "70001": "ESTABLISHED", "1001": "ALERTING"},
        )
        self.world.hear(self.switch.answer(self.call_id, "1001", device("1001")))
        self.assertEqual(
            self.world.parties(self.call_id), {CALLER: "ESTABLISHED", "1001": "ESTABLISHED"}
        )

    def test_one_at_a_time(self) -> None:
        """A call that is being redirected cannot be redirected again."""
        self.world.hear(self.switch.redirect(self.call_id, "70001", "1001"))
        failure = self.failure(ProviderError, self.switch.redirect, self.call_id, "70001", "1002")
        self.assertIs(failure.cause, Cause.LOCKOUT)

    def test_phone_lost(self) -> None:
        """A phone that vanishes while it rings leaves the caller at the port."""
        self.world.hear(self.switch.redirect(self.call_id, "70001", "1001"))
        down, gone = self.world.hear(self.switch.unregister(device("1001")))
        self.assertEqual(down.events[0].cause, Cause.DEVICE_UNREGISTERED)
        self.assertIs(gone.meta, MetaCode.CALL_REMOVING_PARTY)
        self.assertEqual(
            self.world.parties(self.call_id), {CALLER: "ESTABLISHED", "70001": "ESTABLISHED"}
        )
        self.assertFalse(self.world.told.addresses["1001"].in_service)
        self.assertEqual(self.switch.unregister(device("1001")), ())
        self.world.hear(self.switch.register(device("1001")))
        self.assertTrue(self.world.told.addresses["1001"].in_service)
        self.assertEqual(self.switch.register(device("1001")), ())
        self.assertRaises(UnknownNumberError, self.switch.register, "SEP0")

    def test_rejected_at_route_point(self) -> None:
        """No port free: the caller hears busy, and the network releases him."""
        call_id = self.world.call_in()
        (batch,) = self.world.hear(self.switch.reject(call_id, "6001", Cause.BUSY))
        self.assertEqual(said((batch,))[0], "CONN_FAILED 6001")
        self.assertEqual({event.cause for event in batch.events}, {Cause.BUSY})
        self.assertNotIn(call_id, self.world.told.calls)


class PhoneTests(SynchronousTestCase):
    """Phones that call: ``telephony.md`` §4.3, §4.6."""

    def setUp(self) -> None:
        """Phones at rest."""
        self.world = World()
        self.switch = self.world.switch

    def connect(self, from_: str, digits: str) -> int:
        """A phone dials."""
        call_id = self.switch.allocate()
        self.world.hear(self.switch.connect(call_id, device(from_), from_, digits))
        return call_id

    def test_inside(self) -> None:
        """One phone calls another, which rings and answers; either may hang up."""
        for quitter in ("1001", "1002"):
            call_id = self.connect("1001", "1002")
            self.assertEqual(
                self.world.parties(call_id), {"1001": "ESTABLISHED", "1002": "ALERTING"}
            )
            self.assertEqual(self.world.held(call_id, "1002"), "RINGING")
            self.world.hear(self.switch.answer(call_id, "1002", device("1002")))
            self.world.hear(self.switch.disconnect(call_id, quitter))
            self.assertEqual(self.world.parties(call_id), {})

    def test_outside(self) -> None:
        """A call to the outside rings in the network until someone answers there."""
        call_id = self.connect("1001", CALLER)
        self.assertEqual(
            self.world.parties(call_id), {"1001": "ESTABLISHED", CALLER: "NETWORK_ALERTING"}
        )
        self.world.hear(self.switch.answer_outside(call_id, CALLER))
        self.assertEqual(
            self.world.parties(call_id), {"1001": "ESTABLISHED", CALLER: "ESTABLISHED"}
        )
        self.assertRaises(InvalidStateError, self.switch.answer_outside, call_id, CALLER)

    def test_busy_tone(self) -> None:
        """Busy and wrong numbers leave the caller with a tone until he hangs up."""
        self.world.call_in("1002")
        for digits in ("1002", "1002", "9", "70001-"):
            call_id = self.connect("1001", digits)
            self.assertEqual(self.world.parties(call_id), {"1001": "ESTABLISHED", digits: "FAILED"})
            self.world.hear(self.switch.disconnect(call_id, "1001"))
            self.assertEqual(self.world.parties(call_id), {})

    def test_tone_is_not_busy(self) -> None:
        """Whoever hears the tone of a busy phone does not keep it busy."""
        talking = self.world.call_in("1002")
        self.connect("1001", "1002")
        self.world.hear(self.switch.disconnect(talking, CALLER))
        self.assertEqual(
            self.world.parties(self.world.call_in("1002")),
            {CALLER: "ESTABLISHED", "1002": "ALERTING"},
        )

    def test_hold(self) -> None:
        """Hold and retrieve, each told once, however often they are asked for."""
        call_id = self.connect("1001", "1002")
        self.world.hear(self.switch.answer(call_id, "1002", device("1002")))
        hold = (call_id, "1001", device("1001"))
        for operation, now, events in (
            (self.switch.hold, "HELD", 1),
            (self.switch.hold, "HELD", 0),
            (self.switch.unhold, "TALKING", 1),
            (self.switch.unhold, "TALKING", 0),
        ):
            batches = self.world.hear(operation(*hold))
            self.assertEqual(sum(len(batch.events) for batch in batches), events)
            self.assertEqual(self.world.held(call_id, "1001"), now)

    def test_hold_ringing(self) -> None:
        """A ringing phone has nothing to hold."""
        call_id = self.connect("1001", "1002")
        for operation in (self.switch.hold, self.switch.unhold):
            self.assertRaises(InvalidStateError, operation, call_id, "1002", device("1002"))

    def test_one_active_call(self) -> None:
        """A phone has one active call; with that on hold it may have another."""
        first = self.connect("1001", "1002")
        self.world.hear(self.switch.answer(first, "1002", device("1002")))
        error = self.assertRaises(ProviderError, self.connect, "1001", "1003")
        self.assertIs(error.cause, Cause.BUSY)
        self.world.hear(self.switch.hold(first, "1001", device("1001")))
        self.connect("1001", "1003")
        error = self.assertRaises(ProviderError, self.switch.unhold, first, "1001", device("1001"))
        self.assertIs(error.cause, Cause.BUSY)

    def test_cannot_dial(self) -> None:
        """A phone that is not there, not that line's, out of service or calling itself cannot dial."""
        self.world.hear(self.switch.unregister(device("1003")))
        for terminal, address, digits in (
            ("SEP0", "1001", "1002"),
            (device("1002"), "1001", "1002"),
            (device("1003"), "1003", "1002"),
            (device("1001"), "1001", "1001"),
        ):
            self.assertRaises(ProviderError, self.switch.connect, 1, terminal, address, digits)
        self.assertEqual(self.switch.model.calls, {})

    def test_drop(self) -> None:
        """Everyone leaves at once, and once only."""
        call_id = self.connect("1001", "1002")
        self.world.hear(self.switch.drop(call_id))
        self.assertEqual(self.world.told.calls, {})
        error = self.assertRaises(ProviderError, self.switch.drop, call_id)
        self.assertIs(error.cause, Cause.CALL_CANCELLED)

    def test_outside_caller_busy(self) -> None:
        """An outside caller who finds a phone busy is released at once."""
        self.connect("1001", "1002")
        self.assertEqual(self.world.parties(self.world.call_in("1002")), {})

    def test_refused_inside(self) -> None:
        """Whoever calls from a phone and is refused hears the tone."""
        call_id = self.connect("1001", "1002")
        self.world.hear(self.switch.reject(call_id, "1002", Cause.BUSY))
        self.assertEqual(self.world.parties(call_id), {"1001": "ESTABLISHED", "1002": "FAILED"})

    def test_numbers(self) -> None:
        """Only route points and phones can be called from outside."""
        for number in ("6001", "1003"):
            self.switch.check_number(number)
        for number in ("70001", "9999", CALLER, ""):
            self.assertRaises(UnknownNumberError, self.switch.check_number, number)

    def test_call_ids(self) -> None:
        """Ids go upward from 2**24 + 1 and end before NULL_CALL_ID."""
        switch = Switch(INVENTORY, is_outside, last=FIRST_CALL_ID + 1)
        self.assertEqual([switch.allocate(), switch.allocate()], [2**24 + 1, 2**24 + 2])
        self.assertIs(
            self.assertRaises(ProviderError, switch.allocate).cause, Cause.RESOURCES_NOT_AVAILABLE
        )


class NumberingTests(SynchronousTestCase):
    """`finesse_tx.telephony.core.numbering`."""

    def test_additional(self) -> None:
        """What there is already is left out, and so is what would be one number too many."""
        more = additional(INVENTORY, ["1001", "1500"], ["6001", "1500", "6500"])
        self.assertEqual([a.number for a in more.addresses], ["1500", "6500"])
        self.assertEqual([t.addresses for t in more.terminals], [("1500",)])
        full = inventory([f"100001-{100_000 + MAX_NUMBERS - 1}"], [], "", 0)
        more = additional(full, ["7", "8"], ["9"])
        self.assertEqual([a.number for a in more.addresses], ["7"])
        self.assertEqual(additional(full.with_more(more), ["8"], []).addresses, ())

    def test_inventory(self) -> None:
        """Each number has its kind; phones and ports have a device, route points have none."""
        self.assertEqual(
            [(a.number, a.kind) for a in INVENTORY.addresses],
            [
                *((n, AddressKind.PHONE) for n in ("1001", "1002", "1003", "1004")),
                *((n, AddressKind.ROUTE_POINT) for n in ("6001", "6002")),
                *((n, AddressKind.CTI_PORT) for n in ("70001", "70002")),
            ],
        )
        self.assertEqual(
            [t.name for t in INVENTORY.terminals][::4], ["SEP0000000003E9", "CTIP70001"]
        )
        self.assertEqual(inventory(["007-009"], [], "1", 0).addresses[2].number, "009")

    @given(st.sets(st.integers(0, 120).map(lambda n: f"{n:03d}")))
    def test_ranges(self, numbers: set[str]) -> None:
        """Numbers are put into ranges that give the same numbers back, and no two ranges could be one."""
        found = ranges(numbers)
        self.assertEqual(list(expand(found)), sorted(numbers))
        gaps = sum(f"{int(number) + 1:03d}" not in numbers for number in numbers)
        self.assertEqual(len(found), gaps)

    def test_ranges_of_lengths(self) -> None:
        """A range has one length, and what is no number stays what it is."""
        self.assertEqual(ranges(["99", "100", "098", "099", "1x"]), ("1x", "99", "098-100"))
        self.assertEqual(ranges(["98", "99", "100", "101"]), ("98-99", "100-101"))

    def test_refused(self) -> None:
        """A range that is none, goes downward, is too long, or meets another is refused."""
        for phones, route_points, first_port, kind in (
            (["1001-100x"], [], "7", AddressKind.PHONE),
            (["1002-1001"], [], "7", AddressKind.PHONE),
            (["1-10"], [], "7", AddressKind.PHONE),
            (["000000-100000"], [], "7", AddressKind.PHONE),
            (["00000-99999", "100000"], [], "7", AddressKind.PHONE),
            (["1001"], ["1000-1002"], "7", AddressKind.ROUTE_POINT),
            (["1001"], ["6001"], "6001", AddressKind.CTI_PORT),
            (["1001"], ["6001"], "x", AddressKind.CTI_PORT),
            (["1001"], ["6001"], "9", AddressKind.CTI_PORT),
        ):
            error = self.assertRaises(
                NumberingError, inventory, phones, route_points, first_port, 2
            )
            self.assertIs(error.kind, kind)
        self.assertEqual(len(inventory(["000000-099999"], [], "7", 0).addresses), 100_000)

    def test_outside(self) -> None:
        """Seven to fifteen digits are outside, with or without a plus."""
        for number, outside in (
            ("1234567", True),
            ("+31612345678", True),
            ("1" * 15, True),
            ("1" * 16, False),
            ("123456", False),
            ("123456x", False),
            ("+123456", False),
            ("", False),
        ):
            self.assertEqual(is_outside(number), outside, number)


class SwitchMachine(RuleBasedStateMachine):
    """Anyone does anything, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.switch = self.world.switch
        self.seen: list[int] = []

    calls = st.integers(0, 5)
    numbers = st.sampled_from(["1001", "1002", "1003", "6001", "70001", "70002", CALLER, AWAY, "9"])
    phones = st.sampled_from(["1001", "1002", "1003"])

    def attempt(self, operation: Any, *arguments: object) -> None:
        """Do it if it can be done; otherwise nothing may have changed."""
        before = self.picture(self.switch.model)
        try:
            batches: Batches = operation(*arguments)
        except ProviderError:
            assert self.picture(self.switch.model) == before
        else:
            assert all(isinstance(batch, Batch) and batch.events for batch in batches)
            self.world.hear(batches)

    @staticmethod
    def picture(model: Provider) -> object:
        """All states of a model."""
        return {
            call.id: {
                number: (
                    connection.state,
                    connection.call_control_state,
                    [
                        (name, part.state, part.call_control_state)
                        for name, part in connection.terminal_connections.items()
                    ],
                )
                for number, connection in call.connections.items()
            }
            for call in model.calls.values()
        }, [address.in_service for address in model.addresses.values()]

    def pick(self, index: int) -> int:
        """One of the latest calls, be it over or not."""
        return self.seen[-1 - index % len(self.seen)]

    @rule(to=st.sampled_from(["6001", "1001", "1002"]))
    def call_in(self, to: str) -> None:
        """An outside caller calls."""
        self.seen.append(self.switch.allocate())
        self.attempt(self.switch.call_from_outside, self.seen[-1], CALLER, to)

    @rule(from_=phones, digits=numbers)
    def connect(self, from_: str, digits: str) -> None:
        """A phone dials."""
        self.seen.append(self.switch.allocate())
        self.attempt(self.switch.connect, self.seen[-1], device(from_), from_, digits)

    @precondition(lambda self: self.seen)
    @rule(
        name=st.sampled_from(["accept", "disconnect", "answer_outside"]), call=calls, number=numbers
    )
    def act(self, name: str, call: int, number: str) -> None:
        """Someone does something in a call."""
        self.attempt(getattr(self.switch, name), self.pick(call), number)

    @precondition(lambda self: self.seen)
    @rule(from_=phones, call=calls, digits=numbers)
    def consult(self, from_: str, call: int, digits: str) -> None:
        """A phone calls somebody besides."""
        held = self.pick(call)
        self.seen.append(self.switch.allocate())
        self.attempt(self.switch.consult, self.seen[-1], held, from_, device(from_), digits)

    @precondition(lambda self: self.seen)
    @rule(
        name=st.sampled_from(["transfer", "conference", "alternate"]),
        call=calls,
        other=calls,
        number=phones,
    )
    def join(self, name: str, call: int, other: int, number: str) -> None:
        """Two calls become one, or change places."""
        owner = self.switch if name == "alternate" else self.switch.merging
        operation = getattr(owner, name)
        self.attempt(operation, self.pick(call), self.pick(other), device(number))

    @rule(from_=phones, to=phones, digits=numbers, name=st.sampled_from(["transfer", "conference"]))
    def join_two(self, from_: str, to: str, digits: str, name: str) -> None:
        """Somebody is called, answers, somebody else is consulted, and the two calls become one."""
        self.call_in(from_)
        first = self.seen[-1]
        self.attempt(self.switch.answer, first, from_, device(from_))
        self.seen.append(self.switch.allocate())
        consulted = self.seen[-1]
        self.attempt(self.switch.consult, consulted, first, from_, device(from_), digits)
        self.attempt(self.switch.answer, consulted, to, device(to))
        operation = getattr(self.switch.merging, name)
        self.attempt(operation, first, consulted, device(from_))

    @precondition(lambda self: self.seen)
    @rule(call=calls, number=numbers, digits=numbers)
    def pass_on(self, call: int, number: str, digits: str) -> None:
        """A call is passed on, or somebody is added to it."""
        self.attempt(self.switch.merging.transfer_to, self.pick(call), number, digits)
        self.attempt(self.switch.merging.add_party, self.pick(call), digits)

    @precondition(lambda self: self.seen)
    @rule(from_=phones, call=calls, number=numbers, whisper=st.booleans())
    def monitor(self, from_: str, call: int, number: str, whisper: bool) -> None:
        """Somebody listens in, and changes how; somebody records."""
        target = self.pick(call)
        self.seen.append(self.switch.allocate())
        start = self.switch.start_monitoring
        self.attempt(start, self.seen[-1], device(from_), from_, target, number, whisper)
        self.attempt(self.switch.monitoring.update, self.seen[-1], not whisper)
        self.attempt(self.switch.monitoring.record, target, number, whisper)

    @precondition(lambda self: self.seen)
    @rule(call=calls, number=numbers)
    def refuse_outside(self, call: int, number: str) -> None:
        """Somebody outside is busy."""
        self.attempt(self.switch.refuse_outside, self.pick(call), number, Cause.BUSY)

    @precondition(lambda self: self.seen)
    @rule(name=st.sampled_from(["answer", "hold", "unhold"]), call=calls, number=phones)
    def act_on_phone(self, name: str, call: int, number: str) -> None:
        """Someone presses a key."""
        self.attempt(getattr(self.switch, name), self.pick(call), number, device(number))

    @precondition(lambda self: self.seen)
    @rule(call=calls, number=numbers, destination=numbers)
    def redirect(self, call: int, number: str, destination: str) -> None:
        """A call is sent on."""
        self.attempt(self.switch.redirect, self.pick(call), number, destination)

    @precondition(lambda self: self.seen)
    @rule(call=calls, number=numbers)
    def reject(self, call: int, number: str) -> None:
        """A call is refused."""
        self.attempt(self.switch.reject, self.pick(call), number, Cause.BUSY)

    @rule(number=phones, back=st.booleans())
    def plug(self, number: str, back: bool) -> None:
        """A phone's cable is pulled, or put back."""
        operation = self.switch.register if back else self.switch.unregister
        self.attempt(operation, device(number))

    @rule(chance=st.integers(0, 5))
    def fault(self, chance: int) -> None:
        """Now and then the whole system is lost, or comes back."""
        if chance < 2:
            self.attempt(self.switch.lose if chance else self.switch.start)

    @invariant()
    def states_fit(self) -> None:
        """Each connection is in one state, whose core state is its own, and at one place in the model."""
        model = self.switch.model
        for call in model.calls.values():
            assert call.state is CallState.ACTIVE
            assert call.connections, "a call without anybody"
            for number, connection in call.connections.items():
                assert (connection.call, connection.address.number) == (call, number)
                assert connection.state is CORE_CONNECTION[connection.call_control_state]
                assert connection.state is not ConnectionState.DISCONNECTED
                if number in model.addresses:
                    assert model.addresses[number].connections[call.id] is connection
                for part in connection.terminal_connections.values():
                    assert part.connection is connection
                    assert part.state is CORE_TERMINAL_CONNECTION[part.call_control_state]
        for address in model.addresses.values():
            for call_id, connection in address.connections.items():
                assert model.calls[call_id].connections[address.number] is connection

    @invariant()
    def somebody_is_there(self) -> None:
        """In every call somebody is in conversation, or hears a tone; nobody is left alone with a ringing phone."""
        for call in self.switch.model.calls.values():
            assert any(c.state is ConnectionState.CONNECTED for c in call.connections.values())

    @invariant()
    def underway(self) -> None:
        """What is being redirected or transferred is a call that is there, and so are those whom it is between."""
        parties, calls = self.switch._parties, self.switch.model.calls
        for call_id, (holder, ringing) in parties.redirects.items():
            connections = calls[call_id].connections
            assert connections[holder].call_control_state is CallControlConnectionState.ESTABLISHED
            assert ringing in connections
        for call_id, (_controller, ringing) in parties.transfers.items():
            assert ringing in calls[call_id].connections

    def teardown(self) -> None:
        """Every call can be ended, and then nothing is left of any."""
        for call_id in list(self.switch.model.calls):
            if call_id in self.switch.model.calls:  # a monitoring call goes with what it listens to
                self.world.hear(self.switch.drop(call_id))
        assert self.picture(self.switch.model) == self.picture(self.world.told)
        assert not self.switch.model.calls
        assert not any(a.connections for a in self.switch.model.addresses.values())
        assert not self.switch._parties.redirects
        assert not self.switch._parties.transfers

    @invariant()
    def told_everything(self) -> None:
        """Whoever was told every event knows every state."""
        assert self.picture(self.world.told) == self.picture(self.switch.model)

    @invariant()
    def no_lonely_call(self) -> None:
        """A call has two parties at least, and each number knows the calls it is in."""
        for call in self.switch.model.calls.values():
            least = 2 if call.monitors is None else 1
            assert least <= len(call.connections) <= MAX_PARTIES
            if call.monitors is not None:
                target = self.switch.model.connection(*call.monitors[:2])
                assert target.call_control_state is CallControlConnectionState.ESTABLISHED
            for number, connection in call.connections.items():
                assert connection.address.connections[call.id] is connection
                assert number == connection.address.number

    @invariant()
    def one_active_call(self) -> None:
        """No device talks in two calls, no port is in two."""
        for address in self.switch.model.addresses.values():
            talking = [
                part
                for connection in address.connections.values()
                for part in connection.terminal_connections.values()
                if part.call_control_state is CallControlTerminalConnectionState.TALKING
            ]
            assert len(talking) <= 1
            if address.kind is AddressKind.CTI_PORT:
                states = [connection.state for connection in address.connections.values()]
                assert sum(state is not ConnectionState.FAILED for state in states) <= 1


class AnyOrderTests(SynchronousTestCase):
    """`SwitchMachine`, run."""

    def test_any_order(self) -> None:
        """Whatever is done in whatever order, the events tell all of it, and nothing impossible happens."""
        run_state_machine_as_test(
            SwitchMachine, settings=settings(max_examples=100, stateful_step_count=40)
        )
