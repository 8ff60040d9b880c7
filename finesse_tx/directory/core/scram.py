"""What a server keeps of a password to check SCRAM-SHA-256, which never shows it the password again.

The keys are derived with PBKDF2: slow by design, so `verifier` never runs in the reactor's thread. Checking a
sign-in takes two hashes.

Spec: RFC 5802 §3 (SaltedPassword, StoredKey, ServerKey), RFC 7677 (SHA-256, 4096 iterations or more), RFC 5803 (the
encoded form).
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac, sha256
from typing import Final

from finesse_tx.directory.core.saslprep import saslprep

__all__ = ["MIN_ITERATIONS", "SALT_BYTES", "ScramVerifier", "decoded", "made_up", "verifier"]

MIN_ITERATIONS: Final = 4_096
"""RFC 7677 §4."""

SALT_BYTES: Final = 16

_ENCODED: Final = re.compile(
    r"SCRAM-SHA-256\$([1-9]\d{3,8}):([A-Za-z0-9+/=]{4,88})\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)"
)


@dataclass(frozen=True, slots=True)
class ScramVerifier:
    """What is kept. Whoever has it can try passwords against it, as against a hash, and pose as the server.

    Attributes:
        salt: Of this password alone.
        iterations: How often PBKDF2 went round.
        stored_key: What the client's proof is checked with.
        server_key: What the server proves with that it knows the password too.
    """

    salt: bytes
    iterations: int
    stored_key: bytes = field(repr=False)
    server_key: bytes = field(repr=False)

    @property
    def encoded(self) -> str:
        """As one line: ``SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey``."""
        salt, stored, server = (
            b64encode(part).decode() for part in (self.salt, self.stored_key, self.server_key)
        )
        return f"SCRAM-SHA-256${self.iterations}:{salt}${stored}:{server}"


def decoded(text: str) -> ScramVerifier | None:
    """Read the encoded form; None for what is none."""
    found = _ENCODED.fullmatch(text)
    if found is None:
        return None
    try:
        salt, stored, server = (b64decode(part, validate=True) for part in found.groups()[1:])
    except ValueError:
        return None
    return ScramVerifier(salt, int(found[1]), stored, server)


def verifier(password: str, salt: bytes, iterations: int) -> ScramVerifier:
    """Derive the keys, which takes a while.

    A password that SASLprep does not allow (an emoji, for one) is taken as RFC 8265 §4.2 has it: clients that let
    it pass prepare it no further either.

    Args:
        password: As it was typed.
        salt: `SALT_BYTES` random bytes.
        iterations: `MIN_ITERATIONS` or more.
    """
    try:
        prepared = saslprep(password)
    except ValueError:
        prepared = unicodedata.normalize("NFC", password)
    salted = pbkdf2_hmac("sha256", prepared.encode("utf-8", "surrogatepass"), salt, iterations)
    return ScramVerifier(
        salt,
        iterations,
        sha256(hmac.digest(salted, b"Client Key", "sha256")).digest(),
        hmac.digest(salted, b"Server Key", "sha256"),
    )


def made_up(name: str, key: bytes, iterations: int) -> ScramVerifier:
    """A verifier for somebody who has none, or is nobody: no password is known for it.

    It is the same each time, so that asking twice does not tell who exists (RFC 5802 §9).

    Args:
        name: Who is meant; the same text for the same person.
        key: A secret, the same at each start.
        iterations: As of real ones.
    """

    def part(label: bytes) -> bytes:
        return hmac.digest(key, label + b"\0" + name.encode("utf-8", "surrogatepass"), "sha256")

    return ScramVerifier(part(b"salt")[:SALT_BYTES], iterations, part(b"stored"), part(b"server"))
