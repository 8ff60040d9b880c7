"""The REST API beside a bare ``twisted.web`` that says hello, in turns; and, with ``--sign-in``, a shift that begins.

    python -m benchmarks.rest [--check] [--sign-in 2000]

GET User is asked by clients that keep the session's cookie, as browsers do, and by those that do not. Each server is a process of its own, and so are those who ask. See ``README.rst`` here for what was seen.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from statistics import median
from typing import Final, NamedTuple

from benchmarks.http_client import Connection, connect, request
from benchmarks.rounds import ratio
from benchmarks.server import Running, run_server
from benchmarks.shift import PASSWORD, Shift, arrived, begin_shift, shift_report
from benchmarks.websocket import processor_s

__all__ = [
    "COOKIELESS",
    "GOAL",
    "HELLO",
    "USER",
    "Figures",
    "Load",
    "main",
    "measure",
    "report",
    "run_hello",
    "turn",
]

GOAL: Final = 0.6
"""GET User makes at least so many requests of a processor's second as saying hello does."""

HELLO: Final = "hello"
USER: Final = "GET User"
COOKIELESS: Final = "... no cookie"
"""The same, by a client that never keeps the session's cookie, and gets one each time."""

_COOKIE: Final = f"Cookie: JSESSIONID={0:032X}\r\n"

MANY: Final = 100_000
"""A rate that nobody reaches: whether one has is looked up all the same."""

CONNECTIONS: Final = 20
"""How many ask at a time."""

AGENTS_EACH: Final = 8
"""Whose states a connection changes in turn: 202 comes before the engine's answer, and twenty may wait for one agent's."""

READY: Final = b"<User><state>READY</state></User>"


class Figures(NamedTuple):
    """What one kind of request took.

    Attributes:
        per_s: How many a second; on a machine that others use, look at the next one.
        cpu: The server's processor time for 1,000, in seconds.
        p99_ms: What one in a hundred took longer than.
    """

    per_s: float
    cpu: float
    p99_ms: float


class Load(NamedTuple):
    """One kind of request.

    Attributes:
        name: What it is called.
        pid: Who serves it.
        connections: Where it is asked.
        requests: What each of these asks, in turn.
        status: What each is answered.
    """

    name: str
    pid: int
    connections: Sequence[Connection]
    requests: Sequence[Sequence[bytes]]
    status: int = 200


@contextmanager
def run_hello(length: int = 0) -> Iterator[Running]:
    """Run the bare server; it is stopped at the end.

    Args:
        length: How many bytes it says; 0: hello.
    """
    command = [sys.executable, "-m", "benchmarks.hello", str(length)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Running(process.pid, {"http": int(process.stdout.readline())})
        finally:
            process.terminate()


async def _ask(connection: Connection, load: Load, which: int, times: list[float], n: int) -> None:
    following = cycle(load.requests[which])
    for _ in range(n):
        began = time.perf_counter()
        status, body = await connection.ask(next(following))
        if status != load.status:
            raise SystemExit(f"{load.name}: {status} {body.decode(errors='replace')}")
        times.append(time.perf_counter() - began)


async def turn(load: Load, number: int) -> Figures:
    """So many requests, on all connections together."""
    times: list[float] = []
    each = max(1, number // len(load.connections))
    cpu, began = processor_s(load.pid), time.perf_counter()
    await asyncio.gather(
        *(
            _ask(connection, load, which, times, each)
            for which, connection in enumerate(load.connections)
        )
    )
    lasted = time.perf_counter() - began
    times.sort()
    return Figures(
        ratio(len(times), lasted),
        (processor_s(load.pid) - cpu) * 1_000 / len(times),
        1_000 * times[int(len(times) * 0.99)],
    )


async def _changes(connection: Connection, number: int) -> list[bytes]:
    """Sign an agent in; the requests that make it ready, and not ready."""
    name = f"agent{number}"
    user = f"/finesse/api/User/{name}"
    login = f"<User><state>LOGIN</state><extension>{1000 + number}</extension></User>"
    await connection.ask(request("PUT", user, name, PASSWORD, login.encode()))
    await arrived(connection, name)
    # Where no reason is configured none may be given, elsewhere the first will do.
    category = f"{user}/ReasonCodes?category=NOT_READY"
    _, reasons = await connection.ask(request("GET", category, name, PASSWORD))
    found = reasons.partition(b"/finesse/api/ReasonCode/")[2].partition(b"<")[0]
    reason = b"<reasonCodeId>%s</reasonCodeId>" % found if found else b""
    rest = b"<User><state>NOT_READY</state>%s</User>" % reason
    return [request("PUT", user, name, PASSWORD, body) for body in (READY, rest)]


async def _loads(ours: Running, hello: Running, connections: int) -> list[Load]:
    greeting = [await connect(hello.ports["http"]) for _ in range(connections)]
    asking = [await connect(ours.ports["http"]) for _ in range(connections)]
    users, cookieless, changes = [], [], []
    for which, connection in enumerate(asking):
        numbers = range(which * AGENTS_EACH + 1, (which + 1) * AGENTS_EACH + 1)
        made = [await _changes(connection, number) for number in numbers]
        changes.append([one for step in zip(*made, strict=True) for one in step])
        name = f"agent{numbers[0]}"
        user = f"/finesse/api/User/{name}"
        users.append([request("GET", user, name, PASSWORD, more=_COOKIE)])
        cookieless.append([request("GET", user, name, PASSWORD)])
    info = [[request("GET", "/finesse/api/SystemInfo", more=_COOKIE)]] * connections
    return [
        Load(HELLO, hello.pid, greeting, [[request("GET", "/")]] * connections),
        Load(USER, ours.pid, asking, users),
        Load(COOKIELESS, ours.pid, asking, cookieless),
        Load("GET SystemInfo", ours.pid, asking, info),
        Load("PUT state", ours.pid, asking, changes, 202),
    ]


async def _measure(connections: int, number: int, rounds: int) -> dict[str, Figures]:
    settings = {
        "demo.agents": connections * AGENTS_EACH,
        "demo.calls_per_minute": 0,
        "log.level": '"warn"',
        "web.requests_per_s": MANY,
        "web.requests_per_address_s": MANY,
    }
    with run_server(settings) as ours, run_hello() as hello:
        loads = await _loads(ours, hello, connections)
        turns: dict[str, list[Figures]] = {load.name: [] for load in loads}
        for round_ in range(rounds + 1):
            for load in loads:
                figures = await turn(load, number)
                if round_:  # the first one does not count
                    turns[load.name].append(figures)
        for load in loads:
            for connection in load.connections:
                connection.close()
    return {
        name: Figures(*(median(values) for values in zip(*found, strict=True)))
        for name, found in turns.items()
    }


def measure(
    connections: int = CONNECTIONS, number: int = 4_000, rounds: int = 5
) -> dict[str, Figures]:
    """Ask for everything in turns.

    Args:
        connections: How many ask at a time.
        number: How many requests each turn has.
        rounds: How many turns each kind has, after one that does not count.

    Returns:
        Each kind's medians; `HELLO` is the one that they are compared with.
    """
    return asyncio.run(_measure(connections, number, rounds))


def report(found: Mapping[str, Figures]) -> tuple[str, bool]:
    """What was seen, and whether GET User is fast enough."""
    hello = found[HELLO]
    lines = [f"{'':15}{'requests/s':>11}{'CPU s/1,000':>13}{'p99 ms':>9}{'x hello':>9}"]
    lines += [
        f"{name:15}{one.per_s:11,.0f}{one.cpu:13.3f}{one.p99_ms:9.1f}{hello.cpu / one.cpu:9.2f}"
        for name, one in found.items()
    ]
    ratio = hello.cpu / max(found[USER].cpu, found[COOKIELESS].cpu)
    met = ratio >= GOAL
    lines.append(
        f"{'met' if met else 'MISSED'}: GET User at least {GOAL:g} x hello by processor time, with the cookie"
        f" and without: {ratio:.2f}"
    )
    return "\n".join(lines), met


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and judge.

    Returns:
        The exit status: 1 with ``--check`` when a goal is missed.
    """
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.rest")
    parser.add_argument("--requests", type=int, default=4_000, help="in each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sign-in", type=int, default=0, metavar="N", help="so many agents, too")
    parser.add_argument("--within", type=float, default=45.0, help="seconds in which they come")
    parser.add_argument("--password-cost", type=int, default=19_456, metavar="KIB")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    given = parser.parse_args(arguments)
    good = True
    if given.requests:
        text, good = report(measure(number=given.requests, rounds=given.rounds))
        print(text, flush=True)
    if given.sign_in:
        shift = begin_shift(Shift(given.sign_in, given.within, given.password_cost))
        text, in_time = shift_report(shift)
        print(text)
        good = good and in_time
    return 1 if given.check and not good else 0


if __name__ == "__main__":
    sys.exit(main())
