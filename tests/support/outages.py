"""The whole road in memory, on one clock: engine, CTI server, a wire that breaks, CTI client, web services, a follower."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree

from msgspec import structs
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectError, ConnectionLost
from twisted.internet.interfaces import (
    IProtocol,
    IProtocolFactory,
    IReactorTime,
    IStreamClientEndpoint,
)
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from zope.interface import implementer

from finesse_tx.config import CTIClientConfig, CTIServerConfig
from finesse_tx.cti.client import CTIClient, Side
from finesse_tx.cti.core.framing import MHDR
from finesse_tx.cti.server import CTIServer
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.webservices.core.objects import Node
from finesse_tx.webservices.core.system_info import NodeFacts
from finesse_tx.webservices.core.xmlbinding import render
from finesse_tx.webservices.service import WebServices
from tests.support.engine import EngineFloor
from tests.support.webservices import FakePublisher

__all__ = ["Follower", "MemoryRoad", "Road", "Wire"]

HEARTBEAT_S = 5.0


@dataclass(eq=False)
class _End:
    """One end of a connection, and what is on its way to it."""

    protocol: IProtocol
    transport: StringTransport
    coming: bytearray = field(default_factory=bytearray)
    is_lost: bool = False

    def lose(self) -> None:
        """The connection is gone."""
        if not self.is_lost:
            self.is_lost = True
            self.coming.clear()
            self.protocol.connectionLost(Failure(ConnectionLost()))


@implementer(IStreamClientEndpoint)
class Wire:
    """Connects a client to a server's factory, and carries as much as it is told.

    Attributes:
        is_down: Whether nobody can connect.
        is_deaf: Whether what the server says in the connection that there is now is swallowed, for good.
    """

    def __init__(self, server: IProtocolFactory) -> None:
        self._server = server
        self._ends: tuple[_End, _End] | None = None
        self.is_down = self.is_deaf = False

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """See `IStreamClientEndpoint`."""
        if self.is_down:
            return fail(ConnectError())
        self.cut()
        self.is_deaf = False
        address = IPv4Address("TCP", "127.0.0.1", 12_028)
        ends = []
        for factory in (protocolFactory, self._server):
            protocol = factory.buildProtocol(address)
            assert protocol is not None
            ends.append(_End(protocol, StringTransport(peerAddress=address)))
        self._ends = client, server = ends[0], ends[1]
        server.protocol.makeConnection(server.transport)
        client.protocol.makeConnection(client.transport)
        return succeed(client.protocol)

    def _collect(self) -> tuple[_End, _End] | None:
        """Take what both have written; an end that has closed takes the other with it."""
        if self._ends is None:
            return None
        client, server = self._ends
        for one, other in ((client, server), (server, client)):
            if other.is_lost or (self.is_deaf and one is server):
                one.transport.clear()
            other.coming += one.transport.value()
            one.transport.clear()
        return client, server

    def carry(self, to_client: int | None = None, to_server: int | None = None) -> bool:
        """Carry so many bytes each way; None for all there are.

        Returns:
            Whether anything was carried.
        """
        ends = self._collect()
        if ends is None:
            return False
        moved = False
        client, server = ends
        for end, count in ((client, to_client), (server, to_server)):
            piece = bytes(end.coming[:count])
            del end.coming[:count]
            if piece and not end.is_lost:
                moved = True
                end.protocol.dataReceived(piece)
        self._collect()
        for one, other in ((client, server), (server, client)):
            if one.transport.disconnecting and not other.coming:
                one.lose()
                other.lose()
        return moved

    def messages_coming(self) -> list[int]:
        """The lengths of what is on its way to the client, message by message, the last one perhaps a part."""
        ends = self._collect()
        lengths, rest = [], bytes(ends[0].coming) if ends else b""
        while rest:
            length = MHDR.size + (MHDR.unpack_from(rest)[0] if len(rest) >= MHDR.size else 0)
            lengths.append(min(length, len(rest)))
            rest = rest[length:]
        return lengths

    def cut(self) -> None:
        """Lose the connection, and all that is on its way."""
        if self._ends is not None:
            client, server = self._ends
            self._ends = None
            server.lose()
            client.lose()


Tree = tuple[str, str, tuple["Tree", ...]]


def tree(element: ElementTree.Element) -> Tree:
    """An element without its blanks; its name's first letter is as in notifications."""
    name = element.tag[:1].lower() + element.tag[1:]
    return name, (element.text or "").strip(), tuple(map(tree, element))


def tree_of(value: object, name: str) -> Tree:
    """An object of REST, the same way."""
    return tree(ElementTree.fromstring(render(value, name)))  # type: ignore[arg-type]


Objects = dict[tuple[str, ...], Tree]


class Follower:
    """A client of the notification service: it once asked REST for everything, and has applied events ever since.

    It is stricter than any client: what it has not must not be changed or removed, what it has must not be added,
    but for the announcement after an outage.

    Attributes:
        users: Users by login id.
        dialogs: Dialogs by login id and id.
        members: Members by team and login id.
        in_service: What SystemInfo said last.
        told: What was told, in short.
        faults: What should not have been told.
        repeated: What was told again since service is back.
    """

    def __init__(self) -> None:
        self.users: Objects = {}
        self.dialogs: Objects = {}
        self.members: Objects = {}
        self.in_service = False
        self.told: list[str] = []
        self.faults: list[str] = []
        self.repeated: set[tuple[str, tuple[str, ...]]] = set()

    def hear(self, node: str, payload: str) -> None:
        """Apply an event."""
        update = ElementTree.fromstring(payload)
        event, data = update.findtext("event", ""), update.find("data")
        assert data is not None
        parts = node.split("/")
        self.told.append(f"{event} {node}")
        if not self.in_service and parts[3] != "SystemInfo":
            self.faults.append(f"{event} on {node} out of service")
        if parts[3] == "SystemInfo":
            self.in_service = update.findtext("data/systemInfo/status") == "IN_SERVICE"
            self.repeated.clear()
        elif parts[3] == "Team":
            key = (parts[4], update.findtext("source", "").rsplit("/", 1)[1])
            self._apply(self.members, key, event, tree(data[0]), node)
        elif parts[3] == "Queue" or parts[5:] == ["Queues"]:
            pass  # figures are not part of what is compared
        elif parts[5:] == ["Dialogs"]:
            for dialog in data.iter("Dialog") if event != "PUT" else [data[0]]:
                key = (parts[4], dialog.findtext("id", ""))
                self._apply(self.dialogs, key, event, tree(dialog), node)
        else:
            self._apply(self.users, (parts[4],), event, tree(data[0]) if len(data) else None, node)

    def _apply(
        self, kept: Objects, key: tuple[str, ...], event: str, value: Tree | None, node: str
    ) -> None:
        known = key in kept
        if event == "POST" and known:
            # finesse.js takes it for a change: what there was before an outage is told again once after it.
            if kept is not self.dialogs or (node, key) in self.repeated:
                self.faults.append(f"POST for what is there: {key}")
            self.repeated.add((node, key))
        elif event != "POST" and not known:
            self.faults.append(f"{event} for what is not there: {key}")
        if event == "DELETE":
            kept.pop(key, None)
        else:
            assert value is not None
            kept[key] = value


class Road:
    """The engine on its own clock, and web services with a follower; what is between them is for the subclass.

    Args:
        floor: The engine.
        clock: The clock of the web services.
        now: The time of day.
        replay: Whether everything is told again after an outage.
        publisher: What notifications are given to; None for one that only writes them down.
    """

    def __init__(
        self,
        floor: EngineFloor,
        clock: IReactorTime,
        now: Callable[[], datetime],
        *,
        replay: bool = True,
        publisher: FakePublisher | None = None,
    ) -> None:
        self.floor, self.now = floor, now
        self.publisher = publisher or FakePublisher()
        self.follower = Follower()
        facts = NodeFacts(
            Node("a.example"), Node(""), "a.example", "pubsub.a.example", 16, HEARTBEAT_S
        )
        self.web = WebServices(
            floor.directory, self.publisher, lambda: facts, clock, now, replay=replay
        )

    def follow(self) -> None:
        """Let the follower apply what has been published."""
        for node, payload in self.publisher.take():
            self.follower.hear(node, payload)

    # What REST says -----------------------------------------------------------------------------------------------

    def rest(self) -> tuple[Objects, Objects, Objects]:
        """Users, dialogs and team members, as an administrator gets them."""
        snapshot, ask = self.floor.directory.snapshot(), self.web.operations
        admin = snapshot.person("admin")
        assert admin is not None
        users: Objects = {}
        dialogs: Objects = {}
        members: Objects = {}
        for person in snapshot.people:
            if person.is_agent:
                users[person.login_id,] = tree_of(ask.users.user(admin, person.login_id), "user")
                for dialog in ask.dialogs.dialogs(admin, person.login_id).dialogs:
                    dialogs[person.login_id, dialog.id] = tree_of(dialog, "dialog")
        for team in snapshot.teams:
            for member in ask.teams.team(admin, str(team.id), include_logged_out=True).users:
                # What only GET tells is left out.
                told = structs.replace(member, media_state=None)
                members[str(team.id), member.login_id] = tree_of(told, "user")
        return users, dialogs, members

    def load(self) -> None:
        """The follower asks REST for everything: the only time it does."""
        self.follow()
        self.follower.users, self.follower.dialogs, self.follower.members = self.rest()
        self.follower.told.clear()
        self.follower.faults.clear()


class MemoryRoad(Road):
    """Everything on one clock, over a `Wire`.

    Args:
        snapshot: The directory.
        replay: Whether everything is told again after an outage.
        publisher: What notifications are given to; None for one that only writes them down.
    """

    def __init__(
        self, snapshot: Snapshot, *, replay: bool = True, publisher: FakePublisher | None = None
    ) -> None:
        floor = EngineFloor(snapshot)
        self.clock = clock = floor.clock

        def now() -> datetime:
            return datetime.fromtimestamp(clock.seconds() + 1_000_000, UTC)

        super().__init__(floor, clock, now, replay=replay, publisher=publisher)
        self.server = CTIServer(CTIServerConfig(), floor.peripheral, clock, now)
        self.server.startService()
        self.wire = Wire(self.server.factory)
        config = CTIClientConfig(heartbeat_s=HEARTBEAT_S, retry_s=1.0)
        side = Side("127.0.0.1:12028", self.wire)
        self.link = CTIClient(config, [lambda: side], clock, now, self.web)
        self.web.use(self.link)
        self.web.startService()
        self.link.startService()

    def turn(self, seconds: float = 0.0) -> None:
        """Let everything be carried, and what is due be done."""
        self.clock.advance(seconds)
        while self.wire.carry() or self.is_busy():
            self.clock.advance(0)
        self.follow()

    def is_busy(self) -> bool:
        """Whether something is due now."""
        due = self.clock.getDelayedCalls()
        return any(call.getTime() <= self.clock.seconds() for call in due)

    def settle(self) -> None:
        """Wait for service, with a wire that is whole."""
        self.wire.is_down = False
        for _ in range(200):
            self.turn(0.0)
            if self.web.in_service() and not self.wire.is_deaf:
                break
            self.turn(1.0)
        self.turn(0.0)

    def until(self, condition: Callable[[], bool], limit_s: float) -> float:
        """Let time pass until something is so; say how long it took."""
        start = self.clock.seconds()
        while not condition() and self.clock.seconds() - start < limit_s:
            self.turn(0.25)
        return self.clock.seconds() - start

    def stop(self) -> None:
        """Stop everything."""
        self.link.stopService()
        self.turn(0.0)
        self.wire.cut()
        self.web.stopService()
        self.server.stopService()
        self.wire.cut()
        self.floor.service.stopService()
        self.clock.advance(0)
