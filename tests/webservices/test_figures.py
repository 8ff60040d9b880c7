"""`finesse_tx.webservices.figures`: when queues' figures are asked for, and told."""

from __future__ import annotations

from datetime import UTC, datetime

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import StatusCode
from finesse_tx.cti.core.errors import RequestFailedError
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    ConfigAgentEvent,
    ConfigSkillGroupEvent,
    QuerySkillGroupStatisticsConf,
    QuerySkillGroupStatisticsReq,
)
from finesse_tx.cti.core.messages.groups import AgentSkill
from finesse_tx.cti.core.messages.records import AgentRecord, SkillGroupRecord
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.queue_statistics import UNKNOWN
from finesse_tx.webservices.figures import AT_ONCE, REFUSED_S, QueueFigures
from tests.support.webservices import FakeLink
from tests.webservices.core import events
from tests.webservices.test_service import Case, envelope

PERIOD_S = 10.0


class FiguresTests(SynchronousTestCase):
    """Six queues, and one that nobody is in."""

    def setUp(self) -> None:
        """Nothing is asked yet."""
        self.clock, self.link = Clock(), FakeLink()
        self.model = Model(lambda: events.DIRECTORY)
        queues = tuple(
            SkillGroupRecord(peripheral_number=n, peripheral_name=f"Q{n}") for n in range(1, 8)
        )
        self.model.apply(ConfigSkillGroupEvent(records=queues), events.START)
        self.staff(range(1, 7))
        self.changed: list[int] = []
        self.figures = self.make(PERIOD_S)

    def staff(self, queues: range) -> None:
        """Ann is in these."""
        skills = tuple(AgentSkill(skill_group_number=number) for number in queues)
        record = AgentRecord(login_id="ann", skills=skills)
        self.model.apply(ConfigAgentEvent(records=(record,)), events.START)

    def make(self, period_s: float) -> QueueFigures:
        """Put it together."""
        return QueueFigures(
            lambda: self.model,
            self.link,
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            period_s,
            self.changed.append,
        )

    def tearDown(self) -> None:
        """Nothing is left."""
        self.figures.end()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def answer(self, waiting: int = 0) -> int:
        """Answer the oldest question; the queue that it was about."""
        request = self.link.waiting[0]
        assert isinstance(request, QuerySkillGroupStatisticsReq)
        self.link.confirm(QuerySkillGroupStatisticsConf(invoke_id=0, calls_q_now=waiting))
        return request.skill_group_number

    def answer_all(self, waiting: int = 0) -> list[int]:
        """Answer a round."""
        found = []
        while self.link.waiting:
            found.append(self.answer(waiting))
        return found

    def test_round(self) -> None:
        """Every queue that somebody is in, a few at once; the next round a period after this one began."""
        self.figures.begin()
        self.assertEqual(len(self.link.waiting), AT_ONCE)
        self.assertEqual(self.answer(), 1)
        self.assertEqual(len(self.link.waiting), AT_ONCE)
        self.clock.advance(3)
        self.assertEqual(self.answer_all(), [2, 3, 4, 5, 6])
        self.assertEqual(self.changed, [1, 2, 3, 4, 5, 6])
        self.clock.advance(PERIOD_S - 3.1)
        self.assertEqual(self.link.waiting, [])
        self.clock.advance(0.1)
        self.assertEqual(len(self.link.waiting), AT_ONCE)

    def test_only_changes(self) -> None:
        """What has not changed is not told."""
        self.figures.begin()
        self.answer_all()
        self.changed.clear()
        self.clock.advance(PERIOD_S)
        self.answer_all()
        self.assertEqual(self.changed, [])
        self.clock.advance(PERIOD_S)
        self.answer_all(waiting=2)
        self.assertEqual(self.changed, [1, 2, 3, 4, 5, 6])
        self.assertEqual(self.figures.of(1).calls_in_queue, 2)
        self.assertEqual(self.figures.of(7), UNKNOWN)

    def test_slow(self) -> None:
        """An engine that takes longer than the period is asked again when it has answered."""
        self.figures.begin()
        self.clock.advance(PERIOD_S * 2)
        self.assertEqual(len(self.link.waiting), AT_ONCE)
        self.answer_all()
        self.clock.advance(0)
        self.assertEqual(len(self.link.waiting), AT_ONCE)

    def test_refused(self) -> None:
        """An engine that refuses all is left alone for a while; one that refuses some is asked on."""
        self.figures.begin()
        for _ in range(6):
            self.link.refuse(RequestFailedError(StatusCode.E_CTI_INVALID_SKILL_GROUP))
        self.assertEqual((self.changed, self.figures.of(1)), ([], UNKNOWN))
        self.clock.advance(REFUSED_S - 0.1)
        self.assertEqual(self.link.waiting, [])
        self.clock.advance(0.1)
        self.answer()
        for _ in range(5):
            self.link.refuse(RequestFailedError(StatusCode.E_CTI_INVALID_SKILL_GROUP))
        self.clock.advance(PERIOD_S)
        self.assertEqual(len(self.link.waiting), AT_ONCE)

    def test_unstaffed(self) -> None:
        """A queue that is nobody's any more has no figures."""
        self.figures.begin()
        self.answer_all()
        self.staff(range(1, 2))
        self.changed.clear()
        self.clock.advance(PERIOD_S)
        self.assertEqual(self.changed, [2, 3, 4, 5, 6])
        self.assertEqual(self.figures.of(2), UNKNOWN)
        self.assertEqual(self.answer_all(), [1])

    def test_ended(self) -> None:
        """At the end nothing is asked or told any more; after an outage nothing is known."""
        self.figures.begin()
        self.answer()
        self.figures.end()
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.changed.clear()
        self.link.lose()
        self.assertEqual(self.changed, [])
        self.figures.begin()
        self.assertEqual(self.figures.of(1), UNKNOWN)

    def test_never(self) -> None:
        """A period of 0 asks nothing."""
        self.make(0.0).begin()
        self.assertEqual((self.link.waiting, self.clock.getDelayedCalls()), ([], []))

    def test_nobody(self) -> None:
        """A centre without agents has nothing to ask, and looks again a period later."""
        self.staff(range(0))
        self.figures.begin()
        self.assertEqual(self.link.waiting, [])
        self.staff(range(1, 2))
        self.clock.advance(PERIOD_S)
        self.assertEqual(self.answer_all(), [1])


class PublishedTests(Case):
    """What becomes of it in the web services."""

    def setUp(self) -> None:
        """Figures are asked for."""
        super().setUp()
        self.service, self.link, self.publisher, self.clock = self.make(
            self.directory, queue_statistics_s=PERIOD_S
        )

    def answer(self, request: Message) -> Message:
        """Three wait."""
        if isinstance(request, QuerySkillGroupStatisticsReq):
            return QuerySkillGroupStatisticsConf(invoke_id=0, calls_q_now=3)
        return super().answer(request)

    def test_published(self) -> None:
        """In service they are asked for and published on the queue's node; GET has them; out of service they end."""
        self.serve()
        node, payload = self.publisher.take()[-1]
        self.assertEqual(node, "/finesse/api/Queue/7")
        self.assertEqual(
            (envelope(payload)["event"], envelope(payload)["object"]), ("PUT", "queue")
        )
        self.assertIn("<callsInQueue>3</callsInQueue>", payload)
        queue = self.service.operations.queues.queue("7")
        assert queue.statistics
        self.assertEqual(queue.statistics.calls_in_queue, 3)
        self.service.link_closed("cut")
        self.assertEqual(self.clock.getDelayedCalls(), [])
