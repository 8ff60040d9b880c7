"""What a server reads all day, read without a parser: BOSH's empty poll, and plain publishes.

A grammar that is a strict part of XML's, so strict that every document which fits it has one meaning: one way of
spacing, nothing that a namespace, an entity of the document or a normalisation could change. Whatever does not fit
is for `finesse_tx.notification.core.body.read`; a test holds both to the same answers.

Spec: XML 1.0 §2.2 (characters), §2.4, §3.1; XEP-0124 §6; XEP-0060 §7.1.1.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from finesse_tx.notification.core.namespaces import BOSH, CLIENT, PUBSUB
from finesse_tx.xmltext import MAX_ELEMENTS

__all__ = ["Publication", "plain_body", "plain_publication"]


class Publication(NamedTuple):
    """A request to publish one item with one payload, and nothing else.

    Attributes:
        to: The service, as it was written.
        id: Of the request.
        node: Where to.
        item: The item's id; empty to have one made up.
        payload: The element, as `finesse_tx.notification.stanzas.element_text` writes it.
        namespace: The payload's.
        written: The request as it came, where it came as text: an element that stands for itself.
    """

    to: str
    id: str
    node: str
    item: str
    payload: str
    namespace: str
    written: str = ""


_VALUE: Final = r"""(?:'[^'<&\x00-\x1f]*+'|"[^"<&\x00-\x1f]*+")"""
_ATTRIBUTES: Final = rf"((?: [a-z]{{1,20}}+={_VALUE})++)"
_ATTRIBUTE: Final = re.compile(rf" ([a-z]++)=({_VALUE})")

_BODY: Final = re.compile(rf"<body{_ATTRIBUTES}(/?)>")

_PUBLISH: Final = re.compile(
    rf"<iq{_ATTRIBUTES}><pubsub xmlns=(?:'{PUBSUB}'|\"{PUBSUB}\")><publish node=({_VALUE})>"
    rf"<item(?: id=({_VALUE}))?>"
    r"<([A-Za-z_][A-Za-z0-9_.-]{0,63}+) xmlns=('[!#-%(-;=?-~]{1,256}+'|\"[!#-%(-;=?-~]{1,256}+\")>"
    r"([^<>\x00-\x08\x0b-\x1f]*+)</\4></item></publish></pubsub></iq>"
)

_MAX_PUBLISHED: Final = MAX_ELEMENTS // 5 - 1
"""How many requests a document may hold: each has five elements, and a parser takes so many."""

_IQ: Final = frozenset({"xmlns", "type", "id", "to", "from"})

_SPECIAL: Final = ("http://www.w3.org/", "jabber:")
"""How namespaces begin that XML reserves, or that are written differently inside the service."""

_OTHER_ENTITY: Final = re.compile("&(?!(?:lt|gt|amp|quot|apos);)").search


def plain_body(document: bytes) -> tuple[dict[str, str], list[Publication]] | None:
    """Read a request.

    Returns:
        The wrapper's attributes, as `finesse_tx.notification.core.body.read` has them, and what is published; None
        for a document that only a parser can tell.
    """
    text = _characters(document)
    found = None if text is None else _BODY.match(text)
    if text is None or found is None:
        return None
    attributes = _read_attributes(found[1])
    if attributes is None or attributes.pop("xmlns", "") != BOSH:
        return None
    position, published = found.end(), list[Publication]()
    if found[2]:
        return (attributes, published) if position == len(text) else None
    while (asked := _PUBLISH.match(text, position)) is not None:
        publication = _publication(asked)
        if publication is None:
            return None
        published.append(publication)
        position = asked.end()
    is_whole = len(published) <= _MAX_PUBLISHED and text[position:] == "</body>"
    return (attributes, published) if is_whole else None


def plain_publication(document: bytes) -> Publication | None:
    """Read a message of a WebSocket, which is one stanza; None for what is no plain publish request."""
    text = _characters(document) if document.startswith(b"<iq ") else None
    found = None if text is None else _PUBLISH.fullmatch(text)
    return None if found is None else _publication(found)


def _characters(document: bytes) -> str | None:
    if document.isascii():
        return document.decode("ascii")
    try:
        text = document.decode()
    except UnicodeDecodeError:
        return None
    return None if "\ufffe" in text or "\uffff" in text else text


def _read_attributes(written: str) -> dict[str, str] | None:
    """The attributes; None if one is there twice."""
    pairs = _ATTRIBUTE.findall(written)
    found = {name: value[1:-1] for name, value in pairs}
    return found if len(found) == len(pairs) else None


def _publication(found: re.Match[str]) -> Publication | None:
    iq, node, item, name, namespace, text = found.groups("''")
    attributes = _read_attributes(iq)
    if (
        attributes is None
        or not _IQ.issuperset(attributes)
        or attributes.get("xmlns") != CLIENT
        or attributes.get("type") != "set"
        or namespace[1:-1].startswith(_SPECIAL)
        or _OTHER_ENTITY(text)
    ):
        return None
    to, request = attributes.get("to", ""), attributes.get("id", "")
    if not (to and request and node[1:-1]):
        return None
    text = text.replace('"', "&quot;").replace("'", "&apos;")
    opened = f'<{name} xmlns="{namespace[1:-1]}"'
    payload = f"{opened}>{text}</{name}>" if text else f"{opened}/>"
    return Publication(to, request, node[1:-1], item[1:-1], payload, namespace[1:-1], found[0])
