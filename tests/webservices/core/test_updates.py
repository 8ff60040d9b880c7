"""`finesse_tx.webservices.core.updates`: the envelope of a notification, to the letter."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.objects import ReasonCode
from finesse_tx.webservices.core.updates import error_update, update


class UpdateTests(SynchronousTestCase):
    """What happened."""

    def test_changed(self) -> None:
        """data, event, requestId, source; pretty-printed; no declaration."""
        code = ReasonCode("/r/1", 1, "NOT_READY", 10, "A & B", True, False)
        self.assertEqual(
            update("PUT", "/finesse/api/User/1", code, "user", "r<1>"),
            """<Update>
  <data>
    <user>
      <uri>/r/1</uri>
      <id>1</id>
      <category>NOT_READY</category>
      <code>10</code>
      <label>A &amp; B</label>
      <forAll>true</forAll>
      <systemCode>false</systemCode>
    </user>
  </data>
  <event>PUT</event>
  <requestId>r&lt;1&gt;</requestId>
  <source>/finesse/api/User/1</source>
</Update>""",
        )

    def test_unsolicited(self) -> None:
        """Nobody's request: an empty requestId, which clients read without asking."""
        self.assertIn("<requestId></requestId>", update("DELETE", "/s", None, "user"))


class ErrorUpdateTests(SynchronousTestCase):
    """What failed after its 202."""

    def test_order(self) -> None:
        """Lower-case names, data, requestId, source, and ``put`` in lower case."""
        self.assertEqual(
            error_update(
                "/finesse/api/User/1", "Invalid State", "CF_INVALID_OBJECT_STATE", "22", "r"
            ),
            """<Update>
  <data>
    <apiErrors>
      <apiError>
        <errorType>Invalid State</errorType>
        <errorMessage>CF_INVALID_OBJECT_STATE</errorMessage>
        <errorData>22</errorData>
      </apiError>
    </apiErrors>
  </data>
  <requestId>r</requestId>
  <source>/finesse/api/User/1</source>
  <event>put</event>
</Update>""",
        )

    def test_peripheral_code(self) -> None:
        """A peripheral's code stands first, with its text."""
        text = error_update("/s", "Generic Error", "CF_X", "1", peripheral_code=10125)
        self.assertLess(text.index("<peripheralErrorCode>10125<"), text.index("<errorType>"))
        self.assertIn("peripheralErrorText", text)
        self.assertIn("<peripheralErrorMsg>PERERR_10125<", text)

    def test_peripheral_name(self) -> None:
        """A code that has a name is told by it, too."""
        text = error_update("/s", "Generic Error", "CF_X", "1", peripheral_code=88003)
        self.assertIn("<peripheralErrorMsg>PERERR_NUMBER_NOT_ASSIGNED<", text)
        self.assertIn("88003, number not assigned.</peripheralErrorText>", text)
