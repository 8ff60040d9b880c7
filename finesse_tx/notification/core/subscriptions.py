"""Explicit subscriptions: who asked for which node.

A node is only its name here; whether it is computed from the directory (as all of Finesse's are) or was created by
someone makes no difference to a subscription. Automatic subscriptions are not in here at all: see `audience`.

Spec: XEP-0060 §6.1 and §6.2 (subscribe, unsubscribe), §12.4 (not more than one subscription for each address and
node, so a repeated request gets the same SubID); ``notifications.md`` §4.2 (which subscriptions outlive a session).
Left out: subscription options, approval, leases.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from finesse_tx.notification.core.errors import SubscriptionError

__all__ = ["MAX_PER_USER", "Subscription", "Subscriptions"]

MAX_PER_USER: Final = 512
"""How many explicit subscriptions one person may have: a supervisor of a large team, several times over."""

_Key = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription.

    Attributes:
        login_id: Whose.
        resource: Of which session; None for all of them.
        node: To which node.
        subid: Its identifier.
    """

    login_id: str
    resource: str | None
    node: str
    subid: str


class Subscriptions:
    """All explicit subscriptions."""

    def __init__(self, max_per_user: int = MAX_PER_USER) -> None:
        self._max_per_user = max_per_user
        self._by_node: dict[str, dict[_Key, Subscription]] = {}
        self._by_user: dict[str, dict[_Key, Subscription]] = {}

    def subscribe(
        self, login_id: str, resource: str | None, node: str, new_subid: Callable[[], str]
    ) -> Subscription:
        """Subscribe; who is subscribed already gets the same subscription again.

        Raises:
            SubscriptionError: ``policy-violation`` with ``too-many-subscriptions``.
        """
        key = (login_id, resource, node)
        mine = self._by_user.get(login_id, {})
        if found := mine.get(key):
            return found
        if len(mine) >= self._max_per_user:
            raise SubscriptionError("policy-violation", "too-many-subscriptions")
        made = Subscription(login_id, resource, node, new_subid())
        self._by_user.setdefault(login_id, {})[key] = made
        self._by_node.setdefault(node, {})[key] = made
        return made

    def unsubscribe(
        self, login_id: str, resource: str | None, node: str, subid: str | None = None
    ) -> None:
        """Unsubscribe.

        Raises:
            SubscriptionError: ``unexpected-request`` with ``not-subscribed``, or ``not-acceptable`` with
                ``invalid-subid``.
        """
        found = self._by_user.get(login_id, {}).get((login_id, resource, node))
        if found is None:
            raise SubscriptionError("unexpected-request", "not-subscribed")
        if subid and subid != found.subid:
            raise SubscriptionError("not-acceptable", "invalid-subid")
        self._drop(found)

    def of(self, login_id: str) -> tuple[Subscription, ...]:
        """All of one person, oldest first."""
        return tuple(self._by_user.get(login_id, {}).values())

    def on(self, node: str) -> Collection[Subscription]:
        """All to one node, oldest first. Do not keep it."""
        found = self._by_node.get(node)
        return found.values() if found else ()

    def session_ended(self, login_id: str, resource: str) -> None:
        """Forget what only that session asked for."""
        for subscription in self.of(login_id):
            if subscription.resource == resource:
                self._drop(subscription)

    def keep(self, login_id: str, allowed: Callable[[str], bool]) -> None:
        """Forget those to nodes that this person may no longer see: teams and roles change."""
        for subscription in self.of(login_id):
            if not allowed(subscription.node):
                self._drop(subscription)

    def _drop(self, subscription: Subscription) -> None:
        key = (subscription.login_id, subscription.resource, subscription.node)
        for index, name in (
            (self._by_user, subscription.login_id),
            (self._by_node, subscription.node),
        ):
            del index[name][key]
            if not index[name]:
                del index[name]
