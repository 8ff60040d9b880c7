"""``Preload``: what is fetched for a gadget before it is rendered, so that its first ``makeRequest`` has its answer.

Spec: OpenSocial Core Gadget Specification 2.x, "Preload"; ``gadgets.md`` §2.1, §4.2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from finesse_tx.gadgets.core.answering import given_headers, text_of
from finesse_tx.gadgets.core.fetching import Answer
from finesse_tx.gadgets.core.spec import GadgetSpec, Preload, View
from finesse_tx.gadgets.core.substitution import Substitutions
from finesse_tx.gadgets.core.uris import fetchable

__all__ = ["FETCHED", "MAX_PRELOADS", "MAX_PRELOAD_BYTES", "preloaded", "wanted_preloads"]

MAX_PRELOADS: Final = 8
"""So many of a gadget; the gadget asks for others itself."""

MAX_PRELOAD_BYTES: Final = 256 << 10
"""The largest answer that is put into a page."""

FETCHED: Final = frozenset({"none", "signed"})
"""What ``authz`` may be: ``makeRequest`` knows no other, either."""


def wanted_preloads(spec: GadgetSpec, view: View, values: Substitutions) -> tuple[Preload, ...]:
    """What is to be fetched for a view, with its whole address: each of these once, as it is said first.

    What cannot be fetched is left out here, and said when the gadget is rendered.
    """
    found: dict[str, Preload] = {}
    for one in spec.prefs.preloads:
        if one.authz in FETCHED and (not one.views or view.name in one.views):
            try:
                url = fetchable(values.uri(one.href), spec.url)
            except ValueError:
                continue
            found.setdefault(url, replace(one, href=url))
    return tuple(found.values())[:MAX_PRELOADS]


def preloaded(url: str, answer: Answer) -> dict[str, object]:
    """An answer as the gadget's scripts look for it: by its URL."""
    return {
        "id": url,
        "rc": answer.status,
        "body": text_of(answer),
        "headers": given_headers(answer.headers, has_all=False),
    }
