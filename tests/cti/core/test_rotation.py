"""Which side a client tries next (§10.5, §12.3 of the CTI reference)."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.layout import Dialect
from finesse_tx.cti.core.rotation import NEXT_SIDE_S, SUPERSEDED_S, Rotation, versions_from


class RotationTests(SynchronousTestCase):
    """Sides, versions and pauses."""

    def test_first(self) -> None:
        """The first side, the highest version, at once."""
        self.assertEqual(Rotation(2, 16, 10.0).first(), (0, 16, 0.0))

    def test_alternates(self) -> None:
        """A side that fails is followed by the other after a second, and a round by the pause."""
        rotation = Rotation(2, 16, 10.0)
        self.assertEqual(rotation.failed(), (1, 16, NEXT_SIDE_S))
        self.assertEqual(rotation.failed(), (0, 16, 10.0))
        self.assertEqual(rotation.failed(), (1, 16, NEXT_SIDE_S))
        self.assertEqual(rotation.failed(), (0, 16, 10.0))

    def test_standby(self) -> None:
        """Status 92 leads to the other side after a second."""
        self.assertEqual(Rotation(2, 16, 10.0).refused(92), (1, 16, NEXT_SIDE_S))

    def test_single_side(self) -> None:
        """The only side is tried again after the pause."""
        rotation = Rotation(1, 16, 10.0)
        self.assertEqual(rotation.failed(), (0, 16, 10.0))
        self.assertEqual(rotation.refused(92), (0, 16, 10.0))

    def test_versions(self) -> None:
        """Status 1 steps down through the versions on the same side at once; after the last it has failed."""
        rotation = Rotation(2, 18, 10.0)
        steps = [rotation.refused(1) for _ in range(5)]
        self.assertEqual(
            steps,
            [(0, 16, 0.0), (0, 14, 0.0), (0, 12, 0.0), (0, 10, 0.0), (1, 18, NEXT_SIDE_S)],
        )

    def test_versions_from(self) -> None:
        """Whatever comes first, the versions below it follow."""
        self.assertEqual(versions_from(18, Dialect.UCCX), (18, 16, 14, 12, 10))
        self.assertEqual(versions_from(17, Dialect.UCCX), (17, 16, 14, 12, 10))
        self.assertEqual(versions_from(11, Dialect.UCCX), (11, 10))
        self.assertEqual(versions_from(10, Dialect.UCCX), (10,))
        self.assertEqual(versions_from(20, Dialect.UCCE), (20, 19, 17, 16, 15, 14, 13, 9))
        self.assertEqual(versions_from(9, Dialect.UCCE), (9,))

    def test_ucce(self) -> None:
        """In UCCE's dialect the versions are its own, from 25 down; 18 is none of them."""
        rotation = Rotation(1, 25, 10.0, Dialect.UCCE)
        asked = [rotation.first().version]
        while (attempt := rotation.refused(1)).delay == 0.0:
            asked.append(attempt.version)
        self.assertEqual(asked, [25, 24, 23, 22, 21, 20, 19, 17, 16, 15, 14, 13, 9])
        self.assertEqual(attempt, (0, 25, 10.0))

    def test_other_widths(self) -> None:
        """A peer that cannot read the floating part may with a lower version."""
        for status in (3, 6, 25):
            self.assertEqual(Rotation(1, 18, 10.0).refused(status), (0, 16, 0.0))

    def test_lost(self) -> None:
        """After a session the other side is tried first, soon; the version is the highest again."""
        rotation = Rotation(2, 18, 10.0)
        rotation.refused(1)
        rotation.opened()
        self.assertEqual(rotation.lost(100.0), (1, 18, NEXT_SIDE_S))

    def test_round_begins_anew(self) -> None:
        """A session between two failures starts a new round."""
        rotation = Rotation(2, 16, 10.0)
        rotation.failed()
        rotation.opened()
        rotation.lost(100.0)
        self.assertEqual(rotation.failed(), (1, 16, NEXT_SIDE_S))
        self.assertEqual(rotation.failed(), (0, 16, 10.0))

    def test_short_sessions(self) -> None:
        """A server that drops its sessions at once is asked after the pause, from the second time on."""
        rotation = Rotation(1, 16, 10.0)
        delays = []
        for lasted in (9.9, 9.9, 9.9, 10.0, 9.9):
            rotation.opened()
            delays.append(rotation.lost(lasted).delay)
        self.assertEqual(delays, [NEXT_SIDE_S, 10.0, 10.0, NEXT_SIDE_S, NEXT_SIDE_S])

    def test_superseded(self) -> None:
        """After another client took the session the same side is asked, much later."""
        rotation = Rotation(2, 16, 10.0)
        rotation.opened()
        self.assertEqual(rotation.lost(5.0, 11), (0, 16, SUPERSEDED_S))
