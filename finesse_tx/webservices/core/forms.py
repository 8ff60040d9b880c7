"""Files that come in forms.

Spec: RFC 7578 (multipart/form-data).
"""

from __future__ import annotations

from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP

__all__ = ["is_form", "parts"]


def is_form(content_type: str) -> bool:
    """Whether a ``Content-Type`` says that there is a form, and not the file itself."""
    return content_type.lower().startswith("multipart/")


def parts(content_type: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """The fields of a form, in order, each with its name and what is in it; nothing where it cannot be read."""
    head = b"Content-Type: " + content_type.encode("latin-1", errors="replace") + b"\r\n\r\n"
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    for part in form.iter_parts() if form.is_multipart() else ():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield str(part.get_param("name", "", header="content-disposition")), content
