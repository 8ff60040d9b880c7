"""Where call-treatment scripts come from: the package's own, and the operator's file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from finesse_tx.engine.core.scripts.reading import (
    DEFAULT,
    default_script,
    read_scripts,
    read_treatment,
)
from finesse_tx.engine.core.scripts.triggers import CallTreatment
from finesse_tx.errors import UNPLACED, ConfigError

__all__ = ["load_treatment"]


def load_treatment(path: str) -> CallTreatment:
    """The scripts that there are, and the triggers that are written beside them.

    Args:
        path: ``engine.scripts_file``: its scripts replace built-in ones of the same name; empty: there are no others.

    Raises:
        ConfigError: The file cannot be read, or something in it is wrong.
    """
    built_in = files("finesse_tx.engine").joinpath("scripts.toml").read_text("utf-8")
    scripts = {DEFAULT: default_script(), **read_scripts(built_in, "the built-in scripts")}
    if not path:
        return CallTreatment(scripts)
    try:
        text = Path(path).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise ConfigError(
            UNPLACED,
            "engine.scripts_file",
            f"{path}: {reason}",
            "name a readable file",
        ) from None
    written = read_treatment(text, path)
    return CallTreatment({**scripts, **written.scripts}, written.triggers)
