"""`finesse_tx.engine.core.scripts.interpreter`: what happened in, commands out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.scripts.commands import (
    Attach,
    CancelTimer,
    CollectDigits,
    Command,
    End,
    Fault,
    Join,
    Leave,
    PlayPrompt,
    SendTo,
    SetPriority,
    SetTimer,
    Timer,
    WantAgent,
)
from finesse_tx.engine.core.scripts.interpreter import MAX_VALUE, Treatment
from finesse_tx.engine.core.scripts.reading import default_script, read_scripts
from finesse_tx.engine.core.scripts.steps import Script, Statistic
from finesse_tx.telephony.core.media import DigitRules


@dataclass
class World:
    """What scripts are told."""

    opened: bool = True
    figures: dict[str, float | None] = field(default_factory=dict)
    queues: tuple[str, ...] = ("Sales", "Support")
    agents: tuple[str, ...] = ("ann",)

    def is_open(self, script: Script, calendar: str) -> bool:
        """Whether it is open."""
        return self.opened

    def statistic(self, name: Statistic, csq: str) -> float | None:
        """A figure."""
        return self.figures.get(f"{name} {csq}")

    def has_queue(self, csq: str) -> bool:
        """Whether there is that queue."""
        return csq in self.queues

    def is_signed_in(self, agent_id: str) -> bool:
        """Whether he is signed in."""
        return agent_id in self.agents


CALENDAR = "[calendar.c]\ntime_zone = 'UTC'\nopen = []\n"
WAIT, STEP = Timer.WAIT, Timer.STEP


def play(prompt: str) -> Command:
    """Play it once."""
    return PlayPrompt(prompt, repeat=False)


def music(prompt: str) -> Command:
    """Play it again and again."""
    return PlayPrompt(prompt, repeat=True)


class TreatmentCase(SynchronousTestCase):
    """A script."""

    def setUp(self) -> None:
        """Let everything be there."""
        self.world = World()

    def begin(self, labels: str, **variables: str) -> list[Command]:
        """Begin with a script of these labels; return its first commands."""
        text = f"{CALENDAR}[script.s.variables]\nx = ''\n[script.s.steps]\n{labels}\n"
        script = read_scripts(text, "s.toml")["s"]
        known = {"queue": "Sales", "language": "", "queue_prompt": "", **script.variables}
        self.treatment = Treatment(script, self.world, {**known, **variables})
        return list(self.treatment.begin())

    def check(self, commands: Iterable[Command], *wanted: Command) -> None:
        """Whether it wants that, in that order."""
        self.assertEqual(list(commands), list(wanted))


class StepTests(TreatmentCase):
    """Each step."""

    def test_play(self) -> None:
        """A prompt is heard to its end, in the caller's language; one without a name is left out."""
        steps = 'start = [{ play = "{x}" }, { play = "a-{queue}" }, { play = "b" }]'
        self.check(self.begin(steps, language="de_DE"), play("de_DE/a-Sales"))
        self.check(self.treatment.time_up(STEP))
        self.check(self.treatment.media_ended(""), play("de_DE/b"))
        self.check(self.treatment.media_ended(""), End())
        self.assertTrue(self.treatment.is_over)
        self.check(self.treatment.media_ended(""))

    def test_music(self) -> None:
        """Music goes on while the script does, or the script waits with it; without any it waits in silence."""
        steps = 'start = [{ music = "a" }, { music = "b", for_s = 9 }, { music = "", for_s = 3 }]'
        self.check(self.begin(steps), music("a"), music("b"), SetTimer(STEP, 9))
        self.check(self.treatment.media_ended(""))
        self.check(self.treatment.time_up(STEP), SetTimer(STEP, 3))
        self.check(self.treatment.time_up(STEP), End())

    def test_menu(self) -> None:
        """A key goes to its label; nothing, or another key, is asked for again, so many times."""
        steps = (
            'start = [{ menu = "m", choices = { 1 = "one", "#" = "end" }, on_fail = "no",'
            " first_s = 2, tries = 2 }]\n"
            'one = [{ play = "one" }]\nend = [{ hang_up = true }]\nno = [{ play = "no" }]'
        )
        ask = CollectDigits(DigitRules(1, 2.0, 0.0, "", "m"))
        for keys, wanted in (
            (["1"], play("one")),
            (["#"], End()),
            (["", "1"], play("one")),
            (["2", "3"], play("no")),
        ):
            self.check(self.begin(steps), ask)
            for key in keys[:-1]:
                self.check(self.treatment.media_ended(key), ask)
            self.check(self.treatment.media_ended(keys[-1]), wanted)

    def test_digits(self) -> None:
        """A number of enough digits becomes a variable, and is attached to the call."""
        steps = (
            'start = [{ digits = "d", into = "x", on_fail = "no", min_digits = 2, max_digits = 4,'
            ' end = "*", tries = 2 }, { play = "got-{x}" }]\nno = [{ play = "no" }]'
        )
        ask = CollectDigits(DigitRules(4, 5.0, 3.0, "*", "d"))
        self.check(self.begin(steps), ask)
        self.check(self.treatment.media_ended("1"), ask)
        attach = Attach(DataChange(caller_entered_digits="12"))
        self.check(self.treatment.media_ended("12"), attach, play("got-12"))
        self.begin(steps)
        list(self.treatment.media_ended(""))
        self.check(self.treatment.media_ended("1"), play("no"))

    def test_set(self) -> None:
        """Variables get values; call and named variables go to the call, cut to what they hold."""
        steps = (
            'start = [{ set = { x = "{queue}!", CallVariable1 = "{x}", CallVariable10 = "'
            + "é" * 30
            + '", "user.plan" = "gold" } }, { play = "{x}" }]'
        )
        change = DataChange(variables={0: "old", 9: "é" * 20}, named={"user.plan": "gold"})
        self.check(self.begin(steps, x="old"), Attach(change), play("Sales!"))

    def test_long_values(self) -> None:
        """A value is cut off after so many characters, so that none can grow for ever."""
        steps = 'start = [{ set = { x = "{x}{x}" } }, { if = "x", is = "", go = "start" }]'
        self.begin(steps, x="y" * 200)
        self.assertEqual(self.treatment.variables["x"], "y" * MAX_VALUE)

    def test_get_and_if(self) -> None:
        """Figures become whole numbers; what is not known is neither above nor below anything."""
        steps = (
            'start = [{ get = "expected_wait", into = "x", csq = "{queue}" },'
            ' { if = "x", above = 10, below = 20, go = "yes" }, { if = "x", is = "", go = "none" },'
            ' { play = "no" }]\nyes = [{ play = "{x}" }]\nnone = [{ play = "none" }]'
        )
        for value, wanted in (
            (10.4, "no"),
            (10.6, "11"),
            (19.0, "19"),
            (20.0, "no"),
            (None, "none"),
        ):
            self.world.figures["expected_wait Sales"] = value
            self.check(self.begin(steps), play(wanted))

    def test_open(self) -> None:
        """When it is closed, the script goes elsewhere."""
        steps = (
            'start = [{ open = "c", else = "shut" }, { play = "open" }]\nshut = [{ play = "shut" }]'
        )
        self.check(self.begin(steps), play("open"))
        self.world.opened = False
        self.check(self.begin(steps), play("shut"))

    def test_queues(self) -> None:
        """Queues, priority and the wanted agent are told, and the script goes on."""
        steps = (
            'start = [{ priority = 7 }, { queue = ["{queue}", "Support"] }, { agent = "ann",'
            ' on_fail = "gone" }, { dequeue = "Sales" }, { dequeue = true }, { agent = "bob",'
            ' on_fail = "gone" }]\ngone = [{ play = "gone" }]'
        )
        self.check(
            self.begin(steps),
            SetPriority(7),
            Join(("Sales", "Support")),
            WantAgent("ann"),
            Leave(("Sales",)),
            Leave(None),
            play("gone"),
        )

    def test_no_queue(self) -> None:
        """A queue that is not there goes elsewhere where the script says so, else it is a fault with its line."""
        self.check(
            self.begin('start = [\n{ play = "" },\n{ queue = "X" }]'),
            Fault("s.toml", 9, 'there is no queue "X"'),
        )
        self.assertTrue(self.treatment.is_over)
        steps = 'start = [{ queue = "X", on_fail = "no" }]\nno = [{ play = "no" }]'
        self.check(self.begin(steps), play("no"))

    def test_redirect(self) -> None:
        """Whoever is sent on is in no queue any more; when nobody answers there, the script goes elsewhere."""
        steps = (
            'start = [{ queue = "Sales" }, { redirect = "10{x}", for_s = 7, on_fail = "no" }]\n'
            'no = [{ play = "no" }]'
        )
        sent = Join(("Sales",)), Leave(None), SendTo("1001", 7)
        self.check(self.begin(steps, x="01"), *sent)
        self.check(self.treatment.media_ended(""))
        self.check(self.treatment.not_sent(), play("no"))
        self.check(self.treatment.not_sent())

    def test_circles(self) -> None:
        """A script that goes in circles without waiting for anything is given up."""
        self.check(
            self.begin('start = [{ go = "next" }]\nnext = [{ go = "start" }]')[-1:],
            Fault("s.toml", 7, "does 1000 steps without an end"),
        )

    def test_end(self) -> None:
        """At its end a script hangs up, unless the caller is in a queue: then he waits on."""
        self.check(self.begin("start = []"), End())
        self.check(self.begin('start = [{ queue = "Sales" }]'), Join(("Sales",)))
        self.assertFalse(self.treatment.is_over)


class WaitTests(TreatmentCase):
    """Waiting for an agent, meanwhile doing something."""

    LOOP = (
        'start = [{ queue = "Sales" }, { wait = "hold", for_s = 60 }, { play = "late" }]\n'
        'hold = [{ music = "m", for_s = 20 }, { play = "p" }]'
    )

    def enter(self) -> None:
        """Wait."""
        joined = Join(("Sales",)), SetTimer(WAIT, 60), music("m"), SetTimer(STEP, 20)
        self.check(self.begin(self.LOOP), *joined)

    def test_rounds(self) -> None:
        """Its steps are done again and again."""
        self.enter()
        for _ in range(3):
            self.check(self.treatment.time_up(STEP), play("p"))
            self.check(self.treatment.media_ended(""), music("m"), SetTimer(STEP, 20))

    def test_time(self) -> None:
        """When its time is over, whatever it was doing, the script goes on behind it."""
        self.enter()
        self.check(self.treatment.time_up(WAIT), CancelTimer(STEP), play("late"))
        self.check(self.treatment.media_ended(""))
        self.assertFalse(self.treatment.is_over)

    def test_not_answered(self) -> None:
        """While an agent's phone rings nothing happens; when he does not answer, a new round begins."""
        self.enter()
        list(self.treatment.time_up(STEP))
        self.check(self.treatment.suspend())
        self.check(self.treatment.media_ended(""))
        self.check(self.treatment.returned(), music("m"), SetTimer(STEP, 20))
        self.check(self.treatment.suspend(), CancelTimer(STEP))
        self.check(self.treatment.time_up(STEP))

    def test_time_while_ringing(self) -> None:
        """Time that is over while the phone rings counts when nobody has answered."""
        self.enter()
        self.check(self.treatment.suspend(), CancelTimer(STEP))
        self.check(self.treatment.time_up(WAIT))
        self.check(self.treatment.returned(), play("late"))

    def test_not_in_wait(self) -> None:
        """A step outside a wait is done again after a phone that nobody answered."""
        self.check(
            self.begin('start = [{ queue = "Sales" }, { play = "a" }, { play = "b" }]'),
            Join(("Sales",)),
            play("a"),
        )
        self.check(self.treatment.suspend())
        self.check(self.treatment.returned(), play("a"))
        self.check(self.treatment.media_ended(""), play("b"))

    def test_silent(self) -> None:
        """A wait without steps, or whose steps take no time, just waits."""
        for label in ("", "hold"):
            steps = (
                f'start = [{{ queue = "Sales" }}, {{ wait = "{label}", for_s = 9 }}, {{ play = "x" }}]\n'
                'hold = [{ music = "m" }, { set = { x = "1" } }]'
            )
            wanted: list[Command] = [Join(("Sales",)), SetTimer(WAIT, 9)]
            wanted += [music("m")] if label else []
            self.check(self.begin(steps), *wanted)
            self.check(self.treatment.suspend())
            self.check(self.treatment.returned(), *wanted[2:])
            self.check(self.treatment.time_up(WAIT), play("x"))

    def test_elsewhere(self) -> None:
        """Whatever a wait's steps go to belongs to it; its next round begins with its own."""
        steps = (
            'start = [{ queue = "Sales" }, { wait = "hold", for_s = 60 }, { play = "late" }]\n'
            'hold = [{ play = "p" }, { go = "more" }]\nmore = [{ play = "q" }]'
        )
        self.check(self.begin(steps), Join(("Sales",)), SetTimer(WAIT, 60), play("p"))
        self.check(self.treatment.media_ended(""), play("q"))
        self.check(self.treatment.media_ended(""), play("p"))
        list(self.treatment.media_ended(""))
        self.check(self.treatment.time_up(WAIT), play("late"))

    def test_dequeued(self) -> None:
        """Who is in no queue any more does not wait any more: the script ends where it is."""
        steps = (
            'start = [{ queue = "Sales" }, { wait = "hold", for_s = 60 }, { play = "late" }]\n'
            'hold = [{ dequeue = "Sales" }, { play = "bye" }]'
        )
        self.check(
            self.begin(steps),
            Join(("Sales",)),
            SetTimer(WAIT, 60),
            Leave(("Sales",)),
            CancelTimer(WAIT),
            play("bye"),
        )
        self.check(self.treatment.media_ended(""), End())

    def test_in_no_queue(self) -> None:
        """A wait of who is in no queue is passed over."""
        self.check(self.begin('start = [{ wait = "" }, { play = "x" }]'), play("x"))

    def test_second(self) -> None:
        """A wait within a wait takes its place."""
        steps = (
            'start = [{ queue = "Sales" }, { wait = "one", for_s = 60 }]\n'
            'one = [{ wait = "two", for_s = 9 }]\ntwo = [{ play = "p" }]'
        )
        self.check(
            self.begin(steps),
            Join(("Sales",)),
            SetTimer(WAIT, 60),
            CancelTimer(WAIT),
            SetTimer(WAIT, 9),
            play("p"),
        )

    def test_default(self) -> None:
        """The default script queues, and waits with the queue's prompt as music, if it has one."""
        for prompt in ("", "jazz"):
            known = {"queue": "Sales", "queue_prompt": prompt, "language": ""}
            treatment = Treatment(default_script(), self.world, known)
            wanted: list[Command] = [music(prompt)] if prompt else []
            self.check(treatment.begin(), Join(("Sales",)), *wanted)


HAPPENINGS = st.sampled_from(["media", "key", "step", "wait", "ring", "return", "not sent"])
BODIES = st.lists(
    st.sampled_from(
        [
            '{ play = "p" }',
            '{ music = "m", for_s = 5 }',
            '{ music = "m" }',
            "{ delay_s = 1 }",
            '{ menu = "m", choices = { 1 = "one", 2 = "two" }, on_fail = "two" }',
            '{ digits = "d", into = "x", on_fail = "one" }',
            '{ set = { x = "{x}1" } }',
            '{ if = "x", is = "1", go = "two" }',
            '{ queue = "Sales" }',
            '{ queue = ["Support", "Sales"] }',
            '{ agent = "ann", on_fail = "one" }',
            '{ wait = "one", for_s = 9 }',
            '{ wait = "two" }',
            '{ dequeue = "Sales" }',
            "{ dequeue = true }",
            '{ go = "one" }',
            '{ redirect = "1001", on_fail = "two" }',
        ]
    ),
    max_size=5,
)


class AnyScriptTests(TreatmentCase):
    """Any script, whatever happens."""

    @given(st.tuples(BODIES, BODIES, BODIES), st.lists(HAPPENINGS, max_size=25))
    def test_any(self, bodies: tuple[list[str], ...], happenings: list[str]) -> None:
        """A script waits for something, or is over; its timers are set once, and only while it lives."""
        labels = zip(("start", "one", "two"), bodies, strict=True)
        commands = self.begin("\n".join(f"{name} = [{', '.join(body)}]" for name, body in labels))
        timers: set[Timer] = set()
        rings = False
        for happening in ["begin", *happenings]:
            treatment = self.treatment
            if happening == "begin":
                pass
            elif happening == "media":
                commands = list(treatment.media_ended(""))
            elif happening == "key":
                commands = list(treatment.media_ended("1"))
            elif happening in {"step", "wait"}:
                timer = Timer.STEP if happening == "step" else Timer.WAIT
                if timer not in timers:
                    continue
                timers.discard(timer)
                commands = list(treatment.time_up(timer))
            elif happening == "ring" and not rings and treatment._targets:
                rings = True
                commands = list(treatment.suspend())
            elif happening == "return" and rings:
                rings = False
                commands = list(treatment.returned())
            elif happening == "not sent":
                commands = list(treatment.not_sent())
            else:
                continue
            for command in commands:
                if isinstance(command, SetTimer):
                    self.assertNotIn(command.timer, timers)
                    timers.add(command.timer)
                elif isinstance(command, CancelTimer):
                    timers.discard(command.timer)
                self.assertFalse(rings and isinstance(command, PlayPrompt | CollectDigits))
            self.assertEqual(commands[-1:] in ([End()],) or _faulty(commands), treatment.is_over)
            if treatment.is_over:
                return


def _faulty(commands: list[Command]) -> bool:
    return bool(commands) and isinstance(commands[-1], Fault)
