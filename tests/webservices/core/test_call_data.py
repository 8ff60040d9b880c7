"""`finesse_tx.webservices.core.call_data`: what may be attached to a call.

Spec: ``rest.md`` §5.5, §1.10.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.messages import SetCallDataReq
from finesse_tx.cti.core.variables import MAX_VALUE, NamedArray, NamedVariable
from finesse_tx.webservices.core.call_data import (
    MAX_VARIABLE,
    MAX_WRAP_UP,
    CallData,
    CallDataBody,
    VariableBody,
)
from finesse_tx.webservices.core.errors import ApiError


def of(**values: str) -> CallData:
    """Variables."""
    return CallData.of(
        CallDataBody(callvariables=tuple(VariableBody(n, v) for n, v in values.items()))
    )


class CallDataTests(SynchronousTestCase):
    """The rules."""

    def refused(self, body: CallDataBody) -> tuple[str, str]:
        """Type and data of the refusal."""
        error: ApiError = self.assertRaises(ApiError, CallData.of, body)
        return error.error_type, error.error_data

    def named(self, *names: str) -> CallDataBody:
        """Variables with these names."""
        return CallDataBody(callvariables=tuple(VariableBody(name, "x") for name in names))

    def test_fields(self) -> None:
        """Each kind has its place in GED-188; an empty value is a value, and what is not said stays."""
        data = of(callVariable2="", **{"user.a": "1", "user.b[255]": "2", "BAResponse": "3"})
        request = SetCallDataReq(connection_call_id=1, **data.fields())
        self.assertEqual(request.call_variables, (None, ""))
        self.assertEqual(
            request.named_variables,
            (NamedVariable("user.a", "1"), NamedVariable("BAResponse", "3")),
        )
        self.assertEqual(request.named_arrays, (NamedArray(255, "user.b", "2"),))
        self.assertIsNone(request.call_wrapup_data)

    def test_names(self) -> None:
        """Ten variables, user.* and BA*; nothing else is a variable."""
        longest = "user." + "x" * 27
        self.assertEqual(set(of(**{longest: "x"}).scalars), {longest})
        for name in (
            "callVariable0",
            "callVariable11",
            "CallVariable1",
            "user",
            "other.x",
            longest + "x",
            "user.a[256]",
            "user.a[]",
            "user.a[1",
            "user.a[-1]",
        ):
            self.assertEqual(self.refused(self.named(name)), ("Invalid Input", name))
        self.assertEqual(self.refused(self.named("")), ("Parameter Missing", "name"))

    def test_scalar_or_array(self) -> None:
        """One name is not both."""
        self.assertEqual(self.refused(self.named("user.a", "user.a[1]")), ("Invalid Input", "name"))

    def test_lengths(self) -> None:
        """A call variable that is too long is refused, a named one is cut, at a whole character."""
        fine = "é" * (MAX_VARIABLE // 2)
        self.assertEqual(of(callVariable1=fine).variables, {"callVariable1": fine})
        error: ApiError = self.assertRaises(ApiError, of, callVariable1=fine + "x")
        self.assertEqual(error.error_data, "callVariable1")
        self.assertEqual(of(**{"user.a": "x" * MAX_VALUE}).scalars, {"user.a": "x" * 210})
        self.assertEqual(of(**{"user.a": "é" * 105 + "é"}).scalars, {"user.a": "é" * 105})
        self.assertEqual(of(**{"user.a": "x" + "é" * 105}).scalars, {"user.a": "x" + "é" * 104})

    def test_wrap_up(self) -> None:
        """One reason, or several, which share the place; none is not the same as nothing said."""
        self.assertEqual(CallData.of(CallDataBody(wrap_up_reason="")).wrap_up, "")
        data = CallData.of(CallDataBody(wrap_up_items=("Sale", "Complaint")))
        self.assertEqual((data.wrap_up, data.has_items), ("Sale,Complaint", True))
        fine = "x" * MAX_WRAP_UP
        self.assertEqual(CallData.of(CallDataBody(wrap_up_reason=fine)).wrap_up, fine)
        self.assertEqual(
            self.refused(CallDataBody(wrap_up_reason=fine + "x")), ("Invalid Input", "wrapUpReason")
        )
        self.assertEqual(
            self.refused(CallDataBody(wrap_up_items=(fine, ""))), ("Invalid Input", "wrapUpItems")
        )

    def test_classification(self) -> None:
        """What a campaign's call came to is a BAResponse."""
        data = CallData.of(CallDataBody(outbound_classification="FAX"))
        self.assertEqual(data.scalars, {"BAResponse": "REX_FAX"})
        self.assertEqual(
            self.refused(CallDataBody(outbound_classification="?")),
            ("Invalid Input", "outboundClassification"),
        )

    def test_nothing(self) -> None:
        """Something must be said."""
        for body in (CallDataBody(), CallDataBody(callvariables=())):
            self.assertEqual(self.refused(body), ("Parameter Missing", "mediaProperties"))
