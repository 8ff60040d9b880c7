"""Agents, as GED-188 tells of them, and the users that REST shows.

Spec: ``cti.md`` §8.5, §11.4; ``rest.md`` §2.1; ``notifications.md`` §7.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from finesse_tx.cti.core.enums import AgentState, AgentType, EventReasonCode
from finesse_tx.cti.core.messages.records import AgentRecord
from finesse_tx.directory.core.records import ReasonCategory, Snapshot
from finesse_tx.directory.core.records import ReasonCode as ReasonCodeRecord
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.objects import (
    Device,
    ReasonCode,
    Settings,
    TeamReference,
    TeamUser,
    User,
    UserState,
)
from finesse_tx.webservices.core.vocabulary import WORDS, Words

__all__ = ["Agent", "ChosenDevice", "Queue", "reason_code"]

NO_REASON: Final = "-1"
"""``reasonCodeId`` of a state that has a reason code, but none was given."""

UNSHOWN: Final = {EventReasonCode.NONE, EventReasonCode.LOGGED_ON}
"""No reason, and the engine's own for having just signed in, which clients know as none (``rest.md`` §2.2)."""

IN_CALL: Final = {
    UserState.TALKING,
    UserState.HOLD,
    UserState.RESERVED,
    UserState.RESERVED_OUTBOUND,
    UserState.RESERVED_OUTBOUND_PREVIEW,
}
"""The states in which another can be pending."""

CATEGORIES: Final = {
    UserState.NOT_READY: ReasonCategory.NOT_READY,
    UserState.LOGOUT: ReasonCategory.LOGOUT,
}
"""The states that are explained by a reason."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A contact service queue.

    Attributes:
        id: CSQID.
        name: For people to read.
        auto_work: Whether its calls are wrapped up.
    """

    id: int
    name: str
    auto_work: bool


@dataclass(frozen=True, slots=True)
class ChosenDevice:
    """The phone that somebody has named when signing in.

    Attributes:
        extension: Where.
        device_id: Which.
        devices: All that it was chosen from.
    """

    extension: str
    device_id: str
    devices: tuple[Device, ...]


@dataclass(slots=True)
class Agent:
    """One agent of the engine.

    Attributes:
        login_id: LoginID; the id everywhere.
        first_name: For people to read.
        last_name: For people to read.
        is_supervisor: Whether the engine knows the agent as one.
        csq_ids: The agent's queues.
        team_id: The agent's team; None while no team has named it.
        state: As GED-188 has it.
        reason: EventReasonCode.
        reserved_for: The EventReasonCode with which the agent was reserved; that of what is pending comes later.
        next_state: NextAgentState; None when the engine named none.
        extension: Where the agent is signed in; empty while signed out.
        changed: When the state changed; None before the first event.
        words: The engine's words for states and reasons.
        is_told: Whether an event of this session has told the state.
        device: The phone that the agent has named when signing in, if any; the engine knows nothing of it.
    """

    login_id: str
    first_name: str = ""
    last_name: str = ""
    is_supervisor: bool = False
    csq_ids: tuple[int, ...] = ()
    team_id: int | None = None
    state: int = AgentState.LOGOUT
    reason: int = 0
    reserved_for: int = 0
    next_state: int | None = None
    extension: str = ""
    changed: datetime | None = None
    words: Words = WORDS["ccx"]
    is_told: bool = False
    device: ChosenDevice | None = None

    def configure(self, record: AgentRecord) -> bool:
        """Take over what the engine has configured.

        Returns:
            Whether that changes anything.
        """
        was = (self.first_name, self.last_name, self.is_supervisor, self.csq_ids)
        self.first_name, self.last_name = record.first_name or "", record.last_name or ""
        self.is_supervisor = record.agent_type == AgentType.SUPERVISOR
        numbers = (skill.skill_group_number for skill in record.skills)
        self.csq_ids = tuple(number for number in numbers if number is not None)
        return was != (self.first_name, self.last_name, self.is_supervisor, self.csq_ids)

    def inherit(self, was: Agent) -> None:
        """Take over what an answer could not tell, where the state is the one from before the outage.

        QUERY_AGENT_STATE_CONF has neither the reason nor the time of a state; what is pending is in its state.
        """
        self.device = was.device if self.extension == was.extension else None
        if not self.is_told and (self.state, self.extension) == (was.state, was.extension):
            self.reason, self.changed = was.reason, was.changed

    @property
    def user_state(self) -> UserState:
        """The state that REST shows."""
        state = self.words.user_states.get(self.state, UserState.UNKNOWN)
        if state is UserState.RESERVED:
            return self.words.reserved_states.get(self.reserved_for, state)
        return state

    @property
    def is_wrapping_up(self) -> bool:
        """Whether the agent does after-call work, ready or not ready after it."""
        return self.user_state in {UserState.WORK, UserState.WORK_READY}

    @property
    def is_signed_in(self) -> bool:
        """Whether the agent is at a phone."""
        return self.state != AgentState.LOGOUT

    @property
    def pending_state(self) -> str:
        """The state that follows the call; empty when none is asked for."""
        if self.user_state not in IN_CALL:
            return ""
        if self.next_state is not None and self.next_state in self.words.user_states:
            return self.words.user_states[self.next_state].value
        pending = self.words.pending_states.get(self.state)
        return pending.value if pending else ""

    def member_of(self, snapshot: Snapshot) -> int | None:
        """The team the agent works in: the engine's word, or the directory's where the engine is silent."""
        if self.team_id is not None:
            return self.team_id
        person = snapshot.person(self.login_id)
        return person.team_id if person else None

    def user(self, snapshot: Snapshot, queues: dict[int, Queue]) -> User:
        """The agent as REST and the agent's own node show it."""
        person = snapshot.person(self.login_id)
        code = self._reason_code(snapshot)
        team_id = self.member_of(snapshot)
        team = snapshot.team(team_id) if team_id is not None else None
        supervised = sorted(snapshot.supervised_by(self.login_id))
        wrap_up = [queues[csq_id].auto_work for csq_id in self.csq_ids if csq_id in queues]
        times = [
            csq.wrapup_time_s for csq in snapshot.csqs if csq.id in self.csq_ids and csq.auto_work
        ]
        state, device = self.user_state, self.device
        if device is not None and device.extension != self.extension:
            device = None
        return User(
            active_device_id=device.device_id if device else None,
            devices=device.devices if device else None,
            dialogs=updates.dialogs_uri(self.login_id),
            extension=self.extension,
            first_name=self.first_name,
            last_name=self.last_name,
            login_id=self.login_id,
            login_name=person.login_name if person else self.login_id,
            media_type="1",
            pending_state=self.pending_state,
            reason_code=reason_code(code) if code else None,
            # READY has no reason at all: real servers leave the element out there, and only there.
            reason_code_id=None
            if state is UserState.READY
            else str(code.id)
            if code
            else NO_REASON,
            roles=("Agent", "Supervisor") if self.is_supervisor else ("Agent",),
            settings=Settings(
                "OPTIONAL" if any(wrap_up) else "NOT_ALLOWED",
                "NOT_ALLOWED" if self.words.is_cce else None,
            ),
            state=state,
            state_change_time=self.changed or "",
            team_id=str(team_id) if team_id is not None else "",
            team_name=team.name if team else "",
            teams=tuple(
                TeamReference(found.id, found.name, f"/finesse/api/Team/{found.id}")
                for team_id in supervised
                if (found := snapshot.team(team_id))
            )
            if self.is_supervisor
            else None,
            uri=updates.user_uri(self.login_id),
            wrap_up_timer=max(times, default=0),
        )

    def team_user(self, snapshot: Snapshot) -> TeamUser:
        """The agent as its team's node shows it."""
        code = self._reason_code(snapshot)
        return TeamUser(
            dialogs=updates.dialogs_uri(self.login_id),
            extension=self.extension,
            first_name=self.first_name,
            last_name=self.last_name,
            login_id=self.login_id,
            media_state=None,
            media_type="1",
            pending_state=self.pending_state,
            reason_code=reason_code(code) if code else None,
            state=self.user_state,
            state_change_time=self.changed or "",
            uri=updates.user_uri(self.login_id),
        )

    def _reason_code(self, snapshot: Snapshot) -> ReasonCodeRecord | None:
        category = CATEGORIES.get(self.user_state)
        if category is None or self.reason in UNSHOWN:
            return None
        found = snapshot.reason_code(category, self.reason)
        if found is not None:
            return found
        # The engine's own may stand in the other category: the sources disagree on some (``reason_codes``).
        (other,) = set(CATEGORIES.values()) - {category}
        found = snapshot.reason_code(other, self.reason)
        return found if found is not None and found.system_code else None


def reason_code(record: ReasonCodeRecord) -> ReasonCode:
    """A reason code as REST shows it."""
    return ReasonCode(
        uri=f"/finesse/api/ReasonCode/{record.id}",
        id=record.id,
        category=record.category.value,
        code=record.code,
        label=record.label,
        for_all=record.for_all,
        system_code=record.system_code,
    )
