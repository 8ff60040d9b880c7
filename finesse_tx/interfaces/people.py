"""Who works here, who tells of them, and who changes that; a plugin point: `IDirectoryProvider`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from finesse_tx.directory.core.axl.records import ObjectEdit, ObjectWrite
from finesse_tx.directory.core.editing import Plan
from finesse_tx.directory.core.edits import Author, Edit, Key, Register
from finesse_tx.directory.core.records import ReasonCode, Snapshot
from finesse_tx.directory.core.synchronising import FoundPerson
from finesse_tx.interfaces.storage import IWorkers
from finesse_tx.webservices.core.administration.changes import AuditEntry

__all__ = [
    "IAXLRecords",
    "IDirectory",
    "IDirectoryEditRecords",
    "IDirectoryEditing",
    "IDirectoryProvider",
    "IDirectoryRecords",
    "IDirectorySource",
    "IReasonCodes",
    "ISynchroniser",
]


class IDirectory(Interface):
    """Who works here, as of now."""

    def snapshot() -> Snapshot:
        """The directory at this moment: a value, safe to keep."""


class IDirectoryRecords(Interface):
    """What the directory keeps where it survives."""

    def load() -> Deferred[tuple[Snapshot, Mapping[str, str], Mapping[str, str]]]:
        """Read everything.

        Returns:
            Fires with the people who may sign in and all the rest, the encoded password hashes and the encoded
            `ScramVerifier` of those who have one, both by login id, of one moment; or fails with a `StoreError`.
        """

    def load_reason_codes() -> Deferred[tuple[ReasonCode, ...]]:
        """Read the reason codes alone.

        Returns:
            Fires with them, in the order of their ids; or fails with a `StoreError`.
        """

    def replace_password_hash(login_id: str, was: str, now: str) -> None:
        """Keep ``now`` for somebody whose hash still is ``was``; both are of the same password. It may take a while."""

    def keep_verifier(login_id: str, password_hash: str, verifier: str) -> None:
        """Keep the encoded `ScramVerifier` of somebody whose hash still is ``password_hash``. It may take a while."""


class IDirectoryEditRecords(Interface):
    """Where the directory is changed."""

    def register() -> Deferred[Register]:
        """Read everyone, also who may not sign in now.

        Returns:
            Fires with them and all the rest; or fails with a `StoreError`.
        """

    def edit(
        edits: Sequence[Edit],
        author: Author,
        at: datetime,
        judge: Callable[[Snapshot], object] | None,
        beside: ObjectWrite | None = None,
    ) -> Deferred[tuple[Key, ...]]:
        """Carry out edits and keep who wanted them: all or nothing.

        Args:
            edits: What to do; passwords are hashed already.
            author: Who wants it.
            at: When, in UTC.
            judge: Looks, in another thread, at what the directory would be; raises `ConfigError` for what cannot be.
            beside: What AXL keeps of the same change: both or neither.

        Returns:
            Fires with what each edit is about: a login id, a route point, or an id, of what is new too. Or fails
            with `EditsRefusedError`, or a `StoreError`.
        """


class IDirectoryEditing(Interface):
    """Who changes the directory while the server runs: the one way, for consoles, APIs and the command line."""

    def register() -> Deferred[Register]:
        """Everyone, also who may not sign in now, with all the rest, as it is kept now.

        Returns:
            Fires with it; or fails with a `StoreError`.
        """

    def refresh() -> Deferred[int]:
        """Go by what is kept now, as after `apply`: another process has changed it.

        Returns:
            Fires, when the node goes by it, with how many people may sign in; or fails with a `StoreError`.
        """

    def check(edits: Sequence[Edit]) -> Deferred[Plan]:
        """Say what would become of some edits, and change nothing.

        Returns:
            Fires with it; or fails as `apply` does.
        """

    def apply(
        edits: Sequence[Edit], author: Author, beside: ObjectWrite | None = None
    ) -> Deferred[tuple[Key, ...]]:
        """Carry out a list of edits, each upon those before it, and have everyone follow.

        Whoever is signed in and may stay stays; who is removed, disabled, or has another extension is signed out with
        the engine's reason for it. Sessions of who may no longer sign in, or has another password, end.

        Args:
            edits: What to do.
            author: Who wants it.
            beside: What AXL keeps of the same change, in the same transaction.

        Returns:
            Fires, when the node goes by them, with what each edit is about: a login id, a route point, or an id,
            of what is new too. Or fails with `EditsRefusedError`, which names all that is wrong and what would be
            right, or with a `StoreError`; then nothing has changed.
        """


class IDirectorySource(Interface):
    """Another directory, which tells who works here, checks passwords, or both.

    Attributes of both kinds are the same for as long as it lives.
    """

    authenticates: bool = Attribute(
        "Whether it is asked for the passwords of the people it has told of."
    )
    synchronises: bool = Attribute("Whether it tells who there is.")

    def authenticate(login_id: str, password: str) -> Deferred[bool]:
        """Ask whether a password is right; called only where ``authenticates``.

        Returns:
            Fires with the answer; or fails with `SourceError`, when nobody can tell now. Whatever it says otherwise,
            nobody is let in.
        """

    def people() -> Deferred[Sequence[FoundPerson]]:
        """Tell who there is; called only where ``synchronises``, once at a time.

        Returns:
            Fires with all of them, or fails with `SourceError`; never with a part of them.
        """

    def close() -> Deferred[None]:
        """Give up what is open, at the stop; nothing is asked any more."""


class IDirectoryProvider(Interface):
    """Where people come from: our own tables, AXL, someone's LDAP. A plugin point.

    The plugin is found with `twisted.plugin.getPlugins`; it imports nothing heavy before `make_source`.
    """

    name: str = Attribute(
        "The value of ``directory.provider`` that selects it; 1 to 16 characters."
    )

    def make_source(
        options: Mapping[str, object], workers: IWorkers, reactor: object
    ) -> IDirectorySource:
        """Make the source; it asks nothing yet.

        Args:
            options: ``[directory.options]``, as written.
            workers: For what would block the reactor.
            reactor: The reactor.

        Raises:
            ConfigError: ``options`` has an unknown key or a value out of range, or names a file that cannot be read.
        """


class ISynchroniser(Interface):
    """Whoever takes people in from another directory."""

    def synchronise(dry_run: bool) -> Deferred[tuple[str, ...]]:
        """Do it now, or say what it would do; two come one after the other.

        Returns:
            Fires with the differences, and with who is left out and why, a line each; or fails with a `SourceError`,
            `TooManyGoneError` or another `FinesseError`; then nothing has changed.
        """


class IAXLRecords(Interface):
    """Where AXL's objects beside people are kept."""

    def apply(edit: ObjectEdit, entry: AuditEntry) -> Deferred[None]:
        """Change them and keep who did: both or neither.

        Returns:
            Fires when it is done, or fails with a `StoreError`.
        """


class IReasonCodes(Interface):
    """Told by whoever changes reason codes: the directory shows them to everyone."""

    def reload_reason_codes() -> Deferred[None]:
        """Read them anew.

        Returns:
            Fires when the directory shows them, or fails with a `StoreError`; then it shows the old ones.
        """
