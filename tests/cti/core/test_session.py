"""The session tables (§10.1 to §10.3 of the CTI reference), over all pairs."""

from itertools import product

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.errors import UnexpectedMessageError
from finesse_tx.cti.core.session import (
    CLIENT_STEP,
    SERVER_STEP,
    ClientAction,
    ClientInput,
    ClientState,
    ServerAction,
    ServerInput,
    ServerState,
    client_step,
    server_step,
)

FROM_CLIENT = {
    ServerInput.OPEN_REQ,
    ServerInput.HEARTBEAT_REQ,
    ServerInput.CLOSE_REQ,
    ServerInput.REQUEST,
    ServerInput.UNKNOWN,
    ServerInput.MALFORMED,
    ServerInput.LOST,
}

FROM_SERVER = {
    ClientInput.OPEN_CONF,
    ClientInput.OPEN_REFUSED,
    ClientInput.HEARTBEAT_CONF,
    ClientInput.HEARTBEAT_REFUSED,
    ClientInput.CLOSE_CONF,
    ClientInput.MESSAGE,
    ClientInput.ENDED,
    ClientInput.LOST,
}


class ServerTableTests(SynchronousTestCase):
    """The server's side."""

    def test_all_pairs(self) -> None:
        """Each pair does what the table says, and what is not in the table is an error that says so."""
        for state, event in product(ServerState, ServerInput):
            if (state, event) in SERVER_STEP:
                self.assertEqual(server_step(state, event), SERVER_STEP[state, event])
            else:
                error = self.assertRaises(UnexpectedMessageError, server_step, state, event)
                self.assertEqual((error.state, error.event), (state.name, event.name))
                self.assertEqual(str(error), f"{event.name} while {state.name}")

    def test_client_cannot_err(self) -> None:
        """Whatever a client does, in whatever state, has an entry: it gets an answer, never our exception."""
        missing = set(product(ServerState, FROM_CLIENT)) - set(SERVER_STEP)
        self.assertEqual(missing, set())

    def test_nothing_leaves_closed(self) -> None:
        """A closed connection stays closed, and sends nothing."""
        for (state, _event), (after, action) in SERVER_STEP.items():
            if state is ServerState.CLOSED:
                self.assertIs(after, ServerState.CLOSED)
                self.assertIn(action, {ServerAction.IGNORE, ServerAction.FORGET})

    def test_only_open_forwards(self) -> None:
        """The peripheral sees requests of open sessions alone."""
        forwarding = {
            s for (s, _e), (_a, act) in SERVER_STEP.items() if act is ServerAction.FORWARD
        }
        self.assertEqual(forwarding, {ServerState.OPEN})

    def test_before_open(self) -> None:
        """Before a session is open everything but OPEN_REQ fails with status 4."""
        for state in (ServerState.WAITING, ServerState.OPENING):
            for event in (
                ServerInput.HEARTBEAT_REQ,
                ServerInput.CLOSE_REQ,
                ServerInput.REQUEST,
                ServerInput.UNKNOWN,
            ):
                self.assertEqual(server_step(state, event), (state, ServerAction.FAIL_NOT_OPEN))

    def test_every_action_is_used(self) -> None:
        """There is no action that nothing leads to, and no state that nothing enters."""
        self.assertEqual({action for _s, action in SERVER_STEP.values()}, set(ServerAction))
        self.assertEqual({state for state, _a in SERVER_STEP.values()}, set(ServerState))


class ClientTableTests(SynchronousTestCase):
    """The client's side."""

    def test_all_pairs(self) -> None:
        """Each pair does what the table says, and what is not in the table is an error that says so."""
        for state, event in product(ClientState, ClientInput):
            if (state, event) in CLIENT_STEP:
                self.assertEqual(client_step(state, event), CLIENT_STEP[state, event])
            else:
                error = self.assertRaises(UnexpectedMessageError, client_step, state, event)
                self.assertEqual((error.state, error.event), (state.name, event.name))

    def test_server_errors(self) -> None:
        """What a server must not send is exactly this."""
        missing = set(product(ClientState, FROM_SERVER)) - set(CLIENT_STEP)
        self.assertEqual(
            missing,
            {
                (ClientState.OPENING, ClientInput.HEARTBEAT_CONF),
                (ClientState.OPENING, ClientInput.HEARTBEAT_REFUSED),
                (ClientState.OPENING, ClientInput.CLOSE_CONF),
                (ClientState.OPEN, ClientInput.OPEN_CONF),
                (ClientState.OPEN, ClientInput.OPEN_REFUSED),
                (ClientState.OPEN, ClientInput.CLOSE_CONF),
                (ClientState.CLOSING, ClientInput.OPEN_CONF),
                (ClientState.CLOSING, ClientInput.OPEN_REFUSED),
            },
        )

    def test_closed(self) -> None:
        """Only a new connection leads out of CLOSED, and nothing is sent or delivered there."""
        for (state, event), (after, action) in CLIENT_STEP.items():
            if state is ClientState.CLOSED and event is not ClientInput.CONNECTED:
                self.assertIs(after, ClientState.CLOSED)
                self.assertIn(action, {ClientAction.IGNORE, ClientAction.FORGET})

    def test_only_open_delivers(self) -> None:
        """Messages reach the listener from an open session alone."""
        delivering = {
            s for (s, _e), (_a, act) in CLIENT_STEP.items() if act is ClientAction.DELIVER
        }
        self.assertEqual(delivering, {ClientState.OPEN})

    def test_every_action_is_used(self) -> None:
        """There is no action that nothing leads to, and no state that nothing enters."""
        self.assertEqual({action for _s, action in CLIENT_STEP.values()}, set(ClientAction))
        self.assertEqual({state for state, _a in CLIENT_STEP.values()}, set(ClientState))
