"""Simulated days of contact centres of several sizes: what the engine costs, and whether routing grows with agents.

    python -m benchmarks.engine [--agents 100 400 2000 10000] [--check]

Engine, simulated switch, customers and agents run on a clock that is turned as fast as it goes, without ports and
without bytes; all of it is counted. The collector of cycles and the log are set as the server sets them (`GC_THRESHOLDS`,
``log.level = "info"``), but nothing is written. Each size runs in a process of its own, and its time is the process's own.

While it is counted, a signal looks each `SAMPLE_S` whose code is at work, so that the share of the people is known: they are
the load, not the engine. What is compiled is not seen there, and counts as its caller's, who is never one of the people.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from types import FrameType

from twisted.logger import ILogObserver, LogEvent, globalLogBeginner
from zope.interface import implementer

from finesse_tx.logs import LevelFilter
from finesse_tx.scenario.core.reading import read_scenario
from finesse_tx.scenario.play import Play
from finesse_tx.tap import GC_THRESHOLDS
from finesse_tx.verbosity import VERBOSITY

__all__ = [
    "SIZES",
    "Figures",
    "build",
    "is_people",
    "main",
    "measure",
    "measure_apart",
    "report",
    "verdicts",
]

SIZES = (100, 400, 2_000, 10_000)
"""Agents."""

RATE = 30
"""Calls an agent and hour."""

CALLS = 50_000
"""So many calls are simulated by default for each size, or an hour, whichever is less."""

WARM_S = 300.0
"""Until then nothing counts: agents sign in, and the first calls are not yet in wrap-up."""

GOAL_TIMES = 20.0
"""So many times as fast as real time, with most agents."""

SAMPLE_S = 0.01
"""So often it is looked whose code is at work."""

LOAD = ("finesse_tx/scenario/", "finesse_tx/telephony/customers.py")
"""Where the people are, and their clock: what they call of it is theirs, too."""

GOAL_GROWTH = 1.5
"""Routing a call may take so many times as long with most agents as with fewest: caches, not algorithms."""


@dataclass(frozen=True)
class Figures:
    """One size.

    Attributes:
        agents: How many.
        simulated_s: How much time was simulated and counted.
        cpu_s: What it cost.
        calls: Customers' calls in it.
        answered: Those of them that somebody answered, since the beginning.
        events: CTI events in it.
        agent_bytes: What one agent takes, calls and customers included.
        route_us: What it costs to bring one call to an agent, while nothing else happens.
        load: Which part of ``cpu_s`` the people took, 0 to 1.
    """

    agents: int
    simulated_s: float
    cpu_s: float
    calls: int
    answered: int
    events: int
    agent_bytes: float
    route_us: float
    load: float = 0.0

    @property
    def times(self) -> float:
        """How many times as fast as real time, on one core."""
        return self.simulated_s / self.cpu_s

    @property
    def events_per_s(self) -> float:
        """CTI events in a second of the processor."""
        return self.events / self.cpu_s

    @property
    def call_us(self) -> float:
        """What a call costs in all, from the customer's dialling to the end of wrap-up."""
        return self.cpu_s / max(1, self.calls) * 1e6


def _scenario(agents: int, ends: float, per_agent_hour: float) -> str:
    return f"""
    [day]
    agents = {agents}
    ends = {ends}
    [telephony.options]
    ports = {min(10_000, 200 + agents)}
    [[agents]]
    who = ["agent1-agent{agents}"]
    ready_s = [1, 5]
    [[callers]]
    to = ["6001", "6002"]
    begin = 60
    per_agent_hour = {per_agent_hour}
    """


def _memory() -> int:
    """The process's resident bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


@implementer(ILogObserver)
class _Nowhere:
    """Where the log goes."""

    def __call__(self, event: LogEvent) -> None:
        """Drop a line that the server would write."""


def is_people(frame: FrameType | None) -> bool:
    """Whether it is the people who are at work: what is not ours counts as its caller's."""
    while frame is not None and "finesse_tx/" not in frame.f_code.co_filename:
        frame = frame.f_back
    return frame is not None and any(each in frame.f_code.co_filename for each in LOAD)


@contextmanager
def _sampled() -> Iterator[Counter[bool]]:
    """Count how often the people are at work, and how often anything else is."""
    seen: Counter[bool] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        seen[is_people(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, SAMPLE_S, SAMPLE_S)
    try:
        yield seen
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def measure(agents: int, seconds: float, routes: int, seed: int) -> Figures:
    """Simulate one size, in this process."""
    gc.collect()
    memory = _memory()
    text = _scenario(agents, WARM_S + seconds, RATE)
    play = Play(read_scenario(text, "benchmark"), "benchmark", seed, tells=False)
    began: list[float] = []
    events = calls = 0

    def count(_message: object) -> None:
        nonlocal events
        events += 1

    def pace(moment: float) -> None:
        nonlocal calls
        if not began and moment >= WARM_S:
            calls = play.totals.calls
            play.stage.engine.peripheral.subscribe(count)
            gc.collect()
            gc.freeze()  # what is there from the beginning is not looked through again and again
            gc.set_threshold(*GC_THRESHOLDS)
            seen.clear()
            began.append(time.process_time())

    thresholds = gc.get_threshold()
    with _sampled() as seen:
        for _line in play.run(pace):
            pass
        cpu_s = time.process_time() - began[0]
    gc.set_threshold(*thresholds)
    used = _memory() - memory
    gc.unfreeze()
    totals = play.totals
    return Figures(
        agents,
        seconds,
        cpu_s,
        totals.calls - calls,
        totals.answered,
        events,
        used / agents,
        _route(agents, routes),
        seen[True] / max(1, seen.total()),
    )


def _route(agents: int, calls: int) -> float:
    """Microseconds from a customer's dialling to the ringing of an agent's phone, all agents being ready."""
    text = _scenario(agents, 120.0, 1e-9)
    play = Play(read_scenario(text, "benchmark"), "benchmark", tells=False)
    spent: list[float] = []

    def pace(moment: float) -> None:
        if moment < 120.0 or spent:
            return
        stage, number = play.stage, "0612345678"
        gc.collect()
        for _ in range(calls):
            began = time.process_time()
            stage.customers.place_call("6001", number)
            while stage.clock.turn(moment):
                pass
            spent.append(time.process_time() - began)
            stage.customers.hang_up(number)
            while stage.clock.turn(moment):
                pass

    for _line in play.run(pace):
        pass
    return median(spent) * 1e6


def measure_apart(agents: int, seconds: float, routes: int, seed: int) -> Figures:
    """Simulate one size in a process of its own, so that its memory is its own."""
    arguments = [agents, seconds, routes, seed]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine", "--one", json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return Figures(**json.loads(done.stdout))


def verdicts(figures: Sequence[Figures]) -> list[tuple[str, bool]]:
    """The goals, and whether they are met."""
    fewest = min(figures, key=lambda each: each.agents)
    most = max(figures, key=lambda each: each.agents)
    growth = most.route_us / fewest.route_us
    routing = f"routing a call: {growth:.2f} times as long with {most.agents} agents as with"
    routing += f" {fewest.agents} (goal: {GOAL_GROWTH:g})"
    return [
        (
            f"{most.agents} agents: {most.times:.1f} times real time (goal: {GOAL_TIMES:g})",
            most.times >= GOAL_TIMES,
        ),
        (routing, growth <= GOAL_GROWTH),
    ]


def build() -> str:
    """What is measured: which Python, and how much of ours is compiled (docs/engine.rst, "Compiled")."""
    ours = [each for name, each in sys.modules.items() if name.startswith("finesse_tx.")]
    compiled = sum(not (each.__file__ or "").endswith(".py") for each in ours)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {compiled or 'none'} of {len(ours)} modules compiled"


def report(figures: Sequence[Figures]) -> str:
    """What is printed."""
    head = f"{'agents':>7} {'simulated':>9} {'CPU s':>7} {'calls':>7} {'events/s':>9} {'times':>7}"
    head += f" {'people':>6} {'call µs':>8} {'route µs':>8} {'KiB/agent':>9}"
    lines = [
        f"{each.agents:7d} {each.simulated_s:7.0f} s {each.cpu_s:7.2f} {each.calls:7d}"
        f" {each.events_per_s:9.0f} {each.times:7.1f} {each.load:6.0%} {each.call_us:8.0f} {each.route_us:8.0f}"
        f" {each.agent_bytes / 1024:9.1f}"
        for each in figures
    ]
    return "\n".join([build(), head, *lines, *(what for what, _ in verdicts(figures))])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 with ``--check`` if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.engine")
    parser.add_argument("--agents", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--seconds", type=float, help="simulated, of each (default: 50,000 calls)")
    parser.add_argument("--routes", type=int, default=500, help="calls that are routed alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="a missed goal is a failure")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        log = LevelFilter(_Nowhere(), "info", VERBOSITY)
        globalLogBeginner.beginLoggingTo([log], redirectStandardIO=False, discardBuffer=True)
        print(json.dumps(asdict(measure(*json.loads(options.one)))))
        return 0
    figures = []
    for agents in options.agents:
        seconds = options.seconds or min(3600.0, CALLS / (agents * RATE) * 3600)
        figures.append(measure_apart(agents, seconds, options.routes, options.seed))
    print(report(figures))
    if options.check and not all(met for _, met in verdicts(figures)):
        print("a goal is missed", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
