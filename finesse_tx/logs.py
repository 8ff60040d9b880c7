"""Where the log goes, from which level on, and as what.

``twistd`` decides where: ``--logfile``, ``--syslog``, standard output with ``-n``. We only stand in front of it and
keep back what the operator does not want to read; ``log.level`` may change while the server runs. With ``log.format =
"json"`` what goes to a file or to standard output is an object a line (RFC 8259), whose fields can be searched for.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

from twisted.logger import (
    FileLogObserver,
    ILogObserver,
    LegacyLogObserverWrapper,
    LogEvent,
    LogLevel,
    formatEvent,
)
from twisted.python.failure import Failure
from twisted.python.reflect import safe_str
from twisted.python.usage import Options
from twisted.scripts._twistd_unix import UnixAppLogger
from zope.interface import implementer

from finesse_tx.config import LogConfig
from finesse_tx.errors import StartError
from finesse_tx.verbosity import VERBOSITY, Verbosity

__all__ = ["LevelFilter", "json_line", "log_observer"]

SEVERITY: Final = {level: number for number, level in enumerate(LogLevel.iterconstants())}


@implementer(ILogObserver)
class LevelFilter:
    """Passes on what is severe enough.

    Args:
        observer: Where to.
        level: See below.
        verbosity: Is told whether debug lines pass; None: nobody is.

    Attributes:
        level: The least severe level that passes; may be set at any time.
    """

    def __init__(
        self, observer: ILogObserver, level: str, verbosity: Verbosity | None = None
    ) -> None:
        self._observer, self._verbosity = observer, verbosity
        self.level = level

    @property
    def level(self) -> str:
        """See the class."""
        return self._level

    @level.setter
    def level(self, level: str) -> None:
        self._level, self._least = level, SEVERITY[LogLevel.levelWithName(level)]
        if self._verbosity is not None:
            self._verbosity.debug = self._least <= SEVERITY[LogLevel.debug]

    def __call__(self, event: LogEvent) -> None:
        """Take one event; one without a level, from old code, counts as info."""
        if SEVERITY[event.get("log_level", LogLevel.info)] >= self._least:
            self._observer(event)


_LEGACY: Final = frozenset({"format", "isError", "message", "system", "time", "why"})
"""What Twisted adds for observers of the old kind."""


def json_line(event: LogEvent) -> str | None:
    """One event as an object: when, how severe, whose, what it says, the fields in that, and a traceback if there is one.

    Args:
        event: It.

    Returns:
        The line with its end; None for an event that says nothing.
    """
    message, failure = formatEvent(event), event.get("log_failure")
    if not message and failure is None:
        return None
    written: dict[str, object] = {
        "time": datetime.fromtimestamp(event["log_time"], UTC).isoformat(timespec="milliseconds"),
        "level": event.get("log_level", LogLevel.info).name,
        "logger": event.get("log_namespace", ""),
        "message": message,
    }
    fields = {
        name: _plain(value)
        for name, value in event.items()
        if not name.startswith("log_") and name not in _LEGACY
    }
    if fields:
        written["fields"] = fields
    if isinstance(failure, Failure):
        written["traceback"] = failure.getTraceback()
    return json.dumps(written, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and value - value == 0:  # JSON has no infinity
        return value
    return safe_str(value)


class _TwistdLogger(UnixAppLogger):
    """twistd's own choice of a destination, which it keeps to itself."""

    def observer(self) -> ILogObserver:
        """The destination that the command line names."""
        found = self._getLogObserver()
        return found if ILogObserver.providedBy(found) else LegacyLogObserverWrapper(found)


def log_observer(twistd: Options, config: LogConfig) -> LevelFilter | None:
    """Put a filter before the destination that twistd's command line names.

    Args:
        twistd: twistd's options.
        config: ``[log]``.

    Returns:
        The filter; None when ``--logger`` names an observer, which then gets everything.

    Raises:
        StartError: The log cannot be written there.
    """
    if twistd.get("logger"):
        return None
    try:
        observer = _TwistdLogger(twistd).observer()
    except OSError as error:
        raise StartError(
            f"{error.filename}: {error.strerror}; give --logfile a file that this user may write"
        ) from None
    if config.format == "json" and isinstance(observer, FileLogObserver):
        observer.formatEvent = json_line
    return LevelFilter(observer, config.level, VERBOSITY)
