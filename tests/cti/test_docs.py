"""``docs/cti.rst`` against the code: its exchange, its example, and its tables, which are made here.

``python -m tests.cti.test_docs`` writes the tables anew.
"""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.core.dialects import known_from
from finesse_tx.cti.core.framing import frames
from finesse_tx.cti.core.layout import Dialect
from finesse_tx.cti.core.message import Direction, Message
from finesse_tx.cti.core.messages import (
    CATALOGUE,
    AgentSkillGroup,
    AgentStateEvent,
    SetAgentStateConf,
    SetAgentStateReq,
)
from finesse_tx.cti.core.session import CLIENT_STEP, SERVER_STEP
from finesse_tx.cti.server import CTIServer
from tests.cti.test_every_message import client_role, exercised, server_role
from tests.support.cti import CTIPeer, ScriptedPeripheral, now
from tests.support.twistd import LIMIT_S, environment

DOCUMENT = Path(__file__).parents[2] / "docs" / "cti.rst"

TESTS = Path(__file__).parents[1]

SESSION_TESTS = {
    "server": "cti/test_server.py",
    "client": "cti/test_client.py",
    "masks": "cti/test_masks.py",
    "limits": "cti/test_limits.py",
    "UCCE": "cti/test_ucce.py",
    "sockets": "integration/test_cti_link.py",
    "UCCE sockets": "integration/test_cti_ucce.py",
}
"""The tests that speak to sessions, by what the table calls them."""

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A simple reStructuredText table."""
    lines = [head, *rows]
    widths = [max(len(row[column]) for row in lines) for column in range(len(head))]
    rule = " ".join("=" * width for width in widths)
    texts = [
        " ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in lines
    ]
    return "\n".join([rule, texts[0], rule, *texts[1:], rule])


def session_table(step: dict) -> str:  # type: ignore[type-arg]
    """A session's table."""
    return table(
        ("State", "When", "Then", "State after"),
        (
            (state.name, event.name, action.name, after.name)
            for (state, event), (after, action) in step.items()
        ),
    )


def used_in(module: Path) -> set[str]:
    """The names that the functions of a test module use; what it imports and never uses is not among them."""
    tree = ast.parse(module.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    names = [node for function in functions for node in ast.walk(function)]
    return {node.id for node in names if isinstance(node, ast.Name)}


def tested_by() -> dict[type[Message], list[str]]:
    """The modules whose tests send or await each message on a session of our client or server."""
    used = {name: used_in(TESTS / path) for name, path in SESSION_TESTS.items()}
    return {
        cls: [
            *(["every message"] if exercised(cls) else []),
            *(name for name, names in used.items() if cls.__name__ in names),
        ]
        for cls in CATALOGUE.values()
    }


def message_table() -> str:
    """Every message."""
    rows, tests = [], tested_by()
    ways = {Direction.TO_SERVER: "C→S", Direction.TO_CLIENT: "S→C", Direction.BOTH: "both"}
    for number, cls in sorted(CATALOGUE.items()):
        versions = (known_from(dialect, number) for dialect in (Dialect.UCCX, Dialect.UCCE))
        rows.append(
            (
                str(number),
                cls.MESSAGE_TYPE.name,
                ways[cls.DIRECTION],
                *("none" if first is None else str(first) for first in versions),
                server_role(cls),
                client_role(cls),
                ", ".join(tests[cls]),
            )
        )
    head = ("No.", "Message", "Way", "UCCX", "UCCE", "Server", "Client", "Tested by")
    return table(head, rows)


def generated() -> dict[str, str]:
    """What stands between each pair of marks."""
    return {
        "server table": session_table(SERVER_STEP),
        "client table": session_table(CLIENT_STEP),
        "messages": message_table(),
    }


def between(text: str, mark: str) -> str:
    """What stands between a pair of marks."""
    found = re.search(rf"^\.\. begin {mark}\n(.*?)^\.\. end {mark}$", text, re.M | re.S)
    assert found is not None, mark
    return found[1].strip("\n")


class DocumentTests(SynchronousTestCase):
    """``docs/cti.rst``."""

    def setUp(self) -> None:
        """Read it."""
        self.text = DOCUMENT.read_text("utf-8")

    def test_tables(self) -> None:
        """Its tables are those of the code."""
        for mark, expected in generated().items():
            self.assertEqual(between(self.text, mark), expected, f"run python -m {__name__}")

    def test_everything_is_tested(self) -> None:
        """No message is without a test that takes it through a session."""
        untested = [cls.__name__ for cls, tests in tested_by().items() if not tests]
        self.assertEqual(untested, [])

    def test_used(self) -> None:
        """A name that a test module imports, and does not use, counts for nothing."""
        module = Path(self.mktemp())
        module.write_text("from m import OpenReq, OpenConf\n\ndef test(): return OpenReq()\n")
        self.assertEqual(used_in(module), {"OpenReq"})

    def test_example(self) -> None:
        """Its Python runs."""
        (code,) = re.findall(r"^\.\. code-block:: python\n\n((?:    .*\n|\n)+)", self.text, re.M)
        exec(re.sub(r"^    ", "", code, flags=re.M), {})

    def test_exchange(self) -> None:
        """Its exchange is what our server does, byte for byte."""
        peripheral = ScriptedPeripheral()
        server = CTIServer(CTIServerConfig(), peripheral, Clock(), now)
        server.startService()
        peripheral.script[SetAgentStateReq] = lambda request: [
            SetAgentStateConf(invoke_id=request.invoke_id)  # type: ignore[attr-defined]
        ]
        peer, wire, names = CTIPeer(server.factory), b"", []
        for way, name, lines in re.findall(
            r"    ([→←]) (\w+)\n((?:      [0-9a-f ]+\n?)+)", between(self.text, "exchange") + "\n"
        ):
            data = bytes.fromhex(lines.replace("\n", " "))
            (frame,) = frames(bytearray(data))
            self.assertEqual(peer.layout.decode(frame).MESSAGE_TYPE.name, name)
            names.append(name)
            if way == "→":
                peer.send_bytes(data)
                continue
            if name == "AGENT_STATE_EVENT":
                peripheral.publish(
                    AgentStateEvent(
                        agent_state=3,
                        agent_extension="1001",
                        agent_instrument="1001",
                        agent_id_long="agent1",
                        skill_groups=(AgentSkillGroup(skill_group_number=1, skill_group_state=3),),
                    )
                )
            wire += data
            self.assertTrue(peer.transport.value().startswith(wire), name)
        self.assertEqual(peer.transport.value(), wire)
        self.assertEqual(len(names), 10)
        peer.lose()

    def test_tool(self) -> None:
        """The tool's examples print what they say, but for the breaks in long lines."""
        examples: list[tuple[str, str]] = []
        for line in re.findall(r"^    (.*)\n", between(self.text, "tool examples") + "\n", re.M):
            if line.startswith("$ "):
                examples.append((line[2:], ""))
                continue
            command, output = examples.pop()
            if line.startswith("> "):
                command += f"\n{line[2:]}"
            else:
                output = output.removesuffix("\n") if line.startswith(" ") else output
                output += f"{line.strip()}\n"
            examples.append((command, output))
        self.assertGreaterEqual(len(examples), 4)
        for command, output in examples:
            python = shlex.quote(sys.executable)
            done = subprocess.run(
                ["bash", "-c", f'finesse-tx() {{ {python} -m finesse_tx.cli "$@"; }}\n{command}'],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=LIMIT_S,
                env=environment(),
                check=False,
            )
            self.assertEqual(done.stdout, output)


def write() -> None:
    """Write the tables anew."""
    text = DOCUMENT.read_text("utf-8")
    for mark, content in generated().items():
        pattern = rf"(^\.\. begin {mark}\n).*?(^\.\. end {mark}$)"
        text = re.sub(pattern, rf"\1\n{content}\n\n\2", text, flags=re.M | re.S)
    DOCUMENT.write_text(text, "utf-8")


if __name__ == "__main__":
    write()
