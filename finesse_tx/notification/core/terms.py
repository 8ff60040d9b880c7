"""What a BOSH client and the server agree upon when a session is made.

Spec: XEP-0124 §7 (session creation), §12 (polling sessions); XEP-0206 §4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from finesse_tx.notification.core.body import CONTENT_TYPE, BodyError, number
from finesse_tx.notification.core.namespaces import STREAM, XBOSH
from finesse_tx.xmltext import escape

__all__ = ["VERSION", "Bounds", "Terms", "agree", "opening"]

VERSION: Final = (1, 11)
"""The version of XEP-0124 that is spoken here."""

_CONTENT_TYPE: Final = re.compile(
    r'[\w.+-]{1,40}/[\w.+-]{1,40}(; ?charset=("?)utf-8\2)?', re.ASCII | re.IGNORECASE
)
"""Responses are in UTF-8: they are not called anything else."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the operator allows; the times in seconds.

    Attributes:
        wait_s: The longest a request is held.
        inactivity_s: How long a session may be without a request.
        polling_s: The shortest pause between two empty requests.
        maxpause_s: The longest pause.
        requests: How many requests a client may have open.
        max_pending_bytes: How much may wait for a client; at that, its session ends.
    """

    wait_s: int
    inactivity_s: int
    polling_s: int
    maxpause_s: int
    requests: int
    max_pending_bytes: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What one session has.

    Attributes:
        bounds: The operator's.
        wait_s: The longest a request is held.
        hold: How many requests are held at most.
        version: The lower of the client's and ours; None for a client that gave none.
        client_acks: Whether the client acknowledges responses.
        content_type: Of every response.
    """

    bounds: Bounds
    wait_s: int
    hold: int
    version: tuple[int, int] | None
    client_acks: bool
    content_type: str

    @property
    def polls(self) -> bool:
        """Whether it is a polling session: nothing is ever held."""
        return not self.hold

    @property
    def acks(self) -> bool:
        """Whether our responses acknowledge requests: version 1.6 and later."""
        return self.version is not None and self.version >= (1, 6)


_terms = lru_cache(256)(
    Terms
)  # ten thousand sessions have a handful of different terms between them


def agree(attributes: Mapping[str, str], bounds: Bounds) -> Terms:
    """Settle the terms.

    Args:
        attributes: Of the ``<body/>`` that asks for a session.
        bounds: What the operator allows.

    Raises:
        BodyError: ``bad-request``: one of them is malformed.
    """
    wait_s = min(number(attributes, "wait", bounds.wait_s), bounds.wait_s)
    hold = min(number(attributes, "hold", 1), bounds.requests - 1)
    content_type = attributes.get("content", CONTENT_TYPE)
    if not _CONTENT_TYPE.fullmatch(content_type):
        raise BodyError("bad-request", "content is not a media type, in UTF-8")
    return _terms(
        bounds,
        wait_s,
        hold if wait_s else 0,
        _version(attributes),
        attributes.get("ack") == "1",
        content_type,
    )


def _version(attributes: Mapping[str, str]) -> tuple[int, int] | None:
    text = attributes.get("ver")
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,4})\.(\d{1,4})", text, re.ASCII)
    if not found:
        raise BodyError("bad-request", "ver is not <major>.<minor>")
    return min((int(found[1]), int(found[2])), VERSION)


def opening(terms: Terms, sid: str, rid: int, domain: str, *, secure: bool) -> str:
    """The attributes of the response that makes the session, each with a blank before it."""
    bounds = terms.bounds
    pairs: dict[str, object] = {
        "from": domain,
        "authid": sid,
        "sid": sid,
        "requests": bounds.requests,
        "inactivity": bounds.inactivity_s,
        "polling": bounds.polling_s,
        "wait": terms.wait_s,
    }
    if secure:
        pairs["secure"] = "true"
    if terms.acks and terms.version:
        major, minor = terms.version
        pairs |= {
            "hold": terms.hold,
            "ack": rid,
            "maxpause": bounds.maxpause_s,
            "ver": f"{major}.{minor}",
        }
    pairs |= {
        "xmlns:xmpp": XBOSH,
        "xmpp:version": "1.0",
        "xmpp:restartlogic": "true",
        "xmlns:stream": STREAM,
    }
    return "".join(f' {name}="{escape(str(value))}"' for name, value in pairs.items())
