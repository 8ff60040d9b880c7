"""The operator's ``[gadgets]``: a `finesse_tx.gadgets.fetching.Fetcher` that keeps to it, and the folder of gadgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from OpenSSL.crypto import Error as OpenSSLError
from twisted.internet.ssl import Certificate, trustRootFromCertificates
from twisted.web.client import BrowserLikePolicyForHTTPS

from finesse_tx.config import GadgetsConfig, OutboundConfig
from finesse_tx.errors import StartError
from finesse_tx.gadgets.core.fetching import Limits
from finesse_tx.gadgets.core.outbound import HostRule, Policy
from finesse_tx.gadgets.core.places import Places
from finesse_tx.gadgets.fetching import Fetcher
from finesse_tx.gadgets.files import Folder

__all__ = ["developed", "fetcher", "folder", "https_policy", "limits", "policy", "trusted"]

_END = b"-----END CERTIFICATE-----"


def policy(config: OutboundConfig) -> Policy:
    """What the operator allows; `finesse_tx.config.load` has looked at it."""
    return Policy(
        tuple(map(HostRule.parse, config.hosts)),
        frozenset(config.ports),
        tuple(map(ip_network, config.private_networks)),
        config.max_redirects,
    )


def trusted(config: GadgetsConfig) -> Policy:
    """Whose gadgets are rendered, at the ports and addresses that may be reached at all."""
    return replace(policy(config.outbound), hosts=tuple(map(HostRule.parse, config.hosts)))


def developed(config: GadgetsConfig) -> Callable[[str, str], bool]:
    """Which gadgets are being written: called with a gadget's URL, and how we were addressed."""
    if not config.dev:
        return lambda _url, _host: False
    some = Places(config.dev_only)
    return some.hold if some else lambda _url, _host: True


def fetcher(config: GadgetsConfig, reactor: Any) -> Fetcher:
    """What fetches from whom gadgets may reach, and from where gadgets are rendered.

    Raises:
        StartError: The authorities' file cannot be read.
    """
    allowed = policy(config.outbound)
    return Fetcher(
        replace(allowed, hosts=(*allowed.hosts, *trusted(config).hosts)),
        limits(config.outbound),
        reactor,
        reactor,
        reactor.nameResolver,
        https_policy(config.outbound),
    )


def folder(config: GadgetsConfig, home: Path) -> Folder:
    """The operator's own gadgets; the home folder has them if the configuration names no other."""
    return Folder(Path(config.folder) if config.folder else home / "3rdpartygadget" / "files")


def limits(config: OutboundConfig) -> Limits:
    """The operator's bounds."""
    return Limits(
        answer_bytes=config.max_answer_bytes,
        request_bytes=config.max_request_bytes,
        connect_s=config.connect_s,
        total_s=config.total_s,
        per_host=config.per_host,
        waiting_per_host=config.waiting_per_host,
        at_once=config.at_once,
        waiting=config.waiting,
    )


def https_policy(config: OutboundConfig) -> BrowserLikePolicyForHTTPS:
    """Who is believed about names: the machine's authorities, or those of the operator's file.

    Raises:
        StartError: The file cannot be read, or holds no certificate.
    """
    if not config.ca_file:
        return BrowserLikePolicyForHTTPS()
    key = f"gadgets.outbound.ca_file ({config.ca_file})"
    try:
        parts = Path(config.ca_file).read_bytes().split(_END)[:-1]
        found = [Certificate.loadPEM(part + _END) for part in parts]
    except OSError as error:
        raise StartError(f"{key} cannot be read: {error.strerror}") from None
    except (OpenSSLError, ValueError):
        raise StartError(f"{key} has a certificate that cannot be read") from None
    if not found:
        raise StartError(f"{key} holds no certificate; it is PEM")
    return BrowserLikePolicyForHTTPS(trustRootFromCertificates(found))
