"""A server of ours in a process of its own, to be measured from outside."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["START_S", "Running", "run_server"]

START_S: Final = 120.0
"""How long a server may take to be there."""


class Running(NamedTuple):
    """A server that serves.

    Attributes:
        pid: Its process.
        ports: Its ports, by the names of its services.
        home: Its home folder; nowhere, for what has none.
    """

    pid: int
    ports: Mapping[str, int]
    home: Path = Path()


@contextmanager
def run_server(settings: Mapping[str, object]) -> Iterator[Running]:
    """Run the server, on ports of the system's choice and with a home of its own; it is stopped at the end.

    Args:
        settings: For ``--set``.

    Raises:
        SystemExit: It does not start; with what it has logged.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [str(Path(sys.executable).with_name("twistd")), "--pidfile=", "-n", "finesse"]
        command += ["--home", str(folder / "home"), "--set", "listen.ephemeral=true"]
        for key, value in settings.items():
            command += ["--set", f"{key}={value}"]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process,
        ):
            try:
                endpoints = folder / "home" / "endpoints.json"
                until = time.monotonic() + START_S
                while not endpoints.exists():
                    if process.poll() is not None or time.monotonic() > until:
                        raise SystemExit((folder / "log").read_text()[-2_000:])
                    time.sleep(0.1)
                found = json.loads(endpoints.read_text())
                ports = {key: int(where.rpartition(":")[2]) for key, where in found.items()}
                yield Running(process.pid, ports, folder / "home")
            finally:
                process.terminate()
