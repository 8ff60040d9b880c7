"""A PostgreSQL server of the tests' own: Debian's programs, a private port, a temporary folder.

One is started for each trial process, when the first test wants it, and stopped when the process ends. Tests that
kill it start one of their own.
"""

from __future__ import annotations

import atexit
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

from finesse_tx.config import StoreConfig
from finesse_tx.store.database import database_url
from tests.support.debian import needs
from tests.support.free_ports import free_ports

__all__ = ["PostgreSQL", "server"]

LIMIT_S = 120

USER, PASSWORD = "finesse", "correct horse"

SETTINGS = (
    "fsync=off",  # a killed process loses nothing by it, and these are tests
    "shared_buffers=16MB",
    "max_connections=60",
    "listen_addresses=127.0.0.1",
    "log_min_messages=warning",
)


def programs() -> Path:
    """Where ``initdb`` and ``postgres`` are: Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    if found:
        return found[-1].parent
    return Path(needs("postgres", "postgresql")).parent


def _version(path: Path) -> float:
    return float(path.parent.parent.name)


def _unprivileged() -> tuple[int, int] | None:
    """Who runs it where we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    raise AssertionError("there is no unprivileged user to run PostgreSQL")


class PostgreSQL:
    """One server; `start` it.

    Args:
        settings: More of its configuration, ``name=value``.
        tls: A folder with ``server.pem`` and ``server.key``; without one it speaks in the clear.

    Attributes:
        port: Where it listens, on 127.0.0.1.
        folder: Its data folder's parent; its log is in there.
        process: It, while it runs.
    """

    def __init__(self, *settings: str, tls: Path | None = None) -> None:
        self._bin, self._as = programs(), _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="finesse-pg-"))
        self._data = self.folder / "data"
        self._settings = (*SETTINGS, f"unix_socket_directories={self.folder}", *settings)
        self.process: subprocess.Popen[bytes] | None = None
        password = self.folder / "password"
        password.write_text(PASSWORD)
        self._own(self.folder)
        self._own(password)
        self._run("initdb", f"--pgdata={self._data}", f"--username={USER}",
                  f"--pwfile={password}", "--auth=scram-sha-256", "--no-sync", "--no-instructions",
                  "--encoding=UTF8", "--locale=C.UTF-8")  # fmt: skip
        if tls is not None:
            self._settings += ("ssl=on", "ssl_cert_file=server.pem", "ssl_key_file=server.key")
            for name in ("server.pem", "server.key"):
                self._own(Path(shutil.copy(tls / name, self._data / name)))
        (self.port,) = free_ports(1)

    def _own(self, path: Path) -> None:
        if self._as is not None:
            os.chown(path, *self._as)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            timeout=LIMIT_S,
            check=False,
            **self._identity(),
        )
        assert done.returncode == 0, done.stdout.decode(errors="replace")

    def _identity(self) -> dict[str, Any]:
        return (
            {}
            if self._as is None
            else {"user": self._as[0], "group": self._as[1], "extra_groups": []}
        )

    @property
    def log(self) -> str:
        """What it has said."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self, *, wait: bool = True) -> PostgreSQL:
        """Start it, or start it again; unless told otherwise, wait until it takes connections."""
        assert self.process is None
        settings = [text for setting in self._settings for text in ("-c", setting)]
        deadline = time.monotonic() + LIMIT_S
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    str(self._bin / "postgres"),
                    "-D",
                    str(self._data),
                    "-p",
                    str(self.port),
                    *settings,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._identity(),
            )
        while wait:
            try:
                self.connect("postgres").close()
                break
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    # What a killed one shared with its children is theirs until they have noticed.
                    self.process = None
                    assert time.monotonic() < deadline, self.log
                    return self.start()
                assert time.monotonic() < deadline, self.log
                time.sleep(0.05)  # there is nothing to wait on
        return self

    def kill(self) -> None:
        """SIGKILL, the server and its children: nobody has time to say goodbye."""
        process, self.process = self.process, None
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(LIMIT_S)

    def freeze(self) -> None:
        """SIGSTOP, the server and its children: they hang, and refuse nothing."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)  # first of all: then it makes no more of them
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in map(int, children.split()):
            with suppress(ProcessLookupError):  # one that has just ended
                os.kill(pid, number)

    def stop(self) -> None:
        """Stop it at once, and cleanly: connections are cut."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        process.wait(LIMIT_S)

    def clean(self) -> None:
        """Stop it, and leave nothing."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of a test's own."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=PASSWORD,
            dbname=database,
            autocommit=True,
            connect_timeout=LIMIT_S,
        )

    def new_database(self, template: str = "template0") -> str:
        """Make a database, and return its name."""
        name = f"t{secrets.token_hex(6)}"
        with self.connect("postgres") as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever still uses it; nothing when the server is down."""
        if self.process is None:
            return
        with self.connect("postgres") as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def written(self, database: str, user: str = USER, password: str = PASSWORD) -> str:
        """A database's URL, as an operator would write it into ``store.url``."""
        url = URL.create("postgresql", user, password, "127.0.0.1", self.port, database)
        return url.render_as_string(hide_password=False)

    def url(self, database: str) -> URL:
        """A database's URL, as the server would use it."""
        return database_url(StoreConfig(self.written(database)), Path("/nowhere"))

    def psql(self, database: str, query: str) -> str:
        """What ``psql`` prints for a query: rows in lines, columns with ``|`` between."""
        arguments = ["-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER]
        done = subprocess.run(
            [str(self._bin / "psql"), *arguments, "-d", database, "-c", query],
            env={**os.environ, "PGPASSWORD": PASSWORD},
            stdout=subprocess.PIPE,
            timeout=LIMIT_S,
            check=True,
        )
        return done.stdout.decode().strip()


@cache
def server() -> PostgreSQL:
    """The one that this process's tests share."""
    made = PostgreSQL().start()
    atexit.register(made.clean)
    return made
