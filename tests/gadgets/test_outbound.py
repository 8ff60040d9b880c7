"""`finesse_tx.gadgets.outbound`: the operator's keys."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import GadgetsConfig, OutboundConfig
from finesse_tx.errors import StartError
from finesse_tx.gadgets.core.fetching import Limits
from finesse_tx.gadgets.core.outbound import Policy, Target, Why, judge
from finesse_tx.gadgets.outbound import developed, https_policy, limits, policy


class KeysTests(SynchronousTestCase):
    """Keys."""

    def test_defaults(self) -> None:
        """The configuration's defaults are the code's."""
        self.assertEqual(limits(OutboundConfig()), Limits())
        self.assertEqual(policy(OutboundConfig()), Policy())

    def test_networks(self) -> None:
        """A host on a private network needs both its entry and its network."""
        hosts, networks = ("10.1.2.3:8443",), ("10.1.0.0/16",)
        url = "https://10.1.2.3:8443/"
        both = policy(OutboundConfig(hosts=hosts, private_networks=networks))
        self.assertIsInstance(judge(url, both), Target)
        self.assertNotIsInstance(judge(url, policy(OutboundConfig(hosts=hosts))), Target)
        none = policy(OutboundConfig(private_networks=networks))
        self.assertNotIsInstance(judge(url, none), Target)

    def test_developed(self) -> None:
        """Whoever writes gadgets writes all of them, or those that are named; nobody does without ``dev``."""
        ours = "https://fin.example/3rdpartygadget/files/"
        urls = (f"{ours}Mine/a.xml", f"{ours}Theirs/a.xml", "https://crm.example.com/a.xml")
        some = ("/3rdpartygadget/files/Mine/", "crm.example.com")
        for config, expected in (
            (GadgetsConfig(), [False, False, False]),
            (GadgetsConfig(dev_only=some), [False, False, False]),
            (GadgetsConfig(dev=True), [True, True, True]),
            (GadgetsConfig(dev=True, dev_only=some), [True, False, True]),
        ):
            is_written = developed(config)
            self.assertEqual([is_written(url, "fin.example") for url in urls], expected, config)

    def test_documented(self) -> None:
        """The operators' table has each word that the log may say, and no other."""
        text = (Path(__file__).parents[2] / "docs" / "outbound_fetches.rst").read_text()
        table = text.partition("what to do, if")[2]
        words = [line.split("``")[1] for line in table.splitlines() if line.startswith("``")]
        self.assertEqual(sorted(words), sorted(why.value for why in Why))

    def test_bad_authorities(self) -> None:
        """A file that is not there, holds none, or a broken one, stops the start with its name."""
        path = Path(self.mktemp())
        for content in (None, b"hello", b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"):
            if content is not None:
                path.write_bytes(content)
            error: StartError = self.assertRaises(
                StartError, https_policy, OutboundConfig(ca_file=str(path))
            )
            self.assertIn(str(path), str(error))
