"""What fails in a scenario: phones, the telephone system, and the CTI link.

Spec: issue 4, point 1 (faults).
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from finesse_tx.scenario.core.language import Slow, Step, Unregister
from finesse_tx.scenario.link import Link
from finesse_tx.scenario.staff import Staff
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.simulator import Simulator

__all__ = ["Faults"]


class Faults:
    """All that can fail.

    Args:
        simulator: The telephone system.
        link: The CTI link.
        staff: Who look how things are when it is mended.
        miss: Is told what could not fail or recover: where, and why.
    """

    def __init__(
        self, simulator: Simulator, link: Link, staff: Staff, miss: Callable[[str, str], None]
    ) -> None:
        self._simulator, self._link, self._staff, self._miss = simulator, link, staff, miss
        self._devices = {
            number: terminal.name
            for terminal in simulator.inventory().terminals
            for number in terminal.addresses
        }

    def of_link(self, step: Step) -> None:
        """The CTI link is slow, cut or mended."""
        if isinstance(step.keys, Slow):
            self._link.slow_down(step.keys.seconds)
        elif step.does == "cut":
            self._link.cut()
        else:
            self._link.mend()
            self._staff.look_again()

    def of_switch(self, step: Step) -> None:
        """The telephone system, or a phone, fails or recovers."""
        simulator, keys = self._simulator, step.keys
        done: Deferred[None]
        device = self._devices.get(step.who, step.who)
        if isinstance(keys, Slow):
            simulator.slow_down(keys.seconds)
            return
        if isinstance(keys, Unregister):
            done = simulator.unregister(device, Cause[keys.cause])
        elif step.does == "register":
            done = simulator.register(device)
        else:
            done = simulator.lose() if step.does == "fail" else simulator.restore()

        def not_done(failure: Failure) -> None:
            self._miss(step.where, f"{step.who}, {step.does}: {failure.value}")

        done.addErrback(not_done)
