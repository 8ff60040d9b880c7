"""Why the engine itself changes an agent's state.

Spec: ``engine.md`` §2.4, the CCX table and the *CCE* set; ``rest.md`` §2.6 (both, as captured and as documented).
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["AnyReason", "CCEReason", "Reason"]


class Reason(IntEnum):
    """EventReasonCode, with the labels that reports show; a 16-bit number on the wire."""

    NONE = 0
    SUP_AGT_TO_LOGOUT = 22
    SUP_AGT_TO_NOT_READY = 33
    DESKTOP_FORCED_LOGOUT = 255
    AGT_EXTENSION_CONFLICT = 32741
    AGT_SEC_LINE_OFFHOOK = 32742
    EMAIL_CONTACT_NOT_ACCEPTED = 32743
    OUTBOUND_WORK = 32745
    AGENT_RESERVED_OUTBOUND_DIRECTPREVIEW = 32746
    AGENT_RESERVED_OUTBOUND = 32747
    AGENT_DELETED = 32748
    CANCEL_CONSULT = 32749
    AGT_IPCC_EXT_CHANGED = 32750
    AGENT_SKIPS = 32751
    CANCEL_RESERVATION = 32752
    LINE_RESTRICTED = 32753
    DEVICE_RESTRICTED = 32754
    CALL_ENDED = 32755
    PHONE_UP = 32756
    CM_FAILOVER = 32757
    WORK_TIMER_EXP = 32758
    PHONE_DOWN = 32759
    AGT_LOGON = 32760
    AGT_RCV_NON_ICD = 32761
    AGT_OFFHOOK = 32762
    AGT_RNA = 32763
    CCX_FAILURE = 32764
    CONNECTION_DOWN = 32765
    CLOSE_CAD = 32766
    AGT_RELOGIN = 32767


class CCEReason(IntEnum):
    """The same of Unified CCE; 0 and 255 are `Reason`'s."""

    SUPERVISOR_FORCED = 999
    SYSTEM_DISCONNECT = 50001
    CTI_FAILED = 50002
    DEVICE_ERROR = 50003
    NON_ACD_BUSY = 50005
    CALLED_WHILE_AVAILABLE = 50006
    CALLS_MISSED = 50010
    DEVICE_CONFLICT = 50030
    LINE_RANG_BUSY = 50041
    CALL_NOT_ANSWERED = 32767
    EXTENSION_IN_CALL = 51004
    EXTENSION_MODIFIED = 65533
    SYSTEM_REINITIALIZED = 65535


AnyReason = Reason | CCEReason
"""A reason in either personality."""
