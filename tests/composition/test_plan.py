"""`finesse_tx.composition.plan`: what there is, in which order it starts, and what is left out."""

import tempfile
from pathlib import Path
from shutil import rmtree

from twisted.internet.testing import MemoryReactorClock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx import config
from finesse_tx.composition import build
from finesse_tx.home import Home
from finesse_tx.lifecycle import Server

CHEAP = ("listen.ephemeral=true", "security.argon2_memory_kib=8", "security.argon2_iterations=1")
"""Any port will do, and hashing the demo's passwords takes no time."""

DOORS = ["http", "https", "bosh", "boshs", "xmpp", "xmpps", "cti", "control", "axl"]

ENGINE = ["engine", "campaigns", "CTI server", "customers"]

STEPS = [
    "store",
    "pending writes",
    *ENGINE,
    "notification",
    "presence",
    "team messages",
    "tasks",
    "web services",
    "CTI link",
]


class PlanTests(SynchronousTestCase):
    """Whole servers, built and never started."""

    def build(self, *overrides: str) -> Server:
        """Build one in a home of its own."""
        folder = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, folder)
        loaded = config.load(None, [*CHEAP, *overrides])
        home = Home(folder)
        server = build(loaded, home, MemoryReactorClock(), lambda: loaded, None)
        self.addCleanup(home.unlock)
        assert isinstance(server, Server)
        return server

    def doors(self, server: Server) -> list[str]:
        """Where clients come in."""
        return [door.name for door in server._doors]

    def steps(self, server: Server) -> list[str]:
        """What starts, in order."""
        return [step.name for step in server._steps]

    def test_everything(self) -> None:
        """By default all parts are ours: the database starts first, the link comes last, one step drains."""
        server = self.build()
        self.assertEqual((self.doors(server), self.steps(server)), (DOORS, STEPS))
        drained = [step.name for step in server._steps if step.drain is not None]
        self.assertEqual(drained, ["web services"])

    def test_another_engine(self) -> None:
        """With somebody else's engine nothing of ours is there, and nobody can connect to it."""
        server = self.build('cti.client.side_a="127.0.0.1:12028"')
        self.assertEqual(self.doors(server), [name for name in DOORS if name != "cti"])
        self.assertEqual(self.steps(server), [name for name in STEPS if name not in ENGINE])

    def test_another_xmpp_server(self) -> None:
        """With somebody else's XMPP server clients do not come to us, and it may ask about accounts where we let it."""
        secret = Path(tempfile.mkdtemp(prefix="finesse-")) / "secret"
        self.addCleanup(rmtree, secret.parent)
        secret.write_text("between us")
        server = self.build(
            'notification.mode="component"',
            f'notification.component.secret_file="{secret}"',
            'listen.accounts="127.0.0.1:0"',
        )
        self.assertEqual(self.doors(server), ["http", "https", "cti", "control", "accounts", "axl"])
        self.assertEqual(self.steps(server), STEPS)

    def test_isolated(self) -> None:
        """Gadgets that are isolated have a door of their own."""
        server = self.build(
            'listen.isolated="127.0.0.1:0"', 'gadgets.isolated=["/3rdpartygadget/files/a/"]'
        )
        self.assertEqual(self.doors(server), [*DOORS, "isolated"])

    def test_redirect(self) -> None:
        """The port in the clear is the one over TLS, unless it only sends people there."""
        for override, is_same in (("false", True), ("true", False)):
            server = self.build(f"web.redirect_http={override}")
            clear, secure = (door.factory for door in server._doors[:2])
            self.assertEqual(getattr(secure, "wrappedFactory", None) is clear, is_same)
