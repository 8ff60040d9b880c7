"""`finesse_tx.directory.passwords`."""

from argon2 import Parameters, extract_parameters
from argon2.exceptions import VerificationError
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import SecurityConfig
from finesse_tx.directory.passwords import Passwords

QUICK = SecurityConfig(argon2_memory_kib=8, argon2_iterations=1, argon2_lanes=1)


class PasswordsTests(SynchronousTestCase):
    """`Passwords`."""

    def setUp(self) -> None:
        """Use parameters that cost nothing."""
        self.passwords = Passwords(QUICK)

    def test_verify(self) -> None:
        """The right password is right, another is not, and no two hashes are the same."""
        encoded = self.passwords.hash("finesse")
        self.assertTrue(encoded.startswith("$argon2id$v=19$m=8,t=1,p=1$"))
        self.assertTrue(self.passwords.verify(encoded, "finesse"))
        for wrong in ("", "Finesse", "finesse ", "x" * 1_024):
            self.assertFalse(self.passwords.verify(encoded, wrong))
        self.assertNotEqual(encoded, self.passwords.hash("finesse"))

    def test_any_text(self) -> None:
        """Whatever can be typed can be a password, and not every keyboard composes its letters alike."""
        for password in ("", "pässwörd", "密码", "\0", "a" * 1_024, "\ud800"):
            self.assertTrue(self.passwords.verify(self.passwords.hash(password), password))
        self.assertTrue(self.passwords.verify(self.passwords.hash("\u00e9"), "e\u0301"))

    def test_outdated(self) -> None:
        """A hash is outdated once the configuration has other parameters."""
        encoded = self.passwords.hash("finesse")
        self.assertFalse(self.passwords.outdated(encoded))
        stronger = Passwords(SecurityConfig(argon2_memory_kib=16, argon2_iterations=1))
        self.assertTrue(stronger.outdated(encoded))
        self.assertTrue(stronger.verify(encoded, "finesse"))

    def test_nobodys(self) -> None:
        """Nobody's hash costs what a real one costs, and no password fits."""
        encoded = self.passwords.nobodys(bytes(range(48)))
        real = extract_parameters(self.passwords.hash("finesse"))
        self.assertEqual(extract_parameters(encoded), real)
        self.assertFalse(self.passwords.verify(encoded, "finesse"))

    def test_damaged(self) -> None:
        """A damaged hash fits no password, and the log says what to do, without showing it."""
        good = self.passwords.hash("finesse")
        for damaged in ("", "finesse", "$argon2id$x", good[:-1] + "!"):
            with capturedLogs() as events:
                self.assertFalse(self.passwords.verify(damaged, "finesse"))
            self.assertEqual([event["log_level"].name for event in events], ["error"])
            self.assertNotIn("$argon2id", events[0]["log_format"])

    def test_other_fault(self) -> None:
        """When argon2 cannot do it for another reason, that is not taken for a wrong password."""
        impossible = self.passwords.hash("finesse").replace("m=8,", "m=1,")
        self.assertRaises(VerificationError, self.passwords.verify, impossible, "finesse")

    def test_default(self) -> None:
        """The default parameters are OWASP's minimum for argon2id."""
        parameters: Parameters = extract_parameters(Passwords(SecurityConfig()).nobodys(bytes(48)))
        self.assertEqual(
            (parameters.memory_cost, parameters.time_cost, parameters.parallelism), (19_456, 2, 1)
        )
