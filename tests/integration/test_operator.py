"""The operator's contract: what ``twistd finesse`` says, writes, refuses and leaves behind, as a real process."""

import contextlib
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import rmtree

import requests
from twisted.trial.unittest import SynchronousTestCase

from tests.support.browser import Browser
from tests.support.rest import Rest
from tests.support.twistd import (
    CUT,
    LIMIT_S,
    QUIET,
    Shared,
    Twistd,
    environment,
    finesse_tx,
    twistd,
)

SHARED = Shared()

DOMAIN = "finesse.local"


class ProcessCase(SynchronousTestCase):
    """Servers that are gone when the test is over."""

    def start(self, *overrides: str, home: Path | None = None) -> Twistd:
        """Start a server, and wait until it serves."""
        server = Twistd((*QUIET, *overrides), home)
        self.addCleanup(server.clean)
        return server.wait_ready()

    def folder(self) -> Path:
        """A folder that is removed afterwards; not below trial's, whose path is too long for a short line."""
        path = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, path, ignore_errors=True)
        return path

    def refused(self, *arguments: str, home: Path | None = None) -> str:
        """Start a server that cannot start, and return what it says: one line."""
        done = subprocess.run(
            twistd(
                "--pidfile=",
                "-n",
                "finesse",
                f"--home={home or self.folder()}",
                "--set=listen.ephemeral=true",
                *arguments,
            ),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            env=environment(),
            check=False,
        )
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        (line,) = done.stderr.splitlines()
        self.assertEqual(line[:9], "finesse: ")
        return line.removeprefix("finesse: ")


class StartTests(ProcessCase):
    """From the command to IN_SERVICE."""

    def test_ready(self) -> None:
        """When endpoints.json is there, everything listens and SystemInfo says IN_SERVICE."""
        server = SHARED.get()
        self.assertEqual(
            list(server.endpoints),
            ["http", "https", "bosh", "boshs", "xmpp", "xmpps", "cti", "control", "axl"],
        )
        for name, where in server.endpoints.items():
            host, _, port = where.rpartition(":")
            self.assertEqual(host, "127.0.0.1")
            socket.create_connection((host, int(port)), LIMIT_S).close()
            self.assertIn(f"{name} listens on {where}", server.log)
        info = Rest(server, "", "").get("/SystemInfo")
        self.assertEqual(info.findtext("status"), "IN_SERVICE")
        self.assertEqual(info.findtext("deploymentType"), "UCCX")
        for probe in ("health", "ready"):
            answer = requests.get(f"http://{server.endpoints['http']}/{probe}", timeout=LIMIT_S)
            self.assertEqual((answer.status_code, answer.text), (200, "ok\n"))

    def test_metrics(self) -> None:
        """What Prometheus reads has every part, and the link between the web services and our own engine."""
        server = SHARED.get()
        answer = requests.get(f"http://{server.endpoints['http']}/metrics", timeout=LIMIT_S)
        self.assertEqual(answer.status_code, 200)
        for line in (
            "finesse_in_service 1.0",
            "finesse_cti_link_open 1.0",
            'finesse_cti_server_sessions{dialect="uccx",mode="bridge",version="16"} 1.0',
            'finesse_xmpp_streams{transport="websocket"} 0.0',
        ):
            self.assertIn(f"\n{line}\n", answer.text)

    def test_private(self) -> None:
        """Nobody else reads the home folder or the secrets in it."""
        server = SHARED.get()
        self.assertEqual(stat.S_IMODE(server.home.stat().st_mode), 0o700)
        for path in server.home.rglob("*"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)

    def test_clean_stop(self) -> None:
        """SIGTERM: exit status 0, endpoints.json gone, and the same home serves again with the same people."""
        server = self.start()
        self.assertEqual(server.stop(), 0)
        self.assertEqual(server.endpoints, {})
        self.assertIn("SIGTERM: stopping", server.log)
        again = self.start(home=server.home)
        self.assertEqual(Rest(again, "agent8").get("/User/agent8").findtext("extension"), "")
        again.signal(signal.SIGINT)  # Ctrl-C is a clean stop too
        self.assertEqual(again.process.wait(LIMIT_S), 0)

    def test_killed(self) -> None:
        """After a kill a command says so, and the same home starts again, whatever was left there."""
        server = self.start()
        server.process.kill()
        server.process.wait()
        self.assertTrue(server.endpoints)
        done = finesse_tx("call", "6001", "--home", str(server.home))
        self.assertIn("does not answer", done.stderr)
        again = self.start(home=server.home)
        self.assertNotEqual(again.process.pid, server.process.pid)

    def test_daemon(self) -> None:
        """Without ``-n`` it becomes a daemon, with the lock, the pid file and the log in their places."""
        folder = self.folder()
        subprocess.run(
            twistd(
                f"--pidfile={folder}/pid", f"--logfile={folder}/log", f"--rundir={folder}", "finesse", "--home=home",
                "--set=listen.ephemeral=true", "--set=demo.calls_per_minute=0",
            ),
            check=True, timeout=LIMIT_S, env=environment(), cwd=folder,
        )  # fmt: skip
        pid = int((folder / "pid").read_text())
        self.addCleanup(self._kill, pid)
        home, deadline = folder / "home", time.monotonic() + LIMIT_S
        while not (home / "endpoints.json").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertIn("http", json.loads((home / "endpoints.json").read_text()))
        self.assertEqual((home / "lock").read_text(), f"{pid}\n")
        self.assertIn(f"in use by process {pid}", self.refused(home=home))
        os.kill(pid, signal.SIGTERM)
        while (folder / "pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse((folder / "pid").exists())
        self.assertIn("stopped", (folder / "log").read_text())

    @staticmethod
    def _kill(pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def test_help(self) -> None:
        """Twistd lists the command, and the command its options."""
        for arguments, words in (
            (["--help"], ["finesse"]),
            (["finesse", "--help"], ["--config", "--home", "--set"]),
        ):
            done = subprocess.run(
                twistd(*arguments),
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
                env=environment(),
                check=True,
            )
            for word in words:
                self.assertIn(word, done.stdout)


class ReloadTests(ProcessCase):
    """SIGHUP."""

    def certificate(self, server: Twistd) -> bytes | None:
        """What a TLS port shows."""
        context = ssl.create_default_context(cafile=str(server.authority))
        with (
            socket.create_connection(("127.0.0.1", server.port("https")), LIMIT_S) as connection,
            context.wrap_socket(connection, server_hostname="localhost") as tls,
        ):
            return tls.getpeercert(binary_form=True)

    def test_certificate_and_level(self) -> None:
        """A new certificate is served at once, and the log level changes; a mistake is told, and changes nothing."""
        folder = self.folder()
        path = folder / "my.toml"
        path.write_text('[log]\nlevel = "info"\n')
        server = Twistd(QUIET, arguments=[f"--config={path}"])
        self.addCleanup(server.clean)
        server.wait_ready()
        before = self.certificate(server)
        (server.home / "tls" / "server.pem").unlink()
        path.write_text('[log]\nlevel = "warn"\n')
        server.signal(signal.SIGHUP)
        deadline = time.monotonic() + LIMIT_S
        while self.certificate(server) == before and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertNotEqual(self.certificate(server), before)
        path.write_text("[log]\nlevel = 3\n")
        server.signal(signal.SIGHUP)
        while "the log level stays" not in server.log and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertIn("log.level: expected str, got int", server.log)
        quiet = len(server.log)
        Rest(server, "agent1").put_state("LOGIN", extension="1001")
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("#info", server.log[quiet:])

    def test_scripts(self) -> None:
        """A mistake in the scripts is told with its line, and changes nothing; without it they are read."""
        path = self.folder() / "scripts.toml"
        good = "[script.sales.steps]\nstart = [{ queue = 'Sales' }, { wait = '' }]\n"
        path.write_text(good)
        server = Twistd((*QUIET, f"engine.scripts_file={str(path)!r}", 'log.level="info"'))
        self.addCleanup(server.clean)
        server.wait_ready()
        deadline = time.monotonic() + LIMIT_S
        path.write_text(good.replace("Sales", "Sails"))
        server.signal(signal.SIGHUP)
        while "scripts stay" not in server.log and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertIn("scripts.toml:2: script.sales.steps.start[1]: there is no", server.log)
        path.write_text(good)
        server.signal(signal.SIGHUP)
        while "scripts are read again" not in server.log and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertIn("scripts are read again", server.log)
        self.assertEqual(server.stop(), 0)


class StopTests(ProcessCase):
    """SIGTERM under load."""

    def test_held_requests(self) -> None:
        """Fifty held polls are all answered with the reason, and the process is gone without waiting for anybody."""
        server = self.start("demo.agents=50")
        url = f"http://{server.endpoints['bosh']}/http-bind"
        browsers = [Browser(url).sign_in(f"agent{number}") for number in range(1, 51)]
        with ThreadPoolExecutor(50) as pool:
            polls = [pool.submit(browser.poll) for browser in browsers]
            deadline = time.monotonic() + LIMIT_S
            while not self.held(server, 50):  # nothing tells a client that its request is
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
            self.assertEqual(server.stop(), 0)
            self.assertNotIn(CUT, server.log)
            answers = [poll.result(LIMIT_S).text for poll in polls]
        for browser in browsers:
            browser.close()
        self.assertEqual(len(answers), 50)
        for text in answers:
            self.assertIn('type="terminate" condition="system-shutdown"', text)

    def held(self, server: Twistd, count: int) -> bool:
        """Whether so many BOSH requests wait."""
        with requests.get(f"http://{server.endpoints['http']}/metrics", timeout=LIMIT_S) as told:
            return f"\nfinesse_bosh_held_requests {count:.1f}\n" in told.text


class CommandTests(ProcessCase):
    """``finesse-tx``."""

    def test_call(self) -> None:
        """The server answers with the call's id; a wrong number is told why."""
        server = SHARED.get()
        home = ("--home", str(server.home))
        done = finesse_tx("call", "6001", "--from", "0612345678", *home)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^call \d+: 0612345678 calls 6001\n$")
        for arguments in (("9",), ("6001", "--from", "12"), ("6001", "--talk", "0"), ("x",)):
            done = finesse_tx("call", *arguments, *home)
            self.assertEqual((done.returncode, done.stdout), (1, ""), arguments)
            self.assertRegex(done.stderr, r"^finesse-tx: [^\n]+\n$")

    def test_no_server(self) -> None:
        """Without a server it says so."""
        done = finesse_tx("call", "6001", "--home", str(self.folder()))
        self.assertEqual(done.returncode, 1)
        self.assertIn("no server runs in", done.stderr)

    def test_token(self) -> None:
        """Nobody without the token in the home folder makes calls happen."""
        server = SHARED.get()
        url = f"http://{server.endpoints['control']}/call"
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = requests.post(url, json={"to": "6001"}, headers=headers, timeout=LIMIT_S)
            self.assertEqual(answer.status_code, 401)

    def test_trace(self) -> None:
        """``finesse-tx trace``: what an agent sends and gets is in the log, and nothing of anybody else's; until it is off."""
        server = SHARED.get()
        home = ("--home", str(server.home))
        self.assertEqual(finesse_tx("trace", "agent7", *home).stdout, "traced: agent7\n")
        for name in ("agent7", "agent8"):
            with contextlib.closing(
                Browser(f"http://{server.endpoints['bosh']}/http-bind")
            ) as browser:
                browser.sign_in(name)
        self.assertIn(
            "agent7@finesse.local/", server.log.partition("> <presence")[0].rpartition("\n")[2]
        )
        self.assertNotIn("agent8@finesse.local/desk < ", server.log)
        self.assertEqual(finesse_tx("trace", "agent7", "--off", *home).stdout, "traced: nobody\n")
        self.assertEqual(finesse_tx("trace", *home).stdout, "traced: nobody\n")

    def test_check(self) -> None:
        """It says what would keep the server from starting, and nothing is left running."""
        home = self.folder()
        free = [f"--set={override}" for override in ("listen.ephemeral=true",)]
        done = finesse_tx("check", "--home", str(home), *free)
        self.assertEqual((done.returncode, done.stdout), (0, "ready to start\n"), done.stderr)
        done = finesse_tx("check", "--home", str(home), "--set=bosh.wait_s=0")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("bosh.wait_s", done.stderr)
        server = SHARED.get()
        done = finesse_tx("check", "--home", str(server.home), *free)
        self.assertIn("in use by process", done.stderr)

    def test_extauth(self) -> None:
        """It answers ejabberd on a pipe, with the server of that home, also when that has come back elsewhere."""
        server = self.start("listen.accounts=127.0.0.1:0")
        home = str(server.home)
        with subprocess.Popen(
            [sys.executable, "-m", "finesse_tx.cli", "extauth", "--home", home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        ) as process:
            self.addCleanup(process.kill)
            read, write = process.stdout, process.stdin
            assert read is not None
            assert write is not None

            def asked(question: str) -> bool:
                write.write(len(question).to_bytes(2) + question.encode())
                write.flush()
                return read.read(4) == b"\0\2\0\1"

            self.assertTrue(asked(f"auth:agent1:{DOMAIN}:finesse"))
            self.assertFalse(asked(f"auth:agent1:{DOMAIN}:wrong"))
            self.assertTrue(asked(f"isuser:supervisor1:{DOMAIN}"))
            self.assertFalse(asked(f"isuser:nobody:{DOMAIN}"))
            self.assertEqual(server.stop(), 0)
            self.assertFalse(asked(f"isuser:supervisor1:{DOMAIN}"))
            self.start("listen.accounts=127.0.0.1:0", home=server.home)
            self.assertTrue(asked(f"isuser:supervisor1:{DOMAIN}"))
            write.close()
            self.assertEqual(process.wait(LIMIT_S), 0)
            complaint = process.stderr.read().decode() if process.stderr else ""
        self.assertIn("finesse-tx extauth: no server with listen.accounts runs", complaint)

    def test_check_component(self) -> None:
        """It says where the secret of the link to another XMPP server is missing; ports of ours do not matter there."""
        home = self.folder()
        section = "notification.component"
        sets = ["--set=listen.ephemeral=true", "--set=notification.mode=component"]
        secret = home / "secret"
        for keys, said in (
            ([f"--set={section}.secret_file={secret}"], f"{section}.secret_file"),
            ([f"--set={section}.secret_env=NO_SUCH_VARIABLE"], "NO_SUCH_VARIABLE"),
            (
                [
                    "--set=notification.mode=server",
                    "--set=listen.accounts=127.0.0.1:0",
                    f"--set=accounts.token_file={secret}",
                ],
                "accounts.token_file",
            ),
            ([], f"{section}.secret_file"),
        ):
            done = finesse_tx("check", "--home", str(home), *sets, *keys)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(said, done.stderr)
        home.mkdir(exist_ok=True)
        secret.write_text("x")
        with socket.create_server(("127.0.0.1", 0)) as busy:
            port = busy.getsockname()[1]
            keys = [f"--set=listen.{name}=127.0.0.1:0" for name in ("http", "https", "cti", "axl")]
            done = finesse_tx(
                "check",
                "--home",
                str(home),
                sets[1],
                *keys,
                f"--set={section}.secret_file={secret}",
                f"--set=listen.xmpp=127.0.0.1:{port}",
            )
        self.assertEqual((done.returncode, done.stdout), (0, "ready to start\n"), done.stderr)
