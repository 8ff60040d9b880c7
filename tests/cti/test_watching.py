"""``finesse-tx cti connect``, as a process of its own, against our server and against scripted ones."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet import reactor
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IReactorProcess, IReactorTCP
from twisted.internet.protocol import ProcessProtocol, Protocol, ServerFactory, connectionDone
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.core.framing import frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    CloseConf,
    CloseReq,
    ConfigRequestKeyEvent,
    FailureConf,
    FailureEvent,
    HeartbeatConf,
    HeartbeatReq,
    OpenConf,
    OpenReq,
    SetAgentStateConf,
    SetAgentStateReq,
    UserMessageReq,
)
from finesse_tx.cti.server import CTIServer
from tests.cti.test_docs import DOCUMENT
from tests.support.cti import ScriptedPeripheral, now
from tests.support.twistd import LIMIT_S, environment


class Tool(ProcessProtocol):
    """The process.

    Attributes:
        output: What it has printed.
        errors: What it has said.
        status: Its exit status, once it has ended; -1 for one that a signal has ended.
        ended: Fires then.
    """

    transport: Any

    def __init__(self) -> None:
        self.output = self.errors = b""
        self.status: int | None = None
        self.ended: Deferred[None] = Deferred()
        self._waiters: list[tuple[Callable[[], bool], Deferred[None]]] = []

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines that it has printed."""
        return [
            json.loads(line) for line in self.output.splitlines(keepends=True) if line[-1:] == b"\n"
        ]

    @property
    def messages(self) -> list[str]:
        """Which messages those are."""
        return [line.get("message", "error") for line in self.lines]

    def when(self, condition: Callable[[], bool]) -> Deferred[None]:
        """Fires when that is so."""
        waiter: Deferred[None] = Deferred()
        waiter.addTimeout(LIMIT_S, reactor)
        self._waiters.append((condition, waiter))
        self._check()
        return waiter

    def _check(self) -> None:
        for condition, waiter in tuple(self._waiters):
            if condition():
                self._waiters.remove((condition, waiter))
                waiter.callback(None)

    def outReceived(self, data: bytes) -> None:
        """It prints."""
        self.output += data
        self._check()

    def errReceived(self, data: bytes) -> None:
        """It complains."""
        self.errors += data
        self._check()

    def processEnded(self, reason: Failure) -> None:
        """It is gone."""
        self.status = reason.value.exitCode  # type: ignore[union-attr]
        self.ended.callback(None)
        self._check()


class Engine(Protocol):
    """An engine that follows a script.

    Args:
        script: What is answered to a message: messages, or None to close.
        layout: What it speaks; what it reads is read in the version that OPEN_REQ asks for.
        said: Gets every message that comes.
    """

    def __init__(
        self,
        script: Callable[[Message], list[Message] | None],
        dialect: Dialect,
        said: list[Message],
    ) -> None:
        self._script, self._dialect, self._said = script, dialect, said
        self._buffer = bytearray()
        self._layout = Layout.of(dialect, 16)

    def dataReceived(self, data: bytes) -> None:
        """Answer."""
        self._buffer += data
        for frame in frames(self._buffer):
            if frame.message_type == 3:
                version = int.from_bytes(frame.body[4:8], "big")
                self._layout = Layout.of(self._dialect, version)
            message = self._layout.decode(frame)
            self._said.append(message)
            assert self.transport is not None
            answers = self._script(message)
            if answers is None:
                self.transport.loseConnection()
                return
            for answer in answers:
                self.transport.write(self._layout.encode(answer))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The tool has gone."""


class Engines(ServerFactory):
    """Makes them.

    Attributes:
        said: Every message that came to any.
    """

    noisy = False

    def __init__(
        self,
        script: Callable[[Message], list[Message] | None],
        dialect: Dialect = Dialect.UCCX,
    ) -> None:
        self._script, self._dialect = script, dialect
        self.said: list[Message] = []

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        """Make one."""
        return Engine(self._script, self._dialect, self.said)


def write(name: str, text: str) -> None:
    """Write a file."""
    Path(name).write_text(text, "utf-8")


def friendly(message: Message) -> list[Message] | None:
    """An engine that opens every session, and closes it when asked."""
    match message:
        case OpenReq():
            opened = OpenConf(
                invoke_id=message.invoke_id,
                services_granted=message.services_requested,
                peripheral_online=True,
            )
            return [opened]
        case CloseReq():
            return [CloseConf(invoke_id=message.invoke_id)]
        case HeartbeatReq():
            return [HeartbeatConf(invoke_id=message.invoke_id)]
    return []


class ConnectTests(TestCase):
    """Sessions over real sockets."""

    timeout = 3 * LIMIT_S

    def listen(self, factory: Any) -> str:
        """Let somebody listen; returns where."""
        port = IReactorTCP(reactor).listenTCP(0, factory, interface="127.0.0.1")
        self.addCleanup(port.stopListening)
        address = port.getHost()
        assert isinstance(address, IPv4Address)
        return f"127.0.0.1:{address.port}"

    def connect(self, where: str, *options: str) -> Tool:
        """Start the tool."""
        return self.spawn(sys.executable, "-m", "finesse_tx.cli", "cti", "connect", where, *options)

    def spawn(self, *arguments: str) -> Tool:
        """Start a process."""
        tool = Tool()
        process = IReactorProcess(reactor).spawnProcess(
            tool, arguments[0], arguments, env=environment()
        )

        def clean() -> Deferred[None] | None:
            if tool.ended.called:
                return None
            process.signalProcess("KILL")
            return tool.ended

        self.addCleanup(clean)
        return tool

    async def end(self, tool: Tool, signal: str = "INT") -> int:
        """Send it a signal, and wait until it has ended."""
        tool.transport.signalProcess(signal)
        return await self.status(tool)

    async def status(self, tool: Tool) -> int:
        """Wait until it has ended."""
        await tool.when(lambda: tool.status is not None)
        assert tool.status is not None
        return tool.status

    async def test_our_server(self) -> None:
        """With our server: what comes is printed, what is typed in is sent and answered, Ctrl-C ends it in order."""
        peripheral = ScriptedPeripheral()
        peripheral.script[SetAgentStateReq] = lambda request: [
            SetAgentStateConf(invoke_id=request.invoke_id)  # type: ignore[attr-defined]
        ]
        server = CTIServer(CTIServerConfig(), peripheral, reactor, now)
        server.startService()
        self.addCleanup(server.stopService)
        tool = self.connect(self.listen(server.factory))
        await tool.when(lambda: "SYSTEM_EVENT" in tool.messages)
        self.assertEqual(server.session_count, 1)
        peripheral.publish(AgentStateEvent(agent_state=3, agent_id_long="agént"))
        await tool.when(lambda: "AGENT_STATE_EVENT" in tool.messages)
        event = tool.lines[-1]
        self.assertEqual(event["names"]["AgentState"], "AVAILABLE")
        self.assertEqual(event["protocol_version"], 18)
        self.assertIn("agént", [field["value"] for field in event["floating"]])
        request = {
            "message": "SET_AGENT_STATE_REQ",
            "fixed": [{"field": "AgentState", "value": "AVAILABLE"}],
            "floating": [{"name": "AGENT_INSTRUMENT", "value": "1001"}],
        }
        tool.transport.write(f"nonsense\n\n{json.dumps(request)}\r\n".encode())
        await tool.when(lambda: "SET_AGENT_STATE_CONF" in tool.messages)
        self.assertEqual(tool.lines[-1]["fixed"][0]["value"], 1_000_003)
        request["fixed"].insert(0, {"field": "InvokeID", "value": 5})  # type: ignore[attr-defined]
        tool.transport.write(json.dumps(request).encode())
        tool.transport.closeStdin()
        await tool.when(lambda: tool.messages.count("SET_AGENT_STATE_CONF") == 2)
        self.assertEqual(tool.lines[-1]["fixed"][0]["value"], 5)
        self.assertEqual(await self.end(tool), 1)
        self.assertEqual(tool.messages[-1], "CLOSE_CONF")
        self.assertIn(b"finesse-tx: line 1: expected JSON: ", tool.errors)
        self.assertEqual(tool.messages[:2], ["OPEN_CONF", "SYSTEM_EVENT"])
        await deferLater(reactor, 0)
        self.assertEqual(server.session_count, 0)

    async def test_documented(self) -> None:
        """The example of ``docs/cti.rst`` does what it says: one message is sent, and what comes is printed."""
        found = re.search(
            r"^    \$ (.*\|)\n    > (.*cti connect 127.*)$", DOCUMENT.read_text("utf-8"), re.M
        )
        assert found is not None
        documented = f"{found[1]} {found[2]}"
        self.assertIn(" INT 5 finesse-tx ", documented)
        wanted = 124, ["OPEN_CONF", "CLOSE_CONF"], [OpenReq, ConfigRequestKeyEvent, CloseReq]
        for seconds in (5, 15, 45):  # some machines need more than five until the tool has run
            engines = Engines(friendly)
            script = (
                documented.replace("127.0.0.1:12028", self.listen(engines))
                .replace(" INT 5 ", f" INT {seconds} ")
                .replace("finesse-tx", f"{sys.executable} -m finesse_tx.cli")
            )
            tool = self.spawn("/bin/bash", "-c", script)
            status = await self.status(tool)  # 124 is timeout's own, when it had to end something
            seen = status, tool.messages, [type(said) for said in engines.said]
            if seen == wanted:
                break
        self.assertEqual(seen, wanted)

    async def test_steps_down(self) -> None:
        """It asks for the highest version and steps down; SIGTERM ends it as Ctrl-C does, and all is well."""

        def old(message: Message) -> list[Message] | None:
            if isinstance(message, OpenReq) and message.version_number > 14:
                return [FailureConf(invoke_id=message.invoke_id, status=1)]
            return friendly(message)

        engines = Engines(old)
        tool = self.connect(self.listen(engines))
        await tool.when(lambda: b"a session is open, version 14" in tool.errors)
        self.assertEqual(await self.end(tool, "TERM"), 0)
        asked = [said.version_number for said in engines.said if isinstance(said, OpenReq)]
        self.assertEqual(asked, [18, 16, 14])
        self.assertEqual(tool.messages, ["FAILURE_CONF"] * 2 + ["OPEN_CONF", "CLOSE_CONF"])
        self.assertIsInstance(engines.said[-1], CloseReq)

    async def test_options(self) -> None:
        """OPEN_REQ has what the options say, and nothing in clear is printed."""
        write("password", "sécret\nmore\n")
        engines = Engines(friendly)
        tool = self.connect(
            self.listen(engines),
            *("--version", "14", "--user", "recorder", "--password-file", "password"),
            *("--agent", "agent1", "--extension", "1001", "--instrument", "1002"),
            *("--call-mask", "CALL_HELD_MASK,0x4", "--agent-mask", "7", "--config-mask", "CSQS"),
        )
        await tool.when(lambda: b"a session is open, version 14" in tool.errors)
        (request,) = engines.said
        assert isinstance(request, OpenReq)
        self.assertEqual((request.version_number, request.client_id), (14, "recorder"))
        self.assertEqual(request.client_password, "sécret\0".encode())
        self.assertEqual(request.services_requested, 7)
        self.assertEqual((request.call_msg_mask, request.agent_state_mask), (12, 7))
        self.assertEqual(request.config_msg_mask, 2)
        self.assertEqual(
            (request.agent_id_long, request.agent_extension, request.agent_instrument),
            ("agent1", "1001", "1002"),
        )
        self.assertEqual(await self.end(tool), 0)

    async def test_bridge(self) -> None:
        """Without an agent it is a bridge that wants everything, under a name that is nobody's."""
        engines = Engines(friendly)
        tool = self.connect(self.listen(engines), "--services", "CTI_SERVICE_ALL_EVENTS")
        await tool.when(lambda: b"a session is open" in tool.errors)
        (request,) = engines.said
        assert isinstance(request, OpenReq)
        self.assertEqual(request.services_requested, 0x10)
        self.assertEqual(request.client_id, f"finesse-tx-{tool.transport.pid}")
        self.assertEqual(await self.end(tool), 0)

    async def test_ucce(self) -> None:
        """With UCCE's dialect it asks for UCCE's highest version, in its widths."""
        engines = Engines(friendly, Dialect.UCCE)
        tool = self.connect(self.listen(engines), "--dialect", "ucce", "--agent", "1001")
        await tool.when(lambda: "OPEN_CONF" in tool.messages)
        (request,) = engines.said
        assert isinstance(request, OpenReq)
        self.assertEqual((request.version_number, request.agent_id), (25, "1001"))
        self.assertEqual(tool.lines[0]["tag_width"], 2)
        self.assertEqual(await self.end(tool), 0)

    async def test_passwords(self) -> None:
        """A password that comes is printed only if that is asked for."""

        def talkative(message: Message) -> list[Message] | None:
            answers = friendly(message) or []
            if isinstance(message, OpenReq):
                login = SetAgentStateReq(
                    agent_state=0, agent_password="sesame", agent_instrument="1"
                )
                answers.append(login)
            return answers

        where = self.listen(Engines(talkative))
        for options, expected in (([], False), (["--show-passwords"], True)):
            tool = self.connect(where, *options)
            await tool.when(lambda tool=tool: len(tool.lines) == 2)  # type: ignore[misc]
            self.assertEqual(b"sesame" in tool.output, expected)
            self.assertEqual(await self.end(tool), 0)

    async def test_refused(self) -> None:
        """Where there is no engine, or one that refuses, the status is 3 and it says why."""

        def strict(message: Message) -> list[Message] | None:
            return [FailureConf(invoke_id=1, status=36, text="who are you?")]

        tool = self.connect(self.listen(Engines(strict)))
        self.assertEqual(await self.status(tool), 3)
        self.assertIn(b"E_CTI_INVALID_PASSWORD: who are you?", tool.errors)
        self.assertEqual(tool.messages, ["FAILURE_CONF"])
        tool = self.connect("127.0.0.1:1")
        self.assertEqual(await self.status(tool), 3)
        self.assertIn(b"finesse-tx: 127.0.0.1:1: Connection was refused", tool.errors)

    async def test_lost(self) -> None:
        """When the session breaks off, or the engine ends it, the status is 4; what it said last is printed."""

        def leaving(message: Message) -> list[Message] | None:
            if isinstance(message, UserMessageReq):
                return None
            return [*(friendly(message) or []), FailureEvent(status=15, text="bye")]

        tool = self.connect(self.listen(Engines(leaving)))
        self.assertEqual(await self.status(tool), 4)
        self.assertEqual(tool.messages, ["OPEN_CONF", "FAILURE_EVENT"])
        self.assertIn(b"the session has ended: the server ends the session: ", tool.errors)

        def hanging_up(message: Message) -> list[Message] | None:
            return None if isinstance(message, UserMessageReq) else friendly(message)

        tool = self.connect(self.listen(Engines(hanging_up)))
        await tool.when(lambda: b"a session is open" in tool.errors)
        tool.transport.write(
            b'{"message":"USER_MESSAGE_REQ","fixed":[{"field":"Distribution","value":0}]}\n'
        )
        self.assertEqual(await self.status(tool), 4)

    async def test_closing_by_hand(self) -> None:
        """A CLOSE_REQ that is typed in ends the session in order."""
        engines = Engines(friendly)
        tool = self.connect(self.listen(engines))
        await tool.when(lambda: b"a session is open" in tool.errors)
        tool.transport.write(b'{"message":"CLOSE_REQ"}\n')
        self.assertEqual(await self.status(tool), 0)
        self.assertIsInstance(engines.said[-1], CloseReq)

    async def test_interrupted_while_opening(self) -> None:
        """Ctrl-C before there is a session ends it too."""
        engines = Engines(lambda _message: [])
        tool = self.connect(self.listen(engines))
        while not engines.said:
            await deferLater(reactor, 0.02)
        self.assertEqual(await self.end(tool), 0)
        self.assertEqual(tool.errors, b"")

    async def test_reader_goes_away(self) -> None:
        """When nobody reads what it prints (``| head``), the session is ended in order."""
        engines = Engines(friendly)
        tool = self.connect(self.listen(engines))
        await tool.when(lambda: b"a session is open" in tool.errors)
        tool.transport.closeStdout()
        self.assertEqual(await self.status(tool), 0)
        self.assertIsInstance(engines.said[-1], CloseReq)
        self.assertNotIn(b"Traceback", tool.errors)

    async def test_wrong_arguments(self) -> None:
        """What cannot be is refused before anything is tried."""
        for options, text in (
            (
                ["10.0.0.1:0"],
                b"10.0.0.1:0: expected HOST:PORT, such as 10.0.0.1:12028 or [::1]:12028",
            ),
            (["::1"], b"::1: expected HOST:PORT"),
            (["[::1]", "--services", "NONE"], b"--services: 'NONE' is no number and none of CTI_"),
            (
                ["localhost", "--call-mask", "0x100000000"],
                b"--call-mask: 0x100000000 does not fit 32",
            ),
            (["localhost", "--password-file", "absent"], b"absent: No such file or directory"),
            (
                ["localhost", "--version", "9", "--dialect", "uccx"],
                b"the versions are uccx 10 to 18",
            ),
        ):
            tool = self.connect(options[0], *options[1:])
            self.assertEqual(await self.status(tool), 1)
            self.assertIn(text, tool.errors)
