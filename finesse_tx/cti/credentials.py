"""Who may open a CTI session: the file behind ``cti.server.credentials_file``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from finesse_tx.errors import ConfigError

__all__ = ["read_credentials"]

KEY: Final = "cti.server.credentials_file"

_FORM: Final = "write a line ClientID:password for each client"


def read_credentials(path: Path) -> dict[str, str]:
    """Read the credentials: a line ``ClientID:password`` for each client.

    A password may hold colons and blanks; blank lines, and lines that start with ``#``, say nothing.

    Returns:
        The password for each ClientID.

    Raises:
        ConfigError: The file cannot be read, or a line says something else. Passwords are not shown.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigError(str(path), KEY, f"cannot be read: {error.strerror}", _FORM) from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), KEY, "is not UTF-8", _FORM) from None
    credentials: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        client_id, colon, password = line.partition(":")
        if not colon or len(client_id.encode()) > 63 or len(password.encode()) > 63:
            raise ConfigError(str(path), KEY, f"line {number} is not ClientID:password", _FORM)
        if client_id in credentials:
            raise ConfigError(
                str(path), KEY, f"line {number} has a ClientID for the second time", _FORM
            )
        credentials[client_id] = password
    return credentials
