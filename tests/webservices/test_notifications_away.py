"""`finesse_tx.webservices.service`, while clients cannot be told anything: the link to an XMPP server is away."""

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.webservices.core.objects import SystemStatus
from tests.webservices.core import events
from tests.webservices.test_service import Case, envelope

REASON = "There is no link to the XMPP server at x:5347"


class AwayTests(Case):
    """`WebServices.set_outage`."""

    def statuses(self) -> list[str]:
        """What was told of SystemInfo, in order."""
        told = self.publisher.take()
        return [
            payload.partition("<status>")[2].partition("<")[0]
            for node, payload in told
            if node == "/finesse/api/SystemInfo"
        ]

    def test_out_and_in(self) -> None:
        """Out of service with the reason, and in again: each is told once and counts."""
        self.serve()
        self.publisher.take()
        outages = self.service.counters.outages
        for _ in range(2):
            self.service.set_outage(REASON)
        info = self.service.system_info()
        self.assertEqual((info.status, info.status_reason), (SystemStatus.OUT_OF_SERVICE, REASON))
        self.assertFalse(self.service.in_service())
        for _ in range(2):
            self.service.set_outage("")
        self.assertTrue(self.service.in_service())
        self.assertEqual(self.statuses(), ["OUT_OF_SERVICE", "IN_SERVICE"])
        self.assertEqual(self.service.counters.outages - outages, 1)

    def test_model_goes_on(self) -> None:
        """What the engine tells meanwhile is taken in, and published for when there is a link again."""
        self.serve()
        self.publisher.take()
        self.service.set_outage(REASON)
        self.publisher.take()
        self.service.link_message(events.state("ann", AgentState.NOT_READY))
        told = [envelope(payload)["state"] for _, payload in self.publisher.take()]
        self.assertIn("NOT_READY", told)

    def test_before_the_engine(self) -> None:
        """Whoever waits for the service waits for both, whichever comes last."""
        waiting = self.service.when_in_service()
        self.service.set_outage(REASON)
        self.service.startService()
        self.service.link_opened("127.0.0.1:12028", True)
        self.synchronise()
        self.assertNoResult(waiting)
        self.service.set_outage("")
        self.successResultOf(waiting)

    def test_engine_first(self) -> None:
        """While the engine is away that is the reason; the end of the other outage changes nothing then."""
        self.serve()
        self.service.set_outage(REASON)
        self.service.link_closed("cut")
        self.publisher.take()
        self.assertEqual(self.service.system_info().status_reason, "cut")
        self.service.set_outage("")
        self.assertEqual(self.statuses(), [])
        self.assertFalse(self.service.in_service())
