"""`finesse_tx.logs`: the level, in front of wherever twistd logs to."""

import json
import re
from pathlib import Path
from typing import Any, cast

from twisted.logger import ILogObserver, LogEvent, Logger, LogLevel
from twisted.python.failure import Failure
from twisted.scripts._twistd_unix import ServerOptions
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.config import LogConfig
from finesse_tx.logs import LevelFilter, json_line, log_observer
from finesse_tx.verbosity import VERBOSITY, Verbosity

OPERATING = Path(__file__).parent.parent / "docs" / "operating.rst"


class Odd:
    """What cannot be written."""

    def __str__(self) -> str:
        """Fail."""
        raise ValueError("odd")


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


class JSONTests(SynchronousTestCase):
    """An object a line."""

    def written(self, event: LogEvent) -> dict[str, Any]:
        """What is written of an event, which is one line."""
        line = json_line({"log_time": 1_772_352_000.0, "log_namespace": "a.B", **event})
        assert line is not None
        self.assertEqual(line.count("\n"), 1)
        found: dict[str, Any] = json.loads(line)
        return found

    def test_documented(self) -> None:
        """The example of ``docs/operating.rst`` is what such an event looks like."""
        example = re.search(r"^    (\{.*\})$", OPERATING.read_text(), re.MULTILINE)
        assert example is not None
        event = {
            "log_level": LogLevel.info,
            "log_namespace": "finesse_tx.directory.desktop_sessions.DesktopSessions",
            "log_format": "{user} has left a desktop",
            "log_source": self,
            "user": "agent1",
        }
        self.assertEqual(self.written(event), json.loads(example[1]))

    def test_values(self) -> None:
        """Numbers stay numbers; whatever else there is becomes a text, and nothing keeps an event from being written."""
        event = {"log_format": "x", "n": 7, "f": 0.5, "b": True, "no": None, "i": float("inf")}
        event |= {"bytes": b"\xff", "odd": Odd(), "text": "é\n", "system": "-", "isError": 0}
        found = self.written(event)
        odd = found["fields"].pop("odd")
        self.assertIn("odd", odd)
        fields = {"n": 7, "f": 0.5, "b": True, "no": None, "i": "inf", "text": "é\n"}
        self.assertEqual(found["fields"], fields | {"bytes": "b'\\xff'"})
        self.assertEqual((found["level"], found["message"]), ("info", "x"))

    def test_failure(self) -> None:
        """A failure brings its traceback; an event that says nothing is not written."""
        try:
            raise KeyError("gone")
        except KeyError:
            failure = Failure()
        event = {"log_format": "", "log_level": LogLevel.critical, "log_failure": failure}
        found = self.written(event)
        self.assertEqual(found["level"], "critical")
        self.assertIn("test_logs.py", found["traceback"])
        self.assertIn("KeyError", found["traceback"])
        self.assertIsNone(json_line({"log_format": "", "log_time": 0.0}))


class DestinationTests(SynchronousTestCase):
    """Where it goes is twistd's choice."""

    def test_logfile(self) -> None:
        """``--logfile`` is used, through the filter."""
        path = Path(self.mktemp())
        options = ServerOptions()
        options.parseOptions([f"--logfile={path}", "web"])
        self.addCleanup(setattr, VERBOSITY, "debug", VERBOSITY.debug)
        log = log_observer(options, LogConfig(level="warn"))
        assert log is not None
        self.assertFalse(VERBOSITY.debug)
        for level in (LogLevel.info, LogLevel.warn):
            log({"log_level": level, "log_format": f"this is {level.name}", "log_time": 0.0})
        self.assertIn("this is warn", path.read_text())
        self.assertNotIn("this is info", path.read_text())

    def test_json(self) -> None:
        """``log.format`` changes what is written there, and not where; what is held back stays so."""
        path = Path(self.mktemp())
        options = ServerOptions()
        options.parseOptions([f"--logfile={path}", "web"])
        self.addCleanup(setattr, VERBOSITY, "debug", VERBOSITY.debug)
        observer = log_observer(options, LogConfig(format="json"))
        log = Logger("a.B", observer=observer)
        log.info("{agent} is {state}", agent="ann", state="READY")
        log.debug("unseen")
        log.warn("odd")
        first, second = map(json.loads, path.read_text().splitlines())
        self.assertEqual(first["fields"], {"agent": "ann", "state": "READY"})
        self.assertEqual((second["level"], second["message"]), ("warn", "odd"))

    def test_own_logger(self) -> None:
        """``--logger`` names an observer of the operator's own, which is left alone."""
        options = ServerOptions()
        options.parseOptions(["--logger=twisted.logger.LogPublisher", "web"])
        self.assertIsNone(log_observer(options, LogConfig(level="warn")))
