"""A certificate that somebody brings: read, and looked at, before anything is done with it.

Each thing that is wrong is said in words that help who has to mend it; all of them are said at once.

Spec: RFC 5280 (§4.1.2.5 validity, §4.2.1 extensions), RFC 6125 §6.4.3 (wildcards), RFC 7468 (PEM), RFC 7292 (PKCS #12);
RFC 9325 §4.5 (key lengths).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from finesse_tx.certificates.authority import is_signed_by
from finesse_tx.certificates.identity import RENEW_BEFORE, Identity
from finesse_tx.errors import FinesseError

__all__ = [
    "MAX_CHAIN",
    "MIN_RSA_BITS",
    "CertificateRefusedError",
    "Fault",
    "doubts",
    "from_pem",
    "from_pkcs12",
    "refuse_unfit",
]

MAX_CHAIN: Final = 10
"""Certificates behind the server's; browsers give up sooner."""

MIN_RSA_BITS: Final = 2_048
MAX_RSA_BITS: Final = 8_192
"""Beyond that a handshake takes a large part of a second."""

_CURVES: Final = ("secp256r1", "secp384r1")
"""Those that every browser takes."""

_WEAK: Final = frozenset({"md5", "sha1"})

Extension = TypeVar("Extension", bound=x509.ExtensionType)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a certificate is not taken.

    Attributes:
        field: ``certificate``, ``key``, ``passphrase`` or ``pkcs12``.
        reason: A sentence.
    """

    field: str
    reason: str


class CertificateRefusedError(FinesseError):
    """It is not taken, and nothing was changed.

    Attributes:
        faults: All that is wrong.
    """

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(fault.reason for fault in self.faults)


# Reading --------------------------------------------------------------------------------------------------------


def from_pem(certificates: bytes, key: bytes, passphrase: bytes) -> Identity:
    """Read a certificate with its chain, and its key.

    Args:
        certificates: PEM, the server's first.
        key: PEM.
        passphrase: Opens the key; empty for none.

    Raises:
        CertificateRefusedError: One of them cannot be read.
    """
    faults: list[Fault] = []
    chain: list[x509.Certificate] = []
    opened: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None = None
    try:
        chain = x509.load_pem_x509_certificates(certificates)
    except ValueError:
        faults.append(
            Fault(
                "certificate",
                "This is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----",
            )
        )
    try:
        opened = _opened(key, passphrase)
    except CertificateRefusedError as error:
        faults += error.faults
    if faults or opened is None:
        raise CertificateRefusedError(*faults)
    return Identity(chain[0], tuple(chain[1:]), opened)


def from_pkcs12(data: bytes, passphrase: bytes) -> Identity:
    """Read a certificate, its chain and its key from one file.

    Args:
        data: PKCS #12, as in ``.p12`` and ``.pfx`` files.
        passphrase: Opens it; empty for none.

    Raises:
        CertificateRefusedError: It cannot be read, or lacks one of the two.
    """
    try:
        found = load_pkcs12(data, passphrase or None)
    except (ValueError, UnsupportedAlgorithm) as error:
        if "password" in str(error).lower() or "mac" in str(error).lower():
            raise CertificateRefusedError(
                Fault("passphrase", "The passphrase does not open this file")
            ) from None
        raise CertificateRefusedError(Fault("pkcs12", "This is no PKCS #12 file")) from None
    if found.cert is None or found.key is None:
        lacks = "key" if found.key is None else "certificate"
        raise CertificateRefusedError(Fault("pkcs12", f"There is no {lacks} in this file"))
    chain = _in_order(found.cert.certificate, [one.certificate for one in found.additional_certs])
    return Identity(found.cert.certificate, chain, _known(found.key, "pkcs12"))


def _in_order(
    certificate: x509.Certificate, others: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Those that lead from a certificate to a root: this form keeps no order; what leads nowhere is left out."""
    chain: list[x509.Certificate] = []
    last = certificate
    while (
        above := next((one for one in others if one not in chain and is_signed_by(last, one)), None)
    ) is not None:
        chain.append(above)
        last = above
    return tuple(chain)


def _opened(key: bytes, passphrase: bytes) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    try:
        try:
            found = load_pem_private_key(key, passphrase or None)
        except TypeError:
            if not passphrase:
                raise CertificateRefusedError(
                    Fault("passphrase", "The key has a passphrase: give it, too")
                ) from None
            found = load_pem_private_key(key, None)  # none is needed
    except (ValueError, UnsupportedAlgorithm):
        if passphrase and b"ENCRYPTED" in key:
            raise CertificateRefusedError(
                Fault("passphrase", "The passphrase does not open the key")
            ) from None
        reason = "This is no private key in PEM: it begins with -----BEGIN … PRIVATE KEY-----"
        raise CertificateRefusedError(Fault("key", reason)) from None
    return _known(found, "key")


def _known(key: object, field: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return key
    reason = "The key is neither RSA nor EC, and browsers know no other; use a P-256 key"
    raise CertificateRefusedError(Fault(field, reason))


# Looking --------------------------------------------------------------------------------------------------------


def refuse_unfit(identity: Identity, host: str, now: datetime) -> None:
    """Let a certificate pass that clients of this server can take.

    Args:
        identity: It.
        host: The name that they dial.
        now: In UTC.

    Raises:
        CertificateRefusedError: They could not; with every reason.
    """
    faults = [*_key_faults(identity), *_own_faults(identity, host), *_chain_faults(identity, now)]
    if faults:
        raise CertificateRefusedError(*faults)


def doubts(identity: Identity, more_names: Sequence[str], now: datetime) -> tuple[str, ...]:
    """What should be known of a certificate that is taken all the same.

    Args:
        identity: It.
        more_names: Other names that some clients look for.
        now: In UTC.
    """
    found = []
    certificate, last = identity.certificate, (identity.certificate, *identity.chain)[-1]
    if certificate.not_valid_after_utc - now <= RENEW_BEFORE:
        found.append(
            f"It is good for {(certificate.not_valid_after_utc - now).days} more days only"
        )
    if is_signed_by(certificate, certificate):
        found.append("It is signed by nobody but itself: every client has to be told to trust it")
    elif not identity.chain:
        found.append(
            "No certificate of its issuer comes with it: clients that do not know the issuer will refuse it"
        )
    elif last.issuer != last.subject and last.not_valid_after_utc - now <= RENEW_BEFORE:
        found.append(
            f"{_name(last)} is good for {(last.not_valid_after_utc - now).days} more days only"
        )
    names = _names(certificate)
    found += [
        f"{name} is not among its names: XMPP clients that look for it will refuse it"
        for name in more_names
        if not _covers(names, name)
    ]
    return tuple(found)


def _key_faults(identity: Identity) -> list[Fault]:
    faults, key = [], identity.key
    if isinstance(key, rsa.RSAPrivateKey):
        if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            reason = (
                f"The key has {key.key_size} bits; RSA keys have {MIN_RSA_BITS} to {MAX_RSA_BITS}"
            )
            faults.append(Fault("key", f"{reason}; better is a P-256 key"))
    elif key.curve.name not in _CURVES:
        reason = f"The key's curve is {key.curve.name}, which not all browsers take; use P-256"
        faults.append(Fault("key", reason))
    if not identity.matches:
        if any(Identity(other, (), key).matches for other in identity.chain):
            reason = (
                "The key is that of a certificate further down: put the server's certificate first"
            )
            faults.append(Fault("certificate", reason))
        else:
            faults.append(Fault("key", "This is not the key of the certificate"))
    return faults


def _own_faults(identity: Identity, host: str) -> list[Fault]:
    """What is wrong with the server's certificate, as one for this server."""
    reasons, certificate = [], identity.certificate
    names = _names(certificate)
    if not names:
        reasons.append(
            "The certificate names no hosts (subjectAltName), and browsers look nowhere else"
        )
    elif not _covers(names, host):
        shown = ", ".join(map(str, names[:10]))
        reasons.append(
            f"The certificate is for {shown}, and not for {host}, the name of this server"
        )
    purposes = _extension(certificate, x509.ExtendedKeyUsage)
    if purposes is not None and not {
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    } & set(purposes):
        reasons.append("The certificate is not for servers (extendedKeyUsage has no serverAuth)")
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        reasons.append(
            "The certificate's key may not sign (keyUsage has no digitalSignature), as TLS needs it to"
        )
    return [Fault("certificate", reason) for reason in reasons]


def _chain_faults(identity: Identity, now: datetime) -> list[Fault]:
    reasons = []
    if len(identity.chain) > MAX_CHAIN:
        reasons.append(
            f"There are {len(identity.chain)} certificates behind it; {MAX_CHAIN} at most"
        )
    whole = (identity.certificate, *identity.chain[:MAX_CHAIN])
    for index, one in enumerate(whole):
        name = "The certificate" if index == 0 else _name(one)
        if one.not_valid_after_utc <= now:
            reasons.append(f"{name} expired at {one.not_valid_after_utc:%Y-%m-%d %H:%M} UTC")
        if one.not_valid_before_utc > now:
            reasons.append(
                f"{name} is not valid before {one.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
            )
        algorithm = one.signature_hash_algorithm
        if algorithm is not None and algorithm.name in _WEAK and one.issuer != one.subject:
            reasons.append(f"{name} is signed with {algorithm.name}, which clients refuse")
    for below, above in pairwise(whole):
        if not is_signed_by(below, above):
            reasons.append(
                f"{_name(below)} is followed by {_name(above)}, which has not signed it: put the chain in order"
            )
    return [Fault("certificate", reason) for reason in reasons]


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _names(certificate: x509.Certificate) -> tuple[object, ...]:
    """The host names, as texts, and the addresses, as such."""
    found = _extension(certificate, x509.SubjectAlternativeName)
    if found is None:
        return ()
    return (
        *(name.lower() for name in found.get_values_for_type(x509.DNSName)),
        *found.get_values_for_type(x509.IPAddress),
    )


def _covers(names: Sequence[object], host: str) -> bool:
    """Whether a client that dials a host finds it; a wildcard stands for one label."""
    try:
        return ipaddress.ip_address(host) in names
    except ValueError:
        dialled = host.lower()
    _, _, domain = dialled.partition(".")
    return dialled in names or (bool(domain) and f"*.{domain}" in names)


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string() or "A certificate without a name"
