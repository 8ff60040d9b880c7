"""What a gadget is answered by ``/gadgets/makeRequest``: JSON behind a line that is no script.

Spec: ``gadgets.md`` §6.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from typing import Final

from finesse_tx.gadgets.core.fetch_cache import DEFAULT_S, upstream_lifetime
from finesse_tx.gadgets.core.fetch_headers import Pairs
from finesse_tx.gadgets.core.fetching import Answer
from finesse_tx.gadgets.core.library import CRUFT

__all__ = ["ALWAYS_GIVEN", "caching", "content_type", "envelope", "given_headers", "text_of"]

ALWAYS_GIVEN: Final = frozenset({"location", "set-cookie"})
"""The headers that a gadget sees without asking for all; the second never comes in."""

_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_DECLARED: Final = re.compile(rb"""\A<\?xml[^>]{0,200}?encoding=["']([A-Za-z0-9_.-]{1,40})["']""")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_TAKEN: Final = frozenset(
    {
        "idna",
        "punycode",
        "unicode-escape",
        "raw-unicode-escape",
        "undefined",
        "utf-7",
        "mbcs",
        "oem",
    }
)
"""Codecs of Python that no page is in, some of them slow with bad input."""


def content_type(headers: Pairs) -> str:
    """The first Content-Type; empty where there is none."""
    return next((value for name, value in headers if name == "content-type"), "")


def text_of(answer: Answer) -> str:
    """The body as text: by the charset of its headers, its byte-order mark, its XML declaration, or as UTF-8 or Latin-1."""
    body = answer.body
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for found in (_CHARSET.search(content_type(answer.headers)), _DECLARED.search(body[:300])):
        if found is not None:
            name = found[1] if isinstance(found[1], str) else found[1].decode("ascii")
            if (codec := _codec(name)) is not None:
                return body.decode(codec, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")


def given_headers(headers: Pairs, *, has_all: bool) -> dict[str, list[str]]:
    """The headers of an answer as a gadget sees them: names in lower case, each with all its values."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        if has_all or name in ALWAYS_GIVEN:
            found.setdefault(name, []).append(value)
    return found


def envelope(
    url: str, status: int, body: str, headers: Mapping[str, list[str]], token: str = ""
) -> bytes:
    """The whole answer.

    Args:
        url: As it was sent, character by character: it is looked up by that.
        status: What the server answered.
        body: What it sent.
        headers: `given_headers`.
        token: A newer security token; empty: none.
    """
    told: dict[str, object] = {"rc": status, "body": body, "headers": headers}
    if token:
        told["st"] = token
    return (CRUFT + json.dumps({url: told}, separators=(",", ":"))).encode("ascii")


def caching(answer: Answer, refresh: int | None, now_s: float, *, is_kept: bool) -> str:
    """The ``Cache-Control`` for the browser.

    Args:
        answer: What came.
        refresh: What the gadget asked for.
        now_s: Seconds since the epoch.
        is_kept: Whether it may be kept at all: a GET without Authorization and without ``nocache``.
    """
    said = upstream_lifetime(answer, now_s)
    if not is_kept:
        return "no-store"
    if answer.status != 200 or said == 0:
        return "no-cache"
    if refresh is not None:
        return f"private, max-age={refresh}" if refresh else "no-cache"
    return f"private, max-age={max(DEFAULT_S, int(said or 0))}"


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
        if found.replace("_", "-") in _NOT_TAKEN:
            return None
        b"a".decode(found, "replace")
    except LookupError:  # also for what is no text encoding, such as zlib
        return None
    return found
