"""Hashing passwords, with argon2id. Slow by design: never in the reactor's thread.

Spec: RFC 9106 (argon2), RFC 8265 §4.2 (the same password typed on two keyboards: NFC).
"""

from __future__ import annotations

import base64
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from twisted.logger import Logger

from finesse_tx.config import SecurityConfig

__all__ = ["MAX_PASSWORD", "Passwords"]

MAX_PASSWORD: Final = 1_024
"""A password of more characters is never right, and its check costs nothing."""

_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_DECODING_FAILED: Final = "Decoding failed"  # libargon2's words


class Passwords:
    """Makes and checks encoded hashes; any thread may call it.

    Args:
        config: argon2's parameters.
    """

    log = Logger()

    def __init__(self, config: SecurityConfig) -> None:
        self._hasher = PasswordHasher(
            time_cost=config.argon2_iterations,
            memory_cost=config.argon2_memory_kib,
            parallelism=config.argon2_lanes,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )

    def hash(self, password: str) -> str:
        """The encoded hash of a password, with a salt of its own."""
        return self._hasher.hash(_prepared(password))

    def verify(self, encoded: str, password: str) -> bool:
        """Whether that is the password; takes as long when it is not.

        Raises:
            VerificationError: It could not be found out.
        """
        try:
            return self._hasher.verify(encoded, _prepared(password))
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as error:
            if isinstance(error, VerificationError) and str(error) != _DECODING_FAILED:
                raise  # no memory, for one; that says nothing about the password
            self.log.error("a stored password hash is damaged: set that person's password anew")
            return False

    def outdated(self, encoded: str) -> bool:
        """Whether the configuration has other parameters than this hash was made with."""
        return self._hasher.check_needs_rehash(encoded)

    def nobodys(self, random: bytes) -> str:
        """An encoded hash that no password is known for, to check the passwords of unknown names against.

        Args:
            random: 48 bytes.
        """
        salt, tag = random[:_SALT_BYTES], random[_SALT_BYTES:]
        parameters = (
            f"m={self._hasher.memory_cost},t={self._hasher.time_cost},p={self._hasher.parallelism}"
        )
        return f"$argon2id$v=19${parameters}${_base64(salt)}${_base64(tag)}"


def _prepared(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii").rstrip("=")
