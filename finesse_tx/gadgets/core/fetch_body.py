"""An answer's body, as it comes: counted as it was sent and as it is once decoded, and never larger than allowed.

Spec: RFC 9110 §8.4.1.3 (gzip); RFC 1952 §2.2 (several members).
"""

from __future__ import annotations

import zlib
from typing import Final

from finesse_tx.gadgets.core.outbound import Refusal, Why

__all__ = ["Body"]

_GZIP: Final = 16 + zlib.MAX_WBITS


class Body:
    """Take a body up to ``limit`` bytes, decoded.

    Args:
        encoding: The answer's Content-Encoding; empty: none.
        limit: The most of either form, in bytes.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._limit, self._received, self._data = limit, 0, bytearray()
        name = encoding.strip().lower()
        self._is_known = name in {"", "identity", "gzip", "x-gzip"}
        self._gzip = zlib.decompressobj(_GZIP) if name in {"gzip", "x-gzip"} else None

    @property
    def received(self) -> int:
        """How many bytes came, as they were sent."""
        return self._received

    def begin(self, length: int | None) -> Refusal | None:
        """Look at what the headers promise, before any of it is waited for.

        Args:
            length: Content-Length; None: not given.
        """
        if not self._is_known:
            return Refusal(Why.ENCODING, "the answer has an encoding that was not asked for")
        if length is not None and length > self._limit:
            return self._too_large()
        return None

    def feed(self, data: bytes) -> Refusal | None:
        """Take a piece; a refusal when it is too much, or not what it should be."""
        self._received += len(data)
        if self._received > self._limit:
            return self._too_large()
        if self._gzip is None:
            self._data += data
            return None
        try:
            while data:
                if self._gzip.eof:
                    self._gzip = zlib.decompressobj(_GZIP)
                room = self._limit - len(self._data)
                self._data += self._gzip.decompress(data, room + 1)
                if len(self._data) > self._limit:
                    return self._too_large()
                data = self._gzip.unused_data or self._gzip.unconsumed_tail
        except zlib.error:
            return Refusal(Why.BROKEN, "the answer's gzip is broken")
        return None

    def end(self) -> bytes | Refusal:
        """The whole of it."""
        if self._gzip is not None and self._received and not self._gzip.eof:
            return Refusal(Why.BROKEN, "the answer's gzip ends early")
        return bytes(self._data)

    def _too_large(self) -> Refusal:
        return Refusal(Why.SIZE, f"the answer has more than {self._limit} bytes")
