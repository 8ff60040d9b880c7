"""RSS and Atom, as the JSON that gadgets get of them.

RSS 0.9x and 2.0, RSS 1.0 (RDF), Atom 1.0. Only the elements that the JSON has are read.

Spec: ``gadgets.md`` §6 (FEED); RSS 2.0; RFC 4287.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from finesse_tx.errors import FinesseError
from finesse_tx.xmltext import Element, XMLRefusedError, parse

__all__ = ["MAX_FEED", "FeedError", "feed_json"]

MAX_FEED: Final = 2_097_152
"""The longest feed, in bytes."""

_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ROOTS: Final = frozenset({"rss", "RDF", "feed"})


class FeedError(FinesseError):
    """It is none.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def feed_json(url: str, text: str, entries: int, *, has_summaries: bool) -> str:
    """Make JSON of a feed.

    Args:
        url: Its address.
        text: It.
        entries: No more of its entries than these.
        has_summaries: Whether the entries have their summaries.

    Raises:
        FeedError: It is no feed.
    """
    try:
        document = _DECLARATION.sub("", text, count=1).lstrip().encode("utf-8", "replace")
        root = parse(document, max_bytes=MAX_FEED)
    except XMLRefusedError as error:
        raise FeedError(str(error)) from None
    if _local(root) not in _ROOTS:
        raise FeedError("the root is not rss, RDF or feed")
    channel = next(_named(root, "channel"), root)
    items = [*_named(channel, "item"), *_named(root, "item"), *_named(root, "entry")]
    image = next(_named(channel, "image"), None) or next(_named(root, "image"), None)
    told = {
        "URL": url,
        "Title": _text(channel, "title"),
        "Description": _text(channel, "description", "subtitle"),
        "Link": _link(channel),
        "Author": _author(channel),
        "Image": _text(image, "url") if image is not None else _text(channel, "logo"),
        "Entry": [_entry(item, has_summaries=has_summaries) for item in items[:entries]],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _entry(item: Element, *, has_summaries: bool) -> dict[str, object]:
    told: dict[str, object] = {"Title": _text(item, "title"), "Link": _link(item)}
    if has_summaries:
        told["Summary"] = _text(item, "description", "summary", "content")
    told["Date"] = _date(_text(item, "pubDate", "published", "date", "updated"))
    if media := list(_media(item)):
        told["Media"] = {"Contents": media}
    return told


def _media(item: Element) -> Iterator[dict[str, str]]:
    links = (link for link in _named(item, "link") if link.get("rel") == "enclosure")
    for found in (*_named(item, "enclosure"), *links):
        yield {"URL": found.get("url") or found.get("href") or "", "Type": found.get("type") or ""}


def _date(text: str) -> int:
    """Milliseconds since the epoch; 0 for what is no date."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return 0
    try:
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000)
    except (OverflowError, ValueError):
        return 0


def _link(element: Element) -> str:
    found = list(_named(element, "link"))
    for link in found:
        if (href := link.get("href")) and link.get("rel", "alternate") == "alternate":
            return href
    return _text(element, "link")


def _author(element: Element) -> str:
    author = next(_named(element, "author"), None)
    if author is not None and len(author):
        return _text(author, "name")
    return _text(element, "author", "managingEditor", "creator")


def _text(element: Element, *names: str) -> str:
    """The text of the first child of the first of these names that has any."""
    for name in names:
        for found in _named(element, name):
            if text := "".join(found.itertext()).strip():
                return text
    return ""


def _named(element: Iterable[Element], name: str) -> Iterator[Element]:
    return (child for child in element if _local(child) == name)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
