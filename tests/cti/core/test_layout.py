"""Layouts: every message, in both dialects and many versions."""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError, replace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState, CTIService, MessageType, StatusCode
from finesse_tx.cti.core.errors import BadMessageError, EncodeError, MessageTooLongError
from finesse_tx.cti.core.framing import Frame, frames
from finesse_tx.cti.core.layout import (
    VERSIONS,
    Dialect,
    Layout,
    Widths,
    default_widths,
    detect_widths,
)
from finesse_tx.cti.core.message import Message, OpaqueMessage
from finesse_tx.cti.core.message import message as declare
from finesse_tx.cti.core.messages import (
    CATALOGUE,
    AgentRecord,
    AgentSkill,
    AgentSkillGroup,
    AgentStateEvent,
    AnswerCallReq,
    BeginCallEvent,
    CallDeliveredEvent,
    CallEstablishedEvent,
    CallQueuedEvent,
    ConfigAgentEvent,
    FailureConf,
    HeartbeatReq,
    OpenReq,
    QueryDeviceInfoReq,
    SendDtmfSignalReq,
    SetAgentStateReq,
    SkillGroup,
    StandbyActiveEventMsg,
    TeamConfigEvent,
    TeamConfigReq,
)
from finesse_tx.cti.core.variables import NamedVariable
from tests.support.cti_messages import LAYOUTS, full, messages

UCCX_14 = Layout.of(Dialect.UCCX, 14)
UCCX_18 = Layout.of(Dialect.UCCX, 18)
UCCE_24 = Layout.of(Dialect.UCCE, 24)


def decode(layout: Layout, wire: bytes) -> Message:
    """The one message in ``wire``."""
    (frame,) = frames(bytearray(wire))
    return layout.decode(frame)


ANYTHING = st.sampled_from(sorted(CATALOGUE)).flatmap(
    lambda number: st.sampled_from(LAYOUTS).flatmap(
        lambda layout: st.tuples(st.just(layout), messages(CATALOGUE[number], layout))
    )
)


class RoundTripTests(SynchronousTestCase):
    """Messages there and back."""

    def test_every_message(self) -> None:
        """Each message class, with all its fields, is decoded in each layout to what was encoded."""
        for cls in CATALOGUE.values():
            for layout in LAYOUTS:
                message = full(cls, layout)
                again = decode(layout, layout.encode(message))
                self.assertEqual(again, message)
                self.assertEqual(again.unread_fields, ())

    @given(ANYTHING)
    def test_any_message(self, case: tuple[Layout, Message]) -> None:
        """Any message at all is decoded to what was encoded, and encoded to the same bytes again."""
        layout, message = case
        wire = layout.encode(message)
        again = decode(layout, wire)
        self.assertEqual(again, message)
        self.assertEqual(layout.encode(again), wire)
        self.assertEqual(layout.encode(replace(again)), wire)
        self.assertEqual(again.unread_fields, ())

    @given(
        layout=st.sampled_from(LAYOUTS),
        number=st.sampled_from(sorted(CATALOGUE)),
        body=st.binary(max_size=120),
    )
    def test_any_bytes(self, layout: Layout, number: int, body: bytes) -> None:
        """Any body is either refused or decoded to what has the same bytes."""
        try:
            message = layout.decode(Frame(number, body))
        except BadMessageError as error:
            self.assertEqual((error.status, error.message_type), (25, number))
            self.assertLessEqual(error.offset, len(body) + 8)
        else:
            self.assertEqual(layout.encode(message)[8:], body)
            self.assertIsInstance(repr(message), str)

    @given(st.integers(0, 6), st.data())
    def test_valid_head_any_tail(self, size: int, data: st.DataObject) -> None:
        """Any floating part after a good fixed part is refused or kept as it is."""
        layout = data.draw(st.sampled_from(LAYOUTS))
        cls = CATALOGUE[data.draw(st.sampled_from(sorted(CATALOGUE)))]
        tags = st.integers(0, (1 << 8 * layout.widths.tag) - 1)
        raw = data.draw(st.lists(st.tuples(tags, st.binary(max_size=20)), max_size=size))
        head = layout.widths.head
        body = bytes(layout.codec(cls).size)
        body += b"".join(head.pack(tag, len(value)) + value for tag, value in raw)
        message = layout.decode(Frame(cls.MESSAGE_TYPE, body))
        self.assertEqual(layout.encode(message)[8:], body)
        if cls.canonical is Message.canonical:
            self.assertEqual(message.raw_fields, tuple(raw))
        replace(message)

    def test_decoded_is_a_message(self) -> None:
        """What is decoded is frozen, equal, hashable and shown like what is built."""
        built = AnswerCallReq(invoke_id=3, connection_call_id=7, connection_device_id="1001")
        message = decode(UCCX_14, UCCX_14.encode(built))
        self.assertIs(type(message), AnswerCallReq)
        self.assertEqual(hash(message), hash(built))
        self.assertEqual(
            repr(message),
            repr(built).replace(
                "_type=0", "_type=<ConnectionDeviceIDType.CONNECTION_ID_STATIC: 0>"
            ),
        )
        with self.assertRaises(FrozenInstanceError):
            message.invoke_id = 4  # type: ignore[attr-defined]
        with self.assertRaises(FrozenInstanceError):
            del message.invoke_id  # type: ignore[attr-defined]

    def test_passwords_are_not_shown(self) -> None:
        """The text of a message never has a password in it."""
        login = SetAgentStateReq(agent_state=AgentState.LOGIN, agent_password="s3cret")
        session = OpenReq(
            version_number=14, idle_timeout=20, services_requested=16, client_password=b"s3cret\0"
        )
        for message in (login, session):
            again = decode(UCCX_14, UCCX_14.encode(message))
            self.assertNotIn("s3cret", f"{message!r} {again!r}")

    def test_empty_body(self) -> None:
        """A message may have no body at all."""
        self.assertEqual(UCCE_24.encode(StandbyActiveEventMsg()).hex(), "0000000000000115")
        self.assertEqual(
            decode(UCCE_24, bytes.fromhex("0000000000000115")), StandbyActiveEventMsg()
        )

    def test_opaque(self) -> None:
        """Messages without a published layout stay what they are."""
        wire = bytes.fromhex("00000003 0000007e 010203")
        message = decode(UCCX_14, wire)
        self.assertEqual(message, OpaqueMessage(message_type=126, body=b"\1\2\3"))
        self.assertEqual(UCCX_14.encode(message), wire)
        self.assertEqual((message.raw_fields, message.unread_fields), ((), ()))


class EnumerationTests(SynchronousTestCase):
    """Values that have names; each of them is in ``test_values``."""

    def test_masks(self) -> None:
        """A mask is a number: bits that have no name stay, and nothing is remembered of it."""
        before = len(CTIService._value2member_map_)
        request = OpenReq(version_number=14, idle_timeout=20, services_requested=0x80004010)
        found = decode(UCCX_14, UCCX_14.encode(request))
        assert isinstance(found, OpenReq)
        self.assertEqual(found.services_requested, 0x80004010)
        self.assertTrue(found.services_requested & CTIService.CTI_SERVICE_ALL_EVENTS.value)
        self.assertEqual(len(CTIService._value2member_map_), before)

    def test_bool(self) -> None:
        """A BOOL is a bool; any other number is true and stays."""
        for value, expected in ((0, False), (1, True), (0xFFFF, 0xFFFF)):
            body = bytes(14) + value.to_bytes(2, "big")
            message = UCCX_14.decode(Frame(MessageType.HOLD_CALL_REQ, body))
            self.assertEqual(message.reservation, expected)  # type: ignore[attr-defined]
            self.assertEqual(UCCX_14.encode(replace(message))[8:], body)


class CountTests(SynchronousTestCase):
    """Fields that count lists."""

    def test_filled_in(self) -> None:
        """A count is that of its list when a message is built."""
        event = CallQueuedEvent(
            connection_call_id=1, skill_groups=(SkillGroup(skill_group_number=7),) * 2
        )
        self.assertEqual(event.num_skill_groups, 2)
        self.assertEqual(BeginCallEvent(connection_call_id=1, call_type=1).num_named_variables, 0)

    def test_optional(self) -> None:
        """The count of an empty list in the floating part is left out where the table has it optional."""
        record = AgentRecord(login_id="asmith")
        self.assertEqual((record.num_skills, record.num_mrds), (0, None))
        record = AgentRecord(login_id="asmith", flt_agent_mrd_ids=(1,))
        self.assertEqual(record.num_mrds, 1)

    def test_preserved(self) -> None:
        """A count that does not match is kept as it came."""
        event = CallQueuedEvent(connection_call_id=1, num_skill_groups=9)
        again = decode(UCCX_14, UCCX_14.encode(event))
        self.assertEqual((again, event.num_skill_groups), (event, 9))

    def test_absent(self) -> None:
        """A count that the version does not have is 0 after decoding."""
        layout = Layout.of(Dialect.UCCE, 9)
        event = AgentStateEvent(agent_state=AgentState.AVAILABLE)
        again = decode(layout, layout.encode(event))
        self.assertEqual(again, event)


class FloatingPartTests(SynchronousTestCase):
    """What a layout does with the floating part."""

    WIRE = "0000000e 00000032 00000000"

    def wire(self, floating: str) -> bytes:
        """An END_CALL_EVENT with that floating part."""
        body = bytes.fromhex("00000000 00000001 0015 0000 01000007") + bytes.fromhex(floating)
        return len(body).to_bytes(4, "big") + bytes.fromhex("00000018") + body

    def test_unknown_tag(self) -> None:
        """An unknown tag is kept, in its place, and can be seen."""
        wire = self.wire("63 02 abcd  19 05 3230303600  fe 00")
        message = decode(UCCX_14, wire)
        self.assertEqual(message.connection_device_id, "2006")  # type: ignore[attr-defined]
        self.assertEqual(message.unread_fields, ((0x63, b"\xab\xcd"), (0xFE, b"")))
        self.assertEqual([field.tag for field in message.raw_fields], [0x63, 25, 0xFE])
        self.assertEqual(UCCX_14.encode(message), wire)

    def test_replaced(self) -> None:
        """`dataclasses.replace` makes a message of the table's fields alone."""
        message = replace(decode(UCCX_14, self.wire("63 02 abcd  19 04 32303036")))
        self.assertEqual(message.raw_fields, ())
        self.assertEqual(UCCX_14.encode(message), self.wire("19 05 3230303600"))

    def test_other_widths(self) -> None:
        """In other widths the same fields are written, unknown ones too, where they fit."""
        wire = self.wire("63 02 abcd  19 04 32303036")
        message = decode(UCCX_14, wire)
        wide = self.wire("0063 0002 abcd  0019 0004 32303036")
        self.assertEqual(UCCE_24.encode(message), wide)
        self.assertEqual(Layout.of(Dialect.UCCX, 16).encode(message), wire)
        long = decode(UCCE_24, self.wire("0101 0001 050019 0002 31000063 0100" + "00" * 256))
        self.assertEqual(UCCX_14.encode(long), self.wire("19 02 3100"))

    def test_other_fixed_part(self) -> None:
        """A decoded value that another version's field cannot carry is refused, and the field named."""
        request = SendDtmfSignalReq(connection_call_id=1, pause_duration=70_000)
        decoded = decode(UCCX_14, UCCX_14.encode(request))
        layout = Layout.of(Dialect.UCCE, 9)
        error = self.assertRaises(EncodeError, layout.encode, decoded)
        self.assertEqual(error.field, "pause_duration")

    def test_text_without_nul(self) -> None:
        """A STRING is read with or without NUL, and when empty; it ends at the first NUL."""
        for data, text in (
            ("32303036", "2006"),
            ("3230303600", "2006"),
            ("", ""),
            ("00", ""),
            ("3200ff", "2"),
        ):
            wire = self.wire(f"19 {len(bytes.fromhex(data)):02x} {data}")
            message = decode(UCCX_14, wire)
            self.assertEqual(message.connection_device_id, text)  # type: ignore[attr-defined]
            self.assertEqual(UCCX_14.encode(message), wire)

    def test_text_not_utf8(self) -> None:
        """Bytes that are not UTF-8 do no harm, and are kept."""
        wire = self.wire("19 03 ff4100")
        message = decode(UCCX_14, wire)
        self.assertEqual(message.connection_device_id, "\ufffdA")  # type: ignore[attr-defined]
        self.assertEqual(UCCX_14.encode(message), wire)

    def test_wrong_width(self) -> None:
        """Data whose length cannot be its tag's is held by no attribute, and kept."""
        body = bytes(54) + bytes.fromhex("79 02 0001")
        message = UCCX_14.decode(Frame(MessageType.CALL_DELIVERED_EVENT, body))
        self.assertIsNone(message.trunk_number)  # type: ignore[attr-defined]
        self.assertEqual(message.unread_fields, ((121, b"\0\1"),))
        self.assertEqual(UCCX_14.encode(message)[8:], body)

    def test_overrun(self) -> None:
        """A field that runs over the end is a message in bad format, and the error says where."""
        for floating, offset in (("19", 16), ("19 05 32303036", 16), ("19 01 00 63 ff", 19)):
            error = self.assertRaises(BadMessageError, decode, UCCX_14, self.wire(floating))
            self.assertEqual(error.status, StatusCode.E_CTI_BAD_MESSAGE_FORMAT)
            self.assertEqual((error.message_type, error.offset), (24, offset))
            self.assertIn(f"offset {offset}", str(error))

    def test_overrun_without_floating_part(self) -> None:
        """So is rubbish behind a message that has no floating part; whole fields there are kept."""
        error = self.assertRaises(
            BadMessageError, decode, UCCX_14, bytes.fromhex("00000005 00000005 00000001 07")
        )
        self.assertEqual(error.offset, 4)
        wire = bytes.fromhex("00000007 00000005 00000001 07 01 00")
        message = decode(UCCX_14, wire)
        self.assertEqual(message, HeartbeatReq(invoke_id=1))
        self.assertEqual(message.unread_fields, ((7, b"\0"),))

    def test_short(self) -> None:
        """A body shorter than the fixed part is a message in bad format."""
        error = self.assertRaises(BadMessageError, UCCX_14.decode, Frame(24, bytes(15)))
        self.assertEqual((error.status, error.offset), (25, 15))
        self.assertIn("16 bytes of fixed part", str(error))

    def test_wide_tags(self) -> None:
        """A field with a tag above 255 is left out where tags are one byte, and before its version."""
        event = AgentStateEvent(agent_state=AgentState.AVAILABLE, active_terminal="SEP001122334455")
        narrow = decode(UCCX_14, UCCX_14.encode(event))
        self.assertEqual(narrow, replace(event, active_terminal=None))
        self.assertEqual(decode(UCCX_18, UCCX_18.encode(event)), event)
        wide_14 = Layout.of(Dialect.UCCX, 14, Widths(2, 1))
        self.assertEqual(decode(wide_14, wide_14.encode(event)), narrow)


class ListTests(SynchronousTestCase):
    """Repeating fields (§4.3)."""

    def event(self, floating: str) -> AgentStateEvent:
        """An AGENT_STATE_EVENT with that floating part."""
        message = UCCX_14.decode(Frame(30, bytes(58) + bytes.fromhex(floating)))
        assert isinstance(message, AgentStateEvent)
        return message

    def group(self, number: int, state: int | None) -> AgentSkillGroup:
        """A group of these two fields alone."""
        return AgentSkillGroup(
            skill_group_number=number,
            skill_group_id=None,
            skill_group_priority=None,
            skill_group_state=state,
        )

    def test_groups(self) -> None:
        """An entry begins whenever a tag comes that the current one has."""
        found = self.event("3e 04 00000007 41 02 0003 3e 04 00000008 41 02 0004").skill_groups
        self.assertEqual(found, (self.group(7, 3), self.group(8, 4)))

    def test_incomplete(self) -> None:
        """Entries need not be complete."""
        found = self.event("3e 04 00000007 3e 04 00000008 41 02 0004").skill_groups
        self.assertEqual(found, (self.group(7, None), self.group(8, 4)))

    def test_arrays(self) -> None:
        """An array in one field is as many entries."""
        found = self.event("3e 08 00000007 00000008 41 04 0003 0004").skill_groups
        self.assertEqual(found, (self.group(7, 3), self.group(8, 4)))
        found = self.event(
            "3e 04 00000007 41 02 0003 3e 08 00000008 00000009 41 04 0004 0005"
        ).skill_groups
        self.assertEqual(found, (self.group(7, 3), self.group(8, 4), self.group(9, 5)))

    def test_misfits(self) -> None:
        """Data of a length that is no multiple is left out of the entries."""
        message = self.event("3e 04 00000007 41 03 000300")
        self.assertEqual(message.skill_groups, (self.group(7, None),))
        self.assertEqual(message.unread_fields, ((65, b"\0\3\0"),))

    def test_misfits_elsewhere(self) -> None:
        """So is such data of a field that repeats, and an ECC array's element without its index."""
        body = bytes(6) + bytes.fromhex(
            "e4 02 0001  d0 03 000000  d0 04 00000007  d0 08 0000000800000009"
        )
        conf = UCCX_14.decode(Frame(MessageType.OPEN_CONF, bytes(20) + body))
        self.assertEqual(conf.flt_peripheral_ids, (7, 8, 9))  # type: ignore[attr-defined]
        self.assertEqual(conf.unread_fields, ((208, b"\0\0\0"),))
        begin = UCCX_14.decode(Frame(23, bytes(26) + bytes.fromhex("53 00  52 01 41")))
        self.assertEqual((begin.named_arrays, begin.named_variables), ((), ()))  # type: ignore[attr-defined]
        self.assertEqual(begin.unread_fields, ((83, b""), (82, b"A")))

    def test_nested_alone(self) -> None:
        """A list within a record that has not begun is a record of its own."""
        body = bytes.fromhex("0001 3e 04 00000007 40 02 0000")
        event = UCCX_14.decode(Frame(MessageType.CONFIG_AGENT_EVENT, body))
        (record,) = event.records  # type: ignore[attr-defined]
        self.assertEqual(record.skills, (AgentSkill(skill_group_number=7),))

    def test_nested(self) -> None:
        """The skills of an agent's record are a list in the list of records."""
        records = (
            AgentRecord(login_id="asmith", skills=(AgentSkill(skill_group_number=7),)),
            AgentRecord(login_id="bjones"),
            AgentRecord(
                login_id="ccole",
                skills=(AgentSkill(skill_group_number=7), AgentSkill(skill_group_number=9)),
            ),
        )
        event = ConfigAgentEvent(records=records)
        self.assertEqual([record.num_skills for record in records], [1, 0, 2])
        self.assertEqual(decode(UCCX_14, UCCX_14.encode(event)), event)

    def test_auto_work(self) -> None:
        """AutoWork is read in two bytes and in four, as one value."""
        for data, expected in (
            ("0001", True),
            ("00000001", True),
            ("00000000", False),
            ("0000", False),
        ):
            size = len(data) // 2
            body = bytes.fromhex(f"0001 b7 02 0000 b9 {size:02x} {data}")
            message = UCCX_14.decode(Frame(MessageType.CONFIG_SKILL_GROUP_EVENT, body))
            (record,) = message.records  # type: ignore[attr-defined]
            self.assertIs(record.auto_work, expected)
            self.assertEqual(UCCX_14.encode(message)[8:], body)

    def test_call_variables(self) -> None:
        """Call variables are one tuple; what was not sent is None, and the tuple ends with the last one sent."""
        event = CallDeliveredEvent(connection_call_id=1, call_variables=(None, "b", None, "", None))
        self.assertEqual(event.call_variables, (None, "b", None, ""))
        self.assertEqual(decode(UCCX_14, UCCX_14.encode(event)), event)
        error = self.assertRaises(
            EncodeError,
            UCCX_14.encode,
            CallDeliveredEvent(connection_call_id=1, call_variables=("x",) * 11),
        )
        self.assertEqual(error.field, "call_variables")

    def test_named_variable(self) -> None:
        """§4.4's example, in all three widths."""
        event = BeginCallEvent(
            connection_call_id=1,
            call_type=1,
            named_variables=(NamedVariable("user.layout", "OODefault"),),
        )
        data = "757365722e6c61796f757400 4f4f44656661756c7400"
        for layout, head in ((UCCX_14, "52 16"), (UCCX_18, "00 52 16"), (UCCE_24, "00 52 00 16")):
            wire = layout.encode(event)
            self.assertEqual(wire[8 + 26 :], bytes.fromhex(head + data))
            self.assertEqual(decode(layout, wire), event)


class LimitTests(SynchronousTestCase):
    """What fields and messages can carry."""

    def test_text_is_cut(self) -> None:
        """A text is cut to its field, NUL included, and never within a character."""
        for text, kept in (
            ("x" * 63, "x" * 63),
            ("x" * 64, "x" * 63),
            ("x" * 62 + "é", "x" * 62),
            ("a\0b", "a"),
        ):
            event = CallEstablishedEvent(connection_call_id=1, connection_device_id=text)
            again = decode(UCCX_14, UCCX_14.encode(event))
            self.assertEqual(again.connection_device_id, kept)  # type: ignore[attr-defined]

    def test_dialects_limit(self) -> None:
        """AgentIDLong has room for a login name in UCCX, for 31 bytes in UCCE."""
        event = AgentStateEvent(agent_state=AgentState.AVAILABLE, agent_id_long="n" * 200)
        for layout, size in ((UCCX_14, 128), (UCCE_24, 31)):
            again = decode(layout, layout.encode(event))
            self.assertEqual(len(again.agent_id_long), size)  # type: ignore[attr-defined]

    def test_numbers(self) -> None:
        """A number that does not fit is refused, and the field named."""
        for value in (-1, 1 << 32):
            error = self.assertRaises(
                EncodeError, UCCX_14.encode, CallDeliveredEvent(connection_call_id=value)
            )
            self.assertEqual(
                (error.message, error.field), ("CallDeliveredEvent", "connection_call_id")
            )
            self.assertIn("UINT", str(error))
        error = self.assertRaises(
            EncodeError,
            UCCX_14.encode,
            CallDeliveredEvent(connection_call_id=1, trunk_number=-1),
        )
        self.assertEqual(error.field, "trunk_number")

    def test_wrong_types(self) -> None:
        """A value of the wrong type is refused as well, and the field named."""
        for event, field in (
            (CallDeliveredEvent(connection_call_id="1"), "connection_call_id"),  # type: ignore[arg-type]
            (CallDeliveredEvent(connection_call_id=1, ani=612), "ani"),  # type: ignore[arg-type]
        ):
            error = self.assertRaises(EncodeError, UCCX_14.encode, event)
            self.assertEqual(error.field, field)

    def test_bytes(self) -> None:
        """Raw bytes are never cut: too many are refused."""
        fits = CallDeliveredEvent(connection_call_id=1, user_to_user_info=bytes(131))
        self.assertEqual(decode(UCCX_14, UCCX_14.encode(fits)), fits)
        over = replace(fits, user_to_user_info=bytes(132))
        error = self.assertRaises(EncodeError, UCCX_14.encode, over)
        self.assertEqual(error.field, "user_to_user_info")

    def test_names_of_variables(self) -> None:
        """The name of an ECC variable is not cut either: 32 bytes fit, 33 or none do not; a value is cut to 210."""
        for name, fits in (("n" * 32, True), ("n" * 33, False), ("", False), ("a\0b", False)):
            event = BeginCallEvent(
                connection_call_id=1, call_type=1, named_variables=(NamedVariable(name, "v" * 300),)
            )
            if fits:
                (variable,) = decode(UCCX_14, UCCX_14.encode(event)).named_variables  # type: ignore[attr-defined]
                self.assertEqual(variable, NamedVariable(name, "v" * 210))
            else:
                error = self.assertRaises(EncodeError, UCCX_14.encode, event)
                self.assertEqual(error.field, "named_variables")

    def test_message_length(self) -> None:
        """A message is at most as long as its version's peers read: 4321 bytes of body, from version 20 on 12492."""
        for version, limit in ((19, 4321), (20, 12492)):
            layout = Layout.of(Dialect.UCCE, version)
            cost = layout.widths.tag + layout.widths.length + len(b"n\0\0")
            room, values = limit - layout.codec(BeginCallEvent).size, []
            while room > 2 * (cost + 150):
                values.append("v" * 150)
                room -= cost + 150
            values.append("v" * 100)
            values.append("v" * (room - cost - 100 - cost))
            fits = BeginCallEvent(
                connection_call_id=1,
                call_type=1,
                named_variables=tuple(NamedVariable("n", value) for value in values),
            )
            self.assertEqual(len(layout.encode(fits)), 8 + limit)
            longer = (*fits.named_variables[:-1], NamedVariable("nn", values[-1]))
            error = self.assertRaises(
                MessageTooLongError, layout.encode, replace(fits, named_variables=longer)
            )
            self.assertIn(f"{limit + 1} bytes", str(error))


class OddBodyTests(SynchronousTestCase):
    """Bodies that deviate from their table in a known way."""

    def same(self, layout: Layout, wire: bytes) -> Message:
        """What ``wire`` is decoded to, having seen that it is encoded to the same bytes."""
        message = decode(layout, wire)
        self.assertEqual(layout.encode(message), wire)
        return message

    def test_failure_conf(self) -> None:
        """FAILURE_CONF in the ten bytes that the books of version 24 print; before, ten bytes have a Text."""
        wire = bytes.fromhex("0000000a 00000001 00000009 0011 00000007")
        self.assertEqual(self.same(UCCE_24, wire), FailureConf(invoke_id=9, status=17))
        wire = bytes.fromhex("0000000a 00000001 00000009 00000011 0700")
        self.assertEqual(self.same(UCCX_14, wire), FailureConf(invoke_id=9, status=17, text=""))
        plain = FailureConf(invoke_id=9, status=17)
        self.assertEqual(decode(UCCE_24, UCCE_24.encode(plain)), plain)

    def test_query_device_info_req(self) -> None:
        """QUERY_DEVICE_INFO_REQ with a Reserved of two bytes, and of four."""
        for reserved in ("0000", "00000000"):
            floating = "06 05 3230303600"
            size = 8 + len(bytes.fromhex(reserved + floating))
            wire = bytes.fromhex(f"{size:08x} 0000004e 00000001 00000001 {reserved} {floating}")
            message = self.same(UCCX_14, wire)
            self.assertEqual(message, QueryDeviceInfoReq(invoke_id=1, agent_instrument="2006"))
            self.assertEqual(message.raw_fields, ((6, b"2006\0"),))

    def test_team_config(self) -> None:
        """TEAM_CONFIG_REQ and TEAM_CONFIG_EVENT without their reserved bytes."""
        wire = bytes.fromhex("00000006 000000f2 00000020 0001")
        self.assertEqual(self.same(UCCX_14, wire), TeamConfigReq(invoke_id=0x20))
        for layout, head in ((UCCX_14, "cc 02"), (UCCX_18, "00cc 02")):
            floating = bytes.fromhex(head) + b"T\0"
            body = bytes.fromhex("00000005 0000 0001") + floating
            wire = len(body).to_bytes(4, "big") + bytes.fromhex("000000f3") + body
            expected = TeamConfigEvent(team_id=5, operation=1, team_name="T")
            self.assertEqual(self.same(layout, wire), expected)


class WidthTests(SynchronousTestCase):
    """Widths of floating fields (§4.2, §4.5)."""

    def test_defaults(self) -> None:
        """The table of §4.2."""
        expected = {
            Dialect.UCCX: dict.fromkeys(range(10, 18), (1, 1)) | {18: (2, 1)},
            Dialect.UCCE: dict.fromkeys(range(9, 20), (1, 1))
            | dict.fromkeys(range(20, 26), (2, 2)),
        }
        for dialect, versions in VERSIONS.items():
            found = {version: default_widths(dialect, version) for version in versions}
            self.assertEqual(found, expected[dialect])

    def test_one_instance(self) -> None:
        """There is one layout of each kind, whether its widths are named or not."""
        self.assertIs(Layout.of(Dialect.UCCX, 18), Layout.of(Dialect.UCCX, 18, Widths(2, 1)))
        self.assertIsNot(Layout.of(Dialect.UCCX, 18), Layout.of(Dialect.UCCX, 18, Widths(1, 1)))
        self.assertIn("uccx 18, 2+1", repr(UCCX_18))

    @given(
        st.sampled_from([Widths(1, 1), Widths(2, 1), Widths(2, 2)]),
        st.integers(10, 18),
        st.text("abc", max_size=8),
        st.sampled_from([None, "1001"]),
    )
    def test_detected(self, widths: Widths, version: int, name: str, agent: str | None) -> None:
        """The widths of an OPEN_REQ are found out, whatever the version's default."""
        layout = Layout.of(Dialect.UCCX, version, widths)
        request = OpenReq(
            version_number=version,
            idle_timeout=20,
            services_requested=16,
            client_id=name,
            client_password=b"\0",
            agent_id_long=agent,
        )
        body = layout.encode(request)[8:]
        self.assertEqual(detect_widths(body, Dialect.UCCX, version), widths)

    def test_usual_widths(self) -> None:
        """Where required fields are missing or others are unknown, the default widths stand if they fit."""
        fixed = bytes(44)
        self.assertEqual(detect_widths(fixed, Dialect.UCCX, 14), (1, 1))
        self.assertEqual(detect_widths(fixed, Dialect.UCCX, 18), (2, 1))
        unknown = fixed + bytes.fromhex("01 01 00  02 01 00  d9 01 00")
        self.assertEqual(detect_widths(unknown, Dialect.UCCX, 14), (1, 1))

    def test_none(self) -> None:
        """An OPEN_REQ that no widths make sense of is refused, and so is a short one."""
        for body, offset in (
            (bytes(44) + b"\1\5\0", 44),
            (bytes(44) + b"\1\0\2", 46),
            (bytes(43), 43),
        ):
            error = self.assertRaises(BadMessageError, detect_widths, body, Dialect.UCCX, 14)
            self.assertEqual((error.status, error.message_type, error.offset), (25, 3, offset))


class CatalogueTests(SynchronousTestCase):
    """The catalogue of messages."""

    def test_twice(self) -> None:
        """A number has one class."""

        class Another(HeartbeatReq):
            """Not the first."""

        error = self.assertRaises(TypeError, declare(MessageType.HEARTBEAT_REQ), Another)
        self.assertIn("HeartbeatReq already", str(error))
        self.assertIs(CATALOGUE[5], HeartbeatReq)


class ReplaceTests(SynchronousTestCase):
    """`dataclasses.replace` and friends."""

    def test_invoke_id(self) -> None:
        """The InvokeID of a request is set by `dataclasses.replace`."""
        request = AnswerCallReq(connection_call_id=1)
        self.assertEqual(replace(request, invoke_id=5).invoke_id, 5)

    def test_fields(self) -> None:
        """What a message remembers is no argument of it, and not compared."""
        names = [field.name for field in dataclasses.fields(HeartbeatReq) if field.init]
        self.assertEqual(names, ["invoke_id"])
