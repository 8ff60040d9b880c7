"""The embedded engine on the simulator and a clock, seen as a CTI server sees it: by its messages."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.layout import Layout
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import ControlFailureConf, SetAgentStateReq
from finesse_tx.cti.core.wire import Dialect
from finesse_tx.directory.core.errors import BadCredentialsError, LockedOutError
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.engine.core.scripts.reading import read_treatment
from finesse_tx.engine.history import History
from finesse_tx.engine.service import EngineService
from finesse_tx.interfaces import IAuthenticator, IDirectory
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions
from tests.support.centre import CALLER, sample

__all__ = [
    "PASSWORD",
    "EngineFloor",
    "FixedAuthenticator",
    "FixedDirectory",
    "FloorCase",
    "short",
]

PASSWORD = "finesse"

LAYOUTS = tuple(Layout.of(Dialect.UCCX, version) for version in (10, 14, 16, 18))


@implementer(IDirectory)
class FixedDirectory:
    """Has what it was given; ``current`` may be changed."""

    def __init__(self, current: Snapshot) -> None:
        self.current = current

    def snapshot(self) -> Snapshot:
        """Tell it."""
        return self.current


@implementer(IAuthenticator)
class FixedAuthenticator:
    """Knows the directory's people, all with the same password.

    Attributes:
        failing: What every check fails with; None while it works.
        held: While it is a list, checks wait in it until somebody fires them.
    """

    def __init__(self, directory: FixedDirectory) -> None:
        self._directory = directory
        self.failing: Exception | None = None
        self.held: list[Deferred[Person]] | None = None

    def authenticate(self, username: str, password: str) -> Deferred[Person]:
        """Check a password."""
        if self.held is not None:
            self.held.append(Deferred())
            return self.held[-1]
        if self.failing is not None:
            return fail(self.failing)
        if username == "locked":
            return fail(LockedOutError(0.0))
        person = self._directory.current.person(username)
        if person is None or password != PASSWORD:
            return fail(BadCredentialsError())
        return succeed(person)


def short(message: Message) -> str:
    """A message's class and device, such as ``CallDeliveredEvent 1001``, or an agent's state."""
    name = type(message).__name__
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    if name == "AgentStateEvent":
        reason = f" {values['event_reason_code']}" if values["event_reason_code"] else ""
        following = values["next_agent_state"]
        pending = f" -> {following}" if following is not None else ""
        return f"{values['agent_id_long']} {values['agent_state'].name}{reason}{pending}"
    device = values.get("connection_device_id")
    return f"{name} {device}" if device else name


class EngineFloor:
    """Everything from the simulated phones to the peripheral.

    Attributes:
        clock: The time.
        seen: The events since they were last asked for, and the answers between them, in one order.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        config: EngineConfig | None = None,
        options: SimulatorOptions | None = None,
        scripts: str = "",
    ) -> None:
        self.clock = Clock()
        self.directory = FixedDirectory(snapshot)
        self.authenticator = FixedAuthenticator(self.directory)
        self.service = EngineService(
            self.directory,
            self.authenticator,
            config or EngineConfig(),
            self.clock,
            read_treatment(scripts, "s.toml"),
            self.make_history(),
        )
        options = options or SimulatorOptions(phones=("1001-1020", "2001"), ports=4)
        self.simulator = Simulator(options, self.service, self.clock)
        self.service.use(self.simulator)
        self.peripheral = self.service.peripheral
        self.seen: list[Message] = []
        self.peripheral.subscribe(self.send)
        self.service.startService()
        self.pass_time()
        self.seen.clear()
        self._invoke_id = 0

    def make_history(self) -> History | None:
        """What keeps the records; nobody does here."""
        return None

    @property
    def next_invoke_id(self) -> int:
        """The InvokeID of the next request."""
        return self._invoke_id + 1

    def send(self, message: Message) -> None:
        """Take a message, which every version of the protocol must be able to carry."""
        for layout in LAYOUTS:
            layout.encode(message)
        self.seen.append(message)

    def pass_time(self, seconds: float = 0.0) -> None:
        """Let time pass, and the turns that follow."""
        self.clock.advance(seconds)

    def request(self, kind: type[Request], **values: Any) -> list[Message]:
        """Ask for something; return the answers, which are in `seen` as well."""
        self._invoke_id += 1
        return self.ask(kind(invoke_id=self._invoke_id, **values))

    def ask(self, request: Message) -> list[Message]:
        """The same, for a message that is there already."""
        answers: list[Message] = []

        def reply(message: Message) -> None:
            answers.append(message)
            self.send(message)

        self.peripheral.request(request, reply)
        self.pass_time()
        return answers

    def told(self) -> list[str]:
        """What was sent since the last time, in short."""
        seen = self.seen.copy()
        self.seen.clear()
        return [short(message) for message in seen]

    def take(self) -> list[Message]:
        """What was sent since the last time."""
        seen = self.seen.copy()
        self.seen.clear()
        return seen


class FloorCase(SynchronousTestCase):
    """A floor."""

    def setUp(self) -> None:
        """Start it."""
        self.floor = EngineFloor(sample())

    def tearDown(self) -> None:
        """Stop it; no timer may be left."""
        self.successResultOf(self.floor.service.stopService())
        self.assertEqual(self.floor.clock.getDelayedCalls(), [])

    def set_state(self, wanted: int, agent: int = 1, **values: Any) -> list[Message]:
        """Ask for a state."""
        values.setdefault("agent_id_long", f"agent{agent}")
        return self.floor.request(SetAgentStateReq, agent_state=wanted, **values)

    def sign_in(self, agent: int = 1, **values: Any) -> list[Message]:
        """Sign somebody in."""
        values.setdefault("agent_instrument", str(1000 + agent))
        values.setdefault("agent_password", PASSWORD)
        return self.set_state(AgentState.LOGIN, agent, **values)

    def ready(self, agent: int = 1) -> None:
        """Sign somebody in, and make him READY."""
        self.sign_in(agent)
        self.set_state(AgentState.AVAILABLE, agent)
        self.floor.seen.clear()

    def call_in(self, to: str = "6001") -> int:
        """A customer calls."""
        call_id = self.floor.simulator.place_call(to, CALLER)
        self.floor.pass_time()
        return call_id

    def refused(self, kind: type[Request], **values: Any) -> tuple[int, int]:
        """Ask for what cannot be done: that is all that is sent."""
        self.floor.seen.clear()
        (answer,) = self.floor.request(kind, **values)
        assert isinstance(answer, ControlFailureConf), answer
        self.assertEqual(self.floor.take(), [answer])
        return answer.failure_code, answer.peripheral_error_code
