"""`finesse_tx.directory.core.axl.phones`: where somebody may sign in."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.phones import Phone, phones_at
from tests.directory.core.axl.test_model import model, phone_with, stored


class PhonesTests(SynchronousTestCase):
    """The phones of an extension."""

    def test_derived(self) -> None:
        """Everybody's extension has the phone that nobody has made; any other number has none."""
        own = Phone("SEP000000001001", 684, "Cisco 8861")
        self.assertEqual(phones_at(model(), "1001"), (own,))
        for extension in ("1999", "", "6001"):
            self.assertEqual(phones_at(model(), extension), ())

    def test_several(self) -> None:
        """All phones with that line, by name, each once, in whatever partition; a model that we do not know is 0."""
        soft = {**phone_with("1001", "1001"), "product": "Cisco Unified Client Services Framework"}
        found = model(
            stored(Kind.PHONE, "SEPB", {**phone_with("1001"), "product": "Cisco 7941"}),
            stored(Kind.PHONE, "CSFANN", soft),
            stored(Kind.LINE, "1001", {}),
            stored(Kind.LINE, "1001", {}, "other"),
            stored(Kind.PHONE, "SEPA", phone_with("1001", partition="other")),
            stored(Kind.PHONE, "SEPC", phone_with("1002")),
        )
        self.assertEqual(
            phones_at(found, "1001"),
            (
                Phone("CSFANN", 0, "Cisco Unified Client Services Framework"),
                Phone("SEPA", 684, "Cisco 8861"),
                Phone("SEPB", 115, "Cisco 7941"),
            ),
        )
