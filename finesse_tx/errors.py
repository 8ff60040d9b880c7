"""The root of every exception that finesse_tx raises on purpose.

Each part adds its own below these, in its ``core/errors.py``; values are attributes, never only text.
"""

from typing import Final

UNPLACED: Final = "the configuration"
"""The source of a `ConfigError` of whoever knows the key alone; `finesse_tx.config.located` names file and line."""


class FinesseError(Exception):
    """Something that finesse_tx says in so many words."""


class LocalProtocolError(FinesseError):
    """We asked a protocol for the impossible: a bug of ours, raised to the caller."""


class RemoteProtocolError(FinesseError):
    """The peer broke a protocol's rules: log it, answer as the specification says, drop the peer."""


class ConfigError(FinesseError):
    """What the operator wrote cannot be used.

    Attributes:
        source: Where it was written: a file's path, ``--set``, or `UNPLACED`.
        key: The dotted key, such as ``bosh.wait_s``; empty when the whole file is at fault.
        reason: What is wrong with it.
        fix: What to write instead.
        line: The line of the file, from 1; 0 when there is none to name.
    """

    def __init__(self, source: str, key: str, reason: str, fix: str = "", line: int = 0) -> None:
        super().__init__(source, key, reason, fix, line)
        self.source, self.key, self.reason, self.fix = source, key, reason, fix
        self.line = line

    def __str__(self) -> str:
        source = f"{self.source}:{self.line}" if self.line else self.source
        where = f"{source}: {self.key}" if self.key else source
        return f"{where}: {self.reason}" + (f"; {self.fix}" if self.fix else "")


class StartError(FinesseError):
    """The server cannot start here, and this one line says why and what to do."""
