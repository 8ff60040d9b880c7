"""Stanzas that were sent and not acknowledged, and stanzas that were received: what both ends of a stream count.

Spec: XEP-0198 1.6.1 §4 (acknowledgements; both counters wrap at 2^32), §5 (what is sent again after resumption).
"""

from __future__ import annotations

from collections import deque
from typing import Final

from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import STREAM_MANAGEMENT

__all__ = ["ASK_AFTER", "WRAP", "Acknowledgement", "counted"]

WRAP: Final = 2**32

ASK_AFTER: Final = 8
"""So many stanzas that are not acknowledged, and the client is asked."""


class Acknowledgement:
    """One stream's stanzas, both ways.

    Args:
        max_bytes: How much may be sent and not acknowledged.

    Attributes:
        handled: How many stanzas of the client's have been dealt with, modulo `WRAP`.
        unacknowledged_bytes: What those take that the client has not acknowledged.
    """

    __slots__ = (
        "_acknowledged",
        "_asked",
        "_max_bytes",
        "_sent",
        "handled",
        "unacknowledged_bytes",
    )

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._sent: deque[bytes] = deque()
        self._acknowledged = self.handled = self.unacknowledged_bytes = 0
        self._asked = False

    def __len__(self) -> int:
        """How many stanzas the client has not acknowledged."""
        return len(self._sent)

    def received(self) -> None:
        """A stanza of the client's has been dealt with."""
        self.handled = (self.handled + 1) % WRAP

    def sent(self, stanza: bytes) -> bool:
        """A stanza is sent, or would be if there was a connection.

        Returns:
            False when so much is not acknowledged that the session must end.
        """
        self._sent.append(stanza)
        self.unacknowledged_bytes += len(stanza)
        return self.unacknowledged_bytes <= self._max_bytes

    def must_ask(self) -> bool:
        """Whether to ask for an acknowledgement now; if so, it counts as asked."""
        asks = len(self._sent) >= ASK_AFTER and not self._asked
        self._asked = self._asked or asks
        return asks

    def acknowledge(self, handled: int) -> None:
        """The client says how many stanzas it has dealt with.

        Raises:
            StreamError: ``undefined-condition``, with ``handled-count-too-high`` (XEP-0198 §4): more than were sent.
        """
        new = (handled - self._acknowledged) % WRAP
        if new > len(self._sent):
            sent = (self._acknowledged + len(self._sent)) % WRAP
            raise StreamError(
                "undefined-condition",
                "more is acknowledged than was sent",
                f'<handled-count-too-high xmlns="{STREAM_MANAGEMENT}" h="{handled}" send-count="{sent}"/>',
            )
        for _ in range(new):
            self.unacknowledged_bytes -= len(self._sent.popleft())
        self._acknowledged, self._asked = handled, False

    def again(self) -> list[bytes]:
        """What to send again on another connection, in order."""
        self._asked = False
        return list(self._sent)


def counted(text: str | None) -> int:
    """Read ``h``.

    Raises:
        StreamError: ``bad-format``: it is no number below `WRAP`.
    """
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise StreamError("bad-format", "h is not a number")
    if (number := int(text)) >= WRAP:
        raise StreamError("bad-format", "h is not a number")
    return number
