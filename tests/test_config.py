"""`finesse_tx.config`: what an operator may write, and how a mistake is told."""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import Address, Config, addresses, load, located, read_options
from finesse_tx.errors import UNPLACED, ConfigError

DOCUMENTED = Path(__file__).parent.parent / "etc" / "finesse.toml"


SEE = "etc/finesse.toml documents every key"


class DocumentedTests(SynchronousTestCase):
    """``etc/finesse.toml`` and the code say the same."""

    def test_same(self) -> None:
        """Every key is there, at its default, and nothing else is."""
        self.assertEqual(
            tomllib.loads(DOCUMENTED.read_text()),
            msgspec.json.decode(msgspec.json.encode(Config())),
        )

    def test_loads(self) -> None:
        """It is a configuration, and it changes nothing."""
        self.assertEqual(load(DOCUMENTED), Config())


class LoadTests(SynchronousTestCase):
    """A file and ``--set``."""

    def write(self, text: str) -> Path:
        """Write a configuration file."""
        path = Path(self.mktemp())
        path.write_text(text)
        return path

    def refused(self, text: str = "", *overrides: str) -> ConfigError:
        """Load, and return the refusal, which is always one line."""
        path = self.write(text)
        error: ConfigError = self.assertRaises(ConfigError, load, path, overrides)
        self.assertNotIn("\n", str(error))
        self.assertIn(error.source, (str(path), "--set"))
        return error

    def test_override_wins(self) -> None:
        """``--set`` beats the file, the later one the earlier one."""
        path = self.write("[bosh]\nwait_s = 10\ninactivity_s = 11\n")
        config = load(path, ["bosh.wait_s=12", "bosh.wait_s=13"])
        self.assertEqual((config.bosh.wait_s, config.bosh.inactivity_s), (13, 11))

    def test_one_other_node(self) -> None:
        """A node is the primary one, or the secondary one, or the only one."""
        error = self.refused("", "server.primary_host=a.example", "server.secondary_host=b.example")
        self.assertEqual(error.key, "server.primary_host")
        for overrides, is_secondary in (
            ([], False),
            (["server.secondary_host=b.example"], False),
            (["server.primary_host=a.example"], True),
        ):
            self.assertEqual(load(None, overrides).is_secondary, is_secondary)

    def test_redirect_needs_tls(self) -> None:
        """Nobody is sent to a port that is not there."""
        error = self.refused("", "web.redirect_http=true", "listen.https=")
        self.assertEqual(error.key, "web.redirect_http")

    def test_sso_needs_plain(self) -> None:
        """Where people sign in with tokens there must be a mechanism that carries one."""
        error = self.refused("", "sso.mode=SSO", 'notification.sasl=["SCRAM-SHA-256"]')
        self.assertEqual(error.key, "notification.sasl")
        load(None, ["sso.mode=HYBRID", 'notification.sasl=["PLAIN"]'])

    def test_override_forms(self) -> None:
        """A value is TOML; a bare word, as a shell leaves it, is a string."""
        config = load(
            None, ["listen.http=127.0.0.1:0", 'listen.bosh=["127.0.0.1:1"]', "log.level=debug"]
        )
        self.assertEqual(config.listen.http, "127.0.0.1:0")
        self.assertEqual(config.listen.bosh, ("127.0.0.1:1",))
        self.assertEqual(config.log.level, "debug")

    def test_unknown_key(self) -> None:
        """An unknown key is named with the file, and the nearest known one is offered."""
        error = self.refused("[bosh]\nwait = 3\n")
        self.assertEqual((error.key, error.fix), ("bosh.wait", "did you mean bosh.wait_s?"))
        self.assertEqual(self.refused("[bosch]\nwait_s = 3\n").key, "bosch")
        self.assertEqual(self.refused("", "cti.clint.side_a=x").fix, "did you mean cti.client?")

    def test_wrong_type(self) -> None:
        """A wrong type is named, and the default shown."""
        error = self.refused('[bosh]\nwait_s = "soon"\n')
        self.assertEqual(error.key, "bosh.wait_s")
        self.assertEqual(error.reason, "expected int, got str")
        self.assertEqual(error.fix, "the default is bosh.wait_s = 30")

    def test_named_tables(self) -> None:
        """In tables that have the operator's own names it is told as well; there is no default to show."""
        for override, key, reason in (
            ("presence.teams.A=1", "presence.teams.A", "expected a section, got int"),
            ('presence.teams.A.grace_s="x"', "presence.teams.A.grace_s", "expected float"),
            ("tasks.domains.mail.id=1", "tasks.domains.mail.id", "expected int >= 2"),
            (
                "tasks.selectors.x.priority=11",
                "tasks.selectors.x.priority",
                "expected int <= 10",
            ),
        ):
            error = self.refused("", override)
            self.assertEqual((error.key, error.fix), (key, SEE))
            self.assertTrue(error.reason.startswith(reason), error.reason)

    def test_wrong_one_of_many(self) -> None:
        """Of several such tables the wrong one is named, with its line, or ``--set``."""
        text = "[tasks.domains.Chat]\nid = 5000\n[tasks.domains.'E mail']\nid = 5001\n"
        error = self.refused(text.replace("5001", "'x'"))
        self.assertEqual((error.key, error.line), ('tasks.domains."E mail".id', 4))
        error = self.refused(text, "tasks.domains.Chat.id=x")
        self.assertEqual((error.key, error.source), ("tasks.domains.Chat.id", "--set"))
        error = self.refused(text + "nmae = 1\n")
        self.assertEqual((error.key, error.line), ('tasks.domains."E mail".nmae', 5))

    def test_out_of_bounds(self) -> None:
        """So is an impossible value."""
        self.assertEqual(self.refused("[bosh]\nwait_s = 0\n").reason, "expected int >= 1")
        self.assertIn("'warn'", self.refused('[log]\nlevel = "loud"\n').fix)

    def test_source(self) -> None:
        """The error names the file for the file's mistakes, and ``--set`` for that one's."""
        self.assertNotEqual(
            self.refused("[bosh]\nwait_s = 0\n", "web.max_body_bytes=4096").source, "--set"
        )
        self.assertEqual(self.refused("[bosh]\nwait_s = 9\n", "bosh.wait_s=0").source, "--set")

    def test_line(self) -> None:
        """The file's mistakes are told with their line, or that of the section; ``--set`` has none."""
        head = '# mine\n[demo]\nagents = 3\n\n[presence.teams."Team 1"]\n'
        for text, line in (
            (head + "grace = 1\n", 6),
            (head + '[web]\nmetrics_from = [\n    "10.0.0.0/99",\n]\n', 7),
            (head + '[tls]\ncertificate_file = "a.pem"\n', 6),
            ("listen.http = 1\n", 1),
        ):
            error = self.refused(text)
            self.assertEqual(error.line, line)
            self.assertTrue(str(error).startswith(f"{error.source}:{line}: {error.key}: "))
        self.assertEqual(self.refused(head, "bosh.wait_s=0").line, 0)

    def test_found_later(self) -> None:
        """What a part finds wrong, by the key alone, is told with where that key was written."""
        path = self.write("[store]\n\nurl = 'mysql://x'\n")
        found = ConfigError(UNPLACED, "store.url", "is not supported")
        for overrides, where in (
            ([], f"{path}:3"),
            (["store.url=oracle://x"], "--set"),
            (["store={url='x'}"], "--set"),
            (["store.threads=2"], f"{path}:3"),
        ):
            self.assertEqual(
                str(located(found, path, overrides)), f"{where}: store.url: is not supported"
            )
        self.assertEqual(
            str(located(found, None)), "the configuration: store.url: is not supported"
        )
        path.unlink()
        self.assertEqual(str(located(found, path)), f"{path}: store.url: is not supported")

    def test_not_toml(self) -> None:
        """A syntax error is told with its line."""
        self.assertIn("line 2", self.refused("[bosh]\nwait_s = \n").reason)

    def test_unreadable(self) -> None:
        """So is a file that is not there."""
        error = self.assertRaises(ConfigError, load, Path("/nonexistent/finesse.toml"))
        self.assertIn("No such file", str(error))

    def test_bad_override(self) -> None:
        """An override that is not one says so."""
        for override in ("bosh", "=3", "bosh wait=3", "bosh.wait_s=[1", "bosh.wait_s.x=3"):
            self.refused("[bosh]\nwait_s = 3\n", override)

    def test_bad_address(self) -> None:
        """Each address is looked at before anything starts."""
        for address in ("8082", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:65536", "::1:80", ":80"):
            self.assertEqual(self.refused("", f'listen.http="{address}"').key, "listen.http")

    def test_demo_is_loopback(self) -> None:
        """The demo, whose password everyone knows, is not put on a network."""
        self.assertEqual(self.refused('[listen]\nhttps = "0.0.0.0:8445"\n').key, "listen.https")
        load(self.write('[demo]\nenabled = false\n[listen]\nhttps = "0.0.0.0:8445"\n'))

    def test_control_is_loopback(self) -> None:
        """The control port never is, demo or not."""
        self.assertEqual(
            self.refused("", "demo.enabled=false", "listen.control=0.0.0.0:1").key, "listen.control"
        )

    def test_cti_needs_credentials(self) -> None:
        """On a network the CTI server does not let everyone in."""
        outside = ("demo.enabled=false", "listen.cti=0.0.0.0:12028")
        self.assertEqual(self.refused("", *outside).key, "cti.server.credentials_file")
        load(None, (*outside, "cti.server.credentials_file=clients"))

    def test_keys_that_need_each_other(self) -> None:
        """A certificate needs its key, side B a side A, a component port its secret."""
        self.assertEqual(self.refused("", "tls.certificate_file=x").key, "tls.key_file")
        self.assertEqual(self.refused("", "tls.key_file=x").key, "tls.certificate_file")
        self.assertEqual(self.refused("", "cti.client.side_b=h:1").key, "cti.client.side_b")
        self.assertEqual(
            self.refused("", "listen.component=127.0.0.1:5275").key,
            "notification.component_secret_file",
        )

    def test_component(self) -> None:
        """As a component of another server we need one secret, and an address that is not the people's."""
        mode, section = "notification.mode=component", "notification.component"
        self.assertEqual(self.refused("", mode).key, f"{section}.secret_file")
        secret = f"{section}.secret_file=x"
        self.assertEqual(
            self.refused("", mode, secret, f"{section}.secret_env=X").key, f"{section}.secret_env"
        )
        self.assertEqual(
            self.refused("", mode, secret, f"{section}.jid=finesse.local").key, f"{section}.jid"
        )
        for wrong in (
            "port=0",
            "port=65536",
            "host=",
            "secret_env=A-B",
            "presence=probe",
            "jid=a@b",
        ):
            error = self.refused("", mode, secret, f"{section}.{wrong}")
            self.assertEqual(error.key, f"{section}.{wrong.partition('=')[0]}")
        config = load(None, [mode, secret]).notification
        self.assertEqual(config.pubsub_domain, "pubsub.finesse.local")
        config = load(None, [mode, secret, f"{section}.jid=events.example.com"]).notification
        self.assertEqual(config.pubsub_domain, "events.example.com")
        # Who listens for components is another matter: not in this mode.
        load(None, [mode, secret, "listen.component=127.0.0.1:5275"])

    def test_accounts(self) -> None:
        """Where questions about accounts may come from is checked."""
        self.assertEqual(
            self.refused("", 'accounts.allowed_from=["x"]').key, "accounts.allowed_from"
        )
        self.assertEqual(self.refused("", "listen.accounts=0.0.0.0:1").key, "listen.accounts")

    def test_cti_dialects(self) -> None:
        """The client's version is one of its dialect's, and our own engine is spoken to in its own."""
        for setting, key in (
            (("cti.client.version=19",), "cti.client.version"),
            (("cti.client.version=9",), "cti.client.version"),
            (("cti.client.dialect=ucce", "cti.client.version=18"), "cti.client.version"),
            (("cti.client.dialect=ucce",), "cti.client.dialect"),
            (("cti.server.dialect=ucce",), "cti.client.dialect"),
        ):
            self.assertEqual(self.refused("", *setting).key, key)
        for setting in (
            ("cti.client.version=18",),
            ("cti.client.version=18", "cti.server.dialect=ucce"),
            ("cti.client.dialect=ucce", "cti.client.version=25"),
            ("cti.client.dialect=ucce", "cti.server.dialect=ucce"),
            ("cti.client.dialect=ucce", "cti.client.side_a=ccx.example:42027"),
        ):
            load(None, setting)

    def test_origins(self) -> None:
        """An origin is a scheme, a host and perhaps a port, and nothing else."""
        for text in ("https://h", "http://desk.example.com:8445"):
            config = load(None, [f'web.cors_origins=["{text}"]'])
            self.assertEqual(config.web.cors_origins, (text,))
        for text in ("*", "h", "https://h/", "https://h:", "ftp://h", "https://h; script-src *"):
            error = self.refused("", f'web.cors_origins=["{text}"]')
            self.assertEqual(error.key, "web.cors_origins")

    def test_gadgets_outbound(self) -> None:
        """Whom gadgets may reach is read before anything starts."""
        section = "gadgets.outbound"
        config = load(None, [f'{section}.hosts=["*.example.com", "10.1.2.3:8443"]'])
        self.assertEqual(config.gadgets.outbound.hosts, ("*.example.com", "10.1.2.3:8443"))
        for setting in (
            'hosts=["http://h"]',
            'hosts=["127.1"]',
            'private_networks=["10.1.2.3/8"]',
            "ports=[]",
            "per_host=0",
            "total_s=0",
        ):
            error = self.refused("", f"{section}.{setting}")
            self.assertEqual(error.key, f"{section}.{setting.partition('=')[0]}")

    def test_isolated(self) -> None:
        """Gadgets are named by hosts and folders; isolated ones need an origin, which is no desktop's."""
        folder = '"/3rdpartygadget/files/Apart/"'
        config = load(
            None,
            [
                f"gadgets.isolated=[{folder}]",
                'listen.isolated="127.0.0.1:0"',
                'gadgets.dev_only=["a.example.com"]',
            ],
        )
        self.assertEqual(config.gadgets.isolated, ("/3rdpartygadget/files/Apart/",))
        origin = "https://gadgets.example.com"
        for key, overrides in (
            ("gadgets.isolated", (f"gadgets.isolated=[{folder}]",)),
            ("gadgets.isolated", ('gadgets.isolated=["https://a.example.com"]',)),
            ("gadgets.dev_only", ('gadgets.dev_only=["/Apart/"]',)),
            ("gadgets.isolated_origin", ('gadgets.isolated_origin="gadgets.example.com"',)),
            ("gadgets.desktop_origins", (f'gadgets.desktop_origins=["{origin}/"]',)),
            (
                "gadgets.isolated_origin",
                (f'gadgets.isolated_origin="{origin}"', f'gadgets.desktop_origins=["{origin}"]'),
            ),
        ):
            self.assertEqual(self.refused("", *overrides).key, key, overrides)

    def test_argon2_lanes(self) -> None:
        """argon2 needs 8 KiB of memory for each lane."""
        memory = "security.argon2_memory_kib"
        load(None, ["security.argon2_lanes=64", f"{memory}=512"])
        self.assertEqual(self.refused("", "security.argon2_lanes=64", f"{memory}=511").key, memory)


class ReadOptionsTests(SynchronousTestCase):
    """A plugin's own keys."""

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """Some."""

        ports: Annotated[int, Meta(ge=1)] = 5

    def test_read(self) -> None:
        """They are read like ours, and a mistake is told with the section before the key."""
        self.assertEqual(read_options("x.options", {"ports": 7}, self.Options).ports, 7)
        for options, said in (
            (
                {"port": 7},
                "the configuration: x.options.port: there is no such key; did you mean x.options.ports?",
            ),
            (
                {"ports": 0},
                "the configuration: x.options.ports: expected int >= 1; the default is x.options.ports = 5",
            ),
        ):
            error = self.assertRaises(ConfigError, read_options, "x.options", options, self.Options)
            self.assertEqual(str(error), said)


class AddressTests(SynchronousTestCase):
    """``host:port``."""

    def test_forms(self) -> None:
        """Names, IPv4 and bracketed IPv6 are read and written back."""
        for text, host in (
            ("localhost:1", "localhost"),
            ("[::1]:0", "::1"),
            ("127.0.0.1:65535", "127.0.0.1"),
        ):
            address = Address.parse(text)
            self.assertEqual((address.host, str(address)), (host, text))
            self.assertTrue(address.is_loopback)
        self.assertFalse(Address.parse("127.0.0.1.example:1").is_loopback)

    def test_list(self) -> None:
        """Off, one and several."""
        self.assertEqual(addresses(""), ())
        self.assertEqual([a.port for a in addresses(("h:1", "h:2"))], [1, 2])
