"""``/desktop/api`` for who is signed in: history and colleagues."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from treq.testing import StubTreq
from twisted.internet.defer import Deferred, fail, succeed
from twisted.web.resource import Resource
from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.interfaces import IAgentHistory
from finesse_tx.store.core.errors import StoreBusyError
from finesse_tx.webservices.agent_history import LIMIT, MAX_LIMIT, MAX_TIME, AgentHistory
from finesse_tx.webservices.core.agent_history import AgentCall, AgentStateChange, StateWord
from finesse_tx.webservices.core.routing import Family
from finesse_tx.webservices.desktop_api import DesktopApi
from finesse_tx.webservices.routes.api import ApiResource
from finesse_tx.webservices.routes.desktop import DESKTOP, DesktopFacts
from finesse_tx.webservices.routes.gate import Gate
from tests.webservices.core.test_agent_history import AT, a_call, a_change
from tests.webservices.routes.test_api import MAX_BODY, ApiCase


@implementer(IAgentHistory)
class FakeHistory:
    """Has one call and one state of everybody.

    Attributes:
        asked: What was asked for.
        failing: What it fails with; None while it works.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, datetime, datetime, int]] = []
        self.failing: Exception | None = None

    def calls(
        self, login_id: str, since: datetime, until: datetime, limit: int
    ) -> Deferred[tuple[AgentCall, ...]]:
        """One, as many times as somebody wants."""
        self.asked.append((login_id, since, until, limit))
        return fail(self.failing) if self.failing else succeed((a_call(csq_id=7),) * min(limit, 3))

    def states(
        self, login_id: str, since: datetime, until: datetime, limit: int
    ) -> Deferred[tuple[AgentStateChange, ...]]:
        """One."""
        self.asked.append((login_id, since, until, limit))
        return fail(self.failing) if self.failing else succeed((a_change(0, StateWord.READY),))


class DesktopTests(ApiCase):
    """A desktop that asks."""

    def setUp(self) -> None:
        """The resource."""
        super().setUp()
        self.history = FakeHistory()
        self.use(self.history)

    def use(self, history: FakeHistory | None) -> None:
        """Have it stand behind the resource."""
        gate = Gate(self.authenticator, self.service.in_service, MAX_BODY)
        teams = self.service.operations.teams
        facts = DesktopFacts(AgentHistory(self.directory, history, lambda: AT), teams)
        signed_in = ApiResource(gate, [Family(DESKTOP, facts)], is_described=False)
        root, desktop = Resource(), Resource()
        root.putChild(b"desktop", desktop)
        api = DesktopApi(self.service.system_info, "", [], signed_in)
        desktop.putChild(b"api", api)
        self.desktop: Any = StubTreq(root)

    def get(self, path: str, who: str | None = "ann") -> tuple[int, Any]:
        """Ask for JSON."""
        response = self.successResultOf(
            self.desktop.get(
                f"http://x/desktop/api/{path}",
                auth=(who, "finesse") if who else None,
                headers={"Accept": "application/json"},
            )
        )
        text = self.successResultOf(self.desktop.content(response)).decode()
        return response.code, json.loads(text)

    def test_provided(self) -> None:
        """The fake provides what it says it does."""
        verifyObject(IAgentHistory, self.history)

    def test_calls(self) -> None:
        """An agent reads its own calls, of the last day where it does not say when."""
        status, found = self.get("history/ann/calls")
        self.assertEqual(status, 200)
        self.assertEqual(self.history.asked, [("ann", AT - timedelta(days=1), AT, LIMIT + 1)])
        self.assertTrue(found["isWhole"])
        call = found["calls"][0]
        self.assertEqual(
            (call["startTime"], call["type"], call["direction"], call["number"], call["queueName"]),
            ("2026-11-22T09:30:00.000Z", "INCOMING", "in", "from", "Sales"),
        )
        self.assertEqual((call["wrapUpReason"], call["talkSeconds"]), ("Sale,Complaint", 50))

    def test_states(self) -> None:
        """An agent reads its own states; the one that lasts has no end."""
        status, found = self.get("history/ann/states?since=2026-11-22T08:00:00%2B01:00")
        self.assertEqual(status, 200)
        self.assertEqual(
            found,
            {
                "isWhole": True,
                "states": [
                    {"startTime": "2026-11-22T09:30:00.000Z", "state": "READY", "reason": ""}
                ],
            },
        )
        self.assertEqual(self.history.asked[0][1], datetime(2026, 11, 22, 7, tzinfo=UTC))

    def test_who(self) -> None:
        """Oneself, the supervisor of one's team and administrators may; nobody else, and nobody about strangers."""
        for who, about, expected in (
            ("ann", "ann", 200),
            ("ann", "Ann", 200),
            ("sue", "ann", 200),
            ("adm", "ann", 200),
            ("bob", "ann", 401),
            ("sue", "zed", 401),
            ("ann", "nobody", 404),
            ("adm", "adm", 404),
            (None, "ann", 401),
        ):
            for what in ("calls", "states"):
                status, _ = self.get(f"history/{about}/{what}", who)
                self.assertEqual(status, expected, (who, about, what))
        self.assertEqual({login_id for login_id, *_ in self.history.asked}, {"ann"})

    def test_bounds(self) -> None:
        """A week and a thousand rows, and not one more; nothing backwards, and no time that is none."""
        week = (AT - MAX_TIME).isoformat().replace("+00:00", "Z")
        longer = (AT - MAX_TIME - timedelta(seconds=1)).isoformat().replace("+00:00", "Z")
        for query, expected in (
            (f"since={week}", 200),
            (f"since={longer}", 400),
            ("since=2026-11-22T09:30:00Z", 200),
            ("since=2026-11-22T09:30:01Z", 400),
            ("since=2026-11-22&until=2026-11-22T01:00", 200),
            ("since=yesterday", 400),
            ("until=0000", 400),
            ("limit=1", 200),
            ("limit=0", 400),
            (f"limit={MAX_LIMIT}", 200),
            (f"limit={MAX_LIMIT + 1}", 400),
            ("limit=-1", 400),
            ("limit=x", 400),
        ):
            status, _ = self.get(f"history/ann/calls?{query}")
            self.assertEqual(status, expected, query)

    def test_cut(self) -> None:
        """Where there are more than the limit, that is said."""
        status, found = self.get("history/ann/calls?limit=2")
        self.assertEqual((status, found["isWhole"], len(found["calls"])), (200, False, 2))

    def test_away(self) -> None:
        """While the database is away, 503; where somebody else keeps the history, 501."""
        self.history.failing = StoreBusyError(1)
        self.assertEqual(
            [self.get(f"history/ann/{what}")[0] for what in ("calls", "states")], [503] * 2
        )
        self.use(None)
        self.assertEqual(
            [self.get(f"history/ann/{what}")[0] for what in ("calls", "states")], [501] * 2
        )

    def test_colleagues(self) -> None:
        """Everyone of one's own team who is signed in, without oneself; who is in no team has none."""
        status, found = self.get("colleagues")
        self.assertEqual(status, 200)
        self.assertEqual(
            [(one["loginId"], one["lastName"], one["extension"]) for one in found["colleagues"]],
            [("bob", "Roy", "1002")],
        )
        self.assertEqual(self.get("colleagues", "adm"), (200, {"colleagues": []}))
        self.assertEqual(self.get("colleagues", "zed"), (200, {"colleagues": []}))
        self.assertEqual(self.get("colleagues", None)[0], 401)

    def test_others(self) -> None:
        """What anybody may ask is answered as ever, and what there is not is not there."""
        self.assertEqual(self.get("languages", None)[0], 200)
        self.assertEqual(self.get("nothing", None)[0], 404)
        self.assertEqual(self.get("history", "ann")[0], 404)
