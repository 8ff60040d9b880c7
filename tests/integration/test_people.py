"""People edited by ``finesse-tx user`` while the server runs: they come in over REST and XMPP, and are out at once.

Spec: issue 7, point 5; ``engine.md`` §2.4 (32748, 32750).
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import update
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import StoreConfig
from finesse_tx.store.database import database_url
from finesse_tx.store.tables import PersonRow
from tests.support.database import inside
from tests.support.rest import Rest
from tests.support.slix import LIMIT_S, Agent, run
from tests.support.twistd import Shared, Twistd, finesse_tx

SHARED = Shared("notification.sasl=['PLAIN']")

T = TypeVar("T")


def user(server: Twistd, *arguments: str) -> str:
    """Run ``finesse-tx user``, which must succeed."""
    done = finesse_tx("user", *arguments, "--home", str(server.home))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def password_file(folder: str, password: str) -> str:
    """A file with a password in it."""
    path = Path(folder) / "password"
    path.write_text(password + "\n")
    return f"--password-file={path}"


async def until(look: Callable[[], T | None]) -> T:
    """Look again and again, until there is something."""
    deadline = asyncio.get_running_loop().time() + LIMIT_S
    for pause in repeat(0.05):
        if (found := look()) is not None:
            return found
        assert asyncio.get_running_loop().time() < deadline, "it never came to be"
        await asyncio.sleep(pause)
    raise AssertionError


class PeopleTests(SynchronousTestCase):
    """One who comes, works, and goes."""

    def add(self, login_id: str, extension: str, password: str = "correct horse") -> Rest:
        """Somebody new."""
        folder = self.enterContext(TemporaryDirectory())
        said = user(
            SHARED.get(), "add", login_id, "--first-name=New", "--last-name=Hire", "--team=Team 1",
            f"--extension={extension}", "--skill=Sales=9", password_file(folder, password),
        )  # fmt: skip
        self.assertEqual(said, f"{login_id}: added")
        return Rest(SHARED.get(), login_id, password)

    async def sign_in(self, one: Rest, extension: str) -> None:
        """Let somebody sign in."""
        self.assertEqual(one.put_state("LOGIN", extension=extension), 202)
        await until(lambda: one.get(f"/User/{one.user}").findtext("state") == "NOT_READY" or None)

    def test_story(self) -> None:
        """Who is added signs in with a phone that is new, takes part in a queue, and is out when disabled."""

        async def scenario() -> None:
            server, boss = SHARED.get(), Rest(SHARED.get(), "supervisor1")
            newest = self.add("newest", "77001")
            await self.sign_in(newest, "77001")
            queues = newest.get("/User/newest/Queues").findall("Queue/name")
            self.assertEqual([queue.text for queue in queues], ["Sales"])
            members = boss.get("/Team/1").findall("users/User/loginId")
            self.assertIn("newest", [member.text for member in members])

            desktop, watcher = (
                Agent("newest@finesse.local/desk", "correct horse"),
                Agent("supervisor1@finesse.local/desk"),
            )
            for client in (desktop, watcher):
                await client.sign_in(server.port("xmpp"))
            await watcher["xep_0060"].subscribe(
                "pubsub.finesse.local",
                "/finesse/api/User/newest",
                bare=True,
                subscribee="supervisor1@finesse.local",
            )

            self.assertEqual(user(server, "disable", "newest"), "newest: disabled")
            self.assertEqual(newest.ask("GET", "/User/newest").status_code, 401)
            await asyncio.wait_for(desktop.over.wait(), LIMIT_S)
            self.assertEqual(await desktop.failures.get(), "not-authorized")
            await until(lambda: "newest is LOGOUT, reason 32748" in server.log or None)

            self.assertEqual(user(server, "enable", "newest"), "newest: enabled")
            await self.sign_in(newest, "77001")
            await watcher.leave()

        run(scenario)

    def test_password(self) -> None:
        """With another password the old one is worth nothing from the next request on, and the new one is right."""

        async def scenario() -> None:
            server = SHARED.get()
            old = self.add("forgetful", "77002")
            self.assertEqual(old.ask("GET", "/User/forgetful").status_code, 200)
            desktop = Agent("forgetful@finesse.local/desk", "correct horse")
            await desktop.sign_in(server.port("xmpp"))
            with TemporaryDirectory() as folder:
                user(server, "passwd", "forgetful", password_file(folder, "battery staple"))
            self.assertEqual(old.ask("GET", "/User/forgetful").status_code, 401)
            await asyncio.wait_for(desktop.over.wait(), LIMIT_S)
            new = Rest(server, "forgetful", "battery staple")
            self.assertEqual(new.ask("GET", "/User/forgetful").status_code, 200)

        run(scenario)

    def test_others_stay(self) -> None:
        """Whoever is signed in and is not meant stays, in the same state; another skill is another queue at once."""

        async def scenario() -> None:
            server = SHARED.get()
            stays, moves = self.add("stays", "77003"), self.add("moves", "77004")
            await self.sign_in(stays, "77003")
            await self.sign_in(moves, "77004")
            since = stays.get("/User/stays").findtext("stateChangeTime")
            with TemporaryDirectory() as folder:
                table = Path(folder) / "people.csv"
                table.write_text(
                    "login_id,skills,extension\nstays,Support=5,77003\nmoves,Sales=9,77005\n"
                )
                self.assertEqual(
                    user(server, "import", "--update", str(table)), "0 added, 2 changes to others"
                )

            def queues() -> list[str | None]:
                return [q.text for q in stays.get("/User/stays/Queues").findall("Queue/name")]

            await until(lambda: queues() == ["Support"] or None)
            self.assertEqual(stays.get("/User/stays").findtext("stateChangeTime"), since)
            await until(lambda: "moves is LOGOUT, reason 32750" in server.log or None)
            await self.sign_in(moves, "77005")

        run(scenario)

    def test_hangup(self) -> None:
        """SIGHUP reads the directory, too: for what another node has changed."""

        async def scenario() -> None:
            server = SHARED.get()
            one = self.add("elsewhere", "77006")
            change = (
                update(PersonRow).where(PersonRow.login_id == "elsewhere").values(enabled=False)
            )
            inside(
                database_url(StoreConfig(), server.home), lambda session: session.execute(change)
            )
            self.assertEqual(one.ask("GET", "/User/elsewhere").status_code, 200)
            server.signal(signal.SIGHUP)
            await until(lambda: one.ask("GET", "/User/elsewhere").status_code == 401 or None)

        run(scenario)
