"""Scripts at work: what happens to a contact goes into its script, and the script's commands are carried out.

A port tells when something begins to play and when it ends. What ended before the script's latest wish began is of no
interest to it any more: such an end only counts while no beginning is awaited.

Spec: ``engine.md`` §3.5; ``telephony.md`` §4.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from finesse_tx.engine.core import workload
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.data import DataTooLargeError
from finesse_tx.engine.core.events import Collect, Play
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Contact, Queue, Treated
from finesse_tx.engine.core.queueing import Queueing
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.scripts import commands
from finesse_tx.engine.core.scripts.commands import Command, Timer
from finesse_tx.engine.core.scripts.interpreter import Treatment
from finesse_tx.engine.core.scripts.steps import Script, Statistic
from finesse_tx.engine.core.states import AgentState
from finesse_tx.telephony.core.events import Cause

__all__ = ["Exits", "Treatments"]


class Exits(Protocol):
    """Where a script may send its contact: the router."""

    def send(self, contact: Contact, number: str, seconds: float, now: float) -> None:
        """Send a contact to a number, which may ring for so long."""

    def finish(self, contact: Contact, fault: str = "") -> None:
        """Hang up on a contact; its script is over."""


@dataclass(slots=True)
class _Facts:
    """What a contact's script may ask, at any moment."""

    roster: Roster
    queueing: Queueing
    contact: Contact
    now: float = 0.0

    def is_open(self, script: Script, calendar: str) -> bool:
        """See `finesse_tx.engine.core.scripts.interpreter.Facts`; so for the others."""
        # The reactor's seconds are those since 1970.
        return script.calendars[calendar].is_open(datetime.fromtimestamp(self.now, UTC))

    def statistic(self, name: Statistic, csq: str) -> float | None:
        """One of a queue's figures."""
        queue = self.queueing.queue(csq)
        if queue is None:
            return None
        match name:
            case "position":
                waits = self.contact in queue.waiting
                return queue.waiting.position(self.contact) if waits else None
            case "expected_wait":
                return workload.expected_wait_s(self.contact, queue)
            case "waiting":
                return len(queue.waiting)
            case "ready":
                return len(queue.ready)
            case "busy":
                return queue.busy

    def has_queue(self, csq: str) -> bool:
        """Whether there is that queue."""
        return self.queueing.queue(csq) is not None

    def is_signed_in(self, agent_id: str) -> bool:
        """Whether that agent is signed in."""
        agent = self.roster.agents.get(agent_id)
        return agent is not None and agent.state is not AgentState.LOGOUT


class Treatments:
    """All contacts that are at ports, and their scripts."""

    def __init__(
        self, floor: Floor, roster: Roster, calls: Calls, queueing: Queueing, exits: Exits
    ) -> None:
        self._floor, self._roster, self._calls = floor, roster, calls
        self._queueing, self._exits = queueing, exits

    # What happens to contacts ---------------------------------------------------------------------------------

    def begin(self, contact: Contact, script: Script, queue: Queue | None, now: float) -> None:
        """A contact is at its port: begin with a script.

        Args:
            contact: The contact.
            script: Its trigger's script.
            queue: Its trigger's queue; None for none.
            now: The time.
        """
        awaited = contact.treated.awaited if contact.treated else 0
        self.end(contact)
        trigger = contact.trigger
        variables = {
            **script.variables,
            **dict(trigger.variables),
            "caller": contact.call.data.ani,
            "called": trigger.route_point,
            "language": trigger.language or script.language,
            "queue": queue.csq.name if queue else "",
            "queue_prompt": queue.csq.prompt if queue else "",
        }
        facts = _Facts(self._roster, self._queueing, contact)
        contact.treated = Treated(Treatment(script, facts, variables), facts, awaited)
        self._obey(contact, Treatment.begin, now)

    def media_began(self, contact: Contact) -> None:
        """Something has begun at its port."""
        if contact.treated is not None and contact.treated.awaited:
            contact.treated.awaited -= 1

    def media_ended(self, contact: Contact, cause: Cause, digits: str, now: float) -> None:
        """Something has ended at its port; what was cut short has been replaced by what was wanted next."""
        treated = contact.treated
        if treated is not None and not treated.awaited and cause is not Cause.CALL_CANCELLED:
            self._obey(contact, lambda treatment: treatment.media_ended(digits), now)

    def media_failed(self, contact: Contact, now: float) -> None:
        """The switch cannot play or collect: the script goes on as if it had, and nothing had been keyed."""
        self.media_began(contact)
        self.media_ended(contact, Cause.UNKNOWN, "", now)

    def suspend(self, contact: Contact, now: float) -> None:
        """An agent's phone rings."""
        self._obey(contact, Treatment.suspend, now)

    def returned(self, contact: Contact, now: float) -> None:
        """That agent has not answered."""
        self._obey(contact, Treatment.returned, now)

    def not_sent(self, contact: Contact, now: float) -> None:
        """The number that it was sent to has not answered."""
        self._obey(contact, Treatment.not_sent, now)

    def end(self, contact: Contact) -> None:
        """Nothing more happens to it here."""
        if contact.treated is not None:
            for deadline in contact.treated.timers.values():
                self._floor.agenda.cancel(deadline)
            contact.treated = None

    # What scripts want ----------------------------------------------------------------------------------------

    def _obey(
        self, contact: Contact, happening: Callable[[Treatment], Iterable[Command]], now: float
    ) -> None:
        """Let something happen in a contact's script, and do what it wants then."""
        treated = contact.treated
        if treated is None:
            return
        treated.facts.now = now
        for command in happening(treated.treatment):
            if contact.treated is treated:
                self._do(contact, treated, command, now)

    def _do(self, contact: Contact, treated: Treated, command: Command, now: float) -> None:
        call_id, port = contact.call.id, contact.port
        match command:
            case commands.Join(names):
                self._queueing.enqueue(contact, self._found(names), now)
            case commands.PlayPrompt(prompt, repeat):
                treated.awaited += 1
                self._floor.effects.append(Play(call_id, port, prompt, repeat))
            case commands.CollectDigits(rules):
                treated.awaited += 1
                self._floor.effects.append(Collect(call_id, port, rules))
            case commands.SetTimer(timer, seconds):
                self._cancel(treated, timer)
                treated.timers[timer] = self._floor.agenda.set(
                    now + seconds, lambda later: self._time_up(contact, treated, timer, later)
                )
            case commands.CancelTimer(timer):
                self._cancel(treated, timer)
            case commands.Leave(names):
                if names is None:
                    self._queueing.dequeue(contact)
                else:
                    self._queueing.dequeue(contact, self._found(names))
            case commands.WantAgent(agent_id):
                self._queueing.want(contact, self._roster.agents[agent_id], now)
            case commands.SetPriority(priority):
                self._queueing.set_priority(contact, priority, now)
            case commands.Attach(change):
                try:
                    self._calls.attach(contact.call, change)
                except DataTooLargeError:
                    self._exits.finish(contact, "the call's variables would be too large")
            case commands.SendTo(number, seconds):
                self._exits.send(contact, number, seconds, now)
            case commands.End():
                self._exits.finish(contact)
            case commands.Fault(source, line, reason):
                self._exits.finish(contact, f"{source}:{line}: {reason}")

    def _found(self, names: Iterable[str]) -> list[Queue]:
        return [queue for name in names if (queue := self._queueing.queue(name)) is not None]

    def _cancel(self, treated: Treated, timer: Timer) -> None:
        if (deadline := treated.timers.pop(timer, None)) is not None:
            self._floor.agenda.cancel(deadline)

    def _time_up(self, contact: Contact, treated: Treated, timer: Timer, now: float) -> None:
        del treated.timers[timer]
        self._obey(contact, lambda treatment: treatment.time_up(timer), now)
