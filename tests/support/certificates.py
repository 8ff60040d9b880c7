"""Certificates as authorities issue them, good ones and bad ones."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

__all__ = ["Issued", "issued", "key_pem", "root"]


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key.

    Attributes:
        certificate: It.
        key: Its.
    """

    certificate: x509.Certificate
    key: Any

    @property
    def pem(self) -> str:
        """The certificate, as a file has it."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """The key, as a file has it."""
        return key_pem(self.key)


def key_pem(key: Any, passphrase: str = "") -> str:
    """A key, as a file has it."""
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    text: str = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()
    return text


@cache
def root() -> Issued:
    """An authority that everybody may trust."""
    return issued("Example Root", (), is_authority=True)


def issued(
    name: str,
    hosts: Sequence[str],
    by: Issued | None = None,
    *,
    key: Any = None,
    begin: datetime | None = None,
    end: datetime | None = None,
    is_authority: bool = False,
    extensions: Sequence[x509.ExtensionType] = (),
) -> Issued:
    """Have one issued.

    Args:
        name: Its common name.
        hosts: Its subjectAltName; empty for none.
        by: Who signs; None: it does itself.
        key: Its key; None for a new one.
        begin: Since when; None for yesterday.
        end: Until when; None for in 90 days.
        is_authority: Whether it may sign others.
        extensions: More of them.
    """
    key = ec.generate_private_key(ec.SECP256R1()) if key is None else key
    now, subject = datetime.now(UTC), _name(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by is not None else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin or now - timedelta(days=1))
        .not_valid_after(end or now + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([*map(_host, hosts)]), False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    signer = by.key if by is not None else key
    return Issued(builder.sign(signer, hashes.SHA256()), key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
