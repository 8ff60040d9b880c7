"""`finesse_tx.notification.silence`."""

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.silence import Silence


class SilenceTests(SynchronousTestCase):
    """A limit of 100 seconds."""

    def setUp(self) -> None:
        """Nothing has been heard."""
        self.clock, self.said = Clock(), list[str]()
        self.silence = Silence(
            self.clock, 100, lambda: self.said.append("ping"), lambda: self.said.append("dead")
        )

    def test_silent(self) -> None:
        """Asked at half of the time, given up at its end, and nothing after."""
        self.clock.advance(49)
        self.assertEqual(self.said, [])
        self.clock.advance(1)
        self.assertEqual(self.said, ["ping"])
        self.clock.advance(49)
        self.assertEqual(self.said, ["ping"])
        self.clock.advance(1)
        self.assertEqual(self.said, ["ping", "dead"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_heard(self) -> None:
        """Whatever is heard puts both off, also after being asked."""
        self.clock.advance(40)
        self.silence.heard()
        self.clock.advance(49)
        self.assertEqual(self.said, [])
        self.clock.advance(1)
        self.assertEqual(self.said, ["ping"])
        self.silence.heard()
        self.clock.pump([10] * 4)
        self.assertEqual(self.said, ["ping"])
        self.clock.pump([10] * 6)
        self.assertEqual(self.said, ["ping", "ping", "dead"])

    def test_stopped(self) -> None:
        """Nothing is left of it."""
        self.silence.stop()
        self.silence.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])
