"""The order in which a new session's model is filled: keys, configuration, teams, then everyone's state and calls.

A plan without I/O. `Resynchronisation.take` says what to send next; events and answers are told to it, after the
model has them; it is over when `phase` is DONE or FAILED. So many questions are under way at once as it is allowed,
and one that is not answered is asked again a few times; then whatever it is about stays as events tell it, and
everybody else is served.

Spec: ``cti.md`` §11.2 (configuration), §11.3 (snapshot), §12.3 (client checklist, point 4).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import ConfigMask, StatusCode
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.webservices.core.changes import Change
from finesse_tx.webservices.core.configuration import NEEDED
from finesse_tx.webservices.core.model import Model

__all__ = [
    "ATTEMPTS",
    "AT_ONCE",
    "MAX_UNANSWERED",
    "Phase",
    "Question",
    "Resynchronisation",
    "Skipped",
]

AT_ONCE: Final = 32
"""How many questions are under way together: enough to keep an engine busy, few enough for it to serve others."""

ATTEMPTS: Final = 3
"""How often a question is asked, and a configuration that is broken off."""

MAX_UNANSWERED: Final = 2 * AT_ONCE
"""After so many questions without one answer between them it is the engine that does not answer."""


class Phase(Enum):
    """What is being waited for."""

    NEW = "nothing"
    KEYS = "the configuration's keys"
    UPLOAD = "the configuration"
    TEAMS = "the teams"
    SNAPSHOTS = "the agents and their calls"
    DONE = "nothing more"
    FAILED = "nothing any more"


@dataclass(eq=False, slots=True)
class Question:
    """A request whose answer belongs to the plan.

    Attributes:
        request: To send; the same again, when it is asked again.
        about: What it is about, for people.
        attempt: How often it has been asked, this time included.
    """

    request: Request
    about: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question that was given up.

    Attributes:
        about: What it was about.
        reason: What came instead of an answer.
    """

    about: str
    reason: str


class Resynchronisation:
    """One filling of one model.

    Args:
        model: The model; whoever tells this of an event has told the model first.
        everyone: Whether to ask about everyone; if not, only about agents that were not configured before.
        at_once: How many questions may be under way.

    Attributes:
        phase: How far it is.
        fault: Why it has failed; empty while it has not.
        skipped: What had to be left out.
        asked: How many questions have been sent, repeated ones included.
    """

    def __init__(self, model: Model, *, everyone: bool = True, at_once: int = AT_ONCE) -> None:
        self._model, self._at_once = model, at_once
        self.phase = Phase.NEW
        self.fault = ""
        self.skipped: list[Skipped] = []
        self.asked = 0
        self._out: deque[Message] = deque()
        self._questions: deque[Question] = deque()
        self._under_way: set[Question] = set()
        self._known = set() if everyone else set(model.agents)
        self._agents: deque[str] = deque()
        self._devices: set[str] = set()
        self._calls: set[int] = set()
        self._teams: dict[str, int] = {}
        self._uploads = 0
        self._unanswered = 0

    # What to send -------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin, with the keys: what we have of the configuration may be out of date."""
        self._model.configuration.begin()
        self._request_keys()

    def _request_keys(self) -> None:
        self.phase = Phase.KEYS
        self._uploads += 1
        self._out.append(messages.ConfigRequestKeyEvent())

    def take(self) -> Message | Question | None:
        """The next thing to send; None when there is nothing until something is told."""
        if self._out:
            return self._out.popleft()
        if len(self._under_way) >= self._at_once:
            return None
        if not self._questions:
            self._ask_about_agent()
        if not self._questions:
            return None
        question = self._questions.popleft()
        self._under_way.add(question)
        self.asked += 1
        return question

    def _ask(self, request: Request, about: str) -> None:
        self._questions.append(Question(request, about))

    def _ask_about_agent(self) -> None:
        while self._agents:
            login_id = self._agents.popleft()
            if login_id in self._model.agents:
                self._ask(messages.QueryAgentStateReq(agent_id_long=login_id), login_id)
                return

    # What is told: events -----------------------------------------------------------------------------------------

    def message(self, message: Message) -> list[Change]:
        """Look at an event, which the model has taken in already.

        Returns:
            What changes in the model by that; of interest only where it is not being filled.
        """
        match message:
            case messages.ConfigKeyEvent() if self.phase is Phase.KEYS:
                self._keys(message)
            case messages.ConfigBeginEvent() | messages.ConfigEndEvent():
                self._transfer()
            case messages.TeamConfigEvent() if self.phase is Phase.TEAMS:
                for member in message.members:
                    agent = self._model.agents.get(member.agent_id_long or "")
                    if agent is not None and agent.team_id is not None:
                        self._teams[agent.login_id] = agent.team_id
            case messages.FailureEvent() if message.status == StatusCode.E_CTI_AUTO_CONFIG_RESET:
                self._again("the configuration was reset")
        return []

    def _keys(self, event: messages.ConfigKeyEvent) -> None:
        if event.config_key_status:
            self._fail(f"ConfigKeyStatus {event.config_key_status}")
            return
        outdated = self._model.configuration.outdated(event)
        self.phase = Phase.UPLOAD
        # Nothing is outdated: 0 asks for changes alone.
        self._out.append(messages.ConfigRequestEvent(config_information=int(outdated)))
        self._transfer()

    def _transfer(self) -> None:
        configuration = self._model.configuration
        if configuration.fault:
            fault, configuration.fault = configuration.fault, ""
            self._again(fault)
        elif self.phase is Phase.UPLOAD and NEEDED & ~configuration.current == ConfigMask(0):
            self.phase, self._teams = Phase.TEAMS, {}
            self._ask(messages.TeamConfigReq(), "the teams")
        elif self.phase is Phase.SNAPSHOTS:
            self._look_for_agents()

    def _again(self, reason: str) -> None:
        """The configuration cannot be relied on: ask for it once more, and for the teams, a few times at most."""
        if self.phase in {Phase.DONE, Phase.FAILED}:
            return
        if self._uploads >= ATTEMPTS:
            self._fail(reason)
            return
        self._model.configuration.begin()
        self._request_keys()

    def _look_for_agents(self) -> None:
        """Whoever is configured and has not been asked about."""
        new = [login_id for login_id in self._model.agents if login_id not in self._known]
        self._known.update(new)
        self._agents += new

    # What is told: answers ----------------------------------------------------------------------------------------

    def answered(self, question: Question, answer: Message, now: datetime) -> list[Change]:
        """An answer has come.

        Returns:
            What it changes in the model; of interest only where it is not being filled.
        """
        self._unanswered = 0
        self._under_way.discard(question)
        changes = self._answer(question.request, answer, now)
        self._look_on(question)
        return changes

    def _answer(self, request: Request, answer: Message, now: datetime) -> list[Change]:
        match request, answer:
            case messages.TeamConfigReq(), messages.TeamConfigConf():
                if answer.status:
                    self.skipped.append(Skipped("the teams", f"Status {answer.status}"))
                    return self._teams_are_told({})
                return self._teams_are_told(self._teams)
            case messages.QueryAgentStateReq(), messages.QueryAgentStateConf():
                return self._model.agent_snapshot(request.agent_id_long or "", answer, now)
            case messages.SnapshotDeviceReq(), messages.SnapshotDeviceConf():
                for call in answer.calls:
                    call_id = call.call_connection_call_id
                    if call_id is not None and call_id not in self._calls:
                        self._calls.add(call_id)
                        device_id = call.call_connection_device_id
                        device_id = device_id or request.agent_instrument
                        snapshot = messages.SnapshotCallReq(
                            connection_call_id=call_id, connection_device_id=device_id
                        )
                        self._ask(snapshot, f"call {call_id} at {request.agent_instrument}")
                return []
            case messages.SnapshotCallReq(), messages.SnapshotCallConf():
                return self._model.call_snapshot(request.connection_call_id, answer, now)
        return []

    def _ask_about_phone(self, login_id: str) -> None:
        """Whoever is signed in, says an answer or an event, may have calls."""
        agent = self._model.agents.get(login_id)
        if agent is not None and agent.extension and agent.extension not in self._devices:
            self._devices.add(agent.extension)
            request = messages.SnapshotDeviceReq(agent_instrument=agent.extension)
            self._ask(request, f"the calls of {login_id} at {agent.extension}")

    def _teams_are_told(self, teams: dict[str, int]) -> list[Change]:
        """All teams are known, or none are: then the directory says who works where."""
        if self.phase is not Phase.TEAMS:
            return []  # asked before the configuration was reset
        changes: list[Change] = []
        for agent in self._model.agents.values():
            if agent.team_id is not None and teams and agent.login_id not in teams:
                changes += self._model.move(agent, None)
        self.phase = Phase.SNAPSHOTS
        self._look_for_agents()
        return changes

    def refused(self, question: Question, reason: str) -> list[Change]:
        """The engine does not answer that: nobody is signed in, the call is over, or it knows no teams."""
        self._unanswered = 0
        return self._leave_out(question, reason, is_normal=True)

    def unanswered(self, question: Question, reason: str) -> list[Change]:
        """Nothing came, or that the engine has no time: ask again, if not too often."""
        self._unanswered += 1
        if self._unanswered >= MAX_UNANSWERED:
            self._fail(f"the engine does not answer: {reason}")
            return []
        if question.attempt < ATTEMPTS:
            self._under_way.discard(question)
            again = Question(question.request, question.about, question.attempt + 1)
            self._questions.append(again)
            return []
        return self._leave_out(question, reason, is_normal=False)

    def _leave_out(self, question: Question, reason: str, *, is_normal: bool) -> list[Change]:
        self._under_way.discard(question)
        if not is_normal or isinstance(question.request, messages.TeamConfigReq):
            self.skipped.append(Skipped(question.about, reason))
        changes: list[Change] = []
        if isinstance(question.request, messages.TeamConfigReq):
            changes = self._teams_are_told({})
        self._look_on(question)
        return changes

    def _look_on(self, question: Question) -> None:
        """A question is done with: what follows?"""
        if isinstance(question.request, messages.QueryAgentStateReq):
            self._ask_about_phone(question.request.agent_id_long or "")
        nothing_left = not (self._agents or self._questions or self._under_way)
        if self.phase is Phase.SNAPSHOTS and nothing_left:
            self.phase = Phase.DONE

    def _fail(self, reason: str) -> None:
        self.phase, self.fault = Phase.FAILED, reason
        self._out.clear()
        self._questions.clear()
        self._agents.clear()
