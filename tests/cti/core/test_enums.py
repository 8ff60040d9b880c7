"""Constants and masks (§6, §8 of the CTI reference)."""

from enum import IntEnum, IntFlag

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core import enums
from finesse_tx.cti.core.enums import (
    AgentState,
    AgentStateMask,
    CallControlMask,
    CallMsgMask,
    ControlFailureCode,
    CTIService,
    DeviceIDType,
    Disposition,
    EventCause,
    LineType,
    LocalConnectionState,
    MessageType,
    StatusCode,
)


class EnumTests(SynchronousTestCase):
    """The catalogue of constants."""

    def test_sizes(self) -> None:
        """Each long table is there from its first row to its last."""
        for enumeration, size, least, greatest in (
            (MessageType, 262, 1, 284),
            (CTIService, 21, 1, 0x80000000),
            (CallMsgMask, 32, 1, 0x80000000),
            (AgentStateMask, 14, 1, 0x2000),
            (CallControlMask, 19, 1, 0x40000),
            (EventCause, 120, 1, 0xFFFF),
            (StatusCode, 103, 0, 110),
            (ControlFailureCode, 111, 0, 1016),
            (Disposition, 65, 0, 65),
        ):
            found = [int(member) for member in enumeration]
            self.assertEqual(
                (enumeration.__name__, len(found), min(found), max(found)),
                (enumeration.__name__, size, least, greatest),
            )

    def test_masks(self) -> None:
        """Every member of a mask is one bit."""
        for flags in vars(enums).values():
            if isinstance(flags, type) and issubclass(flags, IntFlag) and flags is not IntFlag:
                for member in flags:
                    self.assertEqual(member.value.bit_count(), 1, member)

    def test_fields(self) -> None:
        """Every value of an enumeration fits the widest field there is."""
        for enumeration in vars(enums).values():
            if isinstance(enumeration, type) and issubclass(enumeration, IntEnum):
                for member in enumeration:
                    self.assertTrue(0 <= member <= 0xFFFFFFFF, member)

    def test_extended_causes(self) -> None:
        """The event causes from 1001 on are 1000 and a disposition (56 has none)."""
        extended = {cause - 1000 for cause in EventCause if 1000 < cause < 0xFFFF}
        self.assertEqual(extended - set(Disposition), {56})

    def test_not_supplied(self) -> None:
        """The values that say "not supplied" are the two that the reference gives."""
        for member in (
            DeviceIDType.DEVID_NONE,
            LocalConnectionState.LCS_NONE,
            EventCause.CEC_NONE,
            enums.CallType.NULL_CALLTYPE,
            enums.PeripheralType.PT_NONE,
            enums.ConnectionDeviceIDType.CONNECTION_ID_NONE,
        ):
            self.assertEqual(member, enums.NONE)
        self.assertEqual(enums.NULL, 0xFFFFFFFF)

    def test_two_names(self) -> None:
        """Where the dialects have two names for a value, both are there."""
        self.assertIs(AgentState.WORK, AgentState.WORK_NOT_READY)
        self.assertIs(AgentState.TALKING_PENDING_WORK, AgentState.WORK_READY)
        self.assertIs(AgentState.TALKING_PENDING_NOT_READY, AgentState.BUSY_OTHER)
        self.assertIs(MessageType.CONFIG_CSQ_EVENT, MessageType.CONFIG_SKILL_GROUP_EVENT)
        self.assertIs(MessageType.CONSULT_CALL_REQ, MessageType.CONSULTATION_CALL_REQ)

    def test_values(self) -> None:
        """A few, by hand, from the places where tables go wrong."""
        self.assertEqual(EventCause.CECX_APPL_INVALID_DIALOGUE_ID, 1046)
        self.assertEqual(EventCause.CECX_NETWORK_CONFERENCE, 1056)
        self.assertEqual(StatusCode.E_CTI_INVALID_MESSAGE_TYPE, 2)
        self.assertEqual(StatusCode.E_CTI_SERVER_NOT_MASTER, 92)
        self.assertEqual(LineType.LINETYPE_NON_ACD_IN, 10)
        self.assertEqual(MessageType.CONFIG_MRD_EVENT, 254)
        self.assertEqual(MessageType.AGENT_PRE_CALL_ABORT_EVENT, 106)
