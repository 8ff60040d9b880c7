"""`finesse_tx.engine.core.data`: what is attached to a call, and how much."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.data import MAX_NAMED_BYTES, CallData, DataChange, DataTooLargeError


class CallDataTests(SynchronousTestCase):
    """`CallData`."""

    def test_change(self) -> None:
        """What is mentioned changes, what is not stays, and an empty value clears."""
        data = CallData("06", "6001", "6001").changed_by(
            DataChange(variables={0: "a", 9: "z"}, named={"user.x": "1", ("user.y", 2): "q"})
        )
        data = data.changed_by(
            DataChange(
                ani="07",
                caller_entered_digits="123",
                variables={9: ""},
                wrapup="done",
                named={"user.x": "2"},
            )
        )
        self.assertEqual(
            data,
            CallData(
                "07",
                "6001",
                "6001",
                "123",
                ("a", *[""] * 9),
                "done",
                {"user.x": "2", ("user.y", 2): "q"},
            ),
        )

    def test_bound(self) -> None:
        """Names and values fill the limit to the last byte, over several changes, and not one byte more."""
        data = CallData().changed_by(DataChange(named={"n": "x" * (MAX_NAMED_BYTES - 13)}))
        self.assertRaises(
            DataTooLargeError, data.changed_by, DataChange(named={("ab", 1): "é" * 3})
        )
        full = data.changed_by(DataChange(named={("ab", 1): "é" + "123"}))
        full.changed_by(DataChange(named={("ab", 1): "54321"}))
        self.assertRaises(
            DataTooLargeError, full.changed_by, DataChange(named={("ab", 1): "654321"})
        )
