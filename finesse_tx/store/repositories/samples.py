"""The demo's people, put in once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.tables import CSQRow, PersonRow, SampleRow

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
        csqs = frozenset(session.scalars(select(CSQRow.name)))
        wanted = _beyond(wanted, demo(sample.count), csqs)
    add_snapshot(session, wanted, hash_password())
    sample.count = agents


def _beyond(wanted: Snapshot, before: Snapshot, csqs: frozenset[str]) -> Snapshot:
    """The people that ``before`` lacks, in the teams that they need and the queues that there still are."""
    old = {person.login_id for person in before.people}
    kept = tuple(csq for csq in wanted.csqs if csq.name in csqs)
    csq_ids = tuple(csq.id for csq in kept)
    people = tuple(
        replace(person, csq_ids=csq_ids if person.csq_ids else ())
        for person in wanted.people
        if person.login_id not in old
    )
    needed = {person.team_id for person in people}
    teams = tuple(team for team in wanted.teams if team.id in needed)
    return Snapshot(people, teams, kept)
