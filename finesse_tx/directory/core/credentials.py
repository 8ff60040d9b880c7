"""Remembering which credentials were right, without remembering any.

What is kept is a keyed digest of the login id, the stored hash and the password: of no use without the key,
which lives only as long as the process, and worthless the moment the stored hash changes.

Spec: ``rest.md`` §1.2: verified credentials are believed for 30 minutes.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b

__all__ = ["CredentialCache"]


class CredentialCache:
    """Credentials that were right not long ago.

    Args:
        key: Random, 32 bytes to 64.
        lifetime_s: How long, from the check and not from the last use; 0: not at all.
        capacity: How many; beyond it, the oldest are forgotten.
    """

    def __init__(self, key: bytes, lifetime_s: float, capacity: int) -> None:
        self._key, self._lifetime_s, self._capacity = key, lifetime_s, capacity
        self._until_s: OrderedDict[bytes, float] = OrderedDict()  # by age, so by expiry as well

    def __len__(self) -> int:
        return len(self._until_s)

    def digest(self, login_id: str, encoded: str, password: str) -> bytes:
        """What stands for these credentials.

        Args:
            login_id: Whose.
            encoded: The stored hash.
            password: As it was typed.
        """
        # The lengths keep apart what would read the same in a row. Every request comes here.
        message = f"{len(login_id)},{len(encoded)},{login_id}{encoded}{password}"
        return blake2b(
            message.encode("utf-8", "surrogatepass"), key=self._key, digest_size=32
        ).digest()

    def holds(self, digest: bytes, now: float) -> bool:
        """Whether those credentials were right, not too long ago."""
        until_s = self._until_s.get(digest)
        return until_s is not None and now < until_s

    def add(self, digest: bytes, now: float) -> None:
        """Those credentials are right, as of now."""
        self._until_s[digest] = now + self._lifetime_s
        self._until_s.move_to_end(digest)
        while self._until_s:
            oldest, until_s = next(iter(self._until_s.items()))
            if until_s > now and len(self._until_s) <= self._capacity:
                break
            del self._until_s[oldest]
