"""What a gadget refers to, made absolute.

Spec: RFC 3986 §5; ``gadgets.md`` §2.1 and §4.3 (only http and https are fetched or shown).
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

__all__ = ["fetchable"]


def fetchable(written: str, base: str) -> str:
    """Resolve the URI of something to be fetched or shown.

    Args:
        written: As it stands in the specification, markers filled in.
        base: The specification's URL.

    Raises:
        ValueError: It is not, or does not become, an http or https URL with a host; it says what is allowed.
    """
    allowed = "allowed: a URI that is http or https, or relative to the gadget"
    if any(character <= " " or character == "\x7f" for character in written):
        raise ValueError(f"{allowed}, without blanks")
    try:
        resolved = urljoin(base, written)
        parts = urlsplit(resolved)
        is_fetchable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_fetchable = False
    if not is_fetchable:
        raise ValueError(allowed)
    return resolved
