"""Who may do what: one rule for REST, for subscriptions and for whatever else shows a person's data.

Agents see themselves, supervisors their teams, administrators everything; nobody else anything.

Spec: ``rest.md`` §1.2 (roles), ``notifications.md`` §4.1 (nodes and who may subscribe).
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final

from finesse_tx.directory.core.records import Person, Role, Snapshot
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.webservices.core import updates

__all__ = ["Relation", "automatic_nodes", "node_access", "relation"]


class Relation(Enum):
    """What somebody is to a user."""

    SELF = auto()
    SUPERVISOR = auto()
    ADMINISTRATOR = auto()
    STRANGER = auto()


def relation(viewer: Person, target: Person, snapshot: Snapshot) -> Relation:
    """What ``viewer`` is to ``target``; the closest that applies."""
    if viewer.login_id == target.login_id:
        return Relation.SELF
    if target.team_id in snapshot.supervised_by(viewer.login_id):
        return Relation.SUPERVISOR
    if Role.ADMINISTRATOR in viewer.roles:
        return Relation.ADMINISTRATOR
    return Relation.STRANGER


_USER_NODE: Final = re.compile(
    r"/finesse/api/User/(?P<user>[^/]+)"
    r"(?P<own>/Queues|/ClientLog|/Media(/[0-9]+)?|/Dialogs/Media)?(?P<team>/Dialogs)?"
)
"""A user's nodes; those named ``own`` are that user's business alone."""

_TEAM_NODE: Final = re.compile(
    r"/finesse/api/Team/(?P<team>[0-9]{1,9})/(?P<kind>Users|TeamMessages?)"
)
_QUEUE_NODE: Final = re.compile(r"/finesse/api/Queue/(?P<queue>[0-9]{1,9})")


def node_access(snapshot: Snapshot, login_id: str, node: str) -> NodeAccess:
    """Whether that person may subscribe to that node."""
    viewer = snapshot.person(login_id)
    if viewer is None:
        return NodeAccess.FORBIDDEN
    if node == updates.SYSTEM_INFO:
        return NodeAccess.ALLOWED
    if match := _USER_NODE.fullmatch(node):
        if match["own"] and match["team"]:
            return NodeAccess.NO_SUCH_NODE
        return _user_node(snapshot, viewer, match["user"], own=bool(match["own"]))
    if match := _TEAM_NODE.fullmatch(node):
        return _team_node(snapshot, viewer, int(match["team"]), members=match["kind"] != "Users")
    if match := _QUEUE_NODE.fullmatch(node):
        if not any(csq.id == int(match["queue"]) for csq in snapshot.csqs):
            return NodeAccess.NO_SUCH_NODE
        return _allowed(viewer.is_agent or Role.ADMINISTRATOR in viewer.roles)
    return NodeAccess.NO_SUCH_NODE


def automatic_nodes(
    snapshot: Snapshot, login_id: str, *, has_media: bool = False
) -> tuple[str, ...]:
    """The nodes that a person's sessions receive without asking; empty for a stranger.

    Args:
        snapshot: The directory.
        login_id: Who.
        has_media: Whether there are media besides voice.
    """
    person = snapshot.person(login_id)
    if person is None:
        return ()
    if not person.is_agent:
        return (updates.SYSTEM_INFO,)
    own = person.login_id
    nodes = (updates.user_uri(own), updates.dialogs_uri(own), updates.SYSTEM_INFO)
    if not has_media:
        return nodes
    return (*nodes, updates.media_list_uri(own), updates.task_dialogs_node(own))


def _user_node(snapshot: Snapshot, viewer: Person, login_id: str, *, own: bool) -> NodeAccess:
    target = snapshot.person(login_id)
    if target is None or not target.is_agent or target.login_id != login_id:
        return NodeAccess.NO_SUCH_NODE
    found = relation(viewer, target, snapshot)
    return _allowed(found is Relation.SELF or (found is not Relation.STRANGER and not own))


def _team_node(snapshot: Snapshot, viewer: Person, team_id: int, *, members: bool) -> NodeAccess:
    if snapshot.team(team_id) is None:
        return NodeAccess.NO_SUCH_NODE
    return _allowed(
        team_id in snapshot.supervised_by(viewer.login_id)
        or Role.ADMINISTRATOR in viewer.roles
        or (members and viewer.team_id == team_id)
    )


def _allowed(is_allowed: bool) -> NodeAccess:
    return NodeAccess.ALLOWED if is_allowed else NodeAccess.FORBIDDEN
