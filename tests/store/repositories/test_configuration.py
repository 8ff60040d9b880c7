"""`finesse_tx.store.repositories.configuration`: a whole configuration in the database, and another one taken in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from sqlalchemy import URL
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.configuration.core.document import DocumentRefusedError
from finesse_tx.configuration.core.exporting import document_of
from finesse_tx.configuration.core.planning import Import
from finesse_tx.configuration.core.text import Source, read, written
from finesse_tx.directory.core.edits import Author
from finesse_tx.engine.core.outbound.records import CampaignState
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import IConfigurationRecords
from finesse_tx.store.configuration_records import ConfigurationRecords
from finesse_tx.store.core.sealing import SEALED, Sealer
from finesse_tx.store.repositories.campaigns import (
    read_campaigns,
    remove_campaign,
    set_campaign_state,
)
from finesse_tx.store.repositories.changes import read_audit
from finesse_tx.store.repositories.configuration import import_configuration, read_configuration
from finesse_tx.store.repositories.samples import add_demo
from tests.support.database import OnPostgreSQL, empty_url, inside, prepared_url
from tests.support.documents import DOCUMENTS, SAMPLE, source_of

DEMO = Path(__file__).parents[2] / "vectors" / "configuration" / "demo.toml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def taken(url: URL, source: Source, *, prune: bool = False) -> Import:
    """Take in a document."""
    return inside(
        url,
        lambda session: import_configuration(
            session, source, Author("admin", "here"), NOW, prune=prune
        ),
    )


def exported(url: URL) -> str:
    """The configuration in a database."""
    return written(document_of(inside(url, read_configuration)), "toml").decode()


class ConfigurationTests(SynchronousTestCase):
    """The configuration in a database."""

    def test_demo(self) -> None:
        """The demo is written as it always was; taken in elsewhere, it is the same; taken in here, it changes nothing."""
        url, other = prepared_url(self), prepared_url(self)
        inside(url, lambda session: add_demo(session, 2, lambda: "$hash"))
        self.assertEqual(exported(url), DEMO.read_text())
        source = read(DEMO.read_bytes())
        self.assertEqual(taken(url, source, prune=True).changes, 0)
        taken(other, source)
        self.assertEqual(exported(other), DEMO.read_text())

    def test_sample(self) -> None:
        """Everything that a document can say is kept, upon what was there; with ``prune`` nothing else is."""
        url = prepared_url(self)
        inside(url, lambda session: add_demo(session, 4, lambda: "$hash"))
        taken(url, read(SAMPLE.encode()))
        self.assertIn('loginId = "agent1"', exported(url))
        refused = self.assertRaises(
            DocumentRefusedError, taken, url, read(SAMPLE.encode()), prune=True
        )
        self.assertIn("Demo renewals: it has customers", str(refused))
        inside(url, lambda session: remove_campaign(session, 1))
        taken(url, read(SAMPLE.encode()), prune=True)
        bare, other = empty_url(self), exported(url)
        self.assertNotIn('loginId = "agent1"', other)
        taken(bare, read(SAMPLE.encode()))
        self.assertEqual(exported(bare), SAMPLE)
        self.assertEqual(taken(url, read(SAMPLE.encode()), prune=True).changes, 0)

    def test_campaign_moves(self) -> None:
        """A campaign calls for another queue, which is new, when its own goes; one without customers goes too."""
        url = empty_url(self)
        taken(url, read(SAMPLE.encode()))
        inside(url, lambda session: set_campaign_state(session, 1, CampaignState.PAUSED))
        taken(url, source_of({"Campaign": [{"name": "Other", "queue": "Letters"}]}))
        self.assertIn('name = "Other"', exported(url))
        moved = SAMPLE.replace('queue = "Sales"', 'queue = "New"').replace(
            '[[Queue]]\nname = "Sales"', '[[Queue]]\nname = "New"'
        )
        taken(url, read(moved.encode()), prune=True)
        self.assertEqual(exported(url), moved)
        (campaign,) = inside(url, read_campaigns)
        self.assertEqual((campaign.id, campaign.state), (1, CampaignState.PAUSED))

    def test_exchanges(self) -> None:
        """Two, or three in a round, exchange what only one of them may have, in one import; someone new gets one, too."""
        url = empty_url(self)
        taken(url, read(SAMPLE.encode()))

        def document(names: tuple[str, ...], numbers: tuple[int, ...], labels: str) -> Source:
            return source_of(
                {
                    "User": [
                        {
                            "loginId": f"agent{index}",
                            "loginName": name,
                            "lastName": "Doe",
                            "roles": ["Administrator"],
                        }
                        for index, name in enumerate(names)
                    ],
                    "Trigger": [
                        {
                            "routePoint": str(7000 + index),
                            "applicationId": number,
                            "applicationName": "x",
                            "queue": "Sales",
                        }
                        for index, number in enumerate(numbers)
                    ],
                    "ReasonCode": [
                        {"category": "NOT_READY", "code": 100 + index, "label": label}
                        for index, label in enumerate(labels)
                    ],
                }
            )

        taken(url, document(("Alice", "Bob", "Eve"), (11, 12, 13), "ABC"))
        for names, numbers, labels in (
            (("bob", "alice", "Eve"), (12, 11, 13), "bac"),
            (("Eve", "Bob", "Alice"), (13, 12, 11), "CAB"),
            (("x", "Eve", "Bob", "Alice"), (1, 13, 12, 11), "XCBA"),
        ):
            wanted = document(names, numbers, labels)
            taken(url, wanted)
            self.assertEqual(taken(url, wanted).changes, 0)
        self.assertNotIn("(1)", exported(url))
        twice = document(("Eve", "Eve"), (13, 13), "CC")
        refused = str(self.assertRaises(DocumentRefusedError, taken, url, twice))
        self.assertIn('"Eve" is taken by agent1', refused)
        self.assertIn("13 is trigger 7001's", refused)

    def test_audited(self) -> None:
        """Every change is in the audit log, with the path that REST and the console know it by."""
        url = empty_url(self)
        done = taken(url, read(SAMPLE.encode()))
        entries = inside(
            url, lambda s: list(read_audit(s, "", NOW, datetime(2027, 1, 1, tzinfo=UTC)))
        )
        self.assertEqual(len(entries), done.changes)
        self.assertEqual({entry["login_id"] for entry in entries}, {"admin"})
        said = [f"{entry['action']} {entry['uri']}" for entry in entries]
        for line in (
            "POST /finesse/api/User/ann",
            "POST /finesse/api/Team/1",
            "PUT /finesse/api/Team/1/PhoneBooks",
            "PUT /finesse/api/Team/1/ReasonCodes",
            "PUT /finesse/api/Team/1/LayoutConfig",
            "PUT /finesse/api/PhoneBook/1/Contacts",
            "POST /finesse/api/Campaign/1",
            "POST /finesse/api/Workflow/1",
            "PUT /finesse/api/SystemConfig",
        ):
            self.assertIn(line, said)
        self.assertNotIn("-", "".join(said))

    def test_sealed(self) -> None:
        """A password of another system is sealed where it is kept, and stays where a text has none."""
        url, sealer = empty_url(self), Sealer(b"key", bytes)

        def take(text: str) -> Import:
            return inside(
                url,
                lambda session: import_configuration(
                    session,
                    read(text.encode()),
                    Author("admin", "here"),
                    NOW,
                    opened=sealer.opened,
                    sealed=sealer.seal,
                ),
            )

        name = 'username = "finesse"'
        take(SAMPLE.replace(name, f'{name}\npassword = "secret"'))
        take(SAMPLE.replace("awdb", "hdb"))
        kept = inside(url, read_configuration).settings.singles["EnterpriseDatabaseConfig"]
        self.assertTrue(getattr(kept, "password").startswith(SEALED))  # noqa: B009
        opened = inside(url, lambda session: read_configuration(session, sealer.opened))
        single: Any = opened.settings.singles["EnterpriseDatabaseConfig"]
        self.assertEqual((single.password, single.database_name), ("secret", "hdb"))
        self.assertEqual(sealer.opened("other", sealer.seal("one", "x")), "")

    def test_interface(self) -> None:
        """The records are what they say."""
        store: Any = None
        records = ConfigurationRecords(store, Sealer(b"key", bytes))
        verifyObject(IConfigurationRecords, records)

    def test_all_or_nothing(self) -> None:
        """What cannot be taken in wholly changes nothing."""
        url = prepared_url(self)
        before = exported(url)
        bad = SAMPLE.replace("<role>Agent</role>", "<role>Nobody</role>")
        self.assertRaises(DocumentRefusedError, taken, url, read(bad.encode()))
        self.assertEqual(exported(url), before)

    def test_vetted(self) -> None:
        """Who looks at what the directory would be can refuse it."""

        def vet(_snapshot: object) -> None:
            raise ConfigError("scripts", "sales", "names no queue")

        url = prepared_url(self)
        before = exported(url)
        self.assertRaises(
            DocumentRefusedError,
            inside,
            url,
            lambda session: import_configuration(
                session, read(SAMPLE.encode()), Author("admin", "here"), NOW, judge=vet
            ),
        )
        self.assertEqual(exported(url), before)

    @settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
    @given(raw=DOCUMENTS)
    def test_round_trip(self, raw: dict[str, Any]) -> None:
        """Whatever is taken in is written again, and what is written is taken in as the same."""
        first, second = empty_url(self), empty_url(self)
        taken(first, source_of(raw))
        text = exported(first)
        taken(second, read(text.encode()))
        self.assertEqual(exported(second), text)
        self.assertEqual(taken(first, read(text.encode()), prune=True).changes, 0)


class ConfigurationOnPostgreSQLTests(OnPostgreSQL, ConfigurationTests):
    """The same on PostgreSQL."""
