"""People and teams that the configuration mentions by name: a mistyped one is no error, and never has an effect."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Final

from finesse_tx.config import Config
from finesse_tx.directory.core.records import Snapshot

__all__ = ["unknown_mentions"]

ALIKE: Final = 0.75
"""How much a name must be like another to be meant: two letters that have changed places, and no mere end."""


def unknown_mentions(config: Config, snapshot: Snapshot) -> Iterator[str]:
    """Say who is mentioned and not there (yet), a line each, with the key and what may be meant.

    Args:
        config: The configuration.
        snapshot: The directory. Where another one tells of people as well, who is not in it may still come.
    """
    teams = {team.name for team in snapshot.teams}
    people = {person.login_id for person in snapshot.people}
    for key, mentioned in (
        ("presence.teams", config.presence.teams),
        *((f"tasks.domains.{name}.teams", one.teams) for name, one in config.tasks.domains.items()),
        ("directory.team", filter(None, [config.directory.team])),
    ):
        yield from _unknown(key, mentioned, teams, "team")
    if config.directory.provider != "local":
        return
    for key, mentioned in (
        ("sso.users", config.sso.users),
        ("axl.full_access", config.axl.full_access),
        ("axl.read_only", config.axl.read_only),
        ("tasks.submitters", config.tasks.submitters),
    ):
        yield from _unknown(key, mentioned, people, "person")


def _unknown(key: str, mentioned: Iterable[str], known: set[str], what: str) -> Iterator[str]:
    for name in mentioned:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, ALIKE)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield f"{key}: there is no {what} {name} yet{hint}"
