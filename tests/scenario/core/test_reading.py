"""Scenarios as people write them, and what they are told is wrong."""

from __future__ import annotations

from datetime import time

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.errors import ConfigError
from finesse_tx.scenario.core import reading
from finesse_tx.scenario.core.language import VERBS, Actor, Comparison, Step
from finesse_tx.scenario.core.moments import MAX_S, moment, shown
from finesse_tx.scenario.core.reading import AFTER_S, read_scenario

ANNA = '[customer.anna]\nnumber = "0612345678"\n'


def step(text: str) -> str:
    """A scenario with this step, in its line 4."""
    return f"{ANNA}[[scene]]\nsteps = [{{ {text} }}]\n"


WRONG = {
    # What is written; the line, the key, and parts of what is said.
    "[day\n": (1, "", "is not TOML"),
    "[days]\n": (1, "days", 'no section "days"', "did you mean day?"),
    "day = 3": (1, "day", "is not a section"),
    "[day]\nagents = 0\n": (2, "day.agents", ">= 1"),
    "[day]\nagents = 20001\n": (2, "day.agents", "<= 20000"),
    "[day]\nagent = 1\n": (2, "day.agent", "no such key", "did you mean agents?"),
    '[day]\nends = "25"\n': (2, "day.ends", "is no moment"),
    "[day]\nends = 604801\n": (2, "day.ends", "within a week"),
    "[day]\nends = 1\n[[scene]]\nsteps = [\n{ at = 2, who = 'staff', does = 'ignore calls' }]": (
        2,
        "day.ends",
        "before the step in line 5",
    ),
    "[telephony]\nphones = []": (2, "telephony.phones", 'no key "phones"'),
    "[customer]\nanna = 1": (2, "customer.anna", "is not a section"),
    "[customer.agent1]\nnumber = '0612345678'": (1, "customer.agent1", "somebody else's"),
    "[customer.link]\nnumber = '0612345678'": (1, "customer.link", "somebody else's"),
    "[customer.a]\nnumber = '1001'": (2, "customer.a.number", "no outside number"),
    "[customer.a]\nnumber = 'x'": (2, "customer.a.number", "a number that can be dialled"),
    "[customer.a]\n\n": (1, "customer.a", "number"),
    f"{ANNA}[customer.b]\nnumber = '0612345678'": (4, "customer.b.number", "is anna's"),
    f"{ANNA}when_called = 'no'": (3, "customer.anna.when_called", "invalid enum value"),
    "callers = 1": (1, "day", "does not say when it ends"),
    "day.ends = 1\ncallers = 1": (2, "callers", "is not a list"),
    "day.ends = 1\ncallers = [1]": (2, "callers[1]", "is not a table"),
    "day.ends = 1\n[[callers]]\nto = []\nper_hour = 1": (3, "callers[1].to", "names nobody"),
    "day.ends = 1\n[[callers]]\nto = ['6001']": (2, "callers[1]", "per_hour or per_agent_hour"),
    "day.ends = 9\n[[callers]]\nto = ['6001']\nper_hour = 1\nbegin = 3\nend = 2": (
        6,
        "callers[1].end",
        "before the begin",
    ),
    "day.ends = 1\n[[agents]]\nwho = ['agent3-agent5']": (3, "agents[1].who[1]", '"agent5"'),
    "day.ends = 1\n[[agents]]\nwho = ['agent1', 'agent1-agent2']": (
        3,
        "agents[1].who[2]",
        "has agent1 twice",
    ),
    "day.ends = 1\n[[agents]]\nwho = ['agent1']\nanswer_s = [2, 1]": (
        4,
        "agents[1].answer_s",
        "goes downward",
    ),
    "day.ends = 9\n[[agents]]\nwho = ['agent1']\nbegin = 3\nend = 2": (
        5,
        "agents[1].end",
        "before the begin",
    ),
    "[[scene]]\nname = 'x'": (2, "scene[1].name", 'no key "name"'),
    "[[scene]]\nat = -1": (2, "scene[1].at", "within a week"),
    step("who = 'agent1'"): (4, "scene[1].steps[1]", "does not say when"),
    step("at = true, who = 'agent1'"): (4, "scene[1].steps[1].at", "is no moment"),
    step("at = 0, does = 'ready'"): (4, "scene[1].steps[1]", "does not say who"),
    step("at = 0, who = 1, does = 'ready'"): (4, "scene[1].steps[1].who", "is not a text"),
    step("at = 0, who = 'agent1'"): (4, "scene[1].steps[1]", "does not say does"),
    step("at = 0, who = 'anne', does = 'call'"): (4, "scene[1].steps[1].who", "mean anna?"),
    step("at = 0, who = 'agent1', does = 'anwser'"): (
        4,
        "scene[1].steps[1].does",
        "did you mean answer?",
    ),
    step("at = 0, who = 'anna', does = 'consult'"): (4, "scene[1].steps[1].does", "a customer"),
    step("at = 0, who = 'agent1', does = 'consult'"): (4, "scene[1].steps[1]", "to"),
    step("at = 0, who = 'agent1', does = 'ready', reason = 1"): (
        4,
        "scene[1].steps[1].reason",
        "no such key",
    ),
    step("at = 0, who = 'agent1', does = 'ignore calls'"): (
        4,
        "scene[1].steps[1].does",
        "name it in [[agents]]",
    ),
    step("at = 0, who = 'link', does = 'cut', refused = true"): (
        4,
        "scene[1].steps[1].refused",
        "what agents do",
    ),
    step("at = 0, who = 'agent1', does = 'ready', refused = 1"): (
        4,
        "scene[1].steps[1].refused",
        "neither true",
    ),
    step("at = 0, who = 'switch', does = 'slow', seconds = 10.5"): (
        4,
        "scene[1].steps[1].seconds",
        "<= 10",
    ),
    step("at = 0, expect = 'anna'"): (4, "scene[1].steps[1]", "expects nothing"),
    step("at = 0, expect = 'nobody', is = 'gone'"): (4, "scene[1].steps[1].expect", "nobody"),
    step("at = 0, expect = 1, is = 'gone'"): (4, "scene[1].steps[1].expect", "no one"),
    step("at = 0, expect = 'anna', answered_by = 'agent9'"): (
        4,
        "scene[1].steps[1].answered_by",
        'no agent "agent9"',
    ),
    step("at = 0, expect = 'agent1', calls = '!= 2'"): (
        4,
        "scene[1].steps[1].calls",
        "a count such as",
    ),
}


class WrongTests(SynchronousTestCase):
    """Files that cannot be played."""

    def test_told(self) -> None:
        """Whatever is wrong is told with its file, line and key."""
        for text, (line, key, *said) in WRONG.items():
            error = self.assertRaises(ConfigError, read_scenario, text, "day.toml")
            self.assertEqual((error.source, error.key), (f"day.toml:{line}", key), text)
            for words in said:
                self.assertIn(words, str(error), text)

    def test_steps_bound(self) -> None:
        """As many steps as may be are read, one more is not."""
        self.patch(reading, "MAX_STEPS", 2)
        one = "{ at = 0, who = 'agent1', does = 'ready' },\n"
        read_scenario(f"[[scene]]\nsteps = [\n{one * 2}]", "day.toml")
        error = self.assertRaises(
            ConfigError, read_scenario, f"[[scene]]\nsteps = [\n{one * 3}]", "day.toml"
        )
        self.assertEqual(error.source, "day.toml:5")


class ReadingTests(SynchronousTestCase):
    """What is read."""

    def test_every_verb(self) -> None:
        """Whatever anybody can do can be written, with nothing but the keys it needs."""
        needed = {
            "to": "'1002'",
            "digits": "'1'",
            "variable": "10",
            "value": "'x'",
            "reason": "'x'",
            "seconds": "10",
            "agent": "'agent2'",
            "response": "'Accept'",
        }
        names = ("agent1", "anna", "1001", "switch", "link", "renewals", "staff")
        who = dict(zip(Actor, names, strict=True))
        for actor, verbs in VERBS.items():
            for verb, kind in verbs.items():
                required = kind.__struct_fields__[
                    : len(kind.__struct_fields__) - len(kind.__struct_defaults__)
                ]
                keys = "".join(f", {name} = {needed[name]}" for name in required)
                text = step(f"at = 1, who = '{who[actor]}', does = '{verb}'{keys}")
                staff = "[day]\nends = 5\n[[agents]]\nwho = ['agent1']\n"
                staff += "[campaign.renewals]\ncustomers = []\n"
                (found,) = read_scenario(staff + text, "day.toml").steps
                assert isinstance(found, Step)
                self.assertEqual((found.actor, found.does, found.at), (actor, verb, 1.0))
                self.assertEqual(found.where, "day.toml:10")

    def test_order(self) -> None:
        """Scenes happen together; steps of one moment stay in the order of the file."""
        scenario = read_scenario(
            """
            [[scene]]
            at = "1:00"
            steps = [ { at = 5, who = "agent1", does = "ready" } ]
            [[scene]]
            steps = [
                { at = 01:05, who = "agent2", does = "ready" },
                { at = 3, who = "agent3", does = "ready" },
            ]
            """.replace("01:05", "00:01:05"),
            "day.toml",
        )
        found = [(s.at, s.who) for s in scenario.steps if isinstance(s, Step)]
        self.assertEqual(found, [(3.0, "agent3"), (65.0, "agent1"), (65.0, "agent2")])
        self.assertEqual(scenario.ends, 65.0 + AFTER_S)

    def test_empty(self) -> None:
        """An empty file is a minute in which nothing happens."""
        scenario = read_scenario("", "day.toml")
        self.assertEqual((scenario.steps, scenario.ends, scenario.day.agents), ((), AFTER_S, 4))


class MomentTests(SynchronousTestCase):
    """Moments."""

    def test_written(self) -> None:
        """Seconds, clock times and TOML's local times are moments."""
        written: dict[object, float] = {
            0: 0.0,
            1.5: 1.5,
            "1:30": 90.0,
            "0:01.5": 1.5,
            "26:00:00": 93_600.0,
            time(8, 0, 1, 500_000): 28_801.5,
            MAX_S: MAX_S,
        }
        for value, seconds in written.items():
            self.assertEqual(moment(value), seconds)

    def test_not(self) -> None:
        """What is none of these, or beyond a week, is refused."""
        refused: tuple[object, ...] = (
            "",
            "1",
            "1:60",
            "1:60:00",
            "-1:00",
            True,
            None,
            [],
            -0.1,
            MAX_S + 0.1,
        )
        for value in refused:
            self.assertRaises(ValueError, moment, value)

    @given(st.integers(0, int(MAX_S) * 1000))
    def test_shown(self, milliseconds: int) -> None:
        """What is shown is read as the same moment."""
        text = shown(milliseconds / 1000)
        self.assertEqual(round(moment(text) * 1000), milliseconds)

    def test_comparisons(self) -> None:
        """Counts compare as they are written, at their bounds."""
        for text, holding in {
            "3": {3},
            "= 3": {3},
            "<3": {2},
            "<= 3": {2, 3},
            "> 3": {4},
            ">=3": {3, 4},
        }.items():
            comparison = Comparison.of(text)
            self.assertEqual({n for n in (2, 3, 4) if comparison.holds(n)}, holding, text)
        self.assertEqual([str(Comparison.of(x)) for x in (3, "<=3")], ["3", "<= 3"])
