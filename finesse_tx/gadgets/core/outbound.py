"""Whether a URL may be fetched for a gadget: read once, strictly, and rebuilt; nobody reads the original again.

All ways to write a host that readers of URLs disagree about (userinfo, backslashes, IPv4 addresses in octal, in
hexadecimal or short, zones, escapes in a name) are refused, not interpreted. What is left is a name or an address that
the operator's list of hosts must hold; the addresses of a name are judged when it is connected to
(`finesse_tx.gadgets.core.addresses`).

Spec: RFC 3986; RFC 5891 with UTS #46 for names that are not ASCII; WHATWG URL's "ends in a number".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple
from urllib.parse import quote, urljoin

import idna

from finesse_tx.gadgets.core.addresses import IPAddress, IPNetwork, why_not

__all__ = [
    "DEFAULT_PORTS",
    "MAX_URL",
    "HostRule",
    "Policy",
    "Refusal",
    "Target",
    "Why",
    "judge",
    "judge_addresses",
    "judge_redirect",
    "read_url",
]

MAX_URL: Final = 2_048
"""The longest URL towards other hosts, in characters: Shindig's limit."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
"""The schemes there are, and the port of each."""


class Why(Enum):
    """What a fetch was refused, or failed, for; the label of its counter."""

    URL = "url"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    HOST = "host"
    PORT = "port"
    ADDRESS = "address"
    NAME = "name"
    METHOD = "method"
    HEADER = "header"
    REQUEST_SIZE = "request_size"
    REDIRECT = "redirect"
    BUSY = "busy"
    TIME = "time"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    SIZE = "size"
    CONTENT_TYPE = "content_type"
    ENCODING = "encoding"
    BROKEN = "broken"


class Refusal(NamedTuple):
    """A fetch that is not done, or came to nothing.

    Attributes:
        why: The kind.
        reason: In words, for the log; never with a path, a query, a header or a body.
    """

    why: Why
    reason: str


class HostRule(NamedTuple):
    """One entry of the operator's list.

    Attributes:
        name: A lower-case ASCII name or an address; with ``wildcard`` the part after ``*.``, or empty for every host.
        wildcard: Whether it stands for what is below ``name``, at any depth, but not for ``name``.
        port: Only this one; None: the ports of `Policy.ports`.
    """

    name: str
    wildcard: bool
    port: int | None

    @classmethod
    def parse(cls, text: str) -> HostRule:
        """Read ``crm.example.com``, ``*.example.com``, ``*``, ``10.1.2.3:8080`` or ``[fd00::1]:8443``.

        Raises:
            ValueError: It is none of these; the message says what is wrong.
        """
        everyone = text == "*" or text.startswith("*:")
        below = text.startswith("*.")
        found = _authority("any" + text[1:] if everyone else text[2:] if below else text)
        if isinstance(found, Refusal):
            raise ValueError(found.reason)
        host, port, address = found
        if below and address is not None:
            raise ValueError("an address has nothing below it")
        return cls("" if everyone else host, everyone or below, port)

    def names(self, host: str) -> bool:
        """Whether this entry means that host."""
        if not self.wildcard:
            return host == self.name
        return not self.name or host.endswith("." + self.name)

    def allows(self, host: str, port: int, ports: Collection[int]) -> bool:
        """Whether it allows that port of it, ``ports`` being those of entries without one."""
        return self.names(host) and (port in ports if self.port is None else port == self.port)


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator allows.

    Attributes:
        hosts: Whom gadgets may reach; nobody when it is empty.
        ports: Those of hosts that are listed without one.
        networks: Networks that are reached although they are not public.
        max_redirects: How many redirects one fetch follows.
    """

    hosts: tuple[HostRule, ...] = ()
    ports: frozenset[int] = frozenset(DEFAULT_PORTS.values())
    networks: tuple[IPNetwork, ...] = ()
    max_redirects: int = 5


class Target(NamedTuple):
    """What may be fetched, once its addresses are judged.

    Attributes:
        scheme: ``http`` or ``https``.
        host: A lower-case ASCII name without a last dot, or an address without brackets.
        port: 1 to 65535.
        path: Path and query, ASCII, beginning with a slash.
        address: The host, when it is an address; None: a name, to be resolved.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: IPAddress | None

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a URL has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        """All of it."""
        return self.origin + self.path


_URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>[^#]*)(?:#.*)?", re.DOTALL)
_HIER: Final = re.compile(r"//(?P<authority>[^/?]*)(?P<path>[^?]*)(?P<query>\?.*)?", re.DOTALL)
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_QUAD: Final = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})(?:\.(?!$)|$)){4}")
_NUMBER: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_SAFE: Final = "/?:@!$&'()*+,;=-._~%[]"


def read_url(url: str) -> Target | Refusal:
    """Read a URL, without asking who may be reached."""
    if len(url) > MAX_URL:
        return Refusal(Why.URL, f"the URL has {len(url)} characters, {MAX_URL} are allowed")
    if _FORBIDDEN.search(url):
        return Refusal(Why.URL, "the URL has a space, a control character or a backslash")
    if not (found := _URL.fullmatch(url)):
        return Refusal(Why.URL, "the URL is not absolute")
    scheme = found["scheme"].lower()
    if scheme not in DEFAULT_PORTS:
        return Refusal(Why.SCHEME, f"the scheme {scheme[:20]} is not http or https")
    if not (rest := _HIER.fullmatch(found["rest"])):
        return Refusal(Why.URL, "the URL has no //host")
    read = _authority(rest["authority"])
    if isinstance(read, Refusal):
        return read
    host, port, address = read
    if port is None:
        port = DEFAULT_PORTS[scheme]
    path = quote((rest["path"] or "/") + (rest["query"] or ""), safe=_SAFE)
    return Target(scheme, host, port, path, address)


def judge(url: str, policy: Policy) -> Target | Refusal:
    """Read a URL, and say whether ``policy`` allows it, as far as it can be said without asking for addresses."""
    target = read_url(url)
    if isinstance(target, Refusal):
        return target
    host, port = target.host, target.port
    if not any(rule.allows(host, port, policy.ports) for rule in policy.hosts):
        if any(rule.names(host) for rule in policy.hosts):
            return Refusal(Why.PORT, f"port {port} of {host} is not allowed")
        return Refusal(Why.HOST, f"{host} is not in gadgets.outbound.hosts")
    if target.address is not None and (reason := why_not(target.address, policy.networks)):
        return Refusal(Why.ADDRESS, reason)
    return target


def judge_addresses(
    host: str, addresses: Iterable[str], policy: Policy
) -> tuple[IPAddress, ...] | Refusal:
    """Say where a connection to a name may go: to each of its addresses, or, when one is not allowed, nowhere.

    One bad address spoils the others: a name that has both is either a mistake or an attempt.

    Args:
        host: The name, for the words.
        addresses: What it resolved to, as text.
        policy: What is allowed.
    """
    judged: list[IPAddress] = []
    for text in addresses:
        try:
            address: IPAddress = IPv6Address(text) if ":" in text else IPv4Address(text)
        except ValueError:
            return Refusal(Why.ADDRESS, f"{host} has an address that is none")
        if reason := why_not(address, policy.networks):
            return Refusal(Why.ADDRESS, f"an address of {host} is not allowed: {reason}")
        if address not in judged:
            judged.append(address)
    return tuple(judged) or Refusal(Why.NAME, f"{host} has no address")


def judge_redirect(
    target: Target, location: str, followed: int, policy: Policy
) -> Target | Refusal:
    """Judge where a redirect leads, as anew as a first URL.

    Args:
        target: What answered with it.
        location: Its Location, absolute or not.
        followed: How many were followed before this one.
        policy: What is allowed.
    """
    if followed >= policy.max_redirects:
        return Refusal(Why.REDIRECT, f"more than {policy.max_redirects} redirects")
    if _FORBIDDEN.search(location):  # before urljoin, which drops some of them
        return Refusal(Why.URL, "a redirect's URL has a space, a control character or a backslash")
    try:
        joined = urljoin(target.url, location)
    except ValueError:
        return Refusal(Why.URL, "a redirect's URL cannot be read")
    found = judge(joined, policy)
    if isinstance(found, Refusal):
        return Refusal(found.why, f"after a redirect from {target.origin}: {found.reason}")
    if target.scheme == "https" and found.scheme == "http":
        return Refusal(Why.REDIRECT, f"{target.origin} redirects to http, in the clear")
    return found


def _authority(text: str) -> tuple[str, int | None, IPAddress | None] | Refusal:
    """Read ``host``, ``host:port`` or ``[v6]:port``: the host in its one form, the port, the address it may be."""
    if "@" in text:
        return Refusal(Why.USERINFO, "a name or password stands before the host")
    if text.startswith("["):
        bracketed, bracket, tail = text[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            return Refusal(Why.HOST, "the brackets of the host do not match")
        if "%" in bracketed:
            return Refusal(Why.HOST, "the host has a zone")
        try:
            address: IPAddress | None = IPv6Address(bracketed)
        except ValueError:
            return Refusal(Why.HOST, "what stands in brackets is not an IPv6 address")
        host, port_text = str(address), tail[1:]
    else:
        name, _, port_text = text.partition(":")
        read = _name(name)
        if isinstance(read, Refusal):
            return read
        host = read
        address = IPv4Address(host) if _QUAD.fullmatch(host) else None
    if not port_text:
        return host, None, address
    if not re.fullmatch(r"[0-9]{1,5}", port_text) or not 1 <= int(port_text) <= 65_535:
        return Refusal(Why.PORT, "the port is not a number from 1 to 65535")
    return host, int(port_text), address


def _name(text: str) -> str | Refusal:
    """Bring a host that is not in brackets into its one form."""
    if not text:
        return Refusal(Why.HOST, "there is no host")
    if "%" in text:
        return Refusal(Why.HOST, "the host has an escape or a zone")
    if not text.isascii():
        try:
            text = idna.encode(text, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return Refusal(Why.HOST, "the host is not an international domain name")
    host = text.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        return Refusal(Why.HOST, "the host is not a domain name")
    is_quad = _QUAD.fullmatch(host) and all(int(label) <= 255 for label in labels)
    if _NUMBER.fullmatch(labels[-1]) and not is_quad:
        return Refusal(Why.HOST, "an IPv4 address is four decimal numbers up to 255")
    return host
