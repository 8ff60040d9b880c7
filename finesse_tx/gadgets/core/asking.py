"""What is asked of ``/gadgets/ifr``.

Spec: ``gadgets.md`` §4.1. ``sanitize`` and ``caja`` mean nothing to the server, and ``st`` nothing here: it is handed on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from finesse_tx.gadgets.core.errors import SourceError
from finesse_tx.gadgets.core.messages import ANY_COUNTRY, ANY_LANG
from finesse_tx.gadgets.core.spec import DEFAULT_VIEW

__all__ = ["MAX_REFRESH_S", "Asked", "read_asked"]

MAX_REFRESH_S: Final = 31_536_000
"""The longest that a browser is told to keep a gadget's page: a year."""

MAX_SPEC_URL: Final = 2_048
"""The longest ``url``, in characters."""

_MODULE_ID: Final = re.compile(r"-?[0-9]{1,9}")
_LOCALE: Final = re.compile(r"[A-Za-z0-9_-]{1,35}")
_REFRESH: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        url: Of the specification; http or https.
        container: ``default`` if it is not said.
        module_id: The gadget's number in its page.
        view: Its name.
        lang: Such as ``en``, or ``all``.
        country: Such as ``US``, or ``ALL``.
        prefs: The user's, by name without ``up_``; also those that the gadget does not declare.
        parent: Of the page around it; empty: it is not said.
        libs: The features that are wanted first; empty: the usual ones.
        is_fresh: Whether no cache may be read.
        refresh_s: How long a browser may keep the page; None: it is not said.
        version: The checksum of the specification that the asker has; empty: none.
        token: The security token that the gadget's own requests will show, as given; empty: none.
    """

    url: str
    container: str = "default"
    module_id: int = 0
    view: str = DEFAULT_VIEW
    lang: str = ANY_LANG
    country: str = ANY_COUNTRY
    prefs: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    libs: tuple[str, ...] = ()
    is_fresh: bool = False
    refresh_s: int | None = None
    version: str = ""
    token: str = ""


def read_asked(given: Mapping[str, str]) -> Asked:
    """Read the query.

    Args:
        given: The parameters, decoded; of one that is given several times, the first.

    Raises:
        SourceError: ``url`` is missing or not http or https, or ``mid``, ``parent``, ``refresh`` or a locale is none.
    """
    url = given.get("url", "")
    if not url:
        raise SourceError(400, "url is missing: the address of the gadget's XML")
    if len(url) > MAX_SPEC_URL:
        raise SourceError(400, f"url is longer than {MAX_SPEC_URL} characters")
    if not _is_http(url):
        raise SourceError(403, "url is not an http or https address")
    parent = given.get("parent", "")
    if parent and not _is_http(parent):
        raise SourceError(400, "parent is not an http or https address")
    refresh = given.get("refresh", "")
    return Asked(
        url,
        given.get("container") or given.get("synd") or "default",
        int(_checked("mid", given.get("mid") or "0", _MODULE_ID, "a whole number")),
        given.get("view") or DEFAULT_VIEW,
        _checked("lang", given.get("lang") or ANY_LANG, _LOCALE, "such as en").lower(),
        _checked("country", given.get("country") or ANY_COUNTRY, _LOCALE, "such as US").upper(),
        MappingProxyType(
            {name[3:]: value for name, value in given.items() if name.startswith("up_")}
        ),
        parent,
        tuple(name for name in given.get("libs", "").split(":") if name),
        any(given.get(name, "") not in {"", "0"} for name in ("nocache", "bpc")),
        min(int(_checked("refresh", refresh, _REFRESH, "seconds")), MAX_REFRESH_S)
        if refresh
        else None,
        given.get("v", ""),
        given.get("st", ""),
    )


def _is_http(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _checked(name: str, value: str, allowed: re.Pattern[str], what: str) -> str:
    if not allowed.fullmatch(value):
        raise SourceError(400, f'{name} is "{value[:40]}"; allowed: {what}')
    return value
