"""Why the engine itself changes an agent's state.

Spec: ``engine.md`` §2.4, the CCX table.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

__all__ = ["LAST_CONFIGURED", "Reason"]

LAST_CONFIGURED: Final = 999
"""The codes from 1 to this are the operator's own; agents choose from them."""


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
