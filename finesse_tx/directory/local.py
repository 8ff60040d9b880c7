"""``directory.provider = "local"``: people are in our own tables, and nobody else tells of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from twisted.internet.defer import Deferred, fail, succeed
from twisted.plugin import IPlugin
from zope.interface import implementer

from finesse_tx.config import read_options
from finesse_tx.directory.core.errors import SourceError
from finesse_tx.directory.core.synchronising import FoundPerson
from finesse_tx.interfaces import IDirectoryProvider, IDirectorySource, IWorkers

__all__ = ["LocalDirectory", "LocalSource"]


class _NoOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """There are none."""


@implementer(IDirectorySource)
class LocalSource:
    """Tells nothing: all is in the tables."""

    authenticates = False
    synchronises = False

    def authenticate(self, _login_id: str, _password: str) -> Deferred[bool]:
        """Nobody asks; see `IDirectorySource`."""
        return fail(SourceError("the local directory has nobody else to ask"))

    def people(self) -> Deferred[Sequence[FoundPerson]]:
        """Nobody asks; see `IDirectorySource`."""
        return fail(SourceError("the local directory has nobody else to ask"))

    def close(self) -> Deferred[None]:
        """Nothing is open."""
        return succeed(None)


@implementer(IPlugin, IDirectoryProvider)
class LocalDirectory:
    """The plugin."""

    name = "local"

    def make_source(
        self, options: Mapping[str, object], _workers: IWorkers, _reactor: object
    ) -> LocalSource:
        """Make it; see `IDirectoryProvider`."""
        read_options("directory.options", options, _NoOptions)
        return LocalSource()
