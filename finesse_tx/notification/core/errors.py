"""What a client of the notification service can do wrong, in the specifications' own words."""

from finesse_tx.errors import RemoteProtocolError

__all__ = ["SASLError", "StreamError"]


class StreamError(RemoteProtocolError):
    """A stream ends, and the peer is told why.

    Attributes:
        condition: Such as ``conflict``: a name of RFC 6120 §4.9.3.
        text: For people to read; may be empty.
        detail: An element with a condition of an extension's own, as XML; may be empty.
    """

    def __init__(self, condition: str, text: str = "", detail: str = "") -> None:
        super().__init__(condition, text)
        self.condition, self.text, self.detail = condition, text, detail

    def __str__(self) -> str:
        return f"{self.condition}: {self.text}" if self.text else self.condition


class SASLError(RemoteProtocolError):
    """A sign-in is refused; the stream may go on.

    Attributes:
        condition: Such as ``not-authorized``: a name of RFC 6120 §6.5.
        text: For people to read; may be empty.
    """

    def __init__(self, condition: str, text: str = "") -> None:
        super().__init__(condition, text)
        self.condition, self.text = condition, text
