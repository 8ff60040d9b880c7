"""The configuration as it is written: a TOML file, and what the command line puts over it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from finesse_tx.config.checking import check
from finesse_tx.config.explaining import SET, explain, located, parts, whose
from finesse_tx.config.whole import Config
from finesse_tx.errors import UNPLACED, ConfigError

__all__ = ["load", "read_options"]

T = TypeVar("T", bound=Struct)


def load(path: Path | None = None, overrides: Sequence[str] = ()) -> Config:
    """Read the configuration.

    Args:
        path: A TOML file; None for the defaults alone.
        overrides: ``section.key=VALUE`` each, VALUE being TOML (a bare word is taken as a string); later ones
            win, and all win over the file.

    Raises:
        ConfigError: It cannot be read, or says something impossible.
    """
    try:
        return _load(path, overrides)
    except ConfigError as error:
        raise located(error, path, overrides) from None


def _load(path: Path | None, overrides: Sequence[str]) -> Config:
    document: dict[str, Any] = {}
    origin: dict[str, str] = {}
    if path is not None:
        document = _read(path)
        origin = dict.fromkeys(_keys(document), str(path))
    for override in overrides:
        key, value = _override(override)
        _put(document, key, value, override)
        for inner in _keys(value, key) if isinstance(value, dict) else [key]:
            origin[inner] = SET
    default_source = str(path) if path is not None else SET
    try:
        config = msgspec.convert(document, Config)
    except msgspec.ValidationError as error:
        found = explain(str(error), Config(), origin, default_source)
        key = whose(found.key, document)
        source = origin.get(".".join(parts(key)), found.source)
        raise ConfigError(source, key, found.reason, found.fix) from None

    def wrong(key: str, reason: str, fix: str) -> ConfigError:
        return ConfigError(origin.get(key, default_source), key, reason, fix)

    check(config, wrong)
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ConfigError(
            str(path), "", f"cannot be read: {error.strerror}", "give --config a TOML file"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), "", f"is not TOML: {error}", "correct that line") from None


def _override(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not re.fullmatch(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", key):
        raise ConfigError(SET, key, f'"{text}" is not section.key=VALUE', "such as bosh.wait_s=20")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        if re.fullmatch(r"[^\"'\[\]{}=\n]*", value):  # a bare word: what a shell leaves of a string
            return key, value.strip()
        raise ConfigError(SET, key, f"{value} is not a TOML value", 'quote a string: "…"') from None


def _put(document: dict[str, Any], key: str, value: Any, text: str) -> None:
    *sections, last = key.split(".")
    for section in sections:
        inner = document.setdefault(section, {})
        if not isinstance(inner, dict):
            raise ConfigError(SET, key, f'"{text}": {section} is not a section', "look at its key")
        document = inner
    document[last] = value


def _keys(document: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in document.items():
        key = f"{prefix}.{name}" if prefix else name
        yield key
        if isinstance(value, dict):
            yield from _keys(value, key)


def read_options(section: str, options: Mapping[str, object], kind: type[T]) -> T:
    """Read a plugin's own keys.

    Args:
        section: Where they stand, such as ``telephony.options``.
        options: The keys, as they were written.
        kind: A frozen struct with a default for each key and ``forbid_unknown_fields=True``.

    Raises:
        ConfigError: A key is unknown, or its value impossible.
    """
    try:
        return msgspec.convert(options, kind)
    except msgspec.ValidationError as error:
        raise explain(str(error), kind(), {}, UNPLACED, f"{section}.") from None
