"""What is wrong, for whoever wrote it: the key, the file and the line, and what would be right."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from finesse_tx.config.whole import Config
from finesse_tx.errors import UNPLACED, ConfigError
from finesse_tx.toml_lines import toml_lines

__all__ = ["SET", "explain", "located", "parts", "whose"]

SET: Final = "--set"
"""The source of a key that came from the command line."""

_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<field>.*)`")

_NAME: Final = re.compile(r'"(?:\\.|[^"\\])*"|[^.]+')

_SEE: Final = "etc/finesse.toml documents every key"


def located(error: ConfigError, path: Path | None, overrides: Sequence[str] = ()) -> ConfigError:
    """The same error, with where its key stands: the file and the line in it, or ``--set``.

    Whoever finds a value wrong after the configuration was read knows the key alone, and says ``UNPLACED``.

    Args:
        error: What was found.
        path: The file that the configuration came from, if it did.
        overrides: As for `load`.
    """
    source = error.source
    if source == UNPLACED and any(_is_in(error.key, text) for text in overrides):
        source = SET
    elif source == UNPLACED and path is not None:
        source = str(path)
    line = _line(path, error.key) if path is not None and source == str(path) else 0
    return ConfigError(source, error.key, error.reason, error.fix, line)


def _is_in(key: str, override: str) -> bool:
    return f"{key}.".startswith(f"{override.partition('=')[0].strip()}.")


def _line(path: Path, key: str) -> int:
    """Where a key stands, or at least its section; 0 when neither does."""
    try:
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
    except (OSError, ValueError):
        return 0
    lines = toml_lines(text)
    names = parts(key)
    while names:
        if inside := [path for path in lines if path[: len(names)] == names]:
            return lines[inside[0]]
        names = names[:-1]
    return 0


def parts(key: str) -> tuple[str, ...]:
    """The names of a dotted key, up to an element of a list."""
    found = _NAME.findall(key.partition("[")[0])
    return tuple(json.loads(name) if name.startswith('"') else name for name in found)


def whose(key: str, document: Mapping[str, Any]) -> str:
    """The whole key, where msgspec says ``tasks.domains[...].id`` of tables with names of one's own: the first wrong one's."""
    head, some, rest = key.partition("[...]")
    if not some:
        return key
    outer = head.split(".")
    for name, table in reduce(getitem, outer, document).items():
        alone = reduce(lambda inner, around: {around: inner}, reversed(outer), {name: table})
        try:
            msgspec.convert(alone, Config)
        except msgspec.ValidationError:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", name)
            return f"{head}.{name if bare else json.dumps(name, ensure_ascii=False)}{rest}"
    return key


def explain(
    message: str, root: Struct, origin: Mapping[str, str], default_source: str, prefix: str = ""
) -> ConfigError:
    """Turn msgspec's sentence into ours: the key, where it was written, and what would be right."""
    reason, _, where = message.partition(" - at ")
    key = where.strip("`").removeprefix("$").removeprefix(".")
    if unknown := _UNKNOWN.fullmatch(reason):
        field, section = unknown["field"], key
        key = f"{section}.{field}" if section else field
        near = difflib.get_close_matches(field, _names(root, section), 1)
        reason = "there is no such key"
        fix = f"did you mean {prefix}{key.removesuffix(field)}{near[0]}?" if near else _SEE
    else:
        reason = reason.replace("`object`", "a section").replace("`", "")
        reason = reason[:1].lower() + reason[1:]
        fix = _example(root, key, prefix)
    source = origin.get(key.partition("[")[0], default_source)
    return ConfigError(source, prefix + key, reason, fix)


def _find(root: Struct, key: str) -> Any:
    """The default of ``key``: a struct for a section, a value for a key, None for neither."""
    found: Any = root
    for name in key.partition("[")[0].split(".") if key else ():
        found = getattr(found, name, None)
    return found


def _names(root: Struct, section: str) -> Sequence[str]:
    return getattr(_find(root, section), "__struct_fields__", ())


def _example(root: Struct, key: str, prefix: str) -> str:
    section, _, name = key.rpartition(".")
    # A table of tables that are named by whoever writes them is a dict here: it has no keys of its own.
    keys = getattr(type(_find(root, section)), "__annotations__", {})
    annotation = str(keys.get(name, ""))
    if choices := re.fullmatch(r"(?:typing\.)?Literal\[(.*)\]", annotation):
        return f"choose one of {choices[1]}"
    default = _find(root, key)
    if default is None or isinstance(default, Struct | dict):
        return _SEE
    value = json.dumps(list(default) if isinstance(default, tuple) else default)
    return f"the default is {prefix}{key.partition('[')[0]} = {value}"
