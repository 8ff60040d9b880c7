"""The codec's benchmark."""

from __future__ import annotations

import sys
from io import StringIO

from twisted.trial.unittest import SynchronousTestCase

from benchmarks import cti_codec
from benchmarks.cti_codec import LAYOUTS, Construct, agree, bare, verdicts
from benchmarks.one_call import one_call
from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import AgentStateEvent, HeartbeatReq


def times(ours: float, struct: float) -> dict[str, dict[str, float]]:
    """A measurement in which `construct` takes ten."""
    return {
        way: {
            "ours": ours,
            "construct": 12.0,
            "construct, compiled": 10.0,
            "ours, fixed parts": 1.0,
            "struct, fixed parts": struct,
        }
        for way in ("decode", "encode")
    }


class CodecTests(SynchronousTestCase):
    """Messages per second."""

    def test_runs(self) -> None:
        """With one round of one call it prints a rate for each rival and direction, and both ratios."""
        self.patch(sys, "stdout", out := StringIO())
        self.assertEqual(cti_codec.main(["--rounds", "1", "--calls", "1"]), 0)
        self.assertEqual(out.getvalue().count("messages/s"), 10)
        self.assertEqual(out.getvalue().count("(goal: "), 2)

    def test_disagreement(self) -> None:
        """A rival that finds another value is not measured but reported."""

        def other(rival: Construct) -> list[tuple[int, object]]:
            return [(5, {"invoke_id": 8})]

        agree(LAYOUTS[0], [HeartbeatReq(invoke_id=7)])
        self.patch(Construct, "decode", other)
        self.patch(Construct, "encode", lambda rival: bytes.fromhex("000000040000000500000007"))
        error = self.assertRaises(AssertionError, agree, LAYOUTS[0], [HeartbeatReq(invoke_id=7)])
        self.assertIn("HeartbeatReq of construct: (8,), not (7,)", str(error))

    def test_goals(self) -> None:
        """The goals are met at their bounds, and missed one step beyond."""
        self.assertEqual([good for *_, good in verdicts(times(1.0, 0.25))], [True, True])
        self.assertEqual([good for *_, good in verdicts(times(1.01, 0.25))], [False, True])
        self.assertEqual([good for *_, good in verdicts(times(1.0, 0.249))], [True, False])

    def test_coarse_clock(self) -> None:
        """What was too short for the machine's clock meets no goal."""
        self.assertEqual([good for *_, good in verdicts(times(0.0, 0.0))], [False, False])

    def test_check(self) -> None:
        """Only with ``--check`` a missed goal is a failure."""
        self.patch(cti_codec, "measure", lambda *_: times(2.0, 0.1))
        self.patch(sys, "stdout", StringIO())
        self.patch(sys, "stderr", err := StringIO())
        self.assertEqual(cti_codec.main([]), 0)
        self.assertEqual(cti_codec.main(["--check"]), 1)
        self.assertIn("a goal is missed", err.getvalue())

    def test_mix(self) -> None:
        """The mix has events, requests, confirmations, heartbeats and variables; bare, it has no floating part."""
        names = {type(message).__name__ for message in one_call()}
        self.assertLessEqual({"AgentStateEvent", "AnswerCallReq", "HeartbeatConf"}, names)
        message: Message = AgentStateEvent(agent_state=AgentState.AVAILABLE, agent_id="a")
        self.assertEqual(bare(message), AgentStateEvent(agent_state=AgentState.AVAILABLE))
        for message in one_call():
            for layout in LAYOUTS:
                size = 8 + layout.codec(type(message)).size
                self.assertEqual(len(layout.encode(bare(message))), size)
