"""What the elements of a stream are to its table, and what they ask for.

Spec: RFC 6120 §5 to §8 and XEP-0198 (the elements), RFC 7622 §3.4 (resources).
"""

from __future__ import annotations

from typing import Final

from twisted.words.protocols.jabber.xmpp_stringprep import resourceprep
from twisted.words.xish.domish import Element

from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import BIND, SASL, STREAM_MANAGEMENT, TLS
from finesse_tx.notification.core.sessions import BindError
from finesse_tx.notification.core.stream import Input
from finesse_tx.notification.sign_in import MECHANISMS
from finesse_tx.notification.stanzas import child

__all__ = ["MAX_RESOURCE_BYTES", "stream_input", "wanted_resource"]

MAX_RESOURCE_BYTES: Final = 1_023
"""The longest resource (RFC 7622 §3.4)."""

_STANZAS: Final = frozenset({"iq", "message", "presence"})

_MANAGEMENT: Final = {
    "enable": Input.ENABLE,
    "resume": Input.RESUME,
    "a": Input.ACK,
    "r": Input.ACK_REQUEST,
}


def stream_input(element: Element) -> Input:
    """What an element is to the table.

    Raises:
        StreamError: It is nothing that belongs in a stream.
    """
    match element.uri, element.name:
        case None, name if name in _STANZAS:
            about = child(element)
            is_bind = (
                name == "iq" and about is not None and (about.uri, about.name) == (BIND, "bind")
            )
            return Input.BIND if is_bind and element.getAttribute("type") == "set" else Input.STANZA
        case _ns, "auth" if _ns == SASL:
            is_bare = element.getAttribute("mechanism") in MECHANISMS and not str(element).strip()
            return Input.BARE_AUTH if is_bare else Input.AUTH
        case _ns, "response" if _ns == SASL:
            return Input.RESPONSE
        case _ns, "abort" if _ns == SASL:
            return Input.ABORT
        case _ns, "starttls" if _ns == TLS:
            return Input.STARTTLS
        case _ns, name if _ns == STREAM_MANAGEMENT and name in _MANAGEMENT:
            return _MANAGEMENT[name]
        case _:
            raise StreamError("unsupported-stanza-type", element.name)


def wanted_resource(element: Element) -> str:
    """The resource that a client asks for; empty when it does not care.

    Raises:
        BindError: ``jid-malformed``.
    """
    asked = next((str(node) for node in element.bind.elements(BIND, "resource")), "")
    if len(asked.encode()) > MAX_RESOURCE_BYTES:
        raise BindError("jid-malformed")
    try:
        resource: str = resourceprep.prepare(asked)
    except UnicodeError:
        raise BindError("jid-malformed") from None
    return resource
