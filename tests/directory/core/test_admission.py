"""`finesse_tx.directory.core.admission`."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.admission import Admission


class AdmissionTests(SynchronousTestCase):
    """`Admission`, with room for two strangers."""

    def setUp(self) -> None:
        """Nobody is in."""
        self.admission = Admission(max_strangers=2)

    def test_allowance(self) -> None:
        """A user has as many checks as allowed, one more when one is over, and others are not concerned."""
        admitted = [self.admission.admit("ann", False, 2) for _ in range(3)]
        self.assertEqual(admitted, [True, True, False])
        self.assertTrue(self.admission.admit("bob", False, 1))
        self.admission.release("ann", False)
        admitted = [self.admission.admit("ann", False, 2) for _ in range(2)]
        self.assertEqual(admitted, [True, False])

    def test_no_allowance(self) -> None:
        """Who is allowed none gets none."""
        self.assertFalse(self.admission.admit("ann", False, 0))

    def test_strangers(self) -> None:
        """So many strangers, whatever their names; people are not concerned, and neither is their allowance."""
        admitted = [self.admission.admit(name, True, 1) for name in ("ann", "x", "y")]
        self.assertEqual(admitted, [True, True, False])
        self.assertTrue(self.admission.admit("ann", False, 1))
        self.admission.release("x", True)
        self.assertTrue(self.admission.admit("y", True, 1))
        self.assertFalse(self.admission.admit("z", True, 1))

    def test_refused_counts_not(self) -> None:
        """Whoever was refused takes no place."""
        for _ in range(9):
            self.admission.admit("ann", True, 0)
        self.assertTrue(self.admission.admit("x", True, 1))
        self.assertTrue(self.admission.admit("y", True, 1))
