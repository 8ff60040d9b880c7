"""The ``<body/>`` of BOSH: read and written.

Spec: XEP-0124 §6 (the wrapper; what it may not contain), §17 (conditions and, for old clients, HTTP codes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from finesse_tx.errors import RemoteProtocolError
from finesse_tx.notification.core.namespaces import BOSH, STREAM
from finesse_tx.xmltext import StreamReader, StreamTarget, escape

__all__ = [
    "CONTENT_TYPE",
    "EMPTY",
    "MAX_RID",
    "BodyError",
    "Reply",
    "body",
    "number",
    "read",
    "request_id",
    "terminate",
]

MAX_RID: Final = 2**53 - 1
"""Beyond this, clients that count in floating point lose count (XEP-0124 §14.1)."""

CONTENT_TYPE: Final = "text/xml; charset=utf-8"

EMPTY: Final = f'<body xmlns="{BOSH}"/>'.encode()
"""What a request is answered when there is nothing to say."""

_OPENED: Final = f'<body xmlns="{BOSH}">'.encode()
_STREAM_PREFIX: Final = f' xmlns:stream="{STREAM}"'

_LEGACY_CODES: Final = {"bad-request": 400, "policy-violation": 403, "item-not-found": 404}


class BodyError(RemoteProtocolError):
    """A request is not what BOSH says it must be.

    Attributes:
        condition: A terminal binding condition of XEP-0124 §17.2.
    """

    def __init__(self, condition: str, reason: str) -> None:
        super().__init__(condition, reason)
        self.condition = condition


class Reply(NamedTuple):
    """What a request is answered.

    Attributes:
        body: The document.
        code: 200, but for clients that are too old to look into a document (XEP-0124 §17.1).
        content_type: As the client asked for at the start.
    """

    body: bytes
    code: int = 200
    content_type: str = CONTENT_TYPE


class _Wrapper:
    """Takes the wrapper off, and tells the rest to the payload's target."""

    def __init__(self, payload: StreamTarget) -> None:
        self._payload, self._depth = payload, 0
        self.attributes: Mapping[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > 1:
            self._payload.start(name, attributes)
        elif name == f"{BOSH} body":
            self.attributes = attributes
        else:
            raise BodyError("bad-request", "the document is not a <body/> of BOSH")

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._depth:
            self._payload.end(name)

    def data(self, text: str) -> None:
        if self._depth > 1:
            self._payload.data(text)
        elif text.strip():
            raise BodyError("bad-request", "the <body/> has text of its own")


def read(document: bytes, payload: StreamTarget) -> Mapping[str, str]:
    """Read a request.

    Args:
        document: The whole document.
        payload: Told of everything within the wrapper.

    Returns:
        The wrapper's attributes, under the names that `StreamTarget` has for them.

    Raises:
        BodyError: It is XML, but not a ``<body/>``.
        XMLRefusedError: It is not XML, or more than that.
    """
    wrapper = _Wrapper(payload)
    StreamReader(wrapper).feed(document, final=True)
    return wrapper.attributes


def number(attributes: Mapping[str, str], name: str, default: int) -> int:
    """Read an attribute that is a number, not negative.

    Raises:
        BodyError: It is there, and is none.
    """
    text = attributes.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        raise BodyError("bad-request", f"{name} is not a number")
    return int(text)


def request_id(attributes: Mapping[str, str]) -> int:
    """Read ``rid``.

    Raises:
        BodyError: It is missing or out of range.
    """
    rid = number(attributes, "rid", 0)
    if not 1 <= rid <= MAX_RID:
        raise BodyError("bad-request", f"rid is not a number from 1 to {MAX_RID}")
    return rid


def body(attributes: str, content: bytes) -> bytes:
    """Write a response.

    Args:
        attributes: Each with a blank before it, escaped; or empty.
        content: Whole elements; or empty. Where one is a stream's features or error, the wrapper declares their
            prefix (XEP-0206 §2).
    """
    if b"<stream:" in content and _STREAM_PREFIX not in attributes:
        attributes += _STREAM_PREFIX
    if not content:
        return f'<body xmlns="{BOSH}"{attributes}/>'.encode() if attributes else EMPTY
    opened = f'<body xmlns="{BOSH}"{attributes}>'.encode() if attributes else _OPENED
    return b"".join((opened, content, b"</body>"))


def terminate(condition: str, content: bytes = b"", *, legacy: bool = False) -> Reply:
    """The end of a session.

    Args:
        condition: Of XEP-0124 §17.2; empty where the client asked for the end.
        content: A stream error, and stanzas before it.
        legacy: Whether the client gave no ``ver`` when the session was made.
    """
    attributes = ' type="terminate"'
    if condition:
        attributes += f' condition="{escape(condition)}"'
    code = _LEGACY_CODES.get(condition, 200) if legacy else 200
    return Reply(body(attributes, content), code)
