"""What identifies a TLS connection, for SCRAM's channel binding: the same at both ends, and nowhere else.

Spec: RFC 9266 (``tls-exporter``; for TLS 1.3, where every connection has it), RFC 5929 §3 (``tls-unique``; before TLS 1.3,
where no session is ever resumed, as here), §4 (``tls-server-end-point``).
"""

from __future__ import annotations

from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import MD5, SHA1, SHA256, HashAlgorithm
from OpenSSL import SSL

__all__ = ["channel_bindings"]

_LABEL: Final = b"EXPORTER-Channel-Binding"
_EXPORTED_BYTES: Final = 32


def channel_bindings(transport: Any) -> dict[str, bytes]:
    """The bindings of a connection whose TLS ends in this process, by name; empty for any other.

    Args:
        transport: What a protocol got, after the handshake.
    """
    handle = transport.getHandle() if hasattr(transport, "getHandle") else None
    if not isinstance(handle, SSL.Connection):
        return {}
    found: dict[str, bytes] = {}
    if handle.get_protocol_version() >= SSL.TLS1_3_VERSION:
        found["tls-exporter"] = handle.export_keying_material(_LABEL, _EXPORTED_BYTES, b"")
    elif (finished := handle.get_peer_finished()) is not None:
        found["tls-unique"] = finished  # the first of the handshake is the client's
    certificate = handle.get_certificate(as_cryptography=True)
    if certificate is not None and (end_point := _end_point(certificate)) is not None:
        found["tls-server-end-point"] = end_point
    return found


def _end_point(certificate: x509.Certificate) -> bytes | None:
    """The hash of a certificate, with the hash of its signature; None where that has none (RFC 5929 §4.1)."""
    algorithm: HashAlgorithm | None = certificate.signature_hash_algorithm
    if algorithm is None:
        return None
    return certificate.fingerprint(SHA256() if isinstance(algorithm, (MD5, SHA1)) else algorithm)
