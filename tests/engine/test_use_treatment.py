"""Other scripts while callers are there."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.messages import CallQueuedEvent
from finesse_tx.engine.core.objects import Place
from finesse_tx.engine.core.scripts.reading import DEFAULT, default_script, read_treatment
from finesse_tx.engine.core.scripts.triggers import CallTreatment
from finesse_tx.errors import ConfigError
from tests.support.centre import sample
from tests.support.engine import EngineFloor

WAITS = """
[trigger.6001]
script = "{script}"
[script.{script}.steps]
start = [{{ queue = "{queue}" }}, {{ wait = "" }}]
"""


class UseTreatmentTests(SynchronousTestCase):
    """`EngineService.use_treatment`."""

    def setUp(self) -> None:
        """Start an engine whose callers wait in Sales."""
        self.floor = EngineFloor(sample(), scripts=self.text("old", "Sales"))
        self.service = self.floor.service

    def tearDown(self) -> None:
        """Stop it; no timer may be left."""
        self.successResultOf(self.service.stopService())
        self.assertEqual(self.floor.clock.getDelayedCalls(), [])

    def text(self, script: str, queue: str) -> str:
        """A file whose callers wait in a queue."""
        return WAITS.format(script=script, queue=queue)

    def use(self, text: str) -> None:
        """Read another file."""
        written = read_treatment(text, "s.toml")
        scripts = {DEFAULT: default_script(), **written.scripts}
        self.service.use_treatment(CallTreatment(scripts, written.triggers))

    def on_the_way(self) -> None:
        """Somebody calls, and is on his way to a port."""
        self.floor.simulator.slow_down(1.0)
        self.call_in("0612345601")
        self.floor.pass_time(1.0)
        (contact,) = self.service.engine.router.contacts.values()
        self.assertIs(contact.place, Place.OFFERED)

    def call_in(self, number: str) -> None:
        """Somebody calls."""
        self.floor.simulator.place_call("6001", number)

    def arrive(self) -> None:
        """Redirected, accepted, answered: the switch takes a second for each."""
        for _ in range(4):
            self.floor.pass_time(1.0)

    def queues(self) -> list[tuple[int, ...]]:
        """The queues in which those who wait do, in the order in which they came."""
        contacts = self.service.engine.router.contacts.values()
        return [tuple(queue.csq.id for queue in contact.queues) for contact in contacts]

    def test_from_now_on(self) -> None:
        """Who is there waits where he does; who comes from then on, where the new script says."""
        self.call_in("0612345601")
        self.floor.pass_time()
        self.use(self.text("new", "Support"))
        self.call_in("0612345602")
        self.floor.pass_time()
        self.assertEqual(self.queues(), [(1,), (2,)])
        queued = [m for m in self.floor.take() if isinstance(m, CallQueuedEvent)]
        self.assertEqual([m.skill_groups[0].skill_group_number for m in queued], [1, 2])

    def test_on_the_way(self) -> None:
        """Who was on his way to a port when his script went is treated by the trigger's new one."""
        self.on_the_way()
        self.use(self.text("new", "Support"))
        self.arrive()
        self.assertEqual(self.queues(), [(2,)])

    def test_mistake(self) -> None:
        """A queue that is not there is told with its line, and nothing has changed."""
        error = self.assertRaises(ConfigError, self.use, self.text("new", "Sails"))
        self.assertEqual(
            str(error).partition(";")[0],
            's.toml:5: script.new.steps.start[1]: there is no queue "Sails"',
        )
        self.call_in("0612345601")
        self.floor.pass_time()
        self.assertEqual(self.queues(), [(1,)])

    def test_trigger_gone(self) -> None:
        """A trigger that is written no more is the directory's again; who was on his way to it is, too."""
        self.on_the_way()
        self.use("")
        self.arrive()
        self.assertEqual(self.queues(), [(1,)])
