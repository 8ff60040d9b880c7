"""`finesse_tx.directory.core.reason_codes`: the captured list."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.reason_codes import CCE_SYSTEM_CODES, SYSTEM_CODES
from finesse_tx.directory.core.records import ReasonCategory


class SystemCodesTests(SynchronousTestCase):
    """`SYSTEM_CODES`."""

    def test_list(self) -> None:
        """It has the 26 codes of the capture, 9 for signing out; each code and each label once a category."""
        logout = [code for category, code, _ in SYSTEM_CODES if category is ReasonCategory.LOGOUT]
        self.assertEqual((len(SYSTEM_CODES), len(logout)), (26, 9))
        for number in (1, 2):
            self.assertEqual(len({(code[0], code[number]) for code in SYSTEM_CODES}), 26)

    def test_cce(self) -> None:
        """A CCE's come besides: none of them is there already, by code or by label."""
        both = (*SYSTEM_CODES, *CCE_SYSTEM_CODES)
        for number in (1, 2):
            self.assertEqual(len({(code[0], code[number]) for code in both}), len(both))

    def test_fit(self) -> None:
        """Every code fits in 16 bits, every label in 40 characters (rest.md §1.10)."""
        for _, code, label in (*SYSTEM_CODES, *CCE_SYSTEM_CODES):
            self.assertTrue(0 < code < 1 << 16)
            self.assertTrue(0 < len(label) <= 40)
