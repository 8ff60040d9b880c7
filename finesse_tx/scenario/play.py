"""A scenario is played: everything in its order, on the stage's clock, and what is expected is looked at.

What happens comes out as values for one line each, in order; the same scenario and seed make the same lines, byte for
byte, in any process. Nothing waits: `Play.run` is told by ``pace`` when to go on.

Spec: issue 4, point 1; ``docs/scenarios.rst`` describes the lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from random import Random
from typing import Final

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    ControlFailureConf,
    EndCallEvent,
    FailureConf,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
)
from finesse_tx.engine.core.outbound.records import CampaignState
from finesse_tx.errors import FinesseError
from finesse_tx.scenario.callers import Arrivals
from finesse_tx.scenario.core.language import (
    Actor,
    AgentIs,
    Call,
    CampaignIs,
    Comparison,
    CountsAre,
    CustomerIs,
    Expectation,
    Press,
    Scenario,
    Step,
)
from finesse_tx.scenario.core.ledger import Ledger, Totals
from finesse_tx.scenario.core.moments import shown
from finesse_tx.scenario.core.telling import main_fields
from finesse_tx.scenario.desk import Desk
from finesse_tx.scenario.faults import Faults
from finesse_tx.scenario.link import Link
from finesse_tx.scenario.staff import Staff
from finesse_tx.scenario.stage import Stage
from finesse_tx.telephony.core.events import Batch
from finesse_tx.telephony.core.inventory import AddressKind

__all__ = ["Missed", "Play"]

Line = dict[str, object]

_CAMPAIGN_STATES: Final = {
    "start": CampaignState.RUNNING,
    "pause": CampaignState.PAUSED,
    "stop": CampaignState.STOPPED,
}
_NAMES: Final[dict[int, str]] = {AgentState.AVAILABLE: "READY", AgentState.WORK: "WORK"}


@dataclass(frozen=True, slots=True)
class Missed:
    """Something is not as it should be.

    Attributes:
        where: The step's file and line.
        at: When, in seconds from the day's beginning.
        what: What is, and what should be.
    """

    where: str
    at: float
    what: str

    def __str__(self) -> str:
        return f"{self.where}: at {shown(self.at)} {self.what}"


class Play:
    """One day.

    Attributes:
        missed: What was not as it should be, in order.
        stage: Where it is played.

    Args:
        scenario: What is played.
        source: Its name, for messages.
        seed: Where its chances come from; None: the scenario's own.
        tells: Whether CTI events are among the lines.

    Raises:
        ConfigError: What the scenario says of the engine or the telephones cannot be.
    """

    def __init__(
        self, scenario: Scenario, source: str, seed: int | None = None, *, tells: bool = True
    ) -> None:
        self._scenario, self._tells = scenario, tells
        self.seed = scenario.day.seed if seed is None else seed
        self.missed: list[Missed] = []
        self.stage = stage = Stage(scenario, source, self._chances("customers"))
        self._clock, self._lines = stage.clock, list[Line]()
        self._messages = 0
        self._states: dict[str, tuple[str, int]] = {}
        self._unanswered: dict[int, Step] = {}
        self._expected = 0
        self._link = Link(stage.engine.peripheral, stage.clock, self._hear)
        stage.engine.peripheral.subscribe(self._note_state)
        self._staff = Staff(self._link, stage.clock, self._chances("staff"))
        self._notices = self._staff.notices
        self._desks = {
            person.login_id: Desk(
                person.login_id, person.extension, self._link, lambda who: self._desks[who].phone
            )
            for person in stage.snapshot.people
            if person.extension
        }
        self._by_phone = {desk.phone: desk for desk in self._desks.values()}
        self._faults = Faults(stage.simulator, self._link, self._staff, self._miss)
        numbers = frozenset(each.number for each in scenario.customers.values())
        self._ledger = Ledger(numbers, self._is_phone)
        stage.simulator.observe(self._saw)
        self._arrivals = Arrivals(
            stage.customers, self._ledger, stage.clock, self._chances("callers"), numbers
        )

    def _chances(self, whose: str) -> Random:
        return Random(f"{self.seed}/{whose}")  # noqa: S311  # chance, not a secret

    def _is_phone(self, number: str) -> bool:
        return self.stage.simulator.kind(number) is AddressKind.PHONE

    @property
    def totals(self) -> Totals:
        """What has become of customers' calls until now."""
        return self._ledger.totals

    # The day --------------------------------------------------------------------------------------------------

    def run(self, pace: Callable[[float], None] = lambda _moment: None) -> Iterator[Line]:
        """Play it, to its end.

        Args:
            pace: Is told each moment before it comes, in seconds from the day's beginning.

        Returns:
            The lines, as things happen; the last one sums the day up.
        """
        try:
            self._prepare()
            for step in self._scenario.steps:
                yield from self._until(step.at, pace)
                if isinstance(step, Expectation):
                    self._look(step)
                else:
                    self._do(step)
                yield from self._until(step.at, pace)
            yield from self._until(self._scenario.ends, pace)
            for step in self._unanswered.values():
                self._miss(step.where, f"{step.who}, {step.does}: was never answered")
            yield from self._drain()
            yield {"summary": self._summary()}
        finally:
            self.stage.close()

    def _prepare(self) -> None:
        for callers, first, last in self._scenario.callers:
            self._arrivals.expect(callers, self._scenario.day.agents, first, last)
        rng = self._chances("arrivals of agents")
        for names, ways, begin, end in self._scenario.agents:
            for name in names:
                comes = begin + rng.uniform(0, ways.sign_in_s)
                self._staff.join(name, self._desks[name], ways, comes, end)

    def _until(self, moment: float, pace: Callable[[float], None]) -> Iterator[Line]:
        clock = self._clock
        while (due := clock.next_at()) is not None and due <= moment:
            pace(due)
            clock.do_next()
            if self._lines:
                yield from self._drain()
        pace(moment)
        clock.turn(moment)
        yield from self._drain()

    def _drain(self) -> Iterator[Line]:
        lines, self._lines = self._lines, []
        yield from lines

    def _tell(self, **line: object) -> None:
        self._lines.append({"t": round(self._clock.seconds(), 3), **line})

    def _miss(self, where: str, what: str) -> None:
        self.missed.append(missed := Missed(where, self._clock.seconds(), what))
        self._tell(missed=what, where=missed.where)

    # What is told ---------------------------------------------------------------------------------------------

    def _note_state(self, message: Message) -> None:
        """Remember how agents are, whether the link is up or not."""
        if isinstance(message, AgentStateEvent):
            state = message.agent_state
            name = _NAMES.get(state) or _name_of(state)
            self._states[message.agent_id_long or ""] = name, message.event_reason_code

    def _hear(self, message: Message) -> None:
        """An event has come to the desks."""
        self._messages += 1
        if self._tells:
            self._tell(**main_fields(message))
        desk = self._by_phone.get(getattr(message, "connection_device_id", None) or "")
        if desk is not None and not isinstance(message, EndCallEvent):
            desk.last_call = message.connection_call_id  # type: ignore[attr-defined]
        if (notice := self._notices.get(type(message))) is not None:
            notice(message)

    def _saw(self, batch: Batch) -> None:
        self._ledger.saw(batch, self._clock.seconds())

    # What is done ---------------------------------------------------------------------------------------------

    def _do(self, step: Step) -> None:
        match step.actor:
            case Actor.AGENT if step.does.endswith(" calls"):
                self._staff.ignore_calls(step.who, step.does == "ignore calls")
                self._tell(who=step.who, does=step.does)
            case Actor.AGENT:
                self._unanswered[id(step)] = step
                answered = partial(self._answered, step)
                self._desks[step.who].do(step.does, step.keys, answered)
            case Actor.CUSTOMER:
                self._customer(step)
            case Actor.STAFF:
                self._staff.ignore_calls(None, step.does == "ignore calls")
                self._tell(who=step.who, does=step.does)
            case Actor.CAMPAIGN:
                state = _CAMPAIGN_STATES[step.does]
                self.stage.campaigns.set_campaign_state(step.who, state)
                self._tell(who=step.who, does=step.does)
            case Actor.LINK:
                self._tell(who=step.who, does=step.does)
                self._faults.of_link(step)
            case Actor.SWITCH | Actor.PHONE:
                self._tell(who=step.who, does=step.does)
                self._faults.of_switch(step)

    def _answered(self, step: Step, answer: Message | str) -> None:
        self._unanswered.pop(id(step), None)
        refusal: str | None = None
        if isinstance(answer, str):
            refusal = answer
        elif isinstance(answer, ControlFailureConf):
            refusal = _name_of(answer.failure_code)
        elif isinstance(answer, FailureConf):
            refusal = _name_of(answer.status)
        told: Line = {} if refusal is None else {"refused": refusal}
        self._tell(who=step.who, does=step.does, **told)
        if step.refused is None and refusal is not None:
            self._miss(step.where, f"{step.who}, {step.does}: refused, {refusal}")
        elif step.refused is not None and refusal is None:
            self._miss(step.where, f"{step.who}, {step.does}: was not refused")
        elif step.refused and refusal != step.refused:
            what = f"refused, {refusal}, not {step.refused}"
            self._miss(step.where, f"{step.who}, {step.does}: {what}")

    def _customer(self, step: Step) -> None:
        customer = self._scenario.customers[step.who]
        customers, keys = self.stage.customers, step.keys
        told: Line = {}
        try:
            if isinstance(keys, Call):
                patience = customer.patience_s if keys.patience_s is None else keys.patience_s
                talk = customer.talk_s if keys.talk_s is None else keys.talk_s
                told["to"] = keys.to
                told["call"] = call_id = customers.place_call(
                    keys.to, customer.number, patience, talk
                )[0]
                self._ledger.calls(call_id, customer.number, self._clock.seconds())
                done = True
            elif isinstance(keys, Press):
                told["digits"] = keys.digits
                done = customers.press(customer.number, keys.digits)
            else:
                done = customers.hang_up(customer.number)
        except FinesseError as error:
            self._miss(step.where, f"{step.who}, {step.does}: {error}")
        else:
            self._tell(who=step.who, does=step.does, **told)
            if not done:
                self._miss(step.where, f"{step.who}, {step.does}: is in no call")

    # What is expected -----------------------------------------------------------------------------------------

    def _look(self, expectation: Expectation) -> None:
        self._expected += 1
        expected = expectation.expected
        if isinstance(expected, AgentIs):
            found = list(self._agent_is(expectation.of, expected))
        elif isinstance(expected, CustomerIs):
            found = list(self._customer_is(expectation.of, expected))
        elif isinstance(expected, CampaignIs):
            found = list(self._campaign_is(expectation.of, expected))
        else:
            found = list(self._counts_are(expected))
        if found:
            for what in found:
                self._miss(expectation.where, f"{expectation.of}: {what}")
        else:
            self._tell(expect=expectation.of, met=True)

    def _agent_is(self, agent_id: str, expected: AgentIs) -> Iterator[str]:
        state, reason = self._states.get(agent_id, ("LOGOUT", 0))
        if expected.state is not None and state != expected.state:
            yield f"state is {state}, not {expected.state}"
        if expected.reason is not None and reason != expected.reason:
            yield f"reason is {reason}, not {expected.reason}"
        if expected.calls is not None:
            yield from _compare("calls", self._calls_of(agent_id), expected.calls)

    def _calls_of(self, agent_id: str) -> int:
        answers: list[Message] = []
        request = SnapshotDeviceReq(agent_instrument=self._desks[agent_id].phone)
        self.stage.engine.peripheral.request(request, answers.append)
        return sum(len(a.calls) for a in answers if isinstance(a, SnapshotDeviceConf))

    def _customer_is(self, name: str, expected: CustomerIs) -> Iterator[str]:
        party = self._ledger.last.get(self._scenario.customers[name].number)
        if party is None or party.ended is not None:
            is_ = "gone"
        else:
            is_ = "waiting" if party.answered is None else "talking"
        if expected.is_ is not None and is_ != expected.is_:
            yield f"is {is_}, not {expected.is_}"
        if expected.answered_by is not None:
            phones = party.phones if party is not None else []
            people = [self._whose(phone) for phone in phones]
            wanted = {"nobody": not people, "somebody": bool(people)}
            if not wanted.get(expected.answered_by, expected.answered_by in people):
                answered = " and ".join(people) or "nobody"
                yield f"was answered by {answered}, not by {expected.answered_by}"

    def _whose(self, phone: str) -> str:
        desk = self._by_phone.get(phone)
        return phone if desk is None else desk.agent_id

    def _counts_are(self, expected: CountsAre) -> Iterator[str]:
        yield from _figures_are(expected, self._ledger.totals.as_dict())

    def _campaign_is(self, name: str, expected: CampaignIs) -> Iterator[str]:
        (figures,) = (each for each in self.stage.campaigns.campaigns() if each["name"] == name)
        yield from _figures_are(expected, figures)

    def _summary(self) -> Line:
        states = Counter(self._states.get(agent_id, ("LOGOUT", 0))[0] for agent_id in self._desks)
        return {
            "seed": self.seed,
            "ends": shown(self._scenario.ends),
            "messages": self._messages,
            "calls": self._ledger.totals.as_dict(),
            "agents": dict(sorted(states.items())),
            "refused": self._staff.refused,
            "expectations": self._expected,
            "missed": len(self.missed),
        }


def _figures_are(expected: CountsAre | CampaignIs, figures: Mapping[str, object]) -> Iterator[str]:
    for key in type(expected).__struct_fields__:
        count, found = getattr(expected, key), figures[key]
        if count is not None and isinstance(found, int):
            yield from _compare(key, found, count)


def _compare(what: str, count: int, wanted: int | str) -> Iterator[str]:
    comparison = Comparison.of(wanted)
    if not comparison.holds(count):
        yield f"{what} are {count}, not {comparison}"


def _name_of(value: int) -> str:
    """An enumerated value's name; other numbers are their own."""
    return value.name if isinstance(value, Enum) else str(value)
