"""``Preload``: what is fetched for a gadget before it is rendered, so that its first ``makeRequest`` has its answer.

Spec: OpenSocial Core Gadget Specification 2.x, "Preload"; ``gadgets.md`` §2.1, §4.2.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.gadgets.core.answering import given_headers, text_of
from finesse_tx.gadgets.core.fetching import Answer
from finesse_tx.gadgets.core.spec import GadgetSpec, View
from finesse_tx.gadgets.core.substitution import Substitutions
from finesse_tx.gadgets.core.uris import fetchable

__all__ = ["MAX_PRELOADS", "MAX_PRELOAD_BYTES", "preload_urls", "preloaded"]

MAX_PRELOADS: Final = 8
"""So many of a gadget; the gadget asks for others itself."""

MAX_PRELOAD_BYTES: Final = 256 << 10
"""The largest answer that is put into a page."""


def preload_urls(spec: GadgetSpec, view: View, values: Substitutions) -> tuple[str, ...]:
    """What is to be fetched for a view: without who is signed in (``authz``), each once.

    What cannot be fetched is left out here, and said when the gadget is rendered.
    """
    found: dict[str, None] = {}
    for one in spec.prefs.preloads:
        if one.authz == "none" and (not one.views or view.name in one.views):
            try:
                found[fetchable(values.uri(one.href), spec.url)] = None
            except ValueError:
                continue
    return tuple(found)[:MAX_PRELOADS]


def preloaded(url: str, answer: Answer) -> dict[str, object]:
    """An answer as the gadget's scripts look for it: by its URL."""
    return {
        "id": url,
        "rc": answer.status,
        "body": text_of(answer),
        "headers": given_headers(answer.headers, has_all=False),
    }
