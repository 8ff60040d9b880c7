"""Secrets that an operator keeps outside the configuration: in a file, or in the environment."""

from __future__ import annotations

import os
from pathlib import Path

from finesse_tx.config import Config
from finesse_tx.errors import UNPLACED, ConfigError

__all__ = ["component_secret", "secret_file"]


def secret_file(key: str, path: str) -> str:
    """Read a secret that an operator keeps in a file; empty for no file.

    Raises:
        ConfigError: It cannot be read, or there is nothing in it.
    """
    if not path:
        return ""
    try:
        secret = Path(path).expanduser().read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        raise ConfigError(UNPLACED, key, f"{path}: {reason}", "name a readable file") from None
    if not secret:
        raise ConfigError(UNPLACED, key, f"{path} is empty", "write the secret into it")
    return secret


def component_secret(config: Config) -> str:
    """What we prove ourselves with to somebody else's XMPP server.

    Raises:
        ConfigError: There is none where it should be.
    """
    section, found = "notification.component", config.notification.component
    if found.secret_file:
        return secret_file(f"{section}.secret_file", found.secret_file)
    if secret := os.environ.get(found.secret_env, "").strip():
        return secret
    raise ConfigError(
        UNPLACED,
        f"{section}.secret_env",
        f"the environment variable {found.secret_env} is missing or empty",
        "set it to the shared secret",
    )
