"""Where plugins are found: ours, and those of any package with a ``finesse_tx/plugins`` folder without ``__init__.py``.

Spec: Twisted's plugin system, "Extending an Existing Plugin System".
"""

from twisted.plugin import pluginPackagePaths

__path__.extend(pluginPackagePaths(__name__))
__all__: list[str] = []
