"""The corpus of the fuzz runs, and the tool that makes and uses it."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path
from random import Random

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.messages import ConfigRequestKeyEvent
from tests.fuzz import corpus, targets
from tests.fuzz.checks import FoundError
from tests.fuzz.http2_target import HTTP2_TARGETS
from tests.fuzz.run import blind, fewest, lines_of, mutated
from tests.fuzz.targets import TARGETS
from tests.fuzz.xmpp_targets import XMPP_TARGETS
from tests.support.cti import ScriptedPeripheral


class CorpusTests(SynchronousTestCase):
    """What a long run has reached, in seconds."""

    def test_replayed(self) -> None:
        """No kept input makes any target do what the protocol does not foresee."""
        kept = corpus.read()
        self.assertEqual({name for name, _data in kept}, set(TARGETS))
        for name, data in kept:
            TARGETS[name](data)

    def test_small(self) -> None:
        """The corpus is small, and in order."""
        kept = corpus.read()
        self.assertLess(len(kept), 200)
        self.assertEqual(len(kept), len(set(kept)))
        for path in corpus.CORPORA.values():
            lines = path.read_text().splitlines()
            self.assertEqual(
                [line.split(" ")[0] for line in lines], sorted(line.split(" ")[0] for line in lines)
            )
            self.assertLess(path.stat().st_size, 50_000)

    def test_seeds(self) -> None:
        """Every target runs on its seeds: the wire samples, from the first byte to the last, in all sizes of pieces."""
        for name, target in TARGETS.items():
            seeds = corpus.seeds(name)
            is_cti = name not in XMPP_TARGETS and name not in HTTP2_TARGETS
            self.assertGreater(len(seeds), 100 if is_cti else 5)
            for data in seeds[::7]:
                target(data)

    def test_written(self) -> None:
        """What is written is read again, sorted."""
        folder = Path(self.mktemp())
        folder.mkdir()
        corpus.write([("bosh", b"\2"), ("server", b"\1"), ("codec", b"\xff\0")], folder)
        kept = [("codec", b"\xff\0"), ("server", b"\1"), ("bosh", b"\2")]
        self.assertEqual(corpus.read(folder), kept)


class TargetTests(SynchronousTestCase):
    """Targets find what is wrong."""

    OPEN = bytes.fromhex("00000004 00000005 00000007")

    def test_other_bytes(self) -> None:
        """An encoder that makes other bytes is found."""
        self.patch(targets, "frame_bytes", lambda _frame: b"")
        error = self.assertRaises(FoundError, targets.codec, b"\0\0\0" + self.OPEN)
        self.assertIn("other bytes", str(error))

    def test_logged_failure(self) -> None:
        """A failure that is only logged is found."""

        def broken(*_arguments: object) -> None:
            raise ValueError("a bug")

        keys = Layout.of(Dialect.UCCX, 11).encode(ConfigRequestKeyEvent())
        targets.server(b"\3\1\0" + keys)
        self.patch(ScriptedPeripheral, "request", broken)
        error = self.assertRaises(FoundError, targets.server, b"\3\1\0" + keys)
        self.assertIn("a bug", str(error))
        self.flushLoggedErrors(ValueError)


class RunTests(SynchronousTestCase):
    """The tool."""

    def test_blind(self) -> None:
        """A target that keeps what it is fed is seen to grow."""
        self.patch(sys, "stdout", StringIO())
        kept: list[bytes] = []
        grown = blind(kept.append, [b"abc", b"x" * 100], 20, iter(range(100)).__next__)
        self.assertEqual(len(kept), 1900)
        self.assertGreater(grown, 100_000)
        self.assertLess(blind(len, [b"abc"], 20, iter(range(100)).__next__), 10_000)

    def test_mutated(self) -> None:
        """Mutations differ, stay short, and are the same for the same chance."""
        made = [mutated(b"\0" * 8000, b"y" * 8000, Random(seed)) for seed in range(50)]
        self.assertGreater(len(set(made)), 45)
        self.assertLessEqual(max(map(len, made)), 8192)
        self.assertEqual(made[7], mutated(b"\0" * 8000, b"y" * 8000, Random(7)))

    def test_fewest(self) -> None:
        """Of inputs that reach the same lines one is kept, the shorter one."""
        heartbeat = b"\0\0\0" + TargetTests.OPEN
        longer = heartbeat + TargetTests.OPEN
        lost = b"\0\0\0" + b"\xff" * 8
        self.assertGreater(
            lines_of(targets.codec, lost) - lines_of(targets.codec, heartbeat), set()
        )
        self.assertEqual(set(fewest(targets.codec, [longer, heartbeat, lost])), {heartbeat, lost})
