"""Which headers go out with a fetch for a gadget, and which of the answer's come back.

Only what the gadget itself gave in its request is ever offered here; the headers of the browser's own request, its
cookies and its Authorization among them, are not.

Spec: RFC 9110 §5.1, §5.5 (what a header is), §7.6.1 (hop by hop); gadgets.md §6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from finesse_tx.gadgets.core.outbound import Refusal, Why

__all__ = [
    "HOP_BY_HOP",
    "MAX_HEADERS",
    "MAX_HEADER_BYTES",
    "OWN",
    "SECRET",
    "Pairs",
    "accepts",
    "answer_headers",
    "request_headers",
    "without_secrets",
]

Pairs = tuple[tuple[str, str], ...]

MAX_HEADERS: Final = 64
"""How many headers a gadget may give."""

MAX_HEADER_BYTES: Final = 16_384
"""How much all of them may be together, in bytes."""

HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""For one connection; dropped both ways."""

OWN: Final = frozenset(
    {
        "accept-encoding",
        "content-encoding",
        "content-length",
        "cookie",
        "cookie2",
        "expect",
        "forwarded",
        "host",
        "via",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-real-ip",
        "x-shindig-st",
    }
)
"""Ours to say, or nobody's to send: dropped from what a gadget gives."""

SECRET: Final = frozenset({"authorization"})
"""For the origin that the gadget named; dropped when a redirect leads to another one."""

_KEPT_BACK: Final = HOP_BY_HOP | {"set-cookie", "set-cookie2", "content-encoding", "content-length"}
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def request_headers(given: Iterable[tuple[str, str]]) -> Pairs | Refusal:
    """Say what goes out: what the gadget gave, without what it may not give; names in lower case."""
    pairs: list[tuple[str, str]] = []
    connection: set[str] = set()
    size = 0
    for name, value in given:
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            return Refusal(Why.HEADER, "a header's name or value has a character it cannot have")
        name = name.lower()  # noqa: PLW2901
        size += len(name) + len(value)
        pairs.append((name, value))
        if name == "connection":
            connection.update(_list(value))
    if len(pairs) > MAX_HEADERS or size > MAX_HEADER_BYTES:
        return Refusal(
            Why.HEADER, f"more than {MAX_HEADERS} headers, or {MAX_HEADER_BYTES} bytes of them"
        )
    dropped = HOP_BY_HOP | OWN | connection
    return tuple((n, v.strip()) for n, v in pairs if n not in dropped and not _is_proxy(n))


def without_secrets(pairs: Pairs) -> Pairs:
    """What of them goes on to another origin."""
    return tuple(pair for pair in pairs if pair[0] not in SECRET)


def answer_headers(given: Iterable[tuple[str, str]]) -> Pairs:
    """Say what comes back: no cookies, nothing of the connection, nothing that was undone by decoding."""
    pairs = tuple((name.lower(), value) for name, value in given)
    named = {item for name, value in pairs if name == "connection" for item in _list(value)}
    dropped = _KEPT_BACK | named
    return tuple(pair for pair in pairs if pair[0] not in dropped)


def accepts(content_type: str, accepted: Sequence[str]) -> bool:
    """Whether an answer's Content-Type is one of ``accepted`` (``text/xml``, ``text/*``); all are when it is empty."""
    found = content_type.partition(";")[0].strip().lower()
    return not accepted or any(
        found.startswith(one[:-1]) if one.endswith("/*") else found == one for one in accepted
    )


def _list(value: str) -> set[str]:
    return {item.strip().lower() for item in value.split(",")} - {""}


def _is_proxy(name: str) -> bool:
    return name.startswith(("proxy-", "sec-"))
