"""Proving to a server that one knows the secret.

Spec: XEP-0114 §3, examples 3 and 4: the hash of the stream's id and the secret, in lower-case hexadecimal digits.
"""

from __future__ import annotations

from hashlib import sha1

__all__ = ["handshake"]


def handshake(stream_id: str, secret: str) -> str:
    """The text of ``<handshake/>``.

    Args:
        stream_id: The ``id`` of the server's stream header, as it is after XML's escaping is undone.
        secret: What both sides know.
    """
    return sha1((stream_id + secret).encode(), usedforsecurity=False).hexdigest()
