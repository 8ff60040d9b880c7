"""Scripts at work, with calls on a switch (``engine.md`` §3.5)."""

from __future__ import annotations

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.records import Trigger
from finesse_tx.engine.core.contact_events import ContactEvent, ContactStep
from finesse_tx.engine.core.events import CallEvent, CallEventKind, Collect, Play
from finesse_tx.engine.core.objects import Contact, Place
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.router import MAX_HOPS, Tally
from finesse_tx.engine.core.states import AgentState, Request
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.states import MediaState
from tests.support.centre import CALLER, Centre, sample


def centre(steps: str, policy: Policy | None = None, ports: int = 3, more: str = "") -> Centre:
    """A centre whose route point 6001 has a script of these steps, and 6002 another one."""
    text = f"[script.s.variables]\nx = ''\n[script.s.steps]\n{steps}\n{more}"
    snapshot = sample()
    triggers = (
        Trigger("6001", 101, "Sales", 1, "s"),
        Trigger("6002", 102, "Support", 2, "t" if more else "", language="de_DE"),
    )
    return Centre(replace(snapshot, triggers=triggers), policy, ports, text)


class TreatmentCase(SynchronousTestCase):
    """A caller in a script."""

    def call(self, steps: str, more: str = "", policy: Policy | None = None) -> Contact:
        """Somebody calls."""
        self.centre = centre(steps, policy, more=more)
        self.call_id = self.centre.call_in()
        return self.centre.engine.router.contacts[self.call_id]

    def plays(self, contact: Contact) -> MediaState:
        """What happens at the contact's port."""
        return self.centre.switch.model.connection(self.call_id, contact.port).media

    @property
    def tally(self) -> Tally:
        """The counts."""
        return self.centre.engine.router.tally

    def steps(self) -> list[ContactStep]:
        """What became of contacts, since the last time."""
        events, self.centre.events = self.centre.events, []
        return [event.step for event in events if isinstance(event, ContactEvent)]


class PromptTests(TreatmentCase):
    """What callers hear and key."""

    def test_welcome(self) -> None:
        """A caller hears the prompt to its end before he is queued."""
        contact = self.call('start = [{ play = "welcome" }, { queue = "Sales" }]')
        self.assertEqual((contact.place, self.plays(contact)), (Place.TREATED, MediaState.PROMPT))
        self.centre.sign_in(1)
        self.assertIs(self.centre.agent().state, AgentState.READY)
        self.centre.hear_out()
        self.assertIs(self.centre.agent().contact, contact)

    def test_menu(self) -> None:
        """The key decides about the queue."""
        steps = (
            'start = [{ menu = "m", choices = { 1 = "one", 2 = "two" }, on_fail = "two" }]\n'
            'one = [{ queue = "Sales" }]\ntwo = [{ queue = "Support" }]'
        )
        for key, name in (("1", "Sales"), ("2", "Support")):
            contact = self.call(steps)
            self.assertIs(self.plays(contact), MediaState.COLLECTING)
            self.centre.key(self.call_id, key)
            self.assertEqual([queue.csq.name for queue in contact.queues], [name])
        contact = self.call(steps)
        for _ in range(3):
            self.assertEqual(contact.queues, ())
            self.centre.hear_out()
        self.assertEqual([queue.csq.name for queue in contact.queues], ["Support"])

    def test_digits(self) -> None:
        """What was keyed is told to clients with the call."""
        contact = self.call(
            'start = [{ digits = "d", into = "x", on_fail = "end" }, { set = { CallVariable1 = "{x}",'
            ' "user.n" = "{caller}" } }, { queue = "Sales" }]\nend = []'
        )
        self.centre.told()
        self.centre.key(self.call_id, "123#")
        data = contact.call.data
        self.assertEqual(
            (data.caller_entered_digits, data.variables[0], dict(data.named)),
            ("123", "123", {"user.n": CALLER}),
        )
        self.assertEqual(
            self.centre.told(),
            ["CALL_DATA_UPDATE 6001", "CALL_DATA_UPDATE 6001", "CALL_QUEUED 70001"],
        )

    def test_too_late(self) -> None:
        """The end of a prompt that the script has given up already is not taken for the end of the next one."""
        steps = (
            'start = [{ queue = "Sales" }, { wait = "hold", for_s = 5 }, { play = "b" }, { hang_up = true }]\n'
            'hold = [{ play = "a" }]'
        )
        contact = self.call(steps)
        there = self.centre
        there.now += 5
        there.engine.advance(there.now)
        there.collect()  # the switch has been asked for b
        wait = there.switch.media.wait(contact.port)
        assert wait is not None
        there.hear(there.switch.media.is_over(wait))  # and a comes to its end just before
        there.settle()
        self.assertIn(self.call_id, there.switch.model.calls)
        there.hear_out(contact.port)
        self.assertNotIn(self.call_id, there.switch.model.calls)

    def test_cannot_play(self) -> None:
        """What the switch cannot play or collect is passed over, as if nothing had been keyed."""
        self.centre = centre(
            'start = [{ play = "a" }, { digits = "d", into = "x", on_fail = "no", tries = 1 }]\n'
            'no = [{ queue = "Sales" }]'
        )
        there = self.centre
        call_id = there.switch.allocate()
        there.hear(there.switch.call_from_outside(call_id, CALLER, "6001"))
        for kind in (Play, Collect):
            while not isinstance(there.waiting[0], kind):
                there.step()
            operation = there.waiting.popleft()
            there.engine.operation_failed(operation, Cause.RESOURCES_NOT_AVAILABLE, there.now)
            there.collect()
        there.settle()
        self.assertIs(there.engine.router.contacts[call_id].place, Place.WAITING)

    def test_language(self) -> None:
        """Prompts are in the trigger's language, and a trigger's variables go before the script's."""
        steps = 'start = [{ play = "{x}" }]'
        self.centre = there = centre(
            "start = []", more=f"[script.t.variables]\nx='a'\n[script.t.steps]\n{steps}"
        )
        snapshot = sample()
        trigger = Trigger("6002", 102, "Support", 2, "t", 0, "de_DE", (("x", "b"),))
        there.engine.configure(replace(snapshot, triggers=(trigger,)), there.now)
        call_id = there.switch.allocate()
        there.hear(there.switch.call_from_outside(call_id, CALLER, "6002"))
        while not (there.waiting and isinstance(there.waiting[0], Play)):
            there.step()
        operation = there.waiting[0]
        assert isinstance(operation, Play)
        self.assertEqual(operation.prompt, "de_DE/b")


class WaitTests(TreatmentCase):
    """Waiting, and not for ever."""

    OVERFLOW = (
        'start = [{ queue = "Sales" }, { wait = "hold", for_s = 60 }, { priority = 5 },'
        ' { queue = "Support" }, { wait = "hold" }]\n'
        'hold = [{ music = "m", for_s = 20 }, { get = "position", into = "x" }, { play = "n{x}" }]'
    )

    def test_overflow(self) -> None:
        """After a minute a second queue is asked too, and whoever is free there gets the caller."""
        contact = self.call(self.OVERFLOW)
        self.assertEqual(len(contact.queues), 1)
        self.assertIs(self.plays(contact), MediaState.MUSIC)
        self.centre.wait(20)
        self.assertIs(self.plays(contact), MediaState.PROMPT)
        self.centre.wait(40)
        self.assertEqual([queue.csq.name for queue in contact.queues], ["Sales", "Support"])
        self.assertEqual(contact.priority, 5)
        self.assertEqual(self.steps().count(ContactStep.QUEUED), 2)

    def test_no_answer(self) -> None:
        """An agent who does not answer costs the caller nothing: his round begins anew, his minute goes on."""
        contact = self.call(self.OVERFLOW, policy=Policy(ring_no_answer_s=10))
        self.centre.wait(45)
        self.centre.sign_in(1)
        self.assertIs(contact.place, Place.RESERVED)
        self.centre.wait(10)
        self.assertIs(contact.place, Place.WAITING)
        self.assertIs(self.plays(contact), MediaState.MUSIC)
        self.centre.wait(3.9)
        self.assertEqual(len(contact.queues), 1)
        self.centre.wait(0.1)
        self.assertEqual(len(contact.queues), 2)

    def test_answered(self) -> None:
        """When an agent answers, the script is over, and so are its timers."""
        self.call(self.OVERFLOW)
        self.centre.sign_in(1)
        self.centre.answer(self.call_id)
        self.assertIsNone(self.centre.engine.due_at())

    def test_abandoned(self) -> None:
        """So when the caller hangs up."""
        self.call(self.OVERFLOW)
        self.centre.hang_up(self.call_id)
        self.assertIsNone(self.centre.engine.due_at())
        self.assertEqual(self.tally, Tally(arrived=1, abandoned=1))

    def test_depth(self) -> None:
        """When too many wait, the script goes elsewhere: here it takes the caller out and hangs up."""
        steps = (
            'start = [{ queue = "Sales" }, { get = "waiting", into = "x" },'
            ' { if = "x", above = 1, go = "full" }, { wait = "" }]\n'
            "full = [{ dequeue = true }, { hang_up = true }]"
        )
        self.call(steps)
        self.centre.told()
        self.centre.call_in()
        self.assertEqual(self.tally, Tally(arrived=2, by_script=1))
        wanted = [ContactStep.QUEUED, ContactStep.DEQUEUED, ContactStep.ENDED]
        self.assertEqual(self.steps()[-3:], wanted)
        self.assertEqual(len(self.centre.engine.router.queues[1].waiting), 1)
        self.assertEqual(list(self.centre.switch.model.calls), [self.call_id])

    def test_wanted_agent(self) -> None:
        """A caller who wants an agent who is not signed in is told so; else he waits for him alone."""
        steps = (
            'start = [{ digits = "", into = "x", on_fail = "no" }, { agent = "agent{x}", on_fail = "no" },'
            ' { wait = "", for_s = 30 }, { dequeue = true }, { queue = "Sales" }]\nno = [{ hang_up = true }]'
        )
        self.call(steps)
        self.centre.key(self.call_id, "2#")
        self.assertEqual(self.tally.by_script, 1)
        contact = self.call(steps)
        self.centre.sign_in(2, ready=False)
        self.centre.sign_in(1)
        self.centre.key(self.call_id, "2#")
        self.assertIs(self.centre.agent(1).state, AgentState.READY)
        self.centre.request(Request.READY, 2)
        self.assertIs(contact.agent, self.centre.agent(2))
        self.centre.wait(20)
        self.assertIs(contact.place, Place.WAITING)
        self.centre.wait(10)
        self.assertIs(contact.agent, self.centre.agent(1))

    def test_dequeued_is_told(self) -> None:
        """Out of one of two queues, clients are told which one he left."""
        self.call(
            'start = [{ queue = ["Sales", "Support"] }, { delay_s = 9 }, { dequeue = "Sales" }]'
        )
        self.centre.told()
        self.centre.wait(9)
        told = [event for event in self.centre.events if isinstance(event, CallEvent)]
        self.assertEqual(
            [(event.kind, event.csq_ids) for event in told], [(CallEventKind.DEQUEUED, (1,))]
        )


class AwayTests(TreatmentCase):
    """Callers who are sent on, or away."""

    SEND = 'start = [{ redirect = "1005", for_s = 15, on_fail = "no" }]\nno = [{ queue = "Sales" }]'

    def test_answered(self) -> None:
        """When the number answers, the contact is the script's, and the port free again."""
        contact = self.call(self.SEND)
        self.assertIs(contact.place, Place.SENT)
        self.centre.answer(self.call_id, "1005")
        self.assertEqual(self.tally, Tally(arrived=1, by_script=1))
        self.assertEqual(self.steps()[-1], ContactStep.SENT_ON)
        self.assertIn(contact.port, self.centre.engine.router.ports.free)
        self.assertIsNone(self.centre.engine.due_at())
        self.centre.hang_up(self.call_id)
        self.assertEqual(self.tally, Tally(arrived=1, by_script=1))
        self.assertEqual(self.centre.engine.calls.by_id, {})

    def test_not_answered(self) -> None:
        """When it rings for too long, the script goes on, and the caller is where he was."""
        contact = self.call(self.SEND)
        self.centre.wait(14.9)
        self.assertIs(contact.place, Place.SENT)
        self.centre.wait(0.1)
        self.assertIs(contact.place, Place.WAITING)
        self.assertIsNone(self.centre.engine.due_at())

    def test_busy(self) -> None:
        """So when it is busy, or cannot be reached."""
        for number in ("999999", "1099"):
            contact = self.call(self.SEND.replace("1005", number))
            self.assertIs(contact.place, Place.WAITING, number)
            self.assertIsNone(self.centre.engine.due_at())

    def test_outside(self) -> None:
        """He can be sent outside; when nobody answers there the script goes on, too."""
        send = self.SEND.replace("1005", "9999999")
        for end in ("time", "busy"):
            contact = self.call(send)
            self.assertIs(contact.place, Place.SENT)
            if end == "busy":
                refusing = self.centre.switch.refuse_outside
                self.centre.hear(refusing(self.call_id, "9999999", Cause.BUSY))
                self.centre.settle()
            else:
                self.centre.wait(15)
            self.assertIs(contact.place, Place.WAITING, end)
            self.assertIsNone(self.centre.engine.due_at())
        contact = self.call(send)
        self.centre.hear(self.centre.switch.answer_outside(self.call_id, "9999999"))
        self.centre.settle()
        self.assertIs(contact.place, Place.GONE)
        self.assertEqual(self.steps()[-1], ContactStep.SENT_ON)

    def test_hangs_up_meanwhile(self) -> None:
        """A caller who hangs up while it rings there has abandoned."""
        self.call(self.SEND)
        self.centre.hang_up(self.call_id)
        self.assertEqual(self.tally, Tally(arrived=1, abandoned=1))
        self.assertIsNone(self.centre.engine.due_at())

    def test_other_trigger(self) -> None:
        """Another trigger's number means its script, at the same port."""
        contact = self.call(
            'start = [{ redirect = "6002", on_fail = "start" }]',
            "[script.t.steps]\nstart = [{ queue = '{queue}' }]",
        )
        self.assertEqual([queue.csq.name for queue in contact.queues], ["Support"])
        self.assertEqual((contact.trigger.route_point, contact.port), ("6002", "70001"))

    def test_other_triggers_sessions(self) -> None:
        """A caller who is sent to another trigger is one of its sessions, if it has one left, and no more of the first."""
        self.centre = there = centre(
            'start = [{ redirect = "6002", on_fail = "no" }]\nno = [{ hang_up = true }]',
            more="[script.t.steps]\nstart = [{ queue = '{queue}' }]",
        )
        triggers = (
            Trigger("6001", 101, "Sales", 1, "s", 1),
            Trigger("6002", 102, "Support", 2, "t", 2),
        )
        there.engine.configure(replace(sample(), triggers=triggers), there.now)
        first = there.call_in()
        there.call_in()
        self.assertEqual(self.tally, Tally(arrived=2))
        there.call_in()
        self.assertEqual(self.tally, Tally(arrived=3, by_script=1))
        there.hang_up(first)
        there.call_in()
        self.assertEqual(self.tally, Tally(arrived=4, by_script=1, abandoned=1))

    def test_circles(self) -> None:
        """Triggers that send callers to each other for ever lose them, and say so."""
        self.centre = centre(
            'start = [{ redirect = "6002", on_fail = "start" }]',
            more='[script.t.steps]\nstart = [{ redirect = "6001", on_fail = "start" }]',
        )
        self.centre.call_in()
        self.assertEqual(self.tally, Tally(arrived=1, aborted=1))
        (event,) = [
            event
            for event in self.centre.events
            if isinstance(event, ContactEvent) and event.step is ContactStep.ABORTED
        ]
        self.assertIn(f"more than {MAX_HOPS} times", event.reason)
        self.assertEqual(self.centre.switch.model.calls, {})

    def test_fault(self) -> None:
        """A script that cannot go on loses its caller, and the reason names its line."""
        self.centre = centre('start = [\n{ queue = "{x}" }]')
        self.centre.call_in()
        (event,) = [e for e in self.centre.events if isinstance(e, ContactEvent)]
        self.assertEqual(
            (event.step, event.reason), (ContactStep.ABORTED, 's.toml:5: there is no queue ""')
        )
        self.assertEqual(self.tally, Tally(arrived=1, aborted=1))

    def test_too_much_data(self) -> None:
        """A script that attaches more than a call can have loses its caller, too."""
        named = ", ".join(f'"user.v{n}" = "{"y" * 210}"' for n in range(10))
        self.centre = centre(f"start = [{{ set = {{ {named} }} }}, {{ queue = 'Sales' }}]")
        self.centre.call_in()
        self.assertEqual(self.tally, Tally(arrived=1, aborted=1))
        self.assertEqual(self.centre.switch.model.calls, {})

    def test_end(self) -> None:
        """A script that ends with the caller in no queue hangs up."""
        self.centre = centre("start = []")
        self.centre.call_in()
        self.assertEqual(self.tally, Tally(arrived=1, by_script=1))
        self.assertEqual(self.centre.switch.model.calls, {})
        self.assertEqual(len(self.centre.engine.router.ports.free), 3)
