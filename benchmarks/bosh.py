"""Events to many agents: ours beside ejabberd on one scheduler and Prosody, one after the other in one run.

The load comes from ``boshload``, a generator in C that is not the bottleneck; ``--boshload`` names its folder, with
``peer.sh``, which starts the peers. Over WebSocket it is `benchmarks.websocket`. See ``README.rst`` here for what was
seen.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.websocket import Load, Target

__all__ = ["GOALS", "Figures", "Goal", "Options", "figures", "main", "report"]

START_S: Final = 120.0
"""How long a server may take to be there."""

ATTEMPTS: Final = 3
"""How often a peer is measured until nothing dies."""

DOMAIN: Final = "finesse.local"
PASSWORD: Final = "finesse"

OVER_WEBSOCKET: Final = "websocket"
"""The column of our own server when the events leave over WebSocket."""


class Figures(NamedTuple):
    """What one server did; NaN for what was not measured.

    Attributes:
        deliveries: A second, at saturation.
        cpu: The server's processor time for 1,000 of them, in seconds.
        p99_ms: Of the phase at a fixed rate.
        sign_ins: A second.
        sign_in_cpu_ms: The server's processor time for one, in milliseconds.
        memory_kib: Resident, for each session, idle.
        idle_percent: Of a core, while all sessions hold a poll.
        faults: Sessions that died, events that came twice or out of order, refused publishes.
    """

    deliveries: float
    cpu: float
    p99_ms: float = float("nan")
    sign_ins: float = float("nan")
    sign_in_cpu_ms: float = float("nan")
    memory_kib: float = float("nan")
    idle_percent: float = float("nan")
    faults: int = 0


def figures(loaded: Mapping[str, Any], first: Mapping[str, Any] | None = None) -> Figures:
    """Read ``boshload``'s reports.

    Args:
        loaded: Of the run with all phases.
        first: Of a run before it, if there was one: sessions came when none had been before, and were idle.
    """
    first = loaded if first is None else first
    phases = {phase["kind"]: phase for phase in (*first["phases"], *loaded["phases"])}
    nothing = {"deliveries_per_s": float("nan"), "server_cpu_s_per_1000": float("nan")}
    saturated = phases.get("saturate", nothing)
    idle = phases.get("idle")
    wrong = sum(
        phase.get("dup_or_out_of_order", 0) + phase.get("publish_errors", 0)
        for phase in phases.values()
    )
    return Figures(
        saturated["deliveries_per_s"],
        saturated["server_cpu_s_per_1000"],
        phases.get("rate", {"p99_ms": float("nan")})["p99_ms"],
        loaded["logins_per_s"],
        loaded["login_server_cpu_s"] * 1_000 / loaded["up"],
        first["rss_kib_per_session"],
        100 * idle["server_cpu_s"] / idle["seconds"] if idle else float("nan"),
        loaded["dead_end"] + wrong,
    )


class Goal(NamedTuple):
    """What must be so, and what should.

    Attributes:
        name: Of our figure.
        fanout: Where it is judged; None: anywhere.
        must: The bound.
        aim: What is hoped for.
        beside: Whose figure it is a multiple of; empty: it is absolute.
        at_least: Whether it is a lower bound.
        sessions: The fewest sessions with which it is judged.
    """

    name: str
    fanout: int | None
    must: float
    aim: float
    beside: str = "ejabberd"
    at_least: bool = False
    sessions: int = 0

    def ratio(self, found: Mapping[str, Figures]) -> float | None:
        """What is judged; None where it was not measured."""
        ours = found.get(OVER_WEBSOCKET if self.beside == "ours" else "ours")
        if ours is None or (self.beside and self.beside not in found):
            return None
        value: float = getattr(ours, self.name)
        if self.beside:
            value /= getattr(found[self.beside], self.name) or float("nan")
        return None if value != value else value  # noqa: PLR0124 - NaN

    def word(self, ratio: float) -> str:
        """``missed``, ``met``, or ``aim met``."""
        for bound, said in ((self.aim, "aim met"), (self.must, "met")):
            if ratio >= bound if self.at_least else ratio <= bound:
                return said
        return "MISSED"

    def __str__(self) -> str:
        way = "at least" if self.at_least else "at most"
        what = {"ejabberd": " times ejabberd's", "ours": " times BOSH's, over WebSocket", "": ""}
        return f"{self.name} {way} {self.must:g}, aim {self.aim:g}{what[self.beside]}"


GOALS: Final = (
    Goal("deliveries", 20, 1.4, 2.7, at_least=True),
    Goal("deliveries", 1, 1.8, 3.0, at_least=True),
    Goal("cpu", 20, 0.7, 0.35),
    Goal("cpu", 1, 1 / 1.8, 1 / 3),
    Goal("p99_ms", 1, 3.0, 1.0, sessions=2_000),
    Goal("sign_in_cpu_ms", None, 1 / 1.5, 1 / 3),
    Goal("memory_kib", None, 15.0, 10.0, ""),
    Goal("idle_percent", None, 15.0, 8.5, "", sessions=10_000),
    Goal("cpu", 20, 1 / 3, 1 / 3, "ours"),
)
"""Issue 5's table. Sign-ins "per core used" are sign-ins for each second of the processor; deliveries at fan-out 1 are judged
by that too, since who else is on the machine decides about those of a second."""


class Options(NamedTuple):
    """What is measured.

    Attributes:
        boshload: The folder of the generator.
        sessions: How many agents.
        fanout: How many of them are subscribed to each node.
        rate: Events a second in the phase at a fixed rate.
        seconds: How long each phase is.
        idle: How long polls are held before that, in seconds.
        password_cost: argon2id's memory in KiB; at 8, and one pass, checking a password costs next to nothing.
    """

    boshload: Path
    sessions: int
    fanout: int
    rate: int
    seconds: int
    idle: int = 0
    password_cost: int = 8

    @property
    def load(self) -> list[str]:
        """What the generator is to do, whoever serves."""
        return [
            *("--fanout", str(self.fanout), "--max-seconds", "600"),
            *("--rates", str(self.rate), "--duration", str(self.seconds)),
            *("--saturate", str(self.seconds), "--batch", "200"),
        ]


@contextmanager
def _ours(options: Options, folder: Path) -> Iterator[tuple[int, str]]:
    """Run the server; its process and its BOSH port."""
    home = folder / "home"
    command = [str(Path(sys.executable).with_name("twistd")), "--pidfile=", "-n", "finesse"]
    settings = {
        "listen.ephemeral": "true",
        "demo.agents": options.sessions,
        "demo.calls_per_minute": 0,
        "log.level": "warn",
        "security.argon2_memory_kib": options.password_cost,
        "security.argon2_iterations": 1 if options.password_cost == 8 else 2,
    }
    command += ["--home", str(home)]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
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


def _measure_ours(options: Options, generator: Path, found: Path) -> dict[str, Figures]:
    with (
        tempfile.TemporaryDirectory() as folder,
        _ours(options, Path(folder)) as (pid, port),
    ):
        command = [str(generator), "--port", port, "--path", "/http-bind/", "--domain", DOMAIN]
        command += ["--pubsub", f"pubsub.{DOMAIN}", "--prefix", "agent", "--width", "0"]
        command += ["--password", PASSWORD, "--owner", "admin", "--owner-password", PASSWORD]
        command += ["--sessions", str(options.sessions), "--pids", str(pid), "--json", str(found)]
        # Everybody once before: passwords are checked by argon2id the first time, and by a cache from then on; memory
        # is what sessions take that come when none was there before.
        first = ["--fanout", str(options.fanout), "--idle", str(max(1, options.idle))]
        subprocess.run([*command, *first, "--max-seconds", "600"], check=True)
        before = json.loads(found.read_text())
        subprocess.run([*command, *options.load, "--no-create"], check=True)
        over_bosh = figures(json.loads(found.read_text()), before)
        load = Load(Target(int(port), pid, DOMAIN, PASSWORD), options.sessions, options.fanout)
        over_websocket = load.saturate(options.seconds)
        load.close()
    return {
        "ours": over_bosh if options.idle else over_bosh._replace(idle_percent=float("nan")),
        OVER_WEBSOCKET: Figures(
            over_websocket.per_s, over_websocket.cpu, faults=over_websocket.lost
        ),
    }


def _measure_peer(
    peer: str, options: Options, generator: Path, found: Path
) -> Mapping[str, Figures]:
    """What a peer does; nothing when its sessions keep dying.

    ejabberd loses a BOSH session whose requests overtake each other, the publisher's among them: see ``boshload``.
    """
    environment = {**os.environ, "CORES": "1", "BOSHLOAD": str(generator), "JSON": str(found)}
    command = [str(options.boshload / "peer.sh"), peer, str(options.sessions), *options.load]
    command += ["--idle", str(options.idle)]
    for _ in range(ATTEMPTS):
        if not subprocess.run(command, check=False, env=environment).returncode:
            return {peer: figures(json.loads(found.read_text()))}
    return {}


def measure(peers: Sequence[str], options: Options) -> dict[str, Figures]:
    """Let each server have its turn."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))  # a descriptor for each session
    with tempfile.TemporaryDirectory() as folder:
        generator, report_file = Path(folder, "boshload"), Path(folder, "report.json")
        source = options.boshload / "boshload.c"
        subprocess.run(["gcc", "-O2", "-o", str(generator), str(source)], check=True)
        found = _measure_ours(options, generator, report_file)
        for name in peers:
            found.update(_measure_peer(name, options, generator, report_file))
    return found


def report(
    found: Mapping[str, Figures], fanout: int, sessions: int = 0
) -> tuple[str, list[str], list[str]]:
    """What was seen, how it compares with the goals, and which are missed."""
    head = "".join(f"{name:>15}" for name in Figures._fields)
    lines = [f"fan-out {fanout}, {sessions:,} sessions", f"{'':10}{head}"]
    lines += [
        f"{name:10}" + "".join(f"{value:15,.3f}" for value in figures)
        for name, figures in found.items()
    ]
    for peer in found:
        if peer not in {"ours", OVER_WEBSOCKET}:
            ratios = (
                ours / theirs if theirs else float("nan")
                for ours, theirs in zip(found["ours"], found[peer], strict=True)
            )
            lines.append(f"/ {peer:8}" + "".join(f"{ratio:15.2f}" for ratio in ratios))
    judged, missed = list[str](), list[str]()
    for goal in GOALS:
        ratio = goal.ratio(found)
        if ratio is not None and goal.fanout in {None, fanout} and sessions >= goal.sessions:
            judged.append(f"{goal.word(ratio):>8}: {goal}: {ratio:.2f}")
            if goal.word(ratio) == "MISSED":
                missed.append(f"{goal}: {ratio:.2f}")
    missed += [f"{name}: {one.faults} faults" for name, one in found.items() if one.faults]
    return "\n".join(lines), judged, missed


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and judge.

    Returns:
        The exit status: 1 with ``--check`` when a goal is missed.
    """
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.bosh")
    parser.add_argument("--boshload", type=Path, required=True, help="the generator's folder")
    parser.add_argument("--peers", nargs="*", default=["ejabberd", "prosody"], metavar="PEER")
    parser.add_argument("--sessions", type=int, nargs="+", default=[500])
    parser.add_argument("--fanout", type=int, nargs="+", default=[20, 1])
    parser.add_argument("--rate", type=int, default=0, help="by default 200 deliveries' worth")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument(
        "--idle", type=int, default=0, help="hold polls so long; 30 is a whole wait"
    )
    parser.add_argument("--password-cost", type=int, default=8, metavar="KIB", help="argon2id's")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    given = parser.parse_args(arguments)
    missed: list[str] = []
    for sessions in given.sessions:
        for fanout in given.fanout:
            options = Options(
                given.boshload.resolve(),
                sessions,
                fanout,
                given.rate or max(1, 200 // fanout),
                given.seconds,
                given.idle,
                given.password_cost,
            )
            text, judged, wrong = report(measure(given.peers, options), fanout, sessions)
            print(text, *judged, sep="\n", flush=True)
            missed += wrong
    for line in missed:
        print(f"missed: {line}")
    return 1 if given.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
