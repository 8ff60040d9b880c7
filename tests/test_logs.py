"""`finesse_tx.logs`: the level, in front of wherever twistd logs to."""

from pathlib import Path
from typing import cast

from twisted.logger import ILogObserver, LogEvent, LogLevel
from twisted.scripts._twistd_unix import ServerOptions
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.logs import LevelFilter, log_observer
from finesse_tx.verbosity import VERBOSITY, Verbosity


class LevelFilterTests(SynchronousTestCase):
    """What passes."""

    def test_levels(self) -> None:
        """At each level, what is less severe is kept back; the level may change."""
        passed: list[LogEvent] = []
        log = LevelFilter(cast("ILogObserver", passed.append), "info")
        verifyObject(ILogObserver, log)
        levels = list(LogLevel.iterconstants())
        for number, level in enumerate(levels):
            log.level = level.name
            passed.clear()
            for other in levels:
                log({"log_level": other})
            self.assertEqual([event["log_level"] for event in passed], levels[number:])

    def test_verbosity(self) -> None:
        """Who makes debug lines knows whether they pass, also after the level has changed."""
        verbosity = Verbosity()
        log = LevelFilter(cast("ILogObserver", [].append), "info", verbosity)
        for level, debug in (("info", False), ("debug", True), ("warn", False)):
            log.level = level
            self.assertIs(verbosity.debug, debug)

    def test_no_level(self) -> None:
        """An event of old code, without a level, counts as info."""
        passed: list[LogEvent] = []
        log = LevelFilter(cast("ILogObserver", passed.append), "info")
        log({})
        log.level = "warn"
        log({})
        self.assertEqual(passed, [{}])


class DestinationTests(SynchronousTestCase):
    """Where it goes is twistd's choice."""

    def test_logfile(self) -> None:
        """``--logfile`` is used, through the filter."""
        path = Path(self.mktemp())
        options = ServerOptions()
        options.parseOptions([f"--logfile={path}", "web"])
        self.addCleanup(setattr, VERBOSITY, "debug", VERBOSITY.debug)
        log = log_observer(options, "warn")
        assert log is not None
        self.assertFalse(VERBOSITY.debug)
        for level in (LogLevel.info, LogLevel.warn):
            log({"log_level": level, "log_format": f"this is {level.name}", "log_time": 0.0})
        self.assertIn("this is warn", path.read_text())
        self.assertNotIn("this is info", path.read_text())

    def test_own_logger(self) -> None:
        """``--logger`` names an observer of the operator's own, which is left alone."""
        options = ServerOptions()
        options.parseOptions(["--logger=twisted.logger.LogPublisher", "web"])
        self.assertIsNone(log_observer(options, "warn"))
