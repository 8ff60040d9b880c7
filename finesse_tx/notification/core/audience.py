"""Who gets an event: each session once, however many subscriptions it has.

Automatic subscriptions are not stored. A node that belongs to one person has that person's login id as a part of
its path, so the path itself says whom to ask about; a node that many receive without asking, such as SystemInfo,
is noticed when they connect. Ten thousand people with five automatic nodes each cost nothing until one of the
nodes is published to.

Spec: ``notifications.md`` §4.1 and §4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from finesse_tx.notification.core.options import DEFAULT
from finesse_tx.notification.core.sessions import Session, Sessions, User
from finesse_tx.notification.core.subscriptions import Subscription, Subscriptions
from finesse_tx.xmltext import escape

__all__ = ["audience", "subscribed", "subscribers"]


def audience(
    node: str,
    sessions: Sessions,
    subscriptions: Subscriptions,
    automatic_nodes: Callable[[str], tuple[str, ...]],
) -> dict[Session, bytes]:
    """Find the recipients of what is published to ``node``.

    Returns:
        For each session the address to write into ``to``, escaped: that of its subscription.
    """
    found: dict[Session, bytes] = {}
    for user in _automatic(node, sessions, automatic_nodes):
        for session in user.sessions.values():
            if session.receives:
                found[session] = session.to
    return subscribers(node, sessions, subscriptions, found)


def subscribers(
    node: str,
    sessions: Sessions,
    subscriptions: Subscriptions,
    others: dict[Session, bytes] | None = None,
) -> dict[Session, bytes]:
    """Those who have asked for it: all recipients of a node that somebody created.

    Args:
        node: Its name.
        sessions: Who is connected.
        subscriptions: Who asked for what.
        others: Who gets it anyway; returned, with those who have asked after them.

    Returns:
        As `audience` does.
    """
    found: dict[Session, bytes] = {} if others is None else others
    person = sessions.person
    for subscription in subscriptions.on(node):
        if subscription.resource is not None or subscription.options is not DEFAULT:
            for session, to in subscribed(subscription, sessions):
                found.setdefault(session, to)
            continue
        user = person(subscription.login_id)  # nearly all: the same, without asking for anything
        if user is not None:
            for session in user.sessions.values():
                if session.receives and session not in found:
                    found[session] = session.to
    return found


def subscribed(subscription: Subscription, sessions: Sessions) -> Iterator[tuple[Session, bytes]]:
    """The sessions that one explicit subscription reaches, each with the address that is subscribed."""
    user = sessions.person(subscription.login_id)
    if user is None:
        return
    admits = subscription.options.admits
    if subscription.resource is None:
        for session in user.sessions.values():
            if session.receives and admits(session.show):
                yield session, session.to
    else:
        one = user.sessions.get(subscription.resource)
        if one is not None and one.receives and admits(one.show):
            yield one, escape(one.jid).encode()


def _automatic(
    node: str, sessions: Sessions, automatic_nodes: Callable[[str], tuple[str, ...]]
) -> Iterator[User]:
    if sessions.is_shared(node):
        yield from (user for user in sessions.users if node in user.shared)
    for part in node.split("/"):
        user = sessions.person(part) if part else None
        if user is not None and node in automatic_nodes(part):
            yield user
