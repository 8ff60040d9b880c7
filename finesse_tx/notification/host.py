"""What a client's stream stands between: what carries it, and what all streams of a service share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from twisted.internet.interfaces import IReactorTime

from finesse_tx.notification.accounts import Accounts
from finesse_tx.notification.core.counters import NotificationCounters
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.strangers import Strangers
from finesse_tx.notification.core.trace import Trace
from finesse_tx.notification.resumption import Places, Resumptions
from finesse_tx.notification.sign_in import Mechanisms

__all__ = ["Carrier", "EndsStream", "Host"]


class Carrier(Protocol):
    """What carries a stream. Nothing here is called after `end`."""

    @property
    def secure(self) -> bool:
        """Whether it is encrypted."""

    @property
    def can_secure(self) -> bool:
        """Whether it could be, by STARTTLS."""

    @property
    def resumable(self) -> bool:
        """Whether its sessions may be managed, and outlive it."""

    def bindings(self) -> Mapping[str, bytes]:
        """What identifies the channel, by the name of the binding; empty where nothing does."""

    def open(self, stream_id: str) -> None:
        """Send our stream header, if there is such a thing here."""

    def write(self, stanza: bytes) -> None:
        """Send one whole element; it never raises, and may end the stream for what it did not read yet."""

    def start_tls(self) -> None:
        """Encrypt from here on; what comes next is a new header."""

    def restart(self) -> None:
        """What comes next is a new header."""

    def end(self, failure: StreamError | None) -> None:
        """Say why (None: because the client asked for it), and close."""


class EndsStream(Protocol):
    """A stream, as far as others are concerned."""

    def end(self, failure: StreamError | None) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class Host:
    """What all streams of one service share.

    Attributes:
        domain: The XMPP domain.
        mechanisms: What people sign in with.
        accounts: Where bound sessions live.
        clock: For the time limit.
        places: Where a carrier takes one before it opens a stream.
        resumptions: The sessions under stream management.
        new_id: Makes short identifiers that cannot be guessed.
        login_timeout_s: How long a client may take until it is bound.
        allow_plain_text: Whether passwords are taken without TLS.
        counters: What all of them have done.
        trace: Whose stanzas are logged.
        strangers: The streams whose clients have not signed in.
    """

    domain: str
    mechanisms: Mechanisms
    accounts: Accounts
    clock: IReactorTime
    places: Places
    resumptions: Resumptions
    new_id: Callable[[], str]
    login_timeout_s: float
    allow_plain_text: bool
    counters: NotificationCounters
    trace: Trace
    strangers: Strangers[EndsStream]
