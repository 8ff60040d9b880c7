"""Where the log goes, and from which level on.

``twistd`` decides where: ``--logfile``, ``--syslog``, standard output with ``-n``. We only stand in front of it and
keep back what the operator does not want to read; ``log.level`` may change while the server runs.
"""

from __future__ import annotations

from typing import Final

from twisted.logger import ILogObserver, LegacyLogObserverWrapper, LogEvent, LogLevel
from twisted.python.usage import Options
from twisted.scripts._twistd_unix import UnixAppLogger
from zope.interface import implementer

from finesse_tx.errors import StartError
from finesse_tx.verbosity import VERBOSITY, Verbosity

__all__ = ["LevelFilter", "log_observer"]

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


class _TwistdLogger(UnixAppLogger):
    """twistd's own choice of a destination, which it keeps to itself."""

    def observer(self) -> ILogObserver:
        """The destination that the command line names."""
        found = self._getLogObserver()
        return found if ILogObserver.providedBy(found) else LegacyLogObserverWrapper(found)


def log_observer(twistd: Options, level: str) -> LevelFilter | None:
    """Put a filter before the destination that twistd's command line names.

    Args:
        twistd: twistd's options.
        level: ``log.level``.

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
    return LevelFilter(observer, level, VERBOSITY)
