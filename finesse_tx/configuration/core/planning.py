"""What taking in a document would do: all of it, or, with every reason why not, nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from finesse_tx.configuration.core.campaigns import (
    CampaignStep,
    CampaignWishes,
    campaigns_after,
)
from finesse_tx.configuration.core.changes import ChangeWishes, Step
from finesse_tx.configuration.core.directory_edits import DirectoryWishes
from finesse_tx.configuration.core.document import Configuration, DocumentRefusedError, Fault
from finesse_tx.configuration.core.text import Source
from finesse_tx.directory.core.editing import plan as plan_edits
from finesse_tx.directory.core.edits import Add as AddThing
from finesse_tx.directory.core.edits import Edit, EditsRefusedError, Key, key_of
from finesse_tx.directory.core.edits import Fault as EditFault
from finesse_tx.directory.core.edits import Remove as RemoveThing
from finesse_tx.toml_lines import Path
from finesse_tx.webservices.core.administration.settings import Settings

__all__ = ["MAX_EDITS", "Import", "planned", "stand_ins"]


MAX_EDITS: Final = 50_000
"""So many edits of the directory in one import: four times as many as the largest centre has agents."""


@dataclass(frozen=True, slots=True)
class Import:
    """What is to be done.

    Attributes:
        before: What there is.
        edits: Of the directory, first.
        steps: Of all the rest, upon it; ids below 0 are stand-ins, those of teams the edits'.
        campaigns: Of these, also upon the edits.
        after: What there will be, with stand-ins for what is new.
    """

    before: Configuration
    edits: tuple[Edit, ...]
    steps: tuple[Step, ...]
    campaigns: tuple[CampaignStep, ...]
    after: Configuration

    @property
    def changes(self) -> int:
        """How many there are."""
        return len(self.edits) + len(self.steps) + len(self.campaigns)

    @property
    def last_edits(self) -> int:
        """From which of the edits on things only go that nothing in the document refers to.

        A queue can go when no campaign calls for it any more, and a campaign may call for one that is new.
        """
        count = len(self.edits)
        while count and isinstance(self.edits[count - 1], RemoveThing):
            count -= 1
        return count


def planned(
    source: Source,
    there: Configuration,
    *,
    prune: bool = False,
    personality: str = "ccx",
    most: int = MAX_EDITS,
) -> Import:
    """Decide about a document.

    Args:
        source: It.
        there: What is configured.
        prune: Whether what it does not have goes.
        personality: ``ccx`` or ``cce``: which codes reasons may have.
        most: `MAX_EDITS` but for tests.

    Raises:
        DocumentRefusedError: It cannot be taken in; names each key, and in TOML its line.
    """
    faults: list[Fault] = []
    wishes = DirectoryWishes(source, there.register, prune=prune, faults=faults)
    found = list(wishes.edits())
    edits, register = tuple(edit for _path, edit in found), there.register
    if not faults:
        try:
            register = plan_edits(there.register, edits, most).register
        except EditsRefusedError as error:
            faults += [
                source.fault(_inside(found, one), _said(one.reason, one.allowed))
                for one in error.faults
            ]
    if faults:  # what follows would complain of what is not there for that reason only
        raise DocumentRefusedError(faults)
    campaigns = CampaignWishes(
        source, there.campaigns, there.called, wishes.queues, prune=prune, faults=faults
    )
    campaign_steps = tuple(campaigns.steps())
    team_ids = frozenset(team.id for team in register.snapshot.teams)
    changing = ChangeWishes(
        source,
        wishes.teams,
        [replace(one, team_ids=one.team_ids & team_ids) for one in register.snapshot.reason_codes],
        _of_teams(there.settings, team_ids),
        personality,
        prune=prune,
        faults=faults,
    )
    steps = changing.steps()
    if faults:
        raise DocumentRefusedError(faults)
    after = Configuration(
        register, changing.settings, campaigns_after(there.campaigns, campaign_steps)
    ).with_reasons(tuple(changing.reasons.values()))
    return Import(there, edits, steps, campaign_steps, after)


def _of_teams(settings: Settings, team_ids: frozenset[int]) -> Settings:
    """What is left of the settings when only these teams are: as the database does it by itself."""
    assigned = {key: ids for key, ids in settings.assigned.items() if key[0] in team_ids}
    layouts = {key: xml for key, xml in settings.team_layouts.items() if key in team_ids}
    return replace(settings, assigned=assigned, team_layouts=layouts)


def _inside(found: list[tuple[Path, Edit]], fault: EditFault) -> Path:
    """Where the document says what is wrong with an edit."""
    if fault.index >= len(found):
        return ()
    path, _edit = found[fault.index]
    if len(path) == 1:  # something that goes: the document says nothing of it
        return (*path, fault.what)
    first, *rest = fault.field.split("_")
    name = _KEYS.get(fault.field, first + "".join(word.capitalize() for word in rest))
    return (*path, name) if name else path


_KEYS: Final = {
    "team_id": "team",
    "csq_id": "queue",
    "resource_group_id": "resourceGroup",
    "competences": "skills",
    "pool": "skills",
}
"""What a document calls fields that it has names in, not ids."""


def _said(reason: str, allowed: str) -> str:
    return f"{reason}; {allowed}" if allowed else reason


def stand_ins(edits: tuple[Edit, ...], keys: tuple[Key, ...]) -> Mapping[tuple[type, int], int]:
    """The store's ids of what edits have added, by kind and stand-in.

    Args:
        edits: As they were carried out.
        keys: What each was about.
    """
    found: dict[tuple[type, int], int] = {}
    for edit, key in zip(edits, keys, strict=True):
        if isinstance(edit, AddThing) and isinstance(key, int):
            number = key_of(edit.value)
            assert isinstance(number, int), "what has a number as its key"  # noqa: S101
            found[type(edit.value), number] = key
    return found
