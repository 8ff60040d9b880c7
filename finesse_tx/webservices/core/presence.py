"""Agents whose desktop is gone: when they count as gone, and when they are to be signed out.

A person is ABSENT until the first XMPP session: whoever only ever used REST is never signed out here. A connection
that breaks without a word may come back within ``detect_s``; from then on, as from a desktop that was closed or fell
silent, ``grace_s`` is what a reload of the page has. Time is a number, and is passed in.

Spec: ``engine.md`` §2.5, ours; ``notifications.md`` §8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from heapq import heapify, heappop, heappush
from types import MappingProxyType
from typing import Final, NamedTuple

from finesse_tx.notification.core.departure import Departure

__all__ = ["STEP", "Absence", "Action", "Attendance", "Input", "State", "Times"]


class State(Enum):
    """Where a person's desktop is."""

    ABSENT = auto()
    """There was none, or whatever had to be done about its loss is done."""
    PRESENT = auto()
    MISSING = auto()
    """The connection broke; it may come back."""
    GONE = auto()
    """The desktop is gone; the page may be loaded anew."""


class Input(Enum):
    """What happens to it."""

    CAME = auto()
    """A session is available."""
    LEFT = auto()
    """The last one was closed, replaced, or silent for too long."""
    BROKE = auto()
    """The connection of the last one broke without a word."""
    WENT = auto()
    """The last one ended, however, of somebody who is signed out already."""
    DUE = auto()
    """The time is over."""


class Action(Enum):
    """What follows."""

    NOTHING = auto()
    DETECT = auto()
    """Wait for ``detect_s``."""
    GRACE = auto()
    """Wait for ``grace_s``."""
    FORGET = auto()
    """Wait no longer."""
    SIGN_OUT = auto()


STEP: Final[Mapping[tuple[State, Input], tuple[State, Action]]] = MappingProxyType(
    {
        (State.ABSENT, Input.CAME): (State.PRESENT, Action.NOTHING),
        (State.PRESENT, Input.CAME): (State.PRESENT, Action.NOTHING),
        (State.PRESENT, Input.LEFT): (State.GONE, Action.GRACE),
        (State.PRESENT, Input.BROKE): (State.MISSING, Action.DETECT),
        (State.PRESENT, Input.WENT): (State.ABSENT, Action.NOTHING),
        (State.MISSING, Input.CAME): (State.PRESENT, Action.FORGET),
        (State.MISSING, Input.DUE): (State.GONE, Action.GRACE),
        (State.GONE, Input.CAME): (State.PRESENT, Action.FORGET),
        (State.GONE, Input.DUE): (State.ABSENT, Action.SIGN_OUT),
    }
)
"""What is not here changes nothing."""


class Times(NamedTuple):
    """How long things may last for one team.

    Attributes:
        detect_s: How long a broken connection may be away before its desktop counts as gone.
        grace_s: How long a desktop may be gone before its agent is signed out.
    """

    detect_s: float
    grace_s: float


@dataclass(slots=True)
class Absence:
    """A desktop that is not there.

    Attributes:
        login_id: Whose.
        cause: Why.
        since: Since when.
        session_id: The agent's session at that time; empty when it is not known.
        times: What holds for it.
        due: When the next thing is to be done.
        state: MISSING or GONE.
    """

    login_id: str
    cause: Departure
    since: float
    session_id: str
    times: Times
    due: float
    state: State


class Attendance:
    """Everybody's desktop.

    Args:
        times: What holds for a person.
    """

    def __init__(self, times: Callable[[str], Times]) -> None:
        self._times = times
        self._present: set[str] = set()
        self._absences: dict[str, Absence] = {}
        self._heap: list[tuple[float, str]] = []

    def __len__(self) -> int:
        """How many desktops are waited for."""
        return len(self._absences)

    def absence(self, login_id: str) -> Absence | None:
        """What is waited for, if this person's desktop is missing or gone."""
        return self._absences.get(login_id)

    def state(self, login_id: str) -> State:
        """Where a person's desktop is."""
        if login_id in self._present:
            return State.PRESENT
        absence = self._absences.get(login_id)
        return absence.state if absence else State.ABSENT

    def came(self, login_id: str) -> Absence | None:
        """A desktop is there; return what was waited for."""
        state, _action = STEP[self.state(login_id), Input.CAME]
        if state is State.PRESENT:
            self._present.add(login_id)
        return self._absences.pop(login_id, None)

    def left(self, login_id: str, cause: Departure, session_id: str, now: float) -> Absence | None:
        """A desktop is not there any more; return what is waited for now."""
        event = Input.BROKE if cause is Departure.NETWORK else Input.LEFT
        step = STEP.get((self.state(login_id), event))
        if step is None or cause is Departure.SHUTDOWN:
            return None
        self._present.discard(login_id)
        state, action = step
        times = self._times(login_id)
        wait = times.detect_s if action is Action.DETECT else times.grace_s
        absence = Absence(login_id, cause, now, session_id, times, now + wait, state)
        self._absences[login_id] = absence
        self._await(absence)
        return absence

    def went(self, login_id: str) -> None:
        """A desktop is not there any more, and nothing is to be waited for."""
        step = STEP.get((self.state(login_id), Input.WENT))
        if step is not None:
            self._present.discard(login_id)

    def due_at(self) -> float | None:
        """The next moment at which there is something to do; None when there is nothing."""
        while self._heap:
            due, login_id = self._heap[0]
            absence = self._absences.get(login_id)
            if absence is not None and absence.due == due:
                return due
            heappop(self._heap)
        return None

    def advance(self, now: float) -> list[Absence]:
        """Do what is due; return those whose agents are to be signed out now."""
        over = []
        while (due := self.due_at()) is not None and due <= now:
            absence = self._absences[heappop(self._heap)[1]]
            absence.state, action = STEP[absence.state, Input.DUE]
            if action is Action.SIGN_OUT:
                over.append(self._absences.pop(absence.login_id))
            else:
                absence.due += absence.times.grace_s
                self._await(absence)
        return over

    def postpone(self, absence: Absence, until: float) -> None:
        """Nothing could be done about one whose time is over: try again later, unless the desktop comes back."""
        if self.state(absence.login_id) is State.ABSENT:
            absence.state, absence.due = State.GONE, until
            self._absences[absence.login_id] = absence
            self._await(absence)

    def clear(self) -> None:
        """Forget everybody."""
        self._present.clear()
        self._absences.clear()
        self._heap.clear()

    def _await(self, absence: Absence) -> None:
        heappush(self._heap, (absence.due, absence.login_id))
        if len(self._heap) > 2 * len(self._absences) + 64:  # those who came back
            self._heap = [(each.due, each.login_id) for each in self._absences.values()]
            heapify(self._heap)
