"""`finesse_tx.webservices.core.resynchronisation`: the plan, its bounds, and what an event during it counts for."""

from __future__ import annotations

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, ConfigMask, LocalConnectionState, StatusCode
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages.groups import CallDevice, DeviceCall
from finesse_tx.cti.core.messages.records import AgentRecord
from finesse_tx.webservices.core.configuration import WANTED
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import DialogState
from finesse_tx.webservices.core.resynchronisation import (
    ATTEMPTS,
    MAX_UNANSWERED,
    Phase,
    Question,
    Resynchronisation,
)
from tests.webservices.core import events
from tests.webservices.core.events import AGENT, CALL, CUSTOMER, EXTERNAL, START, minute

LCS = LocalConnectionState


class Case(SynchronousTestCase):
    """A plan, and an engine that the test plays."""

    def setUp(self) -> None:
        """Begun."""
        self.make(2)

    def make(self, at_once: int) -> None:
        """Another one."""
        self.model = Model(lambda: events.DIRECTORY, filling=True)
        self.plan = Resynchronisation(self.model, at_once=at_once)
        self.plan.begin()

    def sent(self) -> list[Message]:
        """What is to be sent now, that no answer belongs to."""
        found = []
        while (following := self.plan.take()) is not None:
            assert not isinstance(following, Question)
            found.append(following)
        return found

    def questions(self) -> list[Question]:
        """What is to be asked now."""
        found = []
        while (following := self.plan.take()) is not None:
            assert isinstance(following, Question)
            found.append(following)
        return found

    def tell(self, *told: Message) -> None:
        """Events."""
        for message in told:
            self.model.apply(message, START)
            self.plan.message(message)

    def upload(self, agent_records: Message | None = None) -> None:
        """Keys and configuration."""
        queues, agents, _ = events.configuration()
        both = int(ConfigMask.CSQS | ConfigMask.AGENTS)
        self.tell(messages.ConfigKeyEvent())
        self.sent()
        self.tell(
            messages.ConfigBeginEvent(config_type=1, config_information=both),
            queues,
            agent_records or agents,
            messages.ConfigEndEvent(),
        )

    def teams(self) -> None:
        """The teams are told."""
        (question,) = self.questions()
        self.tell(events.configuration()[2])
        self.plan.answered(question, messages.TeamConfigConf(invoke_id=1), START)

    def engine(self, request: Message) -> Message:
        """Ann talks to a customer; nobody else is there."""
        match request:
            case messages.QueryAgentStateReq(agent_id_long="ann"):
                return messages.QueryAgentStateConf(
                    invoke_id=1, agent_state=AgentState.TALKING, agent_instrument="1001"
                )
            case messages.QueryAgentStateReq():
                return messages.QueryAgentStateConf(invoke_id=1, agent_state=AgentState.LOGOUT)
            case messages.SnapshotDeviceReq():
                calls = (DeviceCall(call_connection_call_id=CALL),)
                return messages.SnapshotDeviceConf(invoke_id=1, calls=calls)
        parties = ((CUSTOMER, EXTERNAL), ("1001", AGENT))
        return messages.SnapshotCallConf(
            invoke_id=1,
            ani=CUSTOMER,
            dialed_number="6001",
            call_variables=("old", "old"),
            call_devices=tuple(
                CallDevice(
                    call_device_id=number,
                    call_device_type=kind,
                    call_device_connection_state=LCS.LCS_CONNECT,
                )
                for number, kind in parties
            ),
        )

    def answer_all(self, between: Callable[[Question], None] = lambda _: None) -> None:
        """Answer every question, with something happening between it and its answer."""
        while questions := self.questions():
            for question in questions:
                between(question)
                self.plan.answered(question, self.engine(question.request), START)


class PlanTests(Case):
    """What is asked, and in which order."""

    def test_order(self) -> None:
        """Keys; what is outdated; teams; then states, phones and calls; then it is done."""
        self.assertEqual([type(m).__name__ for m in self.sent()], ["ConfigRequestKeyEvent"])
        self.tell(messages.ConfigKeyEvent())
        (request,) = self.sent()
        assert isinstance(request, messages.ConfigRequestEvent)
        self.assertEqual(request.config_information, WANTED)
        self.make(2)
        self.sent()
        self.upload()
        self.assertIs(self.plan.phase, Phase.TEAMS)
        self.teams()
        asked: list[str] = []
        self.answer_all(lambda question: asked.append(type(question.request).__name__))
        self.assertIs(self.plan.phase, Phase.DONE)
        self.assertEqual(asked.count("QueryAgentStateReq"), 4)
        self.assertEqual(asked[-2:], ["SnapshotCallReq", "QueryAgentStateReq"])

    def test_only_what_changed(self) -> None:
        """When every key is the one we have, nothing is asked for but changes."""
        self.sent()
        key = b"\1" * 8
        keys = messages.ConfigKeyEvent(
            skill_group_config_key=key, agent_config_key=key, device_config_key=key
        )
        self.tell(keys)
        self.sent()
        begin = messages.ConfigBeginEvent(
            config_type=1,
            config_information=int(WANTED),
            skill_group_config_key=key,
            agent_config_key=key,
            device_config_key=key,
        )
        self.tell(begin, *events.configuration()[:2], messages.ConfigEndEvent())
        model = Model(lambda: events.DIRECTORY, self.model.configuration, filling=True)
        self.assertEqual(list(model.agents), ["ann", "bob", "zed", "sue"])
        plan = Resynchronisation(model)
        plan.begin()
        plan.take()
        plan.message(keys)
        request = plan.take()
        assert isinstance(request, messages.ConfigRequestEvent)
        self.assertEqual((request.config_information, plan.phase), (0, Phase.TEAMS))

    def test_at_once(self) -> None:
        """So many questions are under way as are allowed, and not one more."""
        for at_once in (1, 3):
            self.make(at_once)
            self.sent()
            self.upload()
            self.teams()
            questions = self.questions()
            self.assertEqual(len(questions), at_once)
            self.plan.answered(questions[0], self.engine(questions[0].request), START)
            self.assertEqual(len(self.questions()), 1)

    def test_configured_meanwhile(self) -> None:
        """An agent who is configured while the others are asked about is asked about too."""
        self.sent()
        self.upload()
        self.teams()
        new = messages.ConfigAgentEvent(records=(AgentRecord(login_id="eve"),))
        begin = messages.ConfigBeginEvent(config_type=2, config_information=4)
        self.tell(begin, new, messages.ConfigEndEvent())
        asked = []
        self.answer_all(lambda question: asked.append(question.about))
        self.assertIn("eve", asked)

    def test_reset_meanwhile(self) -> None:
        """A configuration that is reset is asked for again; three resets are too many."""
        self.sent()
        self.upload()
        reset = messages.FailureEvent(status=StatusCode.E_CTI_AUTO_CONFIG_RESET)
        for _ in range(ATTEMPTS - 1):
            self.tell(reset)
            self.assertIs(self.plan.phase, Phase.KEYS)
        self.tell(reset)
        self.assertIs(self.plan.phase, Phase.FAILED)

    def test_no_keys(self) -> None:
        """An engine that has no keys to tell cannot be read."""
        self.tell(messages.ConfigKeyEvent(config_key_status=2))
        self.assertEqual((self.plan.phase, self.plan.fault), (Phase.FAILED, "ConfigKeyStatus 2"))
        self.assertIsNone(self.plan.take())

    def test_nobody(self) -> None:
        """An engine without agents is read soon."""
        self.sent()
        self.upload(messages.ConfigAgentEvent(records=()))
        self.teams()
        self.assertIs(self.plan.phase, Phase.DONE)


class LossTests(Case):
    """Questions without answers."""

    def setUp(self) -> None:
        """The agents are asked about, one after the other."""
        self.make(1)
        self.sent()
        self.upload()
        self.teams()

    def test_one_device(self) -> None:
        """What is not answered three times costs only what it is about, and is told."""
        asked = 0
        while questions := self.questions():
            (question,) = questions
            if isinstance(question.request, messages.SnapshotDeviceReq):
                asked += 1
                self.plan.unanswered(question, "late")
            else:
                self.plan.answered(question, self.engine(question.request), START)
        self.assertEqual((asked, self.plan.phase), (ATTEMPTS, Phase.DONE))
        ((about, reason),) = [(skip.about, skip.reason) for skip in self.plan.skipped]
        self.assertEqual((about, reason), ("the calls of ann at 1001", "late"))
        self.model.complete(Model(lambda: events.DIRECTORY), START)
        self.assertEqual(self.model.agents["ann"].state, AgentState.TALKING)

    def test_second_try(self) -> None:
        """An answer to the second try is as good as one to the first."""
        while questions := self.questions():
            for question in questions:
                if question.attempt == 1:
                    self.plan.unanswered(question, "late")
                else:
                    self.plan.answered(question, self.engine(question.request), START)
        self.assertEqual((self.plan.phase, self.plan.skipped), (Phase.DONE, []))
        self.assertEqual(len(self.model.dialogs("ann")), 1)

    def test_dead_engine(self) -> None:
        """When nothing at all is answered it is the engine: that is not gone through for everyone."""
        records = tuple(AgentRecord(login_id=f"a{n}") for n in range(MAX_UNANSWERED))
        self.make(1)
        self.sent()
        self.upload(messages.ConfigAgentEvent(records=records))
        self.teams()
        count = 0
        while questions := self.questions():
            self.plan.unanswered(questions[0], "late")
            count += 1
        self.assertEqual((count, self.plan.phase), (MAX_UNANSWERED, Phase.FAILED))

    def test_refused(self) -> None:
        """A refusal is an answer: nobody is signed in, and the call is over."""
        while questions := self.questions():
            for question in questions:
                if isinstance(question.request, messages.SnapshotCallReq):
                    self.plan.refused(question, "CF_INVALID_CSTA_CALL_IDENTIFIER")
                else:
                    self.plan.answered(question, self.engine(question.request), START)
        self.assertEqual((self.plan.phase, self.plan.skipped), (Phase.DONE, []))
        self.assertEqual(self.model.dialogs("ann"), ())


class InheritanceTests(Case):
    """What no answer tells is as it was before, where nothing speaks against it."""

    def fill(self, before: Model) -> Model:
        """A new session after that one."""
        self.make(4)
        self.sent()
        self.upload()
        self.teams()
        self.answer_all()
        self.model.complete(before, minute(9))
        return self.model

    def test_unknown_before(self) -> None:
        """A call that nobody knew has the type that its numbers say, no queue, and the time at which it was found."""
        (dialog,) = self.fill(Model(lambda: events.DIRECTORY)).dialogs("ann")
        media = dialog.media_properties
        self.assertEqual((media.call_type, media.queue_name), ("OTHER_IN", None))
        self.assertEqual({p.start_time for p in dialog.participants}, {START})

    def test_known_before(self) -> None:
        """One that was known keeps type, queue, order and times; who was in it and is not has left meanwhile."""
        before = Model(lambda: events.DIRECTORY)
        told = [
            *events.configuration(),
            events.state("ann", AgentState.TALKING),
            *events.queued(),
            *events.offered(),
            events.established("1001", AGENT),
        ]
        for message in told:
            before.apply(message, minute(-5))
        before.calls[CALL].put("0699", EXTERNAL, DialogState.ACTIVE, minute(-4))
        (dialog,) = self.fill(before).dialogs("ann")
        media = dialog.media_properties
        self.assertEqual((media.call_type, media.queue_name), ("ACD_IN", "Sales"))
        self.assertEqual(
            [(p.media_address, p.state.value, p.state_change_time) for p in dialog.participants],
            [
                (CUSTOMER, "ACTIVE", minute(-5)),
                ("1001", "ACTIVE", minute(-5)),
                ("0699", "DROPPED", minute(9)),
            ],
        )

    def test_reason(self) -> None:
        """A state that is the one from before keeps its reason and its time; another has neither."""
        for state, reason, changed in ((4, 10, minute(-5)), (2, 0, START)):
            before = Model(lambda: events.DIRECTORY)
            told = events.state("ann", AgentState(state), 10)
            for message in (*events.configuration(), told):
                before.apply(message, minute(-5))
            ann = self.fill(before).agents["ann"]
            self.assertEqual((ann.state, ann.reason, ann.changed), (4, reason, changed))


class EventTests(Case):
    """Events that come between a question and its answer: they count, whichever is older."""

    def learn(self, about: type[Message], *told: Message) -> Model:
        """Learn everything, with events before the answer to one kind of question."""
        self.sent()
        self.upload()
        self.teams()
        waiting = list(told)

        def between(question: Question) -> None:
            is_ann = "ann" in question.about or "1001" in question.about
            if isinstance(question.request, about) and is_ann:
                self.tell(*waiting)
                waiting.clear()

        self.answer_all(between)
        self.assertEqual(waiting, [])
        self.model.complete(Model(lambda: events.DIRECTORY), START)
        return self.model

    def test_state(self) -> None:
        """An agent's state that an event told stands against an answer that was on its way."""
        told = events.state("ann", AgentState.NOT_READY, 10)
        model = self.learn(messages.QueryAgentStateReq, told)
        self.assertEqual((model.agents["ann"].state, model.agents["ann"].reason), (2, 10))

    def test_signed_out(self) -> None:
        """Nobody asks about the phone of an agent who signs out meanwhile."""
        told = events.state("ann", AgentState.LOGOUT)
        model = self.learn(messages.QueryAgentStateReq, told)
        self.assertEqual((model.agents["ann"].extension, model.dialogs("ann")), ("", ()))

    def test_held(self) -> None:
        """A party's state that an event told stands; the others are as the answer says."""
        model = self.learn(messages.SnapshotCallReq, events.held("1001"))
        (dialog,) = model.dialogs("ann")
        states = {p.media_address: p.state.value for p in dialog.participants}
        self.assertEqual(states, {"1001": "HELD", CUSTOMER: "ACTIVE"})

    def test_held_before(self) -> None:
        """So does one from before the call was found."""
        model = self.learn(messages.QueryAgentStateReq, events.held("1001"))
        (dialog,) = model.dialogs("ann")
        states = {p.media_address: p.state.value for p in dialog.participants}
        self.assertEqual(states, {"1001": "HELD", CUSTOMER: "ACTIVE"})

    def test_ended(self) -> None:
        """A call that has ended does not come back with an answer from before."""
        for question in (messages.SnapshotDeviceReq, messages.SnapshotCallReq):
            self.make(2)
            ended = (events.released("1001", AGENT), events.cleared(), events.ended("1001"))
            model = self.learn(question, *ended)
            self.assertEqual((model.dialogs("ann"), model.calls), ((), {}))

    def test_left(self) -> None:
        """Nor does an agent who has left, in a call that goes on."""
        model = self.learn(
            messages.SnapshotCallReq, events.released("1001", AGENT), events.ended("1001")
        )
        self.assertEqual(model.dialogs("ann"), ())

    def test_data(self) -> None:
        """A variable that an event told stands; the others are as the answer says."""
        update = messages.CallDataUpdateEvent(
            call_type=1,
            connection_call_id=CALL,
            new_connection_call_id=CALL,
            call_variables=("new",),
        )
        model = self.learn(messages.SnapshotCallReq, update)
        (dialog,) = model.dialogs("ann")
        values = [v.value for v in dialog.media_properties.callvariables.variables[:2]]
        self.assertEqual(values, ["new", "old"])

    def test_twice(self) -> None:
        """An answer that comes a second time, late, changes nothing."""
        model = self.learn(messages.SnapshotCallReq, events.held("1001"))
        before = model.dialogs("ann")
        late = self.engine(messages.SnapshotCallReq(connection_call_id=CALL))
        self.assertEqual(model.apply(late, START), [])
        self.assertEqual(model.dialogs("ann"), before)
