"""Who the server says it is, read from an operator's files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from twisted.logger import Logger

from finesse_tx.config import TLSConfig
from finesse_tx.errors import UNPLACED, ConfigError

__all__ = ["RENEW_BEFORE", "Identity", "operator_identity"]

RENEW_BEFORE: Final = timedelta(days=30)
"""What has no more than this left is made anew where it is ours, and warned about where it is an operator's;
looked at when certificates are loaded or reloaded."""

_log = Logger()


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and what goes with it.

    Attributes:
        certificate: The server's own.
        chain: Those that lead from it towards a root, in order.
        key: Its private key.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @property
    def matches(self) -> bool:
        """Whether the key is the certificate's."""
        return self.certificate.public_key() == self.key.public_key()


def operator_identity(config: TLSConfig, now: datetime) -> Identity:
    """Read the operator's certificate and key.

    Args:
        config: Names both files.
        now: In UTC.

    Raises:
        ConfigError: One of them is unreadable or no PEM, they do not belong together, or the certificate
            is not valid now. It names the key and the file.
    """

    def wrong(key: str, reason: str, fix: str) -> ConfigError:
        return ConfigError(UNPLACED, f"tls.{key}", f"{getattr(config, key)} {reason}", fix)

    def read(key: str) -> bytes:
        try:
            return Path(getattr(config, key)).read_bytes()
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            raise wrong(key, reason, "name a file that this user may read") from None

    try:
        certificate, *chain = x509.load_pem_x509_certificates(read("certificate_file"))
    except ValueError:
        raise wrong("certificate_file", "holds no PEM certificate", "convert it to PEM") from None
    try:
        key = load_pem_private_key(read("key_file"), None)
    except TypeError:
        raise wrong("key_file", "has a passphrase", "write the key without one") from None
    except (ValueError, UnsupportedAlgorithm):
        raise wrong("key_file", "holds no PEM private key", "convert it to PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        reason = "is neither an EC nor an RSA key"
        raise wrong("key_file", reason, "browsers know no other; use a P-256 key")
    identity = Identity(certificate, tuple(chain), key)
    if not identity.matches:
        later = any(Identity(other, (), key).matches for other in chain)
        raise wrong(
            "key_file",
            "is not the key of the first certificate in tls.certificate_file",
            "put the server's certificate first" if later else "give the key it was issued for",
        )
    if certificate.not_valid_after_utc <= now:
        reason = f"expired at {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        raise wrong("certificate_file", reason, "renew it")
    if certificate.not_valid_before_utc > now:
        reason = f"is not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        raise wrong("certificate_file", reason, "look at this machine's clock")
    if certificate.not_valid_after_utc - now <= RENEW_BEFORE:
        _log.warn(
            "{file} expires at {end} UTC: renew it, then send SIGHUP",
            file=config.certificate_file,
            end=f"{certificate.not_valid_after_utc:%Y-%m-%d %H:%M}",
        )
    return identity
