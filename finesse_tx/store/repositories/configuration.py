"""The whole configuration, read at one moment, and another one taken in: all of it or nothing.

What may be is decided within the transaction, upon what is there then, as for the edits of the directory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from finesse_tx.configuration.core.campaigns import CampaignStep, campaign_audit
from finesse_tx.configuration.core.carrying import audited, resolved
from finesse_tx.configuration.core.document import (
    Configuration,
    DocumentRefusedError,
    Fault,
)
from finesse_tx.configuration.core.planning import MAX_EDITS, Import, planned, stand_ins
from finesse_tx.configuration.core.text import Source
from finesse_tx.directory.core.edits import Author, Edit, EditsRefusedError, Key
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.store.repositories.campaigns import (
    add_campaign,
    campaigns_with_customers,
    read_campaigns,
    remove_campaign,
    replace_campaign,
)
from finesse_tx.store.repositories.changes import add_audit_entry, apply_change
from finesse_tx.store.repositories.editing import edit_directory
from finesse_tx.store.repositories.settings import PASSWORD, Text, as_it_is, read_settings
from finesse_tx.store.repositories.snapshots import read_register
from finesse_tx.webservices.core.administration.changes import AuditEntry, Put, shown

__all__ = ["import_configuration", "read_configuration"]


def read_configuration(session: Session, opened: Text = as_it_is) -> Configuration:
    """All that is configured, but for people's passwords.

    Args:
        session: In a transaction.
        opened: Opens passwords of other systems.
    """
    return Configuration(
        read_register(session),
        read_settings(session, opened),
        read_campaigns(session),
        campaigns_with_customers(session),
    )


def import_configuration(
    session: Session,
    source: Source,
    author: Author,
    at: datetime,
    *,
    prune: bool = False,
    personality: str = "ccx",
    judge: Callable[[Snapshot], object] | None = None,
    opened: Text = as_it_is,
    sealed: Text = as_it_is,
) -> Import:
    """Let the configuration be as a document says.

    Args:
        session: In a transaction that may write.
        source: The document.
        author: Who wants it.
        at: When, in UTC.
        prune: Whether what it does not have goes.
        personality: ``ccx`` or ``cce``: which codes reasons may have.
        judge: Looks at what the directory would be, and raises `ConfigError` for what cannot be.
        opened: Opens passwords of other systems.
        sealed: Seals them.

    Returns:
        What was done.

    Raises:
        DocumentRefusedError: It cannot be taken in; nothing was changed.
        IntegrityError: It contradicts what is there.
    """
    there = read_configuration(session, opened)
    wanted = planned(source, there, prune=prune, personality=personality)
    first, last = wanted.edits[: wanted.last_edits], wanted.edits[wanted.last_edits :]

    def edit(edits: tuple[Edit, ...]) -> tuple[Key, ...]:
        try:
            return edit_directory(session, edits, author, at, judge, MAX_EDITS) if edits else ()
        except EditsRefusedError as error:  # by what only the store or the engine knows
            raise DocumentRefusedError([Fault("", str(one)) for one in error.faults]) from None

    ids = dict(stand_ins(first, edit(first)))
    for change_ in wanted.campaigns:
        _carry_out(session, change_.resolved(ids), author, at)
    edit(last)
    for step in wanted.steps:
        change = resolved(step.change, ids)
        action, uri, after = audited(change)
        entry = AuditEntry(
            at, author.login_id, author.peer, action, uri, shown(step.before), shown(after)
        )
        if isinstance(change, Put) and (password := getattr(change.value, PASSWORD, "")):
            assert change.value is not None, "it has a password"  # noqa: S101
            kept = {PASSWORD: sealed(change.name, password)}
            change = Put(change.name, msgspec.structs.replace(change.value, **kept))
        made = apply_change(session, change, entry)
        if step.stand_in:
            ids[type(after), step.stand_in] = made[0]
    return wanted


def _carry_out(session: Session, step: CampaignStep, author: Author, at: datetime) -> None:
    before, after = step.before, step.after
    if after is None:
        assert before is not None, "what is not there any more was"  # noqa: S101
        remove_campaign(session, before.id)
    elif before is None:
        after = replace(after, id=add_campaign(session, after))
    else:
        replace_campaign(session, after)
    add_audit_entry(session, campaign_audit(at, author.login_id, author.peer, before, after))
