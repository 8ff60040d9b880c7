"""The certificate of every TLS port: the operator's, or one signed by a small authority of our own."""

from finesse_tx.certificates.authority import own_identity
from finesse_tx.certificates.identity import Identity, operator_identity
from finesse_tx.certificates.ports import ServerTLS

__all__ = ["Identity", "ServerTLS", "operator_identity", "own_identity"]
