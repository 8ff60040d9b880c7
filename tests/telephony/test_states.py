"""`finesse_tx.telephony.core.states`: the tables, laid beside ``telephony.md`` §1.2, and over every pair of states."""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from itertools import product
from typing import TypeVar

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.telephony.core import states
from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.errors import InvalidStateError, UnknownObjectError
from finesse_tx.telephony.core.events import (
    CALL_CONTROL_EVENTS,
    CALL_CONTROL_TERMINAL_EVENTS,
    CONNECTION_EVENTS,
    MEDIA_EVENTS,
    PROVIDER_EVENTS,
    TERMINAL_CONNECTION_EVENTS,
    Cause,
    Event,
    EventID,
    MetaCode,
)
from finesse_tx.telephony.core.inventory import (
    AddressKind,
    AddressRecord,
    Inventory,
    TerminalRecord,
)
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.objects import Connection, TerminalConnection
from finesse_tx.telephony.core.states import (
    CORE_CONNECTION,
    CORE_TERMINAL_CONNECTION,
    CallControlConnectionState,
    CallControlTerminalConnectionState,
    CallState,
    ConnectionState,
    MediaState,
    ProviderState,
    TerminalConnectionState,
)

INVENTORY = Inventory(
    (AddressRecord("1001", AddressKind.PHONE),), (TerminalRecord("SEP1", "A phone", ("1001",)),)
)

TABLES: Mapping[str, Mapping[IntEnum, frozenset[IntEnum]]] = {
    name: getattr(states, name)
    for name in (
        "PROVIDER",
        "CALL",
        "CONNECTION",
        "TERMINAL_CONNECTION",
        "CALL_CONTROL_CONNECTION",
        "CALL_CONTROL_TERMINAL_CONNECTION",
        "MEDIA",
    )
}


Fine = TypeVar("Fine", bound=IntEnum)
Coarse = TypeVar("Coarse", bound=IntEnum)


def unrefined(
    fine: Mapping[Fine, frozenset[Fine]],
    coarse: Mapping[Coarse, frozenset[Coarse]],
    core: Mapping[Fine, Coarse],
) -> Iterator[tuple[Fine, Fine]]:
    """The transitions of ``fine`` that ``coarse`` has no word for."""
    for was, following in fine.items():
        for now in following:
            if core[was] is not core[now] and core[now] not in coarse[core[was]]:
                yield was, now


def outcome(provider: Provider, event: Event) -> bool:
    """Whether the event was applied; a refusal must say so as `InvalidStateError`."""
    try:
        provider.apply(event)
    except InvalidStateError:
        return False
    return True


class TableTests(SynchronousTestCase):
    """The published tables."""

    def test_complete(self) -> None:
        """Every state has a row, and none follows itself."""
        for name, table in TABLES.items():
            (kind,) = {type(state) for state in table}
            self.assertEqual(set(table), set(kind), name)
            self.assertFalse([s for s in table if s in table[s]], name)

    def test_final(self) -> None:
        """The final states are those of the reference."""
        final = {state.name for table in TABLES.values() for state in table if not table[state]}
        self.assertEqual(final, {"SHUTDOWN", "INVALID", "DISCONNECTED", "DROPPED"})

    def test_values(self) -> None:
        """The numbers are JTAPI's: consecutive from 16, 32, 48, 64, 80 and 96; those of media are ours."""
        for name, first in zip(TABLES, (16, 32, 48, 64, 80, 96, 0), strict=True):
            values = [int(state) for state in TABLES[name]]
            self.assertEqual(values, list(range(first, first + len(values))), name)

    def test_refinement(self) -> None:
        """A call-control transition stays in its core state or makes a core transition, but for one."""
        self.assertEqual(
            [
                *unrefined(states.CALL_CONTROL_CONNECTION, states.CONNECTION, CORE_CONNECTION),
                *unrefined(
                    states.CALL_CONTROL_TERMINAL_CONNECTION,
                    states.TERMINAL_CONNECTION,
                    CORE_TERMINAL_CONNECTION,
                ),
            ],
            [(CallControlConnectionState.ALERTING, CallControlConnectionState.QUEUED)],
        )


class ModelTests(SynchronousTestCase):
    """`Provider.apply` over every pair of states."""

    def model(self) -> tuple[Provider, Connection, TerminalConnection]:
        """A phone in a call, everything IDLE."""
        provider = Provider(INVENTORY)
        change = Change(provider, MetaCode.CALL_STARTING)
        change.tell(EventID.CALL_ACTIVE, call_id=1)
        change.join(1, "1001")
        return (
            provider,
            provider.connection(1, "1001"),
            provider.terminal_connection(1, "1001", "SEP1"),
        )

    def test_moves(self) -> None:
        """A move is what its events do one by one, over every pair of states; one that is refused changes nothing."""
        for was, wanted in product(CallControlConnectionState, CALL_CONTROL_EVENTS):
            provider, connection, _ = self.model()
            other, same, _ = self.model()
            for each in (connection, same):
                each.state, each.call_control_state = CORE_CONNECTION[was], was
            change = Change(provider, MetaCode.UNKNOWN)
            try:
                change.move(1, "1001", wanted, cause=Cause.REDIRECTED)
            except InvalidStateError:
                self.assertEqual(change.batch().events, ())
                self.assertIs(connection.call_control_state, was)
                core = Event(CONNECTION_EVENTS[CORE_CONNECTION[wanted]], Cause.NORMAL, 1, "1001")
                fine = Event(CALL_CONTROL_EVENTS[wanted], Cause.NORMAL, 1, "1001")
                changes = CORE_CONNECTION[wanted] is not CORE_CONNECTION[was]
                told = [core, fine] if changes else [fine]
                self.assertFalse(all(outcome(other, event) for event in told))
            else:
                self.assertTrue(all(outcome(other, event) for event in change.batch().events))
            if wanted in states.CALL_CONTROL_CONNECTION[was]:
                self.assertIs(connection.call.last_redirected, same.call.last_redirected)
            self.assertEqual(connection.call.connections.keys(), same.call.connections.keys())

    def test_terminal_moves(self) -> None:
        """The same of a device's part."""
        for was, wanted in product(
            CallControlTerminalConnectionState, CALL_CONTROL_TERMINAL_EVENTS
        ):
            provider, connection, part = self.model()
            other, same, _ = self.model()
            for each in (part, same.terminal_connections["SEP1"]):
                each.state, each.call_control_state = CORE_TERMINAL_CONNECTION[was], was
            change = Change(provider, MetaCode.UNKNOWN)
            try:
                change.move_terminal(1, "1001", "SEP1", wanted)
            except InvalidStateError:
                self.assertEqual(change.batch().events, ())
                self.assertNotIn(wanted, states.CALL_CONTROL_TERMINAL_CONNECTION[was])
            else:
                self.assertIn(wanted, states.CALL_CONTROL_TERMINAL_CONNECTION[was])
                self.assertTrue(all(outcome(other, event) for event in change.batch().events))
                self.assertIs(part.state, CORE_TERMINAL_CONNECTION[wanted])
            self.assertEqual(
                connection.terminal_connections.keys(), same.terminal_connections.keys()
            )

    def test_provider(self) -> None:
        """The provider moves along its table only."""
        for was, wanted in product(ProviderState, ProviderState):
            provider = Provider(INVENTORY)
            provider.state = was
            allowed = wanted in states.PROVIDER[was]
            self.assertEqual(outcome(provider, Event(PROVIDER_EVENTS[wanted])), allowed)
            self.assertIs(provider.state, wanted if allowed else was)

    def test_call(self) -> None:
        """A call begins once and ends once."""
        for was in CallState:
            for wanted, event in (
                (CallState.ACTIVE, EventID.CALL_ACTIVE),
                (CallState.INVALID, EventID.CALL_INVALID),
            ):
                provider = Provider(INVENTORY)
                provider.apply(Event(EventID.CALL_ACTIVE, call_id=1))
                call = provider.call(1)
                call.state = was
                allowed = wanted in states.CALL[was]
                self.assertEqual(outcome(provider, Event(event, call_id=1)), allowed)
                self.assertIs(call.state, wanted if allowed else was)

    def test_connection(self) -> None:
        """A connection's core state moves along its table only, and a refusal changes nothing."""
        for was, wanted in product(ConnectionState, CONNECTION_EVENTS):
            provider, connection, _ = self.model()
            connection.state = was
            allowed = wanted in states.CONNECTION[was]
            event = Event(CONNECTION_EVENTS[wanted], Cause.NORMAL, 1, "1001")
            self.assertEqual(outcome(provider, event), allowed)
            self.assertIs(connection.state, wanted if allowed else was)

    def test_call_control_connection(self) -> None:
        """So does its call-control state."""
        for was, wanted in product(CallControlConnectionState, CALL_CONTROL_EVENTS):
            provider, connection, _ = self.model()
            connection.call_control_state, connection.state = was, CORE_CONNECTION[wanted]
            allowed = wanted in states.CALL_CONTROL_CONNECTION[was]
            event = Event(CALL_CONTROL_EVENTS[wanted], Cause.NORMAL, 1, "1001")
            self.assertEqual(outcome(provider, event), allowed)
            self.assertIs(connection.call_control_state, wanted if allowed else was)

    def test_terminal_connection(self) -> None:
        """A terminal connection's core state moves along its table only."""
        for was, wanted in product(TerminalConnectionState, TERMINAL_CONNECTION_EVENTS):
            provider, _, part = self.model()
            part.state = was
            allowed = wanted in states.TERMINAL_CONNECTION[was]
            event = Event(TERMINAL_CONNECTION_EVENTS[wanted], Cause.NORMAL, 1, "1001", "SEP1")
            self.assertEqual(outcome(provider, event), allowed)
            self.assertIs(part.state, wanted if allowed else was)

    def test_call_control_terminal_connection(self) -> None:
        """So does its call-control state."""
        for was, wanted in product(
            CallControlTerminalConnectionState, CALL_CONTROL_TERMINAL_EVENTS
        ):
            provider, _, part = self.model()
            part.call_control_state, part.state = was, CORE_TERMINAL_CONNECTION[wanted]
            allowed = wanted in states.CALL_CONTROL_TERMINAL_CONNECTION[was]
            event = Event(CALL_CONTROL_TERMINAL_EVENTS[wanted], Cause.NORMAL, 1, "1001", "SEP1")
            self.assertEqual(outcome(provider, event), allowed)
            self.assertIs(part.call_control_state, wanted if allowed else was)

    def test_media(self) -> None:
        """What a port plays moves along its table only."""
        for was, wanted in product(MediaState, MEDIA_EVENTS):
            provider, connection, _ = self.model()
            connection.media = was
            allowed = wanted in states.MEDIA[was]
            event = Event(MEDIA_EVENTS[wanted], Cause.NORMAL, 1, "1001")
            self.assertEqual(outcome(provider, event), allowed)
            self.assertIs(connection.media, wanted if allowed else was)

    def test_error(self) -> None:
        """The refusal names the object, its state and the wanted one."""
        provider, _, _ = self.model()
        provider.apply(Event(EventID.CONN_CONNECTED, Cause.NORMAL, 1, "1001"))
        error = self.assertRaises(
            InvalidStateError, provider.apply, Event(EventID.CONN_ALERTING, Cause.NORMAL, 1, "1001")
        )
        self.assertEqual(
            (error.object, error.state, error.wanted),
            ("1/1001", ConnectionState.CONNECTED, ConnectionState.ALERTING),
        )
        self.assertIn("1/1001 is CONNECTED, it cannot become ALERTING", str(error))

    def test_refinement_first(self) -> None:
        """A call-control event without the core event that it refines is refused."""
        provider, _, _ = self.model()
        for event in (
            Event(EventID.CALL_CTL_CONN_ESTABLISHED, Cause.NORMAL, 1, "1001"),
            Event(EventID.CALL_CTL_TERM_CONN_TALKING, Cause.NORMAL, 1, "1001", "SEP1"),
        ):
            self.assertRaises(InvalidStateError, provider.apply, event)

    def test_created_twice(self) -> None:
        """A number and a device are in a call once."""
        provider, _, _ = self.model()
        for event in (
            Event(EventID.CONN_CREATED, Cause.NORMAL, 1, "1001"),
            Event(EventID.TERM_CONN_CREATED, Cause.NORMAL, 1, "1001", "SEP1"),
            Event(EventID.CALL_ACTIVE, call_id=1),
        ):
            self.assertRaises(InvalidStateError, provider.apply, event)

    def test_unknown(self) -> None:
        """An event about nothing that exists says what is missing."""
        provider, _, _ = self.model()
        for event, missing in (
            (Event(EventID.CALL_INVALID, call_id=2), "call 2"),
            (Event(EventID.CONN_ALERTING, Cause.NORMAL, 1, "1002"), "connection 1/1002"),
            (Event(EventID.ADDR_IN_SERVICE, address="1002"), "address 1002"),
            (
                Event(EventID.TERM_CONN_CREATED, Cause.NORMAL, 1, "1001", "SEP2"),
                "device SEP2 of 1001",
            ),
            (
                Event(EventID.TERM_CONN_ACTIVE, Cause.NORMAL, 1, "1001", "SEP2"),
                "terminal connection 1/1001/SEP2",
            ),
        ):
            error = self.assertRaises(UnknownObjectError, provider.apply, event)
            self.assertEqual(str(error), f"there is no {missing}")

    def test_every_event(self) -> None:
        """The model knows what to do with every event there is."""
        for number in EventID:
            try:
                Provider(INVENTORY).apply(Event(number, call_id=9, address="x", terminal="y"))
            except (InvalidStateError, UnknownObjectError):
                continue


class LifeTests(SynchronousTestCase):
    """A call from its beginning to its end, by `Change`."""

    def test_references(self) -> None:
        """Call and address forget a connection when it is DISCONNECTED; it remembers them."""
        provider = Provider(INVENTORY)
        change = Change(provider, MetaCode.CALL_STARTING)
        change.tell(EventID.CALL_ACTIVE, call_id=1)
        change.join(1, "0612345678")
        change.move(1, "0612345678", CallControlConnectionState.ESTABLISHED)
        change.join(1, "1001")
        call, connection = provider.call(1), provider.connection(1, "1001")
        self.assertEqual((call.calling, call.called), ("0612345678", "1001"))
        self.assertEqual(connection.address.connections, {1: connection})
        change.leave(1, "1001", Cause.REDIRECTED)
        self.assertEqual(list(call.connections), ["0612345678"])
        self.assertEqual(connection.address.connections, {})
        self.assertEqual((connection.call, connection.address.number), (call, "1001"))
        self.assertEqual(call.last_redirected, "1001")
        self.assertRaises(InvalidStateError, provider.apply, Event(EventID.CALL_INVALID, call_id=1))
        change.end(1)
        self.assertEqual((provider.calls, call.state), ({}, CallState.INVALID))

    def test_lost(self) -> None:
        """With the provider, all that was known of its calls and numbers is gone."""
        provider = Provider(INVENTORY)
        change = Change(provider, MetaCode.CALL_STARTING)
        change.tell(EventID.PROV_IN_SERVICE)
        change.tell(EventID.ADDR_IN_SERVICE, address="1001")
        change.tell(EventID.CALL_ACTIVE, call_id=1)
        change.join(1, "1001")
        self.assertFalse(provider.addresses["1001"].is_free)
        change.tell(EventID.PROV_OUT_OF_SERVICE)
        address = provider.addresses["1001"]
        self.assertEqual((provider.calls, address.connections), ({}, {}))
        self.assertFalse(address.in_service)

    def test_add(self) -> None:
        """Numbers and devices can be added; those that are there stay as they are."""
        provider = Provider(INVENTORY)
        provider.apply(Event(EventID.ADDR_IN_SERVICE, address="1001"))
        provider.add(
            Inventory(
                (*INVENTORY.addresses, AddressRecord("6001", AddressKind.ROUTE_POINT)),
                INVENTORY.terminals,
            )
        )
        self.assertTrue(provider.addresses["1001"].in_service)
        self.assertEqual(list(provider.addresses["1001"].terminals), ["SEP1"])
        self.assertIs(provider.kind("6001"), AddressKind.ROUTE_POINT)

    def test_order(self) -> None:
        """A batch has the core event before its refinement, and devices leave before their number."""
        provider = Provider(INVENTORY)
        change = Change(provider, MetaCode.CALL_STARTING)
        change.tell(EventID.CALL_ACTIVE, call_id=1)
        change.join(1, "1001")
        change.move(
            1, "1001", CallControlConnectionState.OFFERED, CallControlConnectionState.QUEUED
        )
        change.end(1, Cause.CALL_CANCELLED)
        self.assertEqual(
            [event.id for event in change.batch().events],
            [
                EventID.CALL_ACTIVE,
                EventID.CONN_CREATED,
                EventID.TERM_CONN_CREATED,
                EventID.CONN_IN_PROGRESS,
                EventID.CALL_CTL_CONN_OFFERED,
                EventID.CALL_CTL_CONN_QUEUED,
                EventID.TERM_CONN_DROPPED,
                EventID.CALL_CTL_TERM_CONN_DROPPED,
                EventID.CONN_DISCONNECTED,
                EventID.CALL_CTL_CONN_DISCONNECTED,
                EventID.CALL_INVALID,
            ],
        )
        self.assertEqual(
            str(change.batch().events[-2]),
            "CALL_CTL_CONN_DISCONNECTED(205) 1/1001 CALL_CANCELLED(102)",
        )
