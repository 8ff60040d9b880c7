"""Pages as they were rendered: most agents are shown the same ones, and rendering is most of the work.

A page is found by all that it was made of, so it is never old: what was changed makes another page.

Spec: ``gadgets.md`` §14.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import sha256
from typing import Final, NamedTuple

from finesse_tx.gadgets.core.asking import Asked
from finesse_tx.gadgets.core.messages import Bundle
from finesse_tx.gadgets.core.spec import GadgetSpec, View

__all__ = ["MAX_KEPT", "MAX_KEPT_BYTES", "Page", "PageCache", "page_key", "shared"]

MAX_KEPT: Final = 512
"""The most pages that are kept."""

MAX_KEPT_BYTES: Final = 16 << 20
"""The most bytes of them."""


class Page(NamedTuple):
    """A page.

    Attributes:
        body: It.
        tag: Its ETag, with the quotes.
    """

    body: bytes
    tag: bytes


def shared(asked: Asked, spec: GadgetSpec) -> Asked:
    """What is asked, without what makes no difference to the page: others ask the same."""
    prefs = {name: asked.prefs[name] for name in spec.user_prefs if name in asked.prefs}
    return Asked(
        "",
        module_id=asked.module_id,
        lang=asked.lang,
        country=asked.country,
        prefs=prefs,
        libs=asked.libs,
        token=asked.token,
    )


def page_key(
    version: str, spec: GadgetSpec, view: View, bundle: Bundle, asked: Asked, base: str
) -> Hashable | None:
    """All that a page is made of; None for one that is somebody's alone.

    Args:
        version: The checksum of the specification.
        spec: The specification.
        view: The view, with its text.
        bundle: What the reader's locale says.
        asked: What is asked: of `shared`, so that the page is made of nothing else.
        base: What references are relative to.
    """
    if asked.token:
        return None
    return (
        version,
        spec.url,
        view.name,
        view.content,
        bundle.direction,
        frozenset(bundle.messages.items()),
        frozenset(asked.prefs.items()),
        asked.module_id,
        asked.lang,
        asked.country,
        asked.libs,
        base,
    )


class PageCache:
    """Keeps pages; those that were of no use for the longest time go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Page] = OrderedDict()
        self._size = 0

    def page(self, key: Hashable | None, make: Callable[[], bytes]) -> Page:
        """A page that is kept, or that is made now.

        Args:
            key: Of `page_key`.
            make: Makes it; whatever it raises is raised.
        """
        if key is not None and key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        body = make()
        page = Page(body, f'"{sha256(body).hexdigest()[:32]}"'.encode())
        if key is not None and len(body) <= MAX_KEPT_BYTES // 16:
            self._kept[key] = page
            self._size += len(body)
            while len(self._kept) > MAX_KEPT or self._size > MAX_KEPT_BYTES:
                self._size -= len(self._kept.popitem(last=False)[1].body)
        return page
