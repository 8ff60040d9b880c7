"""`add_demo`: put in once, and never again over what somebody changed."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.records import Person, Role, Snapshot
from finesse_tx.engine.core.outbound.records import CampaignState
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.campaigns import read_campaigns, read_records
from finesse_tx.store.repositories.passwords import read_password_hashes
from finesse_tx.store.repositories.samples import add_demo
from finesse_tx.store.repositories.settings import read_settings
from finesse_tx.store.repositories.snapshots import read_snapshot
from finesse_tx.store.tables import CSQRow, PersonRow, TeamRow
from finesse_tx.webservices.core.administration.objects import WrapUpReason
from tests.support.database import OnPostgreSQL, empty_url, inside


class AddDemoTests(SynchronousTestCase):
    """`add_demo`."""

    def setUp(self) -> None:
        """Start with an empty database."""
        self.url = empty_url(self)
        self.hashed = 0

    def add(self, agents: int) -> Snapshot:
        """Start with that many; returns what is there then."""

        def hash_password() -> str:
            self.hashed += 1
            return f"hash {self.hashed}"

        inside(self.url, lambda session: add_demo(session, agents, hash_password))
        return inside(self.url, read_snapshot)

    def test_first(self) -> None:
        """A database without people gets the demo, with one hash for everyone."""
        self.assertEqual(self.add(8), demo(8))
        hashes = inside(self.url, read_password_hashes)
        self.assertEqual((len(hashes), set(hashes.values())), (11, {"hash 1"}))

    def test_campaign(self) -> None:
        """The demo has one campaign, which is stopped, also after more people were asked for."""
        for agents in (8, 9):
            self.add(agents)
            (campaign,) = inside(self.url, read_campaigns)
            self.assertIs(campaign.state, CampaignState.STOPPED)
            self.assertEqual(len(inside(self.url, lambda s: read_records(s, campaign.id))), 5)  # noqa: B023

    def test_configuration(self) -> None:
        """The demo has wrap-up reasons and a phone book, once."""
        for agents in (8, 9):
            self.add(agents)
            found = inside(self.url, read_settings)
            self.assertEqual(len(found.all(WrapUpReason)), 5)
            self.assertEqual([len(contacts) for contacts in found.contacts.values()], [4])

    def test_again(self) -> None:
        """The next start, also with fewer, adds nothing and hashes nothing."""
        before = self.add(8)
        for agents in (8, 3):
            self.assertEqual(self.add(agents), before)
        self.assertEqual(self.hashed, 1)

    def test_people_of_their_own(self) -> None:
        """A database with people of its own gets no demo."""
        person = Person("1", "ann", "Ann", "Lee", "1", frozenset({Role.AGENT}))
        inside(self.url, lambda session: add_snapshot(session, Snapshot((person,)), None))
        self.assertEqual(self.add(8), Snapshot((person,)))
        self.assertEqual(self.hashed, 0)

    def test_raised(self) -> None:
        """When more are asked for, the missing ones come, with the teams and supervisors that they need."""
        before = self.add(8)
        found = self.add(41)
        self.assertEqual(found.people[: len(before.people)], before.people)
        self.assertEqual({p.login_id for p in found.people}, {p.login_id for p in demo(41).people})
        self.assertEqual(found.teams, demo(41).teams)
        agent41 = found.person("agent41")
        assert agent41 is not None
        self.assertEqual((agent41.team_id, found.csq_ids_of("agent41")), (3, (1, 2)))
        self.assertEqual(
            (found.csqs, found.triggers, found.reason_codes),
            (before.csqs, before.triggers, before.reason_codes),
        )

    def test_deleted_stays_deleted(self) -> None:
        """Who and what was deleted or changed since stays so when more are asked for."""
        self.add(8)

        def change(session: Session) -> None:
            session.execute(delete(PersonRow).where(PersonRow.login_id == "agent3"))
            session.execute(delete(CSQRow).where(CSQRow.id == -1))
            session.connection().exec_driver_sql("DELETE FROM triggers WHERE csq_id = 2")
            session.execute(delete(CSQRow).where(CSQRow.name == "Support"))
            session.execute(update(TeamRow).where(TeamRow.name == "Team 1").values(name="Red"))
            session.execute(
                update(PersonRow).where(PersonRow.login_id == "agent1").values(first_name="Eve")
            )

        inside(self.url, change)
        found = self.add(10)
        self.assertIsNone(found.person("agent3"))
        self.assertEqual([csq.name for csq in found.csqs], ["Sales"])
        self.assertEqual([team.name for team in found.teams], ["Red", "Team 2", "Team 1"])
        self.assertEqual([trigger.route_point for trigger in found.triggers], ["6001"])
        agent1, agent9 = found.person("agent1"), found.person("agent9")
        assert agent1 is not None
        assert agent9 is not None
        self.assertEqual((agent1.first_name, agent1.team_id), ("Eve", 1))
        self.assertEqual((found.csq_ids_of("agent9"), agent9.team_id), ((1,), 3))
        self.assertEqual(found.teams[2].supervisors, ("supervisor1",))

    def test_taken(self) -> None:
        """Names and numbers that somebody has taken since are not given twice."""
        self.add(8)
        others = (
            Person("agent9", "ann", "Ann", "Lee", "1010", frozenset({Role.AGENT})),
            Person("x", "Agent11", "Xi", "", "", frozenset({Role.AGENT})),
        )
        inside(self.url, lambda session: add_snapshot(session, Snapshot(others), None))
        found = self.add(12)
        new = {p.login_id: p.extension for p in found.people if p.login_id.startswith("agent1")}
        self.assertEqual(new, {"agent1": "1001", "agent10": "91010", "agent12": "1012"})
        self.assertEqual(found.person("agent9"), others[0])

    def test_supervisor_gone(self) -> None:
        """A new team whose supervisor was deleted has none."""
        self.add(8)

        def change(session: Session) -> None:
            session.execute(delete(PersonRow).where(PersonRow.login_id == "supervisor1"))
            session.execute(update(TeamRow).where(TeamRow.name == "Team 1").values(name="Red"))

        inside(self.url, change)
        found = self.add(9)
        self.assertEqual((found.teams[2].name, found.teams[2].supervisors), ("Team 1", ()))

    def test_many(self) -> None:
        """Ten thousand are put in with one hash, each with a number of its own."""
        found = self.add(10_000)
        self.assertEqual((len(found.people), self.hashed), (10_501, 1))
        numbers = inside(self.url, lambda s: s.scalars(select(PersonRow.extension)).all())
        self.assertEqual(len(set(numbers)), 10_501)


class AddDemoOnPostgreSQLTests(OnPostgreSQL, AddDemoTests):
    """The same on PostgreSQL."""
