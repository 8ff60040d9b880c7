"""The reason codes that the engine itself sets, as CCX has them.

They are ordinary `ReasonCode` rows with ``system_code`` set, so that events can show an id and a label;
administrators see them and may change the label, agents are never offered one.

Spec: ``rest.md`` §2.6, the list captured from a CCX, in its order. ``engine.md`` §2.4 tells when each is set;
where the two disagree on the category (32753, 32754, 32764), this one was seen on a wire.
"""

from typing import Final

from finesse_tx.directory.core.records import ReasonCategory

__all__ = ["SYSTEM_CODES"]

SYSTEM_CODES: Final = (
    (ReasonCategory.LOGOUT, 32767, "Device Conflict"),
    (ReasonCategory.LOGOUT, 32766, "Agent Initiated"),
    (ReasonCategory.LOGOUT, 32765, "System Disconnect"),
    (ReasonCategory.LOGOUT, 32764, "System Standby"),
    (ReasonCategory.LOGOUT, 32748, "Agent Deleted"),
    (ReasonCategory.LOGOUT, 32741, "Extension Conflict"),
    (ReasonCategory.LOGOUT, 32740, "System Initiated Relogin"),
    (ReasonCategory.LOGOUT, 255, "Connection Failure"),
    (ReasonCategory.LOGOUT, 22, "Supervisor Initiated"),
    (ReasonCategory.NOT_READY, 32763, "Call Not Answered"),
    (ReasonCategory.NOT_READY, 32762, "Offhook"),
    (ReasonCategory.NOT_READY, 32761, "Non ACD Busy"),
    (ReasonCategory.NOT_READY, 32760, "Agent Logon"),
    (ReasonCategory.NOT_READY, 32759, "Phone Failure"),
    (ReasonCategory.NOT_READY, 32758, "Wrap Up Timer Expiry"),
    (ReasonCategory.NOT_READY, 32757, "CUCM Failover"),
    (ReasonCategory.NOT_READY, 32756, "Phone Working"),
    (ReasonCategory.NOT_READY, 32755, "Call Ended"),
    (ReasonCategory.NOT_READY, 32754, "Restricted Device"),
    (ReasonCategory.NOT_READY, 32753, "Restricted Line"),
    (ReasonCategory.NOT_READY, 32752, "Cancel Reservation Preview Call"),
    (ReasonCategory.NOT_READY, 32751, "Skip Preview Call"),
    (ReasonCategory.NOT_READY, 32750, "Extension Modified"),
    (ReasonCategory.NOT_READY, 32749, "Call Cancel"),
    (ReasonCategory.NOT_READY, 32742, "Non ACD Offhook"),
    (ReasonCategory.NOT_READY, 33, "Supervisor Initiated"),
)
"""Category, code, and the label it starts with."""
