"""Our own certificate, signed by a small authority that is kept under HOME/tls.

``ca.pem`` is made once, for ten years, and is what clients may import; name constraints keep it from vouching
for anybody else's names, should its key ever be stolen. ``server.pem`` is made anew when it is about to
expire or when the server's names change.

Spec: RFC 5280 (the profile; §4.2.1.10 name constraints).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from twisted.logger import Logger

from finesse_tx.certificates.identity import RENEW_BEFORE, Identity
from finesse_tx.errors import UNPLACED, ConfigError
from finesse_tx.home import Home

__all__ = [
    "AUTHORITY_LIFETIME",
    "BACKDATE",
    "SERVER_LIFETIME",
    "is_signed_by",
    "own_identity",
]

AUTHORITY_LIFETIME: Final = timedelta(days=3_650)
"""Clients set no limit for an authority that a person imported."""

SERVER_LIFETIME: Final = timedelta(days=397)
"""The strictest limit that clients put on a certificate of an imported authority is 825 days; this is well below."""

BACKDATE: Final = timedelta(days=1)
"""A new certificate is valid from so long ago, for clients whose clocks are slow."""

MAX_COMMON_NAME: Final = 64
"""RFC 5280's ``ub-common-name``."""

_HOST: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
_ALWAYS: Final = ("localhost", "127.0.0.1", "::1")
_ALWAYS_PERMITTED: Final = ("127.0.0.0/8", "::1/128")

_log = Logger()


def own_identity(home: Home, names: Sequence[str], now: datetime) -> Identity:
    """Our own certificate: the one under HOME/tls if it will do, else a new one.

    Args:
        home: Locked.
        names: Host names and IP addresses that clients dial, the most important one first; loopback's
            are added.
        now: In UTC.

    Raises:
        ConfigError: One of the names cannot stand in a certificate.
        StartError: HOME/tls cannot be read or written.
    """
    wanted = [_general_name(name) for name in dict.fromkeys((*names, *_ALWAYS))]
    authority = _read(home, "ca", now)
    if authority is None or not all(_permits(authority.certificate, name) for name in wanted):
        authority = _make_authority(names[0], wanted, now)
        _write(home, "ca", authority)
        _log.info(
            "made a certificate authority: clients that shall trust this server import {path}",
            path=str(home.path / "tls/ca.pem"),
        )
    server = _read(home, "server", now)
    if (
        server is None
        or not is_signed_by(server.certificate, authority.certificate)
        or _names(server.certificate) != set(wanted)
    ):
        server = _make_server(authority, names[0], wanted, now)
        _write(home, "server", server)
        _log.info(
            "made a server certificate, valid until {until}",
            until=f"{server.certificate.not_valid_after_utc:%Y-%m-%d}",
        )
    return server


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass  # then it is a host name
    if _HOST.fullmatch(name):
        return x509.DNSName(name.lower())
    raise ConfigError(
        UNPLACED,
        "server.host",
        f'"{name}" is not a host name',
        'such as "cc.example.org"',
    )


# Making ---------------------------------------------------------------------------------------------------------


def _make_authority(host: str, names: Sequence[x509.GeneralName], now: datetime) -> Identity:
    permitted: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_network(network)) for network in _ALWAYS_PERMITTED
    ]
    for name in names:
        if not any(_within(name, tree) for tree in permitted):
            ip = isinstance(name, x509.IPAddress)
            permitted.append(x509.IPAddress(ipaddress.ip_network(name.value)) if ip else name)
    key = ec.generate_private_key(ec.SECP256R1())
    # The date tells two of them apart in a browser's list.
    subject = _subject(f"finesse_tx {now:%Y-%m-%d %H:%M} {host}")
    certificate = (
        _builder(subject, subject, key, now - BACKDATE, now - BACKDATE + AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Identity(certificate, (), key)


def _make_server(
    authority: Identity, host: str, names: Sequence[x509.GeneralName], now: datetime
) -> Identity:
    issuer = authority.certificate
    key = ec.generate_private_key(ec.SECP256R1())
    end = min(now - BACKDATE + SERVER_LIFETIME, issuer.not_valid_after_utc)
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(_subject(host), issuer.subject, key, now - BACKDATE, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Identity(certificate, (), key)


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:MAX_COMMON_NAME])])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    begin: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


# Reading --------------------------------------------------------------------------------------------------------


def _read(home: Home, stem: str, now: datetime) -> Identity | None:
    """Read a pair of files that we wrote; None when they will not do, for whatever reason."""
    certificate_pem, key_pem = home.read(f"tls/{stem}.pem"), home.read(f"tls/{stem}.key")
    if certificate_pem is None or key_pem is None:
        return None
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        key = load_pem_private_key(key_pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    found = Identity(certificate, (), key)
    usable = (
        found.matches
        and certificate.not_valid_before_utc <= now
        and certificate.not_valid_after_utc - now > RENEW_BEFORE
    )
    return found if usable else None


def _write(home: Home, stem: str, identity: Identity) -> None:
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    home.write(f"tls/{stem}.key", key)
    home.write(f"tls/{stem}.pem", identity.certificate.public_bytes(Encoding.PEM))


def _names(certificate: x509.Certificate) -> set[x509.GeneralName]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return set()
    return set(found.value)


def _permits(authority: x509.Certificate, name: x509.GeneralName) -> bool:
    """Whether the authority's name constraints let it sign for ``name``."""
    try:
        found = authority.extensions.get_extension_for_class(x509.NameConstraints)
    except x509.ExtensionNotFound:
        return False
    return any(_within(name, tree) for tree in found.value.permitted_subtrees or [])


def _within(name: x509.GeneralName, tree: x509.GeneralName) -> bool:
    if isinstance(name, x509.DNSName) and isinstance(tree, x509.DNSName):
        return f".{name.value}".endswith(f".{tree.value}")
    if isinstance(name, x509.IPAddress) and isinstance(tree, x509.IPAddress):
        network = tree.value
        return isinstance(network, IPv4Network | IPv6Network) and name.value in network
    return False


def is_signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether an authority has signed a certificate, and is named as its issuer."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
