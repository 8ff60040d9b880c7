"""One caller's way through a script: what happened comes in, commands go out.

Nothing here waits, and nothing here knows of telephones or queues. A script is blocked in a step (a prompt, digits, a
delay, a call that is sent on), suspended while an agent's phone rings, or over.

Spec: ``engine.md`` §3.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from finesse_tx.engine.core.data import DataChange, NamedKey
from finesse_tx.engine.core.scripts import steps
from finesse_tx.engine.core.scripts.commands import (
    Attach,
    CancelTimer,
    CollectDigits,
    Command,
    End,
    Fault,
    Join,
    Leave,
    PlayPrompt,
    SendTo,
    SetPriority,
    SetTimer,
    Timer,
    WantAgent,
)
from finesse_tx.engine.core.scripts.steps import Placed, Script, Statistic
from finesse_tx.telephony.core.media import DigitRules

__all__ = [
    "MAX_RUN",
    "MAX_VALUE",
    "Facts",
    "Treatment",
]

MAX_RUN: Final = 1_000
"""So many steps are done without waiting for anything; a script that does more goes in circles, and is given up."""

MAX_VALUE: Final = 256
"""A variable's value is cut off after so many characters."""

MAX_CALL_VARIABLE: Final = 40
MAX_NAMED: Final = 210
"""CallVariable1 to 10, and named variables, hold so many bytes (``cti.md`` §4.4)."""

_QUEUEING: Final = {steps.Queue, steps.Agent, steps.Dequeue, steps.Priority, steps.Wait}
"""The steps that have to do with queues."""

_HOLE: Final = re.compile(r"\{([^{}]*)\}")


class Facts(Protocol):
    """What a script may ask of the world."""

    def is_open(self, script: Script, calendar: str) -> bool:
        """Whether it is open now, by one of the script's calendars."""

    def statistic(self, name: Statistic, csq: str) -> float | None:
        """A queue's figure; None for one that is not known, or of no queue.

        Args:
            name: Which.
            csq: The queue's name.
        """

    def has_queue(self, csq: str) -> bool:
        """Whether there is a queue of that name."""

    def is_signed_in(self, agent_id: str) -> bool:
        """Whether there is such an agent, and he is signed in."""


class _Blocked(Enum):
    """What a script waits for."""

    PROMPT = "the end of a prompt"
    DIGITS = "digits"
    TIME = "a time"
    AGENT = "an agent, and does nothing meanwhile"
    NUMBER = "a number to answer"
    OVER = "nothing any more"


@dataclass(slots=True)
class _Place:
    """A place in a script.

    Attributes:
        label: The label.
        index: The step, from 0.
    """

    label: str
    index: int = 0


@dataclass(slots=True)
class _Wait:
    """A wait for an agent.

    Attributes:
        label: What is done meanwhile.
        after: Where the script goes on when its time is over.
        has_blocked: Whether something in this round took time.
    """

    label: str
    after: _Place
    has_blocked: bool = False


@dataclass(slots=True)
class Treatment:
    """A script, and how far a caller has come in it.

    Every method returns the commands that follow, in order, and each is to be carried out before the next is taken:
    what a script asks is what its own steps have done.

    Attributes:
        script: The script.
        facts: What it may ask.
        variables: Its variables' values.
    """

    script: Script
    facts: Facts
    variables: dict[str, str] = field(default_factory=dict)
    _place: _Place = field(default_factory=lambda: _Place("start"))
    _wait: _Wait | None = None
    _blocked: _Blocked | None = None
    _tries: int = 0
    _targets: set[str] = field(default_factory=set)
    _is_suspended: bool = False
    _wait_is_over: bool = False
    _commands: list[Command] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether the script has come to an end that nothing follows."""
        return self._blocked is _Blocked.OVER

    # What happens ---------------------------------------------------------------------------------------------

    def begin(self) -> Iterable[Command]:
        """The caller is there."""
        return self._go_on()

    def media_ended(self, digits: str) -> Iterable[Command]:
        """What plays has come to its end, or digits have been keyed, or could not be played or keyed at all."""
        if self._is_suspended or self._blocked not in {_Blocked.PROMPT, _Blocked.DIGITS}:
            return ()
        if self._blocked is _Blocked.DIGITS:
            self._keyed(digits)
        else:
            self._next()
        return self._go_on()

    def time_up(self, timer: Timer) -> Iterable[Command]:
        """A time is over."""
        if timer is Timer.WAIT:
            if self._is_suspended:
                self._wait_is_over = True
                return ()
            self._end_wait()
        elif self._is_suspended or self._blocked is not _Blocked.TIME:
            return ()
        else:
            self._next()
        return self._go_on()

    def suspend(self) -> Iterable[Command]:
        """An agent's phone rings."""
        self._is_suspended = True
        if self._blocked is _Blocked.TIME:
            self._commands.append(CancelTimer(Timer.STEP))
        return self._taken()

    def returned(self) -> Iterable[Command]:
        """That agent has not answered: the wait, or the step, begins anew."""
        self._is_suspended = False
        if self._wait_is_over:
            self._blocked = None
            self._end_wait()
        elif self._wait is not None:
            self._begin_round(self._wait)
        else:
            self._blocked = None
        return self._go_on()

    def not_sent(self) -> Iterable[Command]:
        """The number to which the contact was sent has not answered."""
        if self._blocked is not _Blocked.NUMBER:
            return ()
        step = self._step()
        if isinstance(step.step, steps.Redirect):
            self._go(step.step.on_fail)
        return self._go_on()

    # Steps ----------------------------------------------------------------------------------------------------

    def _go_on(self) -> Iterator[Command]:
        """Do steps until one takes time; what one of them wants is carried out before the next."""
        for _ in range(MAX_RUN):
            yield from self._taken()
            if self._blocked is not None or self._is_suspended:
                return
            steps_there = self.script.labels[self._place.label]
            if self._place.index < len(steps_there):
                self._do(steps_there[self._place.index])
            else:
                self._end_label()
        self._fail(self._place_line(), f"does {MAX_RUN} steps without an end")
        yield from self._taken()

    def _taken(self) -> tuple[Command, ...]:
        if not self._commands:
            return ()
        commands = tuple(self._commands)
        self._commands.clear()
        return commands

    def _step(self) -> Placed:
        return self.script.labels[self._place.label][self._place.index]

    def _place_line(self) -> int:
        found = self.script.labels[self._place.label]
        return found[min(self._place.index, len(found) - 1)].line if found else self.script.line

    def _next(self) -> None:
        self._blocked = None
        self._tries = 0
        self._place.index += 1

    def _go(self, label: str) -> None:
        """Go on elsewhere, still in the wait if there is one."""
        self._blocked = None
        self._tries = 0
        self._place = _Place(label)

    def _block(self, on: _Blocked) -> None:
        self._blocked = on
        if self._wait is not None:
            self._wait.has_blocked = True

    def _end_label(self) -> None:
        if self._wait is not None and self._wait.has_blocked:
            self._begin_round(self._wait)
        elif self._wait is not None or self._targets:
            self._block(_Blocked.AGENT)
        else:
            self._commands.append(End())
            self._blocked = _Blocked.OVER

    def _begin_round(self, wait: _Wait) -> None:
        wait.has_blocked = False
        self._blocked = None
        self._tries = 0
        self._place = _Place(wait.label) if wait.label else wait.after
        if not wait.label:
            self._block(_Blocked.AGENT)

    def _end_wait(self) -> None:
        """The time of a wait is over: go on after it."""
        self._wait_is_over = False
        if self._wait is None:
            return
        if self._blocked is _Blocked.TIME:
            self._commands.append(CancelTimer(Timer.STEP))
        place, self._wait = self._wait.after, None
        self._blocked = None
        self._tries = 0
        self._place = _Place(place.label, place.index)

    def _fail(self, line: int, reason: str) -> None:
        self._commands.append(Fault(self.script.source, line, reason))
        self._blocked = _Blocked.OVER

    def _fill(self, text: str) -> str:
        if "{" in text:
            text = _HOLE.sub(lambda hole: self.variables.get(hole[1], ""), text)
        return text[:MAX_VALUE]

    def _prompt(self, text: str) -> str:
        """A prompt in the caller's language; empty for none."""
        name = self._fill(text)
        language = self.variables.get("language", "")
        return f"{language}/{name}" if name and language else name

    def _do(self, placed: Placed) -> None:
        step = placed.step
        if type(step) in _QUEUEING:
            self._queue(placed)
            return
        match step:
            case steps.Play(text):
                self._play(self._prompt(text))
            case steps.Open(calendar, otherwise):
                if self.facts.is_open(self.script, calendar):
                    self._next()
                else:
                    self._go(otherwise)
            case steps.Music():
                self._music(step)
            case steps.Delay(seconds):
                self._commands.append(SetTimer(Timer.STEP, seconds))
                self._block(_Blocked.TIME)
            case steps.Menu(text):
                self._collect(DigitRules(1, step.first_s, 0.0, "", self._prompt(text)))
            case steps.Digits(text):
                self._collect(
                    DigitRules(
                        step.max_digits, step.first_s, step.between_s, step.end, self._prompt(text)
                    )
                )
            case steps.Set(values):
                self._set({name: self._fill(text) for name, text in values.items()})
                self._next()
            case steps.Get(name, into, csq):
                value = self.facts.statistic(name, self._fill(csq))
                self.variables[into] = "" if value is None else str(round(value))
                self._next()
            case steps.If():
                if self._holds(step):
                    self._go(step.go)
                else:
                    self._next()
            case steps.Go(label):
                self._go(label)
            case steps.Redirect(number):
                self._leave(None)
                self._commands.append(SendTo(self._fill(number), step.for_s))
                self._block(_Blocked.NUMBER)
            case steps.HangUp():
                self._commands.append(End())
                self._blocked = _Blocked.OVER

    def _queue(self, placed: Placed) -> None:
        step = placed.step
        match step:
            case steps.Queue(names):
                csqs = self._names(names)
                unknown = [csq for csq in csqs if not self.facts.has_queue(csq)]
                if unknown and step.on_fail is not None:
                    self._go(step.on_fail)
                    return
                if unknown:
                    self._fail(placed.line, f'there is no queue "{unknown[0]}"')
                    return
                self._targets.update(csqs)
                self._commands.append(Join(csqs))
            case steps.Agent(text):
                agent_id = self._fill(text)
                if not self.facts.is_signed_in(agent_id):
                    self._go(step.on_fail)
                    return
                self._targets.add(f"agent {agent_id}")
                self._commands.append(WantAgent(agent_id))
            case steps.Dequeue(names):
                self._leave(None if isinstance(names, bool) else self._names(names))
            case steps.Priority(priority):
                self._commands.append(SetPriority(priority))
            case steps.Wait(label, seconds):
                self._begin_wait(label, seconds)
                return
        self._next()

    def _names(self, names: str | list[str]) -> tuple[str, ...]:
        return tuple(self._fill(name) for name in ([names] if isinstance(names, str) else names))

    def _leave(self, csqs: tuple[str, ...] | None) -> None:
        """Leave queues; who is in none any more does not wait any more."""
        self._commands.append(Leave(csqs))
        self._targets = self._targets.difference(csqs) if csqs is not None else set()
        if not self._targets and self._wait is not None:
            self._wait = None
            self._commands.append(CancelTimer(Timer.WAIT))

    def _begin_wait(self, label: str, seconds: float | None) -> None:
        if not self._targets:
            self._next()
            return
        after = _Place(self._place.label, self._place.index + 1)
        if self._wait is not None:
            self._commands.append(CancelTimer(Timer.WAIT))
        self._wait = _Wait(label, after)
        if seconds is not None:
            self._commands.append(SetTimer(Timer.WAIT, seconds))
        self._begin_round(self._wait)

    def _play(self, prompt: str) -> None:
        if not prompt:
            self._next()
            return
        self._commands.append(PlayPrompt(prompt, repeat=False))
        self._block(_Blocked.PROMPT)

    def _music(self, step: steps.Music) -> None:
        if prompt := self._prompt(step.music):
            self._commands.append(PlayPrompt(prompt, repeat=True))
        if step.for_s is None:
            self._next()
            return
        self._commands.append(SetTimer(Timer.STEP, step.for_s))
        self._block(_Blocked.TIME)

    def _collect(self, rules: DigitRules) -> None:
        self._commands.append(CollectDigits(rules))
        self._block(_Blocked.DIGITS)

    def _keyed(self, digits: str) -> None:
        """Digits have been keyed; too few, or wrong ones, may be keyed again."""
        step = self._step().step
        self._tries += 1
        match step:
            case steps.Menu() if digits in step.choices:
                self._go(step.choices[digits])
            case steps.Digits() if len(digits) >= step.min_digits:
                self.variables[step.into] = digits
                self._commands.append(Attach(DataChange(caller_entered_digits=digits)))
                self._next()
            case steps.Menu() | steps.Digits():
                if self._tries >= step.tries:
                    self._go(step.on_fail)
                else:
                    self._blocked = None

    def _holds(self, step: steps.If) -> bool:
        value = self.variables.get(step.if_, "")
        if step.is_ is not None:
            return value == self._fill(step.is_)
        try:
            number = float(value)
        except ValueError:
            return False
        above = step.above is None or number > step.above
        return above and (step.below is None or number < step.below)

    def _set(self, values: Mapping[str, str]) -> None:
        attached: dict[int, str] = {}
        named: dict[NamedKey, str] = {}
        for name, value in values.items():
            if name.startswith("CallVariable"):
                attached[int(name.removeprefix("CallVariable")) - 1] = _cut(
                    value, MAX_CALL_VARIABLE
                )
            elif name.startswith("user."):
                named[name] = _cut(value, MAX_NAMED)
            self.variables[name] = value
        if attached or named:
            self._commands.append(Attach(DataChange(variables=attached, named=named)))


def _cut(text: str, size: int) -> str:
    """As much of a text as fits into so many bytes."""
    return text.encode()[:size].decode(errors="ignore")
