"""`finesse_tx.composition.mentions`: names in the configuration that nobody has."""

import io
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from shutil import rmtree

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cli import main
from finesse_tx.composition.mentions import unknown_mentions
from finesse_tx.config import load
from finesse_tx.directory.core.demo import demo

SETS = (
    "presence.teams={'Team 1'={grace_s=120.0}, 'Tema 2'={grace_s=120.0}}",
    "tasks.domains.Chat={id=5000, teams=['Team 1', 'Nobody']}",
    "tasks.selectors.chat={domain='Chat'}",
    "directory.team=Team 2",
    "sso.users=['agent1', 'agnet2']",
    "axl.full_access=['provisioner']",
    "axl.read_only=['supervisor1']",
    "tasks.submitters=['admin']",
)


class MentionTests(SynchronousTestCase):
    """A configuration in which some names are mistyped, and the demo's people."""

    def test_unknown(self) -> None:
        """Each that is not there is told with its key, and with what may be meant; those that are there are not."""
        self.assertEqual(
            list(unknown_mentions(load(None, SETS), demo(4))),
            [
                "presence.teams: there is no team Tema 2 yet; did you mean Team 2?",
                "tasks.domains.Chat.teams: there is no team Nobody yet",
                "sso.users: there is no person agnet2 yet; did you mean agent2?",
                "axl.full_access: there is no person provisioner yet",
            ],
        )

    def test_default(self) -> None:
        """The default configuration mentions nobody."""
        self.assertEqual(list(unknown_mentions(load(), demo(4))), [])

    def test_others_people(self) -> None:
        """Where another directory tells of people as well, who is not there may come."""
        config = load(None, [*SETS, "directory.provider=axl"])
        self.assertNotIn("person", "".join(unknown_mentions(config, demo(4))))

    def test_check(self) -> None:
        """``finesse-tx check`` shows it beside its answer, which it does not change."""
        home = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, home)
        words = [f"--home={home}", "--set=listen.ephemeral=true", f"--set={SETS[0]}"]
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as said:
            self.assertEqual(main(["check", *words]), 0)
        self.assertEqual(out.getvalue(), "ready to start\n")
        self.assertIn("finesse-tx: the configuration: presence.teams: ", said.getvalue())
