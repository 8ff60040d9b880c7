"""SASL: the base64 around what a client sends to sign in, and PLAIN.

Spec: RFC 6120 §6.4 (base64; ``=`` for nothing), RFC 4616 (complete).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Final

from finesse_tx.notification.core.errors import SASLError

__all__ = ["MAX_BASE64", "PLAIN", "Credentials", "decoded", "plain"]

PLAIN: Final = "PLAIN"

MAX_BASE64: Final = 4_096
"""The longest sign-in, in base64 characters: room for an access token in the password's place."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who someone claims to be.

    Attributes:
        authzid: The address to act as; empty for one's own.
        authcid: The name to sign in with.
        password: As typed; never printed.
    """

    authzid: str
    authcid: str
    password: str = field(repr=False)


def decoded(text: str) -> bytes:
    """Read the content of ``<auth/>`` or ``<response/>``.

    Raises:
        SASLError: ``incorrect-encoding``, or ``malformed-request`` where there is too much.
    """
    text = text.strip()
    if len(text) > MAX_BASE64:
        raise SASLError("malformed-request", "too long")
    if text == "=":
        return b""
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SASLError("incorrect-encoding", "not base64") from None


def plain(message: bytes) -> Credentials:
    """Read a message of PLAIN.

    Args:
        message: ``[authzid] NUL authcid NUL password`` in UTF-8.

    Raises:
        SASLError: ``malformed-request``, or ``incorrect-encoding`` for what is no UTF-8.
    """
    try:
        fields = message.decode().split("\0")
    except UnicodeDecodeError:
        raise SASLError("incorrect-encoding", "not UTF-8") from None
    if len(fields) != 3 or not fields[1] or not fields[2]:
        raise SASLError("malformed-request", "not [authzid] NUL authcid NUL password")
    return Credentials(*fields)
