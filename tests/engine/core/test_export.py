"""`finesse_tx.engine.core.export`: rows as text."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.export import PAGE, csv_lines, json_lines, text_lines

NAMES = ("session_id", "start_date_time", "originator_dn", "application_name")
ROW = {
    "session_id": 7,
    "start_date_time": datetime(2026, 11, 22, 8, 0, 0, 5000, tzinfo=UTC),
    "originator_dn": 'a "b", c',
    "application_name": "",
}
MOMENT = "2026-11-22T08:00:00.005+00:00"


class ExportTests(SynchronousTestCase):
    """The three formats."""

    def test_csv(self) -> None:
        """A heading with the reference's names; any CSV reader gets the values back."""
        self.assertEqual(
            list(csv.reader(csv_lines(NAMES, [ROW]))),
            [
                ["sessionID", "startDateTime", "originatorDN", "applicationName"],
                ["7", MOMENT, 'a "b", c', ""],
            ],
        )

    def test_json(self) -> None:
        """An object in a line."""
        (line,) = json_lines(NAMES, [ROW])
        self.assertEqual(
            json.loads(line),
            {
                "sessionID": 7,
                "startDateTime": MOMENT,
                "originatorDN": 'a "b", c',
                "applicationName": "",
            },
        )

    def test_text(self) -> None:
        """Columns with a heading, without those that are empty; a line end in a value makes no new line."""
        rows = [ROW, {**ROW, "session_id": 12345678, "originator_dn": "two\nlines"}]
        self.assertEqual(
            list(text_lines(NAMES, rows)),
            [
                "sessionID  startDateTime                  originatorDN",
                f'7          {MOMENT}  a "b", c',
                f"12345678   {MOMENT}  two lines",
            ],
        )

    def test_pages(self) -> None:
        """Every page has a heading; no rows, no heading."""
        lines = list(text_lines(NAMES, [ROW] * (PAGE + 1)))
        self.assertEqual(len(lines), PAGE + 3)
        self.assertEqual(lines[0], lines[PAGE + 1])
        self.assertEqual(list(text_lines(NAMES, [])), [])
