"""Replies of the diagnostic portal: attributes in a namespace of their own, unlike anything else of the API.

The reference has ``GetPerformanceInformation`` in full; the others are its siblings in the same form, and what is in
them is this server's.

Spec: ``rest.md`` §13.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from finesse_tx.webservices.core.xmlbinding import DECLARATION
from finesse_tx.xmltext import escape

__all__ = ["NAMESPACE", "Item", "property_list", "reply"]

NAMESPACE: Final = "http://www.cisco.com/vtg/diagnosticportal"

Item = tuple[str, dict[str, str]]
"""An element's name and its attributes."""


def property_list(properties: Iterable[tuple[str, str]]) -> list[Item]:
    """Names and values as elements."""
    return [("Property", {"Name": name, "Value": value}) for name, value in properties]


def reply(command: str, around: tuple[str, ...], items: Iterable[Item]) -> bytes:
    """A reply.

    Args:
        command: What was asked, such as ``ListProcesses``.
        around: The elements around the items, the outermost first.
        items: What there is to tell.
    """
    lines = [
        f'<dp:{command}Reply ReturnCode="0" xmlns:dp="{NAMESPACE}">',
        '  <dp:Schema Version="1.0"/>',
    ]
    depth = 1
    for name in around:
        lines.append(f"{'  ' * depth}<dp:{name}>")
        depth += 1
    for name, attributes in items:
        told = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
        lines.append(f"{'  ' * depth}<dp:{name}{told}/>")
    for name in reversed(around):
        depth -= 1
        lines.append(f"{'  ' * depth}</dp:{name}>")
    lines.append(f"</dp:{command}Reply>")
    return (DECLARATION + "\n".join(lines) + "\n").encode()
