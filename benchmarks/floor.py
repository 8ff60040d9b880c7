"""A contact centre at work: from the phones through the engine and the CTI link to the web services' model.

Every part is the product's own, wired as `finesse_tx.composition` wires them. Only the people are made up here:
customers who call at times that wait for nobody, and agents who work by the clock. With a `Clock` and the same seed
the same day happens again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any, Final

from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime, IStreamClientEndpoint
from twisted.python.failure import Failure
from zope.interface import implementer

from finesse_tx.config import CTIClientConfig, CTIServerConfig, EngineConfig
from finesse_tx.cti.client import CTIClient, Side
from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.errors import ControlFailureError, LinkDownError
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallReq,
    CallDeliveredEvent,
    CallEstablishedEvent,
    SetAgentStateReq,
    SetCallDataReq,
)
from finesse_tx.cti.server import CTIServer
from finesse_tx.directory.core.demo import PASSWORD, TEAM_SIZE, demo
from finesse_tx.directory.core.queues import CSQ, ResourceGroup, ResourceGroupPool
from finesse_tx.directory.core.records import Snapshot, Trigger
from finesse_tx.engine.service import EngineService
from finesse_tx.interfaces import ICTILinkListener, IPublisher
from finesse_tx.telephony.core.numbering import ranges
from finesse_tx.telephony.customers import Customers
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions
from finesse_tx.webservices.core.objects import Node
from finesse_tx.webservices.core.system_info import NodeFacts
from finesse_tx.webservices.service import WebServices
from tests.support.webservices import FakeAuthenticator, FakeDirectory

__all__ = ["PUBLISHED_RATE", "Floor", "Pace"]

PUBLISHED_RATE: Final = 30.0
"""Calls per agent and hour that contact centres are planned with (``telephony.md`` §5)."""

FACTS: Final = NodeFacts(
    primary=Node("a.example"),
    secondary=Node(""),
    xmpp_domain="a.example",
    xmpp_pub_sub_domain="pubsub.a.example",
    cti_version=16,
    cti_heartbeat_s=5.0,
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast people are: at a higher rate everybody does everything so much faster.

    An agent's share of a call is two minutes at the published rate: the phone rings for 6 s, they talk for 66 s, the
    call is wrapped up for 18 s, and for the rest the agent is free.

    Attributes:
        calls_per_agent_hour: The rate.
    """

    calls_per_agent_hour: float

    def seconds(self, share: float) -> float:
        """So much of the time between two calls of an agent."""
        return share * 3600 / self.calls_per_agent_hour

    @property
    def ring_s(self) -> float:
        """How long a phone rings, on average."""
        return self.seconds(0.05)

    @property
    def talk_s(self) -> float:
        """How long a customer talks, on average."""
        return self.seconds(0.55)

    @property
    def wrap_up_s(self) -> float:
        """How long a call is wrapped up, on average; the queue's timer ends it at twice that."""
        return self.seconds(0.15)

    @property
    def patience_s(self) -> float:
        """How long a customer waits, on average."""
        return self.seconds(1)


def directory(agents: int, pace: Pace) -> Snapshot:
    """The demo's people, with a queue for each team of twenty: large enough to work, small enough to wait in."""
    snapshot = demo(agents)
    wrap_up = max(1, round(2 * pace.wrap_up_s))
    csqs = tuple(
        CSQ(team.id, team.name, True, wrap_up, pool=ResourceGroupPool(team.id))
        for team in snapshot.teams
    )
    return replace(
        snapshot,
        people=tuple(
            replace(person, resource_group_id=person.team_id if person.is_agent else None)
            for person in snapshot.people
        ),
        resource_groups=tuple(ResourceGroup(team.id, team.name) for team in snapshot.teams),
        csqs=csqs,
        triggers=tuple(Trigger(str(60_000 + csq.id), csq.id, csq.name, csq.id) for csq in csqs),
    )


@implementer(IPublisher)
class _Nobody:
    """Nobody is subscribed to anything: what is published is made, and dropped."""

    def publish(self, node: str, payload: str) -> None:
        """Drop it."""

    def set_available(self, available: bool) -> None:
        """Nobody looks."""


@implementer(ICTILinkListener)
class _Witness:
    """Stands before a listener, and shows each message to others when the listener has taken it in."""

    def __init__(self, listener: Any, *witnesses: Callable[[Message], None]) -> None:
        self._listener, self._witnesses = listener, witnesses

    def link_opened(self, side: str, online: bool) -> None:
        self._listener.link_opened(side, online)

    def link_message(self, message: Message) -> None:
        self._listener.link_message(message)
        for witness in self._witnesses:
            witness(message)

    def link_closed(self, reason: str) -> None:
        self._listener.link_closed(reason)


class Staff:
    """The agents: they sign in, answer what rings, note something about the caller, and wrap up.

    They see what a desktop shows, after the model knows it, and act over the link as the web services do.

    Attributes:
        refused: How many of their requests came too late: the caller had just hung up.
    """

    def __init__(
        self, snapshot: Snapshot, pace: Pace, link: CTIClient, rng: Random, clock: IReactorTime
    ) -> None:
        self._pace, self._link, self._rng, self._clock = pace, link, rng, clock
        self._agents = {
            person.login_id: person.extension
            for person in snapshot.people
            if person.resource_group_id is not None
        }
        self._phones = frozenset(self._agents.values())
        self._becoming_ready: dict[str, IDelayedCall] = {}
        self.refused = 0

    def sign_in(self) -> Deferred[Any]:
        """Let everybody sign in, and become ready.

        Returns:
            Fires when they are.
        """
        return gatherResults(
            [Deferred.fromCoroutine(self._sign_in(*who)) for who in self._agents.items()]
        )

    async def _sign_in(self, login_id: str, extension: str) -> None:
        for state, password in ((AgentState.LOGIN, PASSWORD), (AgentState.AVAILABLE, None)):
            request = SetAgentStateReq(
                agent_state=state,
                agent_password=password,
                agent_id_long=login_id,
                agent_instrument=extension,
            )
            await self._link.request(request)

    def saw(self, message: Message) -> None:
        """Do what follows from a message."""
        match message:
            case AgentStateEvent():
                self._state(message.agent_id_long or "", message.agent_state)
            case CallDeliveredEvent() if message.connection_device_id in self._phones:
                answer = AnswerCallReq(
                    connection_call_id=message.connection_call_id,
                    connection_device_id=message.connection_device_id,
                    agent_instrument=message.connection_device_id,
                )
                self._later(self._pace.ring_s, answer)
            case CallEstablishedEvent() if message.connection_device_id in self._phones:
                note = SetCallDataReq(
                    connection_call_id=message.connection_call_id,
                    connection_device_id=message.connection_device_id,
                    call_variables=(f"customer {message.connection_call_id}", "gold"),
                )
                self._later(self._pace.talk_s / 4, note)

    def _state(self, login_id: str, state: int) -> None:
        """Whoever has wrapped up, or has missed a call, becomes ready after a while."""
        if (call := self._becoming_ready.pop(login_id, None)) is not None and call.active():
            call.cancel()
        if state in {AgentState.WORK_NOT_READY, AgentState.NOT_READY}:
            ready = SetAgentStateReq(
                agent_state=AgentState.AVAILABLE,
                agent_id_long=login_id,
                agent_instrument=self._agents[login_id],
            )
            self._becoming_ready[login_id] = self._later(self._pace.wrap_up_s, ready)

    def _later(self, average_s: float, request: Request) -> IDelayedCall:
        delay = average_s * self._rng.uniform(0.1, 1.9)
        return self._clock.callLater(delay, self._ask, request)

    def _ask(self, request: Request) -> None:
        self._link.request(request).addErrback(self._refused)

    def _refused(self, failure: Failure) -> None:
        failure.trap(ControlFailureError, LinkDownError)
        self.refused += 1


class Arrivals:
    """Customers call: a Poisson process, whose times do not wait for whoever is late.

    Attributes:
        late: For each call, how many seconds later than its time it was made, since `late` was last cleared.
    """

    def __init__(
        self,
        customers: Customers,
        snapshot: Snapshot,
        per_second: float,
        pace: Pace,
        rng: Random,
        clock: IReactorTime,
    ) -> None:
        self._customers, self._pace, self._rng, self._clock = customers, pace, rng, clock
        self._route_points = [trigger.route_point for trigger in snapshot.triggers]
        self._per_second = per_second
        self._due = 0.0
        self._next: IDelayedCall | None = None
        self.late: list[float] = []

    def start(self) -> None:
        """Let them call from now on."""
        self._due = self._clock.seconds()
        self._await()

    def stop(self) -> None:
        """Nobody calls any more."""
        if self._next is not None and self._next.active():
            self._next.cancel()

    def _await(self) -> None:
        self._due += self._rng.expovariate(self._per_second)
        wait = max(0.0, self._due - self._clock.seconds())
        self._next = self._clock.callLater(wait, self._call)

    def _call(self) -> None:
        self.late.append(max(0.0, self._clock.seconds() - self._due))
        self._await()
        self._customers.place_call(
            self._rng.choice(self._route_points),
            None,
            self._rng.expovariate(1 / self._pace.patience_s),
            self._rng.gammavariate(2, self._pace.talk_s / 2),
        )


class Floor:
    """The whole centre.

    Args:
        agents: How many.
        pace: How fast everybody is.
        seed: Of all chance.
        clock: For all timers.
        now: The wall time, in UTC.
        connect: Connects to the server: called when the link is to be opened.
        witness: Is shown each event after the model has taken it in.

    Attributes:
        engine: The engine.
        server: Its GED-188 side; listen with its factory before `open`.
        link: The web services' side.
        web: The web services' model at its end, and what they would publish.
        staff: The agents.
        arrivals: The customers who call.
    """

    def __init__(
        self,
        agents: int,
        pace: Pace,
        seed: int,
        clock: IReactorTime,
        now: Callable[[], datetime],
        connect: Callable[[], IStreamClientEndpoint],
        witness: Callable[[Message], None] = lambda _message: None,
    ) -> None:
        snapshot = directory(agents, pace)
        people = FakeDirectory(snapshot)
        self.engine = EngineService(people, FakeAuthenticator(people), EngineConfig(), clock)
        options = SimulatorOptions(
            phones=ranges({person.extension for person in snapshot.people if person.extension}),
            route_points=ranges({trigger.route_point for trigger in snapshot.triggers}),
            ports=2 * agents + TEAM_SIZE,
        )
        simulator = Simulator(options, self.engine, clock)
        self.engine.use(simulator)
        self.customers = Customers(
            simulator,
            (),
            Random(seed),
            clock,
            calls_per_minute=0,
            patience_s=pace.patience_s,
            talk_s=pace.talk_s,
        )
        self.server = CTIServer(CTIServerConfig(), self.engine.peripheral, clock, now)
        self.web = WebServices(people, _Nobody(), lambda: FACTS, clock, now)
        self.link = CTIClient(
            CTIClientConfig(),
            [lambda: Side("engine", connect())],
            clock,
            now,
            _Witness(self.web, witness, self._saw),
        )
        self.web.use(self.link)
        self.staff = Staff(snapshot, pace, self.link, Random(seed + 1), clock)
        per_second = agents * pace.calls_per_agent_hour / 3600
        self.arrivals = Arrivals(
            self.customers, snapshot, per_second, pace, Random(seed + 2), clock
        )

    def _saw(self, message: Message) -> None:
        self.staff.saw(message)

    def open(self) -> Deferred[None]:
        """Start everything but the people.

        Returns:
            Fires when the model at the far end is complete.
        """
        for service in (self.engine, self.server, self.customers, self.web, self.link):
            service.startService()
        return self.web.when_in_service()

    def close(self) -> Deferred[Any]:
        """Stop everything.

        Returns:
            Fires when it has stopped.
        """
        self.arrivals.stop()
        return Deferred.fromCoroutine(self._close())

    async def _close(self) -> None:
        await self.link.stopService()
        await maybeDeferred(self.web.stopService)
        await self.server.stopService()
        self.customers.stopService()
        await self.engine.stopService()
