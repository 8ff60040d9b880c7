"""``finesse-tx campaign``, without a server: what goes into the database, and what is refused."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.campaign_cli import MAX_FAULTS, is_zone
from finesse_tx.cli import main
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    CampaignState,
    DialingMode,
    RecordState,
)
from finesse_tx.engine.core.outbound.windows import parse
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.campaigns import (
    count_records,
    read_campaigns,
    read_do_not_call,
    read_records,
    set_campaign_state,
)
from finesse_tx.store.repositories.changes import latest_audit
from tests.support.centre import sample
from tests.support.database import inside, prepared_url


class CampaignCase(SynchronousTestCase):
    """A database with queues."""

    def setUp(self) -> None:
        """Make it."""
        self.url = prepared_url(self)
        self.home = Path(self.url.database or "").parent
        inside(self.url, lambda session: add_snapshot(session, sample(), None))

    def run_command(self, *arguments: str) -> tuple[int, str]:
        """Run a command; its status, and what it says."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main(["campaign", *arguments, "--home", str(self.home)])
        return status, (err if status else out).getvalue().strip()

    def create(self, name: str = "Renewals", *more: str) -> str:
        """Make a campaign."""
        status, said = self.run_command("create", name, "--csq", "Sales", *more)
        self.assertEqual(status, 0, said)
        return said

    def file(self, text: str | bytes) -> str:
        """A file of customers."""
        path = self.home / "customers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def load(self, text: str | bytes, *more: str) -> tuple[int, str]:
        """Import customers."""
        return self.run_command("import", self.file(text), "--campaign", "Renewals", *more)


class CreateTests(CampaignCase):
    """``create``."""

    def test_whole(self) -> None:
        """Everything that is said of a campaign is kept; it is not started."""
        said = self.create(
            "Renewals",
            "--mode=progressive",
            "--window=mon-fri 09:00-20:00",
            "--time-zone=Europe/Amsterdam",
            "--max-attempts=5",
            "--busy-retry-s=1",
            "--no-answer-retry-s=2",
            "--machine-retry-s=3",
            "--declined-retry-s=4",
            "--lines-per-agent=2",
            "--reservation-s=45",
        )
        self.assertEqual(said, "Renewals: made, and not started")
        windows = parse("mon-fri 09:00-20:00")
        mode, zone = DialingMode.PROGRESSIVE, "Europe/Amsterdam"
        expected = Campaign(1, "Renewals", mode, 1, windows, zone, 5, 1, 2, 3, 4, 2, 45)
        self.assertEqual(inside(self.url, read_campaigns), (expected,))

    def test_refused(self) -> None:
        """What cannot be is refused, and it is said why."""
        self.create("There")
        much = ", ".join(["mon 09:00-20:00"] * 40)
        for arguments, reason in (
            (("New", "--csq", "Sales", "--window", much), "longer than 500"),
            (("There", "--csq", "Sales"), "there is a campaign"),
            (("New", "--csq", "Nobody"), 'there is no queue "Nobody"; there are: Sales'),
            (("New", "--csq", "Sales", "--window", "always"), "--window"),
            (("New", "--csq", "Sales", "--time-zone", "Mars"), "--time-zone"),
            (
                ("New", "--csq", "Sales", "--max-attempts", "0"),
                "--max-attempts: 0 is not 1 to 1000",
            ),
            (("New", "--csq", "Sales", "--lines-per-agent", "4"), "4 is not 1 to 3"),
            (("New", "--csq", "Sales", "--busy-retry-s", "-1"), "-1 is not 0 to 31622400"),
            (("New", "--csq", "Sales", "--reservation-s", "3601"), "3601 is not 1 to 3600"),
            (("THERE", "--csq", "Sales"), 'there is a campaign "There"'),
            (("N" * 51, "--csq", "Sales"), "1 to 50"),
        ):
            status, said = self.run_command("create", *arguments)
            self.assertEqual(status, 1)
            self.assertIn(reason, said)
        self.assertEqual([c.name for c in inside(self.url, read_campaigns)], ["There"])

    def test_remove(self) -> None:
        """A stopped campaign goes with its customers; who made and removed it is in the audit log."""
        self.create()
        self.load("phone\n0612345678\n")
        inside(self.url, lambda session: set_campaign_state(session, 1, CampaignState.PAUSED))
        status, said = self.run_command("remove", "Renewals")
        self.assertEqual(status, 1)
        self.assertIn('"Renewals" is paused; first finesse-tx campaign stop Renewals', said)
        inside(self.url, lambda session: set_campaign_state(session, 1, CampaignState.STOPPED))
        self.assertEqual(
            self.run_command("remove", "Renewals"), (0, "Renewals: removed, with 1 customers")
        )
        self.assertEqual(inside(self.url, count_records), {})
        self.assertEqual(
            self.run_command("remove", "Renewals"),
            (1, 'finesse-tx: there is no campaign "Renewals"; there are: none yet'),
        )
        entries = inside(self.url, lambda session: latest_audit(session, "", None, 9))
        self.assertEqual(
            [(entry.action, entry.uri) for _number, entry in entries],
            [("DELETE", "/finesse/api/Campaign/1"), ("POST", "/finesse/api/Campaign/1")],
        )
        self.assertIn('"windows":""', entries[1][1].after)

    def test_no_server(self) -> None:
        """What only a running server can do says that there is none."""
        for arguments in (("list",), ("start", "Renewals"), ("stop", "Renewals")):
            status, said = self.run_command(*arguments)
            self.assertEqual((status, "no server runs" in said), (1, True))

    def test_no_home(self) -> None:
        """A home that is not there is not made."""
        self.home = self.home / "nowhere"
        status, said = self.run_command("do-not-call", "0612345678")
        self.assertEqual((status, "is no server's home" in said), (1, True))
        self.assertFalse(self.home.exists())


class ImportTests(CampaignCase):
    """``import``."""

    GOOD = "account_number,phone\nA1,0612345678\nA2,0612345679\n"

    def setUp(self) -> None:
        """With a campaign."""
        super().setUp()
        self.create()

    def test_twice(self) -> None:
        """A file is imported once, however often it is given; a byte order mark does not matter."""
        self.assertEqual(self.load(self.GOOD), (0, "Renewals: 2 imported, 0 there already"))
        again = b"\xef\xbb\xbf" + self.GOOD.encode() + b"A3,0612345680\n"
        self.assertEqual(self.load(again), (0, "Renewals: 1 imported, 2 there already"))
        self.assertEqual(inside(self.url, count_records), {1: {RecordState.PENDING: 3}})

    def test_bad_line(self) -> None:
        """A bad line is named with its column, and nothing is imported."""
        status, said = self.load(self.GOOD + "A3,nobody\n")
        self.assertEqual(status, 1)
        self.assertIn("nothing was imported", said)
        self.assertIn('line 4, column phone: "nobody" is not 3 to 30 digits', said)
        self.assertEqual(inside(self.url, count_records), {})

    def test_skip_bad(self) -> None:
        """With --skip-bad the others are imported, and the bad ones told of."""
        status, said = self.load(self.GOOD + "A3,nobody\n", "--skip-bad")
        self.assertEqual(status, 0)
        self.assertIn("2 imported, 0 there already, 1 bad lines left out\n  line 4", said)
        self.assertEqual(len(inside(self.url, lambda session: read_records(session, 1))), 2)

    def test_unreadable(self) -> None:
        """A file that is none is refused, also with --skip-bad."""
        status, said = self.load("name\nA\n", "--skip-bad")
        self.assertEqual((status, "column phone: the column is missing" in said), (1, True))
        status, said = self.run_command("import", "/nowhere", "--campaign", "Renewals")
        self.assertEqual((status, "No such file" in said), (1, True))

    def test_many_faults(self) -> None:
        """Of very many bad lines the first ones are told of, and how many more there are."""
        status, said = self.load("phone\n" + "x\n" * (MAX_FAULTS + 1))
        self.assertEqual(status, 1)
        self.assertEqual(len(said.splitlines()), MAX_FAULTS + 2)
        self.assertIn("and 1 more", said)

    def test_unknown_campaign(self) -> None:
        """A campaign that there is not takes nobody."""
        file = self.file(self.GOOD)
        status, said = self.run_command("import", file, "--campaign", "Removals")
        self.assertEqual((status, 'there is no campaign "Removals"' in said), (1, True))

    def test_do_not_call(self) -> None:
        """Numbers go on the list once; what is none is refused."""
        for expected in (2, 0):
            status, said = self.run_command("do-not-call", "0612345678", "+31612345679")
            self.assertEqual((status, said.split()[0]), (0, str(expected)))
        self.assertEqual(inside(self.url, read_do_not_call), {"0612345678", "+31612345679"})
        self.assertEqual(self.run_command("do-not-call", "x")[0], 1)

    def test_zone(self) -> None:
        """A time zone is one of the IANA's names, whatever else there is on the disk."""
        for name, expected in (("Europe/Amsterdam", True), ("Mars", False), ("../x", False)):
            self.assertIs(is_zone(name), expected)
