"""What ``/gadgets/proxy`` and ``/gadgets/concat`` pass on: headers, types, CSS, and several resources in one.

Spec: ``gadgets.md`` §7.1, §7.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urljoin

from finesse_tx.gadgets.core.fetch_headers import Pairs
from finesse_tx.gadgets.core.proxied import AskedError

__all__ = [
    "DROPPED",
    "MAX_PARTS",
    "MAX_PART_BYTES",
    "OCTETS",
    "Part",
    "attached",
    "css_with_absolute",
    "joined",
    "mime",
    "parts_of",
    "passed_on",
]

DROPPED: Final = frozenset(
    {
        "accept-ranges",
        "access-control-allow-credentials",
        "access-control-allow-origin",
        "alt-svc",
        "cache-control",
        "clear-site-data",
        "content-disposition",
        "content-encoding",
        "content-length",
        "content-security-policy",
        "content-type",
        "cross-origin-resource-policy",
        "date",
        "etag",
        "expires",
        "last-modified",
        "link",
        "location",
        "nel",
        "pragma",
        "refresh",
        "report-to",
        "reporting-endpoints",
        "server",
        "service-worker-allowed",
        "set-cookie",
        "sourcemap",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "www-authenticate",
        "x-content-type-options",
        "x-frame-options",
    }
)
"""What is ours to say, or would act on our origin; more than Shindig drops."""

OCTETS: Final = "application/octet-stream"
"""What has no type of its own."""

MAX_PARTS: Final = 64
"""So many resources in one."""

MAX_PART_BYTES: Final = 1_048_576
"""The largest of them."""

_ATTACHED: Final = re.compile(
    r"""attachment\s*;\s*filename\s*=\s*"?[\w.,@() \-]{1,200}"?""", re.ASCII
)
_MIME: Final = re.compile(
    r"([\w.+\-]{1,60}|\*)/([\w.+\-]{1,100}|\*)(\s*;[\t\x20-\x7e]{0,200})?", re.ASCII
)
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,99}", re.ASCII)
_REFERENCE: Final = re.compile(
    r"""(?P<before>url\(\s*)(?P<quote>["']?)(?P<url>[^"'()\s\\]+)(?P=quote)(?P<after>\s*\))"""
    r"""|(?P<import>@import\s+)(?P<mark>["'])(?P<imported>[^"'\\\n]+)(?P=mark)""",
    re.IGNORECASE,
)


def passed_on(headers: Pairs) -> Pairs:
    """The headers that go on to the browser."""
    return tuple((name, value) for name, value in headers if name not in DROPPED)


def attached(headers: Pairs) -> str:
    """The ``Content-Disposition``: the server's own if it is an attachment with a name, else ours."""
    for name, value in headers:
        if name == "content-disposition" and _ATTACHED.fullmatch(value.strip()):
            return value.strip()
    return "attachment;filename=p.txt"


def mime(upstream: str, wanted: str) -> str:
    """The type that is told.

    Args:
        upstream: What the server said; empty: nothing.
        wanted: What the gadget wants, such as ``text/css`` or ``image/*``; empty: whatever it is.
    """
    found = upstream.strip() or OCTETS
    if not (asked := _MIME.fullmatch(wanted.strip())):
        return found if _MIME.fullmatch(found) else OCTETS
    kind, _, sub = found.partition(";")[0].strip().lower().partition("/")
    if f"{kind}/{sub}" == OCTETS and "*" not in (asked[1], asked[2]):
        return wanted.strip()
    matches = asked[1].lower() in {"*", kind} and asked[2].lower() in {"*", sub}
    return wanted.strip() if matches and "*" not in (asked[1], asked[2]) else found


def css_with_absolute(text: str, base: str) -> str:
    """CSS with its references made absolute.

    Args:
        text: It.
        base: Its own URL.
    """

    def absolute(found: re.Match[str]) -> str:
        written = found["url"] or found["imported"]
        if written.lower().startswith(("data:", "#")):
            return found[0]
        try:
            resolved = urljoin(base, written)
        except ValueError:
            return found[0]
        if found["import"]:
            return f"{found['import']}{found['mark']}{resolved}{found['mark']}"
        return f"{found['before']}{found['quote']}{resolved}{found['quote']}{found['after']}"

    return _REFERENCE.sub(absolute, text)


class Part(NamedTuple):
    """One resource of several.

    Attributes:
        url: As it was asked for.
        text: It; of one that is not there, why.
        is_there: Whether it is.
    """

    url: str
    text: str
    is_there: bool


def parts_of(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """The URLs ``1``, ``2`` … up to the first that is not there.

    Raises:
        AskedError: 400: the type, the name or the resources are not what they must be.
    """
    kind = parameters.get("type", "")
    if kind not in {"js", "css"}:
        raise AskedError(400, "type is not js or css")
    if (name := parameters.get("json", "")) and (kind != "js" or not _NAME.fullmatch(name)):
        raise AskedError(400, "json is not a plain name of a variable")
    found: list[str] = []
    while url := parameters.get(str(len(found) + 1), ""):
        found.append(url)
    if not 1 <= len(found) <= MAX_PARTS:
        raise AskedError(400, f"1, 2 … are not one to {MAX_PARTS} resources")
    return tuple(found)


def joined(parts: Sequence[Part], name: str = "") -> str:
    """All of them in one.

    Args:
        parts: In order.
        name: Of the variable that has them by URL; empty: they follow each other.
    """
    if name:
        told = {part.url: part.text for part in parts if part.is_there}
        missing = "".join(
            f"/* ---- Error: {_comment(part.url)}: {_comment(part.text)} ---- */\n"
            for part in parts
            if not part.is_there
        )
        return f"{missing}{name}={json.dumps(told, separators=(',', ':'))};\n"
    return "".join(
        f"/* ---- Start {_comment(part.url)} ---- */\n{part.text}\n/* ---- End {_comment(part.url)} ---- */\n"
        if part.is_there
        else f"/* ---- Error: {_comment(part.url)}: {_comment(part.text)} ---- */\n"
        for part in parts
    )


def _comment(text: str) -> str:
    """What may stand in a comment, and does not end it."""
    return "".join(c for c in text.replace("*/", "*%2F") if c.isprintable())
