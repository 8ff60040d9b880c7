"""Somebody else's XMPP server: ejabberd and Prosody, with the example files of ``etc/``, and slixmpp for the agents.

There is one of each, with a server of ours, for all tests; the tests are the same for both.
"""

import asyncio
import atexit
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from shutil import rmtree
from typing import ClassVar

import requests
from slixmpp.exceptions import IqError
from twisted.trial.unittest import SynchronousTestCase

from tests.integration.test_road import Told, read
from tests.support.browser import Browser
from tests.support.free_ports import free_ports
from tests.support.rest import Rest
from tests.support.slix import Agent, run
from tests.support.twistd import LIMIT_S, QUIET, Twistd
from tests.support.xmpp_servers import Ejabberd, Prosody, Server

DOMAIN = "finesse.local"
PUBSUB = f"pubsub.{DOMAIN}"
SECRET = "a secret"
TEAM = "/finesse/api/Team/1/Users"


def wait(what: str, is_so: Callable[[], bool]) -> None:
    """Wait until that is so."""
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Pair:
    """Their server and ours.

    Args:
        kind: Which server.
        keys: What is said of it in our configuration.
    """

    def __init__(self, kind: type[Server], *keys: str) -> None:
        self._kind, self._keys = kind, keys
        self._started = False

    def get(self) -> "Pair":
        """Both, running and connected."""
        if not self._started:
            self._kind.find()  # or skip
            self._started = True
            self._start()
        self.wait_ready()
        return self

    def _start(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="secrets-"))
        atexit.register(rmtree, folder, ignore_errors=True)
        (folder / "secret").write_text(SECRET)
        (folder / "token").write_text("accounts-token")
        (accounts,) = free_ports(1)
        self.theirs = self._kind(SECRET, accounts, folder / "token")
        atexit.register(self.theirs.clean)
        self._overrides = (
            *QUIET,
            "listen.ephemeral=false",
            *(f"listen.{name}=127.0.0.1:0" for name in ("http", "https", "cti", "axl")),
            f"listen.accounts=127.0.0.1:{accounts}",
            f"accounts.token_file={folder / 'token'}",
            "notification.mode=component",
            f"notification.component.port={self.theirs.component}",
            f"notification.component.secret_file={folder / 'secret'}",
            f"notification.component.xmpp_port={self.theirs.xmpp}",
            "notification.component.retry_max_s=1",
            "notification.component.outage_s=0.5",
            "security.lockout_attempts=2",
            "presence.detect_s=0.1",
            "presence.grace_s=1",
            *self._keys,
        )
        home = folder / "home"
        self.ours = Twistd(self._overrides, home)
        atexit.register(self._clean_ours)
        self.theirs.start()
        self.ours.wait_ready()

    def _clean_ours(self) -> None:
        self.ours.clean()  # by then perhaps another than the first

    def restart_ours(self) -> None:
        """Ours is stopped, and started again."""
        home = self.ours.home
        self.ours.clean()
        self.ours = Twistd(self._overrides, home)
        self.ours.wait_ready()

    def status(self) -> str:
        """What SystemInfo says."""
        response = self.http("/finesse/api/SystemInfo")
        return response.text.partition("<status>")[2].partition("<")[0]

    def http(self, path: str) -> requests.Response:
        """Ask our web port."""
        session = requests.Session()
        session.trust_env = False
        return session.get(f"http://{self.ours.endpoints['http']}{path}", timeout=LIMIT_S)

    def wait_ready(self) -> None:
        """It is there again, whatever another test has done."""
        wait(f"no link:\n{self.theirs.log}\n{self.ours.log}", lambda: self.status() == "IN_SERVICE")


class ServerTestCase(SynchronousTestCase):
    """One of them.

    Attributes:
        pair: The servers.
    """

    pair: ClassVar[Pair]

    def setUp(self) -> None:
        """Both are there."""
        self.theirs = self.pair.get().theirs

    @property
    def ours(self) -> Twistd:
        """Our server."""
        return self.pair.ours

    async def sign_in(self, who: str) -> Agent:
        """Somebody's desktop."""
        agent = Agent(f"{who}@{DOMAIN}/desk")
        await agent.sign_in(self.theirs.xmpp)
        return agent

    async def state(self, watcher: Agent, login_id: str) -> Told:
        """The next state of an agent that somebody sees."""
        while True:
            node, _name, payload = await watcher.next_event()
            told = read(node, payload)
            if told.what.startswith("user ") and told.source.endswith(f"/User/{login_id}"):
                return told

    def login(self, number: int) -> Rest:
        """An agent signs in by REST."""
        rest = Rest(self.ours, f"agent{number}")
        self.assertEqual(rest.put_state("LOGIN", extension=str(1000 + number)), 202)
        return rest

    def test_road(self) -> None:
        """An agent signs in there, gets the automatic subscriptions, and an event after a REST PUT."""

        async def scenario() -> None:
            agent = await self.sign_in("agent1")
            self.login(1)
            self.assertEqual((await self.state(agent, "agent1")).what, "user NOT_READY")
            listed = await agent["xep_0060"].get_subscriptions(PUBSUB)
            nodes = [one["node"] for one in listed["pubsub"]["subscriptions"]]
            own = "/finesse/api/User/agent1"
            media = [f"{own}/Media", f"{own}/Dialogs/Media"]
            self.assertEqual(nodes, [own, f"{own}/Dialogs", "/finesse/api/SystemInfo", *media])
            answer = await agent["xep_0060"].subscribe(PUBSUB, f"{own}/Queues")
            self.assertEqual(answer["pubsub"]["subscription"]["subscription"], "subscribed")
            with self.assertRaises(IqError) as refused:
                await agent["xep_0060"].subscribe(PUBSUB, TEAM)
            self.assertEqual(refused.exception.condition, "forbidden")
            self.assertEqual(Rest(self.ours, "agent1").put_state("LOGOUT"), 202)
            self.assertEqual((await self.state(agent, "agent1")).what, "user LOGOUT")
            await agent.leave()

        run(scenario)

    def test_told(self) -> None:
        """SystemInfo names their port and both domains; for XMPP nothing of ours listens; metrics show the link."""
        info = self.pair.http("/finesse/api/SystemInfo").text
        for text in (
            f"<xmppDomain>{DOMAIN}</xmppDomain>",
            f"<xmppPubSubDomain>{PUBSUB}</xmppPubSubDomain>",
            str(self.theirs.xmpp),
        ):
            self.assertIn(text, info)
        self.assertEqual(
            set(self.ours.endpoints), {"http", "https", "cti", "accounts", "control", "axl"}
        )
        for path in ("/http-bind", "/ws"):
            self.assertEqual(self.pair.http(path).status_code, 404)
        self.assertEqual(self.pair.http("/ready").status_code, 200)
        self.assertIn("finesse_xmpp_link_up 1.0", self.pair.http("/metrics").text)

    def test_passwords(self) -> None:
        """A wrong password is refused there, and locks the person out here: then the right one is too."""

        async def refused(password: str) -> str:
            agent = Agent(f"agent2@{DOMAIN}", password)
            agent.enable_starttls, agent.enable_plaintext = False, True
            agent.connect("127.0.0.1", self.theirs.xmpp)
            said = await asyncio.wait_for(agent.failures.get(), LIMIT_S)
            await agent.leave()
            return said

        async def scenario() -> None:
            for password in ("wrong", "false", "finesse"):
                self.assertEqual(await refused(password), "not-authorized", password)

        run(scenario)
        self.assertIn("agent2 is locked out", self.ours.log)

    def test_bosh(self) -> None:
        """A BOSH client of theirs gets our events too."""
        url = f"http://127.0.0.1:{self.theirs.bosh}/http-bind"
        with closing(Browser(url).sign_in("agent3", DOMAIN)) as browser:
            asked = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscriptions/></pubsub>"
            self.poll(
                browser,
                "/finesse/api/User/agent3",  # the answer: then our service has seen the presence before it
                f"<iq xmlns='jabber:client' type='get' id='1' to='{PUBSUB}'>{asked}</iq>",
            )
            rest = self.login(3)
            self.poll(browser, "&lt;state&gt;NOT_READY")
            self.assertEqual(rest.put_state("LOGOUT"), 202)
            browser.send("<presence type='unavailable' xmlns='jabber:client'/>", "type='terminate'")

    def poll(self, browser: Browser, wanted: str, first: str = "") -> None:
        """Poll until that comes."""
        for _ in range(10):
            if wanted in browser.send(first).text:
                return
            first = ""
        self.fail(f"there is no {wanted}")

    def test_lost_presence(self) -> None:
        """An agent whose desktop is gone without a word is signed out."""

        async def scenario() -> None:
            boss, desktop = await self.sign_in("supervisor2"), await self.sign_in("agent4")
            node = "/finesse/api/User/agent4"
            await boss["xep_0060"].subscribe(PUBSUB, node, bare=False)
            self.login(4)
            self.assertEqual((await self.state(boss, "agent4")).what, "user NOT_READY")
            desktop.abort()
            gone = await self.state(boss, "agent4")
            self.assertEqual(gone.what, "user LOGOUT")
            self.assertEqual(gone.body.findtext("user/reasonCode/code"), "255")
            await boss.leave()

        run(scenario)

    def test_own_node(self) -> None:
        """An administrator's own node: created, subscribed to, published to."""

        async def scenario() -> None:
            admin, agent = await self.sign_in("admin"), await self.sign_in("agent5")
            await admin["xep_0060"].create_node(PUBSUB, "wall")
            await agent["xep_0060"].subscribe(PUBSUB, "wall")
            payload = admin["xep_0004"].make_form("result").xml
            await admin["xep_0060"].publish(PUBSUB, "wall", id="1", payload=payload)
            self.assertEqual((await agent.next_event())[0], "wall")
            await admin["xep_0060"].delete_node(PUBSUB, "wall")
            await admin.leave()
            await agent.leave()

        run(scenario)

    def test_restart_of_ours(self) -> None:
        """Ours is restarted: an agent who is still signed in there gets events again without a word."""

        async def scenario() -> None:
            agent = await self.sign_in("agent8")
            for kind in ("unavailable", "available"):
                while await agent.presences.get() != (f"finesse@{DOMAIN}", kind):
                    pass
            await asyncio.to_thread(self.ours.wait_ready)
            self.login(8)
            self.assertEqual((await self.state(agent, "agent8")).what, "user NOT_READY")
            self.assertEqual(Rest(self.ours, "agent8").put_state("LOGOUT"), 202)
            await agent.leave()

        # Those of the test before may still be leaving.
        wait("somebody is still there", lambda: not self.sessions())
        with ThreadPoolExecutor(1) as pool:
            limited = asyncio.wait_for(
                scenario(), 2 * LIMIT_S
            )  # there is a start of a server in it
            playing = pool.submit(asyncio.run, limited)
            wait("nobody is there", lambda: self.sessions() or playing.done())
            self.pair.restart_ours()
            playing.result(2 * LIMIT_S)

    def sessions(self) -> bool:
        """Whether we know of one."""
        return "finesse_xmpp_sessions 0.0" not in self.pair.http("/metrics").text

    def test_restart(self) -> None:
        """Their server is restarted: we say so, come back by ourselves, and subscriptions are as they were."""

        async def before() -> None:
            boss = await self.sign_in("supervisor1")
            await boss["xep_0060"].subscribe(PUBSUB, TEAM)
            self.theirs.stop()

        async def after() -> None:
            boss = await self.sign_in("supervisor1")
            self.login(7)
            told = await self.state(boss, "agent7")
            self.assertEqual((told.node, told.what), (TEAM, "user NOT_READY"))
            self.assertEqual(Rest(self.ours, "agent7").put_state("LOGOUT"), 202)
            await boss.leave()

        run(before)
        wait("nobody notices", lambda: self.pair.status() == "OUT_OF_SERVICE")
        self.assertEqual(self.pair.http("/ready").status_code, 503)
        self.assertIn(
            "There is no link to the XMPP server", self.pair.http("/finesse/api/SystemInfo").text
        )
        self.assertIn("finesse_xmpp_link_up 0.0", self.pair.http("/metrics").text)
        self.theirs.start()
        self.pair.wait_ready()
        run(after)


class ProsodyTests(ServerTestCase):
    """Prosody: we are everybody's contact."""

    pair = Pair(Prosody)


class EjabberdTests(ServerTestCase):
    """ejabberd: we see presence and list the sessions."""

    pair = Pair(Ejabberd, "notification.component.presence=list", "notification.component.list_s=1")


del ServerTestCase  # it is no test by itself
