"""Events to many agents over BOSH: ours beside ejabberd on one scheduler and Prosody, one after the other in one run.

The load comes from ``boshload``, a generator in C that is not the bottleneck; ``--boshload`` names its folder, with
``peer.sh``, which starts the peers. See ``README.rst`` here for what was seen.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

__all__ = ["GOALS", "Figures", "figures", "main", "report"]

START_S: Final = 120.0
"""How long a server may take to be there."""

DOMAIN: Final = "finesse.local"


class Figures(NamedTuple):
    """What one server did.

    Attributes:
        deliveries: A second, at saturation.
        cpu: The server's processor time for 1,000 of them, in seconds.
        sign_ins: A second.
        sign_in_cpu_ms: The server's processor time for one, in milliseconds.
        memory_kib: Resident, for each session.
        p99_ms: Of the phase at a fixed rate.
        faults: Sessions that died, events that came twice or out of order, refused publishes.
    """

    deliveries: float
    cpu: float
    sign_ins: float
    sign_in_cpu_ms: float
    memory_kib: float
    p99_ms: float
    faults: int


def figures(found: Mapping[str, Any]) -> Figures:
    """Read ``boshload``'s report."""
    phases = {phase["kind"]: phase for phase in found["phases"]}
    saturated, rated = phases["saturate"], phases["rate"]
    wrong = sum(phase["dup_or_out_of_order"] + phase["publish_errors"] for phase in phases.values())
    return Figures(
        saturated["deliveries_per_s"],
        saturated["server_cpu_s_per_1000"],
        found["logins_per_s"],
        found["login_server_cpu_s"] * 1_000 / found["up"],
        found["rss_kib_per_session"],
        rated["p99_ms"],
        found["dead_end"] + wrong,
    )


GOALS: Final[Mapping[int, Sequence[tuple[str, str, float]]]] = {
    20: (("deliveries", "at least", 1.4), ("cpu", "at most", 0.7)),
    1: (("deliveries", "at least", 1.8), ("p99_ms", "at most", 3.0)),
}
"""For each fan-out, what must be so of our figure divided by that of ejabberd on one scheduler."""


class Options(NamedTuple):
    """What is measured.

    Attributes:
        boshload: The folder of the generator.
        sessions: How many agents.
        fanout: How many of them are subscribed to each node.
        rate: Events a second in the phase at a fixed rate.
        seconds: How long each phase is.
    """

    boshload: Path
    sessions: int
    fanout: int
    rate: int
    seconds: int

    @property
    def load(self) -> list[str]:
        """What the generator is to do, whoever serves."""
        return [
            *("--fanout", str(self.fanout)),
            *("--rates", str(self.rate), "--duration", str(self.seconds)),
            *("--saturate", str(self.seconds), "--batch", "200", "--publisher-gap", "0"),
        ]


@contextmanager
def _ours(sessions: int, folder: Path) -> Iterator[tuple[int, str]]:
    """Run the server; its process and its BOSH port."""
    home = folder / "home"
    command = [str(Path(sys.executable).with_name("twistd")), "--pidfile=", "-n", "finesse"]
    command += ["--home", str(home), "--set", "listen.ephemeral=true"]
    command += ["--set", f"demo.agents={sessions}", "--set", "log.level=warn"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            endpoints = home / "endpoints.json"
            until = time.monotonic() + START_S
            while not endpoints.exists():
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit((folder / "log").read_text()[-2_000:])
                time.sleep(0.1)
            port = json.loads(endpoints.read_text())["bosh"].rpartition(":")[2]
            yield process.pid, port
        finally:
            process.terminate()


def _measure_ours(options: Options, generator: Path, found: Path) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        _ours(options.sessions, Path(folder)) as (pid, port),
    ):
        command = [str(generator), "--port", port, "--path", "/http-bind/", "--domain", DOMAIN]
        command += ["--pubsub", f"pubsub.{DOMAIN}", "--prefix", "agent", "--width", "0"]
        command += ["--password", "finesse", "--owner", "admin", "--owner-password", "finesse"]
        command += ["--sessions", str(options.sessions), "--pids", str(pid), "--json", str(found)]
        # Everybody once before: passwords are checked by argon2id the first time, which is slow on purpose.
        subprocess.run([*command, "--no-subscribe", "--node-format", "warm-%d"], check=True)
        subprocess.run([*command, *options.load], check=True)


def _measure_peer(peer: str, options: Options, generator: Path, found: Path) -> None:
    environment = {**os.environ, "CORES": "1", "BOSHLOAD": str(generator), "JSON": str(found)}
    command = [str(options.boshload / "peer.sh"), peer, str(options.sessions), *options.load]
    subprocess.run(command, check=True, env=environment)


def measure(peers: Sequence[str], options: Options) -> dict[str, Figures]:
    """Let each server have its turn."""
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        generator, report_file = Path(folder, "boshload"), Path(folder, "report.json")
        source = options.boshload / "boshload.c"
        subprocess.run(["gcc", "-O2", "-o", str(generator), str(source)], check=True)
        for name in ("ours", *peers):
            if name == "ours":
                _measure_ours(options, generator, report_file)
            else:
                _measure_peer(name, options, generator, report_file)
            found[name] = figures(json.loads(report_file.read_text()))
    return found


def report(found: Mapping[str, Figures], fanout: int) -> tuple[str, list[str]]:
    """What was seen, and which goals are missed."""
    head = "".join(f"{name:>16}" for name in Figures._fields)
    lines = [f"fan-out {fanout}", f"{'':10}{head}"]
    lines += [
        f"{name:10}" + "".join(f"{value:16,.3f}" for value in figures)
        for name, figures in found.items()
    ]
    missed = []
    for peer in found:
        if peer != "ours":
            ratios = (
                ours / theirs if theirs else float("nan")
                for ours, theirs in zip(found["ours"], found[peer], strict=True)
            )
            lines.append(f"/ {peer:8}" + "".join(f"{ratio:16.2f}" for ratio in ratios))
    if "ejabberd" in found:
        for name, way, goal in GOALS.get(fanout, ()):
            ratio = getattr(found["ours"], name) / getattr(found["ejabberd"], name)
            if ratio < goal if way == "at least" else ratio > goal:
                missed.append(f"{name}: {ratio:.2f} times ejabberd's, not {way} {goal}")
    missed += [f"{name}: {one.faults} faults" for name, one in found.items() if one.faults]
    return "\n".join(lines), missed


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and judge.

    Returns:
        The exit status: 1 with ``--check`` when a goal is missed.
    """
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.bosh")
    parser.add_argument("--boshload", type=Path, required=True, help="the generator's folder")
    parser.add_argument("--peers", nargs="*", default=["ejabberd", "prosody"], metavar="PEER")
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--fanout", type=int, nargs="+", default=[20, 1])
    parser.add_argument("--rate", type=int, default=0, help="by default 200 deliveries' worth")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    given = parser.parse_args(arguments)
    missed: list[str] = []
    for fanout in given.fanout:
        rate = given.rate or max(1, 200 // fanout)
        options = Options(given.boshload.resolve(), given.sessions, fanout, rate, given.seconds)
        text, wrong = report(measure(given.peers, options), fanout)
        print(text, flush=True)
        missed += wrong
    for line in missed:
        print(f"missed: {line}")
    return 1 if given.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
