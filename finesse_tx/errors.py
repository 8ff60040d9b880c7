"""The root of every exception that finesse_tx raises on purpose.

Each part adds its own below these, in its ``core/errors.py``; values are attributes, never only text.
"""


class FinesseError(Exception):
    """Something that finesse_tx says in so many words."""


class LocalProtocolError(FinesseError):
    """We asked a protocol for the impossible: a bug of ours, raised to the caller."""


class RemoteProtocolError(FinesseError):
    """The peer broke a protocol's rules: log it, answer as the specification says, drop the peer."""


class ConfigError(FinesseError):
    """What the operator wrote cannot be used.

    Attributes:
        source: Where it was written: a file's path, or ``--set``.
        key: The dotted key, such as ``bosh.wait_s``; empty when the whole file is at fault.
        reason: What is wrong with it.
        fix: What to write instead.
    """

    def __init__(self, source: str, key: str, reason: str, fix: str = "") -> None:
        super().__init__(source, key, reason, fix)
        self.source, self.key, self.reason, self.fix = source, key, reason, fix

    def __str__(self) -> str:
        where = f"{self.source}: {self.key}" if self.key else self.source
        return f"{where}: {self.reason}" + (f"; {self.fix}" if self.fix else "")


class StartError(FinesseError):
    """The server cannot start here, and this one line says why and what to do."""
