"""The certificate of every TLS port: the operator's, an administrator's, or one signed by a small authority of our own."""

from finesse_tx.certificates.authority import own_identity
from finesse_tx.certificates.desk import CertificateDesk
from finesse_tx.certificates.identity import Identity, operator_identity
from finesse_tx.certificates.installed import InstalledCertificates
from finesse_tx.certificates.ports import ServerTLS

__all__ = [
    "CertificateDesk",
    "Identity",
    "InstalledCertificates",
    "ServerTLS",
    "operator_identity",
    "own_identity",
]
