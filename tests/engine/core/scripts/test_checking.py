"""`finesse_tx.engine.core.scripts.checking` and ``triggers``: scripts, triggers and the directory."""

from __future__ import annotations

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.records import Snapshot, Trigger
from finesse_tx.engine.core.scripts.checking import check_treatment
from finesse_tx.engine.core.scripts.reading import DEFAULT, default_script, read_treatment
from finesse_tx.engine.core.scripts.triggers import CallTreatment, with_triggers
from finesse_tx.errors import ConfigError
from tests.engine.core.scripts.test_reading import script
from tests.support.centre import sample


def treatment(text: str) -> CallTreatment:
    """What is written, and the default script."""
    written = read_treatment(text, "s.toml")
    return replace(written, scripts={DEFAULT: default_script(), **written.scripts})


class CheckTests(SynchronousTestCase):
    """`check_treatment`."""

    def refused(self, text: str, trigger: Trigger) -> str:
        """Why these do not fit."""
        snapshot: Snapshot = replace(sample(), triggers=(trigger,))
        return str(self.assertRaises(ConfigError, check_treatment, treatment(text), snapshot))

    def test_fit(self) -> None:
        """What names only what is there, or is filled in, or says what follows if it is not, is right."""
        text = script(
            '{ queue = ["Sales", "{queue}"] }', '{ queue = "Nowhere", on_fail = "other" }'
        )
        check_treatment(treatment(text), sample())
        trigger = Trigger("1", 1, "", None, "s")
        check_treatment(treatment(text), replace(sample(), triggers=(trigger,)))

    def test_wrong(self) -> None:
        """A script, a variable or a queue that is not there is told, a queue with its line."""
        there = script('{ queue = "Sales" }')
        for text, trigger, wanted in (
            (there, Trigger("6001", 1, "", 1, "x"), 'trigger 6001: there is no script "x"; there'),
            (there, Trigger("6001", 1, "", None), "trigger 6001: has neither queue nor script"),
            (
                there,
                Trigger("6001", 1, "", 1, "s", variables=(("plan", "gold"),)),
                'script "s" has no variable "plan"; add it to [script.s.variables] in s.toml',
            ),
            (
                script('{ play = "x" }', '{ queue = ["Sales", "Suport"] }'),
                Trigger("6001", 1, "", 1, "s"),
                's.toml:4: script.s.steps.start[2]: there is no queue "Suport"; did you mean Support?',
            ),
            (
                script('{ get = "waiting", csq = "X", into = "x" }'),
                Trigger("6001", 1, "", 1, "s"),
                's.toml:3: script.s.steps.start[1]: there is no queue "X"',
            ),
        ):
            self.assertIn(wanted, self.refused(text, trigger))

    def test_not_in_use(self) -> None:
        """A script that no trigger names may name queues that are not there."""
        check_treatment(treatment(script('{ queue = "Nowhere" }')), sample())


class TriggerTests(SynchronousTestCase):
    """Triggers that are written beside the scripts."""

    def refused(self, text: str) -> str:
        """Why this does not fit."""
        return str(self.assertRaises(ConfigError, check_treatment, treatment(text), sample()))

    def test_changed_and_added(self) -> None:
        """A trigger of the directory has what is written, and else its own; others are added, in order."""
        text = script('{ queue = "{queue}" }') + (
            "[script.s.variables]\nplan = ''\n"
            "[trigger.6002]\nscript = 's'\nmax_sessions = 7\nvariables = { plan = 'gold' }\n"
            "[trigger.6000]\napplication = 9\nqueue = 'Support'\nlanguage = 'de_DE'\n"
            "[trigger.7]\napplication = 10\nname = 'Seven'\nscript = 's'\n"
        )
        found = check_treatment(treatment(text), sample())
        self.assertEqual(
            found.triggers,
            (
                Trigger("6000", 9, "6000", 2, language="de_DE"),
                Trigger("6001", 101, "Sales", 1),
                Trigger("6002", 102, "Support", 2, "s", 7, "", (("plan", "gold"),)),
                Trigger("7", 10, "Seven", None, "s"),
            ),
        )

    def test_wrong(self) -> None:
        """What is not there is told with the trigger's line."""
        for text, wanted in (
            (
                "[trigger.1]\nqueue = 'Sales'",
                "s.toml:1: trigger.1: is not in the directory, and has no",
            ),
            (
                "\n[trigger.6001]\nqueue = 'Sails'",
                's.toml:2: trigger.6001.queue: there is no queue "Sails"; did you mean Sales?',
            ),
            (
                "[trigger.6001]\nscript = 'x'",
                's.toml:1: trigger 6001: there is no script "x"; there are default',
            ),
            (
                "[trigger.6001]\nvariables = { x = '' }",
                's.toml:1: trigger 6001: script "default" has no variable "x"; add it to',
            ),
            (
                "[trigger.6001]\napplication = 102",
                "the directory: trigger 6002: application 102 is trigger 6001's; give it another",
            ),
            ("[trigger.1]\napplication = 3", "s.toml:1: trigger 1: has neither queue nor script"),
        ):
            self.assertIn(wanted, self.refused(text))

    def test_later(self) -> None:
        """When a queue is gone from the directory later, its trigger has none, and nobody is asked."""
        entries = treatment("[trigger.6001]\nqueue = 'Support'\n[trigger.1]\n").triggers
        snapshot = sample()
        found = with_triggers(replace(snapshot, csqs=snapshot.csqs[:1]), entries)
        self.assertEqual(
            [(t.route_point, t.csq_id) for t in found.triggers], [("6001", None), ("6002", 2)]
        )
