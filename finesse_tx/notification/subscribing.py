"""What subscribing means here: to Finesse's own nodes, and to those that somebody created.

Spec: XEP-0060 §6.1; ``notifications.md`` §4.2 (automatic subscriptions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from finesse_tx.interfaces import INodePolicy
from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.notification.core.options import SubscriptionOptions, with_options
from finesse_tx.notification.core.refusals import PubsubError, Refusal
from finesse_tx.notification.core.subscriptions import Subscription, Subscriptions
from finesse_tx.notification.created_nodes import CreatedNodes

__all__ = ["AUTOMATIC_SUBID", "Subscribing"]

AUTOMATIC_SUBID = "automatic"
"""The identifier of every subscription that nobody made."""


class Subscribing:
    """Subscribes people.

    Args:
        policy: Who may see which of Finesse's own nodes.
        subscriptions: The explicit ones.
        created: The nodes that people created.
        new_id: Makes subscription identifiers.
    """

    def __init__(
        self,
        policy: INodePolicy,
        subscriptions: Subscriptions,
        created: CreatedNodes,
        new_id: Callable[[], str],
    ) -> None:
        self._policy, self._subscriptions = policy, subscriptions
        self._created, self._new_id = created, new_id

    def subscribe(
        self,
        login_id: str,
        resource: str | None,
        node: str,
        form: Mapping[str, Sequence[str]] | None,
    ) -> Subscription:
        """Subscribe.

        Args:
            login_id: Whom.
            resource: Of which session; None for all.
            node: To which node.
            form: The options that were asked for.

        Returns:
            The subscription, new or not.

        Raises:
            PubsubError: There is no such node, the person may not, or has too many; nothing has changed.
        """
        if node in self._created:
            return self._created.subscribe(login_id, resource, node, form)
        self.check(login_id, node)
        options = None if form is None else with_options(SubscriptionOptions(), form)
        if self.is_automatic(login_id, resource, node):
            return Subscription(login_id, resource, node, AUTOMATIC_SUBID)
        return self._subscriptions.subscribe(login_id, resource, node, self._new_id, options)

    def check(self, login_id: str, node: str) -> None:
        """See that a person may be subscribed to one of Finesse's nodes.

        Raises:
            PubsubError: There is no such node, or the person may not.
        """
        match self._policy.node_access(login_id, node):
            case NodeAccess.FORBIDDEN:
                raise PubsubError(Refusal.FORBIDDEN)
            case NodeAccess.NO_SUCH_NODE:
                raise PubsubError(Refusal.NOT_FOUND)
            case NodeAccess.ALLOWED:
                return

    def is_automatic(self, login_id: str, resource: str | None, node: str) -> bool:
        """Whether that subscription is there without being asked for."""
        return resource is None and node in self._policy.automatic_nodes(login_id)
