"""Explicit subscriptions: who asked for which node.

A node is only its name here; whether it is computed from the directory (as all of Finesse's are) or was created by
someone makes no difference to a subscription. Automatic subscriptions are not in here at all: see `audience`.

Spec: XEP-0060 §6.1 and §6.2 (subscribe, unsubscribe), §12.4 (not more than one subscription for each address and
node, so a repeated request gets the same SubID); ``notifications.md`` §4.2 (which subscriptions outlive a session).
Left out: approval, leases.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from finesse_tx.notification.core.options import DEFAULT, SubscriptionOptions
from finesse_tx.notification.core.refusals import PubsubError, Refusal

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
        options: How it is served.
    """

    login_id: str
    resource: str | None
    node: str
    subid: str
    options: SubscriptionOptions = DEFAULT


class Subscriptions:
    """All explicit subscriptions."""

    def __init__(self, max_per_user: int = MAX_PER_USER) -> None:
        self._max_per_user = max_per_user
        self._by_node: dict[str, dict[_Key, Subscription]] = {}
        self._by_user: dict[str, dict[_Key, Subscription]] = {}

    def __len__(self) -> int:
        """How many there are."""
        return sum(map(len, self._by_user.values()))

    def subscribe(
        self,
        login_id: str,
        resource: str | None,
        node: str,
        new_subid: Callable[[], str],
        options: SubscriptionOptions | None = None,
    ) -> Subscription:
        """Subscribe; who is subscribed already keeps the subscription, and its options unless there are others.

        Raises:
            PubsubError: ``TOO_MANY_SUBSCRIPTIONS``.
        """
        mine = self._by_user.get(login_id, {})
        found = mine.get((login_id, resource, node))
        if found is not None:
            return found if options is None else self._put(replace(found, options=options))
        if len(mine) >= self._max_per_user:
            raise PubsubError(Refusal.TOO_MANY_SUBSCRIPTIONS)
        made = Subscription(login_id, resource, node, new_subid())
        return self._put(made if options is None else replace(made, options=options))

    def unsubscribe(
        self, login_id: str, resource: str | None, node: str, subid: str | None = None
    ) -> None:
        """Unsubscribe.

        Raises:
            PubsubError: ``NOT_SUBSCRIBED`` or ``INVALID_SUBID``.
        """
        found = self.get(login_id, resource, node)
        if found is None:
            raise PubsubError(Refusal.NOT_SUBSCRIBED)
        if subid and subid != found.subid:
            raise PubsubError(Refusal.INVALID_SUBID)
        self.drop(found)

    def configure(
        self,
        login_id: str,
        resource: str | None,
        node: str,
        options: SubscriptionOptions,
        subid: str | None = None,
    ) -> None:
        """Change how a subscription is served (§6.3).

        Raises:
            PubsubError: ``NO_SUCH_SUBSCRIBER`` or ``INVALID_SUBID``.
        """
        self._put(replace(self.find(login_id, resource, node, subid), options=options))

    def find(
        self, login_id: str, resource: str | None, node: str, subid: str | None = None
    ) -> Subscription:
        """The subscription that a request about options means (§6.3.4).

        Raises:
            PubsubError: ``NO_SUCH_SUBSCRIBER`` or ``INVALID_SUBID``.
        """
        found = self.get(login_id, resource, node)
        if found is None:
            raise PubsubError(Refusal.NO_SUCH_SUBSCRIBER)
        if subid and subid != found.subid:
            raise PubsubError(Refusal.INVALID_SUBID)
        return found

    def get(self, login_id: str, resource: str | None, node: str) -> Subscription | None:
        """The subscription of that address to that node, if there is one."""
        return self._by_user.get(login_id, {}).get((login_id, resource, node))

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
                self.drop(subscription)

    def keep(self, login_id: str, allowed: Callable[[str], bool]) -> None:
        """Forget those to nodes that this person may no longer see: teams and roles change."""
        for subscription in self.of(login_id):
            if not allowed(subscription.node):
                self.drop(subscription)

    def drop(self, subscription: Subscription) -> None:
        """Forget one."""
        key = (subscription.login_id, subscription.resource, subscription.node)
        for index, name in (
            (self._by_user, subscription.login_id),
            (self._by_node, subscription.node),
        ):
            del index[name][key]
            if not index[name]:
                del index[name]

    def _put(self, subscription: Subscription) -> Subscription:
        key = (subscription.login_id, subscription.resource, subscription.node)
        self._by_user.setdefault(subscription.login_id, {})[key] = subscription
        self._by_node.setdefault(subscription.node, {})[key] = subscription
        return subscription
