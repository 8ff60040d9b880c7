"""`finesse_tx.webservices.core.model`: what GED-188 tells, as Finesse shows it."""

from collections.abc import Iterable
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import (
    AgentState,
    CallType,
    DeviceIDType,
    EventCause,
    LocalConnectionState,
    RecordType,
    TeamOperation,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages.groups import AgentSkill, CallDevice, TeamMember
from finesse_tx.cti.core.messages.records import AgentRecord, SkillGroupRecord
from finesse_tx.webservices.core.changes import (
    Change,
    DialogChange,
    MemberChange,
    QueueChange,
    QueuesChange,
    UserChange,
)
from finesse_tx.webservices.core.differences import differences
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import Dialog, UserState
from finesse_tx.webservices.core.vocabulary import WORDS
from tests.webservices.core import events
from tests.webservices.core.events import AGENT, CALL, CUSTOMER, EXTERNAL, minute


def story(changes: Iterable[Change]) -> list[str]:
    """Changes, one line each: who, what, and the states."""
    lines = []
    for change in changes:
        match change:
            case UserChange():
                event = "" if change.event == "PUT" else f" {change.event}"
                lines.append(f"{change.login_id}{event} {change.user.state.value}")
            case MemberChange():
                lines.append(f"{change.login_id} {change.event} in team {change.team_id}")
            case DialogChange():
                lines.append(f"{change.login_id} {change.event} {parties(change.dialog)}")
            case QueueChange():
                lines.append(f"{change.event} queue {change.csq_id}")
            case QueuesChange():
                lines.append(f"{change.login_id} {change.event} queues {change.csq_ids}")
    return lines


def parties(dialog: Dialog) -> str:
    """A dialog in one line: its state, and each party's."""
    places = ", ".join(f"{p.media_address} {p.state.value}" for p in dialog.participants)
    return f"{dialog.state.value}: {places}"


class Case(SynchronousTestCase):
    """A model of the small contact centre."""

    def setUp(self) -> None:
        """Configured, nobody signed in."""
        self.model = Model(lambda: events.DIRECTORY)
        self.tell(*events.configuration())

    def tell(self, *told: Message, now: datetime = events.START) -> list[Change]:
        """Apply messages, and collect the changes."""
        return [change for message in told for change in self.model.apply(message, now)]

    def user(self, login_id: str = "ann") -> object:
        """A user that is there."""
        user = self.model.user(login_id)
        assert user
        return user


class AgentTests(Case):
    """States."""

    def test_configured(self) -> None:
        """A configured agent is there, signed out, with its team and what its queues ask."""
        user = self.model.user("ann")
        assert user
        self.assertEqual(
            (user.state, user.extension, user.reason_code_id), (UserState.LOGOUT, "", "-1")
        )
        self.assertEqual((user.team_id, user.team_name, user.teams), ("1", "One", None))
        self.assertEqual((user.first_name, user.login_name, user.roles), ("Ann", "Ann", ("Agent",)))
        self.assertEqual((user.settings.wrap_up_on_incoming, user.wrap_up_timer), ("OPTIONAL", 15))
        self.assertEqual(user.state_change_time, "")

    def test_supervisor(self) -> None:
        """A supervisor has the role, and the teams it supervises."""
        user = self.model.user("sue")
        assert user
        assert user.teams
        self.assertEqual(user.roles, ("Agent", "Supervisor"))
        self.assertEqual([team.name for team in user.teams], ["One"])

    def test_sign_in(self) -> None:
        """LOGIN is never shown; NOT_READY follows, whose reason clients know as none."""
        changes = self.tell(
            events.state("ann", AgentState.LOGIN),
            events.state("ann", AgentState.NOT_READY, 32760),
            now=minute(1),
        )
        self.assertEqual(story(changes), ["ann NOT_READY"])
        user = self.model.user("ann")
        assert user
        self.assertEqual(
            (user.extension, user.reason_code_id, user.reason_code), ("1001", "-1", None)
        )
        self.assertEqual(user.state_change_time, minute(1))

    def test_same_state_again(self) -> None:
        """An event that says the state and reason that there are does not set the desktop's clock back; another does."""
        self.tell(events.state("ann", AgentState.NOT_READY, 10), now=minute(1))
        for reason, expected in ((10, minute(1)), (11, minute(3))):
            self.tell(events.state("ann", AgentState.NOT_READY, reason), now=minute(3))
            user = self.model.user("ann")
            assert user
            self.assertEqual(user.state_change_time, expected)

    def test_reason(self) -> None:
        """A reason is shown by the database's id and its label; READY has none at all."""
        self.tell(events.state("ann", AgentState.NOT_READY, 10))
        user = self.model.user("ann")
        assert user
        assert user.reason_code
        self.assertEqual((user.reason_code_id, user.reason_code.label), ("16", "Meeting"))
        self.tell(events.state("ann", AgentState.AVAILABLE))
        user = self.model.user("ann")
        assert user
        self.assertEqual((user.reason_code_id, user.reason_code), (None, None))

    def test_other_category(self) -> None:
        """One of the engine's own reasons is shown in either state; nobody else's is."""
        for reason, label in ((32763, "Call Not Answered"), (10, None)):
            self.tell(events.state("ann", AgentState.LOGOUT, reason))
            user = self.model.user("ann")
            assert user
            self.assertEqual(user.reason_code.label if user.reason_code else None, label)

    def test_every_state(self) -> None:
        """Each of GED-188's states is shown as the one Finesse knows; 6 and 7 are TALKING with a pending state."""
        for told, shown, pending in (
            (AgentState.AVAILABLE, "READY", ""),
            (AgentState.RESERVED, "RESERVED", ""),
            (AgentState.TALKING, "TALKING", ""),
            (AgentState.TALKING_PENDING_NOT_READY, "TALKING", "NOT_READY"),
            (AgentState.TALKING_PENDING_WORK, "TALKING", "WORK"),
            (AgentState.WORK, "WORK", ""),
            (AgentState.HOLD, "HOLD", ""),
            (AgentState.UNKNOWN, "UNKNOWN", ""),
            (AgentState.ACTIVE, "UNKNOWN", ""),
            (AgentState.LOGOUT, "LOGOUT", ""),
        ):
            (change,) = self.tell(events.state("ann", told))
            assert isinstance(change, UserChange)
            self.assertEqual((change.user.state.value, change.user.pending_state), (shown, pending))

    def test_cce(self) -> None:
        """In a CCE's words 6 is WORK_READY, and nothing waits behind it."""
        self.model = Model(lambda: events.DIRECTORY, words=WORDS["cce"])
        for message in events.configuration():
            self.model.apply(message, events.START)
        (change,) = self.tell(events.state("ann", AgentState.WORK_READY))
        assert isinstance(change, UserChange)
        self.assertEqual((change.user.state.value, change.user.pending_state), ("WORK_READY", ""))

    def test_pending(self) -> None:
        """NextAgentState says what follows the call, and nothing outside one."""
        (change,) = self.tell(events.state("ann", AgentState.TALKING, pending=AgentState.LOGOUT))
        assert isinstance(change, UserChange)
        self.assertEqual(change.user.pending_state, "LOGOUT")
        (change,) = self.tell(
            events.state("ann", AgentState.AVAILABLE, pending=AgentState.NOT_READY)
        )
        assert isinstance(change, UserChange)
        self.assertEqual(change.user.pending_state, "")

    def test_team(self) -> None:
        """A change is told to the team too, with the member's summary."""
        (change,) = self.tell(events.state("bob", AgentState.AVAILABLE))
        assert isinstance(change, UserChange)
        self.assertEqual((change.team_id, change.member.login_id), (1, "bob"))

    def test_unknown_agent(self) -> None:
        """An event about nobody changes nothing."""
        told = messages.AgentStateEvent(agent_state=AgentState.AVAILABLE, agent_id_long="eve")
        self.assertEqual(self.tell(told), [])

    def test_removed(self) -> None:
        """An agent that is deleted in the engine is gone."""
        record = AgentRecord(login_id="ann", record_type=RecordType.DELETE)
        (change,) = self.tell(messages.ConfigAgentEvent(records=(record,)))
        assert isinstance(change, UserChange)
        self.assertEqual((change.event, self.model.user("ann")), ("DELETE", None))


class ConfigurationTests(Case):
    """Changes of what is configured."""

    def queue(self, **values: object) -> Message:
        """The queue's record."""
        record = SkillGroupRecord(peripheral_number=7, **values)  # type: ignore[arg-type]
        return messages.ConfigSkillGroupEvent(records=(record,))

    def test_queues(self) -> None:
        """Whoever has other queues is told which; a queue that is gone is told to all, and to those who were in it."""
        two = SkillGroupRecord(peripheral_number=8, peripheral_name="Support")
        self.assertEqual(
            story(self.tell(messages.ConfigSkillGroupEvent(records=(two,)))), ["PUT queue 8"]
        )
        record = AgentRecord(
            login_id="ann",
            record_type=RecordType.CHANGE,
            first_name="Ann",
            last_name="Lee",
            skills=(AgentSkill(skill_group_number=8),),
        )
        changes = self.tell(messages.ConfigAgentEvent(records=(record,)))
        self.assertEqual(
            story(changes),
            ["ann LOGOUT", "ann DELETE queues (7,)", "ann POST queues (8,)"],
        )
        self.assertEqual(self.model.staffed_queues(), {7, 8})
        gone = SkillGroupRecord(peripheral_number=8, record_type=RecordType.DELETE)
        changes = self.tell(messages.ConfigSkillGroupEvent(records=(gone,)))
        self.assertEqual(story(changes), ["DELETE queue 8"])
        self.assertEqual(self.model.staffed_queues(), {7})

    def test_added(self) -> None:
        """A new agent is a POST, signed out."""
        record = AgentRecord(login_id="eve", last_name="Poe")
        changes = self.tell(messages.ConfigAgentEvent(records=(record,)))
        self.assertEqual(story(changes), ["eve POST LOGOUT"])

    def test_renamed(self) -> None:
        """A new name is a PUT; a record that says the same is nothing."""
        record = AgentRecord(
            login_id="ann",
            record_type=RecordType.CHANGE,
            first_name="Anna",
            last_name="Lee",
            skills=(AgentSkill(skill_group_number=7),),
        )
        changes = self.tell(messages.ConfigAgentEvent(records=(record,)))
        self.assertEqual(story(changes), ["ann LOGOUT"])
        self.assertEqual(self.tell(messages.ConfigAgentEvent(records=(record,))), [])

    def test_removed_in_a_call(self) -> None:
        """Who is removed has no dialogs any more, and is gone for the team too."""
        self.tell(events.state("ann", AgentState.AVAILABLE), *events.queued(), *events.offered())
        record = AgentRecord(login_id="ann", record_type=RecordType.DELETE)
        changes = self.tell(messages.ConfigAgentEvent(records=(record,)))
        self.assertEqual([line[:10] for line in story(changes)], ["ann DELETE", "ann DELETE"])
        self.assertEqual(self.tell(events.established("1001", AGENT)), [])

    def test_wrap_up_switched(self) -> None:
        """Whether a queue's calls are wrapped up is shown with its agents."""
        changes = self.tell(self.queue(peripheral_name="Sales", auto_work=False))
        self.assertEqual(
            {change.login_id for change in changes if isinstance(change, UserChange)},
            {"ann", "bob", "sue", "zed"},
        )
        user = self.model.user("ann")
        assert user
        self.assertEqual(user.settings.wrap_up_on_incoming, "NOT_ALLOWED")
        self.assertEqual(self.tell(self.queue(peripheral_name="Sales", auto_work=False)), [])

    def test_queue_renamed(self) -> None:
        """A queue's name is shown with its calls."""
        self.tell(events.state("ann", AgentState.AVAILABLE), *events.queued(), *events.offered())
        renamed, change = self.tell(self.queue(peripheral_name="Buying", auto_work=True))
        self.assertEqual(renamed, QueueChange(7, "PUT"))
        assert isinstance(change, DialogChange)
        self.assertEqual(change.event, "PUT")
        self.assertEqual(change.dialog.media_properties.queue_name, "Buying")

    def team(self, team_id: int, operation: TeamOperation, *names: str, **values: int) -> Message:
        """A team's change."""
        members = tuple(TeamMember(agent_id_long=name, **values) for name in names)
        return messages.TeamConfigEvent(team_id=team_id, operation=operation, members=members)

    def test_moved(self) -> None:
        """Who changes teams leaves the one node and comes to the other; an old team's late word is nothing."""
        changes = self.tell(self.team(2, TeamOperation.CHANGE, "ann"))
        self.assertEqual(
            story(changes), ["ann DELETE in team 1", "ann LOGOUT", "ann POST in team 2"]
        )
        late = self.team(1, TeamOperation.CHANGE, "ann", record_type=RecordType.DELETE)
        self.assertEqual(self.tell(late), [])
        user = self.model.user("ann")
        assert user
        self.assertEqual(user.team_id, "2")

    def test_left(self) -> None:
        """Whom the engine has in no team is where the directory has him, by operation, record or team."""
        for told in (
            self.team(2, TeamOperation.REMOVE, "zed"),
            self.team(2, TeamOperation.CHANGE, "zed", record_type=RecordType.DELETE),
            self.team(2, TeamOperation.REMOVE),
        ):
            self.tell(self.team(2, TeamOperation.ADD, "zed"))
            self.assertEqual(self.tell(told), [])
            self.assertIsNone(self.model.agents["zed"].team_id)

    def test_team_renamed(self) -> None:
        """A team's name is shown with its members."""
        renamed = messages.TeamConfigEvent(
            team_id=1, operation=TeamOperation.CHANGE, team_name="First"
        )
        self.assertEqual(story(self.tell(renamed)), ["ann LOGOUT", "bob LOGOUT"])
        self.assertEqual(self.tell(renamed), [])


class InboundTests(Case):
    """A queued call, from the customer's dialling to the end of the wrap-up."""

    def setUp(self) -> None:
        """Ann and Bob are ready."""
        super().setUp()
        self.tell(
            events.state("ann", AgentState.AVAILABLE), events.state("bob", AgentState.AVAILABLE)
        )

    def talk(self) -> None:
        """Ann talks to the customer."""
        self.tell(*events.queued(), *events.offered(), events.established("1001", AGENT))

    def test_in_queue(self) -> None:
        """While the caller waits, no agent sees a dialog."""
        self.assertEqual(self.tell(*events.queued()), [])
        self.assertEqual(self.model.dialogs("ann"), ())
        self.assertIsNone(self.model.dialog(CALL))

    def test_offered(self) -> None:
        """RESERVED first, then the dialog, ringing at the agent, with the caller still waiting."""
        self.tell(*events.queued())
        changes = self.tell(
            events.state("ann", AgentState.RESERVED), *events.offered(), now=minute(2)
        )
        self.assertEqual(
            story(changes),
            ["ann RESERVED", f"ann POST ALERTING: {CUSTOMER} INITIATED, 1001 ALERTING"],
        )
        (dialog,) = self.model.dialogs("ann")
        self.assertEqual((dialog.from_address, dialog.to_address), (CUSTOMER, "6001"))
        caller, agent = dialog.participants
        self.assertEqual([action.value for action in agent.actions], ["ANSWER"])
        self.assertEqual(
            (agent.media_address_type, caller.media_address_type), ("AGENT_DEVICE", "")
        )
        self.assertEqual((agent.start_time, caller.actions), (minute(2), ()))
        media = dialog.media_properties
        self.assertEqual(
            (media.call_type, media.dnis, media.dialed_number), ("ACD_IN", "6001", "6001")
        )
        self.assertEqual((media.queue_number, media.queue_name), ("7", "Sales"))
        variables = {variable.name: variable.value for variable in media.callvariables.variables}
        self.assertEqual(variables["callVariable1"], "account 42")
        self.assertEqual((variables["callVariable10"], variables["user.layout"]), ("", "Default"))

    def test_answered(self) -> None:
        """The dialog first, then the state."""
        self.tell(*events.queued(), *events.offered())
        changes = self.tell(
            events.established("1001", AGENT), events.state("ann", AgentState.TALKING)
        )
        self.assertEqual(
            story(changes), [f"ann PUT ACTIVE: {CUSTOMER} ACTIVE, 1001 ACTIVE", "ann TALKING"]
        )
        (dialog,) = self.model.dialogs("ann")
        self.assertEqual(
            " ".join(a.value for a in dialog.participants[1].actions),
            "HOLD DROP UPDATE_CALL_DATA CONSULT_CALL SEND_DTMF TRANSFER_SST START_RECORDING",
        )

    def test_answer_before_ring(self) -> None:
        """The order of ring and answer is not promised: the answer counts."""
        self.tell(*events.queued())
        begin, diverted, ring = events.offered()
        changes = self.tell(begin, diverted, events.established("1001", AGENT), ring)
        self.assertEqual(story(changes), [f"ann POST ACTIVE: {CUSTOMER} ACTIVE, 1001 ACTIVE"])

    def test_hold_and_retrieve(self) -> None:
        """A held party may be retrieved; the dialog stays active."""
        self.talk()
        self.assertEqual(
            story(self.tell(events.held("1001"))), [f"ann PUT ACTIVE: {CUSTOMER} ACTIVE, 1001 HELD"]
        )
        (dialog,) = self.model.dialogs("ann")
        self.assertEqual(
            [a.value for a in dialog.participants[1].actions],
            ["RETRIEVE", "DROP", "UPDATE_CALL_DATA"],
        )
        self.assertEqual(
            story(self.tell(events.retrieved("1001"))),
            [f"ann PUT ACTIVE: {CUSTOMER} ACTIVE, 1001 ACTIVE"],
        )

    def test_told_twice(self) -> None:
        """A phone's key and the desktop at once: what is told twice changes once."""
        self.talk()
        self.assertEqual(len(self.tell(events.held("1001"), events.held("1001"))), 1)

    def test_customer_hangs_up(self) -> None:
        """First the customer is gone, then everyone; without wrap-up the dialog goes with the last state."""
        self.talk()
        changes = self.tell(
            events.released(CUSTOMER, EXTERNAL),
            events.released("1001", AGENT),
            events.cleared(),
            events.state("ann", AgentState.AVAILABLE),
            events.ended("1001"),
        )
        self.assertEqual(
            story(changes),
            [
                f"ann PUT ACTIVE: {CUSTOMER} DROPPED, 1001 ACTIVE",
                f"ann PUT DROPPED: {CUSTOMER} DROPPED, 1001 DROPPED",
                "ann READY",
                f"ann DELETE DROPPED: {CUSTOMER} DROPPED, 1001 DROPPED",
            ],
        )
        self.assertEqual((self.model.dialogs("ann"), self.model.calls), ((), {}))

    def test_wrap_up(self) -> None:
        """WORK keeps the dialog in wrap-up, until the engine ends it."""
        self.talk()
        self.tell(events.released(CUSTOMER, EXTERNAL), events.cleared())
        self.assertEqual(
            story(self.tell(events.state("ann", AgentState.WORK))),
            [f"ann PUT DROPPED: {CUSTOMER} DROPPED, 1001 WRAP_UP", "ann WORK"],
        )
        changes = self.tell(events.state("ann", AgentState.AVAILABLE), events.ended("1001"))
        self.assertEqual(
            story(changes), ["ann READY", f"ann DELETE DROPPED: {CUSTOMER} DROPPED, 1001 DROPPED"]
        )

    def test_wrap_up_ready(self) -> None:
        """A CCE's WORK_READY does too; a CCX's 6 is still the call."""
        for personality, told in (
            ("ccx", "ann TALKING"),
            ("cce", f"ann PUT DROPPED: {CUSTOMER} DROPPED, 1001 WRAP_UP"),
        ):
            self.model = Model(lambda: events.DIRECTORY, words=WORDS[personality])
            self.tell(*events.configuration(), events.state("ann", AgentState.AVAILABLE))
            self.talk()
            self.tell(events.released(CUSTOMER, EXTERNAL), events.cleared())
            self.assertEqual(story(self.tell(events.state("ann", AgentState.WORK_READY)))[0], told)

    def test_abandoned_in_queue(self) -> None:
        """A caller who gives up before anybody rang leaves nothing behind."""
        self.tell(*events.queued())
        self.assertEqual(self.tell(events.released(CUSTOMER, EXTERNAL), events.cleared()), [])
        self.assertEqual(self.model.calls, {})

    def test_ring_no_answer(self) -> None:
        """The dialog leaves the one, and comes to the other."""
        self.tell(*events.queued(), *events.offered("1001"))
        changes = self.tell(
            events.released("1001", AGENT),
            events.ended("1001"),
            events.state("ann", AgentState.NOT_READY, 32763),
            events.queued()[-1],
            *events.offered("1002"),
        )
        self.assertEqual(
            story(changes),
            [
                f"ann PUT INITIATED: {CUSTOMER} INITIATED, 1001 DROPPED",
                f"ann DELETE INITIATED: {CUSTOMER} INITIATED, 1001 DROPPED",
                "ann NOT_READY",
                f"bob POST ALERTING: {CUSTOMER} INITIATED, 1001 DROPPED, 1002 ALERTING",
            ],
        )

    def test_data(self) -> None:
        """Changed variables are shown, the others stay; a wrap-up reason is shown."""
        self.talk()
        changed = messages.CallDataUpdateEvent(
            call_type=CallType.CALLTYPE_ACD_IN,
            connection_call_id=CALL,
            new_connection_call_id=CALL,
            call_variables=(None, "second"),
            call_wrapup_data="Sold",
        )
        (change,) = self.tell(changed)
        assert isinstance(change, DialogChange)
        media = change.dialog.media_properties
        values = [variable.value for variable in media.callvariables.variables[:3]]
        self.assertEqual((values, media.wrap_up_reason), (["account 42", "second", ""], "Sold"))

    def test_signed_out_during_call(self) -> None:
        """An agent whom the engine signs out has no dialogs any more."""
        self.talk()
        changes = self.tell(events.state("ann", AgentState.LOGOUT, 32767))
        self.assertEqual(story(changes)[0][:10], "ann DELETE")
        self.assertEqual(self.model.dialogs("ann"), ())

    @given(data=st.data())
    def test_any_order(self, data: st.DataObject) -> None:
        """Whatever the order of one call's events, the model stays whole, and is empty at the end."""
        model = Model(lambda: events.DIRECTORY)
        self.model = model
        told = [
            *events.queued(),
            *events.offered(),
            events.established("1001", AGENT),
            events.held("1001"),
            events.retrieved("1001"),
            events.released(CUSTOMER, EXTERNAL),
        ]
        self.tell(*events.configuration(), events.state("ann", AgentState.AVAILABLE))
        for message in data.draw(st.permutations(told)):
            for change in self.tell(message):
                assert isinstance(change, DialogChange)
        self.tell(events.cleared(), events.ended("1001"))
        self.assertEqual((model.dialogs("ann"), model.calls), ((), {}))


class OutboundTests(Case):
    """A call that an agent makes."""

    def setUp(self) -> None:
        """Ann is signed in."""
        super().setUp()
        self.tell(events.state("ann", AgentState.NOT_READY))

    def dial(self) -> list[Change]:
        """Ann lifts the receiver and dials."""
        return self.tell(
            messages.BeginCallEvent(
                call_type=CallType.CALLTYPE_OUT,
                connection_call_id=CALL,
                connection_device_id="1001",
                ani="1001",
                dialed_number="0699",
            ),
            messages.CallServiceInitiatedEvent(
                connection_call_id=CALL,
                connection_device_id="1001",
                calling_device_type=AGENT,
                calling_device_id="1001",
                local_connection_state=LocalConnectionState.LCS_INITIATE,
            ),
            messages.CallOriginatedEvent(
                connection_call_id=CALL,
                connection_device_id="1001",
                calling_device_type=AGENT,
                calling_device_id="1001",
                called_device_type=EXTERNAL,
                called_device_id="0699",
                local_connection_state=LocalConnectionState.LCS_INITIATE,
            ),
        )

    def test_dialling(self) -> None:
        """INITIATING without a destination, then INITIATED with it."""
        changes = self.dial()
        self.assertEqual(
            story(changes),
            ["ann POST INITIATING: 1001 INITIATING", "ann PUT INITIATED: 1001 INITIATED"],
        )
        addresses = [c.dialog.to_address for c in changes if isinstance(c, DialogChange)]
        self.assertEqual(addresses, ["", "0699"])
        self.assertTrue(all(c.is_own for c in changes if isinstance(c, DialogChange)))

    def test_ringing_and_answered(self) -> None:
        """The far end rings, then talks."""
        self.dial()
        ring = messages.CallDeliveredEvent(
            connection_call_id=CALL,
            connection_device_id="0699",
            alerting_device_type=EXTERNAL,
            alerting_device_id="0699",
            calling_device_type=AGENT,
            calling_device_id="1001",
            called_device_type=EXTERNAL,
            called_device_id="0699",
            local_connection_state=LocalConnectionState.LCS_CONNECT,
        )
        answer = messages.CallEstablishedEvent(
            connection_call_id=CALL,
            connection_device_id="0699",
            answering_device_type=EXTERNAL,
            answering_device_id="0699",
            calling_device_type=AGENT,
            calling_device_id="1001",
            local_connection_state=LocalConnectionState.LCS_CONNECT,
        )
        self.assertEqual(
            story(self.tell(ring, answer)),
            [
                "ann PUT ALERTING: 1001 INITIATED, 0699 ALERTING",
                "ann PUT ACTIVE: 1001 ACTIVE, 0699 ACTIVE",
            ],
        )

    def test_failed(self) -> None:
        """A busy number: FAILED, with its cause; all that is left is to drop it."""
        self.dial()
        failed = messages.CallFailedEvent(
            connection_call_id=CALL,
            connection_device_id="1001",
            failing_device_type=AGENT,
            failing_device_id="1001",
            called_device_type=EXTERNAL,
            called_device_id="0699",
            local_connection_state=LocalConnectionState.LCS_FAIL,
            event_cause=EventCause.CEC_BUSY,
        )
        (change,) = self.tell(failed)
        assert isinstance(change, DialogChange)
        (party,) = change.dialog.participants
        self.assertEqual((change.dialog.state.value, party.state_cause), ("FAILED", "BUSY"))
        self.assertEqual([action.value for action in party.actions], ["DROP"])

    def test_failed_far_end(self) -> None:
        """When the far end is what failed, the caller is an agent all the same, who may drop the call."""
        self.dial()
        failed = messages.CallFailedEvent(
            connection_call_id=CALL,
            connection_device_id="1001",
            failing_device_type=EXTERNAL,
            failing_device_id="0699",
            local_connection_state=LocalConnectionState.LCS_FAIL,
        )
        (change,) = self.tell(failed)
        assert isinstance(change, DialogChange)
        (party,) = change.dialog.participants
        self.assertEqual([action.value for action in party.actions], ["DROP"])

    def test_agent_to_agent(self) -> None:
        """Both agents have the dialog, each as its own."""
        self.tell(events.state("bob", AgentState.AVAILABLE))
        self.dial()
        ring = messages.CallDeliveredEvent(
            connection_call_id=CALL,
            connection_device_id="1002",
            alerting_device_type=AGENT,
            alerting_device_id="1002",
            calling_device_type=AGENT,
            calling_device_id="1001",
            local_connection_state=LocalConnectionState.LCS_ALERTING,
        )
        changes = self.tell(ring)
        self.assertEqual(
            [
                (change.login_id, change.event)
                for change in changes
                if isinstance(change, DialogChange)
            ],
            [("ann", "PUT"), ("bob", "POST")],
        )
        self.assertEqual([agent.login_id for agent in self.model.viewers(CALL)], ["ann", "bob"])


class SnapshotTests(Case):
    """What is learnt by asking."""

    def snapshot(self, model: Model) -> None:
        """Ann talks, as a snapshot tells it."""
        model.agent_snapshot(
            "ann",
            messages.QueryAgentStateConf(
                invoke_id=1, agent_state=AgentState.TALKING, agent_instrument="1001"
            ),
            minute(1),
        )
        devices = (
            CallDevice(
                call_connection_call_id=CALL,
                call_device_type=EXTERNAL,
                call_device_id=CUSTOMER,
                call_device_connection_state=LocalConnectionState.LCS_CONNECT,
            ),
            CallDevice(
                call_connection_call_id=CALL,
                call_device_type=DeviceIDType.DEVID_AGENT_DEVICE,
                call_device_id="1001",
                call_device_connection_state=LocalConnectionState.LCS_HOLD,
            ),
        )
        conf = messages.SnapshotCallConf(
            invoke_id=2,
            call_type=CallType.CALLTYPE_ACD_IN,
            ani=CUSTOMER,
            dnis="6001",
            call_devices=devices,
        )
        model.call_snapshot(CALL, conf, minute(1))

    def test_everything(self) -> None:
        """After a snapshot everyone signed in is told again, and every dialog as new."""
        self.snapshot(self.model)
        self.assertEqual(
            story(differences(Model(lambda: events.DIRECTORY), self.model, replay=True)),
            ["ann TALKING", f"ann POST ACTIVE: {CUSTOMER} ACTIVE, 1001 HELD"],
        )

    def test_goes_on(self) -> None:
        """Events go on from where the snapshot was."""
        self.snapshot(self.model)
        self.assertEqual(
            story(self.tell(events.retrieved("1001"))),
            [f"ann PUT ACTIVE: {CUSTOMER} ACTIVE, 1001 ACTIVE"],
        )
