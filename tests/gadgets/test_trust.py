"""`finesse_tx.gadgets.trust`: gadgets that are put into a layout are rendered, and no others."""

from pathlib import Path

from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import GadgetsConfig, OutboundConfig
from finesse_tx.gadgets.core.errors import SourceError
from finesse_tx.gadgets.core.fetching import Answer, Fetch
from finesse_tx.gadgets.core.outbound import Policy, Refusal, judge
from finesse_tx.gadgets.files import Folder
from finesse_tx.gadgets.outbound import trusted
from finesse_tx.gadgets.sources import SpecSource
from finesse_tx.gadgets.trust import Trust
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.administration.system import LayoutConfig
from tests.gadgets.core.test_layout_hosts import layout

CUIC = "https://cuic.example.com:8444/a.xml"
CRM = "https://crm.example.com/a.xml"
LISTED = "https://listed.example.com/a.xml"
REACHED = "https://reached.example.com/data"
SPEC = b"<Module><ModulePrefs/><Content>x</Content></Module>"


class Policed:
    """Remembers by what it is to act."""

    policy = Policy()

    def use(self, policy: Policy) -> None:
        """Act by it."""
        self.policy = policy

    def allows(self, *urls: str) -> list[bool]:
        """Which of these it would fetch."""
        return [not isinstance(judge(url, self.policy), Refusal) for url in urls]


class TrustTests(SynchronousTestCase):
    """Layouts that change."""

    def setUp(self) -> None:
        """A server whose operator lists a host for gadgets and one that they reach."""
        config = GadgetsConfig(
            hosts=("listed.example.com",), outbound=OutboundConfig(hosts=("reached.example.com",))
        )
        self.source = SpecSource(Folder(Path(self.mktemp())), trusted(config), self.fetch, Clock())
        self.fetcher, self.fetched = Policed(), 0
        self.trust = Trust(config, self.fetcher, [self.source])

    def fetch(self, asked: Fetch) -> Deferred[Answer | Refusal]:
        """Stand in for the fetcher."""
        self.fetched += 1
        return succeed(Answer(asked.url, 200, (), SPEC))

    def rendered(self, *urls: str) -> list[bool]:
        """Which of these are rendered."""

        def one(url: str) -> bool:
            getting = Deferred.fromCoroutine(self.source.spec(url, "fin", is_fresh=False))
            if getting.called and not isinstance(getting.result, tuple):
                self.failureResultOf(getting, SourceError)
                return False
            self.successResultOf(getting)
            return True

        return [one(url) for url in urls]

    def use(self, default: str | None, **teams: str) -> None:
        """Have these layouts."""
        singles = {} if default is None else {"LayoutConfig": LayoutConfig(layoutxml=default)}
        own = {int(name.removeprefix("team")): text for name, text in teams.items()}
        self.trust.settings_changed(Settings(singles=singles, team_layouts=own))

    def test_follows(self) -> None:
        """Hosts of the default layout and of teams' count while they are there, and no longer; the operator's always."""
        self.assertEqual(self.rendered(LISTED, CUIC, CRM), [True, False, False])
        self.use(layout(f"<gadget>{CUIC}</gadget>"), team2=layout(f"<gadget>{CRM}</gadget>"))
        self.assertEqual(self.rendered(LISTED, CUIC, CRM), [True, True, True])
        self.assertEqual(self.fetcher.allows(LISTED, CUIC, CRM, REACHED), [True] * 4)
        self.assertEqual(self.fetcher.allows("https://cuic.example.com/other.xml"), [False])
        fetched = self.fetched
        self.use(None, team2=layout(f"<gadget>{CRM}</gadget>"))
        self.assertEqual(self.rendered(LISTED, CUIC, CRM), [True, False, True])
        self.assertEqual(self.fetcher.allows(LISTED, CUIC, CRM, REACHED), [True, False, True, True])
        self.use(None)
        self.assertEqual(self.rendered(LISTED, CUIC, CRM), [True, False, False])
        self.assertEqual(self.fetched, fetched)

    def test_private(self) -> None:
        """A layout opens no network: the addresses of its hosts are judged as the operator has it."""
        self.use(layout("<gadget>https://10.1.2.3/a.xml</gadget>"))
        self.assertEqual(self.fetcher.policy.networks, ())
        self.assertEqual(self.fetcher.allows("https://10.1.2.3/a.xml"), [False])

    def test_same(self) -> None:
        """What has no other hosts changes nothing."""
        self.use(layout(f"<gadget>{CUIC}</gadget>"))
        before = self.fetcher.policy
        self.use(layout(f"<gadget>{CUIC}</gadget>", f"<gadget>{CUIC}?x</gadget>"))
        self.assertIs(self.fetcher.policy, before)
