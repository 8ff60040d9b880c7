"""A server whose people come from a CUCM: they are taken in, sign in with the CUCM's passwords, and go when it says so.

Spec: issue 7, point 2.
"""

from __future__ import annotations

import time
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import requests
from twisted.internet import reactor as global_reactor
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThread
from twisted.trial.unittest import TestCase

from tests.support.axl_peer import Asked, AXLPeer, answer, http, user
from tests.support.rest import Rest
from tests.support.twistd import LIMIT_S, QUIET, Twistd, finesse_tx

reactor: Any = global_reactor


class ProviderTests(TestCase):
    """The whole road."""

    timeout = 3 * LIMIT_S

    def script(self, asked: Asked) -> bytes | None:
        """A CUCM with these people, which throttles the first that asks."""
        if len(self.peer.asked) == 1:
            return http(503, headers={"Retry-After": "0"})
        if asked.operation == "doAuthenticateUser":
            if self.is_away:
                return http(503)
            said = "true" if "<password>cucm</password>" in asked.body else "false"
            return answer(asked, f"<userAuthenticated>{said}</userAuthenticated><code>0</code>")
        if asked.number("skip"):
            return answer(asked, "")
        if asked.operation == "listUser":
            return answer(asked, "".join(user(name) for name in self.people))
        if "enduser" in asked.body:
            rows = (
                f"<row><userid>{u}</userid><dnorpattern>{n}</dnorpattern></row>"
                for u, n in self.people.items()
            )
            return answer(asked, "".join(rows))
        return answer(asked, "")

    def setUp(self) -> None:
        """Start both."""
        self.people = {"cucm1": "88001", "cucm2": "88002"}
        self.is_away = False
        self.peer = AXLPeer(self, self.script)
        secret = Path(self.mktemp()).absolute()
        secret.write_text("s3cret")
        self.server = Twistd(
            (
                *QUIET,
                "security.credential_cache_s=0",
                "directory.provider=axl",
                'directory.team="Team 2"',
                f'directory.options.url="{self.peer.url}"',
                'directory.options.user="finesse"',
                f'directory.options.password_file="{secret}"',
                f'directory.options.ca_file="{self.peer.authority}"',
            )
        )
        self.addCleanup(lambda: deferToThread(self.server.clean))

    def sync(self, *arguments: str) -> Deferred[CompletedProcess[str]]:
        """Run ``finesse-tx directory sync``."""
        return deferToThread(
            finesse_tx, "directory", "sync", *arguments, "--home", str(self.server.home)
        )

    def wait_synchronised(self, times: int) -> None:
        """Wait until people have been taken in so often: the server does it by itself, too, soon after its start."""
        wanted = f'\nfinesse_directory_synchronisations_total{{outcome="done"}} {times:.1f}\n'
        url = f"http://{self.server.endpoints['http']}/metrics"
        deadline = time.monotonic() + LIMIT_S
        while wanted not in requests.get(url, timeout=LIMIT_S).text:
            assert time.monotonic() < deadline, self.server.log
            time.sleep(0.1)

    async def status(self, who: str, password: str) -> int:
        """What REST answers somebody about herself."""
        rest = Rest(self.server, who, password)
        response = await deferToThread(rest.ask, "GET", f"/User/{who}")
        return response.status_code

    async def test_story(self) -> None:
        """Dry run, taking in, signing in, an outage, going; and nobody comes in when the provider is given up."""
        await deferToThread(self.server.wait_ready)
        done = await self.sync("--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[-1].split(", ")[1], "none of them made")
        done = await self.sync()
        self.assertEqual(done.returncode, 0, done.stderr)

        rest = Rest(self.server, "cucm1", "cucm")
        response = await deferToThread(rest.get, "/User/cucm1")
        self.assertEqual(
            [response.findtext(name) for name in ("extension", "teamName", "firstName")],
            ["", "Team 2", "First"],
        )
        signed_in = await deferToThread(rest.put_state, "LOGIN", extension="88001")
        self.assertEqual(signed_in, 202)
        self.assertEqual(await self.status("cucm1", "finesse"), 401)
        self.assertEqual(await self.status("agent1", "finesse"), 200)
        self.assertNotIn(b"agent1", b"".join(asked.body.encode() for asked in self.peer.asked))

        self.is_away = True
        self.assertEqual(await self.status("cucm1", "cucm"), 503)
        self.assertEqual(await self.status("agent1", "finesse"), 200)
        self.is_away = False
        self.assertEqual(await self.status("cucm1", "cucm"), 200)

        await deferToThread(self.wait_synchronised, 2)
        del self.people["cucm1"]
        done = await self.sync()
        self.assertIn("~ cucm1: disabled", done.stdout)
        self.assertEqual(await self.status("cucm1", "cucm"), 401)
        self.assertEqual(await self.status("cucm2", "cucm"), 200)
        self.assertNotIn("s3cret", self.server.log)

        await deferToThread(self.server.stop)
        asked = len(self.peer.asked)
        alone = Twistd(QUIET, home=self.server.home)
        self.addCleanup(lambda: deferToThread(alone.clean))
        await deferToThread(alone.wait_ready)
        self.assertIn("1 people are of the directory provider axl, which is not", alone.log)
        here = Rest(alone, "cucm2", "cucm")
        refused = await deferToThread(here.ask, "GET", "/User/cucm2")
        self.assertEqual((refused.status_code, len(self.peer.asked)), (401, asked))
