"""The ``Authorization`` header: Basic or Bearer, for everything that asks for it.

Spec: ``rest.md`` §1.2; RFC 7617 (Basic), RFC 6750 (Bearer).
"""

from __future__ import annotations

import base64
import binascii

from finesse_tx.webservices.core.errors import authorization_failure

__all__ = ["basic", "bearer"]


def bearer(header: str | None) -> str:
    """The token of a Bearer header; empty for any other header."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def basic(header: str | None) -> tuple[str, str]:
    """The user name and the password of a Basic header.

    Raises:
        ApiError: 401: there is none, or it is not Basic.
    """
    scheme, _, credentials = (header or "").partition(" ")
    if scheme.lower() != "basic":
        raise authorization_failure("")
    try:
        raw = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise authorization_failure("") from None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # what browsers and old clients send for é
    username, colon, password = text.partition(":")
    if not colon or not username:
        raise authorization_failure(username)
    return username, password
