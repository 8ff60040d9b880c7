"""A contact centre that is killed in the middle of its work, and what its history has afterwards.

Used by the suite (two rounds) and by ``benchmarks/kill9.py`` (as many as one likes).
"""

from __future__ import annotations

import http.client
import json
import select
import signal
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.framing import frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallReq,
    BeginCallEvent,
    CallDeliveredEvent,
    CallEstablishedEvent,
    EndCallEvent,
    OpenConf,
    SetAgentStateReq,
)
from tests.support.cti import bridge_request
from tests.support.twistd import LIMIT_S, Twistd

__all__ = ["AGENTS", "CALLS", "Round", "kill_round"]

AGENTS = 8
CALLS = 100

OVERRIDES = (
    "demo.calls_per_minute=0",
    f"demo.agents={AGENTS}",
    "security.argon2_memory_kib=8",
    "security.argon2_iterations=1",
    "engine.ring_no_answer_s=600",
    "server.stop_timeout_s=60",
)

LAYOUT = Layout.of(Dialect.UCCX, 14)


@dataclass
class Round:
    """What one round has shown.

    Attributes:
        finished: The callers of whose calls the end was told.
        handled: Those of them who talked to an agent.
        recorded: How often each caller is in the history.
        talked: How often each caller is there as handled, with an agent who answered.
    """

    finished: set[str] = field(default_factory=set)
    handled: set[str] = field(default_factory=set)
    recorded: Counter[str] = field(default_factory=Counter)
    talked: Counter[str] = field(default_factory=Counter)

    @property
    def lost(self) -> set[str]:
        """Whose finished call is not in the history, or not as it was."""
        return {
            caller
            for caller in self.finished
            if not self.recorded[caller] or (caller in self.handled and not self.talked[caller])
        }

    @property
    def doubled(self) -> set[str]:
        """Who is there more than once."""
        return {
            caller
            for counts in (self.recorded, self.talked)
            for caller, count in counts.items()
            if count > 1
        }


class Shift:
    """Agents who answer at once, over a CTI session of their own.

    Args:
        server: Where.

    Attributes:
        round: What they have seen.
    """

    def __init__(self, server: Twistd) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port("cti")), LIMIT_S)
        self._buffer = bytearray()
        self._invoke_id = 100
        self._opened = False
        self.ready: set[str] = set()
        self._callers: dict[int, str] = {}
        self._begun: dict[int, set[str]] = {}
        self._established: set[int] = set()
        self.round = Round()
        self._socket.sendall(LAYOUT.encode(bridge_request()))
        self.until(lambda: self._opened)
        for number in range(1, AGENTS + 1):
            self.set_state(number, AgentState.LOGIN)
        self.until(lambda: len(self.ready) == AGENTS)

    def set_state(self, number: int, state: AgentState) -> None:
        """Ask for a state."""
        self._invoke_id += 1
        self._socket.sendall(
            LAYOUT.encode(
                SetAgentStateReq(
                    invoke_id=self._invoke_id,
                    agent_state=state,
                    agent_id_long=f"agent{number}",
                    agent_instrument=str(1000 + number),
                    agent_password="finesse",
                )
            )
        )

    def until(self, condition: Callable[[], bool]) -> None:
        """Work until it is so."""
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError("it has taken too long")
            if select.select([self._socket], [], [], 0.1)[0]:
                self._receive()

    def drain(self) -> None:
        """Read what a server that has been killed had sent; it counts as told."""
        try:
            while self._receive():
                pass
        except ConnectionError:
            pass
        self._socket.close()

    def _receive(self) -> bool:
        data = self._socket.recv(65_536)
        self._buffer += data
        for frame in frames(self._buffer):
            self._take(LAYOUT.decode(frame))
        return bool(data)

    def _take(self, message: Message) -> None:
        match message:
            case OpenConf():
                self._opened = True
            case AgentStateEvent(agent_id_long=str(name), agent_state=state):
                number = int(name.removeprefix("agent"))
                if state == AgentState.AVAILABLE:
                    self.ready.add(name)
                elif state in {AgentState.NOT_READY, AgentState.WORK}:
                    self._try(lambda: self.set_state(number, AgentState.AVAILABLE))
            case BeginCallEvent(connection_call_id=call, connection_device_id=str(device)):
                self._callers[call] = message.ani or ""
                self._begun.setdefault(call, set()).add(device)
            case CallDeliveredEvent(connection_call_id=call, connection_device_id=str(device)):
                if device.startswith("10"):
                    self._try(lambda: self._answer(call, device))
            case CallEstablishedEvent(connection_call_id=call, connection_device_id=str(device)):
                if device.startswith("10"):
                    self._established.add(call)
            case EndCallEvent(connection_call_id=call, connection_device_id=str(device)):
                self._begun[call].discard(device)
                if not self._begun[call]:
                    self.round.finished.add(self._callers[call])
                    if call in self._established:
                        self.round.handled.add(self._callers[call])

    def _try(self, send: Callable[[], None]) -> None:
        with suppress(OSError):  # it has been killed
            send()

    def _answer(self, call: int, device: str) -> None:
        self._invoke_id += 1
        self._socket.sendall(
            LAYOUT.encode(
                AnswerCallReq(
                    invoke_id=self._invoke_id,
                    connection_call_id=call,
                    connection_device_id=device,
                    agent_instrument=device,
                )
            )
        )


def place_calls(server: Twistd, callers: list[str], chance: Random) -> None:
    """Let customers call, some of whom do not wait long."""
    token = (server.home / "control.token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with closing(
        http.client.HTTPConnection("127.0.0.1", server.port("control"), timeout=LIMIT_S)
    ) as connection:
        for caller in callers:
            body = {
                "to": chance.choice(["6001", "6001", "6002"]),
                "from": caller,
                "patience_s": round(chance.uniform(0.2, 6), 2),
                "talk_s": round(chance.uniform(0.02, 0.4), 2),
            }
            connection.request("POST", "/call", json.dumps(body), headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()


def kill_round(home: Path, number: int) -> Round:
    """Kill the server somewhere in the middle of 100 calls, start it again, and look at its history.

    Args:
        home: The server's home, the same for all rounds.
        number: Which round it is; it decides when.
    """
    chance = Random(number)
    callers = [f"06{number:03d}{caller:05d}" for caller in range(CALLS)]
    server = Twistd(OVERRIDES, home).wait_ready()
    try:
        shift = Shift(server)
        place_calls(server, callers, chance)
        enough = chance.randint(10, 90)
        shift.until(lambda: len(shift.round.finished) >= enough)
        server.signal(signal.SIGKILL)
        server.process.wait(LIMIT_S)
        shift.drain()
    finally:
        server.clean()
    (home / "endpoints.json").unlink()  # or the next one would seem to serve already
    again = Twistd(OVERRIDES, home).wait_ready()
    assert again.stop() == 0, again.log
    again.clean()
    _read(home, shift.round, callers)
    return shift.round


def _read(home: Path, found: Round, callers: list[str]) -> None:
    with closing(sqlite3.connect(home / "finesse.db")) as database:
        rows = database.execute(
            "SELECT originatorDN, sessionID FROM ContactCallDetail WHERE originatorDN BETWEEN ? AND ?",
            (callers[0], callers[-1]),
        )
        found.recorded = Counter(caller for caller, _ in rows)
        rows = database.execute(
            "SELECT originatorDN FROM ContactCallDetail c JOIN AgentConnectionDetail a "
            "ON a.sessionID = c.sessionID AND a.sessionSeqNum = c.sessionSeqNum "
            "JOIN ContactQueueDetail q ON q.sessionID = c.sessionID "
            "WHERE c.contactDisposition = 2 AND q.disposition = 2 AND a.outcome = 1 "
            "AND originatorDN BETWEEN ? AND ?",
            (callers[0], callers[-1]),
        )
        found.talked = Counter(caller for (caller,) in rows)
