"""A day of a small centre, step by step, and what it should look like: for tests of outages."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from twisted.trial.unittest import SynchronousTestCase, TestCase

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import (
    AnswerCallReq,
    ClearConnectionReq,
    HoldCallReq,
    MakeCallReq,
    RetrieveCallReq,
    SetAgentStateReq,
    SetCallDataReq,
)
from finesse_tx.directory.core.records import Snapshot, Team
from finesse_tx.telephony.core.errors import ProviderError
from finesse_tx.telephony.core.objects import Address
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import DialogState
from tests.support.centre import CALLER, sample, skilled
from tests.support.engine import PASSWORD
from tests.support.outages import Road

__all__ = ["AGENTS", "LIFE", "Day", "Step", "directory", "steps"]

AGENTS = 4

Step = tuple[str, int, int]
"""What happens, to which agent, and a number that says which or how long."""

LIFE = (
    "login",
    "ready",
    "ready",
    "not ready",
    "logout",
    "call in",
    "call in",
    "answer",
    "answer",
    "answer",
    "hold",
    "retrieve",
    "drop",
    "make",
    "far answer",
    "hang up",
    "data",
    "wait",
    "configure",
)


def steps(random: Random, count: int) -> list[Step]:
    """So many steps by chance."""
    return [
        (random.choice(LIFE), random.randint(1, AGENTS), random.randint(0, 400))
        for _ in range(count)
    ]


def directory() -> Snapshot:
    """Four agents with wrap-up, in one of two teams."""
    snapshot = sample(AGENTS, auto_work=True, wrapup_time_s=15)
    return replace(snapshot, teams=(*snapshot.teams, Team(2, "Team 2")))


class Day:
    """What people do.

    Attributes:
        road: What they do it on.
        uncut: A model that heard every event, from the beginning.
    """

    def __init__(self, road: Road) -> None:
        self.road, floor = road, road.floor
        self.uncut = Model(floor.directory.snapshot)
        for message in floor.service.configuration.upload(0xF):
            self.uncut.apply(message, self.road.now())
        for message in floor.service.configuration.teams():
            self.uncut.apply(message, self.road.now())
        floor.peripheral.subscribe(self.hear)

    def hear(self, message: Message) -> None:
        """An event of the engine's, which no wire can lose."""
        self.uncut.apply(message, self.road.now())

    def do(self, step: Step) -> None:
        """One step; what cannot be done now is not done."""
        name, agent, number = step
        extension, road = str(1000 + agent), self.road
        who = {"agent_id_long": f"agent{agent}", "agent_instrument": extension}
        if name in {"login", "logout"} and self.phone(extension).connections:
            return  # what a phone is in a call that is older than its agent's sign-in is told in no answer
        match name:
            case "login":
                self.ask(SetAgentStateReq(agent_state=AgentState.LOGIN, agent_password=PASSWORD, **who))  # type: ignore[arg-type]  # fmt: skip
            case "ready" | "not ready" | "logout":
                wanted = {"ready": AgentState.AVAILABLE, "not ready": AgentState.NOT_READY}
                state = wanted.get(name, AgentState.LOGOUT)
                reason = number % 3 if name == "not ready" else 0
                self.ask(SetAgentStateReq(agent_state=state, event_reason_code=reason, **who))  # type: ignore[arg-type]
            case "call in":
                self.switch(lambda: road.floor.simulator.place_call(f"600{number % 2 + 1}", CALLER))
            case "make":
                target = ("0699", str(1000 + number % AGENTS + 1), "9999")[number % 3]
                self.ask(MakeCallReq(agent_instrument=extension, dialed_number=target))
            case "far answer" | "hang up":
                for call_id in list(road.floor.service.engine.calls.by_id)[: number % 3 + 1]:
                    outside = road.floor.simulator
                    act = (
                        outside.answer_outside if name == "far answer" else outside.hang_up_outside
                    )
                    for far in ("0699", CALLER):
                        act(call_id, far).addErrback(
                            lambda failure: failure.trap(ProviderError) and None
                        )
            case "answer" | "hold" | "retrieve" | "drop" | "data":
                self.at_phone(name, extension, number)
            case "wait":
                road.floor.clock.advance(number / 20)
            case "configure":
                self.configure(agent, number)
        road.floor.clock.advance(0)

    def ask(self, request: Request) -> None:
        """Another client of the engine asks it for something."""
        self.road.floor.peripheral.request(request, lambda _answer: None)

    def switch(self, command: object) -> None:
        """Something happens outside."""
        assert callable(command)
        try:
            command()
        except ProviderError:
            return

    def phone(self, extension: str) -> Address:
        """A phone, as the engine knows it."""
        return self.road.floor.service.engine.floor.model.addresses[extension]

    def at_phone(self, name: str, extension: str, number: int) -> None:
        """Something is done with the phone's first or second call."""
        calls = [connection.call for connection in self.phone(extension).connections.values()]
        if not calls:
            return
        call = calls[number % len(calls)]
        states = {connection.call_control_state.name for connection in call.connections.values()}
        if name == "hold" and states != {"ESTABLISHED"}:
            return  # what a held tone is afterwards is told in no answer
        call_id = call.id
        here = {"connection_call_id": call_id, "connection_device_id": extension}
        match name:
            case "answer":
                self.ask(AnswerCallReq(**here))  # type: ignore[arg-type]
            case "hold":
                self.ask(HoldCallReq(**here))  # type: ignore[arg-type]
            case "drop":
                self.ask(ClearConnectionReq(**here))  # type: ignore[arg-type]
            case "retrieve":
                held = {f"held_{key}": value for key, value in here.items()}
                self.ask(RetrieveCallReq(**held))  # type: ignore[arg-type]
            case _:
                variables = (f"value {number}", *(None,) * 9)
                self.ask(SetCallDataReq(**here, call_variables=variables))  # type: ignore[arg-type]

    def configure(self, agent: int, number: int) -> None:
        """The administrator changes something of an agent, or of a queue."""
        floor = self.road.floor
        now = floor.directory.current
        people, csqs = list(now.people), list(now.csqs)
        person = people[agent - 1]
        match number % 4:
            case 0:
                people[agent - 1] = replace(person, last_name=f"Name {number}")
            case 1:
                people[agent - 1] = replace(person, team_id=person.team_id % 2 + 1)  # type: ignore[operator]
            case 2:
                csqs[0] = replace(csqs[0], name=f"Queue {number}")
            case _:
                people[agent - 1] = replace(person, competences=skilled((number % 2 + 1,)))
        floor.directory.current = replace(now, people=tuple(people), csqs=tuple(csqs))
        floor.service.reload()

    def begin(self) -> None:
        """Everyone signs in and is ready."""
        for agent in range(1, AGENTS + 1):
            self.do(("login", agent, 0))
            self.do(("ready", agent, 0))

    def essence(self, model: Model) -> object:
        """What GED-188's answers tell of everyone: state, phone, calls, who is in them, and what is attached.

        Not what they do not tell: reasons and times of what happened unseen, who came and went unseen, the queue.
        """
        gone = {DialogState.DROPPED}
        return {
            login_id: (
                agent.user_state,
                agent.extension,
                agent.first_name,
                agent.last_name,
                agent.csq_ids,
                agent.member_of(self.road.floor.directory.current),
                {
                    dialog.id: (
                        dialog.from_address,
                        dialog.to_address,
                        dialog.state,
                        dialog.media_properties.call_type,
                        dialog.media_properties.dnis,
                        dialog.media_properties.callvariables,
                        {
                            (party.media_address, party.state, party.actions)
                            for party in dialog.participants
                            if party.state not in gone
                        },
                    )
                    for dialog in model.dialogs(login_id)
                },
            )
            for login_id, agent in model.agents.items()
        }

    def agree(self, test: SynchronousTestCase | TestCase) -> None:
        """What the follower has is what REST says, and that is what has happened."""
        self.road.follow()
        follower = self.road.follower
        test.assertEqual(follower.faults, [])
        users, dialogs, members = self.road.rest()
        test.assertEqual(follower.users, users)
        test.assertEqual(follower.dialogs, dialogs)
        test.assertEqual(follower.members, members)
        test.assertEqual(self.essence(self.road.web._model), self.essence(self.uncut))
