"""`finesse_tx.engine.core.scripts.reading`: what is wrong, and on which line."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.scripts import steps
from finesse_tx.engine.core.scripts.reading import (
    MAX_STEPS,
    default_script,
    read_scripts,
)
from finesse_tx.engine.core.scripts.steps import STEPS, Placed
from finesse_tx.errors import ConfigError

HEAD = "[script.s.steps]\n"


def script(*found: str) -> str:
    """A script whose start has these steps, each on a line of its own, from line 3 on."""
    return f"{HEAD}start = [\n" + "".join(f"  {step},\n" for step in found) + "]\nother = []\n"


class ReadTests(SynchronousTestCase):
    """`read_scripts`."""

    def refused(self, text: str) -> str:
        """The refusal, which is always one line."""
        line = str(self.assertRaises(ConfigError, read_scripts, text, "s.toml"))
        self.assertNotIn("\n", line)
        return line

    def test_every_step(self) -> None:
        """Each step can be written with its key, and is found on its line."""
        text = script(
            '{ play = "p" }',
            '{ music = "m", for_s = 3 }',
            "{ delay_s = 0.5 }",
            '{ menu = "m", choices = { 1 = "other", "#" = "start" }, on_fail = "other" }',
            '{ digits = "d", into = "x", on_fail = "other" }',
            '{ set = { x = "1", CallVariable10 = "{caller}", "user.plan" = "{x}" } }',
            '{ get = "position", into = "n" }',
            '{ if = "n", above = 3, go = "other" }',
            '{ open = "c", else = "other" }',
            '{ queue = ["A", "B"] }',
            '{ agent = "{x}", on_fail = "other" }',
            '{ wait = "other", for_s = 9 }',
            "{ dequeue = true }",
            "{ priority = 10 }",
            '{ redirect = "1001", on_fail = "other" }',
            "{ hang_up = true }",
            '{ go = "start" }',
        )
        text += '[calendar.c]\ntime_zone = "UTC"\nopen = ["daily 00:00-24:00"]\n'
        found = read_scripts(text, "s.toml")["s"]
        start = found.labels["start"]
        self.assertEqual([type(placed.step) for placed in start], list(STEPS.values()))
        self.assertEqual([placed.line for placed in start], list(range(3, 20)))
        self.assertEqual(start[0], Placed(steps.Play("p"), 3))
        self.assertEqual((found.name, found.source, found.line), ("s", "s.toml", 1))
        self.assertEqual(list(found.calendars), ["c"])

    def test_wrong_steps(self) -> None:
        """Whatever is wrong with a step, the line of the key is told, what is wrong, and what to write instead."""
        for step, wanted in (
            ("{}", ": script.s.steps.start[2]: the step is empty"),
            ('{ pley = "x" }', ".pley: there is no such step; did you mean play?"),
            ("{ zzzz = 1 }", ".zzzz: there is no such step; steps are agent, delay_s"),
            ("{ play = 1 }", ".play: expected str, got int; docs/scripts.rst"),
            ('{ play = "x", for_s = 1 }', ".for_s: there is no such key; docs/scripts.rst"),
            ('{ music = "x", for = 1 }', ".for: there is no such key; did you mean for_s?"),
            ("{ delay_s = 0 }", ".delay_s: expected float > 0"),
            ("{ delay_s = 86401 }", ".delay_s: expected float <= 86400"),
            ('{ go = "outher" }', '.go: there is no label "outher"; did you mean other?'),
            ('{ go = "x y" }', ".go: expected a name: letters, digits, - and _"),
            ('{ wait = "zzz" }', '.wait: there is no label "zzz"; there are other, start'),
            (
                '{ menu = "x", choices = { 1 = "nope" }, on_fail = "other" }',
                '.choices.1: there is no label "nope"',
            ),
            (
                '{ menu = "x", choices = { 12 = "other" }, on_fail = "other" }',
                ".choices: expected a key of a phone: 0 to 9, *, #, A to D",
            ),
            ('{ menu = "x", choices = {}, on_fail = "other" }', ".choices: expected a table"),
            ('{ menu = "x", choices = { 1 = "other" } }', "missing required field on_fail"),
            (
                '{ digits = "x", into = "y", on_fail = "other", min_digits = 5, max_digits = 4 }',
                ".min_digits: is more than max_digits; make it less",
            ),
            (
                '{ digits = "x", into = "Y", on_fail = "other" }',
                ".into: expected a variable: small",
            ),
            ('{ set = { CallVariable11 = "" } }', ".set: expected a variable, CallVariable1 to"),
            ('{ set = { caller = "" } }', '"caller" is the engine\'s own; choose another'),
            ('{ play = "{positon}" }', '.play: there is no variable "positon"; there are called'),
            ('{ queue = ["A", "{b}"] }', '.queue: there is no variable "b"'),
            ('{ get = "weather", into = "x" }', ".get: invalid enum value 'weather'"),
            ('{ if = "x", is = "1", go = "other" }', '.if: there is no variable "x"'),
            ('{ if = "caller", go = "other" }', "start[2]: compares with nothing; add is"),
            ('{ open = "c", else = "other" }', '.open: there is no calendar "c"; there is no cal'),
            ("{ priority = 11 }", ".priority: expected int <= 10"),
            ("{ priority = 0 }", ".priority: expected int >= 1"),
            ("{ dequeue = false }", ".dequeue: invalid enum value False"),
            ("{ hang_up = false }", ".hang_up: invalid enum value False"),
            ('{ redirect = "1", on_fail = "other", for_s = 601 }', ".for_s: expected float <= 600"),
            ('{ queue = "A", agent = "b" }', ".agent: there is no such key"),
        ):
            line = self.refused(script('{ play = "x" }', step))
            self.assertTrue(line.startswith("s.toml:4: script.s.steps.start[2]"), line)
            self.assertIn(wanted, line)

    def test_wrong_sections(self) -> None:
        """So for whatever is wrong around the steps."""
        start = "start = []\n"
        for text, wanted in (
            ("x = 1\n", "s.toml:1: x: there is no such section"),
            ("[script]\ns = 1\n", "s.toml:2: script.s: is not a section; write [script.s]"),
            ("\nscript = 1\n", "s.toml:2: script: is not a section; write [script.NAME]"),
            ('[script."a b".steps]\nstart=[]', "s.toml:1: script.a b: is not a name"),
            ("[script.s]\n", "s.toml:1: script.s: object missing required field steps"),
            (f"{HEAD}begin = []\n", "s.toml:1: script.s.steps: there is no start; a script begins"),
            (f"{HEAD}start = 1\n", "s.toml:1: script.s.steps: expected array, got int"),
            (f"{HEAD}start = [1]\n", "s.toml:1: script.s.steps: expected a table, got int"),
            (
                f"[script.s]\nlang = ''\n{HEAD}{start}",
                "s.toml:2: script.s.lang: there is no such key",
            ),
            (
                f"{HEAD}{start}[script.s.variables]\nqueue = ''",
                "s.toml:4: script.s.variables.queue: is the engine's own",
            ),
            (
                f"{HEAD}{start}[script.s.variables]\nx = 1",
                "s.toml:3: script.s.variables: expected str",
            ),
            ("[script.s\n", "s.toml:1: is not TOML"),
            (HEAD + "start = [\n  {}\n  {}\n]\n", "s.toml:4: is not TOML"),
            (
                "[calendar.c]\ntime_zone = 'Mars'\nopen = []",
                "s.toml:2: calendar.c.time_zone: there is",
            ),
            (
                "[calendar.c]\ntime_zone = 'UTC'\nopen = [\n'daily 00:00-24:00',\n'x']",
                's.toml:5: calendar.c.open[2]: "x" is not such as "Mon-Fri 08:00-18:00"',
            ),
            (
                "[calendar.c]\ntime_zone = 'UTC'\nopen = []\nclosed = ['02-30']",
                's.toml:4: calendar.c.closed[1]: there is no day "02-30"',
            ),
            (
                "[calendar.c]\ntime_zone = 'UTC'",
                "s.toml:1: calendar.c: object missing required field",
            ),
        ):
            self.assertIn(wanted, self.refused(text))

    def test_most_steps(self) -> None:
        """A script has so many steps, and not one more."""
        step = '{ play = "" }'
        self.assertEqual(
            len(read_scripts(script(*[step] * MAX_STEPS), "s.toml")["s"].labels["start"]), MAX_STEPS
        )
        line = self.refused(script(*[step] * (MAX_STEPS + 1)))
        self.assertIn(f"script.s.steps: are more than {MAX_STEPS}", line)

    def test_default(self) -> None:
        """The script of a trigger that names none queues in the trigger's queue, and waits with its prompt."""
        found = default_script()
        self.assertEqual(
            [placed.step for placed in found.labels["start"]],
            [steps.Queue("{queue}"), steps.Wait("hold")],
        )
