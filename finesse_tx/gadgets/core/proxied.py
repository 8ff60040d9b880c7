"""What a gadget asks of ``/gadgets/makeRequest`` and ``/gadgets/proxy``, read once; and what it is refused with.

Spec: ``gadgets.md`` §6, §7.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from finesse_tx.errors import FinesseError
from finesse_tx.gadgets.core.fetch_cache import MAX_LIFE_S
from finesse_tx.gadgets.core.fetch_headers import Pairs
from finesse_tx.gadgets.core.fetching import WITH_BODY, Fetch
from finesse_tx.gadgets.core.outbound import Refusal, Why

__all__ = ["FORM", "MAX_ENTRIES", "Asked", "AskedError", "asked", "refused", "seconds"]

FORM: Final = "application/x-www-form-urlencoded"
"""What a POST is that does not say."""

MAX_ENTRIES: Final = 1_000
"""No more of a feed's entries are given, whatever is asked."""

_BAD: Final = frozenset({Why.URL, Why.METHOD, Why.HEADER, Why.REQUEST_SIZE})
_FORBIDDEN: Final = frozenset(
    {Why.SCHEME, Why.USERINFO, Why.HOST, Why.PORT, Why.ADDRESS, Why.REDIRECT}
)
_NUMBER: Final = re.compile(r"[0-9]{1,12}")


class AskedError(FinesseError):
    """What is asked for is not done.

    Attributes:
        status: Of HTTP.
        text: For whoever asked.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text)
        self.status, self.text = status, text

    def __str__(self) -> str:
        return self.text


def refused(refusal: Refusal) -> AskedError:
    """What a gadget is told of a refusal: its word; the log has the sentence, which may name addresses of ours."""
    why = refusal.why
    if why in _BAD:
        return AskedError(400, f"{refusal.reason} ({why.value})")
    if why in _FORBIDDEN:
        return AskedError(403, f"The server does not fetch that ({why.value})")
    status = {Why.BUSY: 503, Why.TIME: 504}.get(why, 502)
    return AskedError(status, f"The fetch came to nothing ({why.value})")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a gadget.

    Attributes:
        fetch: What is to be fetched.
        is_feed: Whether it is made JSON of.
        entries: How many entries of it.
        has_summaries: Whether they have their summaries.
        has_all_headers: Whether all headers of the answer are given.
        refresh: For how many seconds the answer may be kept; None: as its server says.
        is_fresh: Whether nothing that was kept will do.
        mime: The type that the answer is to have; empty: its own.
        is_signed: Whether the other server is told, by our signature, whose gadget asks.
        tells_owner: Whether it is told, then, whose page the gadget is on.
        tells_viewer: Whether it is told who looks at it.
    """

    fetch: Fetch
    is_feed: bool
    entries: int
    has_summaries: bool
    has_all_headers: bool
    refresh: int | None
    is_fresh: bool
    mime: str
    is_signed: bool = False
    tells_owner: bool = True
    tells_viewer: bool = True


def asked(parameters: Mapping[str, str], agent: str = "") -> Asked:
    """Read a request of makeRequest.

    Args:
        parameters: By name, decoded.
        agent: The browser's ``User-Agent``.

    Raises:
        AskedError: Something is missing or is not what it must be (400), or is not done here (403).
    """
    if not (url := parameters.get("url", "")):
        raise AskedError(400, "url is missing")
    authz = parameters.get("authz", "").lower()
    if authz not in {"", "none", "signed"}:
        raise AskedError(403, "authz other than none and signed is not supported")
    method = (parameters.get("httpMethod") or "GET").upper()
    headers = _headers(parameters.get("headers", ""))
    names = {name.lower() for name, _value in headers}
    if method == "POST" and "content-type" not in names:
        headers = (*headers, ("Content-Type", FORM))
    if agent and "user-agent" not in names:
        headers = (*headers, ("User-Agent", agent))
    body = parameters.get("postData", "").encode() if method in WITH_BODY else b""
    entries = parameters.get("numEntries") or "3"
    if not _NUMBER.fullmatch(entries):
        raise AskedError(400, "numEntries is not a number")
    return Asked(
        Fetch(url, method, headers, body),
        is_feed=parameters.get("contentType", "").upper() == "FEED",
        entries=min(int(entries), MAX_ENTRIES),
        has_summaries=_is(parameters, "getSummaries"),
        has_all_headers=_is(parameters, "getFullHeaders"),
        refresh=seconds(parameters),
        is_fresh=parameters.get("nocache", "") not in {"", "0"},
        mime=parameters.get("rewriteMime", ""),
        is_signed=authz == "signed",
        tells_owner=_is({"signOwner": "true"} | dict(parameters), "signOwner"),
        tells_viewer=_is({"signViewer": "true"} | dict(parameters), "signViewer"),
    )


def seconds(parameters: Mapping[str, str]) -> int | None:
    """``refresh``; None where there is none.

    Raises:
        AskedError: 400: it is not a number.
    """
    text = parameters.get("refresh", "")
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise AskedError(400, "refresh is not a number of seconds")
    return min(int(text), MAX_LIFE_S)


def _headers(text: str) -> Pairs:
    """``Name=value&…``, encoded once more than the form that it came in.

    Raises:
        AskedError: 400: a pair is none.
    """
    pairs: list[tuple[str, str]] = []
    for item in text.split("&") if text else ():
        name, equals, value = item.partition("=")
        if not equals or not name or "=" in value:
            raise AskedError(400, "a header is not written Name=value")
        pairs.append((unquote_plus(name), unquote_plus(value)))
    return tuple(pairs)


def _is(parameters: Mapping[str, str], name: str) -> bool:
    return parameters.get(name, "").lower() in {"true", "1"}
