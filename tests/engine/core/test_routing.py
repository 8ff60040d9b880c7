"""Contacts find agents: order, selection, ring-no-answer, ports (``engine.md`` §3)."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import CallType
from finesse_tx.directory.core.records import Snapshot, Trigger
from finesse_tx.engine.core import workload
from finesse_tx.engine.core.contact_events import ContactEvent
from finesse_tx.engine.core.events import AgentStateChanged, CallEvent, CallEventKind, Redirect
from finesse_tx.engine.core.objects import Agent, Call, Contact, Party, Place
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.router import RETRY_S, Tally
from finesse_tx.engine.core.states import AgentState, Request
from finesse_tx.telephony.core.events import Cause
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.objects import Call as TelephonyCall
from tests.support.centre import CALLER, Centre, csq, people, sample, skilled


class SelectionTests(SynchronousTestCase):
    """Which agent, which contact."""

    def test_longest_available(self) -> None:
        """The agent who has been available longest is selected, not the one who signed in first."""
        centre = Centre(ports=3)
        centre.sign_in(1, 2, 3)
        centre.request(Request.NOT_READY, 1)
        centre.request(Request.READY, 1)
        contacts = centre.engine.router.contacts
        selected = [contacts[centre.call_in()].agent for _ in range(3)]
        self.assertEqual(selected, [centre.agent(number) for number in (2, 3, 1)])

    def test_tie(self) -> None:
        """Of those who are equally long available, the one with the lowest id is."""
        centre = Centre(ports=5)
        for number in (3, 1, 2):
            centre.sign_in(number)
            centre.now -= 1
        for number in (1, 2, 3):
            centre.call_in()
            self.assertIs(centre.agent(number).state, AgentState.RESERVED)

    def test_keeps_place(self) -> None:
        """A caller who hangs up while it rings does not cost the agent his place."""
        centre = Centre()
        centre.sign_in(1, 2)
        call_id = centre.call_in()
        centre.wait(5)
        centre.hang_up(call_id)
        centre.call_in()
        self.assertIs(centre.agent(1).state, AgentState.RESERVED)

    def test_first_come(self) -> None:
        """Contacts are given out in the order in which they came, whatever their queue."""
        centre = Centre(ports=4)
        calls = []
        for to in ("6001", "6002", "6001"):
            calls.append(centre.call_in(to))
            centre.wait(1)
        for number, call_id in enumerate(calls, 1):
            centre.sign_in(number)
            contact = centre.agent(number).contact
            assert contact is not None
            self.assertEqual(contact.call.id, call_id)

    def test_only_own_queues(self) -> None:
        """An agent gets no contact of a queue that is not his."""
        snapshot = sample()
        centre = Centre(replace(snapshot, people=people(1, (2,))))
        centre.call_in("6001")
        centre.sign_in(1)
        self.assertIs(centre.agent().state, AgentState.READY)
        centre.call_in("6002")
        self.assertIs(centre.agent().state, AgentState.RESERVED)

    def test_queued_only_when_nobody_is_free(self) -> None:
        """CALL_QUEUED is told when a contact begins to wait, not when an agent is free."""
        centre = Centre()
        centre.sign_in(1)
        centre.told()
        centre.call_in()
        self.assertNotIn("CALL_QUEUED 70001", centre.told())
        centre.call_in()
        self.assertIn("CALL_QUEUED 70002", centre.told())


CONTACTS = st.lists(
    st.tuples(
        st.integers(1, 10),
        st.integers(0, 20),
        st.lists(st.integers(1, 3), min_size=1, unique=True),
    ),
    max_size=12,
)
AGENTS = st.lists(st.tuples(st.integers(0, 20), st.sets(st.integers(1, 3)).map(sorted)), max_size=6)


class OracleTests(SynchronousTestCase):
    """The router's indexes against a scan, with contacts in several queues and of all priorities."""

    def contact(
        self, centre: Centre, sequence: int, priority: int, csq_ids: list[int], now: float
    ) -> Contact:
        """A contact that waits, as a script may make it: in several queues, with a priority."""
        router = centre.engine.router
        call = Call(TelephonyCall(sequence))
        contact = Contact(call, Trigger("6001", 1, "x", 1), f"port{sequence}", priority=priority)
        contact.place = Place.TREATED
        call.parties[contact.port] = Party(
            contact.port, AddressKind.CTI_PORT, True, CallType.CALLTYPE_ACD_IN
        )
        router.queueing.enqueue(contact, (router.queues[csq_id] for csq_id in csq_ids), now)
        return contact

    @given(CONTACTS, AGENTS)
    def test_agents_come(
        self, contacts: list[tuple[int, int, list[int]]], agents: list[tuple[int, list[int]]]
    ) -> None:
        """An agent who becomes READY gets what a scan of everything that waits would give him."""
        centre = Centre(
            Snapshot(
                tuple(
                    replace(person, competences=skilled(csq_ids))
                    for person, (_, csq_ids) in zip(people(len(agents)), agents, strict=True)
                ),
                (),
                tuple(csq(n) for n in (1, 2, 3)),
            )
        )
        router, waiting = centre.engine.router, []
        for sequence, (priority, moment, csq_ids) in enumerate(contacts, 1):
            waiting.append(self.contact(centre, sequence, priority, csq_ids, float(moment)))
        router.match(centre.now)
        for number, (_, csq_ids) in enumerate(agents, 1):
            mine = [c for c in waiting if {q.csq.id for q in c.queues} & set(csq_ids)]
            best = min(mine, key=lambda c: (-c.priority, c.enqueued_at, c.call.id), default=None)
            name, extension = f"agent{number}", str(1000 + number)
            centre.engine.sign_in(name, extension, False, centre.now)
            centre.engine.request_state(name, Request.READY, 0, centre.now)
            self.assertIs(centre.agent(number).contact, best)
            if best is not None:
                waiting.remove(best)
                self.assertIs(best.place, Place.RESERVED)
                self.assertFalse([q for q in router.queues.values() if best in q.waiting])

    @given(CONTACTS, AGENTS)
    def test_contacts_come(
        self, contacts: list[tuple[int, int, list[int]]], agents: list[tuple[int, list[int]]]
    ) -> None:
        """A contact that begins to wait gets whom a scan of everybody finds in the first of its queues that has anybody."""
        centre = Centre(
            Snapshot(
                tuple(
                    replace(person, competences=skilled(csq_ids))
                    for person, (_, csq_ids) in zip(people(len(agents)), agents, strict=True)
                ),
                (),
                tuple(csq(n) for n in (1, 2, 3)),
            )
        )
        ready: list[Agent] = []
        for number, (moment, _) in enumerate(agents, 1):
            name, extension = f"agent{number}", str(1000 + number)
            centre.engine.sign_in(name, extension, False, float(moment))
            centre.engine.request_state(name, Request.READY, 0, float(moment))
            ready.append(centre.agent(number))
        router = centre.engine.router
        for sequence, (priority, _, csq_ids) in enumerate(contacts, 1):
            best = next(
                (
                    min(able, key=lambda a: (a.idle_since, a.id))
                    for csq_id in csq_ids
                    if (able := [a for a in ready if router.queues[csq_id] in a.queues])
                ),
                None,
            )
            contact = self.contact(centre, sequence, priority, csq_ids, centre.now)
            router.match(centre.now)
            self.assertIs(contact.agent, best)
            if best is not None:
                ready.remove(best)
                self.assertIs(best.state, AgentState.RESERVED)
                self.assertFalse([q for q in router.queues.values() if best in q.ready])


class QueueTests(SynchronousTestCase):
    """What scripts do with waiting contacts: further queues, priorities, one agent and no other."""

    def setUp(self) -> None:
        """Let nobody be ready, and callers wait in Sales."""
        self.centre = Centre(ports=5)
        self.router = self.centre.engine.router

    def caller(self) -> Contact:
        """Another one."""
        contact = self.router.contacts[self.centre.call_in()]
        self.centre.wait(1)
        return contact

    def after(self) -> list[str]:
        """What is told of it."""
        self.router.match(self.centre.now)
        self.centre.settle()
        return self.centre.told()

    def test_priority(self) -> None:
        """Whoever gets another priority waits behind those who have it; the same one changes nothing."""
        contacts = [self.caller() for _ in range(4)]
        first, second, third, fourth = contacts
        for contact in (third, second, first, first):
            self.router.queueing.set_priority(
                contact, 10 if contact is not first else 9, self.centre.now
            )
        line = self.router.queues[1].waiting
        self.assertEqual(list(line), [third, second, first, fourth])
        self.assertEqual([line.position(contact) for contact in contacts], [3, 2, 1, 4])
        self.router.queueing.set_priority(first, 9, self.centre.now + 1)
        self.router.queueing.set_priority(third, 1, self.centre.now)
        self.assertEqual(list(line), [second, first, fourth, third])

    def test_old_calls_wait(self) -> None:
        """A call of priority 2 beats every call of priority 1, however old, in whatever queue."""
        old = self.caller()
        self.centre.wait(10_000)
        new = self.router.contacts[self.centre.call_in("6002")]
        self.router.queueing.set_priority(new, 2, self.centre.now)
        self.centre.sign_in(1)
        self.assertIs(self.centre.agent().contact, new)
        self.assertIs(old.place, Place.WAITING)

    def test_further_queue(self) -> None:
        """A contact that waits in two queues is told so, and goes to whoever comes; it leaves both."""
        snapshot = sample()
        self.centre = Centre(replace(snapshot, people=people(1, (2,))))
        self.router = self.centre.engine.router
        contact = self.caller()
        sales, support = self.router.queues.values()
        self.centre.told()
        self.router.queueing.enqueue(contact, (support, sales), self.centre.now)
        self.assertEqual(self.after(), ["CALL_QUEUED 70001"])
        self.assertEqual(contact.queues, (sales, support))
        self.centre.sign_in(1)
        self.assertIs(contact.queue, support)
        self.assertEqual((len(sales.waiting), len(support.waiting)), (0, 0))

    def test_first_queue_first(self) -> None:
        """Of several queues with an agent ready, the one that was named first gives hers."""
        snapshot = sample()
        one, two = people(1, (1,)), people(2, (2,))[1:]
        self.centre = Centre(replace(snapshot, people=(*one, *two)))
        self.router = self.centre.engine.router
        contact = self.caller()
        self.router.queueing.dequeue(contact)
        self.centre.sign_in(1, 2)
        sales, support = self.router.queues.values()
        self.router.queueing.enqueue(contact, (support, sales), self.centre.now)
        self.after()
        self.assertIs(contact.agent, self.centre.agent(2))

    def test_dequeue(self) -> None:
        """Out of one queue is told, with what is left out; out of the last one the contact is at its port only."""
        contact = self.caller()
        sales, support = self.router.queues.values()
        self.router.queueing.enqueue(contact, (support,), self.centre.now)
        self.after()
        self.router.queueing.dequeue(contact, (sales,))
        (event,) = [e for e in self.centre.engine.take_effects() if isinstance(e, CallEvent)]
        self.assertEqual((event.kind, event.csq_ids), (CallEventKind.DEQUEUED, (1,)))
        self.assertEqual((contact.queues, contact.place), ((support,), Place.WAITING))
        self.router.queueing.dequeue(contact, (sales,))
        self.router.queueing.dequeue(contact)
        self.router.queueing.dequeue(contact)
        self.assertEqual((contact.queues, contact.place), ((), Place.TREATED))
        self.assertEqual((len(sales.waiting), len(support.waiting)), (0, 0))
        self.centre.sign_in(1)
        self.assertIs(self.centre.agent().contact, None)

    def test_wanted_agent(self) -> None:
        """A caller who wants one agent gets him and nobody else, before those who came later."""
        contact = self.caller()
        self.router.queueing.dequeue(contact)
        self.router.queueing.want(contact, self.centre.agent(2), self.centre.now)
        self.after()
        self.centre.sign_in(1)
        self.assertIs(self.centre.agent(1).state, AgentState.READY)
        self.centre.sign_in(2)
        self.assertIs(contact.agent, self.centre.agent(2))
        self.assertEqual(self.router.routed[-1].reason, "the caller wants agent2")
        self.assertIsNone(self.router.routed[-1].csq_id)
        self.centre.answer(contact.call.id, "1002")
        self.centre.told()
        self.centre.hang_up(contact.call.id)
        self.assertIn("agent2 READY", self.centre.told())

    def test_wanted_agent_ready(self) -> None:
        """If he is READY he gets it at once; what is told names no queue."""
        self.centre = Centre(replace(sample(), people=people(2, ())))
        self.router = self.centre.engine.router
        self.centre.sign_in(2)
        contact = self.caller()
        self.router.queueing.dequeue(contact)
        self.centre.engine.take_effects()
        self.router.queueing.want(contact, self.centre.agent(2), self.centre.now)
        self.router.match(self.centre.now)
        told = self.centre.engine.take_effects()
        (state,) = [e for e in told if isinstance(e, AgentStateChanged)]
        (queued, selected) = [e for e in told if isinstance(e, ContactEvent)]
        self.assertEqual((state.state, state.csq_id), (AgentState.RESERVED, None))
        self.assertEqual((queued.csq_ids, queued.wanted_id), ((), "agent2"))
        self.assertEqual((selected.csq_id, selected.agent_id), (None, "agent2"))

    def test_requeued_at_tail(self) -> None:
        """After ring-no-answer a contact is first again, or last of its priority where it is so configured."""
        for at_tail in (False, True):
            centre = Centre(policy=Policy(requeue_at_tail=at_tail), ports=3)
            centre.sign_in(1)
            first = centre.call_in()
            centre.wait(1)
            second = centre.call_in()
            centre.wait(20)
            line = centre.engine.router.queues[1].waiting
            wanted = [second, first] if at_tail else [first, second]
            self.assertEqual([contact.call.id for contact in line], wanted)

    def test_ring_time(self) -> None:
        """A queue's own ring time goes before the general one."""
        snapshot = sample()
        csqs = tuple(replace(one, ring_no_answer_s=7.0) for one in snapshot.csqs)
        centre = Centre(replace(snapshot, csqs=csqs))
        centre.sign_in(1)
        centre.call_in()
        centre.wait(6.9)
        self.assertIs(centre.agent().state, AgentState.RESERVED)
        centre.wait(0.1)
        self.assertIs(centre.agent().state, AgentState.NOT_READY)

    def test_sessions(self) -> None:
        """A trigger with so many sessions turns the next caller away until one has left his port."""
        snapshot = sample()
        triggers = tuple(replace(one, max_sessions=2) for one in snapshot.triggers)
        centre = Centre(replace(snapshot, triggers=triggers), ports=9)
        first = centre.call_in()
        centre.call_in()
        centre.call_in()
        self.assertEqual(
            (centre.engine.router.tally.rejected, len(centre.switch.model.calls)), (1, 2)
        )
        centre.call_in("6002")
        centre.hang_up(first)
        centre.call_in()
        centre.sign_in(1)
        centre.answer(next(iter(centre.engine.router.contacts)))
        centre.call_in()
        self.assertEqual(centre.engine.router.tally.rejected, 1)

    def test_expected_wait(self) -> None:
        """Position, times mean duration, by busy agents; unknown until somebody was handled today."""
        centre = Centre(ports=9)
        sales = centre.engine.router.queues[1]
        centre.sign_in(1, 2)
        first = centre.call_in()
        centre.answer(first)
        centre.wait(60)
        waiting = [centre.engine.router.contacts[centre.call_in()] for _ in range(3)]
        last = waiting[-1]
        self.assertIsNone(workload.expected_wait_s(last, sales))
        centre.hang_up(first)
        self.assertEqual((sales.today.handled, sales.busy), (1, 2))
        self.assertEqual(sales.today.mean_s, 60)
        self.assertEqual(sales.waiting.position(last), 1)
        self.assertEqual(workload.expected_wait_s(last, sales), 30)
        self.assertIsNone(workload.expected_wait_s(waiting[0], sales))


class RingNoAnswerTests(SynchronousTestCase):
    """Phones that nobody answers."""

    def test_time(self) -> None:
        """It rings exactly as long as configured; then the contact waits on in its old place."""
        centre = Centre(policy=Policy(ring_no_answer_s=12), ports=3)
        centre.sign_in(1)
        first = centre.call_in()
        centre.wait(1)
        second = centre.call_in()
        centre.told()
        centre.wait(10.9)
        self.assertEqual(centre.told(), [])
        centre.wait(0.1)
        self.assertEqual(
            centre.told(),
            [
                "CALL_CONNECTION_CLEARED 1001",
                "END_CALL 1001",
                "agent1 NOT_READY 32763",
                "CALL_QUEUED 70001",
            ],
        )
        centre.sign_in(2, 3)
        contacts = [centre.agent(number).contact for number in (2, 3)]
        self.assertEqual([contact and contact.call.id for contact in contacts], [first, second])

    def test_answered_at_the_last_moment(self) -> None:
        """When the answer is on its way, the timer ends nothing: the caller is with the agent."""
        centre = Centre(policy=Policy(ring_no_answer_s=20))
        centre.sign_in(1)
        call_id = centre.call_in()
        batches = centre.switch.answer(
            call_id, "1001", next(iter(centre.switch.model.addresses["1001"].terminals))
        )
        centre.wait(20)
        centre.hear(batches)
        centre.settle()
        centre.wait(100)
        self.assertIs(centre.agent().state, AgentState.TALKING)
        self.assertEqual(centre.engine.router.tally.not_answered, 0)
        self.assertEqual(centre.engine.due_at(), None)

    def test_asked_again(self) -> None:
        """A switch that could not end the ringing is asked again, until it has."""
        centre = Centre(policy=Policy(ring_no_answer_s=20))
        centre.sign_in(1)
        centre.call_in()
        centre.now += 20
        centre.engine.advance(centre.now)
        centre.collect()
        lost = centre.waiting.popleft()
        centre.engine.operation_failed(lost, Cause.NETWORK_CONGESTION, centre.now)
        centre.wait(RETRY_S)
        self.assertIs(centre.agent().state, AgentState.NOT_READY)

    def test_stays_ready(self) -> None:
        """With READY after not answering, the agent is passed over for a while, and nothing spins."""
        policy = Policy(
            ring_no_answer_s=20, ready_after_ring_no_answer=True, ring_no_answer_skip_s=15
        )
        centre = Centre(policy=policy)
        centre.sign_in(1)
        centre.call_in()
        centre.told()
        centre.wait(20)
        self.assertEqual(centre.told()[-2:], ["agent1 READY", "CALL_QUEUED 70001"])
        centre.wait(14.9)
        self.assertEqual(centre.told(), [])
        centre.wait(0.1)
        self.assertEqual(centre.told()[0], "agent1 RESERVED")
        centre.wait(3500)
        self.assertEqual(centre.engine.router.tally.not_answered, 101)

    def test_passed_over_for_another(self) -> None:
        """While he is passed over, another agent gets the contact, however short his availability."""
        policy = Policy(ready_after_ring_no_answer=True)
        centre = Centre(policy=policy)
        centre.sign_in(1)
        centre.call_in()
        centre.wait(20)
        centre.sign_in(2)
        self.assertIs(centre.agent(2).state, AgentState.RESERVED)
        self.assertIs(centre.agent(1).state, AgentState.READY)

    def test_passed_over_leaves(self) -> None:
        """Whoever leaves READY while he is passed over takes the timer with him."""
        policy = Policy(ready_after_ring_no_answer=True)
        centre = Centre(policy=policy)
        centre.sign_in(1)
        call_id = centre.call_in()
        centre.wait(20)
        centre.hang_up(call_id)
        centre.request(Request.NOT_READY)
        self.assertEqual(centre.engine.due_at(), None)
        centre.request(Request.READY)
        centre.call_in()
        self.assertIs(centre.agent().state, AgentState.RESERVED)

    def test_not_passed_over(self) -> None:
        """A time of nought passes nobody over."""
        policy = Policy(ready_after_ring_no_answer=True, ring_no_answer_skip_s=0)
        centre = Centre(policy=policy)
        centre.sign_in(1)
        centre.call_in()
        centre.wait(20)
        self.assertIs(centre.agent().state, AgentState.RESERVED)

    def test_busy(self) -> None:
        """A line that is busy when the contact comes: NOT_READY until it is free, the contact waits on."""
        centre = Centre()
        centre.sign_in(1, ready=False)
        centre.call_in()
        centre.engine.request_state("agent1", Request.READY, 0, centre.now)
        centre.collect()
        other = centre.switch.allocate()
        batches = centre.switch.call_from_outside(other, "0699999999", "1001")
        centre.told()
        centre.step()
        self.assertEqual(centre.told(), ["agent1 NOT_READY 32762"])
        centre.hear(batches)
        centre.hang_up(other, "0699999999")
        self.assertEqual(centre.told()[-5:-3], ["agent1 READY", "agent1 RESERVED"])


class PortTests(SynchronousTestCase):
    """The call control group."""

    def test_none_free(self) -> None:
        """With every port taken a caller hears busy, and counts as rejected; a free port is used again."""
        centre = Centre(ports=2)
        first = centre.call_in()
        centre.call_in()
        centre.told()
        centre.call_in()
        self.assertEqual(
            centre.told(),
            [
                "BEGIN_CALL 6001",
                "CALL_DELIVERED 6001",
                "CALL_FAILED 6001",
                f"CALL_CONNECTION_CLEARED {CALLER}",
                "CALL_CLEARED 6001",
                "END_CALL 6001",
            ],
        )
        tally = centre.engine.router.tally
        self.assertEqual((tally.arrived, tally.rejected, tally.abandoned), (3, 1, 0))
        centre.hang_up(first)
        centre.call_in()
        self.assertEqual((tally.arrived, tally.rejected, tally.abandoned), (4, 1, 1))

    def test_freed_by_answer(self) -> None:
        """The port is free as soon as the agent has the caller."""
        centre = Centre(ports=1)
        centre.sign_in(1)
        centre.answer(centre.call_in())
        centre.call_in()
        self.assertEqual(centre.engine.router.tally.rejected, 0)

    def test_turns(self) -> None:
        """Ports take turns: the one that has been free longest is next."""
        centre = Centre(ports=3)
        used = []
        for _ in range(4):
            call_id = centre.call_in()
            used.append(centre.engine.router.contacts[call_id].port)
            centre.hang_up(call_id)
        self.assertEqual(used, ["70001", "70002", "70003", "70001"])

    def test_unknown_trigger(self) -> None:
        """A route point without a trigger, or whose trigger has no queue, rejects."""
        centre = Centre(replace(sample(), triggers=(Trigger("6001", 1, "x", 9),)))
        centre.call_in("6001")
        centre.call_in("6003")
        self.assertEqual(centre.engine.router.tally, Tally(arrived=2, rejected=2))
        self.assertEqual(centre.switch.model.calls, {})

    def test_port_dialled(self) -> None:
        """Somebody who dials a port himself hears busy, and the port stays usable."""
        centre = Centre(ports=1)
        terminal = next(iter(centre.switch.model.addresses["1005"].terminals))
        call_id = centre.switch.allocate()
        centre.hear(centre.switch.connect(call_id, terminal, "1005", "70001"))
        centre.settle()
        states = {n: c.state.name for n, c in centre.switch.model.call(call_id).connections.items()}
        self.assertEqual(states, {"1005": "CONNECTED", "70001": "FAILED"})
        centre.call_in()
        self.assertEqual(centre.engine.router.tally.rejected, 0)

    def test_port_on_its_way(self) -> None:
        """A port that a caller is on his way to is given to nobody else, also if another call leaves it just then."""
        centre = Centre(ports=1)
        first, second = centre.switch.allocate(), centre.switch.allocate()
        centre.hear(centre.switch.call_from_outside(first, CALLER, "6001"))
        centre.engine.router.ports.is_free("70001")
        centre.hear(centre.switch.call_from_outside(second, "0699999999", "6001"))
        centre.settle()
        self.assertEqual(list(centre.engine.router.contacts), [first])
        self.assertEqual(centre.engine.router.tally.rejected, 1)

    def test_port_lost(self) -> None:
        """A port out of service is not used; one that is lost with a caller loses the caller."""
        centre = Centre(ports=2)
        centre.call_in()
        for port in ("CTIP70001", "CTIP70002"):
            centre.hear(centre.switch.unregister(port))
        centre.settle()
        centre.call_in()
        self.assertEqual(
            (centre.engine.router.tally.abandoned, centre.engine.router.tally.rejected), (1, 1)
        )
        centre.hear(centre.switch.register("CTIP70002"))
        centre.call_in()
        self.assertEqual([c.port for c in centre.engine.router.contacts.values()], ["70002"])

    def test_redirect_to_port_fails(self) -> None:
        """When the switch cannot bring the caller to a port, he hears busy and counts as aborted."""
        centre = Centre(ports=1)
        call_id = centre.switch.allocate()
        batches = centre.switch.call_from_outside(call_id, CALLER, "6001")
        for batch in batches:
            centre.engine.provider_changed(batch, centre.now)
        centre.collect()
        operation = centre.waiting.popleft()
        assert isinstance(operation, Redirect)
        centre.engine.operation_failed(operation, Cause.RESOURCES_NOT_AVAILABLE, centre.now)
        centre.settle()
        tally = centre.engine.router.tally
        self.assertEqual((tally.aborted, tally.abandoned, centre.switch.model.calls), (1, 0, {}))
        centre.call_in()
        self.assertEqual((tally.rejected, len(centre.engine.router.contacts)), (0, 1))

    def test_port_cannot_answer(self) -> None:
        """When a port cannot take the call, it is ended and counts as aborted."""
        centre = Centre(ports=1)
        call_id = centre.switch.allocate()
        centre.hear(centre.switch.call_from_outside(call_id, CALLER, "6001"))
        centre.step()
        operation = centre.waiting.popleft()
        centre.engine.operation_failed(operation, Cause.RESOURCES_NOT_AVAILABLE, centre.now)
        centre.settle()
        tally = centre.engine.router.tally
        self.assertEqual((tally.aborted, tally.abandoned, centre.switch.model.calls), (1, 0, {}))


class CostTests(SynchronousTestCase):
    """Routing does not grow with the centre: counted, not timed."""

    CALLS = 20

    def examined(self, agents: int) -> int:
        """How many entries are looked at while calls are routed among so many agents."""
        centre = Centre(sample(agents, extension=100_001), ports=self.CALLS)
        for number in range(1, agents + 1):
            centre.engine.sign_in(f"agent{number}", str(100_000 + number), False, centre.now)
            centre.engine.request_state(f"agent{number}", Request.READY, 0, centre.now)
        centre.engine.take_effects()
        rankings = [
            ranking
            for queue in centre.engine.router.queues.values()
            for ranking in (queue.ready, queue.waiting)
        ]
        before = sum(ranking.examined for ranking in rankings)
        for _ in range(self.CALLS):
            call_id = centre.call_in()
            agent = centre.engine.router.contacts[call_id].agent
            assert agent is not None
            centre.answer(call_id, agent.extension)
            centre.hang_up(call_id)
        self.assertEqual(centre.engine.router.tally.handled, self.CALLS)
        return sum(ranking.examined for ranking in rankings) - before

    def test_agents(self) -> None:
        """A call costs as much among ten thousand agents as among a hundred."""
        self.assertEqual(self.examined(10_000), self.examined(100))

    def test_waiting(self) -> None:
        """An agent who becomes READY looks at one contact of each of his queues, however many wait."""
        costs = []
        for waiting in (10, 400):
            centre = Centre(ports=waiting)
            for _ in range(waiting):
                centre.call_in()
            rankings = [queue.waiting for queue in centre.engine.router.queues.values()]
            before = sum(ranking.examined for ranking in rankings)
            centre.sign_in(1)
            costs.append(sum(ranking.examined for ranking in rankings) - before)
        self.assertEqual(costs, [1, 1])
