"""Origins as people write them and as browsers send them.

Spec: the HTML standard, "origin" (its serialisation), the URL standard (hosts, default ports); RFC 6454 §6.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from typing import Final

from finesse_tx.errors import FinesseError

__all__ = ["NotAnOriginError", "as_sent"]

MAX_HOST: Final = 253
"""Characters of a host name (RFC 1035)."""

_PARTS: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>.*)", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\[([0-9A-Fa-f:.]*)\]")  # no zone: browsers send none
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_DIGITS: Final = re.compile(r"[0-9]{1,5}")

_LEFT_OUT: Final = {"http": 80, "https": 443}
"""The ports that browsers leave out."""


class NotAnOriginError(FinesseError):
    """Nothing that a browser sends as an origin we could know; says why."""


def as_sent(text: str) -> str:
    """An origin as browsers send it: in small letters, without the port that goes without saying.

    Args:
        text: As somebody has written it, such as ``HTTPS://CRM.example.com:443``.

    Raises:
        NotAnOriginError: It is none, or one that many pages share; a sentence says why, and what would be right.
    """
    if text == "null":
        raise NotAnOriginError(
            '"null" is no origin of its own: browsers send it for files, and for sandboxed frames of any site'
        )
    if "*" in text:
        raise NotAnOriginError("Write each origin in full; one with * is not taken")
    found = _PARTS.fullmatch(text)
    if found is None:
        raise NotAnOriginError(
            "An origin is a scheme, a host and perhaps a port: https://crm.example.com:8443"
        )
    scheme = found["scheme"].lower()
    if scheme not in _LEFT_OUT:
        raise NotAnOriginError(f"The scheme of an origin is https or http, not {scheme}")
    rest = found["rest"]
    if "@" in rest:
        raise NotAnOriginError("An origin has no user and no password")
    for sign, name in (("/", "path"), ("?", "query"), ("#", "fragment")):
        before, _, after = rest.partition(sign)
        if after or before != rest:
            raise NotAnOriginError(f"An origin has no {name}: leave {sign}{after} out")
    name, bracket, after = rest.partition("]") if rest.startswith("[") else ("", "", rest)
    between, colon, digits = after.partition(":")
    host, port = _host(name + bracket + between), _port(digits) if colon else None
    shown = "" if port in {None, _LEFT_OUT[scheme]} else f":{port}"
    return f"{scheme}://{host}{shown}"


def _host(text: str) -> str:
    if not text:
        raise NotAnOriginError("The host is missing: https://crm.example.com")
    if text.startswith("["):
        if (found := _BRACKETS.fullmatch(text)) is not None:
            with suppress(ValueError):
                return f"[{ipaddress.IPv6Address(found[1])}]"
        raise NotAnOriginError(f"{text} is no IPv6 address")
    if not text.isascii():
        raise NotAnOriginError("Write the host as browsers send it, in ASCII: xn--…")
    host = text.lower()
    labels = host.split(".")
    if len(host) > MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise NotAnOriginError(f"{text} is no host name")
    if labels[-1].isdigit():  # browsers take it for an IPv4 address, and for nothing else
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise NotAnOriginError(f"{text} is no IPv4 address") from None
    return host


def _port(text: str) -> int:
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= 65_535:
        raise NotAnOriginError(f"{text or 'Nothing'} is no port: a port is from 1 to 65535")
    return int(text)
