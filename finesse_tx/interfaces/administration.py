"""What administrators configure, and what supervisors tell their teams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from twisted.internet.defer import Deferred
from zope.interface import Interface

from finesse_tx.configuration.core.document import Configuration
from finesse_tx.configuration.core.planning import Import
from finesse_tx.configuration.core.telling import Told
from finesse_tx.configuration.core.text import Format, Source
from finesse_tx.directory.core.edits import Author
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.webservices.core.administration.changes import AuditEntry, Change
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.console import CertificateBundle, Certificates
from finesse_tx.webservices.core.team_messages import Message as TeamMessage

__all__ = [
    "IAdministrationRecords",
    "ICertificates",
    "IConfigurationRecords",
    "IConfigurationText",
    "ITeamMessageRecords",
]


class IAdministrationRecords(Interface):
    """Where what administrators configure is kept."""

    def load() -> Deferred[Settings]:
        """All of it, as of one moment, but for reason codes.

        Returns:
            Fires with it; or fails with a `StoreError`.
        """

    def apply(change: Change, entry: AuditEntry) -> Deferred[tuple[int, ...]]:
        """Carry out a change and keep who made it: both or neither.

        Returns:
            Fires with the ids of what is new, in order; or fails with a `StoreError`, `StoreConflictError` for
            what contradicts something that is there.
        """

    def note(entry: AuditEntry, deed: Callable[[], None]) -> Deferred[None]:
        """Do something outside the store, and keep who has done it: both or neither.

        Args:
            entry: Who, what.
            deed: Does it, in another thread, when all but the commit is done; may be undone by who asks if that fails.

        Returns:
            Fires when it is done; or fails with a `StoreError`, or with what ``deed`` raised.
        """

    def latest(
        about: str, before: int | None, most: int
    ) -> Deferred[tuple[tuple[int, AuditEntry], ...]]:
        """Who has changed what.

        Args:
            about: What the paths begin with; empty for all.
            before: Only what has a lower id; None for all.
            most: How many.

        Returns:
            Fires with ids and changes, the newest first; or fails with a `StoreError`.
        """


class ICertificates(Interface):
    """The certificate of the TLS ports."""

    def shown() -> Certificates:
        """The one that they show now, and those behind it."""

    def reload() -> bool:
        """Read its files anew; whether what is there was taken."""

    def check(bundle: CertificateBundle) -> Deferred[Certificates]:
        """Look at one that somebody brings, and do nothing with it.

        Returns:
            Fires with what would be shown; or fails with an `ApiError` that names all that is wrong.
        """

    def install(bundle: CertificateBundle, author: Author) -> Deferred[Certificates]:
        """Show one from now on, and after a restart; it is audited, without its key.

        Returns:
            Fires with what is shown now; or fails with an `ApiError`, and nothing has changed.
        """

    def put_back(author: Author) -> Deferred[Certificates]:
        """Show the one from before the last `install` or `put_back`; otherwise as `install`."""


class IConfigurationRecords(Interface):
    """Where all that is configured is kept: the directory, and what administrators configure besides."""

    def read() -> Deferred[Configuration]:
        """All of it, as of one moment.

        Returns:
            Fires with it; or fails with a `StoreError`.
        """

    def take(
        source: Source,
        author: Author,
        at: datetime,
        prune: bool,
        personality: str,
        vet: Callable[[Snapshot], object] | None,
    ) -> Deferred[Import]:
        """Let it be as a document says, and keep who wanted each change: all of it or nothing.

        Args:
            source: The document.
            author: Who wants it.
            at: When, in UTC.
            prune: Whether what the document does not have goes.
            personality: ``ccx`` or ``cce``: which codes reasons may have.
            vet: Looks, in another thread, at what the directory would be, and raises what cannot be.

        Returns:
            Fires with what was done; or fails with `DocumentRefusedError`, what ``vet`` has raised, or a `StoreError`.
        """


class IConfigurationText(Interface):
    """The whole configuration as text, while the server runs: for the console and the command line."""

    def text(as_: Format) -> Deferred[bytes]:
        """All that is configured, but for passwords.

        Args:
            as_: TOML or JSON.

        Returns:
            Fires with it; or fails with a `StoreError`.
        """

    def check(data: bytes, *, prune: bool) -> Deferred[Told]:
        """Say what taking in a text would change, and change nothing.

        Returns:
            Fires with it; or fails as `take` does.
        """

    def take(data: bytes, author: Author, *, prune: bool) -> Deferred[Told]:
        """Let everything be as a text says, and have everyone follow.

        Args:
            data: The text.
            author: Who wants it.
            prune: Whether what the text does not have goes.

        Returns:
            Fires, when the node goes by it, with what was done. Or fails with `DocumentRefusedError`, which names all
            that is wrong, or with a `StoreError`; then nothing has changed.
        """

    def refresh() -> Deferred[int]:
        """Go by what is kept now: another process has changed it.

        Returns:
            Fires, when the node goes by it, with how many people may sign in; or fails with a `StoreError`.
        """


class ITeamMessageRecords(Interface):
    """Where messages to teams are kept."""

    def add(message: TeamMessage) -> Deferred[TeamMessage]:
        """Keep one.

        Returns:
            Fires with it, with its id; or fails with a `StoreError`.
        """

    def remove(message_id: int) -> Deferred[None]:
        """Keep one no longer; one that is not there is no mistake. Fails with a `StoreError`."""

    def remove_expired(now: float) -> Deferred[None]:
        """Keep those no longer whose time is over, in seconds since 1970. Fails with a `StoreError`."""
