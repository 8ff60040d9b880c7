"""Every limit of the CTI server and client that an operator can set, at its edge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import CTIServerConfig, load
from finesse_tx.cti.core.messages import (
    AnswerCallConf,
    AnswerCallReq,
    ControlFailureConf,
    FailureConf,
    FailureEvent,
    HeartbeatConf,
    HeartbeatReq,
    OpenConf,
    SetCallDataReq,
)
from finesse_tx.cti.credentials import read_credentials
from finesse_tx.cti.server import CTIServer
from finesse_tx.errors import ConfigError
from tests.cti.core.test_sums import TEN
from tests.cti.test_server import ServerTestCase
from tests.support.cti import bridge_request, now

ANSWER = AnswerCallReq(invoke_id=5, connection_call_id=1)


class SettingTests(SynchronousTestCase):
    """The bounds of the settings themselves."""

    BOUNDS = (
        ("cti.server.max_sessions", 1, 10_000),
        ("cti.server.max_requests", 1, 100_000),
        ("cti.server.open_timeout_s", 1, 600),
        ("cti.server.max_pending_bytes", 1_024, 1 << 30),
        ("cti.client.max_requests", 1, 100_000),
        ("cti.client.max_pending_bytes", 1_024, 1 << 30),
        ("cti.client.heartbeat_s", 1, 60),
        ("cti.client.heartbeat_misses", 1, 10),
    )

    def test_bounds(self) -> None:
        """The least and the greatest value are taken, those beyond them are refused by name."""
        for key, least, greatest in self.BOUNDS:
            for value in (least, greatest):
                load(None, (f"{key}={value}",))
            for value in (least - 1, greatest + 1):
                error = self.assertRaises(ConfigError, load, None, (f"{key}={value}",))
                self.assertEqual(error.key, key)

    def test_public_address(self) -> None:
        """Without credentials every loopback address is allowed, and no other; with them, all are."""
        for address in ("127.0.0.1:12028", "[::1]:12028", "127.9.9.9:1"):
            load(None, ("demo.enabled=false", f'listen.cti="{address}"'))
        for address in ("0.0.0.0:12028", "[::]:12028", "10.0.0.1:12028"):
            settings = ("demo.enabled=false", f'listen.cti="{address}"')
            error = self.assertRaises(ConfigError, load, None, settings)
            self.assertEqual(error.key, "cti.server.credentials_file")
            load(None, (*settings, "cti.server.credentials_file=clients"))


class SessionLimitTests(ServerTestCase):
    """How many clients there may be."""

    config = CTIServerConfig(max_sessions=3)

    def test_clients(self) -> None:
        """As many as the setting says are let in, be their sessions open or not; one more is told, and closed."""
        self.opened()
        self.peer()
        last = self.opened(bridge_request(client_id="last"))
        self.assertFalse(last.is_closed)
        late = self.peer()
        self.assertEqual(late.received(), [FailureEvent(status=17)])
        self.assertTrue(late.is_closed)
        self.assertEqual(last.ask(HeartbeatReq(invoke_id=1)), [HeartbeatConf(invoke_id=1)])
        self.gone(last)
        self.assertFalse(self.peer().is_closed)


class RequestLimitTests(ServerTestCase):
    """How many requests of a session may be unanswered."""

    config = CTIServerConfig(max_requests=3)

    def test_requests(self) -> None:
        """As many as the setting says wait; one more fails at once, and once one is answered there is room again."""
        peer, other = self.opened(), self.opened(bridge_request(client_id="other"))
        requests = [replace(ANSWER, invoke_id=n) for n in range(1, 5)]
        peer.send(*requests)
        self.assertEqual(peer.received(), [ControlFailureConf(invoke_id=4, failure_code=44)])
        self.assertEqual(other.ask(ANSWER), [])
        _request, reply = self.peripheral.requests[0]
        reply(AnswerCallConf(invoke_id=1))
        self.assertEqual(peer.received(), [AnswerCallConf(invoke_id=1)])
        self.assertEqual(peer.ask(requests[3]), [])
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=9)), [HeartbeatConf(invoke_id=9)])


class OpenTimeoutTests(ServerTestCase):
    """How long a client may take."""

    config = CTIServerConfig(open_timeout_s=7.0)

    def test_in_time(self) -> None:
        """A client that opens at the last moment keeps its session beyond it; one that does not is dropped."""
        early, late = self.peer(), self.peer()
        self.clock.advance(6.9)
        self.assertIsInstance(early.ask(bridge_request())[0], OpenConf)
        self.assertFalse(late.is_closed)
        self.clock.advance(0.1)
        self.assertTrue(late.is_closed)
        self.clock.advance(10)
        self.assertFalse(early.is_closed)


class SumTests(ServerTestCase):
    """What a client sends must add up."""

    def test_fails_and_lives(self) -> None:
        """Too much data, and counts that are wrong, fail with their status and InvokeID; the session goes on."""
        peer = self.opened()
        data = SetCallDataReq(invoke_id=5, connection_call_id=1)
        over = (*TEN, TEN[0])
        for request, status in (
            (SetCallDataReq(invoke_id=5, connection_call_id=1, named_variables=over), 73),
            (replace(data, num_named_variables=1), 77),
            (replace(data, num_named_arrays=1), 78),
        ):
            answer = peer.ask(request)
            self.assertEqual(answer, [FailureConf(invoke_id=5, status=status)])
        self.assertEqual(self.peripheral.requests, [])
        peer.send(SetCallDataReq(invoke_id=6, connection_call_id=1, named_variables=TEN))
        self.assertEqual(len(self.peripheral.requests), 1)


class CredentialsTests(ServerTestCase):
    """Who is let in."""

    def restart(self, credentials: dict[str, str] | None) -> None:
        """A server with other credentials."""
        self.server.stopService()
        self.server = CTIServer(self.config, self.peripheral, self.clock, now, credentials)
        self.server.startService()

    def test_none(self) -> None:
        """Without a list everyone is, whatever they send, but must send something."""
        for client_id, password in (("", b""), ("anyone", b"\0"), ("anyone else", b"x" * 60)):
            request = replace(bridge_request(client_id=client_id), client_password=password)
            self.assertIsInstance(self.peer().ask(request)[0], OpenConf)
        without = replace(bridge_request(), client_password=None)
        self.assertEqual(self.peer().ask(without), [FailureConf(invoke_id=17, status=6)])

    def test_list(self) -> None:
        """With one, those on it are, and may try again after a mistake."""
        path = Path(self.mktemp())
        path.write_text("wallboard:s3cret\n")
        self.restart(read_credentials(path))
        peer = self.peer()
        self.assertEqual(peer.ask(bridge_request()), [FailureConf(invoke_id=17, status=36)])
        right = replace(bridge_request(), client_password=b"s3cret\0")
        self.assertIsInstance(peer.ask(right)[0], OpenConf)

    def test_empty_list(self) -> None:
        """An empty list is a list: nobody is."""
        path = Path(self.mktemp())
        path.write_text("# nobody yet\n")
        self.restart(read_credentials(path))
        self.assertEqual(self.peer().ask(bridge_request()), [FailureConf(invoke_id=17, status=36)])
