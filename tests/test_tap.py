"""`finesse_tx.tap`: the command line, and what is refused before anything runs."""

import gc
import io
import json
import os
import resource
import socket
import tempfile
from contextlib import redirect_stderr
from pathlib import Path
from shutil import rmtree
from typing import Any
from weakref import ref

from twisted.application.service import IService, IServiceMaker
from twisted.plugin import getPlugins
from twisted.scripts._twistd_unix import ServerOptions
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cli import main
from finesse_tx.config import Config
from finesse_tx.home import Home
from finesse_tx.preflight import MOST_FILES, open_more_files
from finesse_tx.tap import GC_THRESHOLDS, Options, makeService, spare_the_collector

NOBODY = 65534
"""A user that owns nothing."""


class OptionsTests(SynchronousTestCase):
    """``twistd finesse …``."""

    def test_defaults(self) -> None:
        """Without a word it is the demo."""
        options = Options()
        options.parseOptions([])
        self.assertEqual(options["configuration"], Config())

    def test_plugin(self) -> None:
        """Twistd finds the command."""
        makers: list[Any] = [m for m in getPlugins(IServiceMaker) if m.tapname == "finesse"]
        (maker,) = makers
        self.assertEqual((maker.module, maker.options), ("finesse_tx.tap", Options))


class CollectorTests(SynchronousTestCase):
    """Python's collector of cycles."""

    def test_spared(self) -> None:
        """It looks rarely, and not at what was there before; it still finds what is new."""
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        self.addCleanup(gc.unfreeze)
        spare_the_collector()
        self.assertEqual(gc.get_threshold(), GC_THRESHOLDS)
        self.assertGreater(gc.get_freeze_count(), 10_000)

        class Cycle:
            pass

        cycle = Cycle()
        cycle.itself = cycle  # type: ignore[attr-defined]
        seen = ref(cycle)
        del cycle
        gc.collect()
        self.assertIsNone(seen())


class FilesTests(SynchronousTestCase):
    """How many files may be open."""

    def test_more(self) -> None:
        """What may be asked for is asked for, up to a bound; what is there is kept."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most - 1, 512), hard))
        self.assertEqual([open_more_files(), open_more_files()], [most, most])
        self.assertEqual(resource.getrlimit(resource.RLIMIT_NOFILE), (most, hard))


class RefusalTests(SynchronousTestCase):
    """What stops the start: one line, which Python prints on standard error with exit status 1; nothing half-written."""

    def folder(self) -> Path:
        """A folder that is removed afterwards."""
        path = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, path, ignore_errors=True)
        return path

    def refused(self, *arguments: str, home: Path | None = None) -> str:
        """Try to start, and return what is said: one line, which ``finesse-tx check`` says as well."""
        words = [f"--home={home or self.folder()}", "--set=listen.ephemeral=true", *arguments]

        def start() -> IService:
            options = Options()
            options.parseOptions(words)
            return makeService(options)

        line = str(self.assertRaises(SystemExit, start).code)
        self.assertEqual((line[:9], line.count("\n")), ("finesse: ", 0))
        line = line.removeprefix("finesse: ")
        with redirect_stderr(io.StringIO()) as said:
            self.assertEqual(main(["check", *words]), 1)
        self.assertEqual(said.getvalue(), f"finesse-tx: {line}\n")
        return line

    def test_unknown_key(self) -> None:
        """The key, the file and the fix."""
        path = self.folder() / "my.toml"
        path.write_text("[bosh]\nwait = 3\n")
        self.assertEqual(
            self.refused(f"--config={path}"),
            f"{path}:2: bosh.wait: there is no such key; did you mean bosh.wait_s?",
        )

    def test_wrong_type(self) -> None:
        """A wrong type on the command line."""
        self.assertIn(
            "--set: bosh.wait_s: expected int, got str", self.refused("--set=bosh.wait_s=soon")
        )

    def test_nothing_written(self) -> None:
        """A refused configuration leaves no trace in the home folder."""
        home = self.folder() / "home"
        self.refused("--set=bosh.wait_s=soon", home=home)
        self.assertFalse(home.exists())

    def test_home_in_use(self) -> None:
        """A second server on the same home is told whose it is."""
        home = Home(self.folder())
        home.lock()
        self.addCleanup(home.unlock)
        self.assertIn(
            f"{home.path} is in use by process {os.getpid()}", self.refused(home=home.path)
        )

    def test_port_taken(self) -> None:
        """A port that somebody else has."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            line = self.refused("--set=listen.ephemeral=false", *self.everywhere_but("bosh", port))
        self.assertIn(f"listen.bosh: 127.0.0.1:{port}: Address already in use", line)

    @staticmethod
    def everywhere_but(name: str, port: int) -> list[str]:
        """All services off but one."""
        names = ("http", "https", "bosh", "boshs", "xmpp", "xmpps", "cti", "control", "axl")
        return [f'--set=listen.{n}="127.0.0.1:{port if n == name else 0}"' for n in names]

    def test_unreadable_certificate(self) -> None:
        """A certificate that is not there, or is none."""
        folder = self.folder()
        sets = (f"--set=tls.certificate_file={folder}/a.pem", f"--set=tls.key_file={folder}/a.key")
        self.assertIn(f"tls.certificate_file: {folder}/a.pem", self.refused(*sets))
        for name in ("a.pem", "a.key"):
            (folder / name).write_text("no certificate")
        self.assertIn("tls.certificate_file", self.refused(*sets))

    def test_home_is_a_file(self) -> None:
        """A file in the place of the home folder."""
        path = self.folder() / "file"
        path.touch()
        self.assertIn(str(path), self.refused(home=path))

    def test_unknown_telephone_system(self) -> None:
        """A plugin that is not installed, and an option that a plugin does not take."""
        self.assertIn(
            'no telephone system "pbx"; choose one of simulator',
            self.refused("--set=telephony.system=pbx"),
        )
        self.assertIn("telephony.options.phone", self.refused("--set=telephony.options.phone=1"))

    def test_found_while_building(self) -> None:
        """What only a part can find wrong is told with the file and the line, too."""
        path = self.folder() / "my.toml"
        path.write_text("[telephony]\n\n[telephony.options]\nports = 10\nphone = 1\n")
        self.assertIn(
            f"{path}:5: telephony.options.phone: there is no such key; did you mean",
            self.refused(f"--config={path}"),
        )

    def test_other_user(self) -> None:
        """With ``twistd --uid`` everything that is made is that user's; who is not root is told so."""
        home = Home(self.folder() / "home")
        home.path.parent.chmod(0o777)  # the other user makes the home in it
        options = Options()
        options.parent = ServerOptions()
        options.parent.update(uid=NOBODY, gid=NOBODY, nodaemon=True, logfile=None)
        options.parseOptions([f"--home={home.path}", "--set=listen.ephemeral=true"])
        if os.geteuid() != 0:
            refusal = self.assertRaises(SystemExit, makeService, options)
            self.assertIn("only root may become somebody else", str(refusal.code))
            return
        makeService(options)
        self.assertEqual(os.geteuid(), 0)
        owners = {path.stat().st_uid for path in (home.path, *home.path.rglob("*"))}
        self.assertEqual(owners, {NOBODY})

    def test_log_cannot_be_written(self) -> None:
        """A log file that cannot be made is named, before anything runs."""
        options = Options()
        options.parent = ServerOptions()
        options.parent.update(logfile=f"{self.folder()}/not/there/finesse.log")
        options.parseOptions([f"--home={self.folder()}", "--set=listen.ephemeral=true"])
        line = str(self.assertRaises(SystemExit, makeService, options).code)
        self.assertIn("/not/there/finesse.log: No such file or directory; give --logfile", line)

    def test_wrong_script(self) -> None:
        """A script that is wrong is named with its line, and so is a queue in it that is not there."""
        path = Path(self.mktemp()).absolute()
        path.write_text("[script.sales.steps]\nstart = [\n    { plya = 'welcome' },\n]\n")
        self.assertIn(
            f"{path}:3: script.sales.steps.start[1].plya: there is no such step; did you mean play?",
            self.refused(f"--set=engine.scripts_file={json.dumps(str(path))}"),
        )
        path.write_text("[script.sales.steps]\nstart = [{ queue = 'Sails' }]\n")
        self.assertIn(
            f'{path}:2: script.sales.steps.start[1]: there is no queue "Sails"; did you mean Sales?',
            self.refused(f"--set=engine.scripts_file={json.dumps(str(path))}"),
        )

    def test_not_loopback(self) -> None:
        """The demo is not put on a network."""
        self.assertIn(
            "listen.http: 0.0.0.0:8082 is not loopback",
            self.refused("--set=listen.http=0.0.0.0:8082"),
        )
