"""Scripts, triggers and the directory against each other: what is named must be there.

Spec: ``engine.md`` §3.5; the language is ``docs/scripts.rst``.
"""

from __future__ import annotations

import difflib
from collections.abc import Set

from finesse_tx.directory.core.records import Snapshot, Trigger
from finesse_tx.engine.core.scripts.reading import DEFAULT, queue_names, shown
from finesse_tx.engine.core.scripts.steps import Script
from finesse_tx.engine.core.scripts.triggers import CallTreatment, TriggerEntry, with_triggers
from finesse_tx.errors import ConfigError

__all__ = ["check_treatment"]


def check_treatment(treatment: CallTreatment, snapshot: Snapshot) -> Snapshot:
    """Check all of it.

    Returns:
        The directory with the triggers.

    Raises:
        ConfigError: A trigger names a script, a queue or a variable that there is not, has no application of its
            own, or a script names a queue that is not there.
    """
    known = {trigger.route_point for trigger in snapshot.triggers}
    csqs = {csq.name for csq in snapshot.csqs}
    for written in treatment.triggers:
        _check_entry(written, written.route_point in known, csqs)
    whole = with_triggers(snapshot, treatment.triggers)
    where = {entry.route_point: f"{entry.source}:{entry.line}" for entry in treatment.triggers}
    applications: dict[int, str] = {}
    for trigger in whole.triggers:
        source = where.get(trigger.route_point, "the directory")
        other = applications.setdefault(trigger.application_id, trigger.route_point)
        if other != trigger.route_point:
            raise ConfigError(
                source,
                f"trigger {trigger.route_point}",
                f"application {trigger.application_id} is trigger {other}'s",
                "give it another",
            )
        _check_script(_script(treatment, trigger, source), trigger, source, csqs)
    return whole


def _check_entry(written: TriggerEntry, is_known: bool, csqs: Set[str]) -> None:
    entry, source = written.entry, f"{written.source}:{written.line}"
    key = f"trigger.{written.route_point}"
    if not is_known and entry.application is None:
        raise ConfigError(
            source,
            key,
            "is not in the directory, and has no application",
            "add application = NUMBER, one that no other trigger has",
        )
    if entry.queue is not None and entry.queue not in csqs:
        raise ConfigError(
            source, f"{key}.queue", f'there is no queue "{entry.queue}"', _near(entry.queue, csqs)
        )


def _script(treatment: CallTreatment, trigger: Trigger, source: str) -> Script:
    script = treatment.scripts.get(trigger.script or DEFAULT)
    if script is None:
        raise ConfigError(
            source,
            f"trigger {trigger.route_point}",
            f'there is no script "{trigger.script}"',
            _near(trigger.script, set(treatment.scripts)),
        )
    return script


def _check_script(script: Script, trigger: Trigger, source: str, csqs: Set[str]) -> None:
    key = f"trigger {trigger.route_point}"
    if trigger.csq_id is None and not trigger.script:
        raise ConfigError(source, key, "has neither queue nor script", "give it one")
    for name, _ in trigger.variables:
        if name not in script.variables:
            raise ConfigError(
                source,
                key,
                f'script "{script.name}" has no variable "{name}"',
                f"add it to [script.{script.name}.variables] in {script.source}",
            )
    for path, line, name in queue_names(script):
        if name not in csqs:
            raise ConfigError(
                f"{script.source}:{line}",
                shown(path),
                f'there is no queue "{name}"',
                _near(name, csqs),
            )


def _near(name: str, names: Set[str]) -> str:
    """What may have been meant."""
    near = difflib.get_close_matches(name, names, 1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(names))}"
