"""SASL PLAIN: what a client sends to sign in.

Spec: RFC 4616 (complete), RFC 6120 §6.4 (the base64 around it).
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Final

from finesse_tx.notification.core.errors import SASLError

__all__ = ["MAX_BASE64", "Credentials", "plain"]

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


def plain(text: str) -> Credentials:
    """Read the content of ``<auth mechanism="PLAIN">`` or of the ``<response>`` after it.

    Args:
        text: Base64 of ``[authzid] NUL authcid NUL password`` in UTF-8.

    Raises:
        SASLError: ``incorrect-encoding`` or ``malformed-request``.
    """
    text = text.strip()
    if len(text) > MAX_BASE64:
        raise SASLError("malformed-request", "too long")
    try:
        message = b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        raise SASLError("incorrect-encoding", "not base64 of UTF-8") from None
    fields = message.split("\0")
    if len(fields) != 3 or not fields[1] or not fields[2]:
        raise SASLError("malformed-request", "not [authzid] NUL authcid NUL password")
    return Credentials(*fields)
