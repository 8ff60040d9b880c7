"""Counts and sums of what clients send (§4.4, §8.17 of the CTI reference)."""

from __future__ import annotations

from dataclasses import MISSING, replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.framing import Frame, frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import CATALOGUE, Message, Request
from finesse_tx.cti.core.messages import (
    AgentSkill,
    SetAgentServiceDataReq,
    SetAgentStateReq,
    SetCallDataReq,
)
from finesse_tx.cti.core.sums import MAX_NAMED_DATA, wrong_sum
from finesse_tx.cti.core.table import table_of
from finesse_tx.cti.core.variables import NamedArray, NamedVariable

LAYOUT = Layout.of(Dialect.UCCE, 25)

DATA = SetCallDataReq(connection_call_id=1)

TEN = tuple(NamedVariable(f"user.n{n:02}", "x" * 190) for n in range(10))
"""Ten variables of 200 bytes each: as many as may be."""


def came(message: Message) -> Message:
    """The message as it comes from a client."""
    (frame,) = frames(bytearray(LAYOUT.encode(message)))
    return LAYOUT.decode(frame)


class SumTests(SynchronousTestCase):
    """What is wrong, and what just is not."""

    def test_named_data(self) -> None:
        """2000 bytes of variables and arrays together are well, one more is 73."""
        full = replace(DATA, named_variables=TEN, num_named_variables=10)
        self.assertIsNone(wrong_sum(came(full)))
        last = NamedVariable("user.n10", "x" * 191)
        over = replace(full, named_variables=(*TEN[:9], last))
        self.assertEqual(wrong_sum(came(over)), 73)
        element = NamedArray(0, "user.n09", "x" * 189)
        mixed = SetCallDataReq(
            connection_call_id=1, named_variables=TEN[:9], named_arrays=(element,)
        )
        data = [field.data for field in came(mixed).raw_fields if field.tag in {82, 83}]
        self.assertEqual(sum(map(len, data)), MAX_NAMED_DATA)
        self.assertIsNone(wrong_sum(came(mixed)))
        longer = replace(mixed, named_arrays=(replace(element, value="x" * 190),))
        self.assertEqual(wrong_sum(came(longer)), 73)

    def test_too_long(self) -> None:
        """A name of 32 bytes and a value of 210 are well, one byte more is 74; so it is for arrays."""
        for tag, index in ((82, b""), (83, b"\0")):
            for name, value, expected in (
                (32, 210, None),
                (33, 1, 74),
                (1, 211, 74),
            ):
                data = index + b"n" * name + b"\0" + b"v" * value + b"\0"
                field = tag.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
                counted = replace(
                    DATA, num_named_variables=int(tag == 82), num_named_arrays=int(tag == 83)
                )
                body = LAYOUT.encode(counted)[8:] + field
                found = wrong_sum(LAYOUT.decode(Frame(DATA.MESSAGE_TYPE, body)))
                self.assertEqual(found, expected, (tag, name, value))

    def test_counts(self) -> None:
        """A count that is one too low or one too high has its own status, or 25 where there is none."""
        statuses = {"named_variables": 77, "named_arrays": 78, "skill_groups": 39}
        entries: dict[str, tuple[Any, ...]] = {
            "named_variables": TEN[:3],
            "named_arrays": tuple(NamedArray(n, "user.a", "x") for n in range(3)),
            "skill_groups": tuple(AgentSkill(skill_group_number=n) for n in range(3)),
            "enabled_services": (1, 2, 3),
        }
        seen = set()
        for cls in CATALOGUE.values():
            if not issubclass(cls, Request):
                continue
            table = table_of(cls)
            fixed = {field.attribute: 1 for field in table.fixed if field.default is MISSING}
            for counted in table.counts:
                seen.add(counted.list)
                values: dict[str, Any] = {**fixed, counted.list: entries[counted.list]}
                whole = cls(**values)
                self.assertIsNone(wrong_sum(came(whole)), cls.__name__)
                for count in (0, 2, 4):
                    wrong: Any = {counted.attribute: count}
                    status = wrong_sum(came(replace(whole, **wrong)))
                    self.assertEqual(status, statuses.get(counted.list, 25), cls.__name__)
        self.assertEqual(seen, set(entries))

    def test_optional_count(self) -> None:
        """A count that may be left out, and is, is not missed."""
        request = SetAgentServiceDataReq(enabled_services=(1, 2))
        self.assertIsNone(wrong_sum(came(replace(request, num_of_enabled_services=None))))

    def test_plain(self) -> None:
        """A request without lists has nothing to add up."""
        self.assertIsNone(wrong_sum(came(SetAgentStateReq(agent_state=3))))
