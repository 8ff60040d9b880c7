"""People to add, and edits of every kind: right ones and wrong ones, upon ``demo(4)``."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from finesse_tx.directory.core.edits import (
    Add,
    Edit,
    Remove,
    Replace,
    SetEnabled,
    SetHash,
    Thing,
)
from finesse_tx.directory.core.queues import (
    Competence,
    RequiredSkill,
    ResourceGroup,
    ResourceGroupPool,
    Skill,
    SkillPool,
)
from finesse_tx.directory.core.records import CSQ, Person, Role, Team, Trigger

__all__ = ["EDITS", "person"]


def person(login_id: str, **other: Any) -> Person:
    """An agent of team 1 with extension 1500, but for what is said otherwise."""
    fields: dict[str, Any] = {
        "login_name": login_id,
        "first_name": "Ann",
        "last_name": "Doe",
        "extension": "1500",
        "roles": frozenset({Role.AGENT}),
        "team_id": 1,
    }
    return Person(login_id, **(fields | other))


_LOGIN_IDS = st.sampled_from(["agent1", "agent2", "supervisor1", "admin", "ann", "Bob", "x y"])
_NUMBERS = st.sampled_from(["1001", "1002", "1500", "1501", "6001", "6003"])
_IDS = st.sampled_from([0, 1, 2, -1, -2, 9])
_NAMES = st.sampled_from(["Team 1", "Sales", "sales", "New", ""])

_PEOPLE = st.builds(
    person,
    _LOGIN_IDS,
    login_name=_LOGIN_IDS,
    extension=_NUMBERS,
    team_id=st.sampled_from([1, 2, -1, None]),
    roles=st.frozensets(st.sampled_from(Role)),
    competences=st.lists(st.builds(Competence, _IDS, st.integers(0, 11)), max_size=2).map(tuple),
    resource_group_id=st.sampled_from([None, 1, -1]),
)
_POOLS = st.one_of(
    st.builds(ResourceGroupPool, _IDS),
    st.builds(
        lambda skills: SkillPool(tuple(RequiredSkill(skill) for skill in skills)),
        st.lists(_IDS, max_size=2),
    ),
)
_THINGS: st.SearchStrategy[Thing] = st.one_of(
    _PEOPLE,
    st.builds(Team, _IDS, _NAMES, st.sampled_from(["", "supervisor1", "agent1", "ann"])),
    st.builds(Skill, _IDS, _NAMES),
    st.builds(ResourceGroup, _IDS, _NAMES),
    st.builds(CSQ, _IDS, _NAMES, pool=_POOLS),
    st.builds(Trigger, _NUMBERS, st.integers(1, 3), st.just("App"), _IDS),
)
_KINDS: list[type[Thing]] = [Team, Skill, ResourceGroup, CSQ]

EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Add, _THINGS),
    st.builds(Replace, _THINGS),
    st.builds(Remove, st.sampled_from(_KINDS), _IDS),
    st.builds(Remove, st.just(Person), _LOGIN_IDS),
    st.builds(Remove, st.just(Trigger), _NUMBERS),
    st.builds(SetEnabled, _LOGIN_IDS, st.booleans()),
    st.builds(SetHash, _LOGIN_IDS, st.just("$hash")),
)
