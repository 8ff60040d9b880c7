"""`finesse_tx.webservices.operations.queues`: whose queues there are.

Spec: ``rest.md`` §6; ``notifications.md`` §5.1 (User/Queues).
"""

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentType, RecordType
from finesse_tx.cti.core.messages.groups import AgentSkill
from finesse_tx.cti.core.messages.records import AgentRecord, SkillGroupRecord
from tests.webservices.operations.case import WRONG_USER, OperationsCase
from tests.webservices.test_service import envelope


class QueueTests(OperationsCase):
    """Ann is in Support too; Sue supervises her, and is in no queue herself."""

    def setUp(self) -> None:
        """The queues."""
        super().setUp()
        for number, name in ((8, "Support"), (9, "Nobody's")):
            record = SkillGroupRecord(peripheral_number=number, peripheral_name=name)
            self.service.link_message(messages.ConfigSkillGroupEvent(records=(record,)))
        self.skills("sue", kind=AgentType.SUPERVISOR)
        self.skills("ann", 7, 8)

    def skills(self, login_id: str, *numbers: int, kind: AgentType = AgentType.AGENT) -> None:
        """Somebody is in these."""
        skills = tuple(AgentSkill(skill_group_number=number) for number in numbers)
        record = AgentRecord(
            login_id=login_id, record_type=RecordType.CHANGE, agent_type=kind, skills=skills
        )
        self.service.link_message(messages.ConfigAgentEvent(records=(record,)))

    def of(self, viewer: str, whom: str) -> list[str | None]:
        """The names of somebody's queues."""
        found = self.operations.queues.of_user(self.person(viewer), whom)
        return [queue.name for queue in found.queues]

    def test_own(self) -> None:
        """An agent's own; a supervisor's are those of the teams."""
        self.assertEqual(self.of("ann", "ann"), ["Sales", "Support"])
        self.assertEqual(self.of("bob", "bob"), ["Sales"])
        for viewer in ("sue", "adm"):
            self.assertEqual(self.of(viewer, "sue"), ["Sales", "Support"])
        self.skills("ann")
        self.skills("bob")
        self.assertEqual(self.of("sue", "sue"), [])

    def test_who_may_see(self) -> None:
        """Oneself, one's supervisor, an administrator."""
        self.assertEqual(self.of("sue", "ann"), ["Sales", "Support"])
        self.assertEqual(
            self.refused(self.operations.queues.of_user, self.person("bob"), "ann"),
            (401, WRONG_USER, "ann"),
        )

    def test_told(self) -> None:
        """What comes is told whole, what goes by its path; a queue that is gone is told on its own node."""
        self.publisher.take()
        self.skills("ann", 9)
        found = [each for each in self.publisher.take() if each[0].endswith("/Queues")]
        self.assertEqual(
            [(node, envelope(payload)["event"]) for node, payload in found],
            [("/finesse/api/User/ann/Queues", event) for event in ("DELETE", "POST")],
        )
        gone, come = (payload for _, payload in found)
        self.assertNotIn("<name>", gone)
        self.assertEqual(gone.count("<uri>/finesse/api/Queue/"), 2)
        self.assertIn("<name>Nobody&apos;s</name>", come)
        self.assertIn("<callsInQueue>-1</callsInQueue>", come)
        record = SkillGroupRecord(peripheral_number=9, record_type=RecordType.DELETE)
        self.service.link_message(messages.ConfigSkillGroupEvent(records=(record,)))
        ((node, payload),) = [each for each in self.publisher.take() if "/Queue/" in each[0]]
        self.assertEqual(node, "/finesse/api/Queue/9")
        self.assertEqual(envelope(payload)["event"], "DELETE")
        self.assertNotIn("statistics", payload)
