"""A request out of its envelope, and an answer into one.

Spec: ``axl.md`` §2, §8, §9; SOAP 1.1 §4 and §6.1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from finesse_tx.directory.core.axl.faults import (
    SEMANTIC,
    AXLError,
    unsupported_version,
)
from finesse_tx.directory.core.axl.values import local
from finesse_tx.directory.core.axl.versions import ACTION, API, SOAP, VERSIONS, namespace
from finesse_tx.xmltext import XMLRefusedError, parse

__all__ = ["MAX_BODY", "MAX_DEPTH", "MAX_ELEMENTS", "Asked", "answer_document", "read_request"]

MAX_BODY: Final = 1_048_576
"""The largest request."""

MAX_DEPTH: Final = 32
"""How deep a request may nest."""

MAX_ELEMENTS: Final = 32_768
"""How many elements a request may have."""

MAX_ATTRIBUTES: Final = 64
"""How many attributes an element may have."""

_OLDEST: Final = "1.0"
"""The version of a client that does not care; it sends no SOAPAction."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        version: The schema's, which the answer has too.
        operation: What is wanted.
        element: All of it.
    """

    version: str
    operation: str
    element: Element


def read_request(body: bytes, action: str) -> Asked:
    """Read a request.

    Args:
        body: As it came.
        action: The header SOAPAction; empty where there is none.

    Raises:
        AXLError: It is no request, or the header says something else.
        RefusedError: It is of a version that we do not speak.
    """
    try:
        root = parse(body, max_bytes=MAX_BODY, max_depth=MAX_DEPTH, max_elements=MAX_ELEMENTS)
    except XMLRefusedError as error:
        raise AXLError(
            None, f"The request is not XML that is read here: {error}", "Client"
        ) from None
    if local(root) != "Envelope":
        raise AXLError(None, "The request is not a SOAP envelope", "Client")
    if root.tag != f"{{{SOAP}}}Envelope":
        raise AXLError(None, "The envelope is not of SOAP 1.1", "VersionMismatch")
    header, content = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
    for entry in header if header is not None else ():
        if entry.get(f"{{{SOAP}}}mustUnderstand") == "1":
            raise AXLError(None, f"The header {local(entry)} is not understood", "MustUnderstand")
    if content is None or not len(content):
        raise AXLError(None, "The envelope has nothing in its body", "Client")
    return _asked(content[0], action)


def _asked(element: Element, action: str) -> Asked:
    if any(len(found.attrib) > MAX_ATTRIBUTES for found in element.iter()):
        raise AXLError(None, f"An element has more than {MAX_ATTRIBUTES} attributes", "Client")
    space, _, operation = element.tag.removeprefix("{").rpartition("}")
    version = space.removeprefix(API) if space.startswith(API) else ""
    said = ACTION.fullmatch(action.strip())
    if version == _OLDEST and said is None:
        return Asked(_OLDEST, operation, element)
    if version not in VERSIONS or (said is not None and said["version"] not in VERSIONS):
        raise unsupported_version()
    if said is not None and said["version"] != version:
        raise AXLError(
            SEMANTIC,
            f"The SOAPAction is of version {said['version']}, and the request of version {version}",
        )
    if said is not None and said["operation"] not in {None, operation}:
        raise AXLError(
            SEMANTIC,
            f"The SOAPAction names the operation {said['operation']}, and the request {operation}",
        )
    return Asked(version, operation, element)


def answer_document(asked: Asked, inner: str) -> bytes:
    """The body of an answer.

    Args:
        asked: The request.
        inner: What the answer's element holds.
    """
    name = f"ns:{asked.operation}Response"
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body>'
        f'<{name} xmlns:ns="{namespace(asked.version)}">{inner}</{name}>'
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()
