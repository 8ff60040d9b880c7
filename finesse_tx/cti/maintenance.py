"""Asking a client whether its side of a UCCE server may stop for maintenance.

Spec: ``cti.md`` §10.6 (278 to 280).
"""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from finesse_tx.cti.core.messages import ActiveMaintenanceRespMsg

__all__ = ["MaintenanceQuestion"]


class MaintenanceQuestion:
    """One question to one client: ACTIVE_MAINTENANCE_REQ_MSG.

    Args:
        invoke_id: The question's.
        within_s: How long the client has.
        clock: For that.

    Attributes:
        agreed: Fires with whether the client agrees; not to answer in time is not to agree.
    """

    def __init__(self, invoke_id: int, within_s: float, clock: IReactorTime) -> None:
        self._invoke_id = invoke_id
        self.agreed: Deferred[bool] = Deferred()
        self.agreed.addTimeout(within_s, clock, lambda *_: False)

    def answered(self, answer: ActiveMaintenanceRespMsg) -> None:
        """ACTIVE_MAINTENANCE_RESP_MSG came; an answer to another question is none."""
        if answer.invoke_id == self._invoke_id and not self.agreed.called:
            self.agreed.callback(answer.maintenance_mode_accepted)

    def withdraw(self) -> None:
        """The client is gone, or has been asked anew."""
        if not self.agreed.called:
            self.agreed.callback(False)
