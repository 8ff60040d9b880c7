"""Which URLs mean this server, and what gadgets may ask of it: what the browser could ask itself.

Finesse's own JavaScript up to 11.x asks for ``http://localhost:8082/finesse/api/…``: the server's view of itself.

Spec: ``gadgets.md`` §6.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from finesse_tx.gadgets.core.outbound import MAX_URL, Refusal, Why

__all__ = ["OPENED", "OWN_PORTS", "own_path"]

OWN_PORTS: Final = frozenset({8082, 8445})
"""The ports that gadgets know Finesse by."""

OPENED: Final = ("/finesse/api/", "/3rdpartygadget/files/")
"""What gadgets may ask of this server, as its paths begin."""

_USUAL: Final = frozenset({None, 80, 443})
"""The ports of ``localhost`` that Finesse's own JavaScript up to 9.x means: it names none."""

_PATH: Final = re.compile(r"[!-~]+")


def own_path(
    url: str,
    hosts: Collection[str],
    ports: Collection[int],
    opened: tuple[str, ...] = OPENED,
    called: str = "",
) -> str | Refusal | None:
    """The path and query of a URL that means this server; None for one that means another.

    Args:
        url: As the gadget wrote it.
        hosts: Our names, in lower case.
        ports: Where we listen, besides `OWN_PORTS`.
        opened: What may be asked, as paths begin.
        called: How the browser calls us: a host and perhaps a port. Whoever forges that asks us what he could ask himself.
    """
    if len(url) > MAX_URL or not _PATH.fullmatch(url) or "\\" in url:
        return None  # the policy has something to say about it
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        return None
    own_port = port in OWN_PORTS or port in ports
    is_named = parts.hostname in hosts and own_port
    is_local = parts.hostname == "localhost" and port in _USUAL
    if not is_named and not is_local and not _is_called(parts, called, own_port):
        return None
    if not parts.path.startswith(opened) or ".." in unquote(parts.path).split("/"):
        allowed = " and ".join(opened)
        return Refusal(Why.HOST, f"this server is asked for {allowed} alone")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _is_called(parts: SplitResult, called: str, own_port: bool) -> bool:
    """Whether a URL is of the host that we are called by: at its port, or at one of ours."""
    usual = 443 if parts.scheme == "https" else 80
    try:
        given = urlsplit(f"{parts.scheme}://{called}")
        port = given.port or usual
    except ValueError:
        return False
    is_there = own_port or (parts.port or usual) == port
    return bool(given.hostname) and parts.hostname == given.hostname and is_there
