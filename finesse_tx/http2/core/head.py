"""The heads of requests and answers: pseudo-header fields, and what HTTP/1.1 has that HTTP/2 has not.

Spec: RFC 9113 §8.2 (fields), §8.3 (pseudo-header fields); h2 has refused what is malformed before it comes here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from hpack import NeverIndexedHeaderTuple

__all__ = ["Fields", "Head", "answer_head", "read_head"]

Fields = list[tuple[bytes, bytes]]

CONNECTION_FIELDS: Final = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade")
)
"""What is about a connection of HTTP/1.1 and has no meaning here (§8.2.2)."""

UNREPEATED: Final = frozenset(
    (b"set-cookie", b"etag", b"content-length", b"location", b"requestid")
)
"""What is another with each answer, or a secret: not worth a place in the table of either side (RFC 7541 §7.1.3)."""


MAX_DIGITS: Final = 18
"""How long a Content-Length may be; h2 has compared it with what really comes, but not for ``HEAD``."""


class Head(NamedTuple):
    """The head of a request.

    Attributes:
        method: Such as ``GET``.
        target: Path and query; empty with ``CONNECT``, which has none.
        fields: The header fields, ``host`` among them.
    """

    method: bytes
    target: bytes
    fields: Fields

    @property
    def length(self) -> int | None:
        """The Content-Length, if it says one."""
        for name, value in self.fields:
            if name == b"content-length" and value.isdigit() and len(value) <= MAX_DIGITS:
                return int(value)
        return None

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for 100 before it sends the body."""
        return any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in self.fields
        )

    def sizes(self) -> list[int]:
        """How long each of its lines would be in HTTP/1.1, the first one included; that is what limits count."""
        return [
            len(self.method) + len(self.target) + len(b"  HTTP/1.1"),
            *(len(name) + len(b": ") + len(value) for name, value in self.fields),
        ]


def read_head(fields: Iterable[tuple[bytes, bytes]]) -> Head:
    """Read the fields of a request.

    Args:
        fields: As h2 gives them: pseudo-header fields first; ``:authority`` and ``host`` say the same where both are there.
    """
    pseudo: dict[bytes, bytes] = {}
    rest: Fields = []
    names = set()
    for name, value in fields:
        if name.startswith(b":"):
            pseudo[name] = value
        else:
            names.add(name)
            rest.append((name, value))
    authority = pseudo.get(b":authority")
    if authority is not None and b"host" not in names:
        rest.insert(0, (b"host", authority))
    return Head(pseudo[b":method"], pseudo.get(b":path", b""), rest)


def answer_head(code: int, fields: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Make the fields of an answer.

    Args:
        code: Its status.
        fields: As they would be in HTTP/1.1.
    """
    made: Fields = [(b":status", b"%d" % code)]
    for name, value in fields:
        lower = name.lower()
        if lower in UNREPEATED:
            made.append(NeverIndexedHeaderTuple(lower, value.strip()))
        elif lower not in CONNECTION_FIELDS:
            made.append((lower, value.strip()))
    return made
