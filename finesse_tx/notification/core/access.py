"""The answer to "may this person subscribe to that node?"."""

from enum import Enum

__all__ = ["NodeAccess"]


class NodeAccess(Enum):
    """Who may do what is decided elsewhere (`finesse_tx.interfaces.INodePolicy`); this is what is decided.

    Spec: XEP-0060 §6.1.3, whose conditions for the last two are ``forbidden`` and ``item-not-found``.
    """

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    NO_SUCH_NODE = "no such node"
