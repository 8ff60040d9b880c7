"""Scenarios, played."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.errors import ConfigError
from finesse_tx.scenario.core.reading import read_scenario
from finesse_tx.scenario.play import Play

HEAD = """
[telephony.options]
busy_trigger = 2
[customer.anna]
number = "0612345678"
keys = "4"
[customer.ben]
number = "0698765432"
[customer.carol]
number = "0655555555"
when_called = "busy"
[customer.dave]
number = "0644444444"
when_called = "no answer"
[[scene]]
steps = [
{ at = 0, who = "agent1", does = "sign in" },
{ at = 1, who = "agent1", does = "ready" },
"""

ANSWERED = """
{ at = 2, who = "anna", does = "call", to = "6001" },
{ at = 5, who = "agent1", does = "answer" },
{ at = 5, expect = "agent1", state = "TALKING", calls = 1 },
"""


class PlayCase(SynchronousTestCase):
    """Scenarios in a string."""

    def play(self, steps: str, head: str = HEAD) -> tuple[Play, list[dict[str, Any]]]:
        """Play steps after the first two."""
        play = Play(read_scenario(f"{head}{steps}]\n", "day.toml"), "day.toml")
        lines: list[dict[str, Any]] = list(play.run())
        return play, lines

    def as_expected(self, steps: str) -> list[dict[str, Any]]:
        """Play what should be as it says."""
        play, lines = self.play(steps)
        self.assertEqual(list(map(str, play.missed)), [])
        return lines

    def missed(self, steps: str) -> list[str]:
        """Play what should not be as it says; what is said, without where and when."""
        play, _ = self.play(steps)
        return [missed.what for missed in play.missed]


class StepsTests(PlayCase):
    """What people do."""

    def test_call(self) -> None:
        """A call is made, answered, noted on, held, retrieved and ended, in the messages that a desktop hears."""
        lines = self.as_expected(
            ANSWERED
            + """
            { at = 6, who = "agent1", does = "note", variable = 3, value = "gold" },
            { at = 7, who = "agent1", does = "give wrap-up reason", reason = "sold" },
            { at = 8, who = "agent1", does = "hold" },
            { at = 9, who = "agent1", does = "answer", refused = true },
            { at = 10, who = "agent1", does = "retrieve" },
            { at = 11, who = "agent1", does = "press", digits = "12" },
            { at = 12, who = "agent1", does = "hang up" },
            { at = 13, expect = "anna", is = "gone", answered_by = "agent1" },
            { at = 13, expect = "agent1", state = "READY", calls = 0 },
            { at = 13, expect = "calls", calls = 1, answered = 1, underway = 0 },
            """
        )
        told = [line["message"] for line in lines if line.get("device") == "1001"]
        self.assertEqual(
            told,
            [
                "BEGIN_CALL_EVENT",
                "CALL_DELIVERED_EVENT",
                "CALL_ESTABLISHED_EVENT",
                "CALL_DATA_UPDATE_EVENT",
                "CALL_DATA_UPDATE_EVENT",
                "CALL_HELD_EVENT",
                "CALL_RETRIEVED_EVENT",
                "CALL_CONNECTION_CLEARED_EVENT",
                "CALL_CLEARED_EVENT",
                "END_CALL_EVENT",
            ],
        )
        self.assertIn({"t": 12.0, "who": "agent1", "does": "hang up"}, lines)
        self.assertEqual(lines[-1]["summary"]["agents"], {"LOGOUT": 5, "READY": 1})

    def test_two_calls(self) -> None:
        """A consultation is alternated, given up, and becomes a transfer or a conference."""
        consult = (
            ANSWERED
            + """
            { at = 6, who = "agent2", does = "sign in" },
            { at = 6, who = "agent1", does = "consult", to = "1002" },
            { at = 7, who = "agent2", does = "answer" },
            """
        )
        self.as_expected(
            consult
            + """
            { at = 8, who = "agent1", does = "alternate" },
            { at = 9, who = "agent1", does = "alternate" },
            { at = 10, who = "agent1", does = "reconnect" },
            { at = 11, expect = "agent1", calls = 1 },
            { at = 12, who = "agent1", does = "transfer", to = "1002" },
            { at = 13, who = "agent2", does = "answer" },
            { at = 14, expect = "agent1", calls = 0 },
            { at = 14, expect = "anna", answered_by = "agent2", is = "talking" },
            """
        )
        self.as_expected(
            consult
            + """
            { at = 8, who = "agent1", does = "conference" },
            { at = 9, expect = "agent1", calls = 1 },
            { at = 9, expect = "agent2", calls = 1 },
            { at = 9, who = "agent1", does = "hang up" },
            { at = 10, expect = "anna", is = "talking", answered_by = "agent2" },
            """
        )

    def test_agents_call(self) -> None:
        """Those who are called answer, are busy, or do not answer, as they are."""
        lines = self.as_expected(
            """
            { at = 2, who = "agent1", does = "not ready", reason = 3 },
            { at = 2, expect = "agent1", state = "NOT_READY", reason = 3 },
            { at = 3, who = "agent1", does = "call", to = "0698765432" },
            { at = 20, expect = "ben", is = "talking" },
            { at = 21, who = "ben", does = "hang up" },
            { at = 30, who = "agent1", does = "call", to = "0655555555" },
            { at = 31, expect = "carol", is = "gone" },
            { at = 35, who = "agent1", does = "hang up" },
            { at = 40, who = "agent1", does = "call", to = "0644444444" },
            { at = 65, expect = "dave", is = "waiting" },
            { at = 75, expect = "dave", is = "gone" },
            { at = 76, who = "agent1", does = "hang up" },
            { at = 80, who = "agent1", does = "sign out", reason = 4 },
            { at = 80, expect = "agent1", state = "LOGOUT", reason = 4 },
            """
        )
        causes = [line["cause"] for line in lines if line.get("message") == "CALL_FAILED_EVENT"]
        self.assertEqual(causes, ["CEC_BUSY", "CEC_CALL_NOT_ANSWERED"])

    def test_patience(self) -> None:
        """A customer gives up when this call's patience is over, and no moment before."""
        self.as_expected(
            """
            { at = 1, who = "agent1", does = "not ready" },
            { at = 2, who = "anna", does = "call", to = "6001", patience_s = 10 },
            { at = 11.9, expect = "anna", is = "waiting" },
            { at = 12, expect = "anna", is = "gone", answered_by = "nobody" },
            { at = 12, expect = "calls", abandoned = 1 },
            """
        )

    def test_talk(self) -> None:
        """A customer hangs up when all is said."""
        self.as_expected(
            """
            { at = 2, who = "anna", does = "call", to = "1001", talk_s = 10 },
            { at = 3, who = "agent1", does = "answer" },
            { at = 12.9, expect = "anna", is = "talking" },
            { at = 13, expect = "anna", is = "gone", answered_by = "somebody" },
            """
        )

    def test_refused(self) -> None:
        """A refusal that is not expected, one of another kind, and one that does not come, are told."""
        self.assertEqual(
            self.missed(
                """
                { at = 2, who = "agent1", does = "hold" },
                { at = 2, who = "agent9", does = "ready" },
                """.replace("agent9", "agent2")
                + """
                { at = 3, who = "agent2", does = "ready", refused = "CF_TIMEOUT" },
                { at = 4, who = "agent1", does = "ready", refused = true },
                { at = 5, who = "anna", does = "hang up" },
                { at = 5, who = "anna", does = "press", digits = "1" },
                { at = 6, who = "anna", does = "call", to = "9999999" },
                { at = 7, who = "9999", does = "unregister" },
                """
            ),
            [
                "agent1, hold: refused, there is no call for that",
                "agent2, ready: refused, CF_INVALID_PARAMETER",
                "agent2, ready: refused, CF_INVALID_PARAMETER, not CF_TIMEOUT",
                "agent1, ready: was not refused",
                "anna, hang up: is in no call",
                "anna, press: is in no call",
                "anna, call: 9999999: there is no such route point or phone",
                "9999, unregister: 9999: there is no such device",
            ],
        )


class ExpectTests(PlayCase):
    """What is expected."""

    def test_missed(self) -> None:
        """What is not so is told with what is, where and when."""
        play, lines = self.play(
            ANSWERED
            + """
            { at = 6, expect = "agent1", state = "READY", reason = 7, calls = ">= 2" },
            { at = 6, expect = "anna", is = "gone", answered_by = "agent2" },
            { at = 6, expect = "anna", answered_by = "nobody" },
            { at = 6, expect = "ben", is = "talking", answered_by = "somebody" },
            { at = 6, expect = "calls", calls = 2, answered = "< 1", lost = 0 },
            """
        )
        self.assertEqual(
            [missed.what for missed in play.missed],
            [
                "agent1: state is TALKING, not READY",
                "agent1: reason is 0, not 7",
                "agent1: calls are 1, not >= 2",
                "anna: is talking, not gone",
                "anna: was answered by agent1, not by agent2",
                "anna: was answered by agent1, not by nobody",
                "ben: is gone, not talking",
                "ben: was answered by nobody, not by somebody",
                "calls: calls are 1, not 2",
                "calls: answered are 1, not < 1",
            ],
        )
        where = "day.toml:24: at 0:00:06 agent1: state is TALKING, not READY"
        self.assertEqual(str(play.missed[0]), where)
        self.assertEqual(lines[-1]["summary"]["missed"], 10)
        self.assertEqual(len([line for line in lines if "missed" in line]), 10)


class FaultTests(PlayCase):
    """What goes wrong."""

    def test_phone(self) -> None:
        """A phone that is unplugged makes its agent not ready, and ends the call."""
        self.as_expected(
            ANSWERED
            + """
            { at = 6, who = "1001", does = "unregister" },
            { at = 6, expect = "agent1", state = "NOT_READY", reason = 32759, calls = 0 },
            { at = 6, expect = "anna", is = "gone" },
            { at = 7, who = "1001", does = "register" },
            { at = 8, who = "agent1", does = "ready" },
            { at = 8, expect = "agent1", state = "READY" },
            """
        )

    def test_switch(self) -> None:
        """A switch that fails loses calls; who calls meanwhile cannot."""
        self.assertEqual(
            self.missed(
                """
                { at = 1, who = "agent1", does = "not ready" },
                { at = 2, who = "anna", does = "call", to = "6001" },
                { at = 6, who = "switch", does = "fail" },
                { at = 7, expect = "calls", lost = 1, underway = 0 },
                { at = 7, who = "anna", does = "call", to = "6001" },
                { at = 8, who = "switch", does = "recover" },
                { at = 9, who = "anna", does = "call", to = "6001" },
                { at = 9, expect = "anna", is = "waiting" },
                """
            ),
            ["anna, call: the switch is out of service (RESOURCES_NOT_AVAILABLE)"],
        )

    def test_slow(self) -> None:
        """A slow switch takes its time for each operation, a slow link for each message."""
        self.as_expected(
            """
            { at = 2, who = "switch", does = "slow", seconds = 2 },
            { at = 2, who = "1002", does = "unregister" },
            { at = 3, who = "anna", does = "call", to = "6001" },
            { at = 10.9, expect = "agent1", state = "READY" },
            { at = 11, expect = "agent1", state = "RESERVED" },
            """
        )
        lines = self.as_expected(
            """
            { at = 2, who = "link", does = "slow", seconds = 3 },
            { at = 3, who = "agent1", does = "not ready" },
            { at = 5.9, expect = "agent1", state = "READY" },
            { at = 6, expect = "agent1", state = "NOT_READY" },
            """
        )
        told = [line["t"] for line in lines if "who" in line and line["does"] == "not ready"]
        self.assertEqual(told, [9.0])

    def test_link(self) -> None:
        """While the link is cut nothing is heard and nothing asked; what was on its way is lost."""
        steps = """
        { at = 2, who = "link", does = "slow", seconds = 3 },
        { at = 3, who = "agent1", does = "not ready" },
        { at = 4, who = "link", does = "cut" },
        { at = 5, who = "agent1", does = "ready", refused = "the CTI link is cut" },
        { at = 6, who = "anna", does = "call", to = "6001" },
        { at = 7, who = "link", does = "mend" },
        { at = 8, expect = "agent1", state = "RESERVED" },
        { at = 10, who = "agent1", does = "answer" },
        { at = 23, expect = "anna", answered_by = "agent1" },
        """
        play, lines = self.play(steps)
        self.assertEqual(
            [missed.what for missed in play.missed], ["agent1, not ready: was never answered"]
        )
        heard = [line["t"] for line in lines if "message" in line]
        self.assertEqual([t for t in heard if 1 < t < 10], [])

    def test_staff(self) -> None:
        """Agents who ignore calls let them ring; after the link was down, they see what rings."""
        head = """
        [day]
        ends = "5:00"
        [engine]
        ring_no_answer_s = 100
        [customer.anna]
        number = "0612345678"
        [[agents]]
        who = ["agent1"]
        end = "4:00"
        sign_in_s = 0
        wrap_up_s = [1, 2]
        [[scene]]
        steps = [
        """
        play, lines = self.play(
            """
            { at = 1, expect = "agent1", state = "READY" },
            { at = 2, who = "staff", does = "ignore calls" },
            { at = 3, who = "anna", does = "call", to = "6002" },
            { at = 60, expect = "anna", is = "waiting" },
            { at = 61, who = "anna", does = "hang up" },
            { at = 62, who = "agent1", does = "answer calls" },
            { at = 63, who = "link", does = "cut" },
            { at = 64, who = "anna", does = "call", to = "6002" },
            { at = 100, expect = "anna", is = "waiting" },
            { at = 101, who = "link", does = "mend" },
            { at = 110, expect = "anna", is = "talking", answered_by = "agent1" },
            { at = 120, who = "anna", does = "hang up" },
            { at = 120, expect = "agent1", state = "WORK" },
            { at = 123, expect = "agent1", state = "READY" },
            { at = 241, expect = "agent1", state = "LOGOUT" },
            """,
            head,
        )
        self.assertEqual(play.missed, [])
        self.assertEqual(lines[-1]["summary"]["refused"], 0)


class DayTests(PlayCase):
    """Days of their own."""

    HEAD = """
    [day]
    agents = 6
    ends = "1:00:00"
    [[agents]]
    who = ["agent1-agent6"]
    begin = "0:10"
    ignore = 0.1
    hold = 0.2
    transfer = 0.1
    [[callers]]
    to = ["6001", "6002"]
    per_agent_hour = 40
    patience_s = 30
    [[scene]]
    at = "59:00"
    steps = [
    { at = 0, expect = "calls", calls = ">= 150", answered = ">= 100", abandoned = ">= 5" },
    """

    def day(self, seed: int | None) -> list[dict[str, Any]]:
        """Live one."""
        text = self.HEAD + "]"
        play = Play(read_scenario(text, "day.toml"), "day.toml", seed)
        lines: list[dict[str, Any]] = list(play.run())
        self.assertEqual(play.missed, [])
        self.addCleanup(play.stage.close)
        return lines

    def test_replay(self) -> None:
        """The same seed makes the same day, line for line; another one another, and there is everything in it."""
        first = self.day(None)
        self.assertEqual(first, self.day(1))
        self.assertNotEqual(first, self.day(2))
        kinds = {line.get("message") for line in first}
        self.assertLess({"CALL_HELD_EVENT", "CALL_TRANSFERRED_EVENT", "CALL_QUEUED_EVENT"}, kinds)

    def test_quiet(self) -> None:
        """Without CTI events the day is the same."""
        text = self.HEAD + "]"
        play = Play(read_scenario(text, "day.toml"), "day.toml", tells=False)
        lines = list(play.run())
        self.assertEqual([lines[0], lines[-1]], [lines[0], self.day(None)[-1]])
        self.assertEqual(len(lines), 2)

    def test_agrees(self) -> None:
        """What the switch saw of the customers is what the engine counted, who counts a call that is sent on anew."""
        text = self.HEAD.replace("transfer = 0.1", "") + "]"
        play = Play(read_scenario(text, "day.toml"), "day.toml", tells=False)
        *_, last = play.run()
        summary: Any = last["summary"]
        self.assertEqual(play.stage.engine.engine.router.tally.arrived, summary["calls"]["calls"])

    def test_options(self) -> None:
        """What cannot be of the engine's and the telephones' keys is told by its key."""
        for section, key in (("engine", "ring"), ("telephony.options", "ports")):
            scenario = read_scenario(f"[{section}]\n{key} = -1", "day.toml")
            error = self.assertRaises(ConfigError, Play, scenario, "day.toml")
            self.assertIn(key, str(error))
            self.assertTrue(str(error).startswith("day.toml: "), error)

    def test_pace(self) -> None:
        """Whoever paces it is told each moment, none before the one ahead of it."""
        told: list[float] = []
        play = Play(read_scenario(HEAD + ANSWERED + "]", "day.toml"), "day.toml")
        list(play.run(told.append))
        self.assertEqual(told, sorted(told))
        self.assertEqual((told[0], told[-1]), (0.0, 65.0))
