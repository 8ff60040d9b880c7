"""What ends a connection."""

from __future__ import annotations

from h2.errors import ErrorCodes

from finesse_tx.errors import RemoteProtocolError

__all__ = ["BrokenError"]


class BrokenError(RemoteProtocolError):
    """The client broke HTTP/2 or one of our bounds, and its connection ends; what it is told by then waits to be sent.

    Attributes:
        code: What the GOAWAY says.
        reason: In words, for the log.

    Spec: RFC 9113 §5.4.1.
    """

    def __init__(self, code: ErrorCodes, reason: str) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason
