"""Gadgets beside a bare ``twisted.web`` that is asked the same and says as many bytes, in turns.

    python -m benchmarks.gadgets [--check]

Twenty gadgets of about 10 KB, as desktops ask for them: each agent with preferences of its own. Each server is a process of its own, and so are those who ask. See ``README.rst`` here for what was seen.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import quote, urlencode

from benchmarks.http_client import Connection, connect, request
from benchmarks.rest import MANY, Figures, Load, run_hello, turn
from benchmarks.server import Running, run_server

__all__ = ["BARE_PAGE", "BARE_SCRIPT", "GOAL", "IFR", "SCRIPT", "main", "measure", "report"]

GOAL: Final = 0.5
"""A gadget that has been shown before is rendered at least so many times for one of the bare server's answers."""

IFR: Final = "ifr"
ANEW: Final = "ifr, made anew"
"""A page that nobody has been shown before."""
BARE_PAGE: Final = "bare, so long"
SCRIPT: Final = "js"
BARE_SCRIPT: Final = "bare, longer"

GADGETS: Final = 20
"""On one desktop."""

AGENTS: Final = 200

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Module>
  <ModulePrefs title="Gadget {number}" height="200">
    <Require feature="pubsub-2"/><Require feature="dynamic-height"/><Require feature="settitle"/><Require feature="setprefs"/>
    <Require feature="loadingindicator"><Param name="manual-dismiss">false</Param></Require>
    <Locale><msg name="hello">Hello</msg></Locale>
  </ModulePrefs>
  <UserPref name="scheme"/><UserPref name="host"/><UserPref name="hostPort"/><UserPref name="own"/>
  <Content type="html"><![CDATA[<!DOCTYPE html>
<html><head><link rel="stylesheet" href="look.css"><script src="/desktop/assets/js/finesse.js"></script>
<script src="__UP_scheme__://__UP_host__:__UP_hostPort__/3rdpartygadget/files/a.js"></script></head><body><p>__MSG_hello__ __UP_own__</p>
"""
_TAIL: Final = """</body><script>gadgets.HubSettings.onConnect = () => gadgets.window.adjustHeight();</script></html>]]></Content>
</Module>
"""


def _spec(number: int) -> str:
    rows = "".join(
        f'<div class="row" id="row{row}"><span title="row {row}">Row {row}</span><a href="#">more</a></div>\n'
        for row in range(95)
    )
    return _HEAD.format(number=number) + rows + _TAIL


def _path(port: int, gadget: int, agent: int, own: str = "") -> str:
    """What a desktop asks for a gadget."""
    prefs = {
        **{name: f"{name}-{agent}" for name in ("id", "extension", "teamId", "teamName", "locale")},
        **{f"attribute{number}": f"value {number}" for number in range(15)},
        "scheme": "http",
        "host": "127.0.0.1",
        "hostPort": str(port),
        "own": own,
    }
    asked = {
        "container": "default",
        "mid": gadget,
        "nocache": "0",
        "country": "US",
        "lang": "en",
        "view": "default",
        "refresh": "86400",
        **{f"up_{name}": value for name, value in prefs.items()},
        "url": f"http://127.0.0.1:{port}/3rdpartygadget/files/{gadget}.xml",
    }
    return f"/gadgets/ifr?{urlencode(asked, quote_via=quote)}"


async def _loads(
    ours: Running, bare: Mapping[str, Running], connections: int, pages: int
) -> list[Load]:
    port = ours.ports["http"]
    asking = [await connect(port) for _ in range(connections)]
    each = [range(which, AGENTS, connections) for which in range(connections)]
    shown = [
        [
            request("GET", _path(port, gadget, agent))
            for agent in agents
            for gadget in range(GADGETS)
        ]
        for agents in each
    ]
    anew = [
        [
            request("GET", _path(port, page % GADGETS, which, f"{which}-{page}"))
            for page in range(pages)
        ]
        for which in range(connections)
    ]
    script = [[request("GET", "/gadgets/js/core:rpc:pubsub-2:dynamic-height.js")]] * connections
    loads = [
        Load(IFR, ours.pid, asking, shown),
        Load(ANEW, ours.pid, asking, anew),
        Load(SCRIPT, ours.pid, asking, script),
    ]
    for name, asked in ((BARE_PAGE, shown), (BARE_SCRIPT, script)):
        server = bare[name]
        saying = [await connect(server.ports["http"]) for _ in range(connections)]
        loads.append(Load(name, server.pid, saying, asked))
    return loads


async def _lengths(port: int) -> tuple[int, int]:
    """How long a page and a script are."""
    connection: Connection = await connect(port)
    _, page = await connection.ask(request("GET", _path(port, 0, 0)))
    _, script = await connection.ask(
        request("GET", "/gadgets/js/core:rpc:pubsub-2:dynamic-height.js")
    )
    connection.close()
    return len(page), len(script)


async def _measure(ours: Running, connections: int, number: int, rounds: int) -> dict[str, Figures]:
    page, script = await _lengths(ours.ports["http"])
    with run_hello(page) as bare_page, run_hello(script) as bare_script:
        bare = {BARE_PAGE: bare_page, BARE_SCRIPT: bare_script}
        loads = await _loads(ours, bare, connections, (rounds + 1) * number // connections + 1)
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


def measure(connections: int = 20, number: int = 4_000, rounds: int = 5) -> dict[str, Figures]:
    """Ask for everything in turns.

    Args:
        connections: How many ask at a time.
        number: How many requests each turn has; 4,000 are the gadgets of 200 agents' desktops.
        rounds: How many turns each kind has, after one that does not count.

    Returns:
        Each kind's medians.
    """
    with tempfile.TemporaryDirectory() as name:
        for gadget in range(GADGETS):
            (Path(name) / f"{gadget}.xml").write_text(_spec(gadget))
        settings = {
            "demo.calls_per_minute": 0,
            "log.level": '"warn"',
            "gadgets.folder": f'"{name}"',
            "web.requests_per_s": MANY,
            "web.requests_per_address_s": MANY,
        }
        with run_server(settings) as ours:
            return asyncio.run(_measure(ours, connections, number, rounds))


def report(found: Mapping[str, Figures]) -> tuple[str, bool]:
    """What was seen, and whether gadgets are rendered fast enough."""
    lines = [f"{'':15}{'requests/s':>11}{'CPU s/1,000':>13}{'p99 ms':>9}{'x bare':>9}"]
    for name, one in found.items():
        bare = found[BARE_SCRIPT if name in {SCRIPT, BARE_SCRIPT} else BARE_PAGE]
        lines.append(
            f"{name:15}{one.per_s:11,.0f}{one.cpu:13.3f}{one.p99_ms:9.1f}{bare.cpu / one.cpu:9.2f}"
        )
    ratio = found[BARE_PAGE].cpu / found[IFR].cpu
    met = ratio >= GOAL
    lines.append(
        f"{'met' if met else 'MISSED'}: gadgets at least {GOAL:g} x as many bytes of a bare server, by processor time:"
        f" {ratio:.2f}"
    )
    return "\n".join(lines), met


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and judge.

    Returns:
        The exit status: 1 with ``--check`` when the goal is missed.
    """
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.gadgets")
    parser.add_argument("--requests", type=int, default=4_000, help="in each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="fail when the goal is missed")
    given = parser.parse_args(arguments)
    text, good = report(measure(number=given.requests, rounds=given.rounds))
    print(text)
    return 1 if given.check and not good else 0


if __name__ == "__main__":
    sys.exit(main())
