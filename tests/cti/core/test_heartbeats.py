"""When heartbeats are sent, and when the server is dead (§10.2 of the CTI reference)."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.heartbeats import Heartbeats


class HeartbeatTests(SynchronousTestCase):
    """Five seconds, three misses."""

    def setUp(self) -> None:
        """A session that opened at 100."""
        self.beats = Heartbeats(5.0, 3, 100.0)

    def test_idle(self) -> None:
        """One is due when nothing was sent for the interval; what is sent puts it off."""
        self.assertEqual(self.beats.due, 105.0)
        self.beats.received(104.0)
        self.beats.sent(103.0)
        self.assertEqual(self.beats.due, 108.0)

    def test_busy_sending(self) -> None:
        """One is due too when nothing came for the interval, however much is sent."""
        for second in range(101, 106):
            self.beats.sent(float(second))
        self.assertEqual(self.beats.due, 105.0)

    def test_confirmed(self) -> None:
        """An answered one is no miss, and the next is due an interval after it was sent."""
        self.beats.beat(1, 105.0)
        self.beats.received(105.1)
        self.beats.confirmed()
        self.assertEqual(
            (self.beats.due, self.beats.dead, self.beats.missed), (110.0, False, False)
        )

    def test_dead(self) -> None:
        """The third that is not answered within the interval means that the server is dead."""
        states = []
        for number in range(4):
            now = self.beats.due
            states.append((now, self.beats.dead))
            self.beats.beat(number, now)
        self.assertEqual(states, [(105.0, False), (110.0, False), (115.0, False), (120.0, True)])

    def test_missed(self) -> None:
        """One is missed once the next has to be sent, until one is answered."""
        self.beats.beat(1, 105.0)
        self.assertFalse(self.beats.missed)
        self.beats.beat(2, 110.0)
        self.assertTrue(self.beats.missed)
        self.beats.confirmed()
        self.assertFalse(self.beats.missed)
        self.assertFalse(self.beats.dead)

    def test_is_beat(self) -> None:
        """A heartbeat is known by its InvokeID until one is answered."""
        self.beats.beat(7, 105.0)
        self.assertTrue(self.beats.is_beat(7))
        self.assertFalse(self.beats.is_beat(8))
        self.beats.confirmed()
        self.assertFalse(self.beats.is_beat(7))
