"""What clients are told after an outage: from what they saw last to what is there now.

Spec: ``notifications.md`` §7.9 (the last state of every user again: user PUT, dialogs as POST), §5.1 (a POST for what
a client has already is a change), §7.4 (what is there comes before what is gone).
"""

from __future__ import annotations

from collections.abc import Iterator

from finesse_tx.webservices.core.changes import (
    Change,
    DialogChange,
    MemberChange,
    QueueChange,
    UserChange,
    queues_change,
)
from finesse_tx.webservices.core.model import Model
from finesse_tx.webservices.core.objects import Dialog
from finesse_tx.webservices.core.updates import Event

__all__ = ["differences"]


def differences(before: Model, now: Model, *, replay: bool) -> Iterator[Change]:
    """Compare two models; each object is named once at most.

    Args:
        before: What clients have been told; a model that nobody has seen, before the first session.
        now: What is there, complete.
        replay: Whether what has not changed is told again, for everyone who is signed in.

    Returns:
        Changes that make of the one what the other is, user by user: the user, what is there, what is gone.
    """
    for login_id in before.agents:
        if login_id not in now.agents:
            yield from _lost(before, now, login_id)
            if (user := before.user_change(login_id, "DELETE")) is not None:
                yield user
    for csq_id in before.queues.keys() - now.queues.keys():
        yield QueueChange(csq_id, "DELETE")
    is_first = not before.agents
    for login_id in now.agents:
        if is_first:
            yield from _all(now, login_id)
        else:
            yield from _user(before, now, login_id, replay=replay)
            was = before.agents[login_id].csq_ids if login_id in before.agents else ()
            yield from queues_change(login_id, was, now.agents[login_id].csq_ids)
            yield from _dialogs(before, now, login_id, replay=replay)
            yield from _lost(before, now, login_id)


def _all(now: Model, login_id: str) -> Iterator[Change]:
    """Nobody has seen anything: whoever is signed in has changed, and every dialog is new."""
    user = now.user_change(login_id, "PUT")
    if user is not None and now.agents[login_id].is_signed_in:
        yield user
    for dialog in now.dialogs(login_id):
        yield _change(now, login_id, "POST", dialog)


def _user(before: Model, now: Model, login_id: str, *, replay: bool) -> Iterator[Change]:
    was, user = before.user_change(login_id, "PUT"), now.user_change(login_id, "PUT")
    if user is None:
        return
    if was is None:
        yield UserChange(login_id, "POST", user.user, user.member, user.team_id)
        return
    if was.team_id != user.team_id:
        if was.team_id is not None:
            yield MemberChange(login_id, "DELETE", user.member, was.team_id)
        yield UserChange(login_id, "PUT", user.user, user.member, None)
        if user.team_id is not None:
            yield MemberChange(login_id, "POST", user.member, user.team_id)
    elif was != user or (replay and now.agents[login_id].is_signed_in):
        yield user


def _dialogs(before: Model, now: Model, login_id: str, *, replay: bool) -> Iterator[Change]:
    known = {dialog.id: dialog for dialog in before.dialogs(login_id)}
    for dialog in now.dialogs(login_id):
        if dialog.id not in known or replay:
            yield _change(now, login_id, "POST", dialog)
        elif known[dialog.id] != dialog:
            yield _change(now, login_id, "PUT", dialog)


def _lost(before: Model, now: Model, login_id: str) -> Iterator[Change]:
    there = {dialog.id for dialog in now.dialogs(login_id)}
    for dialog in before.dialogs(login_id):
        if dialog.id not in there:
            yield DialogChange(login_id, "DELETE", dialog)


def _change(now: Model, login_id: str, event: Event, dialog: Dialog) -> DialogChange:
    is_own = now.agents[login_id].extension == dialog.from_address
    return DialogChange(login_id, event, dialog, is_own)
