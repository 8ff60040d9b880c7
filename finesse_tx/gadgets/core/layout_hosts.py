"""Where the gadgets of a desktop layout come from: who puts a gadget into a layout trusts its code.

Spec: ``gadgets.md`` §13 ("SSRF", "locked domains"); ``desktop.md`` §8.3 (``alternateHosts``), §10.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from finesse_tx.gadgets.core.outbound import DEFAULT_PORTS, HostRule
from finesse_tx.xmltext import XMLRefusedError, parse

__all__ = ["MAX_HOSTS", "MAX_LAYOUT_BYTES", "hosts_of"]

MAX_HOSTS: Final = 200
"""So many of all layouts together; those in the first ones count."""

MAX_LAYOUT_BYTES: Final = 1 << 20
"""A larger layout has no gadgets here; one that may be saved is smaller."""


def hosts_of(layouts: Iterable[str]) -> tuple[HostRule, ...]:
    """The hosts of all gadgets of some layouts, each with the port that its address has or means, once, in order.

    What is no absolute http or https address, such as of a gadget of ours, and what is no layout, adds nothing.
    """
    found = dict.fromkeys(rule for layout in layouts for rule in _of_layout(layout))
    return tuple(found)[:MAX_HOSTS]


@lru_cache(64)  # of all layouts, usually one changes
def _of_layout(layout: str) -> tuple[HostRule, ...]:
    try:
        tree = parse(layout.encode(), max_bytes=MAX_LAYOUT_BYTES)
    except (XMLRefusedError, UnicodeEncodeError):
        return ()
    return tuple(
        rule
        for element in tree.iter()
        if element.tag.rpartition("}")[2] == "gadget"
        for rule in _of_gadget((element.text or "").strip(), element.get("alternateHosts", ""))
    )


def _of_gadget(url: str, alternates: str) -> Iterator[HostRule]:
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return
    for host in (parts.netloc, *map(str.strip, alternates.split(","))):
        try:
            rule = HostRule.parse(host)
        except ValueError:
            continue
        if not rule.wildcard:
            yield rule._replace(port=rule.port or port)
