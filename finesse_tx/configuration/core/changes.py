"""What a document wants of all that is not the directory, as the changes that administrators make.

Each change is made upon those before it, and checked as a request is. What is referred to is there before: actions
before workflows, everything before the teams that have it; what goes makes way for what comes. What is new has an id
below 0 until the store gives it its own (`finesse_tx.configuration.core.carrying`).

Spec: ``rest.md`` §12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final

import msgspec

from finesse_tx.configuration.core.document import Fault, TeamEntry
from finesse_tx.configuration.core.exchanges import giving_way
from finesse_tx.configuration.core.exporting import bare
from finesse_tx.configuration.core.naming import Names
from finesse_tx.configuration.core.text import Source
from finesse_tx.directory.core.records import ReasonCategory, ReasonCode
from finesse_tx.toml_lines import Path
from finesse_tx.webservices.core.administration.changes import (
    KINDS,
    Add,
    Assign,
    Change,
    Put,
    PutTeamLayout,
    Remove,
    Replace,
    ReplaceContacts,
    Stored,
    uri_of,
)
from finesse_tx.webservices.core.administration.checks import check_action, check_single
from finesse_tx.webservices.core.administration.desktop_layout import check_layout
from finesse_tx.webservices.core.administration.layouts import checked_layout
from finesse_tx.webservices.core.administration.objects import (
    ActionReference,
    LayoutType,
    MediaPropertiesLayout,
    PhoneBook,
    Workflow,
    WorkflowAction,
    WrapUpReason,
)
from finesse_tx.webservices.core.administration.rules import check, codes_of
from finesse_tx.webservices.core.administration.settings import (
    Settings,
    applied,
    is_for_all,
)
from finesse_tx.webservices.core.errors import ApiError

__all__ = ["ChangeWishes", "Step"]

_ASSIGNED: Final[Mapping[type[Any], str]] = {
    WrapUpReason: "wrap_up_reasons",
    MediaPropertiesLayout: "media_properties_layouts",
    PhoneBook: "phone_books",
    Workflow: "workflows",
}
"""What of a team's entry lists what it has of a kind; reason codes have two lists."""

_ASSIGNED_REASONS: Final = {
    ReasonCategory.NOT_READY: "not_ready_reasons",
    ReasonCategory.LOGOUT: "logout_reasons",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One change.

    Attributes:
        change: It.
        before: What there was; None for nothing.
        stand_in: The id, below 0, of what it adds; 0 where it adds nothing.
    """

    change: Change
    before: object = None
    stand_in: int = 0


class ChangeWishes:
    """The administrators' share of a document.

    Args:
        source: The document.
        teams: Every team's id, by name.
        reasons: All reason codes.
        settings: What there is; of teams that stay.
        personality: ``ccx`` or ``cce``: which codes reasons may have.
        prune: Whether what is not in the document goes.
        faults: Gets what is wrong.

    Attributes:
        settings: What there will be, as far as `steps` has come.
        reasons: Likewise, by id.
    """

    def __init__(
        self,
        source: Source,
        teams: Names,
        reasons: Sequence[ReasonCode],
        settings: Settings,
        personality: str,
        *,
        prune: bool,
        faults: list[Fault],
    ) -> None:
        self._source, self._document, self._teams = source, source.document, teams
        self._personality, self._prune, self._faults = personality, prune, faults
        self.settings, self.reasons = settings, {one.id: one for one in reasons}
        self._steps: list[Step] = []
        self._kinds: dict[type[Stored], Names] = {}

    def steps(self) -> tuple[Step, ...]:
        """What to do."""
        document = self._document
        for index, (number, action) in enumerate(self._of(WorkflowAction, document.actions)):
            self._put(number, action, ("WorkflowAction", index), check_action)
        workflows = list(self._workflows())
        self._gone(Workflow)
        for index, workflow in enumerate(workflows):
            self._put(self._kinds[Workflow][workflow.name], workflow, ("Workflow", index))
        self._gone(WorkflowAction)
        for kind, wanted in (
            (WrapUpReason, document.wrap_up_reasons),
            (MediaPropertiesLayout, document.call_layouts),
        ):
            found = list(self._of(kind, wanted))
            self._gone(kind)
            for index, (number, value) in enumerate(found):
                self._put(number, value, (KINDS[kind], index), _CHECKS.get(kind))
        self._phone_books()
        self._reason_codes()
        for index, team in enumerate(document.teams):
            self._team(team, ("Team", index))
        self._singles()
        return tuple(self._steps)

    # One change ---------------------------------------------------------------------------------------------------

    def _do(self, path: Path, change: Change, before: object, ids: tuple[int, ...] = ()) -> bool:
        """Make a change upon those before it; whether it may be."""
        try:
            check(self.settings, tuple(self.reasons.values()), change)
        except ApiError as error:
            self._refuse(path, error)
            return False
        self.settings = applied(self.settings, change, ids)
        stand_in = ids[0] if isinstance(change, Add) else 0
        self._steps.append(Step(change, before, stand_in))
        return True

    def _refuse(self, path: Path, error: ApiError) -> None:
        reason = error.error_message.strip().rpartition("Error Message: ")[2]
        if error.error_data and error.error_data not in reason:
            reason += f" ({error.error_data})"
        self._faults.append(self._source.fault(path, reason))

    def _put(
        self,
        number: int,
        value: Any,
        path: Path,
        check_value: Callable[[Any], object] | None = None,
    ) -> bool:
        """Have an object as it is wanted; whether that may be."""
        if check_value is not None:
            try:
                check_value(value)
            except ApiError as error:
                self._refuse(path, error)
                return False
        if number < 0:
            return self._do(path, Add(value), None, (number,))
        was = bare(self.settings.get(type(value), number))
        return was == value or self._do(path, Replace(number, value), was)

    # Objects ------------------------------------------------------------------------------------------------------

    def _of(self, kind: type[Any], wanted: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """What the document has of a kind, with ids."""
        names = self._names(kind, wanted)
        for value in wanted:
            yield names[_named(value)], bare(value)

    def _names(self, kind: type[Any], wanted: Sequence[Any]) -> Names:
        there = {
            _named(value): number for number, value in self.settings.objects.get(kind, {}).items()
        }
        names = [_named(value) for value in wanted]
        made = Names(self._source, KINDS[kind], there, names, self._faults, closed=self._prune)
        self._kinds[kind] = made
        return made

    def _workflows(self) -> Iterator[Workflow]:
        actions, wanted = self._kinds[WorkflowAction], self._document.workflows
        self._names(Workflow, wanted)
        for index, entry in enumerate(wanted):
            references = []
            for place, name in enumerate(entry.workflow_actions):
                path: Path = ("Workflow", index, "workflowActions", place)
                number = actions.find(name, path)
                action = None if number is None else self.settings.get(WorkflowAction, number)
                if number is not None and action is not None:
                    uri = uri_of(WorkflowAction, number)
                    references.append(
                        ActionReference(name=action.name, uri=uri, type=action.type.value)
                    )
            yield Workflow(
                name=entry.name,
                description=entry.description,
                media=entry.media,
                trigger_set=entry.trigger_set,
                condition_set=entry.condition_set,
                workflow_actions=tuple(references),
            )

    def _gone(self, kind: type[Any]) -> None:
        """Remove what is not in the document; the default layout always is."""
        if not self._prune:
            return
        for number in self._kinds[kind].spare:
            value = self.settings.get(kind, number)
            if isinstance(value, MediaPropertiesLayout) and value.type is LayoutType.DEFAULT:
                continue
            self._do((KINDS[kind],), Remove(kind, number), bare(value))

    def _phone_books(self) -> None:
        wanted = self._document.phone_books
        names = self._names(PhoneBook, wanted)
        for number in names.spare if self._prune else ():
            for team_id in self.settings.teams_with(PhoneBook, number):
                before = self.settings.assigned[team_id, PhoneBook]
                kept = tuple(one for one in before if one not in names.spare)
                self._do(("PhoneBook",), Assign(team_id, PhoneBook, kept), before)
        self._gone(PhoneBook)
        for index, entry in enumerate(wanted):
            number = names[entry.name]
            path: Path = ("PhoneBook", index)
            if not self._put(number, PhoneBook(name=entry.name, type=entry.type), path):
                continue
            before_contacts = tuple(map(bare, self.settings.contacts_of(number)))
            contacts = tuple(map(bare, entry.contacts))
            if contacts != before_contacts:
                stand_ins = tuple(range(1, len(contacts) + 1))
                change = ReplaceContacts(number, contacts)
                self._do((*path, "contacts"), change, before_contacts, stand_ins)

    # Reason codes -------------------------------------------------------------------------------------------------

    def _reason_codes(self) -> None:
        there = {(one.category, one.code): one for one in self.reasons.values()}
        wanted = self._document.reasons
        keys = [(one.category, one.code) for one in wanted]
        if self._prune:
            for key, reason in there.items():
                if key not in keys and not reason.system_code:
                    change = Remove(ReasonCode, reason.id)
                    if self._do(("ReasonCode",), change, reason):
                        del self.reasons[reason.id]
        self._labels_given_way(there)
        there = {(one.category, one.code): one for one in self.reasons.values()}
        for index, entry in enumerate(wanted):
            path: Path = ("ReasonCode", index)
            was = there.get((entry.category, entry.code))
            if keys.index((entry.category, entry.code)) < index:
                self._faults.append(self._source.fault(path, "is there twice"))
                continue
            number = -index - 1 if was is None else was.id
            value = ReasonCode(
                number,
                entry.category,
                entry.code,
                entry.label,
                entry.for_all,
                frozenset() if was is None or entry.for_all else was.team_ids,
                entry.system_code,
            )
            if value != was and self._may_be(value, was, path):
                change_ = Add(value) if was is None else Replace(number, value)
                if self._do(path, change_, was, (number,)):
                    self.reasons[number] = value

    def _labels_given_way(self, there: Mapping[tuple[ReasonCategory, int], ReasonCode]) -> None:
        """A code whose label will be another's has one meanwhile that is nobody's."""
        entries = dict(enumerate(self._document.reasons))
        found = {
            index: there[entry.category, entry.code]
            for index, entry in entries.items()
            if (entry.category, entry.code) in there
        }
        held = {index: (was.category, was.label.casefold()) for index, was in found.items()}
        wanted = {
            index: ((entry.category, entry.label.casefold()),) for index, entry in entries.items()
        }
        taken = {
            label for _category, label in [*held.values(), *(one for (one,) in wanted.values())]
        }
        free = (label for number in count(1) if (label := f"({number})") not in taken)
        for index in giving_way(held, wanted):
            was = found[index]
            value = replace(was, label=next(free))
            if self._do(("ReasonCode", index), Replace(was.id, value), was):
                self.reasons[was.id] = value

    def _may_be(self, value: ReasonCode, was: ReasonCode | None, path: Path) -> bool:
        wrong, reason = "", "the engine's own codes have nothing but a label of yours"
        if was is not None and was.system_code != value.system_code:
            wrong, reason = "systemCode", "whose a code is stays as it is"
        elif value.system_code and not value.for_all:
            wrong = "forAll"
        elif not value.system_code and was is None:
            codes = codes_of(value.category, self._personality)
            if value.code not in codes:
                wrong, reason = "code", f"{codes.start} to {codes.stop - 1}"
        if wrong:
            self._faults.append(self._source.fault((*path, wrong), reason))
        return not wrong

    # Teams --------------------------------------------------------------------------------------------------------

    def _team(self, entry: TeamEntry, path: Path) -> None:
        team_id = self._teams[entry.name]
        self._assign_reasons(team_id, entry, path)
        for kind, field in _ASSIGNED.items():
            name = _camel(field)
            ids = []
            for place, wanted in enumerate(getattr(entry, field)):
                number = self._kinds[kind].find(wanted, (*path, name, place))
                value = None if number is None else self.settings.get(kind, number)
                if number is not None and value is not None:
                    ids.append(number)
                    self._own(value, (*path, name, place))
            before = self.settings.assigned.get((team_id, kind), ())
            if tuple(dict.fromkeys(ids)) != before:
                change = Assign(team_id, kind, tuple(dict.fromkeys(ids)))
                self._do((*path, name), change, before)
        layout, was = entry.layoutxml or None, self.settings.team_layouts.get(team_id)
        if layout != was:
            try:
                if layout is not None:
                    check_layout(layout)
            except ApiError as error:
                self._refuse((*path, "layoutxml"), error)
            else:
                self._do(path, PutTeamLayout(team_id, layout), was)

    def _own(self, value: object, path: Path) -> None:
        if is_for_all(value):
            self._faults.append(self._source.fault(path, "every team has it"))

    def _assign_reasons(self, team_id: int, entry: TeamEntry, path: Path) -> None:
        ids = set()
        for category, field in _ASSIGNED_REASONS.items():
            labels = {
                one.label.casefold(): one
                for one in self.reasons.values()
                if one.category is category
            }
            for place, label in enumerate(getattr(entry, field)):
                where: Path = (*path, _camel(field), place)
                reason = labels.get(label.casefold())
                if reason is None:
                    said = f'there is no {category.value} reason code "{label}"'
                    self._faults.append(self._source.fault(where, said))
                else:
                    self._own(reason, where)
                    ids.add(reason.id)
        before = {one.id for one in self.reasons.values() if team_id in one.team_ids}
        if ids == before:
            return
        change = Assign(team_id, ReasonCode, tuple(sorted(ids)))
        if self._do(path, change, tuple(sorted(before))):
            for number, one in self.reasons.items():
                own = one.team_ids | {team_id} if number in ids else one.team_ids - {team_id}
                self.reasons[number] = replace(one, team_ids=own)

    # What there is one of each ------------------------------------------------------------------------------------

    def _singles(self) -> None:
        """A password that is left out stays."""
        wanted = self._document.singles
        for name, found in wanted.items():
            value: Any = found
            was: Any = self.settings.singles.get(name)
            if was is not None and getattr(value, "password", None) == "":
                value = msgspec.structs.replace(value, password=was.password)
            if value == was:
                continue
            try:
                check_single(value)
            except ApiError as error:
                self._refuse((name,), error)
            else:
                self._do((name,), Put(name, value), was)
        for name, was in self.settings.singles.items() if self._prune else ():
            if name not in wanted:
                self._do((name,), Put(name, None), was)


_CHECKS: Final[Mapping[type[Any], Callable[[Any], object]]] = {
    MediaPropertiesLayout: checked_layout
}


def _named(value: Any) -> str:
    """What a document knows an object by; of the default layout there is one, whatever it is called."""
    if isinstance(value, MediaPropertiesLayout) and value.type is LayoutType.DEFAULT:
        return ""
    return str(value.label if isinstance(value, WrapUpReason) else value.name)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
