"""The whole server beside a PostgreSQL that is killed and comes back, and on a disk that is full."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import mkdtemp

import requests
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from tests.support.killed import OVERRIDES, Shift, place_calls
from tests.support.postgresql import PostgreSQL
from tests.support.twistd import LIMIT_S, Twistd

BEFORE, MEANWHILE, AFTER = 20, 20, 10
"""So many calls."""

WAIT_S = 240.0
"""The outbox asks again within a minute."""


class AwayCase(SynchronousTestCase):
    """A server, and agents who answer."""

    server: Twistd

    def get(self, path: str, user: str = "", **values: object) -> requests.Response:
        """Ask the server something."""
        return requests.request(
            str(values.pop("method", "GET")),
            f"http://127.0.0.1:{self.server.port('http')}{path}",
            auth=(user, "finesse") if user else None,
            timeout=LIMIT_S,
            **values,  # type: ignore[arg-type]
        )

    def number(self, family: str) -> float:
        """A number of ``/metrics``."""
        lines = self.get("/metrics").text.splitlines()
        return float(next(line.split()[-1] for line in lines if line.startswith(f"{family} ")))

    def until(self, what: Callable[[], bool]) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + WAIT_S
        while not what():
            self.assertLess(time.monotonic(), deadline, self.server.log)
            time.sleep(0.1)

    def work(self, shift: Shift, chance: Random, callers: list[str]) -> None:
        """Let customers call, and agents talk to them until the end of each call."""
        place_calls(self.server, callers, chance)
        shift.until(lambda: set(callers) <= shift.round.finished)


class PostgreSQLKilledTests(AwayCase):
    """`design.md` §7: the database is gone."""

    def setUp(self) -> None:
        """Start a database of the test's own, and a server on it."""
        self.database = PostgreSQL().start()
        self.addCleanup(self.database.clean)
        self.name = self.database.new_database()
        url = self.database.written(self.name)
        self.server = Twistd((*OVERRIDES, f'store.url="{url}"')).wait_ready()
        self.addCleanup(self.server.clean)

    def test_killed_and_restarted(self) -> None:
        """Calls and sign-ins go on, health says so, configuration is refused, and each call is there once afterwards."""
        chance = Random(7)
        callers = [f"06777{n:05d}" for n in range(BEFORE + MEANWHILE + AFTER)]
        shift = Shift(self.server)
        place_calls(self.server, callers[:BEFORE], chance)
        shift.until(lambda: len(shift.round.finished) > BEFORE // 3)
        self.database.kill()  # in the middle of them
        shift.until(lambda: set(callers[:BEFORE]) <= shift.round.finished)
        self.work(shift, chance, callers[BEFORE : BEFORE + MEANWHILE])

        self.until(lambda: self.number("finesse_store_available") == 0)
        health = self.get("/health")
        self.assertEqual((health.status_code, health.text.splitlines()[0]), (200, "degraded"))
        self.assertIn("the database is away", health.text)
        self.assertEqual(self.get("/ready").status_code, 200)
        self.assertEqual(self.get("/finesse/api/User/agent5", "agent5").status_code, 200)
        reason = "<WrapUpReason><label>Gone</label><forAll>true</forAll></WrapUpReason>"
        headers = {"Content-Type": "application/xml"}

        def change() -> requests.Response:
            path = "/finesse/api/WrapUpReason"
            return self.get(path, "admin", method="POST", data=reason, headers=headers)

        self.assertEqual(change().status_code, 503)
        self.assertGreater(self.number("finesse_history_records_waiting"), 0)

        self.database.start()
        self.work(shift, chance, callers[BEFORE + MEANWHILE :])
        self.until(lambda: self.number("finesse_history_records_waiting") == 0)
        self.until(lambda: self.get("/health").text == "ok\n")
        self.assertEqual(change().status_code, 200)
        self.assertEqual(self.number("finesse_history_records_lost_total"), 0)
        self.assertEqual(self.server.stop(), 0)

        query = "SELECT originatordn FROM contactcalldetail ORDER BY 1"
        found = Counter(self.database.psql(self.name, query).split())
        self.assertEqual(found, Counter(callers))
        log = self.server.log
        self.assertEqual(log.count("The database is away"), 1, log)
        self.assertEqual(log.count("The database is back"), 1, log)
        for secret in ("correct horse", "Traceback"):
            self.assertNotIn(secret, log)

    def test_hangs(self) -> None:
        """One that hangs is noticed, and keeps nobody from calls and sign-ins; afterwards each call is there once."""
        chance = Random(9)
        callers = [f"06999{n:05d}" for n in range(BEFORE + MEANWHILE)]
        shift = Shift(self.server)
        self.work(shift, chance, callers[:BEFORE])
        self.database.freeze()
        self.addCleanup(self.database.thaw)
        self.work(shift, chance, callers[BEFORE:])
        self.until(lambda: self.number("finesse_store_available") == 0)
        for agent in ("agent5", "agent6", "agent7", "agent8", "supervisor1"):
            self.assertEqual(self.get(f"/finesse/api/User/{agent}", agent).status_code, 200)
        self.database.thaw()
        self.until(lambda: self.number("finesse_history_records_waiting") == 0)
        self.until(lambda: self.get("/health").text == "ok\n")
        self.assertEqual(self.server.stop(), 0)
        query = "SELECT originatordn FROM contactcalldetail ORDER BY 1"
        found = Counter(self.database.psql(self.name, query).split())
        self.assertEqual(found, Counter(callers))
        self.assertIn("it has not answered for 15 s", self.server.log)


class DiskFullTests(AwayCase):
    """`design.md` §7: the disk is full, under a server with SQLite."""

    def setUp(self) -> None:
        """Start the server on a small disk of its own, if this user may make one."""
        self.home = Path(mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, self.home)
        mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(self.home)]
        if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
            raise SkipTest("a disk that is full needs a user who may mount a tmpfs")
        self.addCleanup(subprocess.run, ["umount", str(self.home)], check=True)
        self.server = Twistd(OVERRIDES, self.home).wait_ready()
        self.addCleanup(self.server.clean)

    def fill(self) -> Path:
        """Leave no room."""
        ballast = self.home / "ballast"
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(1 << 16)):
                pass
        return ballast

    def test_full_and_room(self) -> None:
        """Calls go on, one line and health say so; when there is room again each call is there, once."""
        chance = Random(8)
        callers = [f"06888{n:05d}" for n in range(BEFORE + MEANWHILE + AFTER)]
        shift = Shift(self.server)
        self.work(shift, chance, callers[:BEFORE])
        ballast = self.fill()
        self.work(shift, chance, callers[BEFORE : BEFORE + MEANWHILE])
        self.until(lambda: "history: the journal cannot be written" in self.get("/health").text)
        self.assertEqual(self.get("/ready").status_code, 200)
        ballast.unlink()
        self.work(shift, chance, callers[BEFORE + MEANWHILE :])
        self.until(lambda: self.number("finesse_history_records_waiting") == 0)
        self.until(lambda: self.get("/health").text == "ok\n")
        self.assertEqual(self.number("finesse_history_records_lost_total"), 0)
        self.assertEqual(self.server.stop(), 0)
        with closing(sqlite3.connect(self.home / "finesse.db")) as database:
            rows = database.execute("SELECT originatordn FROM contactcalldetail")
            self.assertEqual(Counter(caller for (caller,) in rows), Counter(callers))
        log = self.server.log
        self.assertEqual(log.count("The history cannot be written"), 1, log)
        self.assertEqual(log.count("The journal of the history can be written again; 0 were"), 1)
        self.assertEqual(list((self.home / "history").glob("*.damaged")), [])
