"""The features' scripts, from the package's data and from plugins."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Final

from finesse_tx.errors import ConfigError
from finesse_tx.gadgets.core.features import FEATURES, KnownFeature, Standing
from finesse_tx.gadgets.core.library import Library, default_configuration
from finesse_tx.interfaces import IGadgetFeature

__all__ = ["library"]

MAX_SCRIPT: Final = 1_048_576
"""The longest script of a plugin, in characters."""


def library(plugins: Iterable[IGadgetFeature] = ()) -> Library:
    """Our own features, and those of plugins.

    Args:
        plugins: What ``getPlugins`` has found.

    Raises:
        ConfigError: A plugin's feature has a name that is taken, needs one that there is not, or is too long.
    """
    features, configuration = dict(FEATURES), default_configuration()
    folder = files("finesse_tx.gadgets").joinpath("scripts")
    scripts = {
        entry.name.removesuffix(".js"): entry.read_text("utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".js")
    }
    found = sorted(plugins, key=lambda plugin: plugin.name)
    for plugin in found:
        if plugin.name in features:
            raise _wrong(plugin.name, "has a name that is taken", "give it another one")
        features[plugin.name] = KnownFeature(plugin.name, tuple(plugin.needs), Standing.SERVED)
        script = plugin.script()
        if len(script) > MAX_SCRIPT:
            raise _wrong(plugin.name, "is too long", f"{MAX_SCRIPT} characters at most")
        scripts[plugin.name] = script
        if settings := plugin.configuration():
            configuration[plugin.name] = dict(settings)
    for plugin in found:
        for needed in plugin.needs:
            if needed not in features or features[needed].standing is not Standing.SERVED:
                raise _wrong(plugin.name, f"needs {needed}", "there is no such feature")
    return Library(features, scripts, configuration)


def _wrong(name: str, reason: str, fix: str) -> ConfigError:
    return ConfigError("the plugins", f"gadget feature {name}", reason, fix)
