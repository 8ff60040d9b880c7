"""The tables in ``docs/``, made from the code's own: ``python -m tests.support.tables`` writes them anew.

A document says where: between ``.. table NAME`` and ``.. end of table``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from finesse_tx.engine.core import control, two_calls
from finesse_tx.engine.core.personality import RULES
from finesse_tx.engine.core.reasons import AnyReason
from finesse_tx.engine.core.states import (
    AgentState,
    Input,
    Keep,
    Move,
    Outcome,
    Pend,
    Refuse,
    Request,
    Return,
    Rules,
)
from finesse_tx.metrics.core.families import PREFIX, Histogram
from finesse_tx.telephony.core import states as telephony
from finesse_tx.telephony.core.events import Cause, EventID, MetaCode
from finesse_tx.webservices.routes.api import DESCRIPTION
from finesse_tx.webservices.routes.tables import TABLES as RESOURCES
from tests.support.axl_tables import MAKERS as AXL
from tests.support.exchanges import FOLDER, exchanges, route_of
from tests.support.metrics import sources

__all__ = ["DOCUMENTS", "TABLES", "filled"]

DOCUMENTS: Final = tuple(
    Path(__file__).parents[2] / "docs" / name
    for name in (
        "engine.rst",
        "telephony.rst",
        "metrics.rst",
        "rest.rst",
        "axl.rst",
        "finesse_js.rst",
    )
)

Row = Sequence[str]


def table(header: Row, rows: Sequence[Row]) -> str:
    """A table in reStructuredText's simple form."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    rule = "  ".join("=" * width for width in widths)

    def line(row: Row) -> str:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        return "  ".join(cells).rstrip()

    return "\n".join([rule, line(header), rule, *map(line, rows), rule])


def _reason(reason: AnyReason | None) -> str:
    if reason is None:
        return "as given"
    return f"{reason:d} {reason.name}" if reason else "0"


def _outcome(outcome: Outcome | None) -> str:
    match outcome:
        case None:
            return "the same"
        case Move(to, reason):
            return f"{to.name}, {_reason(reason)}"
        case Pend(to, reason):
            return f"pending {to.name}, {_reason(reason)}"
        case Keep():
            return "told again"
        case Refuse(code):
            return f"refused, {code:d} {code.name}"


Made = Callable[[], str]


def _made(make: Callable[[], tuple[Row, Sequence[Row]]]) -> str:
    return table(*make())


def _names(found: Sequence[AgentState]) -> str:
    return ", ".join(state.name for state in found)


def _requests(rules: Rules) -> Made:
    def made() -> str:
        rows: list[Row] = []
        for request in Request:
            found: dict[tuple[str, str], list[AgentState]] = {}
            for state in rules.states:
                cell = state, request
                other = rules.on_other_call.get(cell)
                key = _outcome(rules.requests[cell]), _outcome(other)
                found.setdefault(key, []).append(state)
            rows += [(request.value, _names(states), *key) for key, states in found.items()]
        return table(("request", "in state", "outcome", "while on another call"), rows)

    return made


def _when_pending(rules: Rules) -> Made:
    return lambda: table(
        ("pending", "request", "outcome"),
        [
            (pending.name, request.value, _outcome(outcome))
            for (pending, request), outcome in rules.when_pending.items()
        ],
    )


def _changes(rules: Rules) -> Made:
    def made() -> str:
        rows: list[Row] = []
        for happening in Input:
            found: dict[Move | Pend | Return, list[AgentState]] = {}
            for state in rules.states:
                if change := rules.changes.get((state, happening)):
                    found.setdefault(change, []).append(state)
            for change, states in found.items():
                rows.append((happening.value, _names(states), *_change(change)))
        return table(("what happens", "in state", "then", "reason"), rows)

    return made


def _change(change: Move | Pend | Return) -> tuple[str, str]:
    match change:
        case Move(to, reason):
            return to.name, _reason(reason)
        case Pend(to, reason):
            return f"pending {to.name}", _reason(reason)
        case Return():
            return "as before", "as before"


def _name(state: AgentState | None) -> str:
    return "nothing" if state is None else state.name


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _after_call(rules: Rules) -> Made:
    return lambda: table(
        ("automatic work", "pending", "automatic available", "then", "reason"),
        [
            (
                _yes(case.auto_work),
                _name(case.pending),
                _yes(case.automatic_available),
                move.to.name,
                _reason(move.reason),
            )
            for case, move in rules.after_call.items()
        ],
    )


def _after_work(rules: Rules) -> Made:
    return lambda: table(
        ("pending", "automatic available", "then", "reason"),
        [
            (_name(pending), _yes(available), move.to.name, _reason(move.reason))
            for (pending, available), move in rules.after_work.items()
        ],
    )


def _call_requests() -> str:
    return table(
        ("request", "possible in", "otherwise"),
        [
            (
                request.value,
                ", ".join(state.name for state in sorted(possible)),
                f"{code:d} {code.name}",
            )
            for request, (possible, code) in control.REFUSALS.items()
        ],
    )


def _two_call_requests() -> str:
    return table(
        ("request and call", "possible in", "otherwise"),
        [
            (
                role.value,
                ", ".join(state.name for state in sorted(possible)),
                f"{code:d} {code.name}",
            )
            for role, (possible, code) in two_calls.REFUSALS.items()
        ],
    )


def _transitions(found: Mapping[Any, frozenset[Any]]) -> str:
    return table(
        ("state", "value", "may become"),
        [
            (
                state.name,
                f"{state:d}",
                ", ".join(s.name for s in sorted(following)) or "nothing: final",
            )
            for state, following in found.items()
        ],
    )


def _numbers(kind: type[Enum]) -> Callable[[], str]:
    def made() -> str:
        rows = [(str(member.value), member.name) for member in kind]
        half = -(-len(rows) // 2)
        left, right = rows[:half], rows[half:] + [("", "")] * (half - len(rows[half:]))
        return table(
            ("number", "name", "number ", "name "),
            [(*a, *b) for a, b in zip(left, right, strict=True)],
        )

    return made


def _metrics() -> str:
    rows: list[Row] = [
        (
            f"``{PREFIX}{family.name}{'_total' if kind == 'counter' else ''}``",
            kind,
            ", ".join(family.labels),
            family.help,
        )
        for source in sources()
        for family in source
        for kind in ["histogram" if isinstance(family, Histogram) else family.kind.value]
    ]
    return table(("name", "kind", "labels", "what it is"), rows)


def _resources() -> str:
    routes = (*RESOURCES, *DESCRIPTION)
    tested: dict[tuple[str, str], set[str]] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        for exchange in exchanges(path):
            if route := route_of(exchange, routes):
                tested.setdefault((route.method, route.path), set()).add(path.name)
    rows: list[Row] = [
        (
            route.method,
            route.path,
            ", ".join(asker.value for asker in route.who) or "nobody",
            " ".join(
                [str(route.status), f"``{route.response.__name__}``" if route.response else ""]
            ).strip(),
            ", ".join(sorted(tested.get((route.method, route.path), ()))),
        )
        for route in routes
    ]
    return table(("Method", "Path", "Who", "Answer", "Tested by"), rows)


def _finesse_js() -> str:
    text = files("finesse_tx.desktop").joinpath("finesse_js_api", "api.json").read_text("utf-8")
    rows: list[Row] = []
    for path, members in json.loads(text).items():
        missing = [name for name, is_present in members.items() if not is_present]
        rows.append(
            (f"``{path}``", str(len(members) - len(missing)), ", ".join(missing) or "nothing")
        )
    return table(("documented", "present", "missing"), rows)


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    **{
        f"{personality.value} {name}": make(rules)
        for personality, rules in RULES.items()
        for name, make in (
            ("requests", _requests),
            ("when pending", _when_pending),
            ("changes", _changes),
            ("after call", _after_call),
            ("after work", _after_work),
        )
    },
    "finesse.js": _finesse_js,
    "call requests": _call_requests,
    "two calls": _two_call_requests,
    "Provider": lambda: _transitions(telephony.PROVIDER),
    "Call": lambda: _transitions(telephony.CALL),
    "Connection": lambda: _transitions(telephony.CONNECTION),
    "TerminalConnection": lambda: _transitions(telephony.TERMINAL_CONNECTION),
    "CallControlConnection": lambda: _transitions(telephony.CALL_CONTROL_CONNECTION),
    "CallControlTerminalConnection": lambda: _transitions(
        telephony.CALL_CONTROL_TERMINAL_CONNECTION
    ),
    "Media": lambda: _transitions(telephony.MEDIA),
    "metrics": _metrics,
    "resources": _resources,
    "events": _numbers(EventID),
    "causes": _numbers(Cause),
    "meta codes": _numbers(MetaCode),
    **{name: partial(_made, make) for name, make in AXL.items()},
}
"""Every table, by the name under which a document asks for it."""

_PLACE: Final = re.compile(
    r"(?P<head>\.\. table (?P<name>.+)\n)(?:.*\n)*?(?P<tail>\.\. end of table\n)"
)


def filled(text: str) -> str:
    """A document's text with its tables as they should be now."""
    return _PLACE.sub(lambda m: f"{m['head']}\n{TABLES[m['name']]()}\n\n{m['tail']}", text)


def names(text: str) -> Iterator[str]:
    """The tables that a document asks for."""
    return (match["name"] for match in _PLACE.finditer(text))


if __name__ == "__main__":
    for document in DOCUMENTS:
        document.write_text(filled(document.read_text()))
