"""Reading customers from a file, and what agents say about them."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.outbound.contact_csv import ImportedContact, Parsed, read_contacts
from finesse_tx.engine.core.outbound.records import Result
from finesse_tx.engine.core.outbound.responses import (
    RECLASSIFICATIONS,
    Answer,
    CallbackCancelled,
    CallbackNumber,
    CallbackTime,
    Reclassification,
    ResponseError,
    read,
)

ZONES = {"Europe/Amsterdam"}


def parsed(text: str | bytes) -> Parsed:
    """Read it."""
    return read_contacts(text if isinstance(text, bytes) else text.encode(), ZONES.__contains__)


class ReadTests(SynchronousTestCase):
    """A file."""

    def faults(self, text: str | bytes) -> list[str]:
        """What is said of its lines."""
        return [str(fault) for fault in parsed(text).faults]

    def test_whole(self) -> None:
        """Columns come in any order, values may be quoted, numbers written as people do; a BOM does not matter."""
        text = 'Last_Name,phone,account_number,time_zone\r\n"Okafor, A.",+31 (6) 1234-5678,A1,Europe/Amsterdam\r\n\r\n'
        expected = ImportedContact("A1", "+31612345678", "", "Okafor, A.", "Europe/Amsterdam")
        for data in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
            self.assertEqual(parsed(data), Parsed((expected,)))

    def test_lines(self) -> None:
        """Each bad line is named with its column and why; the good ones are there all the same."""
        text = (
            "phone,account_number,time_zone\n"
            "0612345678,A1,\n"
            ",A2,\n"
            "12ab,A3,Mars/Olympus\n"
            "0612345679\n"
            '"06\n12345680",A1,\n'
            f"0612345681,{'x' * 31},\n"
        )
        self.assertEqual(
            self.faults(text),
            [
                "line 3, column phone: this is missing",
                'line 4, column phone: "12ab" is not 3 to 30 digits',
                'line 4, column time_zone: there is no time zone "Mars/Olympus"',
                "line 5: 1 values for 3 columns",
                'line 7, column phone: "06\n12345680" is not 3 to 30 digits',
                "line 8, column account_number: 31 characters; at most 30 are possible",
            ],
        )
        self.assertEqual([one.account_number for one in parsed(text).contacts], ["A1"])

    def test_twice(self) -> None:
        """The same customer twice is a fault of the second line, by account number or else by phone."""
        text = "phone,account_number\n0611,A1\n0612,A1\n0613,\n0613,\n"
        self.assertEqual(
            self.faults(text),
            [
                "line 3, column account_number: the same as in line 2",
                "line 5, column phone: the same as in line 4",
            ],
        )

    def test_unreadable(self) -> None:
        """A file without a phone column, with an unknown or a double one, or that is no CSV, has no contacts."""
        for data, reason in (
            (b"", "line 1, column phone: the column is missing"),
            (b"name\nA\n", "line 1, column name: there is no such column"),
            (b"phone,phone\n", "line 1, column phone: the column is there twice"),
            (b"phone\n0611\n\xff\n", "line 3: this is not UTF-8"),
            (b'phone\n"0611"2\n', "line 2: this is not CSV"),
        ):
            found = parsed(data)
            self.assertEqual((found.contacts, found.is_readable), ((), False))
            self.assertTrue(str(found.faults[0]).startswith(reason), found.faults)

    @settings(deadline=None)
    @given(st.binary(max_size=200))
    def test_anything(self, data: bytes) -> None:
        """Whatever the bytes, the answer is contacts and faults."""
        found = parsed(b"phone\n" + data)
        self.assertEqual(len({contact.key for contact in found.contacts}), len(found.contacts))


class ResponseTests(SynchronousTestCase):
    """BAResponse."""

    def test_all(self) -> None:
        """Every response of the reference is read as what it means."""
        for answer in Answer:
            self.assertIs(read(answer.value), answer)
        for word, result in RECLASSIFICATIONS.items():
            self.assertEqual(read(word), Reclassification(result))
        self.assertEqual(RECLASSIFICATIONS["REX_VOICE"], Result.VOICE)
        when = datetime(2026, 12, 31, 9, 30)  # the customer's clock
        self.assertEqual(read("Callback 12312026 09:30"), CallbackTime(when, is_personal=False))
        self.assertEqual(read("P 12312026 09:30"), CallbackTime(when, is_personal=True))
        self.assertEqual(read("P#0612345678"), CallbackNumber("0612345678"))
        self.assertEqual(read("Callback Cancel"), CallbackCancelled())

    def test_others(self) -> None:
        """Anything else is none, also a day that there is not."""
        for text in ("", "accept", "P#", "Callback 31122026 09:30", "Callback 12312026", "REX_"):
            self.assertRaises(ResponseError, read, text)
