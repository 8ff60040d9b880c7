"""A contact centre without a network: the engine's core on a simulated switch, with a clock that is a number."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from finesse_tx.directory.core.queues import Competence, RequiredSkill, Skill, SkillPool
from finesse_tx.directory.core.records import CSQ, Person, Role, Snapshot, Team, Trigger
from finesse_tx.engine.core.contact_events import ContactEvent
from finesse_tx.engine.core.engine import Engine
from finesse_tx.engine.core.events import (
    Accept,
    AddParty,
    AgentStateChanged,
    Alternate,
    Answer,
    CallEvent,
    Collect,
    Conference,
    Connect,
    Consult,
    Disconnect,
    Drop,
    Event,
    Hold,
    Operation,
    Order,
    Play,
    Redirect,
    Reject,
    SendDTMF,
    StartMonitoring,
    StartRecording,
    StopMedia,
    StopRecording,
    Transfer,
    TransferTo,
    Unhold,
    UpdateMonitoring,
)
from finesse_tx.engine.core.objects import Agent
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.scripts.reading import read_scripts
from finesse_tx.engine.core.states import Request
from finesse_tx.telephony.core.errors import ProviderError
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.inventory import AddressKind, AddressRecord, Inventory
from finesse_tx.telephony.core.numbering import inventory, is_outside
from finesse_tx.telephony.core.parties import Batches
from finesse_tx.telephony.core.switch import Switch

__all__ = ["CALLER", "Centre", "csq", "people", "sample", "skilled"]

CALLER = "0612345678"


def csq(number: int, name: str = "", auto_work: bool = False, wrapup_time_s: int = 0) -> CSQ:
    """A queue whose agents are those who have the skill of its number."""
    pool = SkillPool((RequiredSkill(number),))
    return CSQ(number, name or f"Q{number}", auto_work, wrapup_time_s, pool=pool)


def skilled(csq_ids: Iterable[int]) -> tuple[Competence, ...]:
    """What somebody can do who is in those queues."""
    return tuple(Competence(csq_id, 5) for csq_id in csq_ids)


def people(
    count: int,
    csq_ids: tuple[int, ...] = (1, 2),
    *,
    automatic_available: bool = True,
    extension: int = 1001,
) -> tuple[Person, ...]:
    """Agents ``agent1`` with extension 1001, or whatever is the first, and so on."""
    return tuple(
        Person(
            f"agent{n}",
            f"agent{n}",
            "Agent",
            str(n),
            str(extension - 1 + n),
            frozenset({Role.AGENT}),
            1,
            automatic_available,
            skilled(csq_ids),
        )
        for n in range(1, count + 1)
    )


def sample(
    agents: int = 3,
    *,
    auto_work: bool = False,
    wrapup_time_s: int = 0,
    automatic_available: bool = True,
    extension: int = 1001,
) -> Snapshot:
    """A directory: agents in the queues Sales (route point 6001) and Support (6002)."""
    return Snapshot(
        (
            *people(agents, automatic_available=automatic_available, extension=extension),
            Person("boss", "boss", "The", "Boss", "2001", frozenset({Role.SUPERVISOR}), 1),
            Person("admin", "admin", "An", "Admin", "", frozenset({Role.ADMINISTRATOR})),
        ),
        (Team(1, "Team 1", "boss"),),
        (csq(1, "Sales", auto_work, wrapup_time_s), csq(2, "Support", auto_work, wrapup_time_s)),
        (Trigger("6001", 101, "Sales", 1), Trigger("6002", 102, "Support", 2)),
        skills=(Skill(1, "Sales"), Skill(2, "Support")),
    )


def with_second_line(numbers: Inventory, first: str, second: str) -> Inventory:
    """The same with one more line on the phone of a number."""
    return Inventory(
        (*numbers.addresses, AddressRecord(second, AddressKind.PHONE)),
        tuple(
            replace(terminal, addresses=(first, second))
            if terminal.addresses == (first,)
            else terminal
            for terminal in numbers.terminals
        ),
    )


class Centre:
    """The engine's core and a switch; what either wants of the other is done in order, by `settle`.

    Attributes:
        now: The time.
        events: What the engine has told since it was last asked.
        waiting: What the switch has been asked for and not done.
    """

    def __init__(
        self,
        snapshot: Snapshot | None = None,
        policy: Policy | None = None,
        ports: int = 2,
        scripts: str = "",
        second_line: str = "",
    ) -> None:
        """Start it.

        Args:
            snapshot: The directory; None for `sample`.
            policy: The engine's settings.
            ports: How many callers can wait.
            scripts: Call-treatment scripts, in TOML.
            second_line: A number that the phone of 1001 has besides; empty for none.
        """
        snapshot = snapshot or sample()
        phones = {str(number) for number in range(1001, 1021)}
        phones |= {person.extension for person in snapshot.people if person.extension}
        numbers = inventory(sorted(phones), ["6001-6003"], "70001", ports)
        if second_line:
            numbers = with_second_line(numbers, "1001", second_line)
        self.now = 1000.0
        self.events: list[Event] = []
        self.waiting: deque[Operation] = deque()
        self.switch = Switch(numbers, is_outside)
        self.engine = Engine(snapshot, policy, read_scripts(scripts, "s.toml"))
        self.engine.add_inventory(numbers)
        self.hear(self.switch.start())
        self.settle()
        self.events.clear()

    # The switch -----------------------------------------------------------------------------------------------

    def hear(self, batches: Batches) -> None:
        """Tell the engine what happened."""
        for batch in (*batches, *self.switch.monitoring.aftermath()):
            self.engine.provider_changed(batch, self.now)
            self.collect()

    def collect(self) -> None:
        """Take what the engine told, and remember what it wants."""
        for effect in self.engine.take_effects():
            if isinstance(effect, Order):
                self.waiting.append(effect)
            else:
                self.events.append(effect)

    def step(self) -> None:
        """Let the switch do the next thing it was asked for."""
        operation = self.waiting.popleft()
        try:
            batches = self.perform(operation)
        except ProviderError as error:
            again = self.engine.calls.elsewhere(operation)
            if error.cause is Cause.CALL_CANCELLED and again is not None:
                self.waiting.appendleft(again)
                self.step()
                return
            self.engine.operation_failed(operation, error.cause, self.now)
            self.collect()
        else:
            self.hear(batches)

    def settle(self) -> None:
        """Let the switch do all it was asked for."""
        self.collect()
        while self.waiting:
            self.step()

    def perform(self, operation: Operation) -> Batches:
        """Do one thing."""
        switch = self.switch
        match operation:
            case Connect(terminal, address, digits):
                return switch.connect(switch.allocate(), terminal, address, digits)
            case Accept(call_id, address):
                return switch.accept(call_id, address)
            case Reject(call_id, address, cause):
                return switch.reject(call_id, address, cause)
            case Redirect(call_id, address, destination):
                return switch.redirect(call_id, address, destination)
            case Answer(call_id, address, terminal):
                return switch.answer(call_id, address, terminal)
            case Hold(call_id, address, terminal):
                return switch.hold(call_id, address, terminal)
            case Unhold(call_id, address, terminal):
                return switch.unhold(call_id, address, terminal)
            case Disconnect(call_id, address):
                return switch.disconnect(call_id, address)
            case Drop(call_id):
                return switch.drop(call_id)
            case Consult(call_id, address, terminal, digits):
                return switch.consult(switch.allocate(), call_id, address, terminal, digits)
            case Alternate(call_id, other, terminal):
                return switch.alternate(call_id, other, terminal)
            case Transfer(call_id, other, terminal):
                return switch.merging.transfer(call_id, other, terminal)
            case TransferTo(call_id, address, digits):
                return switch.merging.transfer_to(call_id, address, digits)
            case Conference(call_id, other, terminal):
                return switch.merging.conference(call_id, other, terminal)
            case AddParty(call_id, number):
                return switch.merging.add_party(call_id, number)
            case StartMonitoring(terminal, address, call_id, number, whisper):
                return switch.start_monitoring(
                    switch.allocate(), terminal, address, call_id, number, whisper
                )
            case UpdateMonitoring(call_id, whisper):
                return switch.monitoring.update(call_id, whisper)
            case StartRecording(call_id, address):
                return switch.monitoring.record(call_id, address, True)
            case StopRecording(call_id, address):
                return switch.monitoring.record(call_id, address, False)
            case Play(call_id, address, prompt, repeat):
                return switch.media.play(call_id, address, prompt, repeat)
            case Collect(call_id, address, rules):
                return switch.media.collect(call_id, address, rules)
            case StopMedia(call_id, address):
                return switch.media.stop(call_id, address)
            case SendDTMF(call_id, address, digits):
                return switch.send_dtmf(call_id, address, digits)

    # People ---------------------------------------------------------------------------------------------------

    def do(self, command: Callable[[], Operation | None]) -> None:
        """Ask the engine for something, and let everything settle."""
        operation = command()
        if operation is not None:
            self.waiting.append(operation)
        self.settle()

    def wait(self, seconds: float) -> None:
        """Let time pass, stopping at each deadline."""
        end = self.now + seconds
        while (due := self.engine.due_at()) is not None and due <= end:
            self.now = max(self.now, due)
            self.engine.advance(self.now)
            self.settle()
        self.now = end

    def agent(self, number: int = 1) -> Agent:
        """``agent1`` and so on."""
        return self.engine.roster.agents[f"agent{number}"]

    def sign_in(self, *numbers: int, ready: bool = True) -> None:
        """Sign agents in at their phones, one second after the other."""
        for number in numbers:
            name, extension = f"agent{number}", str(1000 + number)
            self.do(lambda: self.engine.sign_in(name, extension, False, self.now))  # noqa: B023
            if ready:
                self.request(Request.READY, number)
            self.now += 1

    def request(self, request: Request, number: int = 1, reason: int = 0) -> None:
        """Ask for another state."""
        self.do(lambda: self.engine.request_state(f"agent{number}", request, reason, self.now))

    def call_in(self, to: str = "6001", from_: str = CALLER) -> int:
        """A customer calls."""
        call_id = self.switch.allocate()
        self.hear(self.switch.call_from_outside(call_id, from_, to))
        self.settle()
        return call_id

    def hang_up(self, call_id: int, number: str = CALLER) -> None:
        """Someone hangs up."""
        self.hear(self.switch.disconnect(call_id, number))
        self.settle()

    def hear_out(self, port: str = "70001") -> None:
        """What plays at a port comes to its end, or nothing is keyed there for too long."""
        wait = self.switch.media.wait(port)
        assert wait is not None, "nothing at that port has an end"
        self.hear(self.switch.media.is_over(wait))
        self.settle()

    def key(self, call_id: int, digits: str, number: str = CALLER) -> None:
        """Someone keys digits."""
        self.hear(self.switch.send_dtmf(call_id, number, digits))
        self.settle()

    def answer(self, call_id: int, extension: str = "1001") -> None:
        """Someone picks the phone up."""
        terminal = next(iter(self.switch.model.addresses[extension].terminals))
        self.hear(self.switch.answer(call_id, extension, terminal))
        self.settle()

    def hold(self, call_id: int, extension: str = "1001") -> None:
        """Someone presses the phone's hold key."""
        terminal = next(iter(self.switch.model.addresses[extension].terminals))
        self.hear(self.switch.hold(call_id, extension, terminal))
        self.settle()

    def retrieve(self, call_id: int, extension: str = "1001") -> None:
        """Someone takes it off hold."""
        terminal = next(iter(self.switch.model.addresses[extension].terminals))
        self.hear(self.switch.unhold(call_id, extension, terminal))
        self.settle()

    # What was told --------------------------------------------------------------------------------------------

    def told(self) -> list[str]:
        """What the engine told since the last time, in short.

        Such as ``BEGIN_CALL 1001`` or ``agent1 NOT_READY 32760``, with ``-> READY`` for what is pending.
        """
        events, self.events = self.events, []
        lines = []
        for event in events:
            match event:
                case CallEvent():
                    lines.append(f"{event.kind.value} {event.device.id}")
                case AgentStateChanged():
                    pending = f" -> {event.pending.name}" if event.pending is not None else ""
                    reason = f" {event.reason}" if event.reason else ""
                    lines.append(f"{event.agent_id} {event.state.name}{reason}{pending}")
                case ContactEvent():
                    pass  # CTI clients are not told
                case _:
                    lines.append(type(event).__name__)
        return lines
