"""A configuration taken in by ``finesse-tx config`` while the server runs, which goes by it at once.

Spec: issue 7, point 5.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from tests.support.rest import Rest
from tests.support.twistd import Shared, Twistd, finesse_tx

SHARED = Shared()


def config(server: Twistd, *arguments: str) -> str:
    """Run ``finesse-tx config``, which must succeed."""
    done = finesse_tx("config", *arguments, "--home", str(server.home))
    assert done.returncode == 0, done.stderr
    return done.stdout


class ConfigurationTextTests(SynchronousTestCase):
    """One import, upon a server that runs."""

    def test_story(self) -> None:
        """A new team, another label and a contact are there over REST as soon as the command has ended."""
        server = SHARED.get()
        admin = Rest(server, "admin")
        before = config(server, "export")
        wanted = before.replace('label = "Sale"', 'label = "Sold"').replace(
            '    { firstName = "Sales"', '    { phoneNumber = "112" },\n    { firstName = "Sales"'
        )
        wanted += '\n[[Team]]\nname = "Night"\nprimarySupervisor = "supervisor1"\n'
        with TemporaryDirectory() as folder:
            path = Path(folder) / "wanted.toml"
            path.write_text(wanted)
            said = config(server, "import", str(path), "--prune")
        self.assertTrue(said.endswith(" changes made\n"), said)
        labels = [one.text for one in admin.get("/WrapUpReasons").findall("WrapUpReason/label")]
        self.assertIn("Sold", labels)
        self.assertNotIn("Sale", labels)
        teams = [one.text for one in admin.get("/Teams").findall("Team/name")]
        self.assertIn("Night", teams)
        (uri,) = [one.text or "" for one in admin.get("/PhoneBooks").findall("PhoneBook/contacts")]
        numbers = admin.get(uri.removeprefix("/finesse/api")).findall("Contact/phoneNumber")
        self.assertEqual(numbers[0].text, "112")
        self.assertEqual(config(server, "export").count('name = "Night"'), 1)
