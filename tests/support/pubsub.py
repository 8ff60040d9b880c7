"""Publish-subscribe requests and answers as XML, and whether one has the structure that another says."""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from twisted.trial.unittest import SynchronousTestCase

__all__ = [
    "ANY",
    "DISCO",
    "NS",
    "SOME",
    "StructureTestCase",
    "differences",
    "event",
    "owner",
    "pubsub",
    "query",
    "shown",
]

NS = "http://jabber.org/protocol/pubsub"
OF_OWNERS = f"{NS}#owner"
DISCO = "http://jabber.org/protocol/disco#"
STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
ANY = "*"
"""In what is expected: anything, but something."""

SOME = "some"
"""In what is expected, an attribute of this name: there may be more attributes and children than these."""


def pubsub(verb: str) -> str:
    """A request or an answer of subscribers and publishers."""
    return f"<pubsub xmlns='{NS}'>{verb}</pubsub>"


def owner(verb: str) -> str:
    """One of owners."""
    return f"<pubsub xmlns='{OF_OWNERS}'>{verb}</pubsub>"


def query(about: str, inner: str = "", node: str = "", more: str = "") -> str:
    """One of discovery."""
    of = f" node='{node}'" if node else ""
    return f"<query xmlns='{DISCO}{about}'{of}{more}>{inner}</query>"


def event(inner: str) -> str:
    """What a notification holds."""
    return f"<event xmlns='{NS}#event'>{inner}</event>"


def shown(kind: str, form_type: str, **fields: str) -> str:
    """A form that shows at least these fields, each with a value."""
    said = "".join(
        f"<field var='pubsub#{name}' {SOME}=''><value>{value}</value></field>"
        for name, value in fields.items()
    )
    return (
        f"<x xmlns='jabber:x:data' type='{kind}' {SOME}=''><field var='FORM_TYPE' type='hidden'>"
        f"<value>{NS}#{form_type}</value></field>{said}</x>"
    )


class StructureTestCase(SynchronousTestCase):
    """Compares structures."""

    def refused(self, error: Element, wanted: list[str]) -> None:
        """It is this error: its type, its condition and, perhaps, the one of XEP-0060."""
        kind, condition, *details = wanted
        self.assertEqual(error.get("type"), kind)
        expected: list[tuple[str, str | None]] = [(f"{{{STANZAS}}}{condition}", None)]
        for detail in details:
            name, _, feature = detail.partition(":")
            expected.append((f"{{{NS}#errors}}{name}", feature or None))
        self.assertEqual([(one.tag, one.get("feature")) for one in error], expected)

    def same(self, expected: str, found: list[Element]) -> None:
        """The structure is as expected."""
        around = ElementTree.Element("all")
        around.extend(found)
        difference = next(differences(ElementTree.fromstring(expected), around), "")
        self.assertEqual(difference, "", ElementTree.tostring(around).decode())


def differences(wanted: Element, found: Element) -> Iterator[str]:
    """What is another."""
    attributes = dict(wanted.attrib)
    partial = attributes.pop(SOME, None) is not None
    if wanted.tag != found.tag:
        yield f"{wanted.tag} is {found.tag}"
    for name, value in attributes.items():
        if name not in found.attrib or value not in (ANY, found.attrib[name]):
            yield f"{wanted.tag} has {name}={found.get(name)!r}, not {value!r}"
    if not partial and set(found.attrib) != set(attributes):
        yield f"{wanted.tag} has {sorted(found.attrib)}"
    if (wanted.text or "").strip() != (found.text or "").strip():
        yield f"{wanted.tag} says {found.text!r}"
    if not partial and len(wanted) != len(found):
        yield f"{wanted.tag} has {len(found)} children, not {len(wanted)}"
    rest = iter(found)
    for child in wanted:
        if partial:
            if not any(next(differences(child, one), "") == "" for one in rest):
                yield f"{found.tag} has no {ElementTree.tostring(child).decode()}"
        elif (other := next(rest, None)) is not None:
            yield from differences(child, other)
