"""The rule of `finesse_tx.webservices.core.access`, for the notification service."""

from __future__ import annotations

from zope.interface import implementer

from finesse_tx.directory.core.records import Role
from finesse_tx.interfaces import IDirectory, INodePolicy
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.webservices.core import access

__all__ = ["NodePolicy"]


@implementer(INodePolicy)
class NodePolicy:
    """Who may subscribe to what, by the directory as of now.

    Args:
        directory: Who works here.
        has_media: Whether there are media besides voice, of which agents are told without asking.
    """

    def __init__(self, directory: IDirectory, *, has_media: bool = False) -> None:
        self._directory, self._has_media = directory, has_media

    def node_access(self, login_id: str, node: str) -> NodeAccess:
        """Whether that person may subscribe to that node."""
        return access.node_access(self._directory.snapshot(), login_id, node)

    def automatic_nodes(self, login_id: str) -> tuple[str, ...]:
        """The nodes that this person's sessions receive without asking."""
        return access.automatic_nodes(
            self._directory.snapshot(), login_id, has_media=self._has_media
        )

    def may_create_nodes(self, login_id: str) -> bool:
        """Administrators may."""
        person = self._directory.snapshot().person(login_id)
        return person is not None and Role.ADMINISTRATOR in person.roles
