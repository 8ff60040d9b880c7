"""Where call-treatment scripts come from: the package's own, and the operator's file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from finesse_tx.engine.core.scripts.reading import DEFAULT, default_script, read_scripts
from finesse_tx.engine.core.scripts.steps import Script
from finesse_tx.errors import ConfigError

__all__ = ["load_scripts"]


def load_scripts(path: str) -> dict[str, Script]:
    """The scripts that there are, by name.

    Args:
        path: ``engine.scripts_file``: those replace built-in ones of the same name; empty: there are no others.

    Raises:
        ConfigError: The file cannot be read, or something in it is wrong.
    """
    built_in = files("finesse_tx.engine").joinpath("scripts.toml").read_text("utf-8")
    scripts = {DEFAULT: default_script(), **read_scripts(built_in, "the built-in scripts")}
    if path:
        try:
            text = Path(path).expanduser().read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
            raise ConfigError(
                "the configuration",
                "engine.scripts_file",
                f"{path}: {reason}",
                "name a readable file",
            ) from None
        scripts |= read_scripts(text, path)
    return scripts
