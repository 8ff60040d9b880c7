"""Scenarios as people write them, in TOML: read, and checked as far as can be without playing them.

Every error names the file, the line, the key, what is wrong, and what to write instead.

Spec: issue 4, point 1; the language is ``docs/scenarios.rst``.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.errors import ConfigError
from finesse_tx.scenario.core.language import (
    PATTERNS,
    VERBS,
    Actor,
    AgentIs,
    Agents,
    Callers,
    CampaignIs,
    CampaignTable,
    CountsAre,
    Customer,
    CustomerIs,
    Day,
    Expectation,
    Expected,
    Of,
    Scenario,
    Step,
)
from finesse_tx.scenario.core.moments import moment
from finesse_tx.telephony.core.numbering import is_outside
from finesse_tx.toml_lines import Path, toml_lines

__all__ = ["AFTER_S", "MAX_STEPS", "centre_of", "read_scenario"]

MAX_STEPS: Final = 100_000
"""A scenario has at most so many steps."""

AFTER_S: Final = 60.0
"""A day whose end is not said goes on for so long after its last step."""

_SEE: Final = "docs/scenarios.rst has every key"
_SECTIONS: Final = (
    "day",
    "customer",
    "campaign",
    "callers",
    "agents",
    "scene",
    "engine",
    "telephony",
)
_RANGE: Final = re.compile(r"([A-Za-z._]+)(\d+)-\1(\d+)")
_FACTS: Final = {"switch": Actor.SWITCH, "link": Actor.LINK, "staff": Actor.STAFF}

S = TypeVar("S", bound=Struct)


def centre_of(day: Day) -> Snapshot:
    """The people and queues of a day."""
    return demo(day.agents)


def read_scenario(text: str, source: str) -> Scenario:
    """Read a scenario.

    Args:
        text: The file's content.
        source: Its name, for messages.

    Raises:
        ConfigError: Something is wrong with it.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{source}:{line[1]}" if line else source
        raise ConfigError(where, "", f"is not TOML: {error}", "correct that line") from None
    return _Reader(document, source, toml_lines(text)).scenario()


class _Reader:
    def __init__(self, document: Mapping[str, Any], source: str, lines: Mapping[Path, int]) -> None:
        self._document, self._source, self._lines = document, source, lines

    def scenario(self) -> Scenario:
        for name in self._document:
            self._known((name,), name, _SECTIONS, "section")
        self._day = self._convert(("day",), self._table(("day",)), Day)
        snapshot = centre_of(self._day)
        self._people = {p.login_id: p for p in snapshot.people if p.extension}
        self._phones = {p.extension for p in snapshot.people}
        self._customers = dict(self._named_customers())
        self._queues = tuple(csq.name for csq in snapshot.csqs)
        self._campaigns = dict(self._named_campaigns())
        staff = tuple(self._staff())
        self._working = {name for names, *_ in staff for name in names}
        steps = sorted(self._steps(), key=lambda step: step.at)
        ends = self._ends(steps)
        for step in steps:
            if step.at > ends:
                line = step.where.rpartition(":")[2]
                self._wrong(("day", "ends"), f"is before the step in line {line}", "end later")
        return Scenario(
            self._day,
            ends,
            self._customers,
            self._campaigns,
            tuple(self._callers(ends)),
            staff,
            tuple(steps),
            self._table(("engine",)),
            self._options(),
        )

    # Tables ---------------------------------------------------------------------------------------------------

    def _table(self, path: Path) -> dict[str, Any]:
        value: Any = self._document
        for name in path:
            value = value.get(name, {})
            if not isinstance(value, dict):
                self._wrong(path, "is not a section", f"write [{'.'.join(map(str, path))}]")
        table: dict[str, Any] = value
        return table

    def _array(self, path: Path, value: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
        if not isinstance(value, list):
            self._wrong(path, "is not a list", f"write [[{path[-1]}]]")
        for index, table in enumerate(value):
            if not isinstance(table, dict):
                self._wrong((*path, index), "is not a table", _SEE)
            yield (*path, index), table

    def _options(self) -> dict[str, Any]:
        for name in self._table(("telephony",)):
            self._known(("telephony", name), name, ("options",), "key")
        return self._table(("telephony", "options"))

    def _ends(self, steps: list[Step | Expectation]) -> float:
        if self._day.ends is not None:
            return self._moment(("day", "ends"), self._day.ends)
        if "callers" in self._document or "agents" in self._document:
            self._wrong(("day",), "does not say when it ends", 'add ends = "8:00:00"')
        return (steps[-1].at if steps else 0.0) + AFTER_S

    def _named_customers(self) -> Iterator[tuple[str, Customer]]:
        seen: dict[str, str] = {}
        for name, table in self._table(("customer",)).items():
            path: Path = ("customer", name)
            if not isinstance(table, dict):
                self._wrong(path, "is not a section", f"write [customer.{name}]")
            if name in self._people or name in _FACTS or name in {"calls", *self._phones}:
                self._wrong(path, "is somebody else's name", "choose another")
            customer = self._convert(path, table, Customer)
            if not is_outside(customer.number) or customer.number in self._phones:
                self._wrong((*path, "number"), "is no outside number", "write 7 to 15 digits")
            if customer.number in seen:
                self._wrong((*path, "number"), f"is {seen[customer.number]}'s", "choose another")
            seen[customer.number] = name
            yield name, customer

    def _named_campaigns(self) -> Iterator[tuple[str, CampaignTable]]:
        for name, table in self._table(("campaign",)).items():
            path: Path = ("campaign", name)
            if not isinstance(table, dict):
                self._wrong(path, "is not a section", f"write [campaign.{name}]")
            taken = (*self._people, *_FACTS, *self._customers, *self._phones, "calls")
            if name in taken:
                self._wrong(path, "is somebody else's name", "choose another")
            campaign = self._convert(path, table, CampaignTable)
            self._known((*path, "queue"), campaign.queue, self._queues, "queue")
            for index, customer in enumerate(campaign.customers):
                self._known((*path, "customers", index), customer, self._customers, "customer")
            yield name, campaign

    def _callers(self, ends: float) -> Iterator[tuple[Callers, float, float]]:
        for path, table in self._array(("callers",), self._document.get("callers", [])):
            callers = self._convert(path, table, Callers)
            if not callers.to:
                self._wrong((*path, "to"), "names nobody", 'write to = ["6001"]')
            if (callers.per_hour is None) == (callers.per_agent_hour is None):
                self._wrong(path, "needs per_hour or per_agent_hour, one of them", _SEE)
            begin = self._moment((*path, "begin"), callers.begin)
            end = ends if callers.end is None else self._moment((*path, "end"), callers.end)
            if end < begin:
                self._wrong((*path, "end"), "is before the begin", "end later")
            yield callers, begin, end

    def _staff(self) -> Iterator[tuple[tuple[str, ...], Agents, float, float | None]]:
        taken: set[str] = set()
        for path, table in self._array(("agents",), self._document.get("agents", [])):
            agents = self._convert(path, table, Agents)
            for key in ("answer_s", "ready_s", "wrap_up_s", "hold_s"):
                span = getattr(agents, key)
                if span is not None and span[0] > span[1]:
                    self._wrong((*path, key), "goes downward", "write the smaller one first")
            names: list[str] = []
            for index, text in enumerate(agents.who):
                for name in _names(text):
                    self._known((*path, "who", index), name, self._people, "agent")
                    if name in taken:
                        self._wrong((*path, "who", index), f"has {name} twice", "leave one out")
                    taken.add(name)
                    names.append(name)
            begin = self._moment((*path, "begin"), agents.begin)
            end = None if agents.end is None else self._moment((*path, "end"), agents.end)
            if end is not None and end < begin:
                self._wrong((*path, "end"), "is before the begin", "end later")
            yield tuple(names), agents, begin, end

    # Steps ----------------------------------------------------------------------------------------------------

    def _steps(self) -> Iterator[Step | Expectation]:
        count = 0
        for path, scene in self._array(("scene",), self._document.get("scene", [])):
            for key in scene:
                self._known((*path, key), key, ("title", "at", "steps"), "key")
            begin = self._moment((*path, "at"), scene.get("at", 0))
            for inner, step in self._array((*path, "steps"), scene.get("steps", [])):
                count += 1
                if count > MAX_STEPS:
                    self._wrong(inner, f"is one of more than {MAX_STEPS}", "make it two scenarios")
                yield self._step(inner, dict(step), begin)

    def _step(self, path: Path, table: dict[str, Any], begin: float) -> Step | Expectation:
        if "at" not in table:
            self._wrong(path, "does not say when", "add at = 0")
        at = begin + self._moment((*path, "at"), table.pop("at"))
        where = f"{self._source}:{self._line(path)}"
        if "expect" in table:
            return self._expectation(path, table, at, where)
        for key, example in (("who", "agent1"), ("does", "ready")):
            if not isinstance(table.get(key), str):
                self._wrong(
                    (*path, key) if key in table else path,
                    f"does not say {key}" if key not in table else "is not a text",
                    f'add {key} = "{example}"',
                )
        who, does, refused = table.pop("who"), table.pop("does"), table.pop("refused", None)
        actor = self._actor((*path, "who"), who)
        verbs = VERBS[actor]
        if does not in verbs:
            near = difflib.get_close_matches(does, verbs, 1)
            fix = f"did you mean {near[0]}?" if near else f"{who} can {', '.join(verbs)}"
            self._wrong((*path, "does"), f"is nothing that {actor.value} can do", fix)
        if refused is not None:
            if actor is not Actor.AGENT:
                self._wrong((*path, "refused"), "is for what agents do", "leave it out")
            if refused is True:
                refused = ""
            elif not isinstance(refused, str):
                self._wrong((*path, "refused"), "is neither true nor a failure code's name", _SEE)
        if does.endswith(" calls") and actor is Actor.AGENT and who not in self._working:
            self._wrong((*path, "does"), f"{who} does not work alone", "name it in [[agents]]")
        keys = self._convert(path, table, verbs[does])
        if isinstance(keys, Of):
            self._known((*path, "agent"), keys.agent, self._people, "agent")
        return Step(at, where, who, actor, does, keys, refused)

    def _actor(self, path: Path, who: str) -> Actor:
        if who in _FACTS:
            return _FACTS[who]
        if who in self._people:
            return Actor.AGENT
        if who in self._customers:
            return Actor.CUSTOMER
        if who in self._campaigns:
            return Actor.CAMPAIGN
        if who.isdigit():
            return Actor.PHONE
        named = (*_FACTS, *self._people, *self._customers, *self._campaigns)
        self._known(path, who, named, "one")
        raise AssertionError

    def _expectation(self, path: Path, table: dict[str, Any], at: float, where: str) -> Expectation:
        of = table.pop("expect")
        names = ("calls", *self._people, *self._customers, *self._campaigns)
        self._known((*path, "expect"), of if isinstance(of, str) else "", names, "one")
        kind: type[Expected] = AgentIs
        if of == "calls":
            kind = CountsAre
        elif of in self._customers:
            kind = CustomerIs
        elif of in self._campaigns:
            kind = CampaignIs
        expected = self._convert(path, table, kind)
        if expected == kind():
            self._wrong(path, "expects nothing", _SEE)
        if isinstance(expected, CustomerIs) and expected.answered_by is not None:
            names = ("somebody", "nobody", *self._people)
            self._known((*path, "answered_by"), expected.answered_by, names, "agent")
        return Expectation(at, where, of, expected)

    # Errors ---------------------------------------------------------------------------------------------------

    def _moment(self, path: Path, value: object) -> float:
        try:
            return moment(value)
        except ValueError as error:
            self._wrong(path, str(error), 'write seconds, or "8:00:00"')

    def _known(self, path: Path, name: str, names: Iterable[str], what: str) -> None:
        names = list(names)
        if name in names:
            return
        near = difflib.get_close_matches(name, names, 1)
        some = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        fix = f"did you mean {near[0]}?" if near else f"there are {some}"
        self._wrong(path, f'there is no {what} "{name}"', fix)

    def _convert(self, path: Path, table: dict[str, Any], kind: type[S]) -> S:
        try:
            return msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            reason, _, where = str(error).partition(" - at ")
            if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", reason):
                near = difflib.get_close_matches(unknown[1], kind.__struct_encode_fields__, 1)
                fix = f"did you mean {near[0]}?" if near else _SEE
                self._wrong((*path, unknown[1]), "there is no such key", fix)
            found = re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", where)
            inner = tuple(int(index) if index else name for name, index in found)
            reason = reason.replace("`object`", "a table").replace("`", "")
            for pattern, words in PATTERNS.items():
                reason = reason.replace(f"str matching regex {pattern!r}", words)
            self._wrong((*path, *inner), reason[:1].lower() + reason[1:], _SEE)

    def _wrong(self, path: Path, reason: str, fix: str) -> NoReturn:
        text = "".join(f"[{one + 1}]" if isinstance(one, int) else f".{one}" for one in path)
        raise ConfigError(f"{self._source}:{self._line(path)}", text[1:], reason, fix)

    def _line(self, path: Path) -> int:
        """The line of a key, or of the nearest thing around it that has one."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def _names(text: str) -> Iterator[str]:
    """The names in ``agent1-agent20``; any other text is one name."""
    found = _RANGE.fullmatch(text)
    if found is None:
        yield text
        return
    for number in range(int(found[2]), int(found[3]) + 1):
        yield f"{found[1]}{number}"
