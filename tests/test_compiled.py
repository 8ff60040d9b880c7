"""What mypyc compiles, if it is asked to: that it has, and that the sources are such that it can (docs/engine.rst)."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.telephony.core.errors import UnknownObjectError
from finesse_tx.telephony.core.inventory import Inventory
from finesse_tx.telephony.core.model import Provider
from tests.support.compiled import is_compiled, left_out, sources

ALONE = """
import os, sys
import finesse_tx.cti.core.messages  # by far the most of it, and never compiled
for name in sys.argv[1:]:
    if not os.fork():
        __import__(name)
        os._exit(0)
    if os.wait()[1]:
        print(name)
"""
"""Imports each module in a process of its own, and prints those that end it."""

DROPPED = "the keywords of a class statement are dropped: structs go elsewhere, or the module into `left_out`"
GENERIC = "a generic dataclass cannot be made"
NAMELESS = "a union that a function gives a name is never made"
NONE_FIRST = "what becomes None is None already where it is read in the same statement"


def faults(tree: ast.AST) -> Iterator[str]:
    """What mypyc takes, and makes something else of than Python does; each once seen in a core."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = [ast.unparse(base) for base in node.bases]
            if "Struct" in bases or (node.keywords and "TypedDict" not in bases):
                yield f"{node.name}: {DROPPED}"
            generic = any(base.startswith("Generic[") for base in bases)
            if generic and any("dataclass" in ast.unparse(by) for by in node.decorator_list):
                yield f"{node.name}: {GENERIC}"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for each in ast.walk(node):
                if isinstance(each, ast.Assign):
                    yield from _of_assignment(each)


def _of_assignment(node: ast.Assign) -> Iterator[str]:
    target, value = node.targets[0], node.value
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        names = ast.unparse(value).split(" | ")
        if all(name.isidentifier() and name[0].isupper() for name in names):
            yield f"{ast.unparse(target)}: {NAMELESS}"
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for place, (left, right) in enumerate(zip(target.elts, value.elts, strict=False)):
            later = map(ast.unparse, value.elts[place + 1 :])
            is_none = isinstance(right, ast.Constant) and right.value is None
            if is_none and ast.unparse(left) in later:
                yield f"{ast.unparse(left)}: {NONE_FIRST}"


class BuildTests(SynchronousTestCase):
    """What is tested."""

    def test_whole(self) -> None:
        """All that is meant to be compiled is, or nothing is; with FINESSE_TX_COMPILE=1 it is all."""
        compiled = {name for name in sources() if is_compiled(name)}
        wanted = os.environ.get("FINESSE_TX_COMPILE") == "1"
        self.assertEqual(compiled, set(sources()) if compiled or wanted else set())

    def test_alone(self) -> None:
        """Each module can be the first to be imported: where compiled classes refer to each other, the process ends."""
        done = subprocess.run(
            [sys.executable, "-c", ALONE, *sources()],
            capture_output=True,
            text=True,
            check=False,
            timeout=1_200,
        )
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("", "", 0))

    def test_traceback(self) -> None:
        """A traceback names the file and the line of the source."""
        with self.assertRaises(UnknownObjectError) as caught:
            Provider(Inventory((), ())).call(1)
        frame = traceback.extract_tb(caught.exception.__traceback__)[-1]
        path = sources()["finesse_tx.telephony.core.model"]
        self.assertTrue(str(path).endswith(frame.filename), frame.filename)
        line = path.read_text(encoding="utf-8").splitlines()[(frame.lineno or 0) - 1]
        self.assertIn("raise UnknownObjectError(", line)


class SourceTests(SynchronousTestCase):
    """What mypyc gets to see."""

    def test_possible(self) -> None:
        """What is compiled has none of what mypyc gets wrong, and what is left out is there."""
        for path in sources().values():
            self.assertEqual(list(faults(ast.parse(path.read_bytes()))), [], str(path))
        self.assertGreater(len(sources()), 40)
        self.assertEqual([path for path in left_out() if not path.exists()], [])

    def test_faults(self) -> None:
        """Each of these is found, and what looks like it is not."""
        for source, expected in (
            ("class A(Struct, frozen=True): pass", [f"A: {DROPPED}"]),
            ("class A(Struct): pass", [f"A: {DROPPED}"]),
            ("class A(TypedDict, total=False): pass", []),
            ("@dataclass(slots=True)\nclass A(Generic[T]): pass", [f"A: {GENERIC}"]),
            ("class A(Generic[T]): pass", []),
            ("def f():\n    a = B | C", [f"a: {NAMELESS}"]),
            ("def f():\n    a = B | C | D", [f"a: {NAMELESS}"]),
            ("def f():\n    a = b | c", []),
            ("def f():\n    a = B.c | D.e", []),
            ("A = B | C", []),
            ("def f():\n    a.b, c = None, a.b", [f"a.b: {NONE_FIRST}"]),
            ("def f():\n    c, a.b = a.b, None", []),
        ):
            self.assertEqual(list(faults(ast.parse(source))), expected, source)
