"""``docs/component.rst`` and the example files that it speaks of."""

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import ComponentConfig, load

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "component.rst").read_text()


class DocumentationTests(SynchronousTestCase):
    """What an operator reads."""

    def test_configuration(self) -> None:
        """The configuration that it shows is one."""
        (block,) = re.findall(r"code-block:: toml\n\n((?: {7}.*\n|\n)+)", TEXT)
        path = Path(self.mktemp())
        path.write_text(re.sub(r"^ {7}", "", block, flags=re.MULTILINE))
        config = load(path)
        self.assertEqual(config.notification.mode, "component")
        self.assertEqual(config.notification.component.presence, "list")

    def test_files(self) -> None:
        """The files that it names are there."""
        for name in set(re.findall(r"``((?:etc|docs)/[\w./]+)``", TEXT)):
            self.assertTrue((ROOT / name).exists(), name)

    def test_keys(self) -> None:
        """The keys of the link that it names are those that there are."""
        fields = set(ComponentConfig.__struct_fields__)
        named = (
            set(re.findall(r"``(?:notification\.component\.)?(\w+)(?: = \w+)?``", TEXT)) & fields
        )
        self.assertEqual(fields - named, {"host", "port", "jid", "secret_file", "secret_env"})

    def test_loopback(self) -> None:
        """The examples listen on loopback alone as they stand, and ask for a secret of one's own."""
        ejabberd = (ROOT / "etc" / "ejabberd.yml").read_text()
        self.assertEqual(ejabberd.count("    port: "), ejabberd.count('    ip: "127.0.0.1"'))
        prosody = (ROOT / "etc" / "prosody.cfg.lua").read_text()
        for name in ("interfaces", "http_interfaces", "component_interfaces"):
            self.assertIn(f'\n{name} = {{ "127.0.0.1" }}', prosody)
        for text in (ejabberd, prosody):
            self.assertIn('"change me"', text)
