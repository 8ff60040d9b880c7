"""Sealing of what administrators entrust to us: passwords of other systems, which must be told again one day.

Such a password cannot be hashed. It is encrypted (AES-256 in GCM) with a key that is in a file of the home folder and
not in the database: whoever has a copy of the database alone has no password. Each is bound to the object it belongs
to, so that one cannot be put in another's place.

Spec: NIST SP 800-38D (GCM); ``rest.md`` §12.2 (what is sealed).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from finesse_tx.errors import FinesseError

__all__ = ["NONCE_BYTES", "SEALED", "SETTINGS_KEY", "Sealer", "UnreadableError"]

SEALED: Final = "sealed:1:"
"""What a sealed text begins with; the number is the method's."""

SETTINGS_KEY: Final = "settings.key"
"""The file in the home folder with what the key is made of; nodes of one database need the same."""

NONCE_BYTES: Final = 12
"""What GCM needs for each text, never twice with one key."""


class UnreadableError(FinesseError):
    """A sealed text is not of this key, not of this object, or damaged.

    Attributes:
        name: The object's name.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"the password of {self.name} was sealed with another key"


class Sealer:
    """Seals and opens with one key.

    Args:
        secret: What the key is made of; at least as many random bytes.
        random_bytes: Makes nonces.
    """

    def __init__(self, secret: bytes, random_bytes: Callable[[int], bytes]) -> None:
        self._cipher = AESGCM(sha256(b"finesse_tx settings" + secret).digest())
        self._random_bytes = random_bytes

    def seal(self, name: str, text: str) -> str:
        """Seal a text of the object of that name."""
        nonce = self._random_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), name.encode())
        return SEALED + urlsafe_b64encode(sealed).decode()

    def open(self, name: str, text: str) -> str:
        """Open a text of the object of that name; one that is not sealed is as it was given.

        Raises:
            UnreadableError: It was sealed with another key, or for another object, or is damaged.
        """
        if not text.startswith(SEALED):
            return text
        try:
            sealed = urlsafe_b64decode(text.removeprefix(SEALED))
            nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return self._cipher.decrypt(nonce, rest, name.encode()).decode()
        except (InvalidTag, ValueError):
            raise UnreadableError(name) from None

    def opened(self, name: str, text: str) -> str:
        """The same; empty, as if there were none, where it cannot be opened."""
        try:
            return self.open(name, text)
        except UnreadableError:
            return ""
