"""Which URLs mean this server, and what gadgets may ask of it: what the browser could ask itself.

Finesse's own JavaScript up to 11.x asks for ``http://localhost:8082/finesse/api/…``: the server's view of itself.

Spec: ``gadgets.md`` §6.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import unquote, urlsplit

from finesse_tx.gadgets.core.outbound import MAX_URL, Refusal, Why

__all__ = ["OPENED", "OWN_PORTS", "own_path"]

OWN_PORTS: Final = frozenset({8082, 8445})
"""The ports that gadgets know Finesse by."""

OPENED: Final = ("/finesse/api/", "/3rdpartygadget/files/")
"""What gadgets may ask of this server, as its paths begin."""

_PATH: Final = re.compile(r"[!-~]+")


def own_path(
    url: str, hosts: Collection[str], ports: Collection[int], opened: tuple[str, ...] = OPENED
) -> str | Refusal | None:
    """The path and query of a URL that means this server; None for one that means another.

    Args:
        url: As the gadget wrote it.
        hosts: Our names, in lower case.
        ports: Where we listen, besides `OWN_PORTS`.
        opened: What may be asked, as paths begin.
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
    if parts.hostname not in hosts or not (port in OWN_PORTS or port in ports):
        return None
    if not parts.path.startswith(opened) or ".." in unquote(parts.path).split("/"):
        allowed = " and ".join(opened)
        return Refusal(Why.HOST, f"this server is asked for {allowed} alone")
    return parts.path + (f"?{parts.query}" if parts.query else "")
