"""XMPP servers that we did not write, with the example files of ``etc/``: only what must differ here is replaced.

Each runs on ports of 127.0.0.1 of its own and keeps everything in a folder of its own.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.support.debian import needs
from tests.support.free_ports import free_ports
from tests.support.twistd import ROOT, environment

__all__ = ["Ejabberd", "Prosody", "Server"]

LIMIT_S = 120.0
"""Whatever takes longer has failed."""


class Server:
    """One server.

    Args:
        secret: What components prove themselves with.
        accounts: The port of ``listen.accounts``.
        token: The file with the token for it.

    Attributes:
        folder: Where all is that it keeps.
        xmpp: Where clients come in, by TCP.
        bosh: Where they do by BOSH.
        component: Where we do.
    """

    def __init__(self, secret: str, accounts: int, token: Path) -> None:
        self._program = self.find()
        self.xmpp, self.bosh, self.component = free_ports(3)
        self.folder = Path(tempfile.mkdtemp(prefix="xmpp-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.configure(secret, f"http://127.0.0.1:{accounts}", token)

    @staticmethod
    def find() -> str:
        """The program, or the test is skipped."""
        raise NotImplementedError

    def configure(self, secret: str, url: str, token: Path) -> None:
        """Write its configuration."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """What starts it, in the foreground."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """What it finds in its environment."""
        return os.environ

    @property
    def log(self) -> str:
        """What it has said."""
        return (self.folder / "out").read_text(errors="replace")

    def filled(self, name: str, replacements: Mapping[str, str]) -> str:
        """An example file; what is replaced must be in it."""
        text = (ROOT / "etc" / name).read_text()
        for old, new in replacements.items():
            assert old in text, f"{name} has no {old}"
            text = text.replace(old, new)
        return text

    def start(self) -> None:
        """Start it, and wait until clients can come in."""
        with (self.folder / "out").open("ab") as out:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                cwd=self.folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + LIMIT_S
        for port in (self.component, self.xmpp):
            while not _listens(port):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"it does not start:\n{self.log}")
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop it, with all that it has started, as if the machine had failed."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def clean(self) -> None:
        """Stop it, and leave nothing."""
        self.stop()
        shutil.rmtree(self.folder)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Prosody(Server):
    """Prosody, with ``etc/prosody.cfg.lua``."""

    @staticmethod
    def find() -> str:
        """Debian's."""
        return needs("prosody", "prosody")

    def configure(self, secret: str, url: str, token: Path) -> None:
        """Fill the example."""
        (self.folder / "data").mkdir()
        text = self.filled(
            "prosody.cfg.lua",
            {
                "/etc/finesse_tx/prosody": str(ROOT / "etc" / "prosody"),
                "/var/lib/prosody": str(self.folder / "data"),
                "/run/prosody/prosody.pid": str(self.folder / "pid"),
                "{ 5222 }": f"{{ {self.xmpp} }}",
                "{ 5223 }": "{ }",
                "{ 7071 }": f"{{ {self.bosh} }}",
                "{ 5347 }": f"{{ {self.component} }}",
                "http://127.0.0.1:7072": url,
                "the text of accounts.token": token.read_text(),
                "change me": secret,
            },
        )
        (self.folder / "prosody.cfg.lua").write_text(f"run_as_root = true\n{text}")

    def command(self) -> list[str]:
        """In the foreground."""
        return [self._program, "--config", str(self.folder / "prosody.cfg.lua"), "-F"]


class Ejabberd(Server):
    """ejabberd, with ``etc/ejabberd.yml``; without Erlang's distribution, so that nothing else listens."""

    @staticmethod
    def find() -> str:
        """Debian's, and the Erlang that it comes with."""
        needs("ejabberdctl", "ejabberd")
        return needs("erl", "ejabberd")

    def configure(self, secret: str, url: str, token: Path) -> None:
        """Fill the example."""
        text = self.filled(
            "ejabberd.yml",
            {
                "port: 5222": f"port: {self.xmpp}",
                "port: 7071": f"port: {self.bosh}",
                "port: 5347": f"port: {self.component}",
                "change me": secret,
                "/usr/bin/finesse-tx": f"{sys.executable} -m finesse_tx.cli",
                "/etc/ejabberd/accounts.token": str(token),
                "http://127.0.0.1:7072": url,
            },
        )
        (self.folder / "ejabberd.yml").write_text(text)

    def environment(self) -> Mapping[str, str]:
        """Where its modules are, and that all it keeps is kept in the folder."""
        (library, *_) = {path.parent for path in Path("/usr/lib").glob("*/ejabberd-[0-9]*")}
        return {
            **environment(),
            "HOME": str(self.folder),
            "ERL_LIBS": str(library),
            "EJABBERD_CONFIG_PATH": str(self.folder / "ejabberd.yml"),
            "EJABBERD_LOG_PATH": str(self.folder / "ejabberd.log"),
            "ERL_CRASH_DUMP": "/dev/null",
        }

    def command(self) -> list[str]:
        """In the foreground; idle schedulers sleep."""
        data = f'"{self.folder / "data"}"'
        flags = ["+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"]
        return [self._program, "-noinput", *flags, "-mnesia", "dir", data, "-s", "ejabberd"]

    @property
    def log(self) -> str:
        """What it has said."""
        path = self.folder / "ejabberd.log"
        return super().log + (path.read_text(errors="replace") if path.exists() else "")
