"""Messages as lists of their fields, and back."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.framing import Frame, frames
from finesse_tx.cti.core.layout import Dialect, Layout, Widths
from finesse_tx.cti.core.listing import PASSWORDS, UnlistableError, listing
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import CATALOGUE
from finesse_tx.cti.core.unlisting import BadListingError, Choice, layout_of, unlisted
from tests.cti.core.test_layout import ANYTHING
from tests.cti.core.test_samples import SAMPLES
from tests.cti.core.test_samples import layout_of as sample_layout
from tests.support.cti_messages import LAYOUTS, full

UCCX_14 = Layout.of(Dialect.UCCX, 14)
UCCX_16 = Layout.of(Dialect.UCCX, 16)
UCCX_18 = Layout.of(Dialect.UCCX, 18)
UCCE_24 = Layout.of(Dialect.UCCE, 24)


def frame_of(wire: bytes) -> Frame:
    """The one message in ``wire``."""
    (frame,) = frames(bytearray(wire))
    return frame


def again(frame: Frame, layout: Layout) -> Frame:
    """A message through its listing as JSON, with nothing else said about the layout."""
    listed = json.loads(json.dumps(listing(frame, layout)))
    return unlisted(listed, layout_of(listed, Choice()))


def floating(frame: Frame, layout: Layout = UCCX_14) -> list[dict[str, Any]]:
    """The floating fields that a message is listed with."""
    found: list[dict[str, Any]] = listing(frame, layout)["floating"]
    return found


class SampleTests(SynchronousTestCase):
    """Every wire sample."""

    def test_listing(self) -> None:
        """A sample is listed as it says: message, types, values and lengths, in its order."""
        for sample in SAMPLES:
            frame = frame_of(bytes.fromhex(sample["hex"]))
            listed = listing(frame, sample_layout(sample))
            for key in ("message", "message_type", "protocol_version", "tag_width", "length_width"):
                self.assertEqual(listed[key], sample[key], sample["name"])
            self.assertEqual(listed["fixed"], sample["fixed"], sample["name"])
            for field, expected in zip(listed["floating"], sample["floating"], strict=True):
                if expected["name"].startswith("TAG_"):  # the suite that it is from did not know it
                    self.assertEqual(field["length"], expected["length"])
                else:
                    name = expected["name"].partition(" ")[0]
                    self.assertEqual(field, expected | {"name": name}, sample["name"])

    def test_back(self) -> None:
        """Its listing has exactly its bytes."""
        for sample in SAMPLES:
            frame = frame_of(bytes.fromhex(sample["hex"]))
            self.assertEqual(again(frame, sample_layout(sample)), frame, sample["name"])

    def test_sample_itself(self) -> None:
        """A sample is a listing, the names that only UCCX has included."""
        for sample in SAMPLES:
            layout = layout_of(sample, Choice())
            self.assertIs(layout, sample_layout(sample))
            frame = frame_of(bytes.fromhex(sample["hex"]))
            self.assertEqual(unlisted(sample, layout), frame, sample["name"])


class RoundTripTests(SynchronousTestCase):
    """There and back."""

    def test_every_message(self) -> None:
        """Each message, with all its fields, in each layout, comes back from its listing."""
        for cls in CATALOGUE.values():
            for layout in LAYOUTS:
                frame = frame_of(layout.encode(full(cls, layout)))
                self.assertEqual(again(frame, layout), frame)

    @given(ANYTHING)
    def test_any_message(self, case: tuple[Layout, Message]) -> None:
        """So does any message."""
        layout, message = case
        frame = frame_of(layout.encode(message))
        self.assertEqual(again(frame, layout), frame)

    @given(st.sampled_from(LAYOUTS), st.sampled_from(sorted(CATALOGUE)), st.data())
    def test_odd_messages(self, layout: Layout, number: int, data: st.DataObject) -> None:
        """So does one with any floating fields: unknown tags, any order, NULs or none, lengths of no number."""
        known = [tag for tag in range(314) if tag < 1 << 8 * layout.widths.tag]
        tags = st.sampled_from(known) | st.integers(0, (1 << 8 * layout.widths.tag) - 1)
        texts = st.text("aé\0", max_size=6).map(str.encode)
        raw = data.draw(st.lists(st.tuples(tags, texts | st.binary(max_size=12)), max_size=8))
        head = layout.widths.head
        body = bytes(layout.codec(CATALOGUE[number]).size)
        body += b"".join(head.pack(tag, len(value)) + value for tag, value in raw)
        frame = Frame(number, body)
        self.assertEqual(again(frame, layout), frame)

    @given(st.sampled_from(LAYOUTS), st.integers(1, 512), st.binary(max_size=120))
    def test_any_bytes(self, layout: Layout, number: int, body: bytes) -> None:
        """Any body is either refused, with a place within it, or comes back."""
        frame = Frame(number, body)
        try:
            listing(frame, layout)
        except UnlistableError as error:
            self.assertTrue(8 <= error.offset <= 8 + len(body))
        else:
            self.assertEqual(again(frame, layout), frame)


class ListingTests(SynchronousTestCase):
    """What stands in a listing."""

    def fail_event(self, *fields: str) -> Frame:
        """A FAILURE_EVENT with floating fields, given in hex."""
        return Frame(2, bytes.fromhex("00000024" + "".join(fields)))

    def test_names(self) -> None:
        """Enumerations are told by name, masks by the names of their bits, the others as one number."""
        names = listing(Frame(2, bytes.fromhex("00000024")), UCCX_14)["names"]
        self.assertEqual(names, {"Status": "E_CTI_INVALID_PASSWORD"})
        self.assertEqual(listing(Frame(2, bytes.fromhex("0000ffff")), UCCX_14)["names"], {})
        opened = bytes.fromhex(
            "000000010000000e0000001400000000400400040000000500000001000000030000"
        )
        names = listing(Frame(3, opened + bytes(10)), UCCX_14)["names"]
        self.assertEqual(
            names["ServicesRequested"],
            ["CTI_SERVICE_CLIENT_CONTROL", "CTI_SERVICE_CONFIG_EVENTS", "0x40000000"],
        )
        self.assertEqual(names["CallMsgMask"], ["CALL_DELIVERED_MASK", "CALL_ESTABLISHED_MASK"])
        self.assertEqual(names["ConfigMsgMask"], ["APPLICATIONS", "CSQS"])

    def test_names_of_floating_fields(self) -> None:
        """A floating field's name stands under its tag's; where the tag comes several times, in a list of as many."""
        body = bytes(UCCX_14.codec(CATALOGUE[30]).size)
        states = [bytes.fromhex(f"4102{state}") for state in ("0003", "0063", "0004")]
        names = listing(Frame(30, body + b"".join(states)), UCCX_14)["names"]
        self.assertEqual(names["SKILL_GROUP_STATE"], ["AVAILABLE", None, "TALKING"])
        names = listing(Frame(30, body + states[0]), UCCX_14)["names"]
        self.assertEqual(names["SKILL_GROUP_STATE"], "AVAILABLE")
        names = listing(Frame(30, body + states[1]), UCCX_14)["names"]
        self.assertNotIn("SKILL_GROUP_STATE", names)

    def test_dialects(self) -> None:
        """Where the dialects name a number differently, each has its own."""
        frame = Frame(235, bytes(2))
        self.assertEqual(listing(frame, UCCX_14)["message"], "CONFIG_APPLICATION_EVENT")
        self.assertEqual(listing(frame, UCCE_24)["message"], "CONFIG_SERVICE_EVENT")
        system = Frame(31, bytes.fromhex("00000400") + bytes(22))
        self.assertEqual(listing(system, UCCX_14)["names"]["CCXStatus"], "IN_SERVICE")
        self.assertEqual(listing(system, UCCE_24)["names"]["PGStatus"], ["0x400"])

    def test_missing_nul(self) -> None:
        """A text without its NUL, or of no bytes at all, is told by its length."""
        listed = floating(self.fail_event("0703616263", "070461626300", "0700", "070100"))
        self.assertEqual(
            [(field["length"], field["value"]) for field in listed],
            [(3, "abc"), (4, "abc"), (0, ""), (1, "")],
        )
        self.assertEqual({field["type"] for field in listed}, {"STRING"})

    def test_no_text(self) -> None:
        """What is no text, or goes on after its NUL, is raw bytes."""
        for data in ("ff00", "610062", "610000"):
            (field,) = floating(self.fail_event(f"07{len(data) // 2:02x}{data}"))
            self.assertEqual((field["type"], field["value"]), ("UNSPEC", data))

    def test_unknown_tag(self) -> None:
        """So is what an unknown tag has."""
        (field,) = floating(self.fail_event("f50401020304"))
        self.assertEqual(field["name"], "OPTIONS")
        (field,) = floating(Frame(2, bytes.fromhex("00000024fffe00020102")), UCCE_24)
        self.assertEqual(
            field,
            {"tag": 65534, "name": "TAG_65534", "type": "UNSPEC", "length": 2, "value": "0102"},
        )

    def test_text_that_is_not_ascii(self) -> None:
        """A text is UTF-8."""
        (field,) = floating(self.fail_event("0703c3a900"))
        self.assertEqual((field["length"], field["value"]), (3, "é"))

    def test_wide_bool(self) -> None:
        """A BOOL may have four bytes."""
        frame = Frame(236, bytes.fromhex("0001 b70200 01 b90400000001".replace(" ", "")))
        self.assertEqual(floating(frame)[-1]["length"], 4)
        self.assertEqual(floating(frame)[-1]["value"], 1)
        self.assertEqual(again(frame, UCCX_14), frame)

    def test_several_numbers(self) -> None:
        """Where a list's field holds several numbers at once, its value is a list; elsewhere that is raw."""
        size = UCCX_14.codec(CATALOGUE[30]).size
        frame = Frame(30, bytes(size) + bytes.fromhex("410400030004"))
        (field,) = floating(frame)
        self.assertEqual((field["type"], field["value"]), ("USHORT", [3, 4]))
        self.assertEqual(again(frame, UCCX_14), frame)
        (field,) = floating(self.fail_event("410400030004"))
        self.assertEqual((field["type"], field["value"]), ("UNSPEC", "00030004"))

    def test_unpublished(self) -> None:
        """A message without a layout, or that nobody knows, is its body."""
        for number, name in ((152, "MEDIA_LOGIN_RESP"), (500, "MESSAGE_500")):
            listed = listing(Frame(number, b"\x01\x02"), UCCX_14)
            self.assertEqual((listed["message"], listed["body"]), (name, "0102"))
            self.assertEqual((listed["fixed"], listed["floating"]), ([], []))

    def test_other_layout(self) -> None:
        """FAILURE_CONF as the books of UCCE 24 print it is listed by its table, and its bytes are kept."""
        frame = Frame(1, bytes.fromhex("0000000100240000ffff"))
        listed = listing(frame, UCCE_24)
        self.assertEqual([field["value"] for field in listed["fixed"]], [1, 0x24])
        self.assertEqual(listed["body"], "0000000100240000ffff")
        self.assertEqual(unlisted(listed, UCCE_24), frame)
        listed["fixed"][1]["value"] = 3
        error = self.assertRaises(BadListingError, unlisted, listed, UCCE_24)
        self.assertEqual(error.key, "body")

    def test_redaction(self) -> None:
        """Passwords can be left out, and their lengths with them; encoding such a listing says so."""
        for tag in PASSWORDS:
            frame = self.fail_event("070100", f"{tag:02x}0373656b")
            listed = listing(frame, UCCX_14, redact=True)
            self.assertNotIn("sek", json.dumps(listed))
            self.assertNotIn("73656b", json.dumps(listed))
            self.assertEqual(listed["floating"][1]["value"], None)
            self.assertEqual(listed["floating"][1]["length"], None)
            error = self.assertRaises(BadListingError, unlisted, listed, UCCX_14)
            self.assertEqual(error.key, "floating[1].value")

    def test_torn(self) -> None:
        """A message that ends within a field says where, what should be there, and how little is."""
        for body, offset, text in (
            (
                "000000",
                8,
                "expected Status, a UINT of 4 bytes, in the fixed part of FAILURE_EVENT, found the message's end after 3",
            ),
            (
                "0000002407",
                12,
                "expected a tag of 1 byte and a length of 1 byte, found the message's end after 1",
            ),
            (
                "00000024070561",
                12,
                "expected 5 bytes of data for tag 7 (TEXT), found the message's end after 1",
            ),
        ):
            error = self.assertRaises(
                UnlistableError, listing, Frame(2, bytes.fromhex(body)), UCCX_14
            )
            self.assertEqual((error.offset, str(error)), (offset, text))


class UnlistingTests(SynchronousTestCase):
    """What a listing may leave out, and what it may not be."""

    def body(self, listed: dict[str, Any], layout: Layout = UCCX_14) -> str:
        """The body that a listing makes, in hex."""
        return unlisted(listed, layout).body.hex()

    def refused(self, listed: Any, layout: Layout = UCCX_14) -> str:
        """Why a listing makes no message."""
        return str(self.assertRaises(BadListingError, unlisted, listed, layout))

    def test_defaults(self) -> None:
        """Fields that are left out have the values of a UCCX engine, lists are counted, a text ends with its NUL."""
        made = self.body(
            {
                "message": "SET_AGENT_STATE_REQ",
                "fixed": [{"field": "AgentState", "value": "AVAILABLE"}],
                "floating": [{"name": "AGENT_INSTRUMENT", "value": "1001"}],
            }
        )
        self.assertEqual(made, "00000000000000010003000000000000000000000006053130303100")
        variable = {"tag": 82, "value": {"name": "user.a", "value": "1"}}
        counted = self.body(
            {
                "message_type": 26,
                "fixed": [
                    {"field": "ConnectionCallID", "value": 7},
                    {"field": "InvokeID", "value": 9},
                ],
                "floating": [variable, variable],
            }
        )
        layout = UCCX_14.fixed_part(CATALOGUE[26])
        listed = listing(Frame(26, bytes.fromhex(counted)), UCCX_14)
        values = {field["field"]: field["value"] for field in listed["fixed"]}
        self.assertEqual(list(values), [field.name for field in layout])
        self.assertEqual((values["InvokeID"], values["NumNamedVariables"]), (9, 2))

    def test_names(self) -> None:
        """A value may be a name, of a mask a list of names and numbers, of several numbers each its own."""
        request = {
            "message": "OPEN_REQ",
            "fixed": [
                {"field": "VersionNumber", "value": 14},
                {"field": "IdleTimeout", "value": 20},
                {
                    "field": "ServicesRequested",
                    "value": ["CTI_SERVICE_ALL_EVENTS", "CTI_SERVICE_CLIENT_CONTROL", "0x100"],
                },
                {"field": "ConfigMsgMask", "value": ["AGENTS", "TERMINALS"]},
            ],
        }
        self.assertEqual(self.body(request)[32:40], "00000114")
        self.assertEqual(self.body(request)[56:64], "00000014")
        several = {
            "message": "QUERY_AGENT_STATE_CONF",
            "floating": [{"name": "SKILL_GROUP_STATE", "value": ["AVAILABLE", "TALKING"]}],
            "fixed": [{"field": "InvokeID", "value": 1}, {"field": "AgentState", "value": 3}],
        }
        self.assertTrue(self.body(several).endswith("410400030004"))

    def test_wide_tag(self) -> None:
        """A tag above 255 is refused where tags have one byte, and written where they have two."""
        field = {"name": "SSO_ENABLED", "value": 1}
        event = {"message": "FAILURE_EVENT", "fixed": [{"field": "Status", "value": 1}]}
        event["floating"] = [field]
        self.assertEqual(
            self.refused(event),
            "floating[0].tag: 257 does not fit the 1 byte that tags have in uccx 14",
        )
        self.assertEqual(self.body(event, UCCX_18), "000000010101020001")

    def test_length(self) -> None:
        """A field is as long as its length can say, and not a byte longer."""
        event: dict[str, Any] = {
            "message": "FAILURE_EVENT",
            "fixed": [{"field": "Status", "value": 1}],
        }
        event["floating"] = [{"tag": 7, "value": "a" * 254}]
        self.assertEqual(len(self.body(event)) // 2, 4 + 2 + 255)
        event["floating"] = [{"tag": 7, "value": "a" * 255}]
        self.assertEqual(
            self.refused(event), "floating[0].value: 256 bytes; a field here has 255 at most"
        )
        self.assertEqual(len(self.body(event, UCCE_24)) // 2, 4 + 4 + 256)

    def test_whole_length(self) -> None:
        """A message is as long as one that is read, and not a byte longer."""
        event: dict[str, Any] = {
            "message": "FAILURE_EVENT",
            "fixed": [{"field": "Status", "value": 1}],
        }
        field = {"tag": 7, "type": "UNSPEC", "value": "00" * 65_527}
        event["floating"] = [field]
        self.assertEqual(len(self.body(event, UCCE_24)) // 2, 65_535)
        event["floating"] = [field | {"value": "00" * 65_528}]
        self.assertEqual(self.refused(event, UCCE_24), "floating: 65536 bytes of body, over 65535")
        opaque = {"message_type": 500, "body": "00" * 65_535}
        self.assertEqual(len(unlisted(opaque, UCCX_14).body), 65_535)
        self.assertEqual(
            self.refused(opaque | {"body": "00" * 65_536}), "body: 65536 bytes, over 65535"
        )

    def test_faults(self) -> None:
        """Each fault is told with its key and what would be right."""
        heartbeat = {"message": "HEARTBEAT_REQ"}
        invoke_id = {"field": "InvokeID", "type": "UINT", "value": 1}
        for listed, reason in (
            ([], "expected an object, found []"),
            (
                {"error": "offset 3: …"},
                "error: this message could not be decoded; there is nothing to encode",
            ),
            ({}, "message: missing: which message is it?"),
            (
                {"message": "HEARTBEET_REQ"},
                "message: there is no 'HEARTBEET_REQ'; is it HEARTBEAT_REQ?",
            ),
            ({"message": 5}, "message: there is no 5"),
            ({"message_type": "5"}, "message_type: expected a whole number, found '5'"),
            ({"message_type": True}, "message_type: expected a whole number, found True"),
            ({"message_type": 513}, "message_type: 513 is not between 1 and 512"),
            ({"message_type": 0}, "message_type: 0 is not between 1 and 512"),
            (
                heartbeat | {"message_type": 6},
                "message_type: 6 is HEARTBEAT_CONF, and message says HEARTBEAT_REQ (5)",
            ),
            (
                {"message_type": 500},
                "body: MESSAGE_500 has no published layout: its body is needed, in hex",
            ),
            (
                {"message_type": 500, "body": "00", "fixed": [invoke_id]},
                "body: where there is no layout, there is nothing but the body",
            ),
            ({"message_type": 500, "body": "0"}, "body: expected bytes in hex, found '0'"),
            ({"message_type": 500, "body": 7}, "body: expected bytes in hex, found 7"),
            (
                heartbeat | {"body": "00"},
                "body: at offset 8 expected InvokeID, a UINT of 4 bytes, in the fixed part of HEARTBEAT_REQ, found the message's end after 1",
            ),
            (heartbeat | {"fixd": []}, "fixd: there is no such key; is it fixed?"),
            (heartbeat | {"fixed": {}}, "fixed: expected a list, found {}"),
            (heartbeat | {"fixed": [1]}, "fixed[0]: expected an object, found 1"),
            (
                heartbeat | {"fixed": [invoke_id | {"length": 4}]},
                "fixed[0].length: there are only field, type, value",
            ),
            (
                heartbeat | {"fixed": [invoke_id, {"field": "InvokeId", "value": 1}]},
                "fixed[1].field: HEARTBEAT_REQ has no 'InvokeId' in uccx 14; is it InvokeID?",
            ),
            (
                heartbeat | {"fixed": [invoke_id, invoke_id]},
                "fixed[1].field: InvokeID is fixed[0] already",
            ),
            (
                heartbeat | {"fixed": [invoke_id | {"type": "USHORT"}]},
                "fixed[0].type: InvokeID is a UINT in uccx 14, not 'USHORT'",
            ),
            (
                heartbeat | {"fixed": [{"field": "InvokeID"}]},
                "fixed[0].value: missing: InvokeID is a UINT",
            ),
            (
                heartbeat | {"fixed": [invoke_id | {"value": -1}]},
                "fixed[0].value: -1 does not fit a UINT of 4 bytes",
            ),
            (
                heartbeat | {"fixed": [invoke_id | {"value": "1"}]},
                "fixed[0].value: expected a whole number, found '1'",
            ),
            (
                {
                    "message": "SET_AGENT_STATE_REQ",
                    "fixed": [{"field": "AgentState", "value": "TALK"}],
                },
                "fixed[0].value: AgentState has no 'TALK'; is it TALKING?",
            ),
            ({"message": "OPEN_REQ"}, "fixed: VersionNumber is missing, a UINT of OPEN_REQ"),
        ):
            self.assertEqual(self.refused(listed), reason)

    def test_floating_faults(self) -> None:
        """So is each fault of a floating field."""
        for field, reason in (
            ({"value": "a"}, "tag: missing, and so is name"),
            ({"name": "TEXTT", "value": "a"}, "name: there is no tag 'TEXTT'"),
            ({"tag": 8, "name": "TEXT", "value": "a"}, "tag: 8, and name says TEXT, which is 7"),
            ({"tag": 65_536, "value": "a"}, "tag: 65536 is not between 0 and 65535"),
            ({"tag": "7", "value": "a"}, "tag: expected a whole number, found '7'"),
            ({"tag": 7}, "value: missing; TEXT is a STRING"),
            (
                {"tag": 7, "value": None},
                "value: null: it was left out on purpose; TEXT is a STRING",
            ),
            ({"tag": 7, "value": 5}, "value: expected a text, found 5"),
            (
                {"tag": 7, "value": "a\0"},
                "value: a text holds no NUL; as UNSPEC, in hex, it can be anything",
            ),
            (
                {"tag": 7, "value": "abc", "length": 2},
                "length: 2, but the value has 3 bytes, 4 with its NUL; without length it is counted",
            ),
            (
                {"tag": 7, "value": "abc", "length": "2"},
                "length: expected a whole number, found '2'",
            ),
            ({"tag": 7, "type": "STRIN", "value": "a"}, "type: there is no 'STRIN'; is it STRING?"),
            (
                {"tag": 7, "type": "UNSPEC[8]", "value": ""},
                "type: there is no 'UNSPEC[8]'; is it UNSPEC?",
            ),
            ({"tag": 7, "valeu": "a"}, "valeu: there are only tag, name, type, length, value"),
            (
                {"tag": 9, "value": "00", "length": 2},
                "length: 2, but the value has 1 byte; without length it is counted",
            ),
            ({"tag": 9, "value": "xx"}, "value: expected bytes in hex, found 'xx'"),
            ({"tag": 70, "value": 65_536}, "value: 65536 does not fit a USHORT of 2 bytes"),
            (
                {"tag": 70, "value": 1, "length": 3},
                "length: 3, but a USHORT has 2 bytes; without length it is counted",
            ),
            (
                {"tag": 70, "value": [1, 2], "length": 2},
                "length: 2, but a USHORT has 2 bytes, and there are 2; without length it is counted",
            ),
            ({"tag": 82, "value": "a=b"}, "value: expected an object of name, value, found 'a=b'"),
            ({"tag": 82, "value": {"name": "a"}}, "value.value: missing"),
            (
                {"tag": 82, "value": {"name": "a", "valeu": ""}},
                "value.valeu: there are only name, value",
            ),
            (
                {"tag": 83, "value": {"index": 256, "name": "a", "value": ""}},
                "value.index: 256 does not fit a UCHAR of 1 byte",
            ),
        ):
            event = {"message": "FAILURE_EVENT", "fixed": [{"field": "Status", "value": 1}]}
            refused = self.refused(event | {"floating": [{"tag": 7, "value": ""}, field]})
            self.assertEqual(refused, f"floating[1].{reason}")

    def test_layouts(self) -> None:
        """The layout is the options', else the listing's, else the usual one; one that cannot be is refused."""
        said = {"dialect": "ucce", "protocol_version": 24, "tag_width": 2, "length_width": 1}
        self.assertIs(layout_of(said, Choice()), Layout.of(Dialect.UCCE, 24, Widths(2, 1)))
        self.assertIs(layout_of({}, Choice()), UCCX_16)
        self.assertIs(layout_of({"dialect": "ucce"}, Choice()), UCCE_24)
        self.assertIs(layout_of(said, Choice(version=19)), Layout.of(Dialect.UCCE, 19))
        self.assertIs(
            layout_of(said, Choice(widths=Widths(1, 1))), Layout.of(Dialect.UCCE, 24, Widths(1, 1))
        )
        self.assertIs(layout_of({"protocol_version": 14}, Choice(dialect=Dialect.UCCX)), UCCX_14)
        for listed, reason in (
            ({"dialect": "uccz"}, "dialect: 'uccz' is neither uccx nor ucce"),
            ({"dialect": ["uccx"]}, "dialect: ['uccx'] is neither uccx nor ucce"),
            (
                {"protocol_version": 19},
                "protocol_version: 19 is not a version of uccx, which has 10 to 18",
            ),
            ({"tag_width": 3}, "tag_width: tags and lengths have 1 or 2 bytes"),
            ({"length_width": "1"}, "length_width: expected a whole number, found '1'"),
        ):
            error = self.assertRaises(BadListingError, layout_of, listed, Choice())
            self.assertEqual(str(error), reason)
