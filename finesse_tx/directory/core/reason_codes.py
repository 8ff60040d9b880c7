"""The reason codes that the engine itself sets, as CCX has them.

They are ordinary `ReasonCode` rows with ``system_code`` set, so that events can show an id and a label;
administrators see them and may change the label, agents are never offered one.

Spec: ``rest.md`` §2.6, the list captured from a CCX, in its order. ``engine.md`` §2.4 tells when each is set;
where the two disagree on the category (32753, 32754, 32764), this one was seen on a wire.
"""

from typing import Final

from finesse_tx.directory.core.records import ReasonCategory

__all__ = ["CCE_SYSTEM_CODES", "SYSTEM_CODES"]

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

_N: Final = "Not Ready - "
_L: Final = "Logged Out - "

CCE_SYSTEM_CODES: Final = (
    (ReasonCategory.LOGOUT, 50001, f"{_L}System Disconnect"),
    (ReasonCategory.LOGOUT, 50002, f"{_L}System Failure"),
    (ReasonCategory.LOGOUT, 50003, f"{_L}Device Error"),
    (ReasonCategory.LOGOUT, 50004, f"{_L}Inactivity Timeout"),
    (ReasonCategory.LOGOUT, 50020, f"{_L}Queue Change"),
    (ReasonCategory.LOGOUT, 50030, f"{_L}Device Conflict"),
    (ReasonCategory.LOGOUT, 50040, f"{_L}Mobile Agent Call Fail"),
    (ReasonCategory.LOGOUT, 50042, f"{_L}Mobile Agent Disconnect"),
    (ReasonCategory.LOGOUT, 20002, f"{_L}Force Logout"),
    (ReasonCategory.LOGOUT, 999, f"{_L}Supervisor Initiated"),
    (ReasonCategory.NOT_READY, 32767, f"{_N}Call Not Answered"),
    (ReasonCategory.NOT_READY, 50002, f"{_N}Connection Failure"),
    (ReasonCategory.NOT_READY, 50005, f"{_N}Non ACD Busy"),
    (ReasonCategory.NOT_READY, 50006, f"{_N}Offhook"),
    (ReasonCategory.NOT_READY, 50010, f"{_N}Call Overlap"),
    (ReasonCategory.NOT_READY, 50041, f"{_N}Mobile Call Not Answered"),
    (ReasonCategory.NOT_READY, 51004, f"{_N}Extension In Call"),
    (ReasonCategory.NOT_READY, 65535, f"{_N}System Reinitialized"),
    (ReasonCategory.NOT_READY, 65534, f"{_N}System Reset"),
    (ReasonCategory.NOT_READY, 65533, f"{_N}Extension Modified"),
    (ReasonCategory.NOT_READY, 20001, f"{_N}Starting Force Logout"),
    (ReasonCategory.NOT_READY, 20003, f"{_N}Agent Logout Request"),
    (ReasonCategory.NOT_READY, 999, f"{_N}Supervisor Initiated"),
)
"""What a CCE has besides: ``rest.md`` §2.6; 51004 is ``engine.md`` §2.4's."""
