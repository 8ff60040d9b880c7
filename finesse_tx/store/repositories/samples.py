"""The demo's people, put in once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.outbound.contact_csv import ImportedContact
from finesse_tx.engine.core.outbound.records import Campaign
from finesse_tx.store.repositories import changes
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.campaigns import add_campaign, add_contacts
from finesse_tx.store.repositories.changes import add_object
from finesse_tx.store.tables import CSQRow, PersonRow, SampleRow, SkillRow
from finesse_tx.webservices.core.administration.demo import (
    CONTACTS,
    PHONE_BOOK,
    WRAP_UP_REASONS,
)

__all__ = ["add_demo"]

_NAME = "demo.agents"

_CUSTOMERS = (
    ImportedContact("R-1001", "0698000001", "Ada", "Lund", "Europe/Stockholm"),
    ImportedContact("R-1002", "0698000002", "Tom", "Okoye", "Africa/Lagos"),
    ImportedContact("R-1003", "0698000003", "Inés", "Prado", "Europe/Madrid"),
    ImportedContact("R-1004", "0698000004", "Jun", "Mori", "Asia/Tokyo"),
    ImportedContact("R-1005", "0698000005", "Sam", "Hill", "America/New_York"),
)


def add_demo(session: Session, agents: int, hash_password: Callable[[], str]) -> None:
    """Put the demo in where nobody is yet, or the people it lacks since ``demo.agents`` was raised.

    What an administrator has changed or removed since stays so; a database with people of its own gets none.

    Args:
        session: In a transaction.
        agents: How many.
        hash_password: Makes the encoded hash that all of them share; called when there is somebody to add,
            since it takes long.
    """
    sample = session.get(SampleRow, _NAME)
    if sample is None:
        if session.scalar(select(exists().where(PersonRow.id.is_not(None)))):
            return
        sample = SampleRow(name=_NAME, count=0)
        session.add(sample)
    if sample.count >= agents:
        return
    taken = frozenset(session.scalars(select(PersonRow.extension)))
    wanted = demo(agents, taken)
    if sample.count:
        skills = frozenset(session.scalars(select(SkillRow.name)))
        wanted = _beyond(wanted, demo(sample.count), skills)
    add_snapshot(session, wanted, hash_password())
    if not sample.count:
        _add_campaign(session)
        _add_configuration(session)
    sample.count = agents


def _add_campaign(session: Session) -> None:
    """A campaign that is not started, for whoever calls those who call."""
    csq_id = session.scalar(select(CSQRow.id).where(CSQRow.name == "Sales"))
    if csq_id is not None:
        campaign_id = add_campaign(session, Campaign(0, "Demo renewals", csq_id=csq_id))
        add_contacts(session, campaign_id, _CUSTOMERS)


def _add_configuration(session: Session) -> None:
    """What an administrator would have configured; no name can be taken yet."""
    for reason in WRAP_UP_REASONS:
        add_object(session, reason)
    changes.add_contacts(session, add_object(session, PHONE_BOOK), CONTACTS)


def _beyond(wanted: Snapshot, before: Snapshot, skills: frozenset[str]) -> Snapshot:
    """The people that ``before`` lacks, in the teams that they need and with the skills that there still are."""
    old = {person.login_id for person in before.people}
    kept = tuple(skill for skill in wanted.skills if skill.name in skills)
    ids = {skill.id for skill in kept}
    people = tuple(
        replace(person, competences=tuple(c for c in person.competences if c.skill_id in ids))
        for person in wanted.people
        if person.login_id not in old
    )
    needed = {person.team_id for person in people}
    teams = tuple(team for team in wanted.teams if team.id in needed)
    return Snapshot(people, teams, skills=kept)
