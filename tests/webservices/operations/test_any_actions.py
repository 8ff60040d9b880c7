"""Any actions by anybody, in any order: what events tell is what GET says, and every request has one end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.messages import SetAgentStateReq
from finesse_tx.directory.core.records import Person, Role, Snapshot
from finesse_tx.webservices.core.call_data import CallData
from finesse_tx.webservices.core.dialog_requests import BEGINNING, CallRequest, DialogRequest
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Action, DialogState
from tests.support.days import AGENTS, Day, directory
from tests.support.engine import PASSWORD
from tests.support.outages import MemoryRoad

OUTSIDE: Final = "0699"

BOSS: Final = 0
"""The supervisor, among the agents."""

Step = tuple[str, int, int, int]
"""An action or what happens outside, by whom, to which of his dialogs, and where to."""

ACTIONS: Final = tuple(action.value for action in Action)

# What leads somewhere is asked for more often than what does not.
OFTEN: Final = (
    "CONSULT_CALL",
    "ANSWER",
    "ANSWER",
    "TRANSFER",
    "CONFERENCE",
    "TRANSFER_SST",
    "SILENT_MONITOR",
    "BARGE_CALL",
)

OUTSIDE_STEPS: Final = ("call in", "call in", "far answer", "hang up", "wait")

STEPS = st.lists(
    st.tuples(
        st.sampled_from([*ACTIONS, *OFTEN, *OFTEN, *OUTSIDE_STEPS, *["all answer"] * 8]),
        st.integers(0, AGENTS),
        st.integers(0, 3),
        st.integers(0, AGENTS + 1),
    ),
    max_size=50,
)


def centre() -> Snapshot:
    """Four agents in one team, and their supervisor, who is an agent too."""
    snapshot = directory()
    roles = frozenset({Role.AGENT, Role.SUPERVISOR})
    people = tuple(
        replace(person, roles=roles, extension="2001") if person.login_id == "boss" else person
        for person in snapshot.people
    )
    return replace(snapshot, people=people)


class AnyActionsTests(SynchronousTestCase):
    """Random work."""

    def setUp(self) -> None:
        """No request yet."""
        self.asked: list[str] = []
        self.ended: Counter[str] = Counter()

    def person(self, road: MemoryRoad, number: int) -> Person:
        """Somebody."""
        name = f"agent{number}" if number else "boss"
        person = road.floor.directory.snapshot().person(name)
        assert person
        return person

    def extension(self, number: int) -> str:
        """Somebody's phone; beyond the agents somebody outside."""
        if number == BOSS:
            return "2001"
        return str(1000 + number) if number <= AGENTS else OUTSIDE

    def ask(self, road: MemoryRoad, step: Step) -> None:
        """Ask REST for something; a refusal at once is an end."""
        name, who, which, to = step
        action, request_id = Action(name), f"request {len(self.asked)}"
        viewer, own = self.person(road, who), self.extension(who)
        operations, dialogs = road.web.operations, road.web.model().dialogs(viewer.login_id)
        dialog = dialogs[which % len(dialogs)].id if dialogs else "1"
        try:
            if action in BEGINNING:
                wanted = CallRequest(action, own, self.extension(to), None, int(dialog))
                begin = {
                    Action.MAKE_CALL: operations.dialogs.make_call,
                    Action.SILENT_MONITOR: operations.supervision.silent_monitor,
                    Action.BARGE_CALL: operations.supervision.barge,
                }
                begin[action](viewer, viewer.login_id, wanted, request_id)
            else:
                about = self.extension(to) if action is Action.PARTICIPANT_DROP else own
                acting = DialogRequest(
                    action,
                    about,
                    self.extension(to),
                    "1*#" if action is Action.SEND_DTMF else "",
                    CallData({"callVariable1": request_id})
                    if action is Action.UPDATE_CALL_DATA
                    else None,
                    ("REX_VOICE",) if action is Action.RECLASSIFY else (),
                )
                operations.dialogs.act(viewer, dialog, acting, request_id)
        except ApiError as error:
            self.assertIn(error.status, {400, 401, 404, 501})
        else:
            self.asked.append(request_id)

    def answer_all(self, road: MemoryRoad) -> None:
        """Whoever hears it ring answers."""
        for number in range(AGENTS + 1):
            dialogs = road.web.model().dialogs(self.person(road, number).login_id)
            for which, dialog in enumerate(dialogs):
                ringing = {
                    p.media_address for p in dialog.participants if p.state is DialogState.ALERTING
                }
                if self.extension(number) in ringing:
                    self.ask(road, ("ANSWER", number, which, 0))

    def strangers(self, road: MemoryRoad) -> list[str]:
        """Who is shown in a call in which the telephone system does not have him."""
        there = road.floor.service.engine.floor.model.calls
        absent = {DialogState.DROPPED, DialogState.WRAP_UP, DialogState.FAILED}
        return [
            f"{party.media_address} in {dialog.id}: {party.state.value}"
            for number in range(AGENTS + 1)
            for dialog in road.web.model().dialogs(self.person(road, number).login_id)
            for party in dialog.participants
            if party.state not in absent
            and party.media_address
            not in (there[int(dialog.id)].connections if int(dialog.id) in there else ())
        ]

    def follow(self, road: MemoryRoad) -> None:
        """Count the ends of requests, and let the follower apply what is told."""
        for node, payload in road.publisher.take():
            request_id = payload.partition("<requestId>")[2].partition("<")[0]
            if request_id:
                self.ended[request_id] += 1
            if "<event>put</event>" not in payload:
                road.follower.hear(node, payload)

    @settings(deadline=None, max_examples=60)
    @given(steps=STEPS)
    @example(
        # Whoever called transfers the call, and the destination's answer still names him.
        [
            ("MAKE_CALL", 1, 0, 0),
            ("all answer", 0, 0, 0),
            ("TRANSFER_SST", 0, 0, 4),
            ("all answer", 0, 0, 0),
            ("TRANSFER_SST", 1, 0, 0),
            ("all answer", 0, 0, 0),
        ]
    )
    def test_any(self, steps: list[Step]) -> None:
        """Nobody's dialogs are other than he was told, nothing fails inside, no request ends twice."""
        self.asked, self.ended = [], Counter()
        road = MemoryRoad(centre())
        road.follow = lambda: self.follow(road)  # type: ignore[method-assign]
        day = Day(road)
        try:
            road.settle()
            road.load()
            day.begin()
            day.ask(
                SetAgentStateReq(
                    agent_state=AgentState.LOGIN,
                    agent_password=PASSWORD,
                    agent_id_long="boss",
                    agent_instrument="2001",
                )
            )
            road.settle()
            for step in steps:
                if step[0] in ACTIONS:
                    self.ask(road, step)
                elif step[0] == "all answer":
                    self.answer_all(road)
                else:
                    day.do((step[0], max(step[1], 1), step[2]))
                road.settle()
            self.assertEqual(road.follower.faults, [])
            users, dialogs, members = road.rest()
            self.assertEqual(road.follower.users, users)
            self.assertEqual(road.follower.dialogs, dialogs)
            self.assertEqual(road.follower.members, members)
            self.assertEqual(self.strangers(road), [])
            self.assertEqual({count for count in self.ended.values() if count > 1}, set())
            self.assertLessEqual(set(self.ended), set(self.asked))
        finally:
            road.stop()
        self.assertEqual(self.flushLoggedErrors(), [])
