"""``finesse-tx user``, without a server: what goes into the database, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cli import main
from finesse_tx.config import SecurityConfig
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.edits import Register
from finesse_tx.directory.passwords import Passwords
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.changes import read_audit
from finesse_tx.store.repositories.passwords import read_password_hashes, read_verifiers
from finesse_tx.store.repositories.snapshots import read_register
from finesse_tx.user_cli import MAX_FAULTS
from tests.support.database import inside, prepared_url
from tests.support.edits import person

CHEAP = (
    "--set=security.argon2_memory_kib=1024",
    "--set=security.argon2_iterations=1",
    "--set=security.scram_iterations=4096",
)


class UserCase(SynchronousTestCase):
    """A database with four agents."""

    def setUp(self) -> None:
        """Make it."""
        self.url = prepared_url(self)
        self.home = Path(self.url.database or "").parent
        inside(self.url, lambda session: add_snapshot(session, demo(4), "$old"))

    def run_command(self, *arguments: str) -> tuple[int, str]:
        """Run a command; its status, and what it says."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main(["user", *arguments, "--home", str(self.home), *CHEAP])
        return status, (err if status else out).getvalue().strip()

    def done(self, *arguments: str) -> str:
        """Run a command, which must succeed."""
        status, said = self.run_command(*arguments)
        self.assertEqual(status, 0, said)
        return said

    def refused(self, *arguments: str) -> str:
        """Run a command, which must fail and change nothing."""
        before = self.register(), inside(self.url, read_password_hashes)
        status, said = self.run_command(*arguments)
        self.assertEqual(status, 1, said)
        self.assertEqual((self.register(), inside(self.url, read_password_hashes)), before)
        return said.removeprefix("finesse-tx: ")

    def register(self) -> Register:
        """Who there is."""
        return inside(self.url, read_register)

    def file(self, text: str, name: str = "people.csv") -> str:
        """A file."""
        path = self.home / name
        path.write_text(text)
        return str(path)

    def assert_password(self, login_id: str, password: str) -> None:
        """Check somebody's."""
        encoded = inside(self.url, read_password_hashes)[login_id]
        self.assertTrue(Passwords(SecurityConfig()).verify(encoded, password))


class OneTests(UserCase):
    """``add``, ``passwd``, ``disable``, ``enable``, ``remove``, ``list``."""

    ANN = ("add", "ann", "--first-name=Ann", "--last-name=Doe", "--extension=1500", "--team=team 1")

    def test_add(self) -> None:
        """Somebody new is there with everything that is said, and a password from a file, SCRAM's too."""
        secret = self.file("correct horse\r\nsecond line\n", "secret")
        said = self.done(
            *self.ANN, "--skill=Sales=7", "--skill=support=2", "--password-file", secret
        )
        self.assertEqual(said, "ann: added")
        self.assertEqual(
            self.register().snapshot.people[-1], person("ann", competences=((1, 7), (2, 2)))
        )
        self.assert_password("ann", "correct horse")
        self.assertIn("ann", inside(self.url, read_verifiers))

    def test_audit(self) -> None:
        """Who did it is in the audit log: the account of whoever runs the command."""
        self.done(*self.ANN, "--no-password")
        far = datetime(2100, 1, 1, tzinfo=UTC)
        (entry,) = inside(
            self.url, lambda s: list(read_audit(s, "", datetime(2000, 1, 1, tzinfo=UTC), far))
        )
        self.assertEqual(
            (entry["peer"], entry["action"], entry["uri"]),
            ("finesse-tx", "POST", "/finesse/api/User/ann"),
        )
        self.assertTrue(entry["login_id"])

    def test_add_refused(self) -> None:
        """What may not be is told before a password is asked for."""
        self.assertEqual(
            self.refused("add", "agent1", "--extension=1002", "--team=Nowhere"),
            'team: there is no "Nowhere"; there are Team 1, Team 2\n'
            'login_id: "agent1" is taken by agent1; choose another\n'
            "last_name: is empty; 1 to 128 characters",
        )

    def test_nobody_to_ask(self) -> None:
        """Without a terminal, a password must come from a file; one that cannot be read is told."""
        self.patch(__import__("sys"), "stdin", io.StringIO(""))
        self.assertIn("give --password-file FILE, or -", self.refused(*self.ANN))
        self.assertIn("No such file", self.refused(*self.ANN, "--password-file=/nowhere"))
        self.assertIn(
            "has 5 characters", self.refused(*self.ANN, "--password-file", self.file("short"))
        )

    def test_passwd(self) -> None:
        """Another password, from standard input; or none."""
        self.patch(__import__("sys"), "stdin", io.StringIO("battery staple\nmore\n"))
        self.assertEqual(
            self.done("passwd", "agent1", "--password-file=-"), "agent1: another password"
        )
        self.assert_password("agent1", "battery staple")
        self.assertEqual(self.done("passwd", "agent1", "--none"), "agent1: no password")
        self.assertNotIn("agent1", inside(self.url, read_password_hashes))
        self.assertEqual(self.refused("passwd", "nobody", "--none"), "nobody: is not there")

    def test_asked_twice(self) -> None:
        """At a terminal the password is asked for twice, and must be the same."""

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        answers = ["correct horse", "another horse", "correct horse", "correct horse"]
        self.patch(__import__("sys"), "stdin", Terminal())
        self.patch(__import__("getpass"), "getpass", lambda _prompt: answers.pop(0))
        self.assertIn("that was another one", self.refused("passwd", "agent1"))
        self.done("passwd", "agent1")
        self.assert_password("agent1", "correct horse")

    def test_disable(self) -> None:
        """Several people at once, or none of them."""
        self.assertEqual(self.done("disable", "agent1", "agent2"), "agent1, agent2: disabled")
        self.assertEqual(self.register().disabled, {"agent1", "agent2"})
        self.assertEqual(self.done("enable", "agent1"), "agent1: enabled")
        self.assertEqual(self.refused("disable", "agent3", "nobody"), "nobody: is not there")
        self.assertIn("nobody could administrate", self.refused("disable", "admin"))

    def test_remove(self) -> None:
        """Whoever is removed is gone."""
        self.assertEqual(self.done("remove", "agent1"), "agent1: removed")
        self.assertNotIn("agent1", [p.login_id for p in self.register().snapshot.people])

    def test_list(self) -> None:
        """Everyone, or a team, for people or for programs."""
        self.done("disable", "agent4")
        text = self.done("list")
        self.assertEqual(len(text.splitlines()), 8)
        self.assertIn("no", text.splitlines()[4].split())
        rows = list(csv.DictReader(io.StringIO(self.done("list", "--team=team 2", "--format=csv"))))
        self.assertEqual([row["loginID"] for row in rows], ["agent2", "agent4", "supervisor2"])
        first = json.loads(self.done("list", "--format=json").splitlines()[0])
        self.assertEqual((first["loginID"], first["skills"]), ("agent1", "Sales=6; Support=9"))
        status, said = self.run_command("list", "--team=Nowhere")
        self.assertEqual(status, 1)
        self.assertIn('--team: there is no "Nowhere"; there are Team 1, Team 2', said)

    def test_no_home(self) -> None:
        """A home that is not there is not made."""
        self.home = self.home / "nowhere"
        status, said = self.run_command("list")
        self.assertEqual((status, "is no server's home" in said), (1, True))
        self.assertFalse(self.home.exists())


class ImportTests(UserCase):
    """``import``."""

    GOOD = (
        "login_id,last_name,extension,team,skills,password\n"
        "ann,Doe,1500,Team 1,Sales=3,correct horse\n"
        "bob,Ray,1501,Team 2,,\n"
    )

    def test_import(self) -> None:
        """Everyone in the file is there, with the passwords that are in it."""
        self.assertEqual(self.done("import", self.file(self.GOOD)), "2 added, 1 changes to others")
        self.assertEqual([p.login_id for p in self.register().snapshot.people][-2:], ["ann", "bob"])
        self.assert_password("ann", "correct horse")
        self.assertNotIn("bob", self.register().passwords)

    def test_dry_run(self) -> None:
        """With --dry-run it is told what would change, and nothing does."""
        before = self.register()
        said = self.done("import", "--dry-run", self.file(self.GOOD)).splitlines()
        self.assertEqual([line[:5] for line in said], ["+ ann", "~ ann", "+ bob", "3 cha"])
        self.assertEqual(self.register(), before)

    def test_bad_lines(self) -> None:
        """Every bad line is named, whatever is wrong with it, and nobody is imported."""
        path = self.file(self.GOOD + "cid,Foe,1001,Team 1,,\ndan\neve,Roe,1502,Team 9,Sales=11,x\n")
        self.assertEqual(
            self.refused("import", path).splitlines(),
            [
                f"{path}: nothing was imported",
                "  line 4: extension: 1001 is agent1's; choose another",
                "  line 5: 1 values for 6 columns",
                '  line 6: team: there is no "Team 9"; there are Team 1, Team 2',
                "  line 6: skills: Sales 11; 1 to 10",
                "  line 6: password: has 1 characters; 8 to 1024 characters",
            ],
        )

    def test_update(self) -> None:
        """Who is there already is an error, unless he is to be changed."""
        path = self.file("login_id,extension\nagent1,1999\n")
        self.assertIn('line 2: login_id: "agent1" is taken', self.refused("import", path))
        self.assertEqual(self.done("import", "--update", path), "0 added, 1 changes to others")
        self.assertEqual(self.register().snapshot.people[0].extension, "1999")
        said = self.done("import", "--update", "--dry-run", path)
        self.assertEqual(said, "0 changes, none of them made")

    def test_own_list(self) -> None:
        """What ``list --format csv`` writes can be imported, and changes nothing."""
        path = self.file(self.done("list", "--format=csv"))
        said = self.done("import", "--update", "--dry-run", path)
        self.assertEqual(said, "0 changes, none of them made")

    def test_unreadable(self) -> None:
        """A file that is none is told; so are the first of very many faults."""
        self.assertIn("No such file", self.refused("import", "/nowhere"))
        said = self.refused("import", self.file("login_id\n" + "a b\n" * (MAX_FAULTS + 1)))
        self.assertEqual(len(said.splitlines()), MAX_FAULTS + 2)
        self.assertRegex(said, r"and [0-9]+ more$")
