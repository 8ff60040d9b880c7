"""Events to many agents over WebSocket: the load, for one server that is there already.

It is to `benchmarks.bosh` what ``boshload`` is for BOSH: sessions that sign in and subscribe, one publisher, a window of
deliveries that may be under way. It looks for a mark in what comes, and at nothing else.
"""

from __future__ import annotations

import select
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Delivered", "Load", "Target", "processor_s"]

TIMEOUT_S: Final = 20.0
"""How long anything may take, beyond the seconds that are measured."""

WINDOW: Final = 2_000
"""How many deliveries may be under way: as many as ``boshload`` has."""

_MARK: Final = b"BL|"
_FILLER: Final = "&lt;state&gt;READY&lt;/state&gt;" * 20 + "x" * 20

_SHORT, _MEDIUM = 125, 65_535

_CPUCLOCK_SCHED: Final = 2
"""``clock_getcpuclockid(3)``: what the scheduler has counted, in nanoseconds, where ``/proc`` has hundredths."""


class Target(NamedTuple):
    """A server.

    Attributes:
        port: Its WebSocket, on the loopback.
        pid: Its process.
        domain: Its XMPP domain.
        password: Everybody's.
    """

    port: int
    pid: int
    domain: str
    password: str


class Delivered(NamedTuple):
    """What was seen.

    Attributes:
        per_s: Deliveries a second.
        cpu: The server's processor time for 1,000 of them, in seconds.
        lost: Deliveries that were expected and did not come.
    """

    per_s: float
    cpu: float
    lost: int


def processor_s(pid: int) -> float:
    """The processor time of a process until now, all its threads together."""
    return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)


def client_frame(text: str) -> bytes:
    """One text message of a client: masked, with zeros, which leave it readable."""
    data = text.encode()
    size = len(data)
    if size <= _SHORT:
        head = bytes((0x81, 0x80 | size))
    elif size <= _MEDIUM:
        head = bytes((0x81, 0x80 | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x81, 0x80 | 127)) + size.to_bytes(8, "big")
    return head + bytes(4) + data


class _Client:
    """One connection, signed in."""

    def __init__(self, target: Target, name: str) -> None:
        self._target, self._heard = target, b""
        self.socket = socket.create_connection(("127.0.0.1", target.port), TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(
            b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Protocol: xmpp\r\n\r\n"
        )
        self.until(b"\r\n\r\n")
        self._open(b"mechanism")
        said = b64encode(f"\0{name}\0{target.password}".encode()).decode()
        self.say(
            f'<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">{said}</auth>',
            b"<success",
        )
        self._open(b"xmpp-bind")
        self._iq("b", "", '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>', b"<jid>")
        self.say('<presence xmlns="jabber:client"/>', b"<presence")

    def _open(self, answer: bytes) -> None:
        self.say(
            f'<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="{self._target.domain}" version="1.0"/>',
            answer,
        )

    def _iq(self, name: str, to: str, content: str, answer: bytes) -> None:
        self.say(f'<iq xmlns="jabber:client" type="set" id="{name}"{to}>{content}</iq>', answer)

    def pubsub(self, content: str, answer: bytes) -> None:
        """Ask the publish-subscribe service, and wait for that answer."""
        self._iq("q", f' to="pubsub.{self._target.domain}"', _pubsub(content), answer)

    def say(self, stanza: str, answer: bytes) -> None:
        """Send a message, and wait for that answer."""
        self.socket.sendall(client_frame(stanza))
        self.until(answer)

    def until(self, wanted: bytes) -> None:
        """Wait until that has come."""
        while wanted not in self._heard:
            found = self.socket.recv(65_536)
            if not found or b'type="error"' in found:
                raise ConnectionError(f"no {wanted!r} but {self._heard + found!r}")
            self._heard += found
        self._heard = b""


def _pubsub(content: str) -> str:
    return f'<pubsub xmlns="http://jabber.org/protocol/pubsub">{content}</pubsub>'


class Load:
    """Agents who wait, and an administrator who publishes to them.

    Args:
        target: The server.
        sessions: How many agents.
        fanout: How many of them are subscribed to each node.
    """

    def __init__(self, target: Target, sessions: int, fanout: int) -> None:
        self._target, self._sessions, self._fanout = target, sessions, fanout
        self._publisher = _Client(target, "admin")
        self._nodes = [f"ws-{number}" for number in range(-(-sessions // fanout))]
        for node in self._nodes:
            self._publisher.pubsub(
                f'<create node="{node}"/><configure><x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE">'
                "<value>http://jabber.org/protocol/pubsub#node_config</value></field>"
                '<field var="pubsub#persist_items"><value>0</value></field></x></configure>',
                b'type="result"',
            )
        self._agents = list(self._connected())
        self._received = 0

    def _connected(self) -> Iterator[_Client]:
        for number in range(self._sessions):
            name = f"agent{number + 1}"
            client = _Client(self._target, name)
            node = self._nodes[number // self._fanout]
            jid = f"{name}@{self._target.domain}"
            client.pubsub(f'<subscribe node="{node}" jid="{jid}"/>', b'type="result"')
            yield client

    def saturate(self, seconds: float) -> Delivered:
        """Publish as much as goes for so long, with at most `WINDOW` deliveries under way."""
        poll = select.epoll()
        by_number = {agent.socket.fileno(): agent.socket for agent in self._agents}
        publisher = self._publisher.socket
        by_number[publisher.fileno()] = publisher
        for number, one in by_number.items():
            one.setblocking(False)
            poll.register(number, select.EPOLLIN)
        expected = event = self._received = 0
        unsent = b""
        before, began = processor_s(self._target.pid), time.monotonic()
        end, at_end = began + seconds, 0
        while (now := time.monotonic()) < end + TIMEOUT_S:
            if now < end:
                at_end = self._received
                while not unsent and (room := WINDOW - expected + self._received) > 0:
                    unsent, count = self._events(event, -(-room // self._fanout))
                    event, expected = event + count, expected + self._told(event, count)
                    unsent = _send(publisher, unsent)
            elif self._received >= expected:
                break
            unsent = _send(publisher, unsent)
            for number, _ in poll.poll(0.01):
                self._received += by_number[number].recv(262_144).count(_MARK)
        poll.close()
        cpu = processor_s(self._target.pid) - before
        return Delivered(
            at_end / seconds, cpu / max(1, self._received) * 1_000, expected - self._received
        )

    def _events(self, first: int, count: int) -> tuple[bytes, int]:
        """So many requests to publish."""
        return b"".join(map(self._event, range(first, first + count))), count

    def _event(self, number: int) -> bytes:
        node = self._nodes[number % len(self._nodes)]
        item = (
            f'<item id="{number}"><notification xmlns="http://jabber.org/protocol/pubsub">'
            f"BL|{number}|{_FILLER}</notification></item>"
        )
        asked = _pubsub(f'<publish node="{node}">{item}</publish>')
        return client_frame(
            f'<iq xmlns="jabber:client" type="set" id="p{number}" to="pubsub.{self._target.domain}">'
            f"{asked}</iq>"
        )

    def _told(self, first: int, count: int) -> int:
        """How many agents hear of those events."""
        last = self._sessions - (len(self._nodes) - 1) * self._fanout
        numbers = (number % len(self._nodes) for number in range(first, first + count))
        return sum(last if node == len(self._nodes) - 1 else self._fanout for node in numbers)

    def close(self) -> None:
        """Everybody goes."""
        for one in (*self._agents, self._publisher):
            one.socket.close()


def _send(connection: socket.socket, data: bytes) -> bytes:
    """Send what can be sent now; what cannot is returned."""
    if not data:
        return data
    try:
        return data[connection.send(data) :]
    except BlockingIOError:
        return data
