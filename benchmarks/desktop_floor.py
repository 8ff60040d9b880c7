"""The people around a desktop that is measured: agents whose phones answer by themselves, customers, a team that is moved about.

The first agent is the one at the desktop. One number leads to nobody else, so that its calls are known by when they were made.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, Final

import requests

from benchmarks.http_client import Connection, connect, request
from benchmarks.server import Running, run_server
from benchmarks.shift import PASSWORD, arrived
from finesse_tx.preflight import CONTROL_TOKEN

__all__ = ["GADGETS", "LIMIT_S", "NUMBER", "PASSWORD", "Floor", "TeamMoves", "run_floor"]

NUMBER: Final = "6099"
"""Leads to the agent at the desktop alone."""

GADGETS: Final = 5

LIMIT_S: Final = 120.0

CALLS_AN_HOUR: Final = 30
"""Of each agent: the published rate."""

MANY: Final = 100_000.0

_GADGET: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Module>
  <ModulePrefs title="Gadget {number}"><Require feature="dynamic-height"/></ModulePrefs>
  <Content type="html"><![CDATA[
    <p id="said">Gadget {number}</p>
    <script>gadgets.util.registerOnLoadHandler(() => gadgets.window.adjustHeight());</script>
  ]]></Content>
</Module>
"""

_TAB: Final = """
    <tabs><tab><id>home</id><label>Home</label><columns><column><gadgets>
      {own}{gadgets}
    </gadgets></column></columns></tab></tabs>"""


class Floor:
    """A server and its people.

    Args:
        server: It.
        agents: How many there are.
    """

    def __init__(self, server: Running, agents: int) -> None:
        self.server, self.agents = server, agents
        self._token = (server.home / CONTROL_TOKEN).read_text().strip()
        self._control = requests.Session()
        self._http = requests.Session()
        self._http.auth = ("admin", PASSWORD)

    def prepare(self) -> None:
        """One team, a queue for the first agent alone, a layout with gadgets; everybody else is ready."""
        self._shape()
        self._lay_out()
        asyncio.run(self._sign_in())

    def page(self, path: str) -> str:
        """The address of a page."""
        return f"https://127.0.0.1:{self.server.ports['https']}{path}"

    def call(self, talk_s: float = 0.4) -> float:
        """Let a customer call the first agent; when that was asked for, in seconds since 1970."""
        began = time.time()
        self._told(
            self._control.post(
                f"http://127.0.0.1:{self.server.ports['control']}/call",
                json={"to": NUMBER, "talk_s": talk_s},
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=LIMIT_S,
            )
        )
        return began

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        url = f"http://127.0.0.1:{self.server.ports['http']}{path}"
        headers = {"Accept": "application/json", **more.pop("headers", {})}
        return self._told(self._http.request(method, url, headers=headers, timeout=LIMIT_S, **more))

    @staticmethod
    def _told(answer: requests.Response) -> Any:
        if answer.status_code >= 400:
            raise SystemExit(f"{answer.url}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.text

    def _shape(self) -> None:
        path = "/cfadmin/api/directory"
        there = self._ask("GET", path)
        (queue, *_), (trigger, *_) = there["Queue"], there["Trigger"]
        skill = [{"skillId": -1, "minimum": 1, "weight": 1}]
        edits = [
            {"do": "add", "value": {"kind": "Skill", "id": -1, "name": "Desktop"}},
            {"do": "add", "value": {**queue, "id": -1, "name": "Desktop", "skills": skill}},
            {
                "do": "add",
                "value": {
                    **trigger,
                    "routePoint": NUMBER,
                    "applicationId": 99,
                    "applicationName": "Desktop",
                    "csqId": -1,
                    "script": "",
                },
            },
        ]
        for one in there["User"]:
            if one["teamId"] is None or not one["loginId"].startswith("agent"):
                continue
            own = (
                {"competences": [{"skillId": -1, "level": 5}]} if one["loginId"] == "agent1" else {}
            )
            edits.append({"do": "replace", "value": {**one, "teamId": 1, **own}})
        self._ask("POST", path, json=edits)

    def _lay_out(self) -> None:
        folder = self.server.home / "3rdpartygadget" / "files"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "empty.html").write_text("<!doctype html><title>Empty</title><p>Nothing.</p>")
        for number in range(1, GADGETS + 1):
            (folder / f"gadget{number}.xml").write_text(_GADGET.format(number=number))
        there = self._ask("GET", "/finesse/api/LayoutConfig/default")["layoutxml"]
        gadgets = "".join(
            f"<gadget>/3rdpartygadget/files/gadget{number}.xml</gadget>"
            for number in range(1, GADGETS + 1)
        )
        begin, *roles = there.split("<tabs>")
        whole = begin
        for role in roles:
            supervises = "teamPerformance" in role
            own = "<gadget>/desktop/scripts/js/teamPerformance.js</gadget>" if supervises else ""
            whole += _TAB.format(own=own, gadgets=gadgets) + role.partition("</tabs>")[2]
        self._ask("PUT", "/finesse/api/LayoutConfig/default", json={"layoutxml": whole})

    async def _sign_in(self) -> None:
        """Everyone but the first."""
        numbers = iter(range(2, self.agents + 1))

        async def some() -> None:
            connection = await connect(self.server.ports["http"])
            for number in numbers:
                await change(
                    connection,
                    number,
                    f"<state>LOGIN</state><extension>{1_000 + number}</extension>",
                )
                await arrived(connection, f"agent{number}")
                await change(connection, number, "<state>READY</state>")
            connection.close()

        await asyncio.gather(*(some() for _ in range(8)))


async def change(connection: Connection, number: int, inner: str) -> None:
    """Ask for an agent's state."""
    name = f"agent{number}"
    written = request(
        "PUT", f"/finesse/api/User/{name}", name, PASSWORD, f"<User>{inner}</User>".encode()
    )
    status, body = await connection.ask(written)
    if status != 202:
        raise SystemExit(f"{name}: {inner}: {status} {body.decode(errors='replace')}")


class TeamMoves(Thread):
    """States that change, so many a second, while it is entered.

    Args:
        floor: Where.
        per_s: How many.

    Attributes:
        made: How many were asked for.
    """

    def __init__(self, floor: Floor, per_s: float) -> None:
        super().__init__(daemon=True)
        self._floor, self._per_s = floor, per_s
        self._over = Event()
        self.made = 0

    def __enter__(self) -> TeamMoves:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """Change them, one agent after the other, by the clock."""
        asyncio.run(self._move())

    async def _move(self) -> None:
        connections = [await connect(self._floor.server.ports["http"]) for _ in range(16)]
        reason = await self._reason(connections[0])
        rest = f"<state>NOT_READY</state>{reason}"
        moves = (
            (number, inner)
            for inner in itertools.cycle((rest, "<state>READY</state>"))
            for number in range(2, self._floor.agents + 1)
        )
        began = time.monotonic()

        async def some(connection: Connection) -> None:
            while not self._over.is_set():
                due = began + self.made / self._per_s
                self.made += 1
                number, inner = next(moves)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await change(connection, number, inner)

        await asyncio.gather(*map(some, connections))
        for connection in connections:
            connection.close()

    async def _reason(self, connection: Connection) -> str:
        """Where a reason is configured one must be given."""
        path = "/finesse/api/User/agent2/ReasonCodes?category=NOT_READY"
        _, found = await connection.ask(request("GET", path, "agent2", PASSWORD))
        number = found.partition(b"/finesse/api/ReasonCode/")[2].partition(b"<")[0].decode()
        return f"<reasonCodeId>{number}</reasonCodeId>" if number else ""


@contextmanager
def run_floor(agents: int) -> Iterator[Floor]:
    """Run a server whose agents all work.

    Args:
        agents: How many; the first one stays out.
    """
    lines = json.dumps([f"1001-{1_000 + agents}"])
    settings = {
        "demo.agents": agents,
        "demo.calls_per_minute": agents * CALLS_AN_HOUR / 60,
        "demo.talk_s": 20,
        "telephony.options": f"{{ auto_answer = {lines}, prompt_s = 0.0 }}",
        "security.argon2_memory_kib": 8,
        "log.level": '"warn"',
        "web.requests_per_s": MANY,
        "web.requests_per_address_s": MANY,
    }
    with run_server(settings) as server:
        floor = Floor(server, agents)
        floor.prepare()
        yield floor
