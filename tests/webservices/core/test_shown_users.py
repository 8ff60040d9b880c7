"""`finesse_tx.webservices.core.shown_users`: the same user for as long as it is the same."""

from dataclasses import fields, replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.webservices.core.agents import Agent, ChosenDevice, Queue
from finesse_tx.webservices.core.shown_users import ShownUsers
from finesse_tx.webservices.core.vocabulary import WORDS
from tests.webservices.core import events

OTHER: dict[str, Any] = {
    "first_name": "Another",
    "last_name": "Name",
    "is_supervisor": True,
    "csq_ids": (1,),
    "team_id": 77,
    "state": int(AgentState.NOT_READY),
    "reason": 7,
    "reserved_for": 8,
    "next_state": int(AgentState.NOT_READY),
    "extension": "1009",
    "changed": events.START,
    "words": WORDS["cce"],
    "is_told": True,
    "device": ChosenDevice("1001", "SEPA", ()),
}
"""Another value of each thing that may change."""


class ShownUsersTests(SynchronousTestCase):
    """Asking twice."""

    def setUp(self) -> None:
        """An agent who was shown."""
        self.shown, self.snapshot = ShownUsers(), Snapshot()
        self.queues = {1: Queue(1, "Sales", False)}
        self.agent = Agent("ann", csq_ids=(1, 2), state=AgentState.AVAILABLE)
        self.user = self.shown.user(self.agent, self.snapshot, self.queues)

    def test_unchanged(self) -> None:
        """Where nothing has changed the user is the same object."""
        again = self.shown.user(self.agent, self.snapshot, dict(self.queues))
        self.assertIs(again, self.user)

    def test_agent(self) -> None:
        """Whatever changes of the agent, the user is as the agent shows it."""
        changing = {one.name for one in fields(Agent)} - {"login_id"}
        self.assertEqual(changing, set(OTHER))
        for name, value in OTHER.items():
            agent = replace(self.agent)
            self.shown.user(agent, self.snapshot, self.queues)
            setattr(agent, name, value)
            user = self.shown.user(agent, self.snapshot, self.queues)
            self.assertEqual(user, agent.user(self.snapshot, self.queues), name)

    def test_queue(self) -> None:
        """A queue that has come, gone or changed is looked at."""
        for queues in ({1: Queue(1, "Sales", True)}, {}, {2: Queue(2, "Support", True)}):
            user = self.shown.user(self.agent, self.snapshot, queues)
            self.assertEqual(user, self.agent.user(self.snapshot, queues))

    def test_directory(self) -> None:
        """With another directory everyone is shown anew, and who is gone is forgotten."""
        self.shown.user(Agent("ben"), self.snapshot, self.queues)
        self.assertEqual(len(self.shown), 2)
        self.assertIsNot(self.shown.user(self.agent, events.DIRECTORY, self.queues), self.user)
        self.assertEqual(len(self.shown), 1)
