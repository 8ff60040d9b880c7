"""The configuration of a node, and what a form of XEP-0004 says of it.

Spec: XEP-0060 §8.2 (configure), §16.4.4 (the names, types and values of the fields). The access models
``authorize``, ``presence`` and ``roster`` are left out: nobody here has a roster to build them on. So is the last
item at each presence: clients of Finesse send presence often, and ask for items when they want them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from finesse_tx.notification.core.forms import PREFIX, FieldType, Setting, Value, changes
from finesse_tx.notification.core.refusals import PubsubError, Refusal

__all__ = ["FIELDS", "MAX_ITEMS", "MAX_PAYLOAD_BYTES", "NodeConfig", "configured"]

MAX_ITEMS: Final = 1_000
"""The most items that one node keeps: what ``max`` means in a form."""

MAX_PAYLOAD_BYTES: Final = 65_536
"""The largest payload that a node takes."""


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """How a node behaves; each attribute is the field ``pubsub#`` and its name.

    Attributes:
        title: For people to read.
        description: For people to read.
        access_model: Who may subscribe: ``open``, everybody who is not an outcast, or ``whitelist``, members.
        publish_model: Who may publish: ``publishers``, ``subscribers`` or ``open``, everybody.
        deliver_notifications: Whether subscribers are told of anything.
        deliver_payloads: Whether the payload goes with the notification.
        persist_items: Whether items are kept.
        max_items: How many.
        max_payload_size: The largest payload, in bytes.
        send_last_published_item: When a subscriber gets the last item again: ``never``, or ``on_sub``, when
            subscribing.
        notify_config: Whether subscribers are told of a change of this.
        notify_delete: Whether they are told of the node's end.
        notify_retract: Whether they are told of items that are retracted or purged.
        notification_type: The type of the messages: ``normal`` or ``headline``.
        type: The namespace that a payload must have; empty for any.
    """

    title: str = ""
    description: str = ""
    access_model: str = "open"
    publish_model: str = "publishers"
    deliver_notifications: bool = True
    deliver_payloads: bool = True
    persist_items: bool = True
    max_items: int = 20
    max_payload_size: int = MAX_PAYLOAD_BYTES
    send_last_published_item: str = "never"
    notify_config: bool = False
    notify_delete: bool = True
    notify_retract: bool = True
    notification_type: str = "normal"
    type: str = ""

    @property
    def values(self) -> dict[str, Value]:
        """By the name of the field."""
        return asdict(self)

    @property
    def is_transient_notification(self) -> bool:
        """Whether a publish has no item at all (§7.1.3.6)."""
        return not (self.persist_items or self.deliver_payloads)


FIELDS: Final[Mapping[str, Setting]] = {
    "title": Setting(FieldType.TEXT, "A short name for the node"),
    "description": Setting(FieldType.TEXT, "A description of the node"),
    "access_model": Setting(
        FieldType.LIST, "Who may subscribe and retrieve items", ("open", "whitelist")
    ),
    "publish_model": Setting(
        FieldType.LIST, "Who may publish", ("publishers", "subscribers", "open")
    ),
    "deliver_notifications": Setting(FieldType.BOOLEAN, "Whether to deliver event notifications"),
    "deliver_payloads": Setting(FieldType.BOOLEAN, "Whether to deliver payloads with them"),
    "persist_items": Setting(FieldType.BOOLEAN, "Whether to keep items"),
    "max_items": Setting(FieldType.TEXT, "The most items to keep", ("1", str(MAX_ITEMS))),
    "max_payload_size": Setting(
        FieldType.TEXT, "The largest payload in bytes", ("1", str(MAX_PAYLOAD_BYTES))
    ),
    "send_last_published_item": Setting(
        FieldType.LIST, "When to send the last item", ("never", "on_sub")
    ),
    "notify_config": Setting(
        FieldType.BOOLEAN, "Whether to tell subscribers of a new configuration"
    ),
    "notify_delete": Setting(
        FieldType.BOOLEAN, "Whether to tell subscribers of the node's deletion"
    ),
    "notify_retract": Setting(FieldType.BOOLEAN, "Whether to tell subscribers of items removed"),
    "notification_type": Setting(
        FieldType.LIST, "The type of the messages", ("normal", "headline")
    ),
    "type": Setting(FieldType.TEXT, "The namespace of the payload"),
}
"""The fields, in the order of the form."""


def configured(config: NodeConfig, form: Mapping[str, Sequence[str]]) -> NodeConfig:
    """Change a configuration as a form says; fields that are not known here change nothing (XEP-0004 §3.2).

    Args:
        config: As it is.
        form: The values of each field that was submitted.

    Raises:
        PubsubError: ``NO_COLLECTIONS``; ``UNSUPPORTED_ACCESS_MODEL``; ``NOT_ACCEPTABLE`` for another value that
            cannot be.
    """
    if list(form.get(f"{PREFIX}node_type", ["leaf"])) != ["leaf"]:
        raise PubsubError(Refusal.NO_COLLECTIONS)
    found = changes(FIELDS, form)
    if "access_model" in found and found["access_model"] is None:
        raise PubsubError(Refusal.UNSUPPORTED_ACCESS_MODEL)
    if None in found.values():
        raise PubsubError(Refusal.NOT_ACCEPTABLE)
    return replace(config, **found)  # type: ignore[arg-type]  # each is of its field's type: a test
