"""The demo's people, put in once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.tables import PersonRow, SampleRow, SkillRow

__all__ = ["add_demo"]

_NAME = "demo.agents"


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
    sample.count = agents


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
