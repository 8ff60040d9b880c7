"""Every way in which a publish-subscribe request can be refused, as XEP-0060 names them.

Each row is a stanza error (RFC 6120 §8.3.3), its type, and the condition that XEP-0060 puts beside it. The same
condition may have another type in another section: the section that defines a row is named in its comment.
"""

from __future__ import annotations

from enum import Enum

from finesse_tx.errors import RemoteProtocolError

__all__ = ["PubsubError", "Refusal"]


class Refusal(Enum):
    """Why not: the stanza error's condition, its type, the condition beside it, the feature that is not there."""

    # §6.1.3, subscribe
    INVALID_JID = ("bad-request", "modify", "invalid-jid")
    CLOSED_NODE = ("not-allowed", "cancel", "closed-node")
    FORBIDDEN = ("forbidden", "auth")
    TOO_MANY_SUBSCRIPTIONS = ("policy-violation", "wait", "too-many-subscriptions")
    NOT_FOUND = ("item-not-found", "cancel")
    # §6.2.3, unsubscribe
    NOT_SUBSCRIBED = ("unexpected-request", "cancel", "not-subscribed")
    INVALID_SUBID = ("not-acceptable", "modify", "invalid-subid")
    # §6.3.4, options
    NO_SUCH_SUBSCRIBER = ("unexpected-request", "modify", "not-subscribed")
    INVALID_OPTIONS = ("bad-request", "modify", "invalid-options")
    NO_OPTIONS = ("feature-not-implemented", "cancel", "unsupported", "subscription-options")
    # §7.1.3, publish
    NODE_ID_REQUIRED = ("bad-request", "modify", "nodeid-required")
    PAYLOAD_TOO_BIG = ("not-acceptable", "modify", "payload-too-big")
    INVALID_PAYLOAD = ("bad-request", "modify", "invalid-payload")
    ITEM_REQUIRED = ("bad-request", "modify", "item-required")
    PAYLOAD_REQUIRED = ("bad-request", "modify", "payload-required")
    ITEM_FORBIDDEN = ("bad-request", "modify", "item-forbidden")
    PRECONDITION_NOT_MET = ("conflict", "cancel", "precondition-not-met")
    MAX_ITEMS_EXCEEDED = ("not-allowed", "cancel", "max-items-exceeded")
    # §7.2.3, §8.5.3, retract and purge
    NO_PERSISTENT_ITEMS = ("feature-not-implemented", "cancel", "unsupported", "persistent-items")
    # §8.1, create
    NODE_EXISTS = ("conflict", "cancel")
    MAX_NODES_EXCEEDED = ("not-acceptable", "modify", "max-nodes-exceeded")
    UNSUPPORTED_ACCESS_MODEL = ("not-acceptable", "modify", "unsupported-access-model")
    NO_COLLECTIONS = ("feature-not-implemented", "cancel", "unsupported", "collections")
    # §8.2, configure; §8.8.3 and §8.9.3, manage
    NOT_ACCEPTABLE = ("not-acceptable", "modify")
    MALFORMED = ("bad-request", "modify")
    # what the service cannot hold
    NO_ROOM = ("resource-constraint", "wait")

    def __init__(self, condition: str, kind: str, detail: str = "", feature: str = "") -> None:
        self.condition = condition
        """The stanza error."""
        self.kind = kind
        """Its type."""
        self.detail = detail
        """The condition of XEP-0060 beside it; empty for none."""
        self.feature = feature
        """With ``unsupported``: which feature; empty where none has a name."""


class PubsubError(RemoteProtocolError):
    """A publish-subscribe request is refused.

    Attributes:
        refusal: Why.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal
