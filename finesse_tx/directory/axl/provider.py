"""``directory.provider = "axl"``: the plugin, which imports zeep only when it is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from twisted.plugin import IPlugin
from zope.interface import implementer

from finesse_tx.interfaces import IDirectoryProvider, IDirectorySource, IWorkers

__all__ = ["AXLDirectory"]


@implementer(IPlugin, IDirectoryProvider)
class AXLDirectory:
    """The plugin."""

    name = "axl"

    def make_source(
        self, options: Mapping[str, object], workers: IWorkers, reactor: object
    ) -> IDirectorySource:
        """Make it; see `IDirectoryProvider`."""
        from finesse_tx.directory.axl.source import make_source  # noqa: PLC0415

        source: IDirectorySource = make_source(options, workers, reactor)
        return source
