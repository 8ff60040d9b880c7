"""Stanzas as domish elements: read from expat's events, written as bytes, answered.

Elements are built only for whole stanzas. Inside the service a stanza has no namespace of its own (domish's None,
"whatever the stream has"): wokkel's components expect that, and it makes client and component streams alike.
On the way out every stanza declares ``jabber:client``, every child its own namespace, nothing has a prefix, and
attributes stand in double quotes: clients look for ``type="result"`` in the text (``notifications.md`` §2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from twisted.words.protocols.jabber.error import StanzaError
from twisted.words.xish.domish import Element, SerializedXML

from finesse_tx.notification.core.errors import SASLError, StreamError
from finesse_tx.notification.core.namespaces import (
    CLIENT,
    COMPONENT,
    SASL,
    STANZAS,
    STREAM,
    STREAMS,
    XML,
)
from finesse_tx.xmltext import NAMESPACE_SEPARATOR, StreamReader, escape

__all__ = [
    "KINDS",
    "ElementBuilder",
    "child",
    "element",
    "element_text",
    "error",
    "refusal",
    "result",
    "sasl_failure",
    "stanza_bytes",
    "stream_error",
]

_INHERITED: Final = frozenset({CLIENT, COMPONENT})

KINDS: Final = {
    "bad-request": "modify",
    "conflict": "cancel",
    "feature-not-implemented": "cancel",
    "forbidden": "auth",
    "internal-server-error": "cancel",
    "item-not-found": "cancel",
    "jid-malformed": "modify",
    "not-acceptable": "modify",
    "not-allowed": "cancel",
    "policy-violation": "modify",
    "remote-server-not-found": "cancel",
    "resource-constraint": "wait",
    "service-unavailable": "cancel",
    "unexpected-request": "modify",
}
"""The stanza errors that are sent, each with its type: RFC 6120 §8.3.3."""


class ElementBuilder:
    """A `finesse_tx.xmltext.StreamTarget` that makes elements.

    Attributes:
        elements: Those that are whole, in order.
    """

    __slots__ = ("_current", "elements")

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self._current: Element | None = None

    @property
    def idle(self) -> bool:
        """Whether it is between two elements."""
        return self._current is None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        uri, local = _split(name)
        parent = self._current
        namespace = None if uri in _INHERITED and (parent is None or parent.uri is None) else uri
        element = Element((namespace, local), attribs=_attributes(attributes))
        if parent is not None:
            parent.children.append(element)
            element.parent = parent
        self._current = element

    def end(self, _name: str, /) -> None:
        """An element ends."""
        element = self._current
        if element is not None:
            self._current = element.parent
            if element.parent is None:
                self.elements.append(element)

    def data(self, text: str) -> None:
        """Character data."""
        if self._current is not None:
            self._current.addContent(text)


@lru_cache(256)
def _split(name: str) -> tuple[str, str]:
    uri, _, local = name.rpartition(NAMESPACE_SEPARATOR)
    return uri, local


def _attributes(attributes: Mapping[str, str]) -> dict[str | tuple[str, str], str]:
    found: dict[str | tuple[str, str], str] = {}
    for name, value in attributes.items():
        uri, local = _split(name)
        found[(uri, local) if uri else local] = value
    return found


def element(text: str) -> Element:
    """Read one whole element.

    Raises:
        XMLRefusedError: It is none.
    """
    builder = ElementBuilder()
    StreamReader(builder).feed(text.encode(), final=True)
    return builder.elements[0]


def stanza_bytes(element: Element) -> bytes:
    """Write a whole stanza."""
    return "".join(_write(element, None)).encode()


def element_text(element: Element) -> str:
    """Write an element that is not a stanza, with the declarations of all its namespaces."""
    return "".join(_write(element, None))


def _write(element: Element, inherited: str | None) -> Iterator[str]:
    uri = CLIENT if element.uri in _INHERITED else element.uri
    if uri is None:
        uri = inherited or CLIENT
    yield f"<{element.name}"
    if uri != inherited:
        yield f' xmlns="{escape(uri)}"'
    for number, (name, value) in enumerate(element.attributes.items()):
        if not isinstance(name, tuple):
            yield f' {name}="{escape(value)}"'
        elif name[0] == XML:
            yield f' xml:{name[1]}="{escape(value)}"'
        else:
            yield f' xmlns:n{number}="{escape(name[0])}" n{number}:{name[1]}="{escape(value)}"'
    if not element.children:
        yield "/>"
        return
    yield ">"
    for node in element.children:
        if isinstance(node, SerializedXML):
            yield node
        elif isinstance(node, str):
            yield escape(node)
        else:
            yield from _write(node, uri)
    yield f"</{element.name}>"


def child(stanza: Element) -> Element | None:
    """The first child element: what an iq is about."""
    for node in stanza.children:
        if isinstance(node, Element):
            return node
    return None


def result(stanza: Element, content: str = "", *, source: str = "") -> bytes:
    """Answer an iq.

    Args:
        stanza: The request.
        content: What the result holds, as XML.
        source: Whose answer it is; empty: whoever the request was for.
    """
    head = f'<iq xmlns="{CLIENT}" type="result"{_answer_attributes(stanza, source)}'
    return (f"{head}>{content}</iq>" if content else f"{head}/>").encode()


def error(stanza: Element, condition: str, text: str = "", *, source: str = "") -> bytes:
    """Answer any stanza with an error (RFC 6120 §8.3).

    Args:
        stanza: What cannot be done.
        condition: Such as ``service-unavailable``.
        text: For people to read.
        source: Whose answer it is; empty: whoever the stanza was for.
    """
    kind = KINDS[condition]
    said = f'<text xmlns="{STANZAS}">{escape(text)}</text>' if text else ""
    return (
        f'<{stanza.name} xmlns="{CLIENT}" type="error"{_answer_attributes(stanza, source)}><error type="{kind}">'
        f'<{condition} xmlns="{STANZAS}"/>{said}</error></{stanza.name}>'
    ).encode()


def refusal(condition: str, detail: Element | None = None, *, kind: str = "") -> StanzaError:
    """The same for wokkel: an exception, which it turns into an error stanza.

    Args:
        condition: Such as ``service-unavailable``.
        detail: The condition beside it.
        kind: The type of the error, where it is not the condition's own.
    """
    return StanzaError(condition, type=kind or KINDS[condition], appCondition=detail)


def _answer_attributes(stanza: Element, source: str) -> str:
    pairs = {
        "id": stanza.getAttribute("id"),
        "from": source or stanza.getAttribute("to"),
        "to": stanza.getAttribute("from"),
    }
    return "".join(f' {name}="{escape(value)}"' for name, value in pairs.items() if value)


def stream_error(failure: StreamError) -> bytes:
    """The last element of a stream (RFC 6120 §4.9)."""
    text = f'<text xmlns="{STREAMS}">{escape(failure.text)}</text>' if failure.text else ""
    return (
        f'<stream:error xmlns:stream="{STREAM}"><{failure.condition} xmlns="{STREAMS}"/>{text}'
        f"{failure.detail}</stream:error>"
    ).encode()


def sasl_failure(failure: SASLError) -> bytes:
    """A sign-in that is refused (RFC 6120 §6.4.5)."""
    text = f"<text>{escape(failure.text)}</text>" if failure.text else ""
    return f'<failure xmlns="{SASL}"><{failure.condition}/>{text}</failure>'.encode()
