"""The wire samples, and the worked example of §12.4 of the CTI reference."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core import tags
from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.floating import field_reader
from finesse_tx.cti.core.framing import frames
from finesse_tx.cti.core.layout import Dialect, Layout, Widths
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import FailureConf, OpenConf, OpenReq
from finesse_tx.cti.core.variables import NamedArray, NamedVariable
from finesse_tx.cti.core.wire import WireType

VECTORS = Path(__file__).parents[2] / "vectors"

SAMPLES: list[dict[str, Any]] = json.loads((VECTORS / "cti-wire-samples.json").read_text())[
    "samples"
]

IN_ANOTHER_ORDER = {
    "v19-036-QUERY_AGENT_STATE_REQ",
    "v19-100-CLIENT_SESSION_CLOSED_EVENT",
}
"""Their floating fields are not in their table's order, nor in UCCX's: made anew they would be."""

NOT_OURS = {"v19-038-SET_AGENT_STATE_REQ", "v19-116-RTP_STARTED_EVENT"}
"""They hold what we do not write: a SupervisorID that is too long, a SendingPort that is a text."""


def layout_of(sample: dict[str, Any]) -> Layout:
    """The layout that a sample says it is in."""
    dialect = Dialect.UCCE if sample["dialect"] == "any" else Dialect(sample["dialect"])
    widths = Widths(sample["tag_width"], sample["length_width"])
    return Layout.of(dialect, sample["protocol_version"], widths)


def decoded(sample: dict[str, Any]) -> Message:
    """The message of a sample."""
    (frame,) = frames(bytearray.fromhex(sample["hex"]))
    return layout_of(sample).decode(frame)


def listed(value: Any) -> Any:
    """A value in the form of the samples."""
    match value:
        case bytes():
            return value.hex()
        case NamedVariable() | NamedArray():
            return dataclasses.asdict(value)
        case _:
            return value


class SampleTests(SynchronousTestCase):
    """Every sample in ``cti-wire-samples.json``."""

    def test_names(self) -> None:
        """Each is known by its name, the dialect's own included."""
        for sample in SAMPLES:
            number = MessageType[sample["message"]]
            self.assertEqual(number, sample["message_type"])
            self.assertEqual(decoded(sample).MESSAGE_TYPE, number)

    def test_fixed_part(self) -> None:
        """The fixed part has the listed fields: types, order and values."""
        for sample in SAMPLES:
            message = decoded(sample)
            found = [
                (field.type.label, listed(getattr(message, field.attribute)))
                for field in layout_of(sample).fixed_part(type(message))
            ]
            expected = [(field["type"], field["value"]) for field in sample["fixed"]]
            self.assertEqual(found, expected, sample["name"])

    def test_field_names(self) -> None:
        """Their fields have the reference's names, where the sample does not use UCCX's."""
        for sample in SAMPLES:
            if sample["dialect"] == "ucce":
                fields = layout_of(sample).fixed_part(type(decoded(sample)))
                expected = [field["field"] for field in sample["fixed"]]
                self.assertEqual([field.name for field in fields], expected)

    def test_floating_part(self) -> None:
        """The floating part has the listed fields: tags, lengths, order and values."""
        for sample in SAMPLES:
            message = decoded(sample)
            expected = sample["floating"]
            self.assertEqual(
                [(field.tag, len(field.data)) for field in message.raw_fields],
                [(field["tag"], field["length"]) for field in expected],
            )
            for field, data in zip(expected, (raw.data for raw in message.raw_fields), strict=True):
                read = field_reader(WireType[field["type"]], None)
                self.assertEqual(listed(read(data)), field["value"], sample["name"])

    def test_tag_names(self) -> None:
        """The tags are known by their constants and types, but for those that a sample gives as unknown."""
        for sample in SAMPLES:
            for field in sample["floating"]:
                constant, tag = tags.CATALOGUE[field["tag"]]
                if field["type"] == tag.type.name:
                    known = {constant, f"{constant} (UCCX)"}
                    self.assertIn(field["name"], known)
                else:
                    odd = {"CONFIG_MSG_MASK_GRANTED (UCCX)", "SENDING_PORT"}
                    self.assertTrue(field["name"] in odd or field["name"].startswith("TAG_"))

    def test_same_bytes(self) -> None:
        """What was decoded is encoded to exactly its bytes."""
        for sample in SAMPLES:
            self.assertEqual(layout_of(sample).encode(decoded(sample)).hex(), sample["hex"])

    def test_made_anew(self) -> None:
        """An equal message that was not decoded has the same bytes, or the same fields in the table's order."""
        for sample in SAMPLES:
            layout, message = layout_of(sample), decoded(sample)
            again = layout.encode(dataclasses.replace(message))
            if sample["name"] in NOT_OURS:
                self.assertNotEqual(again.hex(), sample["hex"])
            elif sample["name"] in IN_ANOTHER_ORDER:
                (frame,) = frames(bytearray(again))
                self.assertEqual(layout.decode(frame), message)
                self.assertEqual(sorted(frame.body), sorted(bytes.fromhex(sample["hex"])[8:]))
            else:
                self.assertEqual(again.hex(), sample["hex"], sample["name"])

    def test_unread(self) -> None:
        """Only the text in a UINT's place is held by no attribute, and it is kept."""
        unread = {
            sample["name"]: decoded(sample).unread_fields
            for sample in SAMPLES
            if decoded(sample).unread_fields
        }
        self.assertEqual(unread, {"v19-116-RTP_STARTED_EVENT": ((126, b"SendingPort\0"),)})


class WorkedExampleTests(SynchronousTestCase):
    """§12.4: a session of UCCX version 16 is opened in agent mode."""

    OPEN_REQ = """
        00000045 00000003
        00000001 00000010 00000064  00000000 00000007  0000267d 000001ff 0000000f
        00000000 00000000 00000000
        01 01 00  02 01 00  04 06 353232393300  06 01 00  c2 06 353232393300
    """

    def setUp(self) -> None:
        """Speak UCCX version 16."""
        self.layout = Layout.of(Dialect.UCCX, 16)

    def test_request(self) -> None:
        """OPEN_REQ, built from what matters, is the example's 77 bytes."""
        request = OpenReq(
            invoke_id=1,
            version_number=16,
            idle_timeout=100,
            services_requested=7,
            call_msg_mask=0x267D,
            agent_state_mask=0x1FF,
            config_msg_mask=15,
            client_id="",
            client_password=b"\0",
            agent_extension="52293",
            agent_instrument="",
            agent_id_long="52293",
        )
        wire = bytes.fromhex(self.OPEN_REQ)
        self.assertEqual(self.layout.encode(request), wire)
        (frame,) = frames(bytearray(wire))
        self.assertEqual(self.layout.decode(frame), request)

    def test_standby(self) -> None:
        """A standby node's answer is FAILURE_CONF 92."""
        wire = bytes.fromhex("00000008 00000001 00000001 0000005c")
        self.assertEqual(self.layout.encode(FailureConf(invoke_id=1, status=92)), wire)

    def test_master(self) -> None:
        """The master's answer has a body of 40 bytes: 26, and three floating fields."""
        answer = OpenConf(
            invoke_id=1,
            services_granted=7,
            peripheral_online=True,
            flt_peripheral_ids=(0,),
            multiline_agent_control=1,
        )
        wire = self.layout.encode(answer)
        self.assertEqual(wire[:4].hex(), "00000028")
        self.assertEqual(wire[34:].hex(), "e4020001d00400000000e0020001")
