"""Who gets an event: each session once, however many subscriptions it has.

Automatic subscriptions are not stored. A node that belongs to one person has that person's login id as a part of
its path, so the path itself says whom to ask about; a node that many receive without asking, such as SystemInfo,
is noticed when they connect. Ten thousand people with five automatic nodes each cost nothing until one of the
nodes is published to.

Spec: ``notifications.md`` §4.1 and §4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from finesse_tx.notification.core.sessions import Session, Sessions, User
from finesse_tx.notification.core.subscriptions import Subscriptions
from finesse_tx.xmltext import escape

__all__ = ["audience"]


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
                found[session] = user.to
    for subscription in subscriptions.on(node):
        subscriber = sessions.person(subscription.login_id)
        if subscriber is None:
            continue
        if subscription.resource is None:
            for session in subscriber.sessions.values():
                if session.receives:
                    found.setdefault(session, subscriber.to)
        else:
            one = subscriber.sessions.get(subscription.resource)
            if one is not None and one.receives and one not in found:
                found[one] = escape(one.jid).encode()
    return found


def _automatic(
    node: str, sessions: Sessions, automatic_nodes: Callable[[str], tuple[str, ...]]
) -> Iterator[User]:
    if sessions.is_shared(node):
        yield from (user for user in sessions.users if node in user.shared)
    for part in node.split("/"):
        user = sessions.person(part) if part else None
        if user is not None and node in automatic_nodes(part):
            yield user
